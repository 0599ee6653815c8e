//===- EmitEntryPoints.cpp - Public symbols of a compiled model -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Passes.h"
#include "compiler/codegen/cpu/EntryPointBuilder.h"
#include "compiler/codegen/cpu/TargetDescription.h"

namespace frieze {
#define GEN_PASS_DEF_EMITENTRYPOINTSPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

using namespace mlir;
using namespace frieze;

void EntryPointBuilder::emitFunction(
    StringRef symbol, ArrayRef<Type> arguments, LLVM::Linkage linkage,
    llvm::function_ref<void(ValueRange)> emitBody) {
  emitFunction(symbol, LLVM::LLVMVoidType::get(module.getContext()), arguments,
               linkage, [&](ValueRange values) {
                 emitBody(values);
                 return Value();
               });
}

void EntryPointBuilder::emitFunction(
    StringRef symbol, Type result, ArrayRef<Type> arguments,
    LLVM::Linkage linkage, llvm::function_ref<Value(ValueRange)> emitBody) {
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

void EntryPointBuilder::emitGlobal(StringRef symbol, Type type,
                                   LLVM::Linkage linkage,
                                   llvm::function_ref<Value()> emitValue,
                                   bool isConstant) {
  auto global = LLVM::GlobalOp::create(builder, loc, type, isConstant, linkage,
                                       symbol, Attribute());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&global.getInitializerRegion());
  LLVM::ReturnOp::create(builder, loc, emitValue());
}

/// Lets `call` become a jump where nothing follows it.
static void markTail(LLVM::CallOp call) {
  call.setTailCallKind(LLVM::tailcallkind::TailCallKind::Tail);
}

LLVM::CallOp EntryPointBuilder::callDispatched(const Dispatched &function,
                                               ValueRange operands) {
  if (function.variants.size() == 1)
    return LLVM::CallOp::create(
        builder, loc, TypeRange(),
        cast<FlatSymbolRefAttr>(function.variants[0]).getAttr(), operands);
  auto type =
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(module.getContext()),
                                  llvm::to_vector(operands.getTypes()));
  SmallVector<Value> all{
      LLVM::LoadOp::create(builder, loc, pointer, addressOf(function.pointer))};
  llvm::append_range(all, operands);
  return LLVM::CallOp::create(builder, loc, type, all);
}

void EntryPointBuilder::callVariant(Value calls, ValueRange buffers) {
  SmallVector<Value> operands;
  if (getMicroBatch() > 1)
    operands.push_back(calls);
  llvm::append_range(operands, buffers);
  markTail(callDispatched(getDispatched().front(), operands));
}

void EntryPointBuilder::emitRun() {
  SmallVector<Type> arguments(getInputs().size() + getOutputs().size() + 1,
                              pointer);
  emitFunction(
      (getName() + "_run").str(), arguments, LLVM::Linkage::External,
      [&](ValueRange buffers) { callVariant(constant(i64, 1), buffers); });
}

void EntryPointBuilder::emitLoop(Value count,
                                 llvm::function_ref<Value(Value)> emitBody) {
  Block *before = builder.getInsertionBlock();
  Block *after = before->splitBlock(builder.getInsertionPoint());
  Block *head = builder.createBlock(after, {i64}, {loc});
  Block *body = builder.createBlock(after);
  builder.setInsertionPointToEnd(before);
  LLVM::BrOp::create(builder, loc, constant(i64, 0), head);

  builder.setInsertionPointToEnd(head);
  Value i = head->getArgument(0);
  Value isDone =
      LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::eq, i, count);
  LLVM::CondBrOp::create(builder, loc, isDone, after, body);

  builder.setInsertionPointToEnd(body);
  Value next = LLVM::AddOp::create(builder, loc, i, emitBody(i));
  LLVM::BrOp::create(builder, loc, next, head);
  builder.setInsertionPointToStart(after);
}

void EntryPointBuilder::emitRunBatch() {
  SmallVector<Type> arguments{i64};
  arguments.append(getInputs().size() + getOutputs().size() + 1, pointer);
  auto emitCalls = [&](Value count, ValueRange buffers, Value first) {
    Value calls = constant(i64, getMicroBatch());
    if (getMicroBatch() > 1) {
      Value left = LLVM::SubOp::create(builder, loc, count, first);
      calls = LLVM::UMinOp::create(builder, loc, left, calls);
    }
    SmallVector<Value> operands;
    auto advance = [&](ArrayAttr tensors) {
      for (Attribute tensor : tensors) {
        auto elements = LLVM::LLVMArrayType::get(builder.getF32Type(),
                                                 countElements(tensor));
        operands.push_back(LLVM::GEPOp::create(builder, loc, pointer, elements,
                                               buffers[operands.size()],
                                               ArrayRef<LLVM::GEPArg>{first}));
      }
    };
    advance(getInputs());
    advance(getOutputs());
    operands.push_back(buffers.back());
    callVariant(calls, operands);
    return calls;
  };
  emitFunction((getName() + "_run_batch").str(), arguments,
               LLVM::Linkage::External, [&](ValueRange values) {
                 emitLoop(values.front(), [&](Value first) {
                   return emitCalls(values.front(), values.drop_front(), first);
                 });
               });
}

SmallVector<Value> EntryPointBuilder::loadPointers(Value array, size_t count) {
  SmallVector<Value> pointers;
  for (size_t i = 0; i < count; ++i) {
    Value at = LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                                   ArrayRef<LLVM::GEPArg>{(int32_t)i});
    pointers.push_back(LLVM::LoadOp::create(builder, loc, pointer, at));
  }
  return pointers;
}

void EntryPointBuilder::emitRunArrays() {
  /// Calls `function` with what the arrays `inputs` and `outputs` point to
  /// before the last operand, the arena.
  auto forward = [&](StringRef function, SmallVector<Value> operands,
                     Value inputs, Value outputs, Value arena) {
    llvm::append_range(operands, loadPointers(inputs, getInputs().size()));
    llvm::append_range(operands, loadPointers(outputs, getOutputs().size()));
    operands.push_back(arena);
    markTail(LLVM::CallOp::create(builder, loc, TypeRange(),
                                  (getName() + function).str(), operands));
  };
  emitFunction((getName() + "_run_arrays").str(), {pointer, pointer, pointer},
               LLVM::Linkage::Internal, [&](ValueRange values) {
                 forward("_run", {}, values[0], values[1], values[2]);
               });
  emitFunction(
      (getName() + "_run_batch_arrays").str(), {i64, pointer, pointer, pointer},
      LLVM::Linkage::Internal, [&](ValueRange values) {
        forward("_run_batch", {values[0]}, values[1], values[2], values[3]);
      });
}

SmallVector<EntryPointBuilder::Dispatched> EntryPointBuilder::getDispatched() {
  std::string name = getName().str();
  SmallVector<Dispatched> functions{{name + "_variant", getVariants()}};
  if (DictionaryAttr stream = getStream())
    for (StringRef part : {"window", "block"})
      if (auto variants = stream.getAs<ArrayAttr>((part + "_variants").str()))
        functions.push_back(
            {(name + "_stream_" + part + "_variant").str(), variants});
  return functions;
}

LogicalResult EntryPointBuilder::check() {
  const Target *target =
      findTarget(interface.getAs<StringAttr>("target").getValue());
  size_t count = target ? target->variants.size() : 0;
  size_t buffers = getInputs().size() + getOutputs().size() + 1;
  for (auto [number, function] : llvm::enumerate(getDispatched())) {
    if (function.variants.size() != count)
      return module.emitError("expects one symbol for each variant of the "
                              "target, that is ")
             << count << ", but got " << function.variants.size();
    // The windows of a stream find their samples in its state.
    size_t operands = number > 0            ? getOutputs().size() + 2
                      : getMicroBatch() > 1 ? buffers + 1
                                            : buffers;
    for (auto variant : function.variants.getAsRange<FlatSymbolRefAttr>()) {
      auto code = module.lookupSymbol<LLVM::LLVMFuncOp>(variant.getAttr());
      if (!code || code.getNumArguments() != operands)
        return module.emitError("expects a function ")
               << variant << " with " << operands << " operands";
    }
  }
  return success();
}

void EntryPointBuilder::emit(StringRef sourceSHA256) {
  for (const Dispatched &function : getDispatched())
    for (auto variant : function.variants.getAsRange<FlatSymbolRefAttr>())
      module.lookupSymbol<LLVM::LLVMFuncOp>(variant.getAttr())
          .setLinkage(LLVM::Linkage::Internal);
  if (getVariants().size() > 1)
    emitDispatch();
  emitRun();
  emitRunBatch();
  emitRunArrays();
  if (getStream()) {
    emitStreamInit();
    emitStreamPush();
    emitStreamFlush();
    emitStreamDescription();
  }
  emitDescription(sourceSHA256);
}

namespace {
struct EmitEntryPointsPass
    : frieze::impl::EmitEntryPointsPassBase<EmitEntryPointsPass> {
  using EmitEntryPointsPassBase::EmitEntryPointsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto interface = module->getAttrOfType<DictionaryAttr>("nn.interface");
    if (!interface) {
      module.emitError(
          "expects the attribute nn.interface; run nn-to-loops first");
      return signalPassFailure();
    }
    EntryPointBuilder entryPoints(module, interface);
    if (failed(entryPoints.check()))
      return signalPassFailure();
    entryPoints.emit(sourceSHA256);
  }
};
} // namespace
