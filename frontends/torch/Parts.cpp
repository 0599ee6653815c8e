//===- Parts.cpp - PyTorch's operators on parts of tensors ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;

static size_t getRank(const Tensor &tensor) { return tensor.getShape().size(); }

static Tensors split(Node &node, const Tensor &input, int64_t axis,
                     ArrayRef<int64_t> parts) {
  return frieze::split(node, input, axis, parts, node.getNumOutputs(),
                       [&](size_t index) { return node.isUsed(index); });
}

/// In parts of `length` positions, of which the last may be shorter.
static Tensors splitEvenly(Node &node, const Tensor &input, int64_t axis,
                           int64_t length) {
  SmallVector<int64_t> parts;
  for (int64_t left = input.getShape()[axis];
       left > 0 && parts.size() <= node.getNumOutputs(); left -= length)
    parts.push_back(std::min(left, length));
  return split(node, input, axis, parts);
}

/// In so many parts, of which the first may be longer by one position.
static Tensors importSections(Node &node) {
  Tensor input = node.takeTensor("self");
  int64_t count = node.takeInt("sections", std::nullopt);
  if (!input)
    return {{}};
  auto axis = node.takeAxis("dim", 0, getRank(input));
  if (!axis)
    return {{}};
  if (count < 1 || count > int64_t(node.getNumOutputs())) {
    node.emitError() << "expects a part for each output, but got " << count;
    return {{}};
  }
  int64_t size = input.getShape()[*axis];
  SmallVector<int64_t> parts;
  for (int64_t i = 0; i < count; ++i)
    parts.push_back(size / count + (i < size % count));
  return split(node, input, *axis, parts);
}

static Tensors importSplit(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  auto axis = node.takeAxis("dim", 0, getRank(input));
  auto sizes =
      node.takeInts(node.has("split_sizes") ? "split_sizes" : "split_size");
  if (!axis || !sizes)
    return {{}};
  if (node.has("split_sizes"))
    return split(node, input, *axis, *sizes);
  if (sizes->size() != 1 || sizes->front() < 1) {
    node.emitError() << "expects 'split_size' to be 1 or more";
    return {{}};
  }
  return splitEvenly(node, input, *axis, sizes->front());
}

static Tensors importChunk(Node &node) {
  Tensor input = node.takeTensor("self");
  int64_t chunks = node.takeInt("chunks", std::nullopt);
  if (!input)
    return {{}};
  auto axis = node.takeAxis("dim", 0, getRank(input));
  if (!axis)
    return {{}};
  if (chunks < 1) {
    node.emitError() << "expects 'chunks' to be 1 or more";
    return {{}};
  }
  return splitEvenly(
      node, input, *axis,
      std::max<int64_t>(1, divideCeil(input.getShape()[*axis], chunks)));
}

/// Position `index` of an axis, which is taken away.
static Tensor pick(Node &node, const Tensor &input, int64_t axis,
                   int64_t index) {
  int64_t size = input.getShape()[axis];
  if (index < -size || index >= size) {
    node.emitError() << "expects a position of " << size << ", but got "
                     << index;
    return {};
  }
  Slice part(input.getShape());
  part.begin[axis] = index < 0 ? index + size : index;
  part.size[axis] = 1;
  SmallVector<int64_t> shape(input.getShape());
  shape.erase(shape.begin() + axis);
  return reshape(node, slice(node, input, part), shape);
}

static Tensors importSelect(Node &node) {
  Tensor input = node.takeTensor("self");
  int64_t index = node.takeInt("index", std::nullopt);
  if (!input)
    return {{}};
  auto axis = node.takeAxis("dim", std::nullopt, getRank(input));
  return {axis ? pick(node, input, *axis, index) : Tensor()};
}

static Tensors importUnbind(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  auto axis = node.takeAxis("dim", 0, getRank(input));
  if (!axis)
    return {{}};
  if (input.getShape()[*axis] != int64_t(node.getNumOutputs())) {
    node.emitError() << "expects " << input.getShape()[*axis]
                     << " outputs, but got " << node.getNumOutputs();
    return {{}};
  }
  Tensors outputs;
  for (size_t index = 0; index < node.getNumOutputs(); ++index)
    outputs.push_back(node.isUsed(index) ? pick(node, input, *axis, index)
                                         : Tensor());
  return outputs;
}

static Tensors importSlice(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  auto axis = node.takeAxis("dim", 0, getRank(input));
  int64_t start = node.takeInt("start", 0);
  int64_t end = node.takeInt("end", std::numeric_limits<int64_t>::max());
  int64_t step = node.takeInt("step", 1);
  if (step < 1 || step > maxElements)
    node.emitError() << "expects 'step' to be 1 or more, but got " << step;
  if (!axis || node.hasFailed())
    return {{}};
  Slice part(input.getShape());
  part.cut(*axis, start, end, step);
  return {slice(node, input, part)};
}

static Tensors importNarrow(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  auto axis = node.takeAxis("dim", std::nullopt, getRank(input));
  int64_t start = node.takeInt("start", std::nullopt);
  int64_t length = node.takeInt("length", std::nullopt);
  if (!axis)
    return {{}};
  int64_t size = input.getShape()[*axis];
  start += start < 0 ? size : 0;
  if (start < 0 || start > size || length < 0 || length > size - start) {
    node.emitError() << "expects " << length << " positions of " << size
                     << " from " << start;
    return {{}};
  }
  Slice part(input.getShape());
  part.begin[*axis] = start;
  part.size[*axis] = length;
  return {slice(node, input, part)};
}

static Tensors importFlip(Node &node) {
  Tensor input = node.takeTensor("self");
  auto given = node.takeInts("dims");
  if (!input || !given)
    return {{}};
  auto axes = node.resolveAxes(*given, getRank(input));
  if (!axes)
    return {{}};
  Slice part(input.getShape());
  for (int64_t axis : *axes)
    part.cut(axis, std::nullopt, std::nullopt, -1);
  return {slice(node, input, part)};
}

/// Positions that leave an axis at its end come back at its begin. Without
/// axes, those of all elements.
static Tensors importRoll(Node &node) {
  Tensor input = node.takeTensor("self");
  auto shifts = node.takeInts("shifts");
  SmallVector<int64_t> axes =
      node.takeInts("dims").value_or(SmallVector<int64_t>());
  if (!input || !shifts)
    return {{}};
  SmallVector<int64_t> shape(input.getShape());
  bool isFlat = axes.empty();
  if (isFlat) {
    input = reshape(node, input, {1, *countElements(shape)});
    axes.push_back(1);
  }
  if (shifts->size() != axes.size()) {
    node.emitError() << "expects a shift for each of " << axes.size()
                     << " axes, but got " << shifts->size();
    return {{}};
  }
  for (auto [axis, shift] : zip_equal(axes, *shifts)) {
    auto resolved = node.resolveAxis(axis, getRank(input));
    if (!resolved || !input)
      return {{}};
    int64_t size = input.getShape()[*resolved];
    int64_t moved = size == 0 ? 0 : (shift % size + size) % size;
    if (moved == 0)
      continue;
    Slice head(input.getShape()), tail(input.getShape());
    head.size[*resolved] = size - moved;
    tail.begin[*resolved] = size - moved;
    tail.size[*resolved] = moved;
    input = concat(node, {slice(node, input, tail), slice(node, input, head)},
                   *resolved);
  }
  return {isFlat ? reshape(node, input, shape) : input};
}

static Tensors importIndexSelect(Node &node) {
  Tensor input = node.takeTensor("self");
  auto indices = node.takeConstant("index");
  if (!input || !indices)
    return {{}};
  auto axis = node.takeAxis("dim", std::nullopt, getRank(input));
  return {axis ? gather(node, input, *axis, *indices) : Tensor()};
}

/// `self` with `src` in the place of a part.
static Tensors insertPart(Node &node, const Tensor &input, const Tensor &source,
                          int64_t axis, int64_t begin) {
  int64_t size = input.getShape()[axis];
  SmallVector<int64_t> shape(input.getShape());
  int64_t count =
      source.getShape().size() == shape.size() ? source.getShape()[axis] : -1;
  shape[axis] = count;
  if (source.getShape() != ArrayRef(shape) || begin + count > size) {
    node.emitError() << "expects 'src' to fit a part of shape "
                     << formatShape(input.getShape()) << ", but got "
                     << formatShape(source.getShape());
    return {{}};
  }
  Tensors parts;
  auto keep = [&](int64_t from, int64_t to) {
    if (from >= to)
      return;
    Slice part(input.getShape());
    part.begin[axis] = from;
    part.size[axis] = to - from;
    parts.push_back(slice(node, input, part));
  };
  keep(0, begin);
  parts.push_back(source);
  keep(begin + count, size);
  return {parts.size() == 1 ? parts.front() : concat(node, parts, axis)};
}

static Tensors importSliceScatter(Node &node) {
  Tensor input = node.takeTensor("self"), source = node.takeTensor("src");
  if (!input || !source)
    return {{}};
  auto axis = node.takeAxis("dim", 0, getRank(input));
  if (!axis)
    return {{}};
  int64_t size = input.getShape()[*axis];
  auto clamp = [&](int64_t position) {
    return std::clamp<int64_t>(position < 0 ? position + size : position, 0,
                               size);
  };
  int64_t begin = clamp(node.takeInt("start", 0));
  int64_t end = std::max(begin, clamp(node.takeInt("end", size)));
  if (int64_t step = node.takeInt("step", 1); step != 1)
    node.emitError() << "unsupported value of 'step', expects 1, but got "
                     << step;
  if (!node.hasFailed() && getRank(source) == getRank(input) &&
      source.getShape()[*axis] != end - begin)
    node.emitError() << "expects 'src' of " << end - begin
                     << " positions, but got " << source.getShape()[*axis];
  if (node.hasFailed())
    return {{}};
  // An empty part changes nothing.
  return begin == end ? Tensors{input}
                      : insertPart(node, input, source, *axis, begin);
}

static Tensors importSelectScatter(Node &node) {
  Tensor input = node.takeTensor("self"), source = node.takeTensor("src");
  if (!input || !source)
    return {{}};
  auto axis = node.takeAxis("dim", std::nullopt, getRank(input));
  int64_t index = node.takeInt("index", std::nullopt);
  if (!axis)
    return {{}};
  int64_t size = input.getShape()[*axis];
  if (index < -size || index >= size || getRank(source) + 1 != getRank(input)) {
    node.emitError() << "expects a position of " << size << ", but got "
                     << index;
    return {{}};
  }
  SmallVector<int64_t> shape(source.getShape());
  shape.insert(shape.begin() + *axis, 1);
  return insertPart(node, input, reshape(node, source, shape), *axis,
                    index < 0 ? index + size : index);
}

/// The axes of a shape with more than one position: first and last, or nothing.
static std::optional<std::pair<size_t, size_t>>
findVarying(ArrayRef<int64_t> shape) {
  std::optional<std::pair<size_t, size_t>> range;
  for (auto [axis, size] : enumerate(shape))
    if (size != 1)
      range = {range ? range->first : axis, axis};
  return range;
}

/// Positions of neighbouring axes by constants, of which each varies along axes
/// of its own, as a grid has; of the others, all.
static Tensors importIndex(Node &node) {
  Tensor input = node.takeTensor("self");
  Tensors indices = node.takeTensors("indices");
  if (!input || node.hasFailed())
    return {{}};
  auto report = [&] {
    node.emitError() << "unsupported indices of index, expects constant "
                        "integers for one axis, or for each of several by "
                        "itself";
    return Tensors(1);
  };
  size_t first =
      llvm::find_if(indices, [](const Tensor &index) { return bool(index); }) -
      indices.begin();
  SmallVector<int64_t> shape;
  size_t count = 0;
  for (; first + count < indices.size() && indices[first + count]; ++count) {
    const Tensor &index = indices[first + count];
    auto joined = broadcast(shape, index.getShape());
    if (index.value || !isInteger(index.getType()) || !joined)
      return report();
    shape = *joined;
  }
  if (count == 0 || first + count > getRank(input)) {
    node.emitError() << "expects indices of one axis";
    return {{}};
  }
  for (size_t i = first + count; i < indices.size(); ++i)
    if (indices[i])
      return report();
  size_t free = 0;
  SmallVector<int64_t> result(input.getShape().take_front(first));
  llvm::append_range(result, shape);
  llvm::append_range(result, input.getShape().drop_front(first + count));
  for (size_t i = 0; i < count && input; ++i) {
    Constant index = *indices[first + i].constant;
    SmallVector<int64_t> own(shape.size() - index.shape.size(), 1);
    llvm::append_range(own, index.shape);
    if (auto varying = findVarying(own); varying && count > 1) {
      if (varying->first < free)
        return report();
      free = varying->second + 1;
    }
    index.shape = {int64_t(index.values.size())};
    input = gather(node, input, first + i, index);
  }
  return {reshape(node, input, result)};
}

/// The rows of a table, which numbers below zero don't have.
static Tensors importEmbedding(Node &node) {
  auto table = node.takeConstant("weight");
  Tensor indices = node.takeTensor("indices");
  // Of training.
  for (StringRef key : {"padding_idx", "scale_grad_by_freq", "sparse"})
    node.ignore(key);
  if (!table || !indices)
    return {{}};
  if (!isInteger(indices.getType()) || table->shape.size() != 2) {
    node.emitError() << "expects a matrix and indices that are integers";
    return {{}};
  }
  if (indices.constant)
    return {gather(node, Tensor(Constant(*table)), 0, *indices.constant)};
  return {
      Tensor(node.builder.embedding(
                 node.name, indices.value,
                 node.builder.addWeights(node.name, "table", table->toArray())),
             table->type)};
}

ArrayRef<Operator> frieze::torch::getPartOperators() {
  static const Operator operators[] = {
      {"chunk.default", importChunk, ValueTypes::View},
      {"embedding.default", importEmbedding, ValueTypes::Own},
      {"flip.default", importFlip, ValueTypes::Any},
      {"index.Tensor", importIndex, ValueTypes::Any},
      {"index_select.default", importIndexSelect, ValueTypes::Any},
      {"narrow.default", importNarrow, ValueTypes::View},
      {"roll.default", importRoll, ValueTypes::Any},
      {"select.int", importSelect, ValueTypes::View},
      {"select_scatter.default", importSelectScatter, ValueTypes::Any},
      {"slice.Tensor", importSlice, ValueTypes::View},
      {"slice_scatter.default", importSliceScatter, ValueTypes::Any},
      {"split.Tensor", importSplit, ValueTypes::View},
      {"split.sizes", importSplit, ValueTypes::View},
      {"split_with_sizes.default", importSplit, ValueTypes::View},
      {"tensor_split.sections", importSections, ValueTypes::View},
      {"unbind.int", importUnbind, ValueTypes::View},
  };
  return operators;
}
