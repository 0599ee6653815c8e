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

/// The samples of `model` that are computed each on its own, by axis 0 of all
/// inputs and outputs: as many as the axis has where each op keeps them apart,
/// and else 1. A reshape may join axis 0 with others, as the elements of a
/// sample stay together.
int64_t countSamplesApart(mlir::func::FuncOp model);

/// A copy of `model`, whose `from` samples are apart, that takes `to` samples;
/// null where some value would be too large.
mlir::OwningOpRef<mlir::func::FuncOp> changeSamples(mlir::func::FuncOp model,
                                                    int64_t from, int64_t to);

} // namespace frieze::nn

#endif // FRIEZE_COMPILER_TRANSFORMS_SAMPLES_H
