//===- AttentionLayers.cpp - Keras attention and einsum ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/AttentionMasks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

/// A reshape to `shape` without the batch, if it is another one.
static Value reshapeTo(Layer &layer, Value value, ArrayRef<int64_t> shape) {
  if (!value || getShape(value).drop_front() == shape)
    return value;
  return layer.builder.reshape(layer.name, value, shape);
}

//===----------------------------------------------------------------------===//
// Dense layers with several axes of inputs and outputs
//===----------------------------------------------------------------------===//

namespace {
/// A sum over the last axes of `value`, of which the kernel has `inputs` and
/// then `outputs`, the sizes of the result's last axes.
struct Projection {
  Value value;
  SmallVector<int64_t> inputs, outputs;
  bool hasBias;
  /// In Keras 3 (see WeightSource).
  StringRef part = "";
};
} // namespace

/// A dense layer on what the last axes hold, and one axis for it again.
static Value projectFlat(Layer &layer, const Projection &projection) {
  if (!projection.value)
    return {};
  SmallVector<int64_t> kernelShape(projection.inputs);
  kernelShape.append(projection.outputs);
  if (!countElements(kernelShape)) {
    layer.emitError() << "expects a kernel of at most " << maxElements
                      << " elements, but got shape "
                      << formatShape(kernelShape);
    return {};
  }
  int64_t inputs = *countElements(projection.inputs);
  int64_t outputs = *countElements(projection.outputs);
  SmallVector<WeightSpec, 2> specs{{"kernel", kernelShape, {inputs, outputs}}};
  if (projection.hasBias)
    specs.push_back({"bias", projection.outputs, {outputs}});
  SmallVector<ElementsAttr> weights = layer.readWeights(specs, projection.part);
  ArrayRef<int64_t> shape = getShape(projection.value).drop_front();
  SmallVector<int64_t> flat(shape.drop_back(projection.inputs.size()));
  flat.push_back(inputs);
  return layer.builder.dense(
      layer.name, reshapeTo(layer, projection.value, flat), weights[0],
      projection.hasBias ? weights[1] : ElementsAttr());
}

/// `abc,cd->abd`: the letters of input, kernel and output; nothing for another
/// form.
static std::optional<std::array<std::string, 3>>
splitEquation(StringRef equation) {
  std::string plain;
  for (char c : equation)
    if (c != ' ')
      plain += c;
  auto [left, output] = StringRef(plain).split("->");
  auto [input, kernel] = left.split(',');
  if (input.empty() || kernel.empty() || output.empty())
    return std::nullopt;
  // `...` stands for all axes but those named.
  if (input.consume_front("...") != output.consume_front("..."))
    return std::nullopt;
  return std::array<std::string, 3>{input.str(), kernel.str(), output.str()};
}

/// The last `count` sizes of an output shape without the batch: a number or a
/// list, in which unknown sizes are null.
static SmallVector<int64_t> readOutputSizes(Layer &layer, const json *value,
                                            size_t count) {
  json sizes = value && value->is_array() ? *value
               : value                    ? json::array({*value})
                                          : json::array();
  SmallVector<int64_t> result;
  for (size_t i = 0; i < count && sizes.size() >= count; ++i) {
    const json &size = sizes[sizes.size() - count + i];
    if (size.is_number_integer() && size.get<double>() >= 1 &&
        size.get<double>() <= double(maxElements))
      result.push_back(size.get<int64_t>());
  }
  if (result.size() == count)
    return result;
  layer.emitError() << "expects 'output_shape' to end with " << count
                    << " sizes, but got " << formatJson(sizes);
  return {};
}

/// An einsum that is a dense layer: the kernel sums over the last axes of the
/// input, and its own last axes are those of the output.
static Value importEinsumDense(Layer &layer) {
  std::string equation = layer.config.takeString("equation", {});
  std::string biasAxes = layer.config.takeString("bias_axes", "");
  const json *outputShape = layer.config.take("output_shape");
  Activation activation = takeActivation(layer, "activation");
  for (StringRef key : {"lora_rank", "lora_alpha", "quantization_config",
                        "gptq_unpacked_column_size"})
    layer.config.expectOnly(key, nullptr);
  if (layer.config.hasFailed() || !layer.getInput())
    return {};
  std::optional<std::array<std::string, 3>> letters = splitEquation(equation);
  // Axes in front that input and output share, and then those of the kernel.
  size_t kept = 0;
  std::string inputs, outputs;
  bool isDense = letters.has_value();
  if (letters) {
    auto &[input, kernel, output] = *letters;
    while (kept < input.size() && kept < output.size() &&
           input[kept] == output[kept])
      ++kept;
    inputs = input.substr(kept);
    outputs = output.substr(kept);
    std::string all = input + outputs;
    llvm::sort(all);
    bool hasRest = StringRef(equation).contains("...");
    size_t rank = layer.getInputShape().size();
    isDense =
        !inputs.empty() && !outputs.empty() && kernel == inputs + outputs &&
        std::adjacent_find(all.begin(), all.end()) == all.end() &&
        (hasRest ? input.size() < rank : input.size() == rank && kept > 0) &&
        (biasAxes.empty() || biasAxes == outputs);
  }
  if (!isDense) {
    layer.emitError() << "unsupported equation '" << equation
                      << "' with bias axes '" << biasAxes
                      << "', expects those of a dense layer on the last axes";
    return {};
  }
  SmallVector<int64_t> sizes =
      readOutputSizes(layer, outputShape, outputs.size());
  if (sizes.empty())
    return {};
  ArrayRef<int64_t> shape = layer.getInputShape();
  Value output = projectFlat(
      layer, {layer.getInput(), llvm::to_vector(shape.take_back(inputs.size())),
              sizes, !biasAxes.empty()});
  if (!output)
    return {};
  SmallVector<int64_t> result(shape.drop_front().drop_back(inputs.size()));
  result.append(sizes);
  return activation.apply(layer, reshapeTo(layer, output, result));
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

/// Whether all inputs are sequences, (steps, features). Reports if not.
static bool checkSequences(Layer &layer) {
  if (layer.config.hasFailed() || llvm::is_contained(layer.inputs, Value()))
    return false;
  if (layer.inputs.size() < 2 || layer.inputs.size() > 3) {
    layer.emitError() << "expects query, value and perhaps key, but got "
                      << layer.inputs.size() << " inputs";
    return false;
  }
  for (Value input : layer.inputs)
    if (getShape(input).size() != 3) {
      layer.emitError() << "expects inputs of rank 3, but got shape "
                        << formatShape(getShape(input));
      return false;
    }
  ArrayRef<int64_t> value = getShape(layer.inputs[1]),
                    key = getShape(layer.inputs.back());
  if (value[1] == key[1])
    return true;
  layer.emitError() << "expects value and key of one length, but got "
                    << value[1] << " and " << key[1];
  return false;
}

/// The softmax of `scores` along its last axis.
static Value weigh(Layer &layer, Value scores) {
  return scores ? layer.builder.softmax(layer.name, scores,
                                        getShape(scores).size() - 1)
                : Value();
}

/// The sum of the values, weighed by the softmax of `scores`, and no sum where
/// the query does not count. Keras takes a billion off the scores of pairs that
/// do not, which in float32 leaves minus a billion.
static Value attend(Layer &layer, Value scores, bool isCausal) {
  std::optional<AttentionMasks> masks = takeAttentionMasks(layer, isCausal);
  if (!masks || !scores)
    return {};
  scores = replaceMasked(layer, masks->pairs, scores, -1e9);
  Value sums =
      layer.builder.matmul(layer.name, weigh(layer, scores), layer.inputs[1]);
  return replaceMasked(layer, masks->query, sums, 0.0f);
}

/// tanh(scale (query + key)) for each pair of positions: (batch, queries, keys,
/// features).
static Value combinePairs(Layer &layer, Value query, Value key, double scale) {
  ModelBuilder &builder = layer.builder;
  ArrayRef<int64_t> q = getShape(query), k = getShape(key);
  Value sum =
      builder.binary(layer.name, nn::BinaryKind::Add,
                     builder.reshape(layer.name, query, {q[1], 1, q[2]}),
                     builder.reshape(layer.name, key, {1, k[1], k[2]}));
  if (scale != 1.0)
    sum = builder.scaleAndShift(layer.name, sum, scale, 0.0);
  return builder.activation(layer.name, sum, nn::ActivationKind::Tanh);
}

/// Whether query and key have as many features. Reports if not.
static bool checkFeatures(Layer &layer) {
  int64_t query = getShape(layer.inputs.front()).back();
  int64_t key = getShape(layer.inputs.back()).back();
  if (query == key)
    return true;
  layer.emitError() << "expects query and key with as many features, but got "
                    << query << " and " << key;
  return false;
}

/// Luong's attention, on the inputs query, value and perhaps key.
static Value importAttention(Layer &layer) {
  bool useScale = layer.config.takeBool("use_scale", false);
  std::string mode = layer.config.takeString("score_mode", "dot");
  for (StringRef key : {"dropout", "seed"})
    layer.config.ignore(key);
  // An option of the call since Keras 2.10.
  bool isCausal = layer.takeFlag("use_causal_mask");
  isCausal |= layer.config.takeBool("causal", false);
  if (mode != "dot" && mode != "concat")
    layer.emitError() << "expects 'score_mode' to be \"dot\" or \"concat\", "
                         "but got '"
                      << mode << "'";
  if (!checkSequences(layer) || !checkFeatures(layer))
    return {};
  ModelBuilder &builder = layer.builder;
  std::vector<WeightSpec> specs;
  if (useScale)
    specs.push_back({"scale", {}});
  if (mode == "concat")
    specs.push_back({"concat_score_weight", {}});
  std::vector<DoubleArray> numbers;
  if (!specs.empty() && (numbers = layer.readArrays(specs)).empty())
    return {};
  double scale = useScale ? numbers.front().values.front() : 1.0;
  double outer = mode == "concat" ? numbers.back().values.front() : 1.0;
  Value query = layer.inputs[0], key = layer.inputs.back();
  Value scores;
  if (mode == "dot") {
    scores = builder.matmul(layer.name, query,
                            builder.transpose(layer.name, key, {0, 2, 1}));
    if (scale != 1.0)
      scores = builder.scaleAndShift(layer.name, scores, scale, 0.0);
  } else {
    scores = builder.reduce(layer.name, nn::ReduceKind::Sum,
                            combinePairs(layer, query, key, scale), {3},
                            /*keepDims=*/false);
    if (outer != 1.0)
      scores = builder.scaleAndShift(layer.name, scores, outer, 0.0);
  }
  return attend(layer, scores, isCausal);
}

/// Bahdanau's attention: scores are `sum(scale * tanh(query + key))`.
static Value importAdditiveAttention(Layer &layer) {
  bool useScale = layer.config.takeBool("use_scale", true);
  for (StringRef key : {"dropout", "seed"})
    layer.config.ignore(key);
  layer.config.expectOnly("score_mode", "dot");
  bool isCausal = layer.takeFlag("use_causal_mask");
  isCausal |= layer.config.takeBool("causal", false);
  if (!checkSequences(layer) || !checkFeatures(layer))
    return {};
  ModelBuilder &builder = layer.builder;
  Value query = layer.inputs[0], key = layer.inputs.back();
  int64_t features = getShape(query).back();
  Value pairs = combinePairs(layer, query, key, 1.0), scores;
  if (useScale) {
    SmallVector<ElementsAttr> weights =
        layer.readWeights(WeightSpec{"scale", {features}, {features, 1}});
    scores = builder.reshape(
        layer.name,
        builder.dense(layer.name, pairs, weights.front(), ElementsAttr()),
        {getShape(query)[1], getShape(key)[1]});
  } else {
    scores = builder.reduce(layer.name, nn::ReduceKind::Sum, pairs, {3},
                            /*keepDims=*/false);
  }
  return attend(layer, scores, isCausal);
}

/// Attention of several heads (Vaswani et al., 2017): query, key and value are
/// projected for each head, and what they yield is projected once more.
static Value importMultiHeadAttention(Layer &layer) {
  int64_t heads = layer.config.takeInt("num_heads", {});
  int64_t keySize = layer.config.takeInt("key_dim", {});
  int64_t valueSize = layer.config.takeInt("value_dim", keySize);
  bool useBias = layer.config.takeBool("use_bias", true);
  const json *axes = layer.config.take("attention_axes");
  if (axes && *axes != 1 && *axes != json::array({1}))
    layer.emitError() << "unsupported value of 'attention_axes', expects [1], "
                         "but got "
                      << formatJson(*axes);
  layer.config.expectOnly("use_gate", false);
  for (StringRef key :
       {"query_mask", "value_mask", "key_mask", "attention_mask"})
    layer.config.expectOnly(key, nullptr);
  layer.config.expectOnly("sliding_window", nullptr);
  layer.config.expectOnly("return_attention_scores", false);
  bool isCausal = layer.config.takeBool("use_causal_mask", false);
  double dropout = layer.config.takeNumber("dropout", 0.0);
  for (StringRef key : {"seed", "flash_attention", "softmax_robust_masking",
                        "query_shape", "key_shape", "value_shape", "training"})
    layer.config.ignore(key);
  // The query comes first in any case; the others may be there by keyword.
  for (StringRef keyword : {"value", "key"})
    llvm::append_range(layer.inputs, layer.takeTensors(keyword));
  const json *outputShape = layer.config.take("output_shape");
  if (!checkSequences(layer))
    return {};
  std::optional<Value> mask = takeHeadMask(layer, isCausal);
  if (!mask)
    return {};
  SmallVector<int64_t> outputs{getShape(layer.inputs[0]).back()};
  if (outputShape) {
    size_t count = outputShape->is_array() ? outputShape->size() : 1;
    outputs = readOutputSizes(layer, outputShape, count);
    if (outputs.empty())
      return {};
  }
  ModelBuilder &builder = layer.builder;
  /// (batch, steps, heads, size), its axes in another order.
  auto project = [&](Value value, int64_t size, StringRef part, double scale,
                     ArrayRef<int64_t> order) -> Value {
    Value projected = projectFlat(
        layer, {value, {getShape(value).back()}, {heads, size}, useBias, part});
    if (scale != 1.0)
      projected = builder.scaleAndShift(layer.name, projected, scale, 0.0);
    return builder.transpose(layer.name,
                             builder.reshape(layer.name, projected,
                                             {getShape(value)[1], heads, size}),
                             order);
  };
  Value query = project(layer.inputs[0], keySize, "query_dense",
                        1.0 / std::sqrt(double(keySize)), {0, 2, 1, 3});
  Value key =
      project(layer.inputs.back(), keySize, "key_dense", 1.0, {0, 2, 3, 1});
  Value value =
      project(layer.inputs[1], valueSize, "value_dense", 1.0, {0, 2, 1, 3});
  Value weights =
      weigh(layer, replaceMasked(layer, *mask,
                                 builder.matmul(layer.name, query, key), -1e9));
  // Without dropout, Keras has kernels for it, which do without.
  if (dropout > 0 && hasZerosWhereAllMasked(layer.model.kerasVersion))
    weights = replaceMasked(layer, *mask, weights, 0.0f);
  Value attended = builder.matmul(layer.name, weights, value);
  attended = builder.transpose(layer.name, attended, {0, 2, 1, 3});
  Value output = projectFlat(
      layer, {attended, {heads, valueSize}, outputs, useBias, "output_dense"});
  SmallVector<int64_t> shape{getShape(layer.inputs[0])[1]};
  shape.append(outputs);
  return reshapeTo(layer, output, shape);
}

ArrayRef<LayerClass> keras::getAttentionLayers() {
  static const LayerClass classes[] = {
      {"AdditiveAttention", importAdditiveAttention, /*takesMany=*/true},
      {"Attention", importAttention, /*takesMany=*/true},
      {"EinsumDense", importEinsumDense},
      {"MultiHeadAttention", importMultiHeadAttention, /*takesMany=*/true,
       "query,value,key,query_mask,value_mask,key_mask,attention_mask"},
  };
  return classes;
}
