//===- WeightsBuffer.cpp - The constants of a model as a buffer -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/gpu/WeightsBuffer.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace frieze;

/// Of a constant, in elements: a line that a device reads.
static constexpr int64_t alignment = 32;

void frieze::eraseConstants(ModuleOp module) {
  for (auto global :
       llvm::make_early_inc_range(module.getOps<memref::GlobalOp>()))
    global.erase();
}

WeightsBuffer::WeightsBuffer(ArrayRef<func::FuncOp> functions)
    : module(functions.front()->getParentOfType<ModuleOp>()) {
  auto add = [&](memref::GetGlobalOp op) {
    auto [offset, isNew] = offsets.try_emplace(op.getName(), values.size());
    if (!isNew)
      return;
    auto global =
        module.lookupSymbol<memref::GlobalOp>(op.getNameAttr().getAttr());
    llvm::append_range(values, *nn::readWeights(cast<ElementsAttr>(
                                   *global.getInitialValue())));
    values.resize(llvm::alignTo(values.size(), alignment), 0.0);
  };
  for (func::FuncOp function : functions)
    function.walk(add);
  // No buffer of a device is empty.
  if (values.empty())
    values.resize(alignment, 0.0);
}

void WeightsBuffer::write(StringRef symbol) {
  eraseConstants(module);
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  int64_t size = values.size();
  Type element = builder.getF32Type();
  memref::GlobalOp::create(
      builder, module.getLoc(), symbol, builder.getStringAttr("private"),
      MemRefType::get(size, element),
      nn::createWeights(symbol, RankedTensorType::get(size, element), values),
      /*constant=*/true, builder.getI64IntegerAttr(alignment * sizeof(float)));
}
