//===- TableInputs.cpp - Inputs that are numbers of rows --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/TableInputs.h"
#include "dialect/NNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace frieze;

/// Whether the elements of its result are those of its operands, or functions
/// of one of each.
static bool keepsElements(Operation *op) {
  if (isa<nn::ReshapeOp, nn::TransposeOp, nn::SliceOp, nn::ConcatOp, nn::PadOp,
          nn::ConstantOp>(op))
    return true;
  auto layer = dyn_cast<nn::LayerOpInterface>(op);
  return layer && layer.isElementwise();
}

std::vector<int64_t> frieze::countTableRows(ModuleOp module) {
  auto model = module.lookupSymbol<func::FuncOp>("model");
  std::vector<int64_t> rows(model.getNumArguments());
  model.walk([&](nn::EmbeddingOp embedding) {
    int64_t tableRows = embedding.getTable().getShapedType().getDimSize(0);
    llvm::SetVector<Value> found;
    found.insert(embedding.getInput());
    for (size_t i = 0; i < found.size(); ++i)
      if (Operation *producer = found[i].getDefiningOp()) {
        if (!keepsElements(producer))
          return;
        found.insert_range(producer->getOperands());
      }
    for (Value value : found)
      if (auto input = dyn_cast<BlockArgument>(value)) {
        int64_t &least = rows[input.getArgNumber()];
        least = least == 0 ? tableRows : std::min(least, tableRows);
      }
  });
  return rows;
}
