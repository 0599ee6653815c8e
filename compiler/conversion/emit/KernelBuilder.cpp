//===- KernelBuilder.cpp - Emitting loops over flat buffers -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/KernelBuilder.h"
#include "compiler/conversion/emit/VectorOps.h"
#include "compiler/conversion/plan/ElementType.h"
#include "dialect/ElementaryFunctions.h"
#include "dialect/Identifier.h"
#include "dialect/LayerName.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/Support/BLAKE3.h"

using namespace mlir;
using namespace frieze;

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// The layer's name, as a symbol: `conv1` of `NameLoc("conv1")`, else `layer`.
static std::string getSymbolPrefix(Operation *op) {
  StringRef name = nn::findLayerName(op->getLoc());
  return name.empty() ? "layer" : getIdentifier(name);
}

StringAttr ConstantPool::getOrCreate(Operation *owner, StringRef parameter,
                                     SmallVector<float> values, Type element) {
  auto digest = llvm::BLAKE3::hash(
      ArrayRef<uint8_t>(reinterpret_cast<const uint8_t *>(values.data()),
                        values.size() * sizeof(float)));
  StringAttr &symbol = globals[StringRef(
      reinterpret_cast<const char *>(digest.data()), digest.size())];
  if (symbol)
    return symbol;
  // They lie in memory in the order in which they are read.
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  if (newest)
    builder.setInsertionPointAfter(newest);
  std::string name = (getSymbolPrefix(owner) + "_" + parameter).str();
  for (unsigned count = 1; module.lookupSymbol(name); ++count)
    name =
        (getSymbolPrefix(owner) + "_" + parameter + "_" + Twine(count)).str();
  symbol = builder.getStringAttr(name);

  int64_t size = values.size();
  auto data = nn::createRoundedWeights(
      name, RankedTensorType::get(size, element), std::move(values));
  bytes += size * bytesOf(element);
  newest = memref::GlobalOp::create(
      builder, owner->getLoc(), name, builder.getStringAttr("private"),
      MemRefType::get(size, element), data,
      /*constant=*/true, builder.getI64IntegerAttr(target.layout.alignment));
  return symbol;
}

ConstantPool::Global
ConstantPool::getOrPack(Operation *owner, StringRef parameter, int64_t layout,
                        function_ref<SmallVector<float>()> pack, Type element) {
  Global &global = packed[{owner, parameter.str(), layout}];
  if (!global.symbol) {
    SmallVector<float> values = pack();
    global.elements = values.size();
    global.symbol = getOrCreate(owner, parameter, std::move(values), element);
  }
  return global;
}

Value KernelBuilder::loadPacked(Operation *owner, StringRef parameter,
                                int64_t layout,
                                function_ref<SmallVector<float>()> pack) {
  Type element = getAccumulatorType();
  if (Operation *original = originals.lookup(owner))
    owner = original;
  auto [symbol, elements] =
      constants.getOrPack(owner, parameter, layout, pack, element);
  auto type = MemRefType::get(elements, element);
  return memref::GetGlobalOp::create(builder, loc, type, symbol.getValue());
}

Value KernelBuilder::loadConstants(Operation *owner, StringRef parameter,
                                   ArrayRef<double> values) {
  Type element = getAccumulatorType();
  StringAttr symbol = constants.getOrCreate(
      owner, parameter, llvm::to_vector_of<float>(values), element);
  auto type = MemRefType::get(values.size(), element);
  return memref::GetGlobalOp::create(builder, loc, type, symbol.getValue());
}

//===----------------------------------------------------------------------===//
// Indices and loops
//===----------------------------------------------------------------------===//

Value KernelBuilder::getConstant(TypedAttr value) {
  Value &constant = uniqueConstants[value];
  if (!constant) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(entry);
    constant =
        arith::ConstantOp::create(builder, builder.getUnknownLoc(), value);
  }
  return constant;
}

Value KernelBuilder::index(int64_t value) {
  return getConstant(builder.getIndexAttr(value));
}

Value KernelBuilder::add(Value a, Value b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  if (x && y)
    return index(*x + *y);
  if (x)
    return add(b, a);
  if (y == 0)
    return a;
  // (v + x) + y = v + (x + y)
  auto sum = a.getDefiningOp<arith::AddIOp>();
  if (y && sum && (x = getConstantIntValue(sum.getRhs())))
    return add(sum.getLhs(), *x + *y);
  return arith::AddIOp::create(builder, loc, a, b);
}

Value KernelBuilder::mul(Value a, int64_t b) {
  if (std::optional<int64_t> x = getConstantIntValue(a))
    return index(*x * b);
  return b == 1 ? a : arith::MulIOp::create(builder, loc, a, index(b));
}

void KernelBuilder::forEach(int64_t count, Body body) {
  if (count == 1)
    return body(index(0));
  if (count == 0)
    return;
  auto loop = scf::ForallOp::create(
      builder, loc, ArrayRef<OpFoldResult>(builder.getIndexAttr(count)),
      /*outputs=*/ValueRange(), /*mapping=*/std::nullopt);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar(0));
}

void KernelBuilder::inOrder(int64_t count, Body body) {
  reduce(count, {}, [&](Value i, ValueRange) {
    body(i);
    return SmallVector<Value>();
  });
}

SmallVector<Value> KernelBuilder::reduce(int64_t count, ValueRange init,
                                         ReduceBody body) {
  if (count == 0)
    return llvm::to_vector(init);
  if (count == 1)
    return body(index(0), init);
  return reduce(index(0), index(count), init, body);
}

SmallVector<Value> KernelBuilder::reduce(Value low, Value high, ValueRange init,
                                         ReduceBody body) {
  auto loop = scf::ForOp::create(
      builder, loc, low, high, index(1), init,
      [&](OpBuilder &inner, Location, Value i, ValueRange carried) {
        OpBuilder::InsertionGuard guard(builder);
        builder.restoreInsertionPoint(inner.saveInsertionPoint());
        SmallVector<Value> results = body(i, carried);
        scf::YieldOp::create(builder, loc, results);
      });
  return SmallVector<Value>(loop.getResults());
}

void KernelBuilder::forEachChunk(int64_t count, int64_t size, Body body) {
  forEach(llvm::divideCeil(count, size),
          [&](Value i) { body(getChunkStart(i, count, size)); });
}

Value KernelBuilder::getChunkStart(Value number, int64_t count, int64_t size) {
  Value first = mul(number, size);
  if (count <= size || count % size == 0)
    return first;
  return builder.createOrFold<arith::MinSIOp>(loc, first, index(count - size));
}

void KernelBuilder::splitIntoVectors(
    int64_t count, VectorBody body,
    llvm::function_ref<void(int64_t, Body)> loop) {
  int64_t lanes = machine.lanes;
  loop(count / lanes, [&](Value i) { body(mul(i, lanes), lanes); });
  if (count % lanes)
    body(index(count / lanes * lanes), count % lanes);
}

void KernelBuilder::forEachVector(int64_t count, VectorBody body) {
  splitIntoVectors(count, body,
                   [&](int64_t n, Body vector) { forEach(n, vector); });
}

void KernelBuilder::inOrderVectors(int64_t count, VectorBody body) {
  splitIntoVectors(count, body,
                   [&](int64_t n, Body vector) { inOrder(n, vector); });
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

VectorType KernelBuilder::vectorType(int64_t width) {
  return VectorType::get(width, getAccumulatorType());
}

Value KernelBuilder::constant(float value, int64_t width) {
  return VectorOps(*this, width).constant(value);
}

Value KernelBuilder::loadVector(Value buffer, Value at, int64_t width) {
  auto type = VectorType::get(width, getElementType(buffer));
  return vector::LoadOp::create(builder, loc, type, buffer, at);
}

Value KernelBuilder::loadBroadcast(Value buffer, Value at, int64_t width) {
  Value scalar = memref::LoadOp::create(builder, loc, buffer, at);
  auto type = VectorType::get(width, scalar.getType());
  return vector::BroadcastOp::create(builder, loc, type, scalar);
}

Value KernelBuilder::broadcastLane(Value vector, int64_t width, int64_t lane) {
  if (cast<VectorType>(vector.getType()).getDimSize(0) > 1)
    return vector::ShuffleOp::create(builder, loc, vector, vector,
                                     SmallVector<int64_t>(width, lane));
  auto type = VectorType::get(width, getElementTypeOrSelf(vector));
  return vector::BroadcastOp::create(builder, loc, type, vector);
}

Value KernelBuilder::takeLanes(Value vector, int64_t width) {
  if (cast<VectorType>(vector.getType()).getDimSize(0) == width)
    return vector;
  return vector::ExtractStridedSliceOp::create(
      builder, loc, vector, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{width},
      ArrayRef<int64_t>{1});
}

void KernelBuilder::storeVector(Value vector, Value buffer, Value at,
                                int64_t width) {
  vector::StoreOp::create(builder, loc, takeLanes(vector, width), buffer, at);
}

Value KernelBuilder::fma(Value a, Value b, Value c) {
  // Not vector.fma, which some targets round twice. Without FMA, math.fma would
  // become a call.
  if (machine.hasFMA)
    return math::FmaOp::create(builder, loc, a, b, c);
  return addFloat(mulFloat(a, b), c);
}

Value KernelBuilder::addFloat(Value a, Value b) {
  return arith::AddFOp::create(builder, loc, a, b);
}

Value KernelBuilder::mulFloat(Value a, Value b) {
  return arith::MulFOp::create(builder, loc, a, b);
}

Value KernelBuilder::select(arith::CmpFPredicate predicate, Value x, Value y,
                            Value a, Value b) {
  return arith::SelectOp::create(
      builder, loc, arith::CmpFOp::create(builder, loc, predicate, x, y), a, b);
}

/// `a` where `isWanted` holds of a and b or a is NaN, else `b`: where b is NaN
/// or both are zeros, this is b, like one instruction of x86.
static Value selectOrdered(KernelBuilder &kernel, arith::CmpFPredicate isWanted,
                           Value a, Value b) {
  Value chosen = kernel.select(isWanted, a, b, a, b);
  return kernel.select(arith::CmpFPredicate::UNO, a, a, a, chosen);
}

Value KernelBuilder::maximum(Value a, Value b) {
  return selectOrdered(*this, arith::CmpFPredicate::OGT, a, b);
}

Value KernelBuilder::minimum(Value a, Value b) {
  return selectOrdered(*this, arith::CmpFPredicate::OLT, a, b);
}

Value KernelBuilder::selectNonzero(Value condition, Value a, Value b) {
  int64_t width = cast<VectorType>(condition.getType()).getDimSize(0);
  return select(arith::CmpFPredicate::UNE, condition, constant(0.0f, width), a,
                b);
}

Value KernelBuilder::applyFunction(nn::ActivationAttr function, Value vector) {
  VectorOps ops(*this, cast<VectorType>(vector.getType()).getDimSize(0));
  return nn::ElementaryFunctions<VectorOps>(ops).apply(function, vector);
}

bool frieze::dependOnChannels(ArrayRef<EpilogueStage> stages) {
  return llvm::any_of(stages, [](const EpilogueStage &stage) {
    return isa<nn::AffineStageAttr>(stage.attribute);
  });
}

SmallVector<EpilogueStage>
KernelBuilder::loadEpilogue(Operation *op, ArrayRef<Attribute> stages) {
  SmallVector<EpilogueStage> loaded;
  for (Attribute attribute : stages) {
    size_t number = loaded.size();
    EpilogueStage &stage =
        loaded.emplace_back(EpilogueStage{attribute, {}, {}});
    auto affine = dyn_cast<nn::AffineStageAttr>(attribute);
    if (!affine)
      continue;
    auto load = [&](StringRef name, ElementsAttr weights) {
      SmallVector<double> values = *nn::readWeights(weights);
      // The last vector may reach beyond the last channel.
      values.resize(values.size() + target.getWidestLanes(), 0.0);
      return loadConstants(op, (name + Twine(number)).str(), values);
    };
    stage.scale = load("scale", affine.getScale());
    stage.shift = load("shift", affine.getShift());
  }
  return loaded;
}

Value KernelBuilder::applyEpilogue(ArrayRef<EpilogueStage> stages, Value vector,
                                   Value channel, bool isOneChannel) {
  int64_t width = cast<VectorType>(vector.getType()).getDimSize(0);
  auto load = [&](Value buffer) {
    return isOneChannel ? loadBroadcast(buffer, channel, width)
                        : loadVector(buffer, channel, width);
  };
  for (const EpilogueStage &stage : stages) {
    if (auto function = dyn_cast<nn::ActivationAttr>(stage.attribute))
      vector = applyFunction(function, vector);
    else
      vector = fma(vector, load(stage.scale), load(stage.shift));
  }
  return vector;
}

Value KernelBuilder::applyWindowEpilogue(ArrayRef<EpilogueStage> stages,
                                         SmallVector<Value> window,
                                         Value channel, bool isOneChannel) {
  for (const EpilogueStage &stage : stages) {
    auto pool = dyn_cast<nn::PoolStageAttr>(stage.attribute);
    if (!pool) {
      for (Value &value : window)
        value = applyEpilogue(stage, value, channel, isOneChannel);
      continue;
    }
    Value result = window.front();
    for (Value value : ArrayRef(window).drop_front())
      result = pool.getKind() == nn::PoolKind::Max ? maximum(result, value)
                                                   : addFloat(result, value);
    if (pool.getKind() == nn::PoolKind::Avg) {
      int64_t width = cast<VectorType>(result.getType()).getDimSize(0);
      result = mulFloat(result, constant(1.0f / float(window.size()), width));
    }
    window = {result};
  }
  return window.front();
}

Value KernelBuilder::expOfNonPositive(Value vector) {
  VectorOps ops(*this, cast<VectorType>(vector.getType()).getDimSize(0));
  return nn::ElementaryFunctions<VectorOps>(ops).expOfNonPositive(vector);
}
