//===- RandomGraph.cpp - Random small models --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/differential/RandomGraph.h"
#include "dialect/NNOps.h"
#include "tests/differential/RandomBuilder.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
class GraphBuilder : RandomBuilder {
public:
  using RandomBuilder::RandomBuilder;

  OwningOpRef<ModuleOp> build();

private:
  ActivationAttr activation();

  /// Adds a layer on `value` if its shape allows.
  template <typename OpT>
  bool add(ValueRange operands, ArrayRef<NamedAttribute> attributes) {
    FailureOr<Value> result = tryCreate<OpT>(operands, attributes);
    if (failed(result) ||
        cast<ShapedType>(result->getType()).getNumElements() > 4096)
      return false;
    values.push_back(*result);
    return true;
  }
  void addLayer();
  void addAttention(Value value);
  void addBatchNorm(Value value);
  void addConv(Value value);
  void addConvTranspose(Value value);
  void addPool(Value value);
  void addMove(Value value);
  bool addDense(Value value);
  void addJoin(Value value);
  void addReshape(Value value);

  SmallVector<Value> values;
};
} // namespace

ActivationAttr GraphBuilder::activation() {
  static constexpr ActivationKind kinds[] = {
      ActivationKind::Relu,    ActivationKind::Relu,
      ActivationKind::Relu,    ActivationKind::Tanh,
      ActivationKind::Sigmoid, ActivationKind::LeakyRelu,
      ActivationKind::Elu,     ActivationKind::Clip,
      ActivationKind::Silu,    ActivationKind::Softplus,
      ActivationKind::Linear};
  ActivationKind kind = kinds[pick(0, std::size(kinds) - 1)];
  unsigned parameters = ActivationAttr::getNumParameters(kind);
  return ActivationAttr::get(builder.getContext(), kind,
                             parameters == 0                ? 0.0
                             : kind == ActivationKind::Clip ? -0.5
                                                            : 0.25,
                             parameters == 2 ? 1.5 : 0.0);
}

/// Scores of a value with itself, softmax and means.
void GraphBuilder::addAttention(Value value) {
  int64_t rank = shapeOf(value).size();
  SmallVector<int64_t> permutation;
  for (int64_t axis = 0; axis < rank; ++axis)
    permutation.push_back(axis);
  std::swap(permutation[rank - 2], permutation[rank - 1]);
  if (!add<TransposeOp>(value, {named("permutation", integers(permutation))}) ||
      !add<MatmulOp>({value, values.back()}, {}))
    return;
  if (chance(0.5)) {
    int64_t keys = shapeOf(values.back()).back();
    double scale = uniform(0.2, 1.5), shift = chance(0.3) ? 1.0 : 0.0;
    bool isUniform = chance(0.7);
    add<AffineOp>(
        values.back(),
        {named("axis", builder.getI64IntegerAttr(rank - 1)),
         named("scale",
               weights({keys},
                       [&] { return isUniform ? scale : uniform(0.2, 1.5); })),
         named("shift", vector(keys, -shift, shift))});
  }
  int64_t axis = chance(0.2) ? rank - 2 : rank - 1;
  if (add<SoftmaxOp>(values.back(),
                     {named("axis", builder.getI64IntegerAttr(axis))}))
    add<MatmulOp>({values.back(), value}, {});
}

void GraphBuilder::addBatchNorm(Value value) {
  int64_t axis = shapeOf(value).size() - 1;
  if (chance(0.08) && axis > 1)
    axis = pick(1, axis);
  int64_t channels = shapeOf(value)[axis];
  bool mayBeNegative = chance(0.5), mayBeZero = chance(0.2);
  auto gamma = weights({channels}, [&] {
    if (mayBeZero && chance(0.3))
      return 0.0;
    return uniform(0.3, 1.5) * (mayBeNegative && chance(0.4) ? -1 : 1);
  });
  auto variance = weights(
      {channels}, [&] { return chance(0.05) ? 0.0 : uniform(0.2, 2.0); });
  SmallVector<NamedAttribute> attributes{
      named("axis", builder.getI64IntegerAttr(axis)),
      named("mean", vector(channels, -0.5, 0.5)), named("variance", variance),
      named("epsilon", builder.getF64FloatAttr(1e-2))};
  if (chance(0.8))
    attributes.push_back(named("gamma", gamma));
  if (chance(0.8))
    attributes.push_back(named("beta", vector(channels, -0.5, 0.5)));
  add<BatchNormOp>(value, attributes);
}

void GraphBuilder::addConv(Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  size_t axes = shape.size() - 2;
  int64_t channels = shape.back(), groups = 1;
  int64_t filters = pick(1, 5);
  if (chance(0.25)) {
    groups = channels;
    filters = channels * pick(1, 2);
  }
  SmallVector<int64_t> kernelShape, strides, dilations, padding;
  for (size_t axis = 0; axis < axes; ++axis) {
    kernelShape.push_back(pick(1, 3));
    strides.push_back(pick(1, 2));
    dilations.push_back(chance(0.2) ? 2 : 1);
    bool isPadded = chance(0.4);
    padding.push_back(isPadded ? pick(0, 2) : 0);
    padding.push_back(isPadded ? pick(0, 2) : 0);
  }
  kernelShape.append({channels / groups, filters});
  SmallVector<NamedAttribute> attributes{
      named("kernel", kernel(kernelShape)), named("strides", integers(strides)),
      named("dilations", integers(dilations)),
      named("padding", integers(padding)),
      named("groups", builder.getI64IntegerAttr(groups))};
  if (chance(0.8))
    attributes.push_back(named("bias", vector(filters, -0.5, 0.5)));
  add<ConvOp>(value, attributes);
}

void GraphBuilder::addConvTranspose(Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  int64_t channels = shape.back(), filters = pick(1, 5);
  SmallVector<int64_t> kernelShape, strides, padding;
  for (size_t axis = 0; axis < shape.size() - 2; ++axis) {
    kernelShape.push_back(pick(1, 3));
    strides.push_back(pick(1, 3));
    padding.push_back(pick(0, 1));
    padding.push_back(pick(-1, 1));
  }
  kernelShape.append({channels, filters});
  SmallVector<NamedAttribute> attributes{
      named("kernel", kernel(kernelShape)), named("strides", integers(strides)),
      named("padding", integers(padding)),
      named("groups", builder.getI64IntegerAttr(1))};
  if (chance(0.8))
    attributes.push_back(named("bias", vector(filters, -0.5, 0.5)));
  add<ConvTransposeOp>(value, attributes);
}

/// A slice, a resize or padding, of mostly spatial axes.
void GraphBuilder::addMove(Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  size_t rank = shape.size();
  SmallVector<int64_t> begin(rank, 0), size(shape), strides(rank, 1);
  int64_t axis = pick(1, rank - 1), choice = pick(0, 2);
  MLIRContext *context = builder.getContext();
  if (choice == 0) {
    strides[axis] = pick(1, 2) * (chance(0.3) ? -1 : 1);
    size[axis] = pick(1, (shape[axis] - 1) / std::abs(strides[axis]) + 1);
    int64_t reach = (size[axis] - 1) * std::abs(strides[axis]);
    begin[axis] = pick(0, shape[axis] - 1 - reach);
    if (strides[axis] < 0)
      begin[axis] += reach;
    add<SliceOp>(value, {named("begin", integers(begin)),
                         named("size", integers(size)),
                         named("strides", integers(strides))});
  } else if (choice == 1 && rank >= 3) {
    SmallVector<int64_t> sizes;
    for (size_t i = 1; i < rank - 1; ++i)
      sizes.push_back(chance(0.5) ? 2 * shape[i] : pick(1, 8));
    bool isLinear = chance(0.5);
    add<ResizeOp>(value,
                  {named("kind", ResizeKindAttr::get(
                                     context, isLinear ? ResizeKind::Linear
                                                       : ResizeKind::Nearest)),
                   named("sizes", integers(sizes)),
                   named("coordinates",
                         CoordinatesAttr::get(
                             context, isLinear ? Coordinates::HalfPixel
                                               : Coordinates::Asymmetric))});
  } else {
    SmallVector<int64_t> low(rank, 0), high(rank, 0);
    bool isConstant = chance(0.5);
    for (size_t i = 1; i < rank; ++i)
      if (i < rank - 1 || chance(0.2)) {
        low[i] = pick(0, 2);
        high[i] = pick(0, 2);
      }
    PadMode mode = isConstant    ? PadMode::Constant
                   : chance(0.5) ? PadMode::Edge
                                 : PadMode::Reflect;
    double padded = chance(0.5) ? 0.0 : 0.25;
    add<PadOp>(value,
               {named("low", integers(low)), named("high", integers(high)),
                named("mode", PadModeAttr::get(context, mode)),
                named("value", builder.getF64FloatAttr(padded))});
  }
}

void GraphBuilder::addPool(Value value) {
  size_t axes = shapeOf(value).size() - 2;
  if (chance(0.2)) {
    auto kind = PoolKindAttr::get(builder.getContext(),
                                  chance(0.5) ? PoolKind::Max : PoolKind::Avg);
    add<GlobalPoolOp>(value, {named("kind", kind)});
    return;
  }
  // Padding for pooling without any, as PyTorch writes it.
  if (chance(0.2)) {
    MLIRContext *context = builder.getContext();
    SmallVector<int64_t> sides(axes + 2, 1);
    sides.front() = sides.back() = 0;
    auto relu = ActivationAttr::get(context, ActivationKind::Relu);
    if (!add<ActivationOp>(value, {named("function", relu)}) ||
        !add<PadOp>(
            values.back(),
            {named("low", integers(sides)), named("high", integers(sides)),
             named("value", builder.getF64FloatAttr(chance(0.5) ? 0 : 0.25))}))
      return;
    value = values.back();
  }
  SmallVector<int64_t> window, strides, padding;
  for (size_t axis = 0; axis < axes; ++axis) {
    window.push_back(pick(1, 3));
    strides.push_back(pick(1, 3));
    bool isPadded = chance(0.25);
    padding.push_back(isPadded ? pick(0, window.back() - 1) : 0);
    padding.push_back(isPadded ? pick(0, window.back() - 1) : 0);
  }
  SmallVector<NamedAttribute> attributes{named("window", integers(window)),
                                         named("strides", integers(strides)),
                                         named("padding", integers(padding))};
  if (chance(0.5))
    add<MaxPoolOp>(value, attributes);
  else
    add<AvgPoolOp>(value, attributes);
}

bool GraphBuilder::addDense(Value value) {
  int64_t outputs = pick(1, 5);
  return add<DenseOp>(
      value, {named("kernel", kernel({shapeOf(value).back(), outputs})),
              named("bias", vector(outputs, -0.5, 0.5)),
              named("chains", builder.getI64IntegerAttr(1))});
}

/// A sum or concatenation with an earlier value that fits, or the concatenation
/// of two layers.
void GraphBuilder::addJoin(Value value) {
  if (chance(0.3) && addDense(value) && addDense(value)) {
    Value second = values.back();
    // Mostly read by nothing else.
    bool isKept = chance(0.3);
    SmallVector<Value> parts{*(values.end() - 2), second};
    if (!isKept)
      values.pop_back_n(2);
    int64_t axis = shapeOf(second).size() - 1;
    add<ConcatOp>(parts, {named("axis", builder.getI64IntegerAttr(axis))});
    return;
  }
  for (Value other : llvm::reverse(values)) {
    if (other != value && other.getType() == value.getType() && chance(0.7)) {
      add<AddOp>({value, other}, {});
      return;
    }
    int64_t axis = chance(0.8) ? (int64_t)shapeOf(value).size() - 1 : 1;
    if (chance(0.7) &&
        add<ConcatOp>({value, other},
                      {named("axis", builder.getI64IntegerAttr(axis))}))
      return;
  }
}

void GraphBuilder::addReshape(Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  int64_t elements = ShapedType::getNumElements(shape) / shape[0];
  SmallVector<int64_t> target{shape[0], elements};
  if (chance(0.2))
    target = {shape[0], 1, elements};
  values.push_back(ReshapeOp::create(
      builder, layer(), RankedTensorType::get(target, type), value));
}

void GraphBuilder::addLayer() {
  // Mostly the last value, so that the graph gets deep.
  Value value =
      chance(0.8) ? values.back() : values[pick(0, values.size() - 1)];
  size_t rank = shapeOf(value).size();
  int64_t choice = pick(0, 99);
  if (choice < 24)
    return addBatchNorm(value);
  if (choice < 42) {
    add<ActivationOp>(value, {named("function", activation())});
  } else if (choice < 60 && rank >= 3) {
    if (chance(0.15))
      addConvTranspose(value);
    else
      addConv(value);
  } else if (choice < 72 && rank >= 3) {
    addPool(value);
  } else if (choice < 80) {
    addDense(value);
  } else if (choice < 84 && rank >= 3) {
    addAttention(value);
  } else if (choice < 88) {
    addJoin(value);
  } else if (choice < 92) {
    addReshape(value);
  } else if (choice < 94 && rank == 3) {
    int64_t units = pick(1, 3), kind = pick(0, 2);
    int64_t columns = (kind == 0 ? 4 : kind == 1 ? 3 : 1) * units;
    auto function = [&](ActivationKind kind) {
      return ActivationAttr::get(builder.getContext(), kind);
    };
    SmallVector<NamedAttribute> attributes{
        named("kernel", kernel({shapeOf(value).back(), columns})),
        named("recurrent", kernel({units, columns})),
        named("bias", vector(columns, -0.5, 0.5)),
        named("activation", function(ActivationKind::Tanh))};
    if (chance(0.5))
      attributes.push_back(named("sequences", builder.getUnitAttr()));
    if (kind < 2)
      attributes.push_back(
          named("recurrent_activation", function(ActivationKind::Sigmoid)));
    if (kind == 1 && chance(0.5))
      attributes.push_back(named("reset_after", builder.getUnitAttr()));
    RecurrentOperands operands{value, {}, {}, {}};
    auto addLayer = [&](auto op) {
      using OpT = decltype(op);
      attributes.push_back(operands.getSegments<OpT>(builder));
      add<OpT>(value, attributes);
    };
    if (kind == 0)
      addLayer(LSTMOp());
    else if (kind == 1)
      addLayer(GRUOp());
    else
      addLayer(RNNOp());
  } else if (choice < 95) {
    add<DropoutOp>(value, {named("rate", builder.getF64FloatAttr(0.5))});
  } else if (choice < 99) {
    addMove(value);
  } else {
    add<SoftmaxOp>(value, {named("axis", builder.getI64IntegerAttr(rank - 1))});
  }
}

OwningOpRef<ModuleOp> GraphBuilder::build() {
  SmallVector<int64_t> shape{chance(0.2) ? 2 : 1};
  int64_t rank = pick(2, 4);
  for (int64_t axis = 1; axis < rank; ++axis)
    shape.push_back(axis == rank - 1 ? pick(1, 4) : pick(4, 10));
  // Images that are sequences, and such as a window soon spans.
  if (rank == 4 && chance(0.3))
    shape[pick(1, 2)] = pick(1, 3);
  SmallVector<Type> inputs{RankedTensorType::get(shape, type)};
  bool startsWithEmbedding = chance(0.08);
  if (startsWithEmbedding)
    inputs[0] = RankedTensorType::get({shape[0], pick(2, 6)}, type);
  else if (chance(0.15))
    inputs.push_back(inputs[0]);
  func::FuncOp function = begin(inputs);
  llvm::append_range(values, function.getArguments());
  if (startsWithEmbedding)
    add<EmbeddingOp>(values.back(), {named("table", kernel({10, pick(1, 4)}))});
  for (int64_t i = pick(3, 10); i > 0; --i)
    addLayer();
  SmallVector<Value> results{values.back()};
  if (chance(0.15))
    results.push_back(values[pick(0, values.size() - 1)]);
  return finish(function, results);
}

OwningOpRef<ModuleOp> frieze::createRandomGraph(MLIRContext *context,
                                                uint64_t seed,
                                                FloatType elementType) {
  return GraphBuilder(context, seed, elementType).build();
}
