//===- EmitEntryPoints.cpp - Public symbols of a compiled model -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Passes.h"
#include "mlir/IR/BuiltinOps.h"

namespace frieze {
#define GEN_PASS_DEF_EMITENTRYPOINTSPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

using namespace mlir;
using namespace frieze;

// FRIEZE_ABI_VERSION and sizeof(frieze_model) of
// runtime/include/frieze/model.h, which the compiler does not include;
// tests/e2e holds the two together.
static constexpr int32_t abiVersion = 2;
static constexpr int32_t modelStructBytes = 120;

namespace {
class EntryPointBuilder {
public:
  EntryPointBuilder(ModuleOp module, DictionaryAttr interface)
      : module(module), interface(interface), builder(module.getContext()),
        loc(module.getLoc()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())),
        i32(builder.getI32Type()), i64(builder.getI64Type()) {
    builder.setInsertionPointToEnd(module.getBody());
  }

  void emit(StringRef sourceSHA256);

private:
  StringRef getName() { return interface.getAs<StringAttr>("name").getValue(); }
  ArrayAttr getInputs() { return interface.getAs<ArrayAttr>("inputs"); }
  ArrayAttr getOutputs() { return interface.getAs<ArrayAttr>("outputs"); }
  /// Most calls that a variant takes at once. Where it is above 1, their number
  /// comes before the buffers.
  int64_t getMicroBatch() {
    return interface.getAs<IntegerAttr>("micro_batch").getInt();
  }
  ArrayRef<Attribute> getVariants() {
    return interface.getAs<ArrayAttr>("variants").getValue();
  }
  StringAttr getVariant(size_t index) {
    return cast<FlatSymbolRefAttr>(getVariants()[index]).getAttr();
  }

  Value constant(Type type, int64_t value) {
    return LLVM::ConstantOp::create(builder, loc, type,
                                    builder.getIntegerAttr(type, value));
  }
  Value addressOf(StringRef symbol) {
    return LLVM::AddressOfOp::create(builder, loc, pointer, symbol);
  }

  /// A function `symbol` with a body that `emitBody` fills up to the return.
  void emitFunction(StringRef symbol, ArrayRef<Type> arguments,
                    LLVM::Linkage linkage,
                    llvm::function_ref<void(ValueRange)> emitBody);
  /// A global whose initial value `emitValue` builds.
  void emitGlobal(StringRef symbol, Type type, LLVM::Linkage linkage,
                  llvm::function_ref<Value()> emitValue,
                  bool isConstant = true);
  void emitString(StringRef symbol, StringRef text);
  void emitTensors(StringRef symbol, ArrayAttr tensors);
  Value buildStruct(LLVM::LLVMStructType type, ArrayRef<Value> fields);

  /// `eax, ebx, ecx, edx` of an instruction that reads eax and ecx.
  SmallVector<Value> queryProcessor(StringRef instruction, int64_t eax,
                                    int64_t ecx);
  Value hasAllBits(Value word, uint32_t bits);
  void emitDispatch();
  /// Makes `calls` calls of the variant with all buffers: inputs, outputs and
  /// the arena.
  void callVariant(Value calls, ValueRange buffers);
  void emitRun();
  void emitRunBatch();
  /// The pointers in arrays of inputs and outputs, for callers that learn of
  /// the model at run time.
  SmallVector<Value> loadPointers(Value inputs, Value outputs);
  void emitRunArrays();
  void emitDescription(StringRef sourceSHA256);

  ModuleOp module;
  DictionaryAttr interface;
  OpBuilder builder;
  Location loc;
  LLVM::LLVMPointerType pointer;
  Type i32, i64;
};
} // namespace

void EntryPointBuilder::emitFunction(
    StringRef symbol, ArrayRef<Type> arguments, LLVM::Linkage linkage,
    llvm::function_ref<void(ValueRange)> emitBody) {
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(module.getContext()), arguments);
  auto function = LLVM::LLVMFuncOp::create(builder, loc, symbol, type, linkage);
  // Called without a detour by the functions beside it.
  function.setDsoLocal(true);
  function.setPassthroughAttr(
      builder.getStrArrayAttr({"no-builtins", "nounwind"}));
  OpBuilder::InsertionGuard guard(builder);
  Block *entry = function.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);
  emitBody(entry->getArguments());
  LLVM::ReturnOp::create(builder, loc, ValueRange());
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

static ArrayRef<int64_t> getShape(Attribute tensor) {
  return cast<DictionaryAttr>(tensor)
      .getAs<DenseI64ArrayAttr>("shape")
      .asArrayRef();
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
      Value value = buildStruct(
          tensorType,
          {addressOf(getPart(index, "name")), constant(i64, shape.size()),
           addressOf(getPart(index, "shape")),
           constant(i64, ShapedType::getNumElements(shape))});
      array = LLVM::InsertValueOp::create(builder, loc, array, value,
                                          ArrayRef<int64_t>{(int64_t)index});
    }
    return array;
  });
}

//===----------------------------------------------------------------------===//
// Choice of the variant
//===----------------------------------------------------------------------===//

SmallVector<Value> EntryPointBuilder::queryProcessor(StringRef instruction,
                                                     int64_t eax, int64_t ecx) {
  auto results = LLVM::LLVMStructType::getLiteral(module.getContext(),
                                                  {i32, i32, i32, i32});
  auto query = LLVM::InlineAsmOp::create(
      builder, loc, results, ValueRange{constant(i32, eax), constant(i32, ecx)},
      instruction,
      "={eax},={ebx},={ecx},={edx},{eax},{ecx},~{dirflag},~{fpsr},~{flags}",
      /*has_side_effects=*/true, /*is_align_stack=*/false,
      LLVM::tailcallkind::TailCallKind::None, LLVM::AsmDialectAttr(),
      ArrayAttr());
  SmallVector<Value> words;
  for (int64_t i = 0; i < 4; ++i)
    words.push_back(LLVM::ExtractValueOp::create(builder, loc, query.getRes(),
                                                 ArrayRef<int64_t>{i}));
  return words;
}

Value EntryPointBuilder::hasAllBits(Value word, uint32_t bits) {
  Value mask = constant(i32, (int32_t)bits);
  Value masked = LLVM::AndOp::create(builder, loc, word, mask);
  return LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::eq, masked,
                              mask);
}

/// The pointer that `<name>_run` and `<name>_run_batch` jump through, and the
/// constructor that sets it (x86-64 psABI microarchitecture levels; Intel SDM
/// volume 2, CPUID, XGETBV).
void EntryPointBuilder::emitDispatch() {
  std::string symbol = (getName() + "_variant").str();
  emitGlobal(
      symbol, pointer, LLVM::Linkage::Internal,
      [&] { return addressOf(getVariant(getVariants().size() - 1)); },
      /*isConstant=*/false);
  std::string constructor = (getName() + "_choose_variant").str();
  emitFunction(constructor, {}, LLVM::Linkage::Internal, [&](ValueRange) {
    auto both = [&](Value a, Value b) -> Value {
      return LLVM::AndOp::create(builder, loc, a, b);
    };
    Value highestLeaf = queryProcessor("cpuid", 0, 0)[0];
    Value hasLeaf7 = LLVM::ICmpOp::create(
        builder, loc, LLVM::ICmpPredicate::uge, highestLeaf, constant(i32, 7));
    Value features = queryProcessor("cpuid", 1, 0)[2];
    // FMA, MOVBE, OSXSAVE, AVX, F16C.
    Value hasAVX =
        both(hasLeaf7, hasAllBits(features, 1u << 12 | 1u << 22 | 1u << 27 |
                                                1u << 28 | 1u << 29));
    Block *chosen =
        builder.getInsertionBlock()->splitBlock(builder.getInsertionPoint());
    Block *query = builder.createBlock(chosen);
    builder.setInsertionPointToEnd(query->getPrevNode());
    // xgetbv is an invalid instruction without OSXSAVE.
    LLVM::CondBrOp::create(builder, loc, hasAVX, query, chosen);
    builder.setInsertionPointToStart(query);
    Value enabled = queryProcessor("xgetbv", 0, 0)[0];
    Value extended = queryProcessor("cpuid", 7, 0)[1];
    Value more = queryProcessor("cpuid", (int32_t)0x80000001, 0)[2];
    // State of SSE and AVX; BMI1, AVX2, BMI2; LZCNT.
    Value isV3 = both(both(hasAllBits(enabled, 0x6),
                           hasAllBits(extended, 1u << 3 | 1u << 5 | 1u << 8)),
                      hasAllBits(more, 1u << 5));
    // State of the AVX-512 registers; AVX-512 F, DQ, CD, BW, VL.
    Value isV4 = both(both(isV3, hasAllBits(enabled, 0xe6)),
                      hasAllBits(extended, 1u << 16 | 1u << 17 | 1u << 28 |
                                               1u << 30 | 1u << 31));
    Value choice = addressOf(getVariant(2));
    choice = LLVM::SelectOp::create(builder, loc, isV3,
                                    addressOf(getVariant(1)), choice);
    choice = LLVM::SelectOp::create(builder, loc, isV4,
                                    addressOf(getVariant(0)), choice);
    LLVM::StoreOp::create(builder, loc, choice, addressOf(symbol));
    LLVM::BrOp::create(builder, loc, chosen);
    builder.setInsertionPointToStart(chosen);
  });
  LLVM::GlobalCtorsOp::create(
      builder, loc,
      builder.getArrayAttr(
          {FlatSymbolRefAttr::get(builder.getStringAttr(constructor))}),
      builder.getI32ArrayAttr({65535}),
      builder.getArrayAttr({LLVM::ZeroAttr::get(module.getContext())}));
}

//===----------------------------------------------------------------------===//
// Public symbols
//===----------------------------------------------------------------------===//

/// Lets `call` become a jump where nothing follows it.
static void markTail(LLVM::CallOp call) {
  call.setTailCallKind(LLVM::tailcallkind::TailCallKind::Tail);
}

void EntryPointBuilder::callVariant(Value calls, ValueRange buffers) {
  SmallVector<Value> operands;
  if (getMicroBatch() > 1)
    operands.push_back(calls);
  llvm::append_range(operands, buffers);
  if (getVariants().size() == 1)
    return markTail(LLVM::CallOp::create(builder, loc, TypeRange(),
                                         getVariant(0), operands));
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(module.getContext()),
      llvm::to_vector(ValueRange(operands).getTypes()));
  operands.insert(
      operands.begin(),
      LLVM::LoadOp::create(builder, loc, pointer,
                           addressOf((getName() + "_variant").str())));
  markTail(LLVM::CallOp::create(builder, loc, type, operands));
}

void EntryPointBuilder::emitRun() {
  SmallVector<Type> arguments(getInputs().size() + getOutputs().size() + 1,
                              pointer);
  emitFunction(
      (getName() + "_run").str(), arguments, LLVM::Linkage::External,
      [&](ValueRange buffers) { callVariant(constant(i64, 1), buffers); });
}

void EntryPointBuilder::emitRunBatch() {
  SmallVector<Type> arguments{i64};
  arguments.append(getInputs().size() + getOutputs().size() + 1, pointer);
  auto emitLoop = [&](ValueRange values) {
    Value count = values.front();
    ValueRange buffers = values.drop_front();
    Block *before = builder.getInsertionBlock();
    Block *after = before->splitBlock(builder.getInsertionPoint());
    Block *head = builder.createBlock(after, {i64}, {loc});
    Block *body = builder.createBlock(after);
    builder.setInsertionPointToEnd(before);
    LLVM::BrOp::create(builder, loc, constant(i64, 0), head);

    builder.setInsertionPointToEnd(head);
    Value first = head->getArgument(0);
    Value isDone = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::eq,
                                        first, count);
    LLVM::CondBrOp::create(builder, loc, isDone, after, body);

    builder.setInsertionPointToEnd(body);
    Value calls = constant(i64, getMicroBatch());
    if (getMicroBatch() > 1) {
      Value left = LLVM::SubOp::create(builder, loc, count, first);
      calls = LLVM::UMinOp::create(builder, loc, left, calls);
    }
    SmallVector<Value> operands;
    auto advance = [&](ArrayAttr tensors) {
      for (Attribute tensor : tensors) {
        auto elements = LLVM::LLVMArrayType::get(
            builder.getF32Type(), ShapedType::getNumElements(getShape(tensor)));
        operands.push_back(LLVM::GEPOp::create(builder, loc, pointer, elements,
                                               buffers[operands.size()],
                                               ArrayRef<LLVM::GEPArg>{first}));
      }
    };
    advance(getInputs());
    advance(getOutputs());
    operands.push_back(buffers.back());
    callVariant(calls, operands);
    Value next = LLVM::AddOp::create(builder, loc, first, calls);
    LLVM::BrOp::create(builder, loc, next, head);
    builder.setInsertionPointToStart(after);
  };
  emitFunction((getName() + "_run_batch").str(), arguments,
               LLVM::Linkage::External, emitLoop);
}

SmallVector<Value> EntryPointBuilder::loadPointers(Value inputs,
                                                   Value outputs) {
  SmallVector<Value> pointers;
  auto loadAll = [&](Value array, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      Value at = LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                                     ArrayRef<LLVM::GEPArg>{(int32_t)i});
      pointers.push_back(LLVM::LoadOp::create(builder, loc, pointer, at));
    }
  };
  loadAll(inputs, getInputs().size());
  loadAll(outputs, getOutputs().size());
  return pointers;
}

void EntryPointBuilder::emitRunArrays() {
  emitFunction(
      (getName() + "_run_arrays").str(), {pointer, pointer, pointer},
      LLVM::Linkage::Internal, [&](ValueRange values) {
        SmallVector<Value> operands = loadPointers(values[0], values[1]);
        operands.push_back(values[2]);
        markTail(LLVM::CallOp::create(builder, loc, TypeRange(),
                                      (getName() + "_run").str(), operands));
      });
  emitFunction(
      (getName() + "_run_batch_arrays").str(), {i64, pointer, pointer, pointer},
      LLVM::Linkage::Internal, [&](ValueRange values) {
        SmallVector<Value> operands{values[0]};
        llvm::append_range(operands, loadPointers(values[1], values[2]));
        operands.push_back(values[3]);
        markTail(LLVM::CallOp::create(builder, loc, TypeRange(),
                                      (getName() + "_run_batch").str(),
                                      operands));
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
       i64, i64, i64, i64, pointer, pointer});
  auto number = [&](StringRef key) {
    return constant(i64, interface.getAs<IntegerAttr>(key).getInt());
  };
  emitGlobal((getName() + "_model").str(), type, LLVM::Linkage::External, [&] {
    return buildStruct(
        type, {constant(i32, abiVersion), constant(i32, modelStructBytes),
               addressOf(symbol("name")), addressOf(symbol("compiler")),
               addressOf(symbol("target")), addressOf(symbol("source")),
               constant(i64, inputs.size()), constant(i64, outputs.size()),
               addressOf(symbol("inputs")), addressOf(symbol("outputs")),
               number("arena_bytes"), number("arena_alignment"),
               number("weights_bytes"), number("macs"),
               addressOf((getName() + "_run_arrays").str()),
               addressOf((getName() + "_run_batch_arrays").str())});
  });
}

void EntryPointBuilder::emit(StringRef sourceSHA256) {
  for (size_t i = 0; i < getVariants().size(); ++i)
    module.lookupSymbol<LLVM::LLVMFuncOp>(getVariant(i))
        .setLinkage(LLVM::Linkage::Internal);
  if (getVariants().size() > 1)
    emitDispatch();
  emitRun();
  emitRunBatch();
  emitRunArrays();
  emitDescription(sourceSHA256);
}

namespace {
struct EmitEntryPointsPass
    : frieze::impl::EmitEntryPointsPassBase<EmitEntryPointsPass> {
  using EmitEntryPointsPassBase::EmitEntryPointsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto interface = module->getAttrOfType<DictionaryAttr>("nn.interface");
    if (!interface || !interface.contains("variants")) {
      module.emitError(
          "expects the attribute nn.interface; run nn-to-loops first");
      return signalPassFailure();
    }
    EntryPointBuilder(module, interface).emit(sourceSHA256);
  }
};
} // namespace
