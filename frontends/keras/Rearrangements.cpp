//===- Rearrangements.cpp - Moving elements between Keras layers -*- C++
//-*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `swapaxes(x, 1, 2)`, `roll(x, 1, 1)` and `tile(x, ...)` become in a
// file.
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/keras/Operands.h"

#include <nlohmann/json.hpp>
#include <numeric>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

/// Slices are kernels.
static constexpr int64_t maxSlices = 256;

/// `size` neighbours along `axis`, from `begin` on, `step` apart.
static Value cutAxis(Layer &layer, Value value, int64_t axis, int64_t begin,
                     int64_t size, int64_t step = 1) {
  if (!value)
    return {};
  SmallVector<int64_t> sizes(getShape(value)), begins(sizes.size(), 0),
      strides(sizes.size(), 1);
  begins[axis] = begin;
  sizes[axis] = size;
  strides[axis] = step;
  return layer.builder.slice(layer.name, value, begins, sizes, strides);
}

/// Takes axes of that name, all but the batch. Nothing, and reported, for
/// others.
static std::optional<SmallVector<int64_t>> takeAxesBehindBatch(Layer &layer,
                                                               StringRef key) {
  if (!layer.getInput())
    return std::nullopt;
  auto axes = layer.takeAxes(key, layer.getInputShape().size());
  if (!axes || !layer.checkBatch(!axes->empty() &&
                                 !llvm::is_contained(*axes, int64_t(0))))
    return std::nullopt;
  return axes;
}

/// The only one of those.
static std::optional<int64_t> takeAxisBehindBatch(Layer &layer, StringRef key) {
  auto axes = takeAxesBehindBatch(layer, key);
  if (!axes)
    return std::nullopt;
  if (axes->size() == 1)
    return axes->front();
  layer.emitError() << "expects '" << key << "' to be one axis";
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Axes
//===----------------------------------------------------------------------===//

static Value importSwapAxes(Layer &layer) {
  auto first = takeAxisBehindBatch(layer, "axis1");
  auto second = takeAxisBehindBatch(layer, "axis2");
  if (!first || !second)
    return {};
  auto permutation =
      to_vector(llvm::seq<int64_t>(0, layer.getInputShape().size()));
  std::swap(permutation[*first], permutation[*second]);
  return layer.builder.transpose(layer.name, layer.getInput(), permutation);
}

/// The other axes keep their order.
static Value importMoveAxis(Layer &layer) {
  auto from = takeAxesBehindBatch(layer, "source");
  auto to = takeAxesBehindBatch(layer, "destination");
  if (!from || !to)
    return {};
  size_t rank = layer.getInputShape().size();
  SmallVector<int64_t> permutation(rank, -1);
  for (auto [source, destination] : llvm::zip(*from, *to))
    permutation[destination] = source;
  SmallVector<int64_t> others;
  for (int64_t axis = 0; axis < int64_t(rank); ++axis)
    if (!llvm::is_contained(*from, axis))
      others.push_back(axis);
  size_t next = 0;
  for (int64_t &axis : permutation)
    if (axis < 0 && next < others.size())
      axis = others[next++];
  SmallVector<int64_t> sorted(permutation);
  llvm::sort(sorted);
  if (from->size() != to->size() ||
      !llvm::equal(sorted, llvm::seq<int64_t>(0, rank))) {
    layer.emitError() << "expects as many places as axes, each once";
    return {};
  }
  return layer.builder.transpose(layer.name, layer.getInput(), permutation);
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

/// Each position of an axis, without it.
static Value importUnstack(Layer &layer) {
  const json *count = layer.config.take("num");
  auto axis = takeAxisBehindBatch(layer, "axis");
  if (!axis)
    return {};
  SmallVector<int64_t> shape(layer.getInputShape());
  int64_t size = shape[*axis];
  shape.erase(shape.begin() + *axis);
  if (count && *count != size) {
    layer.emitError() << "expects 'num' to be " << size << ", but got "
                      << formatJson(*count);
    return {};
  }
  if (size > maxSlices) {
    layer.emitError() << "unsupported parts of an axis, expects up to "
                      << maxSlices << ", but got " << size;
    return {};
  }
  Value first;
  for (int64_t i = 0; i < size; ++i) {
    Value part = layer.builder.reshapeWithBatch(
        layer.name, cutAxis(layer, layer.getInput(), *axis, i, 1), shape);
    if (i == 0)
      first = part;
    else
      layer.moreOutputs.push_back(part);
  }
  return first;
}

/// Positions of an axis by constant indices: one slice where these are evenly
/// spaced, else one each.
static Value importTake(Layer &layer) {
  layer.config.expectOnly("batch_dims", 0);
  layer.config.expectOnly("validate_indices", json());
  auto axis = takeAxisBehindBatch(layer, "axis");
  if (!axis)
    return {};
  Operand indices = takeOperand(layer, "indices");
  if (!indices.constant) {
    if (indices.value)
      layer.emitError() << "unsupported indices that are computed";
    return {};
  }
  SmallVector<int64_t> shape(layer.getInputShape()), positions;
  int64_t size = shape[*axis];
  for (float index : indices.constant->values) {
    if (!(index >= -size && index < size) || index != int64_t(index)) {
      layer.emitError() << "expects indices of " << size
                        << " positions, but got " << formatJson(index);
      return {};
    }
    positions.push_back(int64_t(index) + (index < 0 ? size : 0));
  }
  int64_t step = positions.size() > 1 ? positions[1] - positions[0] : 1;
  bool isEven = step != 0;
  for (size_t i = 1; i < positions.size(); ++i)
    isEven &= positions[i] - positions[i - 1] == step;
  if (positions.empty() || (!isEven && int64_t(positions.size()) > maxSlices)) {
    layer.emitError() << "unsupported indices, expects 1 to " << maxSlices
                      << " or evenly spaced ones, but got " << positions.size();
    return {};
  }
  SmallVector<Value> parts;
  if (isEven)
    parts.push_back(cutAxis(layer, layer.getInput(), *axis, positions[0],
                            positions.size(), step));
  else
    for (int64_t position : positions)
      parts.push_back(cutAxis(layer, layer.getInput(), *axis, position, 1));
  Value joined = parts.size() == 1
                     ? parts.front()
                     : layer.builder.concat(layer.name, parts, *axis);
  shape.erase(shape.begin() + *axis);
  shape.insert(shape.begin() + *axis, indices.constant->shape.begin(),
               indices.constant->shape.end());
  return layer.builder.reshapeWithBatch(layer.name, joined, shape);
}

/// Moves positions on by `shift`; those at the end come first.
static Value importRoll(Layer &layer) {
  int64_t shift = layer.config.takeInt("shift", std::nullopt, -maxElements);
  auto axis = takeAxisBehindBatch(layer, "axis");
  if (!axis || layer.config.hasFailed())
    return {};
  int64_t size = layer.getInputShape()[*axis];
  int64_t moved = (shift % size + size) % size;
  Value input = layer.getInput();
  if (moved == 0)
    return layer.builder.activation(layer.name, input,
                                    nn::ActivationKind::Linear);
  Value parts[] = {cutAxis(layer, input, *axis, size - moved, moved),
                   cutAxis(layer, input, *axis, 0, size - moved)};
  return layer.builder.concat(layer.name, parts, *axis);
}

/// The halves of an axis, the one times the sigmoid of the other.
static Value importGlu(Layer &layer) {
  std::optional<int64_t> axis = layer.resolveAxis(layer.takeAxis());
  if (!axis || layer.config.hasFailed() || !layer.checkBatch(*axis != 0))
    return {};
  int64_t size = layer.getInputShape()[*axis];
  if (size % 2 != 0) {
    layer.emitError() << "expects an even size to halve, but got " << size;
    return {};
  }
  Value half = cutAxis(layer, layer.getInput(), *axis, 0, size / 2);
  Value gate = layer.builder.activation(
      layer.name, cutAxis(layer, layer.getInput(), *axis, size / 2, size / 2),
      nn::ActivationKind::Sigmoid);
  return layer.builder.binary(layer.name, nn::BinaryKind::Mul, half, gate);
}

//===----------------------------------------------------------------------===//
// Repetition
//===----------------------------------------------------------------------===//

/// `value`, `count` times along `axis`: as a whole, or each position.
static Value repeatAxis(Layer &layer, Value value, int64_t axis, int64_t count,
                        bool isEach) {
  if (!value || count == 1)
    return value;
  SmallVector<int64_t> shape(getShape(value)), split(shape),
      ones(shape.size() + 1, 1);
  shape[axis] *= count;
  if (!countElements(shape)) {
    layer.emitError() << "expects a result of at most " << maxElements
                      << " elements, but got shape " << formatShape(shape);
    return {};
  }
  split.insert(split.begin() + axis + isEach, 1);
  ones[axis + isEach] = count;
  Value repeated = layer.builder.binaryWithWeights(
      layer.name, nn::BinaryKind::Mul,
      layer.builder.reshapeWithBatch(layer.name, value, split),
      DoubleArray(ones, std::vector<double>(count, 1.0)));
  if (!repeated)
    return {};
  return layer.builder.reshapeWithBatch(layer.name, repeated, shape);
}

static Value importRepeat(Layer &layer) {
  int64_t count = layer.config.takeInt("repeats", std::nullopt);
  auto axis = takeAxisBehindBatch(layer, "axis");
  if (!axis || layer.config.hasFailed())
    return {};
  return repeatAxis(layer, layer.getInput(), *axis, count, /*isEach=*/true);
}

static Value importTile(Layer &layer) {
  bool isKeras = StringRef(layer.className).starts_with("ops.");
  SmallVector<int64_t> counts =
      layer.config.takeIntList(isKeras ? "repeats" : "multiples", 1);
  if (!layer.getInput() || layer.config.hasFailed())
    return {};
  size_t rank = layer.getInputShape().size();
  if (counts.size() > rank) {
    layer.emitError() << "expects up to " << rank
                      << " numbers of repetitions, but got " << counts.size();
    return {};
  }
  counts.insert(counts.begin(), rank - counts.size(), 1);
  if (!layer.checkBatch(counts.front() == 1))
    return {};
  Value value = layer.getInput();
  for (auto [axis, count] : enumerate(counts))
    value = repeatAxis(layer, value, axis, count, /*isEach=*/false);
  return value;
}

/// Axes of size 1 are repeated; none is added.
static Value importBroadcastTo(Layer &layer) {
  SmallVector<int64_t> shape = layer.config.takeIntList("shape", -1);
  if (!layer.getInput() || layer.config.hasFailed())
    return {};
  ArrayRef<int64_t> from = layer.getInputShape();
  bool fits = shape.size() == from.size();
  for (size_t axis = 1; fits && axis < shape.size(); ++axis)
    fits = shape[axis] == from[axis] || (from[axis] == 1 && shape[axis] > 0);
  if (!fits) {
    layer.emitError() << "expects a shape that repeats axes of size 1 of "
                      << formatShape(from) << ", but got "
                      << formatShape(shape);
    return {};
  }
  if (!layer.checkBatch(shape[0] == from[0] || shape[0] == -1))
    return {};
  Value value = layer.getInput();
  for (size_t axis = 1; axis < shape.size(); ++axis)
    if (from[axis] == 1)
      value = repeatAxis(layer, value, axis, shape[axis], /*isEach=*/false);
  return value;
}

//===----------------------------------------------------------------------===//
// By position
//===----------------------------------------------------------------------===//

template <bool isUpper> static Value importTriangle(Layer &layer) {
  int64_t diagonal = layer.config.takeInt("k", 0, -maxElements);
  if (!layer.getInput() || layer.config.hasFailed() ||
      !layer.checkBatch(layer.getInputShape().size() > 2))
    return {};
  return keepTriangle(layer.builder, layer.name, layer.getInput(), diagonal,
                      isUpper);
}

/// 1 along a new axis where it is the number that the input has.
static Value importOneHot(Layer &layer) {
  bool isKeras = StringRef(layer.className).starts_with("ops.");
  layer.config.expectOnly("sparse", false);
  double on = layer.config.takeNumber("on_value", 1.0);
  double off = layer.config.takeNumber("off_value", 0.0);
  int64_t depth =
      layer.config.takeInt(isKeras ? "num_classes" : "depth", std::nullopt);
  if (!layer.getInput() || layer.config.hasFailed())
    return {};
  int64_t rank = layer.getInputShape().size();
  auto axes = layer.takeAxes("axis", rank + 1);
  if (axes && axes->empty())
    axes->push_back(rank);
  if (!axes || !layer.checkBatch(axes->size() == 1 && axes->front() != 0))
    return {};
  Value isHot = oneHot(layer.builder, layer.name, layer.getInput(),
                       axes->front(), depth, /*fromEnd=*/false);
  if (on == 1.0 && off == 0.0)
    return isHot;
  return layer.builder.select(
      layer.name, isHot, makeNumber(layer.builder, layer.name, isHot, on),
      makeNumber(layer.builder, layer.name, isHot, off));
}

ArrayRef<LayerClass> keras::getRearrangements() {
  static const LayerClass classes[] = {
      {"ops.BroadcastTo", importBroadcastTo, false, "x,shape"},
      {"ops.Glu", importGlu, false, "x,axis"},
      {"ops.Moveaxis", importMoveAxis, false, "x,source,destination"},
      {"ops.OneHot", importOneHot, false, "x,num_classes,axis,dtype,sparse"},
      {"ops.Repeat", importRepeat, false, "x,repeats,axis"},
      {"ops.Roll", importRoll, false, "x,shift,axis"},
      {"ops.Swapaxes", importSwapAxes, false, "x,axis1,axis2"},
      {"ops.Take", importTake, false, "x,indices,axis"},
      {"ops.Tile", importTile, false, "x,repeats"},
      {"ops.Tril", importTriangle<false>, false, "x,k"},
      {"ops.Triu", importTriangle<true>, false, "x,k"},
      {"ops.Unstack", importUnstack, false, "x,num,axis"},
      {"tf.gather", importTake, false,
       "params,indices,validate_indices,axis,batch_dims"},
      {"tf.one_hot", importOneHot, false,
       "indices,depth,on_value,off_value,axis,dtype"},
      {"tf.repeat", importRepeat, false, "input,repeats,axis"},
      {"tf.roll", importRoll, false, "input,shift,axis"},
      {"tf.tile", importTile, false, "input,multiples"},
      {"tf.unstack", importUnstack, false, "value,num,axis"},
  };
  return classes;
}
