//===- VariantFunction.cpp - Functions for one variant ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/VariantFunction.h"

using namespace mlir;
using namespace frieze;

std::string frieze::getVariantSymbol(StringRef name,
                                     const TargetVariant &target) {
  std::string symbol = (name + "_" + target.name).str();
  llvm::replace(symbol, '-', '_');
  return symbol;
}

func::FuncOp frieze::createVariantFunction(OpBuilder &builder, Location loc,
                                           StringRef symbol,
                                           ArrayRef<Type> arguments,
                                           const TargetVariant &target) {
  auto function = func::FuncOp::create(builder, loc, symbol,
                                       builder.getFunctionType(arguments, {}));
  function.setPrivate();
  auto pair = [&](StringRef key, StringRef value) -> Attribute {
    return builder.getStrArrayAttr({key, value});
  };
  // LLVM may not bring in calls to memset or memcpy, and shall use the full
  // width of the registers.
  std::string bits = std::to_string(target.lanes * 32);
  function->setAttr("passthrough",
                    builder.getArrayAttr({pair("target-cpu", target.cpu),
                                          pair("prefer-vector-width", bits),
                                          pair("min-legal-vector-width", bits),
                                          builder.getStringAttr("no-builtins"),
                                          builder.getStringAttr("nounwind")}));
  for (auto [number, type] : llvm::enumerate(arguments))
    if (isa<MemRefType>(type))
      function.setArgAttr(number, "llvm.noalias", builder.getUnitAttr());
  return function;
}
