//===- JsonOperations.cpp - Operations of Frieze's JSON ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Einsum.h"
#include "frontends/json/JsonLayer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;

//===----------------------------------------------------------------------===//
// Several inputs
//===----------------------------------------------------------------------===//

/// Whether all inputs are known, their values are of one rank from `minimum`
/// on, as axes are matched from the last, and constants have no axis for the
/// batch. Reports what is not.
static bool checkOperands(JsonLayer &layer, size_t minimum = 1) {
  std::optional<size_t> rank;
  for (const Tensor &input : layer.inputs) {
    if (!input)
      return false;
    if (!input.value)
      continue;
    size_t own = input.getShape().size();
    if (own < minimum || own != rank.value_or(own)) {
      layer.attributes.emitError()
          << "expects values of one rank"
          << (minimum > 1 ? ", from " + std::to_string(minimum) + " on" : "")
          << ", but got shape " << formatShape(input.getShape());
      return false;
    }
    rank = own;
  }
  for (const Tensor &input : layer.inputs) {
    ArrayRef<int64_t> shape = input.getShape();
    if (input.value || !rank || shape.size() < *rank ||
        (shape.size() == *rank && shape.front() == 1))
      continue;
    layer.attributes.emitError()
        << "expects constants that repeat along the batch of values of rank "
        << *rank << ", but got shape " << formatShape(shape);
    return false;
  }
  return !layer.attributes.hasFailed();
}

template <nn::BinaryKind kind> static Tensor importBinary(JsonLayer &layer) {
  if (!checkOperands(layer))
    return {};
  GraphNode node(layer.builder, layer.name);
  Tensor result = layer.inputs.front();
  for (const Tensor &input : ArrayRef(layer.inputs).drop_front())
    result = combineAny(node, kind, result, input);
  return result;
}

static Tensor importPow(JsonLayer &layer) {
  if (!layer.inputs[0].value || !layer.inputs[1].constant)
    return importBinary<nn::BinaryKind::Pow>(layer);
  if (!checkOperands(layer))
    return {};
  GraphNode node(layer.builder, layer.name);
  return power(node, layer.inputs[0], *layer.inputs[1].constant);
}

/// The inputs as values of one rank.
static SmallVector<Value> makeValues(JsonLayer &layer) {
  GraphNode node(layer.builder, layer.name);
  size_t rank = 1;
  for (const Tensor &input : layer.inputs)
    rank = std::max(rank, input.getShape().size());
  SmallVector<Value> values;
  for (const Tensor &input : layer.inputs) {
    SmallVector<int64_t> shape(input.getShape());
    shape.insert(shape.begin(), rank - shape.size(), 1);
    values.push_back(node.makeValue(reshape(node, input, shape)));
  }
  return values;
}

static Tensor importSelect(JsonLayer &layer) {
  if (!checkOperands(layer))
    return {};
  SmallVector<Value> values = makeValues(layer);
  return layer.builder.select(layer.name, values[0], values[1], values[2]);
}

static Tensor importConcat(JsonLayer &layer) {
  const int64_t limit = maxRank;
  int64_t axis = layer.attributes.takeInt("axis", -1, -limit, limit);
  if (!checkOperands(layer, 2))
    return {};
  int64_t rank = layer.inputs.front().getShape().size();
  axis += axis < 0 ? rank : 0;
  bool areValues = llvm::all_of(
      layer.inputs, [](const Tensor &input) { return input.value; });
  if (axis < 1 || axis >= rank || !areValues) {
    layer.attributes.emitError()
        << "expects values that are joined along an axis behind the batch";
    return {};
  }
  GraphNode node(layer.builder, layer.name);
  return concat(node, layer.inputs, axis);
}

/// Of values, the matrices lie behind the batch; a constant one may be on the
/// right of a value of any rank.
static Tensor importMatmul(JsonLayer &layer) {
  bool isDense = layer.inputs[0].value && layer.inputs[1].constant;
  if (!checkOperands(layer, isDense ? 2 : 3))
    return {};
  GraphNode node(layer.builder, layer.name);
  if (layer.inputs[0].constant && layer.inputs[1].constant) {
    layer.attributes.emitError() << "expects a product with a value";
    return {};
  }
  return multiply(node, layer.inputs[0], layer.inputs[1]);
}

/// Whether the letter of axis 0 of the result is that of each value, and of no
/// constant.
static bool keepsBatch(StringRef equation, ArrayRef<Tensor> inputs) {
  auto [left, result] = equation.split("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  result = result.trim();
  if (result.empty() || result.front() == '.' || terms.size() != inputs.size())
    return false;
  char batch = result.front();
  return llvm::all_of(llvm::zip_equal(terms, inputs), [&](auto pair) {
    auto [term, input] = pair;
    return input.value ? term.trim().starts_with(StringRef(&batch, 1))
                       : !term.contains(batch);
  });
}

static Tensor importEinsum(JsonLayer &layer) {
  std::string equation = layer.attributes.takeString("equation", {});
  std::vector<EinsumOperand> operands;
  for (const Tensor &input : layer.inputs) {
    if (!input)
      return {};
    operands.push_back({input.value, input.constant ? input.constant->toArray()
                                                    : DoubleArray()});
  }
  if (layer.attributes.hasFailed())
    return {};
  if (!keepsBatch(equation, layer.inputs)) {
    layer.attributes.emitError()
        << "expects an equation whose result and values have the letter of the "
           "batch in front, as in 'bij,bjk->bik', but got '"
        << equation << "'";
    return {};
  }
  return addEinsum(layer.builder, layer.name, equation, operands);
}

//===----------------------------------------------------------------------===//
// One input
//===----------------------------------------------------------------------===//

static Tensor importEmbedding(JsonLayer &layer) {
  int64_t rows = layer.attributes.takeInt("rows", {});
  int64_t channels = layer.attributes.takeInt("channels", {});
  layer.checkReady(1, maxRank - 1);
  ElementsAttr table = layer.takeWeights("table", {rows, channels});
  if (!layer.isReady)
    return {};
  return layer.builder.embedding(layer.name, layer.input, table);
}

/// Axes of size 1, at the places `axes` of the result.
static Tensor importExpandDims(JsonLayer &layer) {
  SmallVector<int64_t> axes =
      layer.attributes.takeIntList("axes", -int64_t(maxRank));
  if (!layer.input || layer.attributes.hasFailed())
    return {};
  SmallVector<int64_t> shape(layer.getInputShape());
  int64_t rank = shape.size() + axes.size();
  for (int64_t &axis : axes)
    axis += axis < 0 ? rank : 0;
  llvm::sort(axes);
  if (axes.empty() || rank > int64_t(maxRank) || axes.front() < 1 ||
      axes.back() >= rank ||
      std::adjacent_find(axes.begin(), axes.end()) != axes.end()) {
    layer.attributes.emitError() << "expects 'axes' to be different axes of "
                                    "the result other than the batch";
    return {};
  }
  for (int64_t axis : axes)
    shape.insert(shape.begin() + axis, 1);
  return layer.builder.reshape(layer.name, layer.input,
                               ArrayRef(shape).drop_front());
}

static Tensor importSqueeze(JsonLayer &layer) {
  std::optional<SmallVector<int64_t>> axes = layer.takeAxes("axes");
  if (!axes)
    return {};
  SmallVector<int64_t> shape;
  for (auto [axis, size] : enumerate(layer.getInputShape()))
    if (!llvm::is_contained(*axes, int64_t(axis)))
      shape.push_back(size);
    else if (size != 1)
      layer.attributes.emitError()
          << "expects axis " << axis << " to be of size 1, but got " << size;
  if (layer.attributes.hasFailed())
    return {};
  return layer.builder.reshape(layer.name, layer.input,
                               ArrayRef(shape).drop_front());
}

static Tensor importReshape(JsonLayer &layer) {
  SmallVector<int64_t> shape = layer.attributes.takeIntList("shape", -1);
  if (layer.attributes.hasFailed())
    return {};
  return layer.builder.reshape(layer.name, layer.input, shape);
}

static Tensor importTranspose(JsonLayer &layer) {
  SmallVector<int64_t> permutation{0};
  llvm::append_range(permutation,
                     layer.attributes.takeIntList("permutation", 1));
  if (layer.attributes.hasFailed())
    return {};
  return layer.builder.transpose(layer.name, layer.input, permutation);
}

static Tensor importFlatten(JsonLayer &layer) {
  return layer.builder.flatten(layer.name, layer.input);
}

/// `begin` counts from the end below zero, and a `size` of -1 is all up to it.
static Tensor importSlice(JsonLayer &layer) {
  size_t rank = layer.input ? layer.getInputShape().size() : 2;
  SmallVector<int64_t> begin =
      layer.takeInts("begin", 0, rank - 1, -maxElements);
  SmallVector<int64_t> size = layer.takeInts("size", {}, rank - 1, -1);
  SmallVector<int64_t> strides =
      layer.takeInts("strides", 1, rank - 1, -maxElements);
  if (!layer.checkReady(2, maxRank))
    return {};
  ArrayRef<int64_t> shape = layer.getInputShape();
  for (auto [first, count, stride, from] :
       llvm::zip_equal(begin, size, strides, shape.drop_front())) {
    first += first < 0 ? from : 0;
    if (count == -1 && stride != 0 && first >= 0 && first < from)
      count = (stride > 0 ? from - 1 - first : first) / std::abs(stride) + 1;
  }
  begin.insert(begin.begin(), 0);
  size.insert(size.begin(), shape.front());
  strides.insert(strides.begin(), 1);
  return layer.builder.slice(layer.name, layer.input, begin, size, strides);
}

ArrayRef<JsonLayerType> frieze::getJsonOperations() {
  using nn::BinaryKind;
  static constexpr size_t any = SIZE_MAX;
  static const JsonLayerType types[] = {
      {"add", importBinary<BinaryKind::Add>, 2, any, true},
      {"concat", importConcat, 1, any, true},
      {"div", importBinary<BinaryKind::Div>, 2, 2, true},
      {"einsum", importEinsum, 1, any, true},
      {"embedding", importEmbedding},
      {"equal", importBinary<BinaryKind::Equal>, 2, 2, true},
      {"expand_dims", importExpandDims},
      {"flatten", importFlatten},
      {"less", importBinary<BinaryKind::Less>, 2, 2, true},
      {"less_equal", importBinary<BinaryKind::LessEqual>, 2, 2, true},
      {"matmul", importMatmul, 2, 2, true},
      {"maximum", importBinary<BinaryKind::Maximum>, 2, any, true},
      {"minimum", importBinary<BinaryKind::Minimum>, 2, any, true},
      {"mul", importBinary<BinaryKind::Mul>, 2, any, true},
      {"not_equal", importBinary<BinaryKind::NotEqual>, 2, 2, true},
      {"pow", importPow, 2, 2, true},
      {"reshape", importReshape},
      {"select", importSelect, 3, 3, true},
      {"slice", importSlice},
      {"squeeze", importSqueeze},
      {"sub", importBinary<BinaryKind::Sub>, 2, 2, true},
      {"transpose", importTranspose},
  };
  return types;
}
