//===- RandomSteps.cpp - Random graphs taken step by step -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/differential/RandomSteps.h"
#include "tests/differential/RandomBuilder.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
class StepsGraph : RandomBuilder {
public:
  StepsGraph(MLIRContext *context, uint64_t seed)
      : RandomBuilder(context, seed, Float32Type::get(context)) {}

  OwningOpRef<ModuleOp> build();

private:
  using Attributes = SmallVector<NamedAttribute>;

  int64_t units() { return choose<int64_t>({1, 2, 3, 5, 8, 17}); }
  Attribute function() {
    return ActivationAttr::get(
        builder.getContext(),
        choose<ActivationKind>({ActivationKind::Tanh, ActivationKind::Sigmoid,
                                ActivationKind::Relu,
                                ActivationKind::Softsign}));
  }
  void addRecurrent();
  void addConv();
  void addDense();
  void addSum();

  template <typename OpT>
  void add(ValueRange operands, const Attributes &attributes) {
    value = *tryCreate<OpT>(operands, attributes);
  }
  /// A stage behind the layer that `attributes` are for.
  void addEpilogue(Attributes &attributes) {
    if (chance(0.4))
      attributes.push_back(
          named("epilogue", builder.getArrayAttr({function()})));
  }

  Value value;
};
} // namespace

void StepsGraph::addRecurrent() {
  int64_t gates = choose<int64_t>({1, 3, 4}), size = units();
  bool isUsual = chance(0.6);
  auto pickFunction = [&](ActivationKind usual) -> Attribute {
    return isUsual ? Attribute(ActivationAttr::get(builder.getContext(), usual))
                   : function();
  };
  Attributes attributes{
      named("kernel", kernel({shapeOf(value).back(), gates * size})),
      named("recurrent", kernel({size, gates * size})),
      named("activation", pickFunction(ActivationKind::Tanh)),
      named("sequences", builder.getUnitAttr())};
  if (gates > 1)
    attributes.push_back(
        named("recurrent_activation", pickFunction(ActivationKind::Sigmoid)));
  if (chance(0.7))
    attributes.push_back(named("bias", vector(gates * size, -0.5, 0.5)));
  RecurrentOperands operands{value, {}, {}, {}};
  if (chance(0.3)) {
    auto largest = ReduceKindAttr::get(builder.getContext(), ReduceKind::Max);
    Value most = *tryCreate<ReduceOp>(
        value, {named("kind", largest), named("axes", integers({2}))});
    operands.mask = *tryCreate<ActivationOp>(
        most, {named("function", ActivationAttr::get(builder.getContext(),
                                                     ActivationKind::Relu))});
    if (chance(0.3))
      attributes.push_back(named("zero_masked", builder.getUnitAttr()));
  }
  if (gates == 3 && chance(0.5))
    attributes.push_back(named("reset_after", builder.getUnitAttr()));
  if (gates == 4 && chance(0.3))
    attributes.push_back(named("with_cells", builder.getUnitAttr()));
  if (gates == 4 && chance(0.3))
    attributes.push_back(named("peephole", vector(3 * size, -0.5, 0.5)));
  addEpilogue(attributes);
  auto addLayer = [&](auto op) {
    using OpT = decltype(op);
    attributes.push_back(operands.getSegments<OpT>(builder));
    add<OpT>(operands.getValues(), attributes);
  };
  if (gates == 1)
    addLayer(RNNOp());
  else if (gates == 3)
    addLayer(GRUOp());
  else
    addLayer(LSTMOp());
}

void StepsGraph::addConv() {
  int64_t taps = pick(1, 4), dilation = pick(1, 3);
  int64_t channels = shapeOf(value).back();
  bool isDepthwise = chance(0.3);
  int64_t filters = isDepthwise ? channels : units();
  Attributes attributes{
      named("kernel", kernel({taps, isDepthwise ? 1 : channels, filters})),
      named("padding", integers({(taps - 1) * dilation, 0})),
      named("dilations", integers({dilation})),
      named("groups", integer(isDepthwise ? channels : 1))};
  if (chance(0.5))
    attributes.push_back(named("bias", vector(filters, -0.5, 0.5)));
  addEpilogue(attributes);
  add<ConvOp>(value, attributes);
}

void StepsGraph::addDense() {
  int64_t outputs = units();
  Attributes attributes{
      named("kernel", kernel({shapeOf(value).back(), outputs})),
      named("chains", integer(choose<int64_t>({1, 4})))};
  addEpilogue(attributes);
  add<DenseOp>(value, attributes);
}

/// What steps have in common is added.
void StepsGraph::addSum() {
  int64_t channels = shapeOf(value).back();
  Value shift = ConstantOp::create(
      builder, layer(), RankedTensorType::get({1, 1, channels}, type),
      kernel({1, 1, channels}));
  add<AddOp>({value, shift}, {});
}

OwningOpRef<ModuleOp> StepsGraph::build() {
  func::FuncOp function = begin(RankedTensorType::get({1, 1, units()}, type));
  value = function.getArgument(0);
  int64_t recurrent = pick(0, 2);
  for (int64_t i = pick(recurrent, 4); i >= 0; --i) {
    int64_t choice = pick(0, 9);
    if (choice < 5 || i == recurrent)
      addRecurrent();
    else if (choice < 7)
      addConv();
    else if (choice < 9)
      addDense();
    else
      addSum();
  }
  return finish(function, value);
}

OwningOpRef<ModuleOp> frieze::createRandomSteps(MLIRContext *context,
                                                uint64_t seed) {
  return StepsGraph(context, seed).build();
}

OwningOpRef<ModuleOp> frieze::lengthenSequence(ModuleOp graph, int64_t steps) {
  OwningOpRef<ModuleOp> whole = graph.clone();
  auto model = whole->lookupSymbol<func::FuncOp>("model");
  auto lengthen = [&](Type type) -> Type {
    auto tensor = cast<RankedTensorType>(type);
    SmallVector<int64_t> shape(tensor.getShape());
    shape[1] = steps;
    return tensor.clone(shape);
  };
  Value input = model.getArgument(0);
  input.setType(lengthen(input.getType()));
  for (Operation &op : model.getBody().front().without_terminator())
    if (failed(inferResultTypes(&op)))
      return nullptr;
  Builder builder(graph.getContext());
  model.setFunctionType(builder.getFunctionType(
      input.getType(),
      model.getBody().front().getTerminator()->getOperandTypes()));
  return whole;
}
