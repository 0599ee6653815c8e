//===- VariantFunction.cpp - Functions for one variant ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/VariantFunction.h"

using namespace mlir;
using namespace frieze;

std::string frieze::getVariantSymbol(StringRef name, const Machine &machine) {
  std::string symbol = (name + "_" + machine.name).str();
  llvm::replace(symbol, '-', '_');
  return symbol;
}

SmallVector<FlatSymbolRefAttr> frieze::getVariantSymbols(MLIRContext *context,
                                                         StringRef name,
                                                         const Target &target) {
  SmallVector<FlatSymbolRefAttr> symbols;
  for (const Machine &machine : target.machines)
    symbols.push_back(
        FlatSymbolRefAttr::get(context, getVariantSymbol(name, machine)));
  return symbols;
}

func::FuncOp frieze::createVariantFunction(OpBuilder &builder, Location loc,
                                           StringRef symbol,
                                           ArrayRef<Type> arguments,
                                           const Machine &machine) {
  auto function = func::FuncOp::create(builder, loc, symbol,
                                       builder.getFunctionType(arguments, {}));
  function.setPrivate();
  auto pair = [&](StringRef key, StringRef value) -> Attribute {
    return builder.getStrArrayAttr({key, value});
  };
  // LLVM may not bring in calls to memset or memcpy, and shall use the full
  // width of the registers.
  std::string bits = std::to_string(machine.lanes * 32);
  SmallVector<Attribute> attributes{pair("target-cpu", machine.cpu)};
  if (!machine.features.empty())
    attributes.push_back(pair("target-features", machine.features));
  llvm::append_range(attributes,
                     ArrayRef<Attribute>{pair("prefer-vector-width", bits),
                                         pair("min-legal-vector-width", bits),
                                         builder.getStringAttr("no-builtins"),
                                         builder.getStringAttr("nounwind")});
  // In blocks of 128 bits, those of the shortest register in the upper half.
  if (machine.scalableBits)
    attributes.push_back(
        pair("vscale_range",
             std::to_string((machine.scalableBits / 128) << 32 | 16)));
  function->setAttr("passthrough", builder.getArrayAttr(attributes));
  for (auto [number, type] : llvm::enumerate(arguments))
    if (isa<MemRefType>(type))
      function.setArgAttr(number, "llvm.noalias", builder.getUnitAttr());
  return function;
}
