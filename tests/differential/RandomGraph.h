//===- RandomGraph.h - Random small models ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_DIFFERENTIAL_RANDOMGRAPH_H
#define FRIEZE_TESTS_DIFFERENTIAL_RANDOMGRAPH_H

#include "mlir/IR/BuiltinOps.h"

namespace frieze {

/// A model of a few layers of any kind, the same for the same seed: all ops,
/// paddings, strides, dilations, groups; gammas that are negative or zero,
/// variances that are zero, filters without weights, values used several times,
/// sums, concatenations, several outputs. The graph computes in `elementType`
/// (f32 or f64) and has the function `@model`.
mlir::OwningOpRef<mlir::ModuleOp>
createRandomGraph(mlir::MLIRContext *context, uint64_t seed,
                  mlir::FloatType elementType);

} // namespace frieze

#endif // FRIEZE_TESTS_DIFFERENTIAL_RANDOMGRAPH_H
