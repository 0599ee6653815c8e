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
                                    const RecurrentParameters &parameters) {
  constexpr bool hasGates = !std::is_same_v<OpT, nn::RNNOp>;
  if (!parameters.kernel || !parameters.recurrent || !parameters.activation ||
      (hasGates && !parameters.recurrentActivation))
    return {};
  SmallVector<NamedAttribute> attributes{
      builder.getNamedAttr("kernel", parameters.kernel),
      builder.getNamedAttr("recurrent", parameters.recurrent),
      builder.getNamedAttr("activation", parameters.activation)};
  auto addFlag = [&](StringRef name, bool isSet) {
    if (isSet)
      attributes.push_back(builder.getNamedAttr(name, builder.getUnitAttr()));
  };
  if (parameters.bias)
    attributes.push_back(builder.getNamedAttr("bias", parameters.bias));
  if (hasGates)
    attributes.push_back(builder.getNamedAttr("recurrent_activation",
                                              parameters.recurrentActivation));
  if (std::is_same_v<OpT, nn::GRUOp>) {
    if (parameters.recurrentBias)
      attributes.push_back(
          builder.getNamedAttr("recurrent_bias", parameters.recurrentBias));
    addFlag("reset_after", parameters.resetAfter);
  }
  addFlag("sequences", parameters.sequences);
  addFlag("backwards", parameters.backwards);
  addFlag("reversed", parameters.reversed);
  addFlag("zero_masked",
          parameters.mask && parameters.sequences && parameters.zeroMasked);
  SmallVector<Value, 2> operands{input};
  if (parameters.mask)
    operands.push_back(parameters.mask);
  return create<OpT>(layer, operands, attributes);
}

Value ModelBuilder::gru(StringRef layer, Value input,
                        const RecurrentParameters &parameters) {
  return createRecurrent<nn::GRUOp>(layer, input, parameters);
}

Value ModelBuilder::lstm(StringRef layer, Value input,
                         const RecurrentParameters &parameters) {
  return createRecurrent<nn::LSTMOp>(layer, input, parameters);
}

Value ModelBuilder::rnn(StringRef layer, Value input,
                        const RecurrentParameters &parameters) {
  return createRecurrent<nn::RNNOp>(layer, input, parameters);
}
