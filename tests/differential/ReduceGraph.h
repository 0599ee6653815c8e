//===- ReduceGraph.h - The smallest graph that still fails ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_DIFFERENTIAL_REDUCEGRAPH_H
#define FRIEZE_TESTS_DIFFERENTIAL_REDUCEGRAPH_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace frieze {

/// Leaves layers and stages of epilogues out of the model `graph`, or ends it
/// earlier, as long as `fails` holds of what is left. Inputs stay as they are.
mlir::OwningOpRef<mlir::ModuleOp>
reduceGraph(mlir::ModuleOp graph,
            llvm::function_ref<bool(mlir::ModuleOp)> fails);

} // namespace frieze

#endif // FRIEZE_TESTS_DIFFERENTIAL_REDUCEGRAPH_H
