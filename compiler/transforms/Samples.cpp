//===- Samples.cpp - Models of more or fewer samples ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Samples.h"
#include "dialect/Axes.h"
#include "dialect/NNOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

static int64_t getFirstSize(Value value) {
  auto type = cast<ShapedType>(value.getType());
  return type.getRank() > 0 ? type.getDimSize(0) : 1;
}

/// Whether `op` computes each of `samples` samples from that sample alone,
/// where `varies` are the values that differ between samples.
static bool keepsApart(Operation *op, int64_t samples,
                       const llvm::DenseSet<Value> &varies) {
  Value result = op->getResult(0);
  if (isa<ReshapeOp>(op))
    return getFirstSize(result) % samples == 0;
  return keepsSamplesApart(op) && llvm::all_of(op->getOperands(), [&](Value v) {
           return getFirstSize(v) ==
                  (varies.contains(v) ? getFirstSize(result) : 1);
         });
}

bool nn::keepsSamplesApart(func::FuncOp model, int64_t samples) {
  // What else a function may be is for others to refuse.
  if (samples < 1 || !llvm::hasSingleElement(model.getBody()))
    return false;
  llvm::DenseSet<Value> varies;
  for (Value argument : model.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !type.hasStaticShape() || getFirstSize(argument) != samples)
      return false;
    varies.insert(argument);
  }
  for (Operation &op : model.getBody().front().without_terminator()) {
    if (llvm::none_of(op.getOperands(),
                      [&](Value v) { return varies.contains(v); }))
      continue;
    if (op.getNumResults() != 1 || !keepsApart(&op, samples, varies))
      return false;
    varies.insert(op.getResult(0));
  }
  return llvm::all_of(model.getBody().front().getTerminator()->getOperands(),
                      [&](Value result) {
                        return varies.contains(result) &&
                               getFirstSize(result) == samples;
                      });
}

LogicalResult nn::changeSamples(Operation *op, int64_t from, int64_t to) {
  if (auto slice = dyn_cast<SliceOp>(op)) {
    SmallVector<int64_t> size(slice.getSize());
    size[0] = size[0] / from * to;
    slice.setSize(size);
  }
  // The shape of a reshape follows from no operand.
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    Value result = reshape.getResult();
    result.setType(changeSamples(result.getType(), from, to));
    return success();
  }
  return inferResultTypes(op);
}

OwningOpRef<func::FuncOp> nn::changeSamples(func::FuncOp model, int64_t from,
                                            int64_t to) {
  ScopedDiagnosticHandler ignored(model.getContext(),
                                  [](Diagnostic &) { return success(); });
  OpBuilder builder(model.getContext());
  auto change = [&](Type type) -> Type {
    return changeSamples(type, from, to);
  };
  OwningOpRef<func::FuncOp> changed =
      cast<func::FuncOp>(model->cloneWithoutRegions());
  changed->setFunctionType(builder.getFunctionType(
      llvm::map_to_vector(model.getArgumentTypes(), change),
      llvm::map_to_vector(model.getResultTypes(), change)));
  builder.setInsertionPointToStart(changed->addEntryBlock());
  IRMapping values;
  llvm::DenseSet<Value> varies;
  for (auto [old, argument] :
       llvm::zip_equal(model.getArguments(), changed->getArguments())) {
    values.map(old, argument);
    varies.insert(old);
  }
  for (Operation &op : model.getBody().front()) {
    Operation *copy = builder.clone(op, values);
    if (op.getNumResults() == 0 ||
        llvm::none_of(op.getOperands(),
                      [&](Value v) { return varies.contains(v); }))
      continue;
    varies.insert(op.getResult(0));
    if (failed(changeSamples(copy, from, to)))
      return nullptr;
  }
  if (failed(verify(*changed)))
    return nullptr;
  return changed;
}
