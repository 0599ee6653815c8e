//===- TemporaryWeights.cpp - Weights of a module for a while ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/TemporaryWeights.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace frieze::nn;

static auto &getResources(MLIRContext *context) {
  return DenseResourceElementsHandle::getManagerInterface(context);
}

TemporaryWeights::TemporaryWeights(MLIRContext *context) : context(context) {
  getResources(context).getBlobManager().getBlobMap([&](const auto &blobs) {
    for (const auto &entry : blobs)
      older.insert(entry.getKey());
  });
}

TemporaryWeights::~TemporaryWeights() {
  SmallVector<StringRef> newer;
  getResources(context).getBlobManager().getBlobMap([&](const auto &blobs) {
    for (const auto &entry : blobs)
      if (!older.contains(entry.getKey()))
        newer.push_back(entry.getKey());
  });
  for (StringRef key : newer)
    getResources(context).update(key, AsmResourceBlob());
}
