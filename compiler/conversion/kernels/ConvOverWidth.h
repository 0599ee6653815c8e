//===- ConvOverWidth.h - Convolutions along the width -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_KERNELS_CONVOVERWIDTH_H
#define FRIEZE_COMPILER_CONVERSION_KERNELS_CONVOVERWIDTH_H

#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/plan/ConvPlan.h"

namespace frieze {

/// Emits the output channels of each product (see `ConvShape::getProducts`),
/// the last ones, that `plan` gives vectors along the width and not along the
/// channels. `product` has the weights, bias, output and epilogue.
void emitConvOverWidth(KernelBuilder &kernel, nn::ConvOp op,
                       const ConvShape &shape, const MatrixProduct &product,
                       const KernelPlan &plan);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_KERNELS_CONVOVERWIDTH_H
