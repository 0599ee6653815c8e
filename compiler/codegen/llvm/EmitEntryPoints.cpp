//===- EmitEntryPoints.cpp - Public symbols of a compiled model -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Passes.h"
#include "compiler/codegen/llvm/LLVMBackend.h"
#include "compiler/codegen/llvm/SymbolBuilder.h"

namespace frieze {
#define GEN_PASS_DEF_EMITENTRYPOINTSPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

using namespace mlir;
using namespace frieze;

/// Makes `calls` calls of the variant in use with all buffers: inputs, outputs
/// and the arena.
static void callVariant(SymbolBuilder &symbols, Value calls,
                        ValueRange buffers) {
  SmallVector<Value> operands;
  // Where several run together, their number comes before the buffers.
  if (symbols.interface.getMicroBatch() > 1)
    operands.push_back(symbols.asIndex(calls));
  llvm::append_range(operands, buffers);
  symbols.callDispatched(symbols.getDispatched().front(), operands)
      .setTailCallKind(LLVM::tailcallkind::TailCallKind::Tail);
}

static SmallVector<Type> getBufferTypes(SymbolBuilder &symbols) {
  return SmallVector<Type>(symbols.interface.getInputs().size() +
                               symbols.interface.getOutputs().size() + 1,
                           symbols.pointer);
}

static void emitRun(SymbolBuilder &symbols) {
  symbols.emitFunction(symbols.getSymbol("run"), getBufferTypes(symbols),
                       LLVM::Linkage::External, [&](ValueRange buffers) {
                         Value one = symbols.constant(symbols.i64, 1);
                         if (symbols.interface.getCallsPerRun() == 1)
                           return callVariant(symbols, one, buffers);
                         SmallVector<Value> operands{one};
                         llvm::append_range(operands, buffers);
                         symbols.callLast(symbols.getSymbol("run_batch"),
                                          symbols.none, operands);
                       });
}

/// Calls the variant in use from call `first` of `count`, and returns how many
/// calls that were.
static Value emitCalls(SymbolBuilder &symbols, Value count, ValueRange buffers,
                       Value first) {
  nn::InterfaceAttr interface = symbols.interface;
  Value calls = symbols.constant(symbols.i64, interface.getMicroBatch());
  if (interface.getMicroBatch() > 1)
    calls = symbols.create<LLVM::UMinOp>(
        symbols.create<LLVM::SubOp>(count, first), calls);
  SmallVector<Value> operands;
  for (ArrayRef<nn::TensorInterfaceAttr> tensors :
       {interface.getInputs(), interface.getOutputs()})
    for (nn::TensorInterfaceAttr tensor : tensors)
      operands.push_back(symbols.offset(
          LLVM::LLVMArrayType::get(tensor.getType().getElementType(),
                                   tensor.getNumElements() /
                                       interface.getCallsPerRun()),
          buffers[operands.size()], first));
  operands.push_back(buffers.back());
  callVariant(symbols, calls, operands);
  return calls;
}

static void emitRunBatch(SymbolBuilder &symbols) {
  SmallVector<Type> arguments{symbols.i64};
  llvm::append_range(arguments, getBufferTypes(symbols));
  symbols.emitFunction(
      symbols.getSymbol("run_batch"), arguments, LLVM::Linkage::External,
      [&](ValueRange values) {
        Value count = values.front();
        int64_t callsPerRun = symbols.interface.getCallsPerRun();
        if (callsPerRun > 1)
          count = symbols.create<LLVM::MulOp>(
              count, symbols.constant(symbols.i64, callsPerRun));
        symbols.emitLoop(count, [&](Value first) {
          return emitCalls(symbols, count, values.drop_front(), first);
        });
      });
}

/// The same two for callers that learn of the model at run time: pointers come
/// in arrays, `count` before them where there is one.
static void emitArrayForm(SymbolBuilder &symbols, StringRef function,
                          bool hasCount) {
  SmallVector<Type> arguments(hasCount ? 4 : 3, symbols.pointer);
  if (hasCount)
    arguments.front() = symbols.i64;
  symbols.emitFunction(
      symbols.getSymbol((function + "_arrays").str()), arguments,
      LLVM::Linkage::Internal, [&](ValueRange values) {
        SmallVector<Value> operands(values.take_front(hasCount));
        ValueRange arrays = values.drop_front(hasCount);
        llvm::append_range(
            operands, symbols.loadPointers(
                          arrays[0], symbols.interface.getInputs().size()));
        llvm::append_range(
            operands, symbols.loadPointers(
                          arrays[1], symbols.interface.getOutputs().size()));
        operands.push_back(arrays[2]);
        symbols.callLast(symbols.getSymbol(function), symbols.none, operands);
      });
}

void frieze::emitEntryPoints(SymbolBuilder &symbols) {
  emitRun(symbols);
  emitRunBatch(symbols);
  emitArrayForm(symbols, "run", /*hasCount=*/false);
  emitArrayForm(symbols, "run_batch", /*hasCount=*/true);
}

/// Whether the functions that the interface names are there; else an error.
static LogicalResult checkVariants(SymbolBuilder &symbols) {
  nn::InterfaceAttr interface = symbols.interface;
  size_t outputs = interface.getOutputs().size();
  for (auto [number, function] : llvm::enumerate(symbols.getDispatched())) {
    // The windows of a stream find their samples in its state.
    size_t operands = number > 0 ? outputs + 2
                                 : interface.getInputs().size() + outputs + 1 +
                                       (interface.getMicroBatch() > 1 ? 1 : 0);
    for (FlatSymbolRefAttr variant : function.variants) {
      auto code =
          symbols.module.lookupSymbol<LLVM::LLVMFuncOp>(variant.getAttr());
      if (!code || code.getNumArguments() != operands)
        return symbols.module.emitError("expects a function ")
               << variant << " with " << operands << " operands";
    }
  }
  return success();
}

namespace {
struct EmitEntryPointsPass
    : frieze::impl::EmitEntryPointsPassBase<EmitEntryPointsPass> {
  using EmitEntryPointsPassBase::EmitEntryPointsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    nn::InterfaceAttr interface = nn::InterfaceAttr::find(module);
    if (!interface) {
      module.emitError(
          "expects the attribute nn.interface; run nn-to-loops first");
      return signalPassFailure();
    }
    SymbolBuilder symbols(module, interface);
    if (failed(checkVariants(symbols)) || failed(emitDispatch(symbols)))
      return signalPassFailure();
    for (const Dispatched &function : symbols.getDispatched())
      for (FlatSymbolRefAttr variant : function.variants)
        module.lookupSymbol<LLVM::LLVMFuncOp>(variant.getAttr())
            .setLinkage(LLVM::Linkage::Internal);
    emitEntryPoints(symbols);
    if (interface.getStream())
      emitStreamEntryPoints(symbols);
    emitDescription(symbols, sourceSHA256);
  }

private:
  /// Lets the back end choose among several variants when code is loaded.
  LogicalResult emitDispatch(SymbolBuilder &symbols) {
    nn::InterfaceAttr interface = symbols.interface;
    const Target *target = findTarget(interface.getTarget());
    size_t variants = interface.getVariants().size();
    // A target of one machine need not be of the table.
    size_t machines = target ? target->machines.size() : variants == 1 ? 1 : 0;
    if (machines != variants)
      return symbols.module.emitError(
                 "expects one function for each machine of target ")
             << interface.getTarget() << ", that is " << machines
             << ", but got " << variants;
    if (variants == 1)
      return success();
    return LLVMBackend::get(*target).emitDispatch(symbols, *target);
  }
};
} // namespace
