//===- TemporaryWeights.cpp - Weights of a module for a while ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/TemporaryWeights.h"
#include "dialect/Weights.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace frieze::nn;

TemporaryWeights::TemporaryWeights(MLIRContext *context) : context(context) {
  auto &resources = DenseResourceElementsHandle::getManagerInterface(context);
  resources.getBlobManager().getBlobMap([&](const auto &blobs) {
    for (const auto &entry : blobs)
      older.insert(entry.getKey());
  });
}

TemporaryWeights::~TemporaryWeights() { freeWeightsExcept(context, older); }
