//===- Gathering.cpp - ONNX operators that pick single elements -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Indices are constant: which element goes where is known at import.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Node.h"
#include "frontends/onnx/onnx.pb.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// Where elements are, row major. Those that do not matter have none.
using Positions = std::vector<std::optional<int64_t>>;

namespace {
/// Positions that are evenly spaced.
struct Run {
  int64_t begin, step, size;
};
} // namespace

/// `positions`, each from 0 below `elements`, as runs; what does not matter
/// continues them.
static std::vector<Run> findRuns(const Positions &positions, int64_t elements) {
  std::vector<Run> runs;
  for (std::optional<int64_t> position : positions) {
    if (!runs.empty()) {
      Run &run = runs.back();
      int64_t step = run.size > 1 ? run.step
                     : position   ? *position - run.begin
                                  : 1;
      int64_t next = run.begin + step * run.size;
      bool isNext = position ? next == *position : next >= 0 && next < elements;
      if (step != 0 && isNext) {
        run.step = step;
        ++run.size;
        continue;
      }
    }
    runs.push_back({position.value_or(0), 1, 1});
  }
  return runs;
}

/// The elements of `from` at `positions`, with `shape`. Of a value, slices.
static Tensor pick(Node &node, const Tensor &from, const Positions &positions,
                   ArrayRef<int64_t> shape) {
  // Slices are kernels.
  static constexpr size_t maxSlices = 256;
  if (from.constant) {
    Constant result{from.getType(), SmallVector<int64_t>(shape), {}};
    for (std::optional<int64_t> position : positions)
      result.values.push_back(from.constant->values[position.value_or(0)]);
    return result;
  }
  int64_t elements = *countElements(from.getShape());
  std::vector<Run> runs = findRuns(positions, elements);
  if (runs.size() > maxSlices || runs.empty()) {
    node.emitError() << "unsupported indices of " << node.proto.op_type()
                     << ", expects them to be in 1 to " << maxSlices
                     << " evenly spaced parts, but got " << runs.size();
    return {};
  }
  Tensor flat = reshape(node, from, {1, elements});
  SmallVector<Value> parts;
  for (const Run &run : runs)
    parts.push_back(node.builder.slice(node.name, flat.value, {0, run.begin},
                                       {1, run.size}, {1, run.step}));
  Value joined = parts.size() == 1 ? parts.front()
                                   : node.builder.concat(node.name, parts, 1);
  return joined ? reshape(node, Tensor(joined, from.valueType), shape)
                : Tensor();
}

/// Calls `function(index, element)` for all elements of `shape`.
static void
forEachIndex(ArrayRef<int64_t> shape,
             llvm::function_ref<void(ArrayRef<int64_t>, int64_t)> function) {
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t i = 0, count = countElements(shape).value_or(0); i < count;
       ++i) {
    function(index, i);
    for (size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis])
        break;
      index[axis] = 0;
    }
  }
}

static int64_t flatten(ArrayRef<int64_t> index, ArrayRef<int64_t> shape) {
  int64_t position = 0;
  for (auto [i, size] : zip_equal(index, shape))
    position = position * size + i;
  return position;
}

/// `index`, which may count from the end of `size` positions. Reports one out
/// of range, of which there is none then.
static std::optional<int64_t> resolve(Node &node, int64_t index, int64_t size) {
  if (index >= -size && index < size)
    return index < 0 ? index + size : index;
  if (!node.hasFailed())
    node.emitError() << "expects indices of " << size << " positions, but got "
                     << index;
  return std::nullopt;
}

namespace {
/// Which element of the data each index of a constant means.
struct Places {
  /// Where what they mean begins, by index.
  SmallVector<int64_t> begins;
  /// Neighbouring elements that one of them means, and the shape of all.
  int64_t length = 1;
  SmallVector<int64_t> shape;
};
} // namespace

/// Those of GatherElements and ScatterElements: one index an element, along one
/// axis. Nothing where a problem was reported.
static std::optional<Places> placeElements(Node &node) {
  std::optional<int64_t> axis = node.takeAxis(0);
  const Constant *indices = node.getConstant(1);
  if (!axis || !indices)
    return std::nullopt;
  ArrayRef<int64_t> shape = node.getShape();
  bool fits = indices->shape.size() == shape.size();
  for (size_t i = 0; fits && i < shape.size(); ++i)
    fits = int64_t(i) == *axis || indices->shape[i] <= shape[i];
  if (!fits || !isInteger(indices->type)) {
    node.emitError() << "expects integers as indices, in a shape within "
                     << formatShape(shape) << ", but got "
                     << formatShape(indices->shape);
    return std::nullopt;
  }
  Places places{{}, 1, indices->shape};
  SmallVector<int64_t> integers = indices->getIntegers();
  forEachIndex(indices->shape, [&](ArrayRef<int64_t> index, int64_t i) {
    SmallVector<int64_t> at(index);
    at[*axis] = resolve(node, integers[i], shape[*axis]).value_or(0);
    places.begins.push_back(flatten(at, shape));
  });
  return node.hasFailed() ? std::nullopt : std::optional(std::move(places));
}

/// Those of GatherND and ScatterND: the last axis of the indices is an index of
/// the axes of the data behind the first `batchRank`, which both have. Nothing
/// where a problem was reported.
static std::optional<Places> placeSlices(Node &node, int64_t batchRank) {
  const Constant *indices = node.getConstant(1);
  if (!indices)
    return std::nullopt;
  ArrayRef<int64_t> shape = node.getShape(), given = indices->shape;
  int64_t depth = given.empty() ? 0 : given.back();
  bool fits = !given.empty() && isInteger(indices->type) &&
              batchRank < int64_t(given.size()) && depth >= 1 &&
              batchRank + depth <= int64_t(shape.size()) &&
              shape.take_front(batchRank) == given.take_front(batchRank);
  if (!fits) {
    node.emitError() << "expects integers as indices of " << formatShape(shape)
                     << ", but got shape " << formatShape(given);
    return std::nullopt;
  }
  ArrayRef<int64_t> rest = shape.drop_front(batchRank + depth);
  Places places{
      {}, *countElements(rest), SmallVector<int64_t>(given.drop_back())};
  SmallVector<int64_t> integers = indices->getIntegers();
  forEachIndex(given.drop_back(), [&](ArrayRef<int64_t> index, int64_t i) {
    SmallVector<int64_t> at(index.take_front(batchRank));
    for (int64_t j = 0; j < depth; ++j)
      at.push_back(resolve(node, integers[i * depth + j], shape[batchRank + j])
                       .value_or(0));
    places.begins.push_back(flatten(at, shape.take_front(batchRank + depth)) *
                            places.length);
  });
  llvm::append_range(places.shape, rest);
  return node.hasFailed() ? std::nullopt : std::optional(std::move(places));
}

static Tensors gather(Node &node, const std::optional<Places> &places) {
  if (!places || !checkFolded(node, places->shape))
    return {{}};
  Positions positions;
  for (int64_t begin : places->begins)
    for (int64_t i = 0; i < places->length; ++i)
      positions.push_back(begin + i);
  return {pick(node, node.getInput(), positions, places->shape)};
}

/// The data, with the updates in their places.
static Tensors scatter(Node &node, const std::optional<Places> &places) {
  std::string reduction = node.takeString("reduction", "none");
  if (reduction != "none")
    node.emitError() << "unsupported value of 'reduction': '" << reduction
                     << "'";
  const Tensor &data = node.getInput(), &updates = node.getInput(2);
  if (!places || node.hasFailed() || !checkFolded(node, data.getShape()))
    return {{}};
  if (updates.getShape() != ArrayRef<int64_t>(places->shape)) {
    node.emitError() << "expects updates of shape "
                     << formatShape(places->shape) << ", but got "
                     << formatShape(updates.getShape());
    return {{}};
  }
  Positions positions(*countElements(data.getShape()));
  for (auto [number, begin] : enumerate(places->begins))
    for (int64_t i = 0; i < places->length; ++i)
      positions[begin + i] = number * places->length + i;
  if (data.constant && updates.constant) {
    Constant result = *data.constant;
    for (auto [value, position] : zip_equal(result.values, positions))
      if (position)
        value = updates.constant->values[*position];
    return {std::move(result)};
  }
  DoubleArray mask(SmallVector<int64_t>(data.getShape()), {});
  for (std::optional<int64_t> position : positions)
    mask.values.push_back(position ? 1.0 : 0.0);
  Tensor moved = pick(node, updates, positions, data.getShape());
  Value kept = node.getValue();
  if (!moved || !kept)
    return {{}};
  ModelBuilder &builder = node.builder;
  Value update = moved.value;
  if (moved.constant)
    update = builder.constant(
        node.name,
        builder.addWeights(node.name, "updates", moved.constant->toArray()));
  Value condition = builder.constant(
      node.name, builder.addWeights(node.name, "places", mask));
  return {Tensor(builder.select(node.name, condition, update, kept),
                 data.getType())};
}

static Tensors importGatherElements(Node &node) {
  return gather(node, placeElements(node));
}

static Tensors importGatherND(Node &node) {
  return gather(node, placeSlices(node, node.takeInt("batch_dims", 0, 0)));
}

static Tensors importScatterElements(Node &node) {
  return scatter(node, placeElements(node));
}

static Tensors importScatterND(Node &node) {
  return scatter(node, placeSlices(node, 0));
}

ArrayRef<Operator> frieze::onnx::getGatheringOperators() {
  static const Operator operators[] = {
      {"GatherElements", importGatherElements, 2, 2, ValueTypes::Any},
      {"GatherND", importGatherND, 2, 2, ValueTypes::Any},
      {"ScatterElements", importScatterElements, 3, 3, ValueTypes::Any},
      {"ScatterND", importScatterND, 3, 3, ValueTypes::Any},
  };
  return operators;
}
