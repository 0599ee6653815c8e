//===- Costs.h - What a layer costs -----------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_COSTS_H
#define FRIEZE_COMPILER_COSTS_H

#include "mlir/IR/Operation.h"

namespace frieze {

/// Multiply-adds of one run of an op, as an nn op tells them
/// (LayerOpInterface).
int64_t countMACs(mlir::Operation *op);

} // namespace frieze

#endif // FRIEZE_COMPILER_COSTS_H
