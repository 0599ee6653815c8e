//===- RecurrentLayers.cpp - Recurrent layers of a model --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/ModelBuilder.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

template <typename OpT>
Value ModelBuilder::createRecurrent(StringRef layer, Value input,
                                    const RecurrentParameters &parameters,
                                    bool withCells) {
  constexpr bool hasGates = !std::is_same_v<OpT, nn::RNNOp>;
  constexpr bool hasCell = std::is_same_v<OpT, nn::LSTMOp>;
  if (!parameters.kernel || !parameters.recurrent || !parameters.activation ||
      (hasGates && !parameters.recurrentActivation))
    return {};
  SmallVector<NamedAttribute> attributes;
  auto add = [&](StringRef name, Attribute value) {
    if (value)
      attributes.push_back(builder.getNamedAttr(name, value));
  };
  auto addFlag = [&](StringRef name, bool isSet) {
    if (isSet)
      add(name, builder.getUnitAttr());
  };
  add("kernel", parameters.kernel);
  add("recurrent", parameters.recurrent);
  add("bias", parameters.bias);
  add("activation", parameters.activation);
  if (hasGates)
    add("recurrent_activation", parameters.recurrentActivation);
  if (std::is_same_v<OpT, nn::GRUOp>) {
    add("recurrent_bias", parameters.recurrentBias);
    addFlag("reset_after", parameters.resetAfter);
  }
  nn::RecurrentOperands operands{
      input, parameters.mask, parameters.initial, {}};
  if (hasCell) {
    operands.initialCell = parameters.initialCell;
    add("peephole", parameters.peephole);
    if (parameters.cellActivation != parameters.activation)
      add("cell_activation", parameters.cellActivation);
    addFlag("with_cells", withCells);
    if (parameters.cellClip)
      add("cell_clip", builder.getF64FloatAttr(*parameters.cellClip));
  }
  if (parameters.clip)
    add("clip", builder.getF64FloatAttr(*parameters.clip));
  addFlag("sequences", parameters.sequences);
  addFlag("backwards", parameters.backwards);
  addFlag("reversed", parameters.reversed);
  addFlag("zero_masked",
          parameters.mask && parameters.sequences && parameters.zeroMasked);
  attributes.push_back(operands.getSegments<OpT>(builder));
  return input ? create<OpT>(layer, operands.getValues(), attributes) : Value();
}

Value ModelBuilder::createRecurrent(StringRef layer, RecurrentKind kind,
                                    Value input,
                                    const RecurrentParameters &parameters,
                                    bool withCells) {
  switch (kind) {
  case RecurrentKind::GRU:
    return createRecurrent<nn::GRUOp>(layer, input, parameters, withCells);
  case RecurrentKind::LSTM:
    return createRecurrent<nn::LSTMOp>(layer, input, parameters, withCells);
  case RecurrentKind::RNN:
    return createRecurrent<nn::RNNOp>(layer, input, parameters, withCells);
  }
  return {};
}

Value ModelBuilder::recurrent(StringRef layer, RecurrentKind kind, Value input,
                              const RecurrentParameters &parameters) {
  return createRecurrent(layer, kind, input, parameters, /*withCells=*/false);
}

RecurrentResults
ModelBuilder::recurrentWithState(StringRef layer, RecurrentKind kind,
                                 Value input, RecurrentParameters parameters) {
  // The state stays where a step is masked, its result perhaps not.
  bool zeroMasked =
      parameters.mask && parameters.sequences && parameters.zeroMasked;
  parameters.zeroMasked = false;
  bool hasCell = kind == RecurrentKind::LSTM;
  Value all = createRecurrent(layer, kind, input, parameters, hasCell);
  if (!all)
    return {};
  SmallVector<int64_t> shape(getShape(all));
  int64_t units = shape.back() / (hasCell ? 2 : 1);
  auto take = [&](int64_t channel, bool lastStep) {
    SmallVector<int64_t> begin(shape.size()), size(shape);
    begin.back() = channel;
    size.back() = units;
    if (parameters.sequences && lastStep) {
      begin[1] = parameters.reversed ? 0 : shape[1] - 1;
      size[1] = 1;
    }
    if (size == shape)
      return all;
    Value part =
        slice(layer, all, begin, size, SmallVector<int64_t>(shape.size(), 1));
    return lastStep ? reshapeWithBatch(layer, part, {shape[0], units}) : part;
  };
  RecurrentResults results{take(0, /*lastStep=*/false),
                           take(0, /*lastStep=*/true),
                           hasCell ? take(units, /*lastStep=*/true) : Value()};
  if (zeroMasked) {
    Value column =
        reshapeWithBatch(layer, parameters.mask, {shape[0], shape[1], 1});
    Array zero{{1, 1, 1}, {0.0f}};
    results.output = select(layer, column, results.output,
                            constant(layer, addWeights(layer, "zero", zero)));
  }
  return results;
}
