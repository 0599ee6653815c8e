//===- Indexing.cpp - ONNX operators that pick elements ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Node.h"
#include "frontends/onnx/onnx.pb.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// The rows of a table that a value numbers, of any shape.
static Tensor gatherRows(Node &node, int64_t axis) {
  const Constant &constant = *node.getInput(0).constant;
  if (axis != 0 || constant.values.empty()) {
    node.emitError() << "unsupported Gather by computed indices, expects the "
                        "rows of a matrix, but got axis "
                     << axis << " of shape " << formatShape(constant.shape);
    return {};
  }
  DoubleArray table = constant.toArray();
  int64_t rows = constant.shape[0];
  table.shape.assign({rows, int64_t(table.values.size()) / rows});
  Value picked = node.builder.embedding(
      node.name, node.getValue(1),
      node.builder.addWeights(node.name, "table", table), /*fromEnd=*/true);
  SmallVector<int64_t> shape(node.getShape(1));
  llvm::append_range(shape, ArrayRef(constant.shape).drop_front());
  return reshape(node, Tensor(picked, constant.type), shape);
}

static Tensors importGather(Node &node) {
  std::optional<int64_t> axis = node.takeAxis(0);
  if (!isInteger(node.getInput(1).getType()))
    node.emitError() << "expects indices that are integers, but got type "
                     << getTypeName(node.getInput(1).getType());
  if (!axis || node.hasFailed())
    return {{}};
  if (node.getInput(0).constant && node.getInput(1).value)
    return {gatherRows(node, *axis)};
  const Constant *indices = node.getConstant(1);
  if (!indices)
    return {{}};
  return {gather(node, node.getInput(), *axis, *indices)};
}

/// Nothing where a problem was reported.
static std::optional<Slice> takeSlice(Node &node) {
  ArrayRef<int64_t> shape = node.getShape();
  auto starts = node.takeIntegers("starts", 1, /*since=*/10);
  auto ends = node.takeIntegers("ends", 2, /*since=*/10);
  auto given = node.takeIntegers("axes", 3, /*since=*/10);
  std::optional<SmallVector<int64_t>> steps;
  if (node.hasInput(4) && !(steps = node.getIntegers(4)))
    return std::nullopt;
  if (!starts || !ends || node.hasFailed()) {
    if (!node.hasFailed())
      node.emitError() << "expects 'starts' and 'ends'";
    return std::nullopt;
  }
  size_t count = starts->size();
  SmallVector<int64_t> axes;
  for (size_t i = 0; i < count; ++i)
    axes.push_back(i);
  if (given)
    axes = *given;
  if (!steps)
    steps.emplace(count, 1);
  if (ends->size() != count || axes.size() != count || steps->size() != count) {
    node.emitError() << "expects as many ends, axes and steps as starts";
    return std::nullopt;
  }
  if (!node.resolveAxes(axes, shape.size()))
    return std::nullopt;
  Slice slice(shape);
  for (auto [axis, start, end, step] :
       zip_equal(axes, *starts, *ends, *steps)) {
    int64_t position = axis < 0 ? axis + shape.size() : axis;
    if (step == 0 || step < -maxElements || step > maxElements) {
      node.emitError() << "unsupported step of a slice: " << step;
      return std::nullopt;
    }
    slice.cut(position, start, end, step);
  }
  return slice;
}

static Tensors importSlice(Node &node) {
  std::optional<Slice> slice = takeSlice(node);
  if (!slice)
    return {{}};
  return {frieze::slice(node, node.getInput(), *slice)};
}

/// The sizes of the parts: given, or as equal as can be, of which the last is
/// the smallest. Nothing where a problem was reported.
static std::optional<SmallVector<int64_t>> takeParts(Node &node, int64_t size) {
  auto given = node.takeIntegers("split", 1, /*since=*/13);
  int64_t count = node.takeInt("num_outputs", node.proto.output_size(), 1,
                               node.proto.output_size());
  if (node.hasFailed())
    return std::nullopt;
  SmallVector<int64_t> parts;
  if (given) {
    parts = *given;
  } else {
    int64_t length = divideCeil(size, count);
    for (int64_t i = 0; i < count; ++i)
      parts.push_back(std::clamp<int64_t>(size - i * length, 0, length));
  }
  return parts;
}

static Tensors importSplit(Node &node) {
  std::optional<int64_t> axis = node.takeAxis(0);
  if (!axis)
    return {{}};
  auto parts = takeParts(node, node.getShape()[*axis]);
  if (!parts)
    return {{}};
  return split(node, node.getInput(), *axis, *parts, node.proto.output_size(),
               [&](size_t index) { return node.isUsed(index); });
}

/// The first positions along an axis backwards, as many for each sample.
static Tensors importReverseSequence(Node &node) {
  size_t rank = node.getShape().size();
  std::optional<int64_t> batch =
      node.resolveAxis(node.takeInt("batch_axis", 1), rank);
  std::optional<int64_t> time =
      node.resolveAxis(node.takeInt("time_axis", 0), rank);
  std::optional<SmallVector<int64_t>> lengths = node.getIntegers(1);
  if (!batch || !time || !lengths)
    return {{}};
  int64_t size = node.getShape()[*time];
  int64_t count = lengths->empty() ? 0 : lengths->front();
  if (*batch == *time || int64_t(lengths->size()) != node.getShape()[*batch] ||
      !llvm::all_equal(*lengths) || count < 1 || count > size) {
    node.emitError() << "unsupported lengths of sequences, expects one from 1 "
                        "to "
                     << size << " for all samples, but got "
                     << formatShape(*lengths);
    return {{}};
  }
  Slice reversed(node.getShape()), rest(node.getShape());
  reversed.cut(*time, count - 1, std::nullopt, -1);
  rest.cut(*time, count, std::nullopt, 1);
  Tensor first = slice(node, node.getInput(), reversed);
  if (count == size)
    return {first};
  Tensor last = slice(node, node.getInput(), rest);
  return {first && last ? concat(node, {first, last}, *time) : Tensor()};
}

ArrayRef<Operator> frieze::onnx::getIndexingOperators() {
  static const Operator operators[] = {
      {"Gather", importGather, 2, 2, ValueTypes::Own},
      {"ReverseSequence", importReverseSequence, 2, 2, ValueTypes::Any},
      {"Slice", importSlice, 1, 5, ValueTypes::Any},
      {"Split", importSplit, 1, 2, ValueTypes::Any},
  };
  return operators;
}
