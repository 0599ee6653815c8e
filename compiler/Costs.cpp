//===- Costs.cpp - What a layer costs ---------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Costs.h"
#include "dialect/NNOps.h"

using namespace mlir;
using namespace frieze::nn;

int64_t frieze::countMACs(Operation *op) {
  auto layer = dyn_cast<LayerOpInterface>(op);
  return layer ? layer.countMACs() : 0;
}
