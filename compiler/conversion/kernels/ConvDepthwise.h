//===- ConvDepthwise.h - Depthwise convolutions in place --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_KERNELS_CONVDEPTHWISE_H
#define FRIEZE_COMPILER_CONVERSION_KERNELS_CONVDEPTHWISE_H

#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/plan/ConvShape.h"

namespace frieze {

/// Emits the first `columns` channels of a depthwise convolution. Inputs,
/// weights, output and epilogue are those of `product`; the input is the op's,
/// without padding.
void emitConvDepthwise(KernelBuilder &kernel, nn::ConvOp op,
                       const ConvShape &shape, const MatrixProduct &product,
                       const MatrixTile &tile, int64_t columns);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_KERNELS_CONVDEPTHWISE_H
