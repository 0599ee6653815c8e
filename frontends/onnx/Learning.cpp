//===- Learning.cpp - Operators of classical machine learning ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Those of the domain ai.onnx.ml that are linear, or nearly so, as skl2onnx
// writes scikit-learn's linear models, networks and what prepares their
// features. Samples are rows.
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/onnx/Operands.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::ActivationKind;
using nn::BinaryKind;
using nn::ReduceKind;

/// The input as rows of features, of any type of numbers; null, and reported,
/// where it has none.
static Value takeRows(Node &node) {
  Value input = node.getValue();
  if (!input || frieze::getShape(input).size() >= 2)
    return input;
  node.emitError() << "expects rows of features, but got shape "
                   << formatShape(node.getShape());
  return {};
}

/// Numbers for each of `count` features, of which one may stand for all.
static std::optional<DoubleArray> takeFeatures(Node &node, StringRef key,
                                               int64_t count, double fallback) {
  SmallVector<double> values = node.takeFloats(key);
  if (values.empty())
    values.push_back(fallback);
  if (values.size() == 1)
    values.resize(count, values.front());
  if (int64_t(values.size()) == count)
    return DoubleArray{{count}, {values.begin(), values.end()}};
  node.emitError() << "expects '" << key << "' of " << count
                   << " features, but got " << values.size();
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Features
//===----------------------------------------------------------------------===//

/// `(x - offset) scale`.
static Tensors importScaler(Node &node) {
  Value input = takeRows(node);
  int64_t count = input ? frieze::getShape(input).back() : 1;
  auto offset = takeFeatures(node, "offset", count, 0.0);
  auto scale = takeFeatures(node, "scale", count, 1.0);
  if (!input || !offset || !scale)
    return {{}};
  Value centered = node.builder.binaryWithWeights(node.name, BinaryKind::Sub,
                                                  input, *offset);
  return {node.builder.binaryWithWeights(node.name, BinaryKind::Mul, centered,
                                         *scale)};
}

/// Rows by their norm, but for those that are zero.
static Tensors importNormalizer(Node &node) {
  ModelBuilder &builder = node.builder;
  std::string norm = node.takeString("norm", "MAX");
  Value input = takeRows(node);
  if (norm != "MAX" && norm != "L1" && norm != "L2")
    node.emitError() << "unsupported value of 'norm': '" << norm << "'";
  if (!input || node.hasFailed())
    return {{}};
  int64_t axis = frieze::getShape(input).size() - 1;
  Value terms = input;
  if (norm != "MAX")
    terms = builder.activation(node.name, input,
                               norm == "L1" ? ActivationKind::Abs
                                            : ActivationKind::Square);
  Value length = builder.reduce(
      node.name, norm == "MAX" ? ReduceKind::Max : ReduceKind::Sum, terms, axis,
      /*keepDims=*/true);
  if (norm == "L2")
    length = builder.activation(node.name, length, ActivationKind::Sqrt);
  Value zero = makeNumber(builder, node.name, length, 0.0f);
  Value divisor = builder.select(
      node.name, builder.binary(node.name, BinaryKind::Equal, length, zero),
      makeNumber(builder, node.name, length, 1.0f), length);
  return {builder.binary(node.name, BinaryKind::Div, input, divisor)};
}

/// 1 where x is more than the threshold, else 0.
static Tensors importBinarizer(Node &node) {
  Value input = takeRows(node);
  double threshold = node.takeFloat("threshold", 0.0);
  return {node.builder.binaryWithWeights(node.name, BinaryKind::Less, input,
                                         {{}, {threshold}}, /*isFirst=*/true)};
}

/// Numbers in the place of those that are missing.
static Tensors importImputer(Node &node) {
  ModelBuilder &builder = node.builder;
  Value input = takeRows(node);
  double missing = node.takeFloat("replaced_value_float", 0.0);
  int64_t count = input ? frieze::getShape(input).back() : 1;
  auto values = takeFeatures(node, "imputed_value_floats", count, 0.0);
  if (!input || !values)
    return {{}};
  Constant number{DataType::Float, {}, {missing}};
  Value isMissing =
      std::isnan(missing)
          ? findNaN(builder, node.name, input)
          : combineAny(node, BinaryKind::Equal, Tensor(input), number).value;
  values->shape.insert(values->shape.begin(),
                       frieze::getShape(input).size() - 1, 1);
  Value imputed = builder.constant(
      node.name, builder.addWeights(node.name, "imputed", *values));
  return {builder.select(node.name, isMissing, imputed, input)};
}

/// Columns of rows; of a constant row, also those that a value numbers.
static Tensors importFeatureExtractor(Node &node) {
  const Tensor &input = node.getInput(), &indices = node.getInput(1);
  size_t rank = input.getShape().size();
  if (rank == 0 || !isInteger(indices.getType())) {
    node.emitError() << "expects rows of features, and integers";
    return {{}};
  }
  if (input.constant && indices.value && rank == 1) {
    DoubleArray table = input.constant->toArray();
    table.shape.push_back(1);
    Value rows = node.builder.embedding(
        node.name, indices.value,
        node.builder.addWeights(node.name, "table", table));
    int64_t count = countElements(indices.getShape()).value_or(0);
    return {reshape(node, Tensor(rows, input.getType()), {1, count})};
  }
  const Constant *columns = node.getConstant(1);
  if (!columns)
    return {{}};
  Constant flat = *columns;
  flat.shape = {int64_t(flat.values.size())};
  Tensor picked = gather(node, input, rank - 1, flat);
  if (rank == 1 && picked)
    picked = reshape(node, picked, {1, int64_t(flat.values.size())});
  return {picked};
}

//===----------------------------------------------------------------------===//
// Linear models
//===----------------------------------------------------------------------===//

/// `x coefficients' + intercepts`, of `count` results a row.
static Value addLinear(Node &node, int64_t count) {
  Value input = takeRows(node);
  SmallVector<double> coefficients = node.takeFloats("coefficients");
  SmallVector<double> intercepts = node.takeFloats("intercepts");
  if (!input || node.hasFailed())
    return {};
  int64_t features = frieze::getShape(input).back();
  if (count < 1 || int64_t(coefficients.size()) != count * features ||
      (!intercepts.empty() && int64_t(intercepts.size()) != count)) {
    node.emitError() << "expects 'coefficients' of " << features
                     << " features for each of " << count
                     << " results, but got " << coefficients.size();
    return {};
  }
  Constant kernel{DataType::Float, {features, count}, {}};
  for (int64_t feature = 0; feature < features; ++feature)
    for (int64_t result = 0; result < count; ++result)
      kernel.values.push_back(coefficients[result * features + feature]);
  ElementsAttr bias;
  if (!intercepts.empty())
    bias = node.builder.addWeights(
        node.name, "bias",
        DoubleArray{{count}, {intercepts.begin(), intercepts.end()}});
  return dense(node, input, kernel, bias);
}

/// What the scores become.
static Value applyTransform(Node &node, Value scores) {
  std::string transform = node.takeString("post_transform", "NONE");
  if (!scores || transform == "NONE")
    return scores;
  if (transform == "LOGISTIC")
    return node.builder.activation(node.name, scores, ActivationKind::Sigmoid);
  if (transform == "SOFTMAX")
    return node.builder.softmax(node.name, scores,
                                frieze::getShape(scores).size() - 1);
  node.emitError() << "unsupported value of 'post_transform': '" << transform
                   << "'";
  return {};
}

static Tensors importRegressor(Node &node) {
  int64_t targets = node.takeInt("targets", 1, 1);
  return {applyTransform(node, addLinear(node, targets))};
}

/// The label of the highest score of each row.
static Tensor addLabel(Node &node, Value scores, ArrayRef<int64_t> labels) {
  ArrayRef<int64_t> shape = frieze::getShape(scores);
  Value found = findPosition(node.builder, node.name, scores, shape.size() - 1,
                             /*isLargest=*/true);
  SmallVector<int64_t> rows(shape.drop_back());
  bool areNumbers = true;
  for (auto [position, label] : enumerate(labels))
    areNumbers &= label == int64_t(position);
  if (!areNumbers)
    found = node.builder.embedding(
        node.name, reshape(node, Tensor(found), rows).value,
        node.builder.addWeights(node.name, "labels",
                                DoubleArray{{int64_t(labels.size()), 1},
                                            {labels.begin(), labels.end()}}));
  return reshape(node, Tensor(found, DataType::Int64), rows);
}

static Tensors importClassifier(Node &node) {
  // Says what the scores were trained for.
  node.ignore("multi_class");
  SmallVector<std::string> names = node.takeStrings("classlabels_strings");
  SmallVector<int64_t> labels =
      node.takeInts("classlabels_ints").value_or(SmallVector<int64_t>());
  int64_t count = std::max(names.size(), labels.size());
  Value scores = addLinear(node, count);
  Value results = applyTransform(node, scores);
  if (!names.empty() && node.isUsed(0))
    node.emitError() << "unsupported labels that are strings; train with "
                        "integers as classes, or leave this output out with "
                        "--output-layer and the layer of the scores";
  if (!results || node.hasFailed())
    return {{}, {}};
  return {node.isUsed(0) ? addLabel(node, scores, labels) : Tensor(), results};
}

/// A list of dictionaries in the file: a row of numbers for each sample, in the
/// order of the classes.
static Tensors importZipMap(Node &node) {
  node.ignore("classlabels_strings");
  node.ignore("classlabels_int64s");
  return {node.getInput()};
}

ArrayRef<Operator> frieze::onnx::getLearningOperators() {
  static const Operator operators[] = {
      {"ai.onnx.ml::ArrayFeatureExtractor", importFeatureExtractor, 2, 2,
       ValueTypes::Own},
      {"ai.onnx.ml::Binarizer", importBinarizer},
      {"ai.onnx.ml::Imputer", importImputer},
      {"ai.onnx.ml::LinearClassifier", importClassifier, 1, 1, ValueTypes::Own},
      {"ai.onnx.ml::LinearRegressor", importRegressor, 1, 1, ValueTypes::Own},
      {"ai.onnx.ml::Normalizer", importNormalizer, 1, 1, ValueTypes::Own},
      {"ai.onnx.ml::Scaler", importScaler, 1, 1, ValueTypes::Own},
      {"ai.onnx.ml::ZipMap", importZipMap},
  };
  return operators;
}
