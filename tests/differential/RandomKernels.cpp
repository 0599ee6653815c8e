//===- RandomKernels.cpp - Random layers for code generation ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/differential/RandomKernels.h"
#include "tests/differential/RandomBuilder.h"

#include <numeric>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// Elements of a value, and multiply-adds of a layer, for each sample.
constexpr int64_t mostElements = 6000, mostTerms = 400000;

class KernelGraph : RandomBuilder {
public:
  KernelGraph(MLIRContext *context, uint64_t seed, KernelGraphKind kind)
      : RandomBuilder(context, seed, Float32Type::get(context)), kind(kind) {}

  OwningOpRef<ModuleOp> build();

private:
  using Attributes = SmallVector<NamedAttribute>;

  /// Channels and positions, mostly beside the sizes of vectors and tiles.
  int64_t channels() {
    static constexpr int64_t sizes[] = {1,  2,  3,  4,  5,  7,  8,  9,  12, 13,
                                        15, 16, 17, 24, 31, 32, 33, 48, 63, 65};
    return chance(0.5) ? sizes[pick(0, 7)]
                       : sizes[pick(0, std::size(sizes) - 1)];
  }
  int64_t positions() {
    static constexpr int64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17};
    return sizes[pick(0, std::size(sizes) - 1)];
  }
  int64_t rankOf(Value value) { return shapeOf(value).size(); }
  int64_t elementsOf(ArrayRef<int64_t> shape) {
    return ShapedType::getNumElements(shape) / (shape.empty() ? 1 : shape[0]);
  }
  /// An axis that is no batch; any, where samples may mix.
  int64_t pickAxis(Value value) {
    return rankOf(value) == 1 || (mayMix() && chance(0.1))
               ? 0
               : pick(1, rankOf(value) - 1);
  }
  bool mayMix() { return kind == KernelGraphKind::Any; }

  ActivationAttr activation();
  Attribute affineStage(int64_t axis, int64_t size) {
    return AffineStageAttr::get(builder.getContext(), axis,
                                vector(size, -1.5, 1.5), vector(size, -1, 1));
  }
  /// Stages for a result of `shape`; `mayPool`: one of them a pooling.
  ArrayAttr epilogue(ArrayRef<int64_t> shape, int64_t axis, bool mayPool);

  /// Adds the layer, with an epilogue where it has one, if it is valid and
  /// small.
  template <typename OpT> void add(ValueRange operands, Attributes attributes);
  Value addInput(ArrayRef<int64_t> shape);
  /// A value, an input or a constant of a shape that meets `shape` along every
  /// axis.
  Value findOperand(Value value);

  /// Multiply-adds of a kernel at every position of `x`.
  int64_t countTerms(Value x, ArrayRef<int64_t> kernelShape) {
    return ShapedType::getNumElements(kernelShape) * elementsOf(shapeOf(x)) /
           shapeOf(x).back();
  }
  /// What both kinds of convolutions have.
  Attributes convAttributes(ArrayRef<int64_t> kernelShape,
                            ArrayRef<int64_t> strides,
                            ArrayRef<int64_t> dilations,
                            ArrayRef<int64_t> padding, int64_t groups);

  void addActivation(Value x);
  void addAffine(Value x);
  void addBinary(Value x);
  void addConcat(Value x);
  void addConv(Value x);
  void addConvTranspose(Value x);
  void addDense(Value x);
  void addEmbedding(Value x);
  void addGlobalPool(Value x);
  void addIdentity(Value x) { add<IdentityOp>(x, {}); }
  void addMatmul(Value x);
  void addNormalize(Value x);
  void addPad(Value x);
  void addPool(Value x);
  void addPrelu(Value x);
  void addRecurrent(Value x);
  void addReduce(Value x);
  void addReshape(Value x);
  void addResize(Value x);
  void addSlice(Value x);
  void addSoftmax(Value x);
  void addTranspose(Value x);
  void addWindows(Value x);
  void addLayer();

  KernelGraphKind kind;
  int64_t batch = 1;
  func::FuncOp function;
  SmallVector<Value> values;
};
} // namespace

ActivationAttr KernelGraph::activation() {
  auto function = *symbolizeActivationKind(
      pick(0, (int64_t)getMaxEnumValForActivationKind()));
  unsigned parameters = ActivationAttr::getNumParameters(function);
  return ActivationAttr::get(builder.getContext(), function,
                             parameters == 0                    ? 0.0
                             : function == ActivationKind::Clip ? -0.5
                                                                : 0.25,
                             parameters == 2 ? 0.5 : 0.0);
}

ArrayAttr KernelGraph::epilogue(ArrayRef<int64_t> shape, int64_t axis,
                                bool mayPool) {
  SmallVector<Attribute> stages;
  int64_t poolAt = mayPool && chance(0.6) ? pick(0, 2) : -1;
  for (int64_t count = pick(1, 3), i = 0; i < count || i <= poolAt; ++i) {
    if (i == poolAt) {
      SmallVector<int64_t> window, strides;
      for (size_t spatial = 1; spatial + 1 < shape.size(); ++spatial) {
        window.push_back(pick(1, std::min<int64_t>(4, shape[spatial])));
        strides.push_back(chance(0.6) ? window.back() : pick(1, 4));
      }
      stages.push_back(PoolStageAttr::get(
          builder.getContext(), chance(0.5) ? PoolKind::Max : PoolKind::Avg,
          builder.getDenseI64ArrayAttr(window),
          builder.getDenseI64ArrayAttr(strides)));
    } else if (chance(0.5)) {
      stages.push_back(activation());
    } else {
      stages.push_back(affineStage(axis, shape[axis]));
    }
  }
  return builder.getArrayAttr(stages);
}

template <typename OpT>
void KernelGraph::add(ValueRange operands, Attributes attributes) {
  FailureOr<Value> result = tryCreate<OpT>(operands, attributes);
  if (failed(result))
    return;
  if (elementsOf(shapeOf(*result)) > mostElements)
    return result->getDefiningOp()->erase();
  if constexpr (OpT::template hasTrait<EpilogueOpInterface::Trait>()) {
    int64_t last = rankOf(*result) - 1;
    // Only nn.identity runs along another axis than the last.
    int64_t axis = std::is_same_v<OpT, IdentityOp> && last > 0 && chance(0.3)
                       ? pick(mayMix() ? 0 : 1, last)
                       : last;
    if (chance(0.6)) {
      attributes.push_back(
          named("epilogue",
                epilogue(shapeOf(*result), axis, std::is_same_v<OpT, ConvOp>)));
      FailureOr<Value> fused = tryCreate<OpT>(operands, attributes);
      if (succeeded(fused)) {
        result->getDefiningOp()->erase();
        result = fused;
      }
    }
  }
  values.push_back(*result);
}

Value KernelGraph::addInput(ArrayRef<int64_t> shape) {
  return function.getBody().front().addArgument(
      RankedTensorType::get(shape, type), builder.getUnknownLoc());
}

Value KernelGraph::findOperand(Value value) {
  SmallVector<int64_t> shape(shapeOf(value));
  for (Value other : llvm::reverse(values))
    if (other != value && other.getType() == value.getType() && chance(0.6))
      return other;
  for (int64_t &size : llvm::drop_begin(shape))
    if (chance(0.3))
      size = 1;
  bool isSecondInput = kind != KernelGraphKind::Stream && chance(0.5);
  if (isSecondInput)
    return addInput(shape);
  shape[0] = 1;
  return ConstantOp::create(builder, layer(),
                            RankedTensorType::get(shape, type),
                            weights(shape, [&] { return uniform(-1.5, 1.5); }));
}

void KernelGraph::addActivation(Value x) {
  add<ActivationOp>(x, {named("function", activation())});
}

void KernelGraph::addAffine(Value x) {
  int64_t axis = pickAxis(x), size = shapeOf(x)[axis];
  add<AffineOp>(x, {named("axis", integer(axis)),
                    named("scale", vector(size, -1.5, 1.5)),
                    named("shift", vector(size, -1, 1))});
}

void KernelGraph::addBinary(Value x) {
  Value y = findOperand(x);
  if (chance(0.5))
    std::swap(x, y);
  switch (pick(0, 5)) {
  case 0:
    return add<AddOp>({x, y}, {});
  case 1:
    return add<SubOp>({x, y}, {});
  case 2:
    return add<MulOp>({x, y}, {});
  case 3:
    return add<DivOp>({x, y}, {});
  case 4:
    return add<MaximumOp>({x, y}, {});
  default:
    return add<MinimumOp>({x, y}, {});
  }
}

void KernelGraph::addConcat(Value x) {
  if (rankOf(x) < 2)
    return;
  int64_t axis = pick(1, rankOf(x) - 1);
  SmallVector<Value> operands{x};
  for (int64_t count = pick(0, 2); count > 0; --count) {
    SmallVector<int64_t> shape(shapeOf(x));
    for (Value other : values)
      if (rankOf(other) == rankOf(x)) {
        shape[axis] = shapeOf(other)[axis];
        if (ArrayRef<int64_t>(shape) == shapeOf(other) && chance(0.5))
          operands.push_back(other);
      }
    if (kind != KernelGraphKind::Stream && chance(0.3)) {
      shape[axis] = channels();
      operands.push_back(addInput(shape));
    }
  }
  add<ConcatOp>(operands, {named("axis", integer(axis))});
}

KernelGraph::Attributes KernelGraph::convAttributes(
    ArrayRef<int64_t> kernelShape, ArrayRef<int64_t> strides,
    ArrayRef<int64_t> dilations, ArrayRef<int64_t> padding, int64_t groups) {
  Attributes attributes{
      named("kernel", kernel(kernelShape)), named("strides", integers(strides)),
      named("dilations", integers(dilations)),
      named("padding", integers(padding)), named("groups", integer(groups))};
  if (chance(0.8))
    attributes.push_back(named("bias", vector(kernelShape.back(), -0.5, 0.5)));
  return attributes;
}

void KernelGraph::addConv(Value x) {
  ArrayRef<int64_t> shape = shapeOf(x);
  size_t axes = shape.size() - 2;
  int64_t depth = shape.back(), groups = 1, filters = channels();
  if (chance(0.3)) {
    for (groups = pick(1, depth); depth % groups; --groups)
      ;
    if (chance(0.4))
      groups = depth;
    filters = groups * pick(1, std::max<int64_t>(1, 24 / groups));
  }
  bool isStream = kind == KernelGraphKind::Stream;
  // Sums of minimal filtering are made in blocks of 64 channels.
  bool isFiltered = groups == 1 && chance(depth > 60 ? 0.6 : 0.25);
  SmallVector<int64_t> kernelShape, strides, dilations, padding, tile;
  int64_t formTaps = pick(2, 3);
  for (size_t axis = 0; axis < axes; ++axis) {
    int64_t taps = isFiltered    ? formTaps
                   : chance(0.7) ? pick(1, 3)
                                 : pick(1, 7);
    kernelShape.push_back(taps);
    strides.push_back(!isFiltered && chance(0.3) ? pick(1, 3) : 1);
    dilations.push_back(!isFiltered && chance(0.2) ? pick(1, 3) : 1);
    for (int side = 0; side < 2; ++side)
      padding.push_back(chance(isStream ? 0.03 : 0.4) ? pick(0, 3) : 0);
    tile.push_back(taps == 3 && chance(0.6) ? 4 : 2);
  }
  if (axes == 2 && tile[0] != tile[1])
    tile[0] = tile[1];
  kernelShape.append({depth / groups, filters});
  if (countTerms(x, kernelShape) > mostTerms)
    return;
  Attributes attributes =
      convAttributes(kernelShape, strides, dilations, padding, groups);
  if (chance(0.3))
    attributes.push_back(named("border", vector(depth, -1, 1)));
  if (isFiltered)
    attributes.push_back(named("winograd", integers(tile)));
  add<ConvOp>(x, attributes);
}

void KernelGraph::addConvTranspose(Value x) {
  ArrayRef<int64_t> shape = shapeOf(x);
  int64_t depth = shape.back(), groups = 1, filters = channels();
  if (chance(0.3)) {
    groups = depth;
    filters = groups * pick(1, 2);
  }
  SmallVector<int64_t> kernelShape, strides, padding, dilations;
  for (size_t axis = 0; axis + 2 < shape.size(); ++axis) {
    kernelShape.push_back(pick(1, 5));
    strides.push_back(pick(1, 4));
    dilations.push_back(chance(0.3) ? pick(1, 3) : 1);
    padding.push_back(pick(-1, 2));
    padding.push_back(pick(-2, 2));
  }
  kernelShape.append({depth / groups, filters});
  if (countTerms(x, kernelShape) <= mostTerms)
    add<ConvTransposeOp>(
        x, convAttributes(kernelShape, strides, dilations, padding, groups));
}

void KernelGraph::addDense(Value x) {
  int64_t inputs = shapeOf(x).back();
  int64_t outputs = chance(0.2) ? 1 : channels() * (chance(0.1) ? 5 : 1);
  // Weights that the first-level cache does not hold beside the values, which
  // several calls read together.
  if (inputs > 60 && rankOf(x) == 2 && chance(0.4))
    outputs = choose<int64_t>({100, 113, 200});
  if (elementsOf(shapeOf(x)) * outputs > mostTerms || rankOf(x) < 1)
    return;
  Attributes attributes{named("kernel", kernel({inputs, outputs})),
                        named("chains", integer(int64_t(1) << pick(0, 6)))};
  if (chance(0.8))
    attributes.push_back(named("bias", vector(outputs, -0.5, 0.5)));
  add<DenseOp>(x, attributes);
}

void KernelGraph::addEmbedding(Value x) {
  // Numbers come from an input; those of a layer are rows of NaN, or of few.
  Value numbers = x;
  if (kind != KernelGraphKind::Stream && chance(0.7))
    numbers = addInput({batch, positions()});
  Attributes attributes{named("table", kernel({10, channels()}))};
  if (chance(0.4))
    attributes.push_back(named("from_end", builder.getUnitAttr()));
  add<EmbeddingOp>(numbers, attributes);
}

void KernelGraph::addGlobalPool(Value x) {
  Attributes attributes{named(
      "kind", PoolKindAttr::get(builder.getContext(),
                                chance(0.5) ? PoolKind::Max : PoolKind::Avg))};
  if (chance(0.4))
    attributes.push_back(named("keep_dims", builder.getUnitAttr()));
  add<GlobalPoolOp>(x, attributes);
}

void KernelGraph::addMatmul(Value x) {
  if (rankOf(x) < 2 || (!mayMix() && rankOf(x) < 3))
    return;
  SmallVector<int64_t> shape(shapeOf(x));
  shape[shape.size() - 2] = shape.back();
  shape.back() = channels();
  for (size_t axis = 1; axis + 2 < shape.size(); ++axis)
    if (chance(0.3))
      shape[axis] = 1;
  if (elementsOf(shapeOf(x)) * shape.back() > mostTerms)
    return;
  Value y;
  for (Value other : values)
    if (shapeOf(other) == ArrayRef<int64_t>(shape))
      y = other;
  if (!y && kind != KernelGraphKind::Stream && chance(0.6))
    y = addInput(shape);
  if (!y) {
    if (shape.size() > 2)
      shape[0] = 1;
    y = ConstantOp::create(builder, layer(), RankedTensorType::get(shape, type),
                           kernel(shape));
  }
  add<MatmulOp>({x, y}, {});
}

void KernelGraph::addNormalize(Value x) {
  SmallVector<int64_t> axes;
  bool isLast = chance(0.3);
  for (int64_t axis = 0; axis < rankOf(x); ++axis)
    if (isLast ? axis + 1 == rankOf(x)
               : chance(axis == 0 ? (kind == KernelGraphKind::Batch ? 0.0 : 0.1)
                                  : 0.5))
      axes.push_back(axis);
  auto form = *symbolizeNormalizeKind(
      pick(0, (int64_t)getMaxEnumValForNormalizeKind()));
  add<NormalizeOp>(
      x, {named("kind", NormalizeKindAttr::get(builder.getContext(), form)),
          named("axes", integers(axes)),
          named("epsilon", builder.getF64FloatAttr(chance(0.2) ? 0 : 1e-3))});
}

void KernelGraph::addPad(Value x) {
  SmallVector<int64_t> low, high;
  for (int64_t axis = 0; axis < rankOf(x); ++axis) {
    bool isPadded = axis == 0 ? mayMix() && chance(0.05) : chance(0.5);
    low.push_back(isPadded ? pick(0, 3) : 0);
    high.push_back(isPadded ? pick(0, 3) : 0);
  }
  auto mode = *symbolizePadMode(pick(0, (int64_t)getMaxEnumValForPadMode()));
  add<PadOp>(x, {named("low", integers(low)), named("high", integers(high)),
                 named("mode", PadModeAttr::get(builder.getContext(), mode)),
                 named("value", builder.getF64FloatAttr(uniform(-1, 1)))});
}

void KernelGraph::addPool(Value x) {
  SmallVector<int64_t> window, strides, padding, dilations;
  bool isPadded = chance(kind == KernelGraphKind::Stream ? 0.03 : 0.4);
  for (int64_t axis = 1; axis + 1 < rankOf(x); ++axis) {
    window.push_back(
        pick(1, std::min<int64_t>(chance(0.2) ? 9 : 4, shapeOf(x)[axis])));
    strides.push_back(pick(1, 4));
    dilations.push_back(!isPadded && chance(0.2) ? pick(1, 3) : 1);
    for (int side = 0; side < 2; ++side)
      padding.push_back(isPadded ? pick(0, window.back() - 1) : 0);
  }
  Attributes attributes{named("window", integers(window)),
                        named("strides", integers(strides)),
                        named("padding", integers(padding)),
                        named("dilations", integers(dilations))};
  if (chance(0.5))
    add<MaxPoolOp>(x, attributes);
  else
    add<AvgPoolOp>(x, attributes);
}

void KernelGraph::addPrelu(Value x) {
  SmallVector<int64_t> shape(shapeOf(x));
  for (auto [axis, size] : llvm::enumerate(shape))
    if (axis == 0 || chance(0.4))
      size = 1;
  add<PreluOp>(
      x, {named("slope", weights(shape, [&] { return uniform(-1, 1); }))});
}

void KernelGraph::addRecurrent(Value x) {
  if (rankOf(x) != 3)
    return;
  int64_t units = channels(), gates = choose<int64_t>({1, 3, 4});
  if (elementsOf(shapeOf(x)) * units * gates +
          shapeOf(x)[1] * units * units * gates >
      mostTerms)
    return;
  Attributes attributes{
      named("kernel", kernel({shapeOf(x).back(), gates * units})),
      named("recurrent", kernel({units, gates * units}))};
  bool isUsual = chance(0.5);
  auto function = [&](ActivationKind usual) {
    return isUsual ? ActivationAttr::get(builder.getContext(), usual)
                   : activation();
  };
  attributes.push_back(named("activation", function(ActivationKind::Tanh)));
  if (gates > 1)
    attributes.push_back(
        named("recurrent_activation", function(ActivationKind::Sigmoid)));
  if (chance(0.8))
    attributes.push_back(named("bias", vector(gates * units, -0.5, 0.5)));
  auto maybe = [&](StringRef name) {
    bool isSet = chance(0.5);
    if (isSet)
      attributes.push_back(named(name, builder.getUnitAttr()));
    return isSet;
  };
  if (maybe("sequences"))
    maybe("reversed");
  maybe("backwards");
  if (gates == 3 && maybe("reset_after") && chance(0.7))
    attributes.push_back(named("recurrent_bias", vector(units, -0.5, 0.5)));
  if (gates == 1)
    add<RNNOp>(x, attributes);
  else if (gates == 3)
    add<GRUOp>(x, attributes);
  else
    add<LSTMOp>(x, attributes);
}

void KernelGraph::addReduce(Value x) {
  SmallVector<int64_t> axes;
  for (int64_t axis = kind == KernelGraphKind::Batch; axis < rankOf(x); ++axis)
    if (chance(axis == 0 ? 0.1 : 0.5))
      axes.push_back(axis);
  auto form =
      *symbolizeReduceKind(pick(0, (int64_t)getMaxEnumValForReduceKind()));
  Attributes attributes{
      named("kind", ReduceKindAttr::get(builder.getContext(), form)),
      named("axes", integers(axes))};
  if (chance(0.5))
    attributes.push_back(named("keep_dims", builder.getUnitAttr()));
  add<ReduceOp>(x, attributes);
}

void KernelGraph::addReshape(Value x) {
  ArrayRef<int64_t> shape = shapeOf(x);
  int64_t rest = elementsOf(shape);
  SmallVector<int64_t> target{shape[0]};
  for (int64_t axes = pick(0, 2); axes > 0; --axes) {
    int64_t size = chance(0.3) ? 1 : pick(1, 8);
    target.push_back(std::gcd(size, rest));
    rest /= target.back();
  }
  target.push_back(rest);
  if (chance(0.2))
    target.push_back(1);
  values.push_back(ReshapeOp::create(builder, layer(),
                                     RankedTensorType::get(target, type), x));
}

void KernelGraph::addResize(Value x) {
  SmallVector<int64_t> sizes;
  SmallVector<double> scales;
  for (int64_t axis = 1; axis + 1 < rankOf(x); ++axis) {
    sizes.push_back(chance(0.5) ? 2 * shapeOf(x)[axis] : pick(1, 20));
    scales.push_back(uniform(0.5, 3));
  }
  MLIRContext *context = builder.getContext();
  bool isNearest = chance(0.5);
  auto coordinates =
      *symbolizeCoordinates(pick(0, (int64_t)getMaxEnumValForCoordinates()));
  Attributes attributes{
      named("kind",
            ResizeKindAttr::get(context, isNearest ? ResizeKind::Nearest
                                                   : ResizeKind::Linear)),
      named("sizes", integers(sizes)),
      named("coordinates", CoordinatesAttr::get(context, coordinates))};
  if (isNearest)
    attributes.push_back(named(
        "rounding",
        RoundingAttr::get(
            context,
            *symbolizeRounding(pick(0, (int64_t)getMaxEnumValForRounding())))));
  if (chance(0.3))
    attributes.push_back(named("scales", builder.getDenseF64ArrayAttr(scales)));
  add<ResizeOp>(x, attributes);
}

void KernelGraph::addSlice(Value x) {
  SmallVector<int64_t> begin, size, strides;
  for (auto [axis, length] : llvm::enumerate(shapeOf(x))) {
    bool isWhole = axis == 0 ? !mayMix() : chance(0.4);
    int64_t stride = isWhole ? 1 : pick(1, 3);
    size.push_back(isWhole ? length : pick(1, (length - 1) / stride + 1));
    int64_t reach = (size.back() - 1) * stride;
    begin.push_back(pick(0, length - 1 - reach));
    bool isBackwards = !isWhole && chance(0.3);
    if (isBackwards)
      begin.back() += reach;
    strides.push_back(isBackwards ? -stride : stride);
  }
  add<SliceOp>(x,
               {named("begin", integers(begin)), named("size", integers(size)),
                named("strides", integers(strides))});
}

void KernelGraph::addSoftmax(Value x) {
  if (rankOf(x) > 1)
    add<SoftmaxOp>(x, {named("axis", integer(pick(1, rankOf(x) - 1)))});
}

void KernelGraph::addTranspose(Value x) {
  SmallVector<int64_t> permutation(rankOf(x));
  std::iota(permutation.begin(), permutation.end(), 0);
  std::shuffle(permutation.begin() + (mayMix() && chance(0.2) ? 0 : 1),
               permutation.end(), random);
  add<TransposeOp>(x, {named("permutation", integers(permutation))});
}

void KernelGraph::addWindows(Value x) {
  if (!mayMix() || shapeOf(x)[0] != 1)
    return;
  add<WindowsOp>(x, {named("length", integer(pick(1, 6))),
                     named("dilation", integer(pick(1, 3))),
                     named("stride", integer(pick(1, 3)))});
}

void KernelGraph::addLayer() {
  // Mostly the last value, so that the graph gets deep.
  Value x = chance(0.8) ? values.back() : values[pick(0, values.size() - 1)];
  using Adder = void (KernelGraph::*)(Value);
  static constexpr Adder images[] = {
      &KernelGraph::addConv,       &KernelGraph::addConv,
      &KernelGraph::addConv,       &KernelGraph::addConvTranspose,
      &KernelGraph::addGlobalPool, &KernelGraph::addPool,
      &KernelGraph::addPool,       &KernelGraph::addResize,
      &KernelGraph::addRecurrent,  &KernelGraph::addWindows};
  static constexpr Adder others[] = {
      &KernelGraph::addActivation, &KernelGraph::addAffine,
      &KernelGraph::addBinary,     &KernelGraph::addBinary,
      &KernelGraph::addConcat,     &KernelGraph::addDense,
      &KernelGraph::addDense,      &KernelGraph::addEmbedding,
      &KernelGraph::addIdentity,   &KernelGraph::addMatmul,
      &KernelGraph::addNormalize,  &KernelGraph::addPad,
      &KernelGraph::addPrelu,      &KernelGraph::addReduce,
      &KernelGraph::addReshape,    &KernelGraph::addSlice,
      &KernelGraph::addSoftmax,    &KernelGraph::addTranspose};
  bool isImage = rankOf(x) == 3 || rankOf(x) == 4;
  bool isDeep = kind == KernelGraphKind::Stream ? chance(0.6) : chance(0.5);
  Adder adder = isImage && isDeep ? images[pick(0, std::size(images) - 1)]
                                  : others[pick(0, std::size(others) - 1)];
  if (rankOf(x) > (mayMix() ? 0 : 1))
    (this->*adder)(x);
}

OwningOpRef<ModuleOp> KernelGraph::build() {
  if (mayMix() && chance(0.3))
    batch = pick(2, 3);
  SmallVector<int64_t> shape{batch};
  if (kind == KernelGraphKind::Stream) {
    shape.push_back(pick(3, 40));
    if (chance(0.8))
      shape.push_back(pick(1, chance(0.3) ? 17 : 4));
  } else {
    for (int64_t axes = pick(0, 2); axes > 0; --axes)
      shape.push_back(positions());
    double draw = uniform(0, 1);
    shape.push_back(draw < 0.1   ? choose<int64_t>({63, 64, 65, 128, 130})
                    : draw < 0.2 ? 1
                                 : channels());
    // Rows of one channel that fill more than a vector.
    if (shape.back() == 1 && shape.size() > 2 && chance(0.5))
      shape[1] = choose<int64_t>({17, 33, 40});
  }
  function = begin(RankedTensorType::get(shape, type));
  values.push_back(function.getArgument(0));
  for (int64_t i = pick(1, kind == KernelGraphKind::Stream ? 6 : 4); i > 0; --i)
    addLayer();
  // A model of constants alone has no use, and one of its input no layer.
  if (values.size() == 1)
    addIdentity(values.back());
  SmallVector<Value> results{values.back()};
  if (chance(0.2))
    results.push_back(values[pick(0, values.size() - 1)]);
  return finish(function, results);
}

OwningOpRef<ModuleOp> frieze::createRandomKernels(MLIRContext *context,
                                                  uint64_t seed,
                                                  KernelGraphKind kind) {
  return KernelGraph(context, seed, kind).build();
}
