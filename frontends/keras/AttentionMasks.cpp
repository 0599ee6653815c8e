//===- AttentionMasks.cpp - Which steps attend to which ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/AttentionMasks.h"

#include <array>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;

bool keras::hasZerosWhereAllMasked(VersionTuple kerasVersion) {
  return kerasVersion >= VersionTuple(3, 14);
}

/// Where both count; each may be null.
static Value combine(Layer &layer, Value a, Value b) {
  if (!a || !b)
    return a ? a : b;
  return layer.builder.binary(layer.name, nn::BinaryKind::Minimum, a, b);
}

/// `steps` of `input` with axes of size 1 around them: of queries, (batch,
/// queries, 1), or of keys, (batch, 1, keys). Null for null, or steps of
/// another shape, which is reported.
static Value spread(Layer &layer, Value steps, Value input, bool areQueries) {
  if (!steps)
    return {};
  ArrayRef<int64_t> wanted = getShape(input).take_front(2);
  if (getShape(steps) != wanted) {
    layer.emitError() << "expects a mask of shape " << formatShape(wanted)
                      << ", but got " << formatShape(getShape(steps));
    return {};
  }
  if (areQueries)
    return layer.builder.reshapeWithBatch(layer.name, steps,
                                          {wanted[0], wanted[1], 1});
  return layer.builder.reshapeWithBatch(layer.name, steps,
                                        {wanted[0], 1, wanted[1]});
}

/// The mask of pairs of which the key does not follow the query.
static Value buildCausal(Layer &layer) {
  int64_t queries = getShape(layer.inputs.front())[1],
          keys = getShape(layer.inputs[1])[1];
  Array mask{{1, queries, keys}, {}};
  for (int64_t query = 0; query < queries; ++query)
    for (int64_t key = 0; key < keys; ++key)
      mask.values.push_back(key <= query);
  return layer.builder.constant(
      layer.name, layer.builder.addWeights(layer.name, "causal", mask));
}

/// The steps of each of `inputs` that count, those of `given` where it has any.
/// Nothing where a problem was reported.
static std::optional<AttentionMasks> combineMasks(Layer &layer,
                                                  ArrayRef<Value> inputs,
                                                  ArrayRef<Value> given,
                                                  bool isCausal) {
  AttentionMasks masks;
  layer.takesMask = true;
  for (auto [index, input] : llvm::enumerate(inputs)) {
    Value steps = index < given.size() && given[index]
                      ? buildTruth(layer.builder, layer.name, given[index])
                      : layer.getStepsOf(input);
    Value mask = spread(layer, steps, input, /*areQueries=*/index == 0);
    if (index == 0)
      masks.query = mask;
    else if (index == 1 || input != inputs[1])
      masks.pairs = combine(layer, masks.pairs, mask);
  }
  if (isCausal)
    masks.pairs = combine(layer, masks.pairs, buildCausal(layer));
  if (layer.config.hasFailed())
    return std::nullopt;
  return masks;
}

/// Inputs that have a mask.
static size_t countMasked(Layer &layer) {
  return llvm::count_if(layer.inputs, [&](Value input) {
    return layer.findMask && layer.findMask(input);
  });
}

std::optional<AttentionMasks> keras::takeAttentionMasks(Layer &layer,
                                                        bool isCausal) {
  SmallVector<Value> given(layer.takeTensors("mask"));
  // A list whose `None`s are left out is known where it repeats those of the
  // inputs.
  if (given.size() == 1 && countMasked(layer) == 1)
    given.clear();
  if (given.size() == 1) {
    layer.emitError() << "expects masks of query and value, but got "
                      << given.size();
    return std::nullopt;
  }
  // The layer does not look at that of the key.
  return combineMasks(layer, ArrayRef(layer.inputs).take_front(2), given,
                      isCausal);
}

std::optional<Value> keras::takeHeadMask(Layer &layer, bool isCausal) {
  ModelBuilder &builder = layer.builder;
  SmallVector<Value> given;
  for (StringRef keyword : {"query_mask", "value_mask", "key_mask"}) {
    ArrayRef<Value> tensors = layer.takeTensors(keyword);
    given.push_back(tensors.empty() ? Value() : tensors.front());
  }
  // Versions of Keras differ in whether they look at it, beside the query's
  // own.
  if (given.front() && !(layer.findMask && layer.findMask(layer.inputs[0]))) {
    layer.emitError() << "unsupported argument 'query_mask' of a call, expects "
                         "a query with a mask";
    return std::nullopt;
  }
  given.front() = nullptr;
  if (countMasked(layer) > 0 &&
      layer.model.kerasVersion < VersionTuple(2, 10)) {
    layer.emitError() << "unsupported mask in a file of Keras "
                      << layer.model.kerasVersion.getAsString()
                      << ", whose attention does not look at it, expects 2.10 "
                         "or later";
    return std::nullopt;
  }
  std::optional<AttentionMasks> masks =
      combineMasks(layer, layer.inputs, given, isCausal);
  if (!masks)
    return std::nullopt;
  Value pairs = combine(layer, masks->query, masks->pairs);
  auto addHeads = [&](Value mask) -> Value {
    if (!mask || getShape(mask).size() != 3)
      return mask;
    ArrayRef<int64_t> shape = getShape(mask);
    return builder.reshapeWithBatch(layer.name, mask,
                                    {shape[0], 1, shape[1], shape[2]});
  };
  Value mask = addHeads(pairs);
  if (ArrayRef<Value> tensors = layer.takeTensors("attention_mask");
      !tensors.empty() && tensors.front()) {
    if (size_t rank = getShape(tensors.front()).size(); rank < 3 || rank > 4) {
      layer.emitError() << "expects 'attention_mask' of rank 3 or 4, but got "
                           "shape "
                        << formatShape(getShape(tensors.front()));
      return std::nullopt;
    }
    mask = combine(layer, mask,
                   addHeads(buildTruth(builder, layer.name, tensors.front())));
  }
  return mask;
}

Value keras::replaceMasked(Layer &layer, Value mask, Value scores,
                           float masked) {
  if (!mask || !scores)
    return scores;
  Array value{SmallVector<int64_t>(getShape(scores).size(), 1), {masked}};
  return layer.builder.select(
      layer.name, mask, scores,
      layer.builder.constant(
          layer.name, layer.builder.addWeights(layer.name, "masked", value)));
}
