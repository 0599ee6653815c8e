//===- Samples.h - Models of more or fewer samples --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TRANSFORMS_SAMPLES_H
#define FRIEZE_COMPILER_TRANSFORMS_SAMPLES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace frieze::nn {

/// Whether axis 0 of all inputs and outputs of `model` is one of `samples`
/// samples, each of which is computed on its own. A reshape may join the axis
/// with others, as the elements of a sample stay together.
bool keepsSamplesApart(mlir::func::FuncOp model, int64_t samples);

/// Makes `op` of `from` samples one of `to`, as many as its operands have: its
/// attributes and the type of its result.
mlir::LogicalResult changeSamples(mlir::Operation *op, int64_t from,
                                  int64_t to);

/// A copy of `model`, whose `from` samples are apart, that takes `to` samples;
/// null where an op takes no more, without an error.
mlir::OwningOpRef<mlir::func::FuncOp> changeSamples(mlir::func::FuncOp model,
                                                    int64_t from, int64_t to);

} // namespace frieze::nn

#endif // FRIEZE_COMPILER_TRANSFORMS_SAMPLES_H
