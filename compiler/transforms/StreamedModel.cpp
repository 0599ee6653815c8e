//===- StreamedModel.cpp - A model that streams are made of -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/StreamedModel.h"

using namespace mlir;
using namespace frieze;

FailureOr<func::FuncOp>
frieze::nn::getStreamedModel(ModuleOp module, StringRef axis, StringRef use) {
  auto model = module.lookupSymbol<func::FuncOp>("model");
  if (!model || !llvm::hasSingleElement(model.getBody()))
    return module.emitError("expects a function @model of a single block");
  auto type = model.getNumArguments() == 1
                  ? dyn_cast<RankedTensorType>(model.getArgument(0).getType())
                  : nullptr;
  if (!type || (type.getRank() != 2 && type.getRank() != 3) ||
      type.getDimSize(0) != 1)
    return model.emitError("expects one input of shape (1, ")
           << axis << ") or (1, " << axis << ", channels) to " << use;
  return model;
}

SmallVector<std::pair<StringRef, int64_t>>
frieze::nn::getStreamFunctions(int64_t together) {
  SmallVector<std::pair<StringRef, int64_t>> functions{{"stream_window", 1}};
  if (together > 1)
    functions.push_back({"stream_block", together});
  return functions;
}
