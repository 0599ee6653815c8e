//===- WindowsInPlace.h - Windows that are read where they lie --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_WINDOWSINPLACE_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_WINDOWSINPLACE_H

#include "dialect/NNOps.h"

namespace frieze {

/// The windows that `op` reads where they lie in their time line, or null:
/// those of all positions and channels, where every chain of the sums stays
/// within its channels.
nn::WindowsOp findWindowsInPlace(nn::DenseOp op);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_WINDOWSINPLACE_H
