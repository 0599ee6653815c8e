//===- ConcatPart.h - Results that lie in a concatenation -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_CONCATPART_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_CONCATPART_H

#include "compiler/target/Target.h"
#include "dialect/NNOps.h"

namespace frieze {

/// A result that lies among the channels of a concatenation, from channel
/// `firstChannel`.
struct ConcatPart {
  mlir::TypedValue<mlir::RankedTensorType> whole;
  int64_t firstChannel;
};

/// Where `value` lies, if its kernel writes it there at once instead of into a
/// buffer that is copied: it is that of a convolution, nothing else reads it,
/// and the concatenation is no output. A device has no such kernels.
std::optional<ConcatPart> findConcatPart(mlir::Value value,
                                         const Target &target);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_CONCATPART_H
