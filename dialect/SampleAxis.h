//===- SampleAxis.h - What ops do to the axis of samples --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_SAMPLEAXIS_H
#define FRIEZE_DIALECT_SAMPLEAXIS_H

#include "mlir/IR/Operation.h"

namespace frieze::nn {

/// Whether `op` makes sample i of its result, along axis 0, from sample i of
/// its operands alone, in the same way for each i: with operands of more
/// samples it would compute those of each on its own. Constants of one sample
/// are the same for all. An op that nobody has thought of does not.
bool keepsSamplesApart(mlir::Operation *op);

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_SAMPLEAXIS_H
