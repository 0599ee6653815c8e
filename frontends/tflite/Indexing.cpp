//===- Indexing.cpp - TensorFlow Lite parts of tensors ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;

static std::optional<int64_t> takeAxis(Node &node, Field field) {
  return node.resolveAxis(node.takeInt(field, 0), node.getShape().size());
}

static Tensors importConcatenation(Node &node) {
  std::optional<int64_t> axis = takeAxis(node, {0, "axis"});
  // Parts without elements may be among others.
  Tensors parts;
  for (const Tensor &input : node.getInputs())
    if (!axis || input.getShape().size() <= size_t(*axis) ||
        input.getShape()[*axis] != 0)
      parts.push_back(input);
  if (parts.empty())
    parts = Tensors(node.getInputs());
  Tensor joined = axis ? concat(node, parts, *axis) : Tensor();
  if (joined.value)
    return {takeActivation(node, 1, joined.value)};
  if (node.takeEnum({1, "fused_activation_function"}) != 0)
    node.emitError() << "unsupported function of a constant";
  return {joined};
}

/// Joins its inputs along a new axis.
static Tensors importPack(Node &node) {
  node.ignore({0, "values_count"});
  SmallVector<int64_t> shape(node.getShape());
  auto axis = node.resolveAxis(node.takeInt({1, "axis"}, 0), shape.size() + 1);
  if (!axis)
    return {{}};
  shape.insert(shape.begin() + *axis, 1);
  Tensors inputs;
  for (const Tensor &input : node.getInputs()) {
    if (input.getShape() != node.getShape())
      node.emitError() << "expects inputs of one shape, but got "
                       << formatShape(node.getShape()) << " and "
                       << formatShape(input.getShape());
    else
      inputs.push_back(reshape(node, input, shape));
  }
  if (node.hasFailed())
    return {{}};
  return {concat(node, inputs, *axis)};
}

static Tensors importUnpack(Node &node) {
  int64_t count = node.takeInt({0, "num"}, 0);
  std::optional<int64_t> axis = takeAxis(node, {1, "axis"});
  if (!axis)
    return {{}};
  SmallVector<int64_t> shape(node.getShape());
  if (count != shape[*axis] || size_t(count) != node.getNumOutputs()) {
    node.emitError() << "expects " << shape[*axis]
                     << " outputs, the size of axis " << *axis << ", but got "
                     << node.getNumOutputs();
    return {{}};
  }
  shape.erase(shape.begin() + *axis);
  Tensors outputs;
  Slice part(node.getShape());
  part.size[*axis] = 1;
  for (int64_t &i = part.begin[*axis]; i < count; ++i)
    outputs.push_back(reshape(node, slice(node, node.getInput(), part), shape));
  return outputs;
}

static Tensors split(Node &node, const Tensor &input, int64_t axis,
                     ArrayRef<int64_t> parts) {
  return frieze::split(node, input, axis, parts, node.getNumOutputs(),
                       [](size_t) { return true; });
}

/// Input `index` as an axis of input `of`.
static std::optional<int64_t> getAxis(Node &node, size_t index, size_t of) {
  std::optional<SmallVector<int64_t>> axis = node.getIntegers(index);
  if (axis && axis->size() == 1)
    return node.resolveAxis(axis->front(), node.getShape(of).size());
  if (axis)
    node.emitError() << "expects input " << index << " to be one axis";
  return std::nullopt;
}

static Tensors importSplit(Node &node) {
  int64_t count = node.takeSize({0, "num_splits"}, 0);
  std::optional<int64_t> axis = getAxis(node, 0, 1);
  if (!axis)
    return {{}};
  int64_t size = node.getShape(1)[*axis];
  if (count > size || size % count != 0) {
    node.emitError() << "expects equal parts of " << size
                     << " positions, but got " << count;
    return {{}};
  }
  return split(node, node.getInput(1), *axis,
               SmallVector<int64_t>(count, size / count));
}

/// One of the sizes may be -1, which stands for what is left.
static Tensors importSplitV(Node &node) {
  node.ignore({0, "num_splits"});
  std::optional<SmallVector<int64_t>> parts = node.getIntegers(1);
  std::optional<int64_t> axis = getAxis(node, 2, 0);
  if (!parts || !axis)
    return {{}};
  int64_t *open = llvm::find(*parts, -1);
  if (open != parts->end()) {
    *open = 0;
    int64_t others = 0;
    for (int64_t part : *parts)
      others += std::clamp<int64_t>(part, 0, maxElements);
    *open = node.getShape()[*axis] - others;
  }
  return split(node, node.getInput(), *axis, *parts);
}

/// A size of -1 reaches to the end.
static Tensors importSlice(Node &node) {
  std::optional<SmallVector<int64_t>> begin = node.getIntegers(1),
                                      size = node.getIntegers(2);
  if (!begin || !size)
    return {{}};
  Slice part(node.getShape());
  bool fits =
      begin->size() == part.size.size() && size->size() == begin->size();
  for (size_t axis = 0; fits && axis < begin->size(); ++axis) {
    int64_t length = part.size[axis], first = (*begin)[axis];
    fits = first >= 0 && first <= length && (*size)[axis] >= -1 &&
           (*size)[axis] <= length - first;
    part.begin[axis] = first;
    part.size[axis] = (*size)[axis] < 0 ? length - first : (*size)[axis];
  }
  if (!fits) {
    node.emitError() << "expects a slice of shape "
                     << formatShape(node.getShape()) << ", but got "
                     << formatShape(*size) << " from " << formatShape(*begin);
    return {{}};
  }
  // Nothing of a value, which loops begin and end with.
  if (llvm::is_contained(part.size, 0))
    return {Constant{node.getInput().getType(), part.size, {}}};
  return {slice(node, node.getInput(), part)};
}

namespace {
/// The masks of a strided slice: a bit for each entry of its lists.
struct SliceMasks {
  int64_t begin, end, ellipsis, newAxis, shrinkAxis;
};
} // namespace

/// As NumPy has it. An entry of the lists is for one axis, but for an ellipsis,
/// which stands for all axes that the others leave, and for a new axis.
static Tensors importStridedSlice(Node &node) {
  SliceMasks masks;
  masks.begin = node.takeInt({0, "begin_mask"}, 0);
  masks.end = node.takeInt({1, "end_mask"}, 0);
  masks.ellipsis = node.takeInt({2, "ellipsis_mask"}, 0);
  masks.newAxis = node.takeInt({3, "new_axis_mask"}, 0);
  masks.shrinkAxis = node.takeInt({4, "shrink_axis_mask"}, 0);
  if (node.takeBool({5, "offset"}))
    node.emitError() << "unsupported value of 'offset', expects 0, but got 1";
  std::optional<SmallVector<int64_t>> lists[3];
  for (size_t i : {0, 1, 2})
    if (!(lists[i] = node.getIntegers(i + 1)))
      return {{}};
  size_t count = lists[0]->size(), rank = node.getShape().size();
  auto isSet = [](int64_t mask, size_t entry) { return mask >> entry & 1; };
  size_t used = 0;
  bool hasEllipsis = false, fits = count <= 2 * maxRank &&
                                   lists[1]->size() == count &&
                                   lists[2]->size() == count;
  for (size_t entry = 0; fits && entry < count; ++entry) {
    if (isSet(masks.ellipsis, entry)) {
      fits = !hasEllipsis;
      hasEllipsis = true;
    } else {
      used += !isSet(masks.newAxis, entry);
    }
  }
  if (!fits || used > rank) {
    node.emitError() << "expects begins, ends and strides for at most " << rank
                     << " axes, but got " << count;
    return {{}};
  }
  Slice part(node.getShape());
  SmallVector<int64_t> shape;
  size_t axis = 0;
  auto keep = [&] { shape.push_back(part.size[axis++]); };
  for (size_t entry = 0; entry < count; ++entry) {
    if (isSet(masks.ellipsis, entry)) {
      for (size_t i = used; i < rank; ++i)
        keep();
      continue;
    }
    if (isSet(masks.newAxis, entry)) {
      shape.push_back(1);
      continue;
    }
    int64_t size = part.size[axis], begin = (*lists[0])[entry],
            end = (*lists[1])[entry], stride = (*lists[2])[entry];
    if (isSet(masks.shrinkAxis, entry)) {
      begin += begin < 0 ? size : 0;
      if (begin < 0 || begin >= size || stride < 1) {
        node.emitError() << "expects a position of axis " << axis
                         << ", which has " << size << ", but got "
                         << (*lists[0])[entry];
        return {{}};
      }
      part.begin[axis] = begin;
      part.size[axis++] = 1;
      continue;
    }
    if (stride == 0) {
      node.emitError() << "expects strides other than 0";
      return {{}};
    }
    part.cut(
        axis, isSet(masks.begin, entry) ? std::nullopt : std::optional(begin),
        isSet(masks.end, entry) ? std::nullopt : std::optional(end), stride);
    keep();
  }
  while (axis < rank)
    keep();
  return {reshape(node, slice(node, node.getInput(), part), shape)};
}

static Tensors importReverse(Node &node) {
  std::optional<SmallVector<int64_t>> given = node.getIntegers(1);
  if (!given)
    return {{}};
  auto axes = node.resolveAxes(*given, node.getShape().size());
  if (!axes)
    return {{}};
  Slice part(node.getShape());
  for (int64_t axis : *axes) {
    part.begin[axis] = part.size[axis] - 1;
    part.strides[axis] = -1;
  }
  return {slice(node, node.getInput(), part)};
}

/// The rows of a table that a value numbers, or positions of an axis by a
/// constant.
static Tensors importGather(Node &node) {
  std::optional<int64_t> axis = takeAxis(node, {0, "axis"});
  if (int64_t count = node.takeInt({1, "batch_dims"}, 0))
    node.emitError() << "unsupported value of 'batch_dims', expects 0, but got "
                     << count;
  if (!isInteger(node.getInput(1).getType()))
    node.emitError() << "expects indices that are integers";
  if (!axis || node.hasFailed())
    return {{}};
  if (node.getInput(1).constant)
    return {gather(node, node.getInput(), *axis, *node.getInput(1).constant)};
  const Constant *table = node.getConstant(0);
  if (!table)
    return {{}};
  if (*axis != 0 || table->shape.size() != 2) {
    node.emitError() << "unsupported GATHER by computed indices, expects the "
                        "rows of a matrix, but got axis "
                     << *axis << " of shape " << formatShape(table->shape);
    return {{}};
  }
  return {
      Tensor(node.builder.embedding(
                 node.name, node.getValue(1),
                 node.builder.addWeights(node.name, "table", table->toArray())),
             table->type)};
}

ArrayRef<Operator> frieze::tflite::getIndexingOperators() {
  static const Operator operators[] = {
      {"CONCATENATION", 10, importConcatenation, 1, SIZE_MAX, ValueTypes::Any},
      {"GATHER", 23, importGather, 2, 2, ValueTypes::Own},
      {"PACK", 59, importPack, 1, SIZE_MAX, ValueTypes::Any},
      {"REVERSE_V2", 81, importReverse, 2, 2, ValueTypes::Any},
      {"SLICE", 48, importSlice, 3, 3, ValueTypes::Any},
      {"SPLIT", 35, importSplit, 2, 2, ValueTypes::Any},
      {"SPLIT_V", 79, importSplitV, 3, 3, ValueTypes::Any},
      {"STRIDED_SLICE", 32, importStridedSlice, 4, 4, ValueTypes::Any},
      {"UNPACK", 64, importUnpack, 1, 1, ValueTypes::Any},
  };
  return operators;
}
