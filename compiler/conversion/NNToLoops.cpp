//===- NNToLoops.cpp - Lower nn ops to loops over vectors -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/CallBinder.h"
#include "compiler/conversion/CallsPerRun.h"
#include "compiler/conversion/PackedKernels.h"
#include "compiler/conversion/Passes.h"
#include "compiler/conversion/StreamCalls.h"
#include "compiler/conversion/StreamToLoops.h"
#include "compiler/conversion/VariantFunction.h"
#include "compiler/conversion/emit/Copies.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/ElementType.h"
#include "dialect/Limits.h"
#include "dialect/Steps.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace frieze {
#define GEN_PASS_DEF_NNTOLOOPSPASS
#include "compiler/conversion/Passes.h.inc"
} // namespace frieze

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Whether there is code for `op` in a function that is part of a stream, or in
/// one that is not; reports it if not.
static LogicalResult checkLowering(Operation &op, bool isStream) {
  if (isa<HistoryOp>(op) && !isStream)
    return op.emitOpError("expects a stream, as a single window has no calls "
                          "before it");
  if (getCarried(&op) && !isStream)
    return op.emitOpError("expects a stream, to carry a state from call to "
                          "call");
  if (getLowerings().find(&op) || isa<ConstantOp, ReshapeOp, HistoryOp>(op))
    return success();
  return op.emitOpError(
      "cannot be lowered to loops; run the nn-opt pipeline first");
}

/// Everything that a lowering relies on, as an error here.
static LogicalResult checkSupported(func::FuncOp function, bool isStream) {
  if (!llvm::hasSingleElement(function.getBody()))
    return function.emitOpError("expects a single block");
  // The one place that says which types are lowered.
  auto isFloat32 = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape() && tensor.getElementType().isF32();
  };
  for (Type type : function.getArgumentTypes())
    if (!isFloat32(type))
      return function.emitOpError("expects f32 tensors of static shape, but "
                                  "got ")
             << type;
  if (function.getNumArguments() == 0 || function.getNumResults() == 0)
    return function.emitOpError("expects at least one input and one output");
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (failed(checkLowering(op, isStream)))
      return failure();
    if (!isFloat32(op.getResult(0).getType()))
      return op.emitOpError("expects f32 elements to generate code, but got ")
             << op.getResult(0).getType();
    auto check = [&](StringRef name, ElementsAttr weights) -> LogicalResult {
      if (weights.getElementType().isF64())
        return op.emitOpError("expects parameters of type f32; run "
                              "nn-round-parameters first");
      if (!hasData(weights))
        return op.emitOpError("expects ")
               << name << " with its data, but the data is elided";
      return success();
    };
    if (failed(forEachWeights(&op, check)))
      return failure();
  }
  return success();
}

namespace {
/// Lowers one function, whose kernels are planned, for one machine after the
/// other.
class FunctionLowering {
public:
  FunctionLowering(func::FuncOp function, const KernelPlans &kernels,
                   StringRef name, ConstantPool &constants)
      : function(function), kernels(kernels), target(kernels.getTarget()),
        name(name), microBatch(planMicroBatch(function, kernels)),
        plan(MemoryPlan::create(function, kernels, microBatch)),
        constants(constants) {}

  /// Takes a step for each kernel.
  void lower(const Machine &machine, Steps &steps);
  /// Frees the weights that are not read again, of a function that alone reads
  /// them.
  void freeWeights() { packed.emplace(function, kernels, microBatch); }

  /// What the module's attribute `nn.interface` tells of `model`, for one or
  /// more samples of which the function is.
  InterfaceAttr describeInterface(func::FuncOp model,
                                  StreamInterfaceAttr stream);

private:
  func::FuncOp function;
  const KernelPlans &kernels;
  const Target &target;
  std::string name;
  MicroBatch microBatch;
  MemoryPlan plan;
  ConstantPool &constants;
  std::optional<PackedKernels> packed;
};
} // namespace

void FunctionLowering::lower(const Machine &machine, Steps &steps) {
  OpBuilder builder(function);
  Location loc = function.getLoc();
  SmallVector<Type> types;
  int64_t callsTogether = microBatch.getCalls();
  if (callsTogether > 1)
    types.push_back(builder.getIndexType());
  auto addBuffer = [&](Type type) {
    MemRefType buffer = getBufferType(type);
    // Bytes, of which each call views its own.
    if (callsTogether > 1)
      buffer = MemRefType::get(callsTogether * countBytes(type),
                               builder.getI8Type());
    types.push_back(buffer);
  };
  llvm::for_each(function.getArgumentTypes(), addBuffer);
  llvm::for_each(function.getResultTypes(), addBuffer);
  types.push_back(MemRefType::get(plan.arenaBytes, builder.getI8Type()));
  func::FuncOp lowered = createVariantFunction(
      builder, loc, getVariantSymbol(name, machine), types, machine);

  Block *body = lowered.addEntryBlock();
  builder.setInsertionPointToStart(body);
  KernelBuilder kernel(builder, machine, constants);
  kernel.setLocation(loc);
  ArrayRef<BlockArgument> buffers = lowered.getArguments();
  Value calls;
  if (callsTogether > 1) {
    calls = buffers.front();
    buffers = buffers.drop_front();
  }
  CallBinder binder(kernel, kernels, plan, function, buffers, callsTogether);

  auto lowerForOneCall = [&](ArrayRef<Operation *> step, Value call) {
    binder.bindStep(step, call);
    for (Operation *op : step) {
      if (!binder.hasKernel(op))
        continue;
      kernel.setLocation(op->getLoc());
      steps.execute([&] {
        getLowerings().find(op)->lower(kernel, op, *kernels.find(op, machine));
      });
      if (packed)
        packed->free(op);
    }
    kernel.setLocation(loc);
    if (!isa<func::ReturnOp>(step.back()))
      return;
    for (auto [number, result] : llvm::enumerate(step.back()->getOperands())) {
      auto inPlace = plan.outputs.find(MemoryPlan::getStorage(result));
      if (inPlace == plan.outputs.end() || inPlace->second != number)
        emitCopy(kernel, kernel.buffers[result], kernel.index(0),
                 binder.getOutput(number), kernel.index(0),
                 cast<ShapedType>(result.getType()).getNumElements());
    }
  };
  auto lowerCallByCall = [&](ArrayRef<Operation *> step) {
    if (!calls)
      return lowerForOneCall(step, kernel.index(0));
    kernel.reduce(kernel.index(0), calls, {}, [&](Value call, ValueRange) {
      lowerForOneCall(step, call);
      return SmallVector<Value>();
    });
  };
  for (ArrayRef<Operation *> step : microBatch.getSteps(function)) {
    kernel.setLocation(loc);
    Operation *together = microBatch.findTogether(step.front());
    if (!together || machine.budgets.callsTogether == 1) {
      lowerCallByCall(step);
      continue;
    }
    Value isFull = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                         calls, kernel.index(callsTogether));
    auto choice =
        scf::IfOp::create(builder, loc, isFull, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(choice.thenBlock());
    binder.bindTogether(step.front(), microBatch);
    kernel.setLocation(together->getLoc());
    steps.execute([&] {
      getLowerings().find(together)->lower(
          kernel, together, *microBatch.plans.find(together, machine));
    });
    kernel.setLocation(loc);
    builder.setInsertionPointToStart(choice.elseBlock());
    lowerCallByCall(step);
  }
  kernel.setLocation(loc);
  func::ReturnOp::create(builder, loc);
}

InterfaceAttr FunctionLowering::describeInterface(func::FuncOp model,
                                                  StreamInterfaceAttr stream) {
  Builder builder(function.getContext());
  int64_t callsPerRun = getCallsPerRun(model);
  auto describe = [&](Attribute given, StringRef fallback, unsigned number,
                      Type type) {
    auto tensor = cast<RankedTensorType>(type);
    SmallVector<int64_t> shape(tensor.getShape());
    if (callsPerRun > 1)
      shape[0] *= callsPerRun;
    auto tensorName = dyn_cast_or_null<StringAttr>(given);
    if (!tensorName)
      tensorName = builder.getStringAttr(fallback + Twine(number));
    return TensorInterfaceAttr::get(tensorName, tensor.clone(shape));
  };
  SmallVector<TensorInterfaceAttr> inputs, outputs;
  for (auto [i, type] : llvm::enumerate(model.getArgumentTypes()))
    inputs.push_back(
        describe(model.getArgAttr(i, "nn.name"), "input", i, type));
  for (auto [i, type] : llvm::enumerate(model.getResultTypes()))
    outputs.push_back(
        describe(model.getResultAttr(i, "nn.name"), "output", i, type));
  int64_t macs = 0;
  for (Operation &op : model.getBody().front())
    macs += countMACs(&op);
  auto countElements = [](func::FuncOp of) {
    return cast<ShapedType>(of.getArgumentTypes()[0]).getNumElements();
  };
  int64_t calls =
      microBatch.getCalls() * countElements(function) / countElements(model);
  return InterfaceAttr::get(
      builder.getContext(), builder.getStringAttr(name),
      builder.getStringAttr(target.name), callsPerRun * macs,
      constants.getBytes(), plan.arenaBytes, target.layout.alignment, calls,
      callsPerRun, inputs, outputs,
      getVariantSymbols(builder.getContext(), name, target), stream);
}

/// Tells the sizes of indices and pointers, where they are not MLIR's defaults.
static void setDataLayout(ModuleOp module, const MemoryLayout &layout) {
  Builder builder(module.getContext());
  int64_t pointerBits = layout.pointerBytes * 8;
  if (layout.indexBits == 64 && pointerBits == 64)
    return;
  auto number = [&](int64_t bits) -> Attribute {
    return builder.getI64IntegerAttr(bits);
  };
  auto numbers = [&](ArrayRef<int64_t> bits) -> Attribute {
    auto type = VectorType::get(bits.size(), builder.getI64Type());
    return DenseIntElementsAttr::get(type, bits);
  };
  auto entry = [&](Type type, Attribute value) -> DataLayoutEntryInterface {
    return DataLayoutEntryAttr::get(type, value);
  };
  module->setAttr(DLTIDialect::kDataLayoutAttrName,
                  DataLayoutSpecAttr::get(
                      builder.getContext(),
                      {entry(builder.getIndexType(), number(layout.indexBits)),
                       // Size, ABI and preferred alignment, size of an offset.
                       entry(LLVM::LLVMPointerType::get(builder.getContext()),
                             numbers({pointerBits, pointerBits, pointerBits,
                                      layout.indexBits}))}));
}

namespace {
struct NNToLoopsPass : frieze::impl::NNToLoopsPassBase<NNToLoopsPass> {
  using NNToLoopsPassBase::NNToLoopsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto function = module.lookupSymbol<func::FuncOp>("model");
    if (!function) {
      module.emitError("expects a function @model");
      return signalPassFailure();
    }
    if (int64_t calls = getCallsPerRun(function);
        calls < 1 || calls > maxElements) {
      function.emitOpError("expects ") << callsPerRunName << " from 1 to "
                                       << maxElements << ", but got " << calls;
      return signalPassFailure();
    }
    auto modelCall = module.lookupSymbol<func::FuncOp>(modelCallName);
    SmallVector<func::FuncOp> functions{modelCall ? modelCall : function};
    auto streamCall = module.lookupSymbol<func::FuncOp>(streamCallName);
    if (streamCall)
      functions.push_back(streamCall);
    size_t alone = functions.size();
    llvm::append_range(functions, StreamLowering::findFunctions(module));
    for (auto [number, part] : llvm::enumerate(functions))
      if (failed(checkSupported(part, /*isStream=*/number >= alone)))
        return signalPassFailure();
    if (failed(StreamLowering::check(module)))
      return signalPassFailure();
    KernelPlans plans(*target);
    for (func::FuncOp part : functions) {
      planKernels(part, plans);
      if (printPlan)
        plans.print(part, llvm::errs());
    }
    ConstantPool constants(module, *target);
    FunctionLowering lowering(functions.front(), plans, name, constants);
    std::optional<FunctionLowering> callLowering;
    if (streamCall)
      callLowering.emplace(streamCall, plans, name + "_" + streamCallName.str(),
                           constants);
    StreamLowering stream(module, plans, name);
    if (freesWeights && functions.size() == 1)
      lowering.freeWeights();
    size_t ops = 0;
    for (func::FuncOp part : functions)
      ops += llvm::range_size(part.getBody().front().without_terminator());
    Steps steps(&getContext(), target->machines.size() * ops);
    for (const Machine &machine : target->machines) {
      lowering.lower(machine, steps);
      if (callLowering)
        callLowering->lower(machine, steps);
      stream.lower(machine, constants, steps);
      kernels += llvm::range_size(
          functions.front().getBody().front().without_terminator());
    }
    setDataLayout(module, target->layout);
    StreamInterfaceAttr description =
        describeStreamCalls(function, streamCall, *target, name);
    if (stream)
      description = stream.describe(
          cast<ShapedType>(function.getArgumentTypes()[0]).getDimSize(1));
    module->setAttr(InterfaceAttr::attributeName,
                    lowering.describeInterface(function, description));
    for (func::FuncOp part : functions)
      part.erase();
    if (modelCall)
      function.erase();
    if (freesWeights)
      UnusedWeights(module).free();
  }
};
} // namespace
