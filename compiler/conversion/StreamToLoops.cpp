//===- StreamToLoops.cpp - Lower the functions of a stream ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/StreamToLoops.h"
#include "compiler/conversion/VariantFunction.h"
#include "compiler/conversion/emit/BufferBinder.h"
#include "compiler/conversion/emit/Copies.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "compiler/conversion/plan/RecurrentPlan.h"
#include "dialect/StreamFunctions.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace frieze;

SmallVector<func::FuncOp> StreamLowering::findFunctions(ModuleOp module) {
  SmallVector<func::FuncOp> functions;
  for (StringRef symbol : symbols)
    if (auto function = module.lookupSymbol<func::FuncOp>(symbol))
      functions.push_back(function);
  return functions;
}

LogicalResult StreamLowering::check(ModuleOp module) {
  SmallVector<func::FuncOp> functions = findFunctions(module);
  if (functions.empty())
    return success();
  if (functions.front().getName() != symbols[0])
    return functions.front().emitError("expects a function @")
           << symbols[0] << " beside it";
  return checkStream(module.lookupSymbol<func::FuncOp>("model"),
                     functions.front(),
                     functions.size() > 1 ? functions.back() : nullptr);
}

StreamLowering::StreamLowering(ModuleOp module, const KernelPlans &kernels,
                               StringRef name)
    : functions(findFunctions(module)), kernels(kernels), name(name) {
  if (!functions.empty())
    state = StreamState::create(
        functions.front(), functions.size() > 1 ? functions.back() : nullptr,
        kernels);
}

namespace {
/// Finds the buffers of the ops of one function.
class StreamBinder : public BufferBinder {
public:
  StreamBinder(KernelBuilder &kernel, const KernelPlans &kernels,
               const MemoryPlan &plan, func::FuncOp function,
               const StreamState &state, Value position,
               ArrayRef<BlockArgument> outputs, Value memory)
      : BufferBinder(kernel, kernels, plan), state(state),
        timeLines(findTimeLines(function)), position(position),
        outputs(outputs), memory(memory) {}

  /// Binds the state that `op` carries, if it does.
  void bindCarried(Operation *op) {
    if (std::optional<int64_t> number = nn::getCarried(op))
      kernel.carried[op] =
          view(memory, kernel.index(state.carried.at(*number)),
               kernel.getAccumulatorType(), countCarriedElements(op));
  }

private:
  Value findBuffer(Value value) override;
  Value viewArena(int64_t offset, Type element, int64_t count) override {
    return view(memory, kernel.index(state.arenaOffset + offset), element,
                count);
  }
  /// `elements` elements of a time line from row `row` of this call.
  Value viewRows(int64_t number, int64_t row, int64_t elements) {
    const StreamState::TimeLine &line = state.timeLines.at(number);
    Value first = kernel.mul(position, line.rowsPerWindow * line.getRowBytes());
    return view(memory, kernel.add(first, line.getOffset(row)), line.element,
                elements);
  }

  const StreamState &state;
  llvm::DenseMap<Value, int64_t> timeLines;
  /// The window of the block that comes next.
  Value position;
  ArrayRef<BlockArgument> outputs;
  Value memory;
};
} // namespace

Value StreamBinder::findBuffer(Value value) {
  auto type = cast<ShapedType>(value.getType());
  int64_t elements = type.getNumElements();
  if (auto history = value.getDefiningOp<nn::HistoryOp>())
    return viewRows(history.getTimeline(), history.getRows()[0], elements);
  if (isa<BlockArgument>(value))
    return viewRows(0, 0, elements);
  if (auto line = timeLines.find(value); line != timeLines.end())
    return viewRows(line->second, 0, elements);
  if (auto output = plan.outputs.find(value); output != plan.outputs.end())
    return outputs[output->second];
  if (Value constant = findConstant(value))
    return constant;
  auto slot = plan.values.find(value);
  // What is read in place has no buffer.
  if (slot == plan.values.end())
    return nullptr;
  return viewArena(slot->second.offset, type.getElementType(), elements);
}

/// Moves the last rows of the block before it.
static void emitMoveRows(KernelBuilder &kernel, const StreamState &state,
                         Value memory) {
  for (const auto &[number, line] : state.timeLines) {
    int64_t elements = line.rememberedRows * line.rowElements;
    int64_t rows = line.rememberedRows + state.block * line.rowsPerWindow;
    if (elements == 0)
      continue;
    auto all = memref::ViewOp::create(
        kernel.builder, kernel.getLocation(),
        MemRefType::get(rows * line.rowElements, line.element), memory,
        kernel.index(line.offset), ValueRange());
    // The two ranges may overlap.
    emitMove(kernel, all,
             kernel.index((rows - line.rememberedRows) * line.rowElements),
             kernel.index(0), elements);
  }
}

void StreamLowering::lowerFunction(func::FuncOp function,
                                   const Machine &machine,
                                   ConstantPool &constants, Steps &steps) {
  OpBuilder builder(function);
  Location loc = function.getLoc();
  SmallVector<Type> types{builder.getIndexType()};
  for (Type type : function.getResultTypes())
    types.push_back(getBufferType(type));
  types.push_back(MemRefType::get(state.bytes, builder.getI8Type()));
  func::FuncOp lowered = createVariantFunction(
      builder, loc,
      getVariantSymbol(name + "_" + function.getName().str(), machine), types,
      machine);
  builder.setInsertionPointToStart(lowered.addEntryBlock());
  KernelBuilder kernel(builder, machine, constants);
  kernel.setLocation(loc);

  bool isBlock = function != functions.front();
  ArrayRef<BlockArgument> arguments = lowered.getArguments();
  Value memory = arguments.back();
  // A block starts at its first window, known to the kernels.
  Value position = isBlock ? kernel.index(0) : Value(arguments.front());
  ArrayRef<BlockArgument> outputs = arguments.drop_front().drop_back();
  MemoryPlan plan = MemoryPlan::create(function, kernels);
  StreamBinder binder(kernel, kernels, plan, function, state, position, outputs,
                      memory);
  for (Operation &op : function.getBody().front()) {
    kernel.setLocation(loc);
    binder.bind(&op);
    binder.bindCarried(&op);
    if (!binder.hasKernel(&op))
      continue;
    kernel.setLocation(op.getLoc());
    steps.execute([&] {
      getLowerings().find(&op)->lower(kernel, &op, *kernels.find(&op, machine));
    });
  }
  kernel.setLocation(loc);
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [number, result] : llvm::enumerate(terminator->getOperands())) {
    auto inPlace = plan.outputs.find(MemoryPlan::getStorage(result));
    if (inPlace == plan.outputs.end() || inPlace->second != number)
      emitCopy(kernel, kernel.buffers.lookup(result), kernel.index(0),
               outputs[number], kernel.index(0),
               cast<ShapedType>(result.getType()).getNumElements());
  }

  if (isBlock || state.block == 1) {
    emitMoveRows(kernel, state, memory);
  } else {
    Value isLast =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, position,
                              kernel.index(state.block - 1));
    auto choice =
        scf::IfOp::create(builder, loc, isLast, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(choice.thenBlock());
    emitMoveRows(kernel, state, memory);
  }
  func::ReturnOp::create(builder, loc);
}

void StreamLowering::lower(const Machine &machine, ConstantPool &constants,
                           Steps &steps) {
  for (func::FuncOp function : functions)
    lowerFunction(function, machine, constants, steps);
}

nn::StreamInterfaceAttr StreamLowering::describe(int64_t windowSamples) {
  const Target &target = kernels.getTarget();
  const StreamState::TimeLine &samples = state.timeLines.at(0);
  int64_t hop = samples.rowsPerWindow;
  // A step is complete with its own sample.
  if (functions.front()->hasAttr(nn::stepsName))
    windowSamples = hop;
  // Windows that begin before the first sample, and end in or before the one
  // that is whole first; they end where a block does.
  int64_t early = llvm::divideCeil(windowSamples, hop) - 1;
  int64_t firstWindow = (state.block - early % state.block) % state.block;
  // Of the samples of the block that the first of those windows is in.
  int64_t missing = firstWindow * hop + (early + 1) * hop - windowSamples;
  MLIRContext *context = functions.front().getContext();
  auto getVariants = [&](func::FuncOp function) {
    return getVariantSymbols(context, name + "_" + function.getName().str(),
                             target);
  };
  SmallVector<FlatSymbolRefAttr> blockVariants;
  if (functions.size() > 1)
    blockVariants = getVariants(functions.back());
  return nn::StreamInterfaceAttr::get(
      context, windowSamples, hop, samples.rowElements, state.block, early,
      missing, samples.getOffset(0), state.unwantedOffset, state.bytes,
      target.layout.alignment, getVariants(functions.front()), blockVariants);
}
