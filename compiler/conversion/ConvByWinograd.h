//===- ConvByWinograd.h - Convolutions by minimal filtering -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_CONVBYWINOGRAD_H
#define FRIEZE_COMPILER_CONVERSION_CONVBYWINOGRAD_H

#include "compiler/conversion/ImageShape.h"
#include "compiler/conversion/KernelBuilder.h"
#include "dialect/NNOps.h"

namespace frieze {

/// Emits the kernel of `op`, which has a `winograd`, over `input` of `shape`,
/// with its padding in it. The op's scratch memory is free from `scratchStart`.
void lowerConvByWinograd(KernelBuilder &kernel, nn::ConvOp op,
                         mlir::Value input, const ImageShape &shape,
                         int64_t scratchStart);

/// Where the scratch memory of that ends, in elements.
int64_t getWinogradScratchEnd(nn::ConvOp op, const ImageShape &shape,
                              int64_t scratchStart);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_CONVBYWINOGRAD_H
