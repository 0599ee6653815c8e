//===- RecurrentNode.cpp - What recurrent operators share -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/RecurrentNode.h"
#include "dialect/Activations.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::ActivationKind;

namespace {
/// A function that ONNX gives parameters in lists for all functions, and what
/// those are where the lists are at their end.
struct ParametricFunction {
  StringLiteral name;
  ActivationKind kind;
  bool hasBeta;
  double alpha, beta;
};
} // namespace

/// Takes the functions `names`, of which each that has parameters takes the
/// next of its kind.
static SmallVector<nn::ActivationAttr>
takeActivations(Node &node, ArrayRef<std::string> names) {
  static const ParametricFunction functions[] = {
      {"Elu", ActivationKind::Elu, false, 1.0, 0.0},
      {"HardSigmoid", ActivationKind::HardSigmoid, true, 0.2, 0.5},
      {"LeakyRelu", ActivationKind::LeakyRelu, false, 0.01, 0.0},
      // Its alpha is the threshold, below which nn has a slope.
      {"ThresholdedRelu", ActivationKind::ThresholdedRelu, false, 1.0, 0.0},
  };
  SmallVector<double> alphas = node.takeFloats("activation_alpha"),
                      betas = node.takeFloats("activation_beta");
  size_t nextAlpha = 0, nextBeta = 0;
  auto take = [](ArrayRef<double> values, size_t &next, double fallback) {
    return next < values.size() ? values[next++] : fallback;
  };
  MLIRContext *context = node.builder.getBuilder().getContext();
  SmallVector<nn::ActivationAttr> activations;
  for (StringRef name : names) {
    const auto *found =
        llvm::find_if(functions, [&](const ParametricFunction &function) {
          return function.name == name;
        });
    std::optional<ActivationKind> kind = nn::findOnnxActivation(name);
    double alpha = 0, beta = 0;
    if (found != std::end(functions)) {
      kind = found->kind;
      size_t given = nextAlpha;
      alpha = take(alphas, nextAlpha, found->alpha);
      beta = found->hasBeta ? take(betas, nextBeta, found->beta) : found->beta;
      if (kind == ActivationKind::ThresholdedRelu) {
        if (nextAlpha == given)
          node.emitError() << "expects 'activation_alpha' for ThresholdedRelu, "
                              "whose default ONNX and its runtime disagree on";
        std::swap(alpha, beta);
      }
    } else if (!kind) {
      node.emitError() << "unsupported activation '" << name << "'";
      activations.push_back({});
      continue;
    }
    activations.push_back(nn::ActivationAttr::getChecked(
        [&] { return node.emitError(); }, context, *kind, APFloat(alpha),
        APFloat(beta)));
  }
  if (nextAlpha < alphas.size() || nextBeta < betas.size())
    node.emitError()
        << "expects 'activation_alpha' and 'activation_beta' to be "
           "for functions that have them, but got "
        << alphas.size() << " and " << betas.size();
  return activations;
}

/// The mask of sequences whose lengths are input 4, or null where all have
/// every step.
static Value takeLengths(Node &node, const RecurrentNode &layer) {
  if (!node.hasInput(4))
    return {};
  int64_t batch = layer.getBatch(), steps = frieze::getShape(layer.input)[1];
  if (node.getShape(4) != ArrayRef(batch)) {
    node.emitError() << "expects 'sequence_lens' of shape (" << batch
                     << "), but got " << formatShape(node.getShape(4));
    return {};
  }
  if (const auto &constant = node.getInput(4).constant) {
    for (double length : constant->values)
      if (length < 0 || length > steps)
        node.emitError() << "expects 'sequence_lens' from 0 to " << steps
                         << ", but got " << int64_t(length);
    if (llvm::all_of(constant->values,
                     [&](double length) { return length == steps; }))
      return {};
  } else if (node.getInput(4).valueType == DataType::Float) {
    node.emitError() << "expects 'sequence_lens' of integers, but got float32";
  }
  Value lengths =
      node.builder.reshapeWithBatch(node.name, node.getValue(4), {batch, 1});
  Array ramp{{1, steps}, {}};
  for (int64_t step = 0; step < steps; ++step)
    ramp.values.push_back(step);
  return node.builder.binaryWithWeights(node.name, nn::BinaryKind::Less,
                                        lengths, ramp, /*isFirst=*/true);
}

Value frieze::onnx::readState(Node &node, const RecurrentNode &layer,
                              size_t index, int64_t direction) {
  if (!node.hasInput(index))
    return {};
  int64_t batch = layer.getBatch();
  Tensor part = node.getInput(index);
  // Along the first axis, or the second with `layout`.
  int64_t axis = layer.isBatchFirst ? 1 : 0;
  if (layer.directions > 1) {
    if (part.constant) {
      Constant ofDirection{part.constant->type, part.constant->shape, {}};
      ofDirection.shape[axis] = 1;
      int64_t outer = axis == 0 ? 1 : ofDirection.shape[0];
      int64_t inner = part.constant->values.size() / outer / layer.directions;
      for (int64_t i = 0; i < outer; ++i) {
        auto first = part.constant->values.begin() +
                     (i * layer.directions + direction) * inner;
        ofDirection.values.insert(ofDirection.values.end(), first,
                                  first + inner);
      }
      part = Tensor(std::move(ofDirection));
    } else {
      SmallVector<int64_t> begin(3, 0), size(part.getShape());
      begin[axis] = direction;
      size[axis] = 1;
      part.value =
          node.builder.slice(node.name, part.value, begin, size, {1, 1, 1});
    }
  }
  part = reshape(node, part, {batch, layer.units});
  return part.constant
             ? node.builder.constant(
                   node.name, node.builder.addWeights(node.name, "initial",
                                                      part.constant->toArray()))
             : part.value;
}

std::optional<RecurrentNode>
frieze::onnx::takeRecurrent(Node &node, int64_t gates,
                            ArrayRef<StringRef> defaults) {
  RecurrentNode layer;
  std::string direction = node.takeString("direction", "forward");
  layer.isReverse = direction == "reverse";
  layer.directions = direction == "bidirectional" ? 2 : 1;
  if (direction != "forward" && !layer.isReverse && layer.directions == 1)
    node.emitError() << "unsupported value of 'direction': '" << direction
                     << "'";
  layer.isBatchFirst = node.takeBool("layout", false);
  if (node.hasAttribute("clip"))
    layer.clip = node.takeFloat("clip", 0.0);
  if (layer.clip && !(*layer.clip > 0))
    node.emitError() << "expects 'clip' to be positive, but got "
                     << *layer.clip;
  SmallVector<std::string> names = node.takeStrings("activations");
  if (names.empty())
    for (int64_t i = 0; i < layer.directions; ++i)
      llvm::append_range(names, defaults);
  if (names.size() != defaults.size() * layer.directions)
    node.emitError() << "expects 'activations' to name "
                     << defaults.size() * layer.directions
                     << " functions, but got " << names.size();
  layer.activations = takeActivations(node, names);

  const Constant *kernel = node.getConstant(1),
                 *recurrent = node.getConstant(2);
  if (!kernel || !recurrent)
    return std::nullopt;
  layer.units = recurrent->shape.empty() ? 0 : recurrent->shape.back();
  if (node.takeInt("hidden_size", layer.units, 1) != layer.units)
    node.emitError() << "expects 'hidden_size' to be " << layer.units;
  if (node.getShape().size() != 3) {
    node.emitError() << "expects an input of rank 3, but got "
                     << formatShape(node.getShape());
    return std::nullopt;
  }
  int64_t channels = node.getShape()[2], rows = gates * layer.units;
  SmallVector<SmallVector<int64_t>> shapes{
      {layer.directions, rows, channels},
      {layer.directions, rows, layer.units},
      {layer.directions, 2 * rows}};
  for (auto [index, shape] : enumerate(shapes)) {
    if (!node.hasInput(index + 1))
      continue;
    const Constant *constant = node.getConstant(index + 1);
    if (constant && constant->shape != shape)
      node.emitError() << "expects input " << index + 1 << " to be of shape "
                       << formatShape(shape) << ", but got "
                       << formatShape(constant->shape);
  }
  if (node.hasFailed())
    return std::nullopt;
  layer.input = node.getValue();
  if (!layer.isBatchFirst)
    layer.input = toBatchFirst(node, layer.input);
  if (!layer.input)
    return std::nullopt;
  layer.mask = takeLengths(node, layer);
  // The states before the first step.
  SmallVector<int64_t> state{layer.directions, layer.getBatch(), layer.units};
  if (layer.isBatchFirst)
    std::swap(state[0], state[1]);
  for (size_t index : {5, 6})
    if (node.hasInput(index) && node.getShape(index) != ArrayRef(state))
      node.emitError() << "expects input " << index << " to be of shape "
                       << formatShape(state) << ", but got "
                       << formatShape(node.getShape(index));
  if (node.hasFailed())
    return std::nullopt;
  return layer;
}
