//===- LayerName.cpp - Which layer an op comes from -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/LayerName.h"
#include "mlir/IR/BuiltinAttributes.h"

llvm::StringRef frieze::nn::findLayerName(mlir::Location location) {
  auto name = location->findInstanceOf<mlir::NameLoc>();
  return name ? name.getName().getValue() : llvm::StringRef();
}
