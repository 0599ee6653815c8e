//===- ConvByWinograd.h - Convolutions by minimal filtering -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_KERNELS_CONVBYWINOGRAD_H
#define FRIEZE_COMPILER_CONVERSION_KERNELS_CONVBYWINOGRAD_H

#include "compiler/conversion/emit/KernelBuilder.h"
#include "compiler/conversion/plan/KernelPlan.h"
#include "dialect/NNOps.h"

namespace frieze {

/// Emits the kernel of `op`, which has a `winograd`, as `plan` says, over
/// `input`, with its padding in it.
void lowerConvByWinograd(KernelBuilder &kernel, nn::ConvOp op,
                         mlir::Value input, const KernelPlan &plan);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_KERNELS_CONVBYWINOGRAD_H
