//===- DescribeModel.cpp - The description of a model -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/llvm/SymbolBuilder.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"

using namespace mlir;
using namespace frieze;

// What follows is what runtime/include/frieze/model.h declares, which the
// compiler does not include; tests/e2e holds the two together. Sizes are those
// of the module's data layout.
static constexpr int32_t abiVersion = 5;

/// The number of frieze_type for elements of `type`.
static int32_t getElementTypeNumber(Type type) {
  return type.isF32()         ? 1
         : type.isF16()       ? 2
         : type.isBF16()      ? 3
         : type.isInteger(8)  ? 4
         : type.isInteger(16) ? 5
         : type.isInteger(32) ? 6
                              : 0;
}

/// Emits an array of frieze_tensor.
static void emitTensors(SymbolBuilder &symbols, StringRef symbol,
                        ArrayRef<nn::TensorInterfaceAttr> tensors) {
  OpBuilder &builder = symbols.builder;
  Type pointer = symbols.pointer, i32 = symbols.i32, i64 = symbols.i64;
  Type f64 = builder.getF64Type();
  auto getPart = [&](size_t index, StringRef part) {
    return (symbol + "_" + Twine(index) + "_" + part).str();
  };
  for (auto [index, tensor] : llvm::enumerate(tensors)) {
    symbols.emitString(getPart(index, "name"), tensor.getName());
    LLVM::GlobalOp::create(
        builder, symbols.loc,
        LLVM::LLVMArrayType::get(i64, tensor.getShape().size()),
        /*isConstant=*/true, LLVM::Linkage::Internal, getPart(index, "shape"),
        builder.getI64TensorAttr(tensor.getShape()));
  }
  auto tensorType =
      symbols.structType({pointer, i64, pointer, i64, i32, i32, f64});
  symbols.emitArray(symbol, tensorType, tensors.size(), [&](size_t index) {
    nn::TensorInterfaceAttr tensor = tensors[index];
    Value scale = LLVM::ConstantOp::create(
        builder, symbols.loc, f64,
        builder.getFloatAttr(f64, tensor.getScale().convertToDouble()));
    return symbols.buildStruct(
        tensorType,
        {symbols.addressOf(getPart(index, "name")),
         symbols.constant(i64, tensor.getShape().size()),
         symbols.addressOf(getPart(index, "shape")),
         symbols.constant(i64, tensor.getNumElements()),
         symbols.constant(
             i32, getElementTypeNumber(tensor.getType().getElementType())),
         symbols.constant(i32, tensor.getZeroPoint()), scale});
  });
}

/// Bytes of a struct as C lays it out: every field is aligned to its size.
static int64_t getStructBytes(LLVM::LLVMStructType type,
                              const DataLayout &layout) {
  int64_t size = 0, alignment = 1;
  for (Type field : type.getBody()) {
    int64_t bytes = layout.getTypeSize(field);
    size = llvm::alignTo(size, bytes) + bytes;
    alignment = std::max(alignment, bytes);
  }
  return llvm::alignTo(size, alignment);
}

void frieze::emitDescription(SymbolBuilder &symbols, StringRef sourceSHA256) {
  nn::InterfaceAttr interface = symbols.interface;
  auto symbol = [&](StringRef part) {
    return symbols.getSymbol(("model_" + part).str());
  };
  symbols.emitString(symbol("name"), symbols.getName());
  symbols.emitString(symbol("compiler"), "frieze " FRIEZE_VERSION);
  symbols.emitString(symbol("target"), interface.getTarget());
  symbols.emitString(symbol("source"), sourceSHA256);
  emitTensors(symbols, symbol("inputs"), interface.getInputs());
  emitTensors(symbols, symbol("outputs"), interface.getOutputs());
  Type pointer = symbols.pointer, i32 = symbols.i32, i64 = symbols.i64;
  auto type = symbols.structType({i32, i32, pointer, pointer, pointer, pointer,
                                  i64, i64, pointer, pointer, i64, i64, i64,
                                  i64, pointer, pointer, pointer, pointer});
  int64_t size = getStructBytes(type, DataLayout(symbols.module));
  auto number = [&](int64_t value) { return symbols.constant(i64, value); };
  auto address = [&](StringRef part) {
    return symbols.addressOf(symbols.getSymbol(part));
  };
  symbols.emitGlobal(
      symbols.getSymbol("model"), type, LLVM::Linkage::External, [&] {
        Value null =
            LLVM::ZeroOp::create(symbols.builder, symbols.loc, pointer);
        return symbols.buildStruct(
            type,
            {symbols.constant(i32, abiVersion), symbols.constant(i32, size),
             address("model_name"), address("model_compiler"),
             address("model_target"), address("model_source"),
             number(interface.getInputs().size()),
             number(interface.getOutputs().size()), address("model_inputs"),
             address("model_outputs"), number(interface.getArenaBytes()),
             number(interface.getArenaAlignment()),
             number(interface.getWeightsBytes()), number(interface.getMacs()),
             address("run_arrays"), address("run_batch_arrays"),
             interface.getStream() ? address("stream") : null,
             symbols.module.lookupSymbol(symbols.getSymbol("device"))
                 ? address("device")
                 : null});
      });
}
