//===- LayerName.h - Which layer an op comes from ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_LAYERNAME_H
#define FRIEZE_DIALECT_LAYERNAME_H

#include "mlir/IR/Location.h"

namespace frieze::nn {

/// The name that the model file gives the layer at `location`, from the
/// outermost NameLoc in it, or "".
llvm::StringRef findLayerName(mlir::Location location);

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_LAYERNAME_H
