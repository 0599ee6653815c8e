//===- DescribeModel.cpp - The description of a model -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/EntryPointBuilder.h"

using namespace mlir;
using namespace frieze;

// FRIEZE_ABI_VERSION and sizeof(frieze_model) of
// runtime/include/frieze/model.h, which the compiler does not include;
// tests/e2e holds the two together.
static constexpr int32_t abiVersion = 3;
static constexpr int32_t modelStructBytes = 128;

void EntryPointBuilder::emitString(StringRef symbol, StringRef text) {
  std::string terminated = (text + StringRef("\0", 1)).str();
  LLVM::GlobalOp::create(
      builder, loc,
      LLVM::LLVMArrayType::get(builder.getI8Type(), terminated.size()),
      /*isConstant=*/true, LLVM::Linkage::Internal, symbol,
      builder.getStringAttr(terminated));
}

Value EntryPointBuilder::buildStruct(LLVM::LLVMStructType type,
                                     ArrayRef<Value> fields) {
  Value value = LLVM::UndefOp::create(builder, loc, type);
  for (auto [index, field] : llvm::enumerate(fields))
    value = LLVM::InsertValueOp::create(builder, loc, value, field,
                                        ArrayRef<int64_t>{(int64_t)index});
  return value;
}

/// Emits an array of frieze_tensor.
void EntryPointBuilder::emitTensors(StringRef symbol, ArrayAttr tensors) {
  auto getPart = [&](size_t index, StringRef part) {
    return (symbol + "_" + Twine(index) + "_" + part).str();
  };
  for (auto [index, tensor] : llvm::enumerate(tensors)) {
    emitString(
        getPart(index, "name"),
        cast<DictionaryAttr>(tensor).getAs<StringAttr>("name").getValue());
    ArrayRef<int64_t> shape = getShape(tensor);
    LLVM::GlobalOp::create(
        builder, loc, LLVM::LLVMArrayType::get(i64, shape.size()),
        /*isConstant=*/true, LLVM::Linkage::Internal, getPart(index, "shape"),
        builder.getI64TensorAttr(shape));
  }
  auto tensorType = LLVM::LLVMStructType::getLiteral(
      module.getContext(), {pointer, i64, pointer, i64});
  auto arrayType = LLVM::LLVMArrayType::get(tensorType, tensors.size());
  emitGlobal(symbol, arrayType, LLVM::Linkage::Internal, [&] {
    Value array = LLVM::UndefOp::create(builder, loc, arrayType);
    for (auto [index, tensor] : llvm::enumerate(tensors)) {
      ArrayRef<int64_t> shape = getShape(tensor);
      Value value =
          buildStruct(tensorType, {addressOf(getPart(index, "name")),
                                   constant(i64, shape.size()),
                                   addressOf(getPart(index, "shape")),
                                   constant(i64, countElements(tensor))});
      array = LLVM::InsertValueOp::create(builder, loc, array, value,
                                          ArrayRef<int64_t>{(int64_t)index});
    }
    return array;
  });
}

void EntryPointBuilder::emitDescription(StringRef sourceSHA256) {
  auto symbol = [&](StringRef part) {
    return (getName() + "_model_" + part).str();
  };
  ArrayAttr inputs = getInputs(), outputs = getOutputs();
  emitString(symbol("name"), getName());
  emitString(symbol("compiler"), "frieze " FRIEZE_VERSION);
  emitString(symbol("target"),
             interface.getAs<StringAttr>("target").getValue());
  emitString(symbol("source"), sourceSHA256);
  emitTensors(symbol("inputs"), inputs);
  emitTensors(symbol("outputs"), outputs);
  auto type = LLVM::LLVMStructType::getLiteral(
      module.getContext(),
      {i32, i32, pointer, pointer, pointer, pointer, i64, i64, pointer, pointer,
       i64, i64, i64, i64, pointer, pointer, pointer});
  auto number = [&](StringRef key) {
    return constant(i64, interface.getAs<IntegerAttr>(key).getInt());
  };
  emitGlobal((getName() + "_model").str(), type, LLVM::Linkage::External, [&] {
    return buildStruct(
        type,
        {constant(i32, abiVersion), constant(i32, modelStructBytes),
         addressOf(symbol("name")), addressOf(symbol("compiler")),
         addressOf(symbol("target")), addressOf(symbol("source")),
         constant(i64, inputs.size()), constant(i64, outputs.size()),
         addressOf(symbol("inputs")), addressOf(symbol("outputs")),
         number("arena_bytes"), number("arena_alignment"),
         number("weights_bytes"), number("macs"),
         addressOf((getName() + "_run_arrays").str()),
         addressOf((getName() + "_run_batch_arrays").str()),
         getStream() ? addressOf((getName() + "_stream").str())
                     : Value(LLVM::ZeroOp::create(builder, loc, pointer))});
  });
}
