//===- NNToLoops.cpp - Lower nn ops to loops over vectors -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Costs.h"
#include "compiler/conversion/Lowerings.h"
#include "compiler/conversion/MemoryPlan.h"
#include "compiler/conversion/Passes.h"
#include "dialect/Weights.h"
#include "llvm/ADT/TypeSwitch.h"

namespace frieze {
#define GEN_PASS_DEF_NNTOLOOPSPASS
#include "compiler/conversion/Passes.h.inc"
} // namespace frieze

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Everything that a lowering relies on, as an error here.
static LogicalResult checkSupported(func::FuncOp function) {
  if (!llvm::hasSingleElement(function.getBody()))
    return function.emitOpError("expects a single block");
  auto isFloat32 = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape() && tensor.getElementType().isF32();
  };
  if (!llvm::all_of(function.getArgumentTypes(), isFloat32))
    return function.emitOpError("expects f32 tensors of static shape");
  if (function.getNumArguments() == 0 || function.getNumResults() == 0)
    return function.emitOpError("expects at least one input and one output");
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (!isa_and_nonnull<NNDialect>(op.getDialect()) ||
        isa<BatchNormOp, DropoutOp>(op))
      return op.emitOpError(
          "cannot be lowered to loops; run the nn-opt pipeline first");
    if (!isFloat32(op.getResult(0).getType()))
      return op.emitOpError("expects f32 elements to generate code");
    auto check = [&](StringRef name, ElementsAttr weights) -> LogicalResult {
      if (weights.getElementType().isF64())
        return op.emitOpError("expects parameters of type f32; run "
                              "nn-round-parameters first");
      if (failed(readWeights(weights)))
        return op.emitOpError("expects ")
               << name << " with its data, but the data is elided";
      return success();
    };
    if (failed(forEachWeights(&op, check)))
      return failure();
  }
  return success();
}

static void lowerOp(KernelBuilder &kernel, Operation *op) {
  llvm::TypeSwitch<Operation *>(op)
      .Case<ConvOp>([&](auto op) { lowerConv(kernel, op); })
      .Case<DenseOp>([&](auto op) { lowerDense(kernel, op); })
      .Case<MaxPoolOp>([&](auto op) { lowerMaxPool(kernel, op); })
      .Case<AvgPoolOp>([&](auto op) { lowerAvgPool(kernel, op); })
      .Case<GlobalPoolOp>([&](auto op) { lowerGlobalPool(kernel, op); })
      .Case<ActivationOp>([&](auto op) { lowerActivation(kernel, op); })
      .Case<AddOp>([&](auto op) { lowerAdd(kernel, op); })
      .Case<AffineOp>([&](auto op) { lowerAffine(kernel, op); })
      .Case<SoftmaxOp>([&](auto op) { lowerSoftmax(kernel, op); })
      .Case<PadOp>([&](auto op) { lowerPad(kernel, op); })
      .Case<TransposeOp>([&](auto op) { lowerTranspose(kernel, op); })
      .Case<IdentityOp>([&](auto op) { lowerIdentity(kernel, op); })
      .Case<ConcatOp>([&](auto op) { lowerConcat(kernel, op); })
      .Case<EmbeddingOp>([&](auto op) { lowerEmbedding(kernel, op); })
      .Case<LSTMOp>([&](auto op) { lowerLSTM(kernel, op); })
      .Default([](Operation *) { llvm_unreachable("an op without lowering"); });
}

namespace {
/// Lowers one function for one variant after the other.
class FunctionLowering {
public:
  FunctionLowering(func::FuncOp function, StringRef name)
      : function(function), name(name), plan(MemoryPlan::create(function)),
        constants(function->getParentOfType<ModuleOp>()) {}

  func::FuncOp lower(const TargetVariant &target);

  /// What the module's attribute `nn.interface` tells.
  DictionaryAttr describeInterface(const Target &target);

private:
  Value viewArena(OpBuilder &builder, Value arena, ArenaSlot slot,
                  int64_t elements);

  func::FuncOp function;
  StringRef name;
  MemoryPlan plan;
  ConstantPool constants;
};
} // namespace

static MemRefType getBufferType(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  return MemRefType::get(type.getNumElements(), type.getElementType());
}

static std::string getVariantSymbol(StringRef name,
                                    const TargetVariant &target) {
  std::string symbol = (name + "_" + target.name).str();
  llvm::replace(symbol, '-', '_');
  return symbol;
}

Value FunctionLowering::viewArena(OpBuilder &builder, Value arena,
                                  ArenaSlot slot, int64_t elements) {
  Location loc = function.getLoc();
  return memref::ViewOp::create(
      builder, loc, MemRefType::get(elements, builder.getF32Type()), arena,
      arith::ConstantIndexOp::create(builder, loc, slot.offset), ValueRange());
}

func::FuncOp FunctionLowering::lower(const TargetVariant &target) {
  OpBuilder builder(function);
  Location loc = function.getLoc();
  SmallVector<Type> types;
  for (Type type : function.getArgumentTypes())
    types.push_back(getBufferType(type));
  for (Type type : function.getResultTypes())
    types.push_back(getBufferType(type));
  types.push_back(MemRefType::get(plan.arenaBytes, builder.getI8Type()));
  auto lowered =
      func::FuncOp::create(builder, loc, getVariantSymbol(name, target),
                           builder.getFunctionType(types, {}));
  lowered.setPrivate();
  auto pair = [&](StringRef key, StringRef value) -> Attribute {
    return builder.getStrArrayAttr({key, value});
  };
  // LLVM may not bring in calls to memset or memcpy, and shall use the full
  // width of the registers.
  std::string bits = std::to_string(target.lanes * 32);
  lowered->setAttr("passthrough",
                   builder.getArrayAttr({pair("target-cpu", target.cpu),
                                         pair("prefer-vector-width", bits),
                                         pair("min-legal-vector-width", bits),
                                         builder.getStringAttr("no-builtins"),
                                         builder.getStringAttr("nounwind")}));
  for (unsigned i = 0; i < types.size(); ++i)
    lowered.setArgAttr(i, "llvm.noalias", builder.getUnitAttr());

  Block *body = lowered.addEntryBlock();
  builder.setInsertionPointToStart(body);
  KernelBuilder kernel(builder, target, constants);
  kernel.setLocation(loc);
  unsigned inputs = function.getNumArguments();
  Value arena = body->getArguments().back();
  for (auto [argument, buffer] :
       llvm::zip(function.getArguments(), body->getArguments()))
    kernel.buffers[argument] = buffer;
  for (Operation &op : function.getBody().front().without_terminator()) {
    Value value = op.getResult(0), storage = MemoryPlan::getStorage(value);
    Value &buffer = kernel.buffers[value];
    if (storage != value)
      buffer = kernel.buffers[storage];
    else if (auto output = plan.outputs.find(value);
             output != plan.outputs.end())
      buffer = body->getArgument(inputs + output->second);
    else
      buffer = viewArena(builder, arena, plan.values.lookup(value),
                         cast<ShapedType>(value.getType()).getNumElements());
    if (int64_t elements = getScratchElements(&op))
      kernel.scratch[&op] =
          viewArena(builder, arena, plan.scratch.lookup(&op), elements);
  }
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (isa<ReshapeOp>(op))
      continue;
    kernel.setLocation(op.getLoc());
    lowerOp(kernel, &op);
  }
  kernel.setLocation(loc);
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [number, result] : llvm::enumerate(terminator->getOperands())) {
    Value buffer = kernel.buffers[result];
    Value output = body->getArgument(inputs + number);
    if (buffer != output)
      emitCopy(kernel, buffer, kernel.index(0), output, kernel.index(0),
               cast<ShapedType>(result.getType()).getNumElements());
  }
  func::ReturnOp::create(builder, loc);
  return lowered;
}

DictionaryAttr FunctionLowering::describeInterface(const Target &target) {
  Builder builder(function.getContext());
  auto describe = [&](StringAttr tensorName, Type type) -> Attribute {
    return builder.getDictionaryAttr(
        {builder.getNamedAttr("name", tensorName),
         builder.getNamedAttr(
             "shape",
             builder.getDenseI64ArrayAttr(cast<ShapedType>(type).getShape()))});
  };
  auto nameOr = [&](Attribute attribute, StringRef fallback, unsigned number) {
    if (auto given = dyn_cast_or_null<StringAttr>(attribute))
      return given;
    return builder.getStringAttr(fallback + Twine(number));
  };
  SmallVector<Attribute> inputs, outputs, variants;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
    inputs.push_back(
        describe(nameOr(function.getArgAttr(i, "nn.name"), "input", i), type));
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    outputs.push_back(describe(
        nameOr(function.getResultAttr(i, "nn.name"), "output", i), type));
  for (const TargetVariant &variant : target.variants)
    variants.push_back(FlatSymbolRefAttr::get(
        builder.getStringAttr(getVariantSymbol(name, variant))));
  int64_t macs = 0;
  for (Operation &op : function.getBody().front())
    macs += countMACs(&op);
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("name", builder.getStringAttr(name)),
       builder.getNamedAttr("macs", builder.getI64IntegerAttr(macs)),
       builder.getNamedAttr("target", builder.getStringAttr(target.name)),
       builder.getNamedAttr("inputs", builder.getArrayAttr(inputs)),
       builder.getNamedAttr("outputs", builder.getArrayAttr(outputs)),
       builder.getNamedAttr("variants", builder.getArrayAttr(variants)),
       builder.getNamedAttr("arena_bytes",
                            builder.getI64IntegerAttr(plan.arenaBytes)),
       builder.getNamedAttr("arena_alignment",
                            builder.getI64IntegerAttr(MemoryPlan::alignment)),
       builder.getNamedAttr("weights_bytes",
                            builder.getI64IntegerAttr(constants.getBytes()))});
}

namespace {
struct NNToLoopsPass : frieze::impl::NNToLoopsPassBase<NNToLoopsPass> {
  using NNToLoopsPassBase::NNToLoopsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    const Target *found = findTarget(target);
    if (!found) {
      module.emitError("unknown target '") << target << "'";
      return signalPassFailure();
    }
    auto function = module.lookupSymbol<func::FuncOp>("model");
    if (!function) {
      module.emitError("expects a function @model");
      return signalPassFailure();
    }
    if (failed(checkSupported(function)))
      return signalPassFailure();
    FunctionLowering lowering(function, name);
    for (const TargetVariant &variant : found->variants) {
      lowering.lower(variant);
      kernels +=
          llvm::range_size(function.getBody().front().without_terminator());
    }
    module->setAttr("nn.interface", lowering.describeInterface(*found));
    function.erase();
  }
};
} // namespace
