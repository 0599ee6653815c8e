//===- IsolatedLayers.cpp - Each layer as a model of its own ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/IsolatedLayers.h"
#include "compiler/KernelOps.h"
#include "dialect/LayerName.h"
#include "dialect/NNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace frieze;

/// A model of `ops`, which read `operands`, from the file at `file`.
static OwningOpRef<ModuleOp> makeModel(ArrayRef<Operation *> ops,
                                       ValueRange operands, Location file) {
  Location loc = ops.front()->getLoc();
  Value result = ops.back()->getResult(0);
  OwningOpRef<ModuleOp> module = ModuleOp::create(file);
  OpBuilder builder(loc.getContext());
  builder.setInsertionPointToStart(module->getBody());
  auto function = func::FuncOp::create(
      builder, loc, "model",
      builder.getFunctionType(operands.getTypes(), result.getType()));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping mapping;
  mapping.map(operands, body->getArguments());
  for (Operation *op : ops)
    builder.clone(*op, mapping);
  func::ReturnOp::create(builder, loc, mapping.lookup(result));
  return module;
}

std::vector<IsolatedLayer> frieze::isolateLayers(ModuleOp module) {
  std::vector<IsolatedLayer> layers;
  llvm::DenseMap<Value, unsigned> numbers;
  auto getNumber = [&](Value value) {
    return numbers.try_emplace(value, numbers.size()).first->second;
  };
  auto model = module.lookupSymbol<func::FuncOp>("model");
  for (Operation &op : model.getBody().front().without_terminator()) {
    // Makes no values of its own.
    if (auto reshape = dyn_cast<nn::ReshapeOp>(op)) {
      unsigned input = getNumber(reshape.getInput());
      numbers[reshape] = input;
      continue;
    }
    SmallVector<Operation *> ops = findKernelOps(&op);
    if (ops.empty())
      continue;
    llvm::SmallSetVector<Value, 2> operands;
    for (Operation *part : ops)
      for (Value operand : part->getOperands())
        if (!llvm::is_contained(ops, operand.getDefiningOp()))
          operands.insert(operand);
    StringRef name = nn::findLayerName(op.getLoc());
    IsolatedLayer layer{
        (name.empty() ? op.getName().getStringRef() : name).str(),
        makeModel(ops, operands.getArrayRef(), module.getLoc()),
        {},
        getNumber(ops.back()->getResult(0))};
    for (Value operand : operands)
      layer.operands.push_back(getNumber(operand));
    layers.push_back(std::move(layer));
  }
  return layers;
}
