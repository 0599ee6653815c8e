//===- ConvOverWidth.h - Convolutions along the width -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_CONVOVERWIDTH_H
#define FRIEZE_COMPILER_CONVERSION_CONVOVERWIDTH_H

#include "compiler/conversion/ConvShape.h"

namespace frieze {

/// How many of the output channels of each product (see
/// `ConvShape::getProducts`), the last ones, have vectors along the width and
/// not along the channels.
int64_t countColumnsOverWidth(const TargetVariant &target,
                              const ConvShape &shape);

/// Emits these columns. `product` has the weights, bias, output and epilogue.
void emitConvOverWidth(KernelBuilder &kernel, nn::ConvOp op,
                       const ConvShape &shape, const MatrixProduct &product,
                       int64_t columns);

/// Elements of scratch memory for the planar input.
int64_t getConvOverWidthScratchElements(const TargetVariant &target,
                                        const ConvShape &shape);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_CONVOVERWIDTH_H
