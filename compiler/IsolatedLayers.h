//===- IsolatedLayers.h - Each layer as a model of its own ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_ISOLATEDLAYERS_H
#define FRIEZE_COMPILER_ISOLATEDLAYERS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace frieze {

/// A layer of nn-opt IR, what one kernel computes, as a model of its own.
struct IsolatedLayer {
  /// In the model file, or that of its op.
  std::string name;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// Numbers of the values that it reads and writes in its model.
  std::vector<unsigned> operands;
  unsigned result;
};

/// Copies of the layers of `module`, at Stage::NNOpt, in the order in which a
/// call computes them.
std::vector<IsolatedLayer> isolateLayers(mlir::ModuleOp module);

} // namespace frieze

#endif // FRIEZE_COMPILER_ISOLATEDLAYERS_H
