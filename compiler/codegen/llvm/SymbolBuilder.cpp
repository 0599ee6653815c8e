//===- SymbolBuilder.cpp - Building the symbols of a model ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/llvm/SymbolBuilder.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"

using namespace mlir;
using namespace frieze;

SymbolBuilder::SymbolBuilder(ModuleOp module, nn::InterfaceAttr interface)
    : module(module), interface(interface), builder(module.getContext()),
      loc(module.getLoc()),
      pointer(LLVM::LLVMPointerType::get(module.getContext())),
      i8(builder.getI8Type()), i32(builder.getI32Type()),
      i64(builder.getI64Type()),
      none(LLVM::LLVMVoidType::get(module.getContext())) {
  builder.setInsertionPointToEnd(module.getBody());
}

SmallVector<Dispatched> SymbolBuilder::getDispatched() const {
  SmallVector<Dispatched> functions{
      {getSymbol("variant"), interface.getVariants()}};
  if (nn::StreamInterfaceAttr stream = interface.getStream()) {
    functions.push_back(
        {getSymbol("stream_window_variant"), stream.getWindowVariants()});
    if (!stream.getBlockVariants().empty())
      functions.push_back(
          {getSymbol("stream_block_variant"), stream.getBlockVariants()});
  }
  return functions;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value SymbolBuilder::constant(Type type, int64_t value) {
  return LLVM::ConstantOp::create(builder, loc, type,
                                  builder.getIntegerAttr(type, value));
}

Value SymbolBuilder::addressOf(StringRef symbol) {
  return LLVM::AddressOfOp::create(builder, loc, pointer, symbol);
}

Value SymbolBuilder::asIndex(Value value) {
  unsigned bits = DataLayout(module).getTypeSizeInBits(builder.getIndexType());
  if (bits == 64)
    return value;
  return LLVM::TruncOp::create(builder, loc, builder.getIntegerType(bits),
                               value);
}

Value SymbolBuilder::fromIndex(Value value) {
  if (value.getType() == i64)
    return value;
  return LLVM::ZExtOp::create(builder, loc, i64, value);
}

Value SymbolBuilder::offsetBytes(Value base, int64_t bytes) {
  return LLVM::GEPOp::create(builder, loc, pointer, i8, base,
                             ArrayRef<LLVM::GEPArg>{(int32_t)bytes});
}

Value SymbolBuilder::offset(Type element, Value base, Value count) {
  return LLVM::GEPOp::create(builder, loc, pointer, element, base,
                             ArrayRef<LLVM::GEPArg>{count});
}

SmallVector<Value> SymbolBuilder::loadPointers(Value array, size_t count) {
  SmallVector<Value> pointers;
  for (size_t i = 0; i < count; ++i) {
    Value at = LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                                   ArrayRef<LLVM::GEPArg>{(int32_t)i});
    pointers.push_back(LLVM::LoadOp::create(builder, loc, pointer, at));
  }
  return pointers;
}

LLVM::LLVMStructType SymbolBuilder::structType(ArrayRef<Type> fields) {
  return LLVM::LLVMStructType::getLiteral(module.getContext(), fields);
}

Value SymbolBuilder::buildStruct(LLVM::LLVMStructType type,
                                 ArrayRef<Value> fields) {
  Value value = LLVM::UndefOp::create(builder, loc, type);
  for (auto [index, field] : llvm::enumerate(fields))
    value = LLVM::InsertValueOp::create(builder, loc, value, field,
                                        ArrayRef<int64_t>{(int64_t)index});
  return value;
}

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

void SymbolBuilder::emitFunction(StringRef symbol, Type result,
                                 ArrayRef<Type> arguments,
                                 LLVM::Linkage linkage, Body emitBody) {
  auto type = LLVM::LLVMFunctionType::get(result, arguments);
  auto function = LLVM::LLVMFuncOp::create(builder, loc, symbol, type, linkage);
  // Called without a detour by the functions beside it.
  function.setDsoLocal(true);
  function.setPassthroughAttr(
      builder.getStrArrayAttr({"no-builtins", "nounwind"}));
  OpBuilder::InsertionGuard guard(builder);
  Block *entry = function.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);
  Value returned = emitBody(entry->getArguments());
  LLVM::ReturnOp::create(builder, loc,
                         returned ? ValueRange(returned) : ValueRange());
}

void SymbolBuilder::emitFunction(
    StringRef symbol, ArrayRef<Type> arguments, LLVM::Linkage linkage,
    llvm::function_ref<void(ValueRange)> emitBody) {
  emitFunction(symbol, none, arguments, linkage, [&](ValueRange values) {
    emitBody(values);
    return Value();
  });
}

void SymbolBuilder::emitGlobal(StringRef symbol, Type type,
                               LLVM::Linkage linkage,
                               llvm::function_ref<Value()> emitValue,
                               bool isConstant) {
  auto global = LLVM::GlobalOp::create(builder, loc, type, isConstant, linkage,
                                       symbol, Attribute());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&global.getInitializerRegion());
  LLVM::ReturnOp::create(builder, loc, emitValue());
}

void SymbolBuilder::emitArray(StringRef symbol, LLVM::LLVMStructType type,
                              size_t count,
                              llvm::function_ref<Value(size_t)> emitElement) {
  auto arrayType = LLVM::LLVMArrayType::get(type, count);
  emitGlobal(symbol, arrayType, LLVM::Linkage::Internal, [&] {
    Value array = LLVM::UndefOp::create(builder, loc, arrayType);
    for (size_t index = 0; index < count; ++index)
      array =
          LLVM::InsertValueOp::create(builder, loc, array, emitElement(index),
                                      ArrayRef<int64_t>{(int64_t)index});
    return array;
  });
}

void SymbolBuilder::emitString(StringRef symbol, StringRef text) {
  std::string terminated = (text + StringRef("\0", 1)).str();
  LLVM::GlobalOp::create(builder, loc,
                         LLVM::LLVMArrayType::get(i8, terminated.size()),
                         /*isConstant=*/true, LLVM::Linkage::Internal, symbol,
                         builder.getStringAttr(terminated));
}

//===----------------------------------------------------------------------===//
// Loops and calls
//===----------------------------------------------------------------------===//

void SymbolBuilder::emitLoop(Value count,
                             llvm::function_ref<Value(Value)> emitBody) {
  Block *before = builder.getInsertionBlock();
  Block *after = before->splitBlock(builder.getInsertionPoint());
  Block *head = builder.createBlock(after, {i64}, {loc});
  Block *body = builder.createBlock(after);
  builder.setInsertionPointToEnd(before);
  LLVM::BrOp::create(builder, loc, constant(i64, 0), head);

  builder.setInsertionPointToEnd(head);
  Value i = head->getArgument(0);
  Value isDone = compare(LLVM::ICmpPredicate::eq, i, count);
  LLVM::CondBrOp::create(builder, loc, isDone, after, body);

  builder.setInsertionPointToEnd(body);
  Value next = create<LLVM::AddOp>(i, emitBody(i));
  LLVM::BrOp::create(builder, loc, next, head);
  builder.setInsertionPointToStart(after);
}

LLVM::CallOp SymbolBuilder::callDispatched(const Dispatched &function,
                                           ValueRange operands) {
  if (function.variants.size() == 1)
    return LLVM::CallOp::create(builder, loc, TypeRange(),
                                function.variants.front().getAttr(), operands);
  auto type =
      LLVM::LLVMFunctionType::get(none, llvm::to_vector(operands.getTypes()));
  SmallVector<Value> all{
      LLVM::LoadOp::create(builder, loc, pointer, addressOf(function.pointer))};
  llvm::append_range(all, operands);
  return LLVM::CallOp::create(builder, loc, type, all);
}

LLVM::CallOp SymbolBuilder::callLast(StringRef symbol, Type result,
                                     ValueRange operands) {
  auto call = LLVM::CallOp::create(
      builder, loc, result == none ? TypeRange() : TypeRange(result), symbol,
      operands);
  call.setTailCallKind(LLVM::tailcallkind::TailCallKind::Tail);
  return call;
}
