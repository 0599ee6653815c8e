//===- Shapes.cpp - PyTorch's operators on shapes ---------------*- C++ -*-===//
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

/// With `sizes`, of which one may be -1, which stands for what is left.
static Tensor reshapeOpen(Node &node, const Tensor &input,
                          SmallVector<int64_t> sizes) {
  if (!input)
    return {};
  int64_t *open = llvm::find(sizes, -1);
  if (open != sizes.end()) {
    *open = 1;
    int64_t elements = countElements(input.getShape()).value_or(0);
    int64_t others = countElements(sizes).value_or(0);
    if (others > 0 && elements % others == 0)
      *open = elements / others;
  }
  return reshape(node, input, sizes);
}

static Tensors importView(Node &node) {
  Tensor input = node.takeTensor("self");
  auto sizes = node.takeInts(node.has("size") ? "size" : "shape");
  return {sizes ? reshapeOpen(node, input, *sizes) : Tensor()};
}

static Tensors importViewAs(Node &node) {
  Tensor input = node.takeTensor("self"), other = node.takeTensor("other");
  return {other ? reshape(node, input, other.getShape()) : Tensor()};
}

static Tensors importFlatten(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  size_t rank = std::max<size_t>(getRank(input), 1);
  auto start = node.takeAxis("start_dim", 0, rank);
  auto end = node.takeAxis("end_dim", -1, rank);
  if (!start || !end)
    return {{}};
  SmallVector<int64_t> shape;
  int64_t joined = 1;
  for (auto [axis, size] : enumerate(input.getShape())) {
    bool isInside = int64_t(axis) >= *start && int64_t(axis) <= *end;
    joined *= isInside ? size : 1;
    if (!isInside)
      shape.push_back(size);
    else if (int64_t(axis) == *end)
      shape.push_back(joined);
  }
  if (input.getShape().empty())
    shape.push_back(1);
  return {reshape(node, input, shape)};
}

static Tensors importUnflatten(Node &node) {
  Tensor input = node.takeTensor("self");
  auto sizes = node.takeInts("sizes");
  if (!input || !sizes)
    return {{}};
  auto axis = node.takeAxis("dim", std::nullopt, getRank(input));
  if (!axis)
    return {{}};
  SmallVector<int64_t> shape(input.getShape().take_front(*axis));
  llvm::append_range(shape, *sizes);
  llvm::append_range(shape, input.getShape().drop_front(*axis + 1));
  return {reshapeOpen(node, input, shape)};
}

/// Axes of size 1, all of them or those in `dim`.
static Tensors importSqueeze(Node &node) {
  Tensor input = node.takeTensor("self");
  auto given = node.takeInts("dim");
  if (!input)
    return {{}};
  auto axes = node.resolveAxes(given.value_or(SmallVector<int64_t>()),
                               std::max<size_t>(getRank(input), 1));
  if (!axes)
    return {{}};
  SmallVector<int64_t> shape;
  for (auto [axis, size] : enumerate(input.getShape()))
    if (size != 1 || (given && !llvm::is_contained(*axes, axis)))
      shape.push_back(size);
  return {reshape(node, input, shape)};
}

static Tensors importUnsqueeze(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  auto axis = node.takeAxis("dim", std::nullopt, getRank(input) + 1);
  if (!axis)
    return {{}};
  SmallVector<int64_t> shape(input.getShape());
  shape.insert(shape.begin() + *axis, 1);
  return {reshape(node, input, shape)};
}

static Tensors importTranspose(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  bool isNumPys = node.has("axis0");
  auto first =
      node.takeAxis(isNumPys ? "axis0" : "dim0", std::nullopt, getRank(input));
  auto second =
      node.takeAxis(isNumPys ? "axis1" : "dim1", std::nullopt, getRank(input));
  if (!first || !second)
    return {{}};
  SmallVector<int64_t> permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, getRank(input)));
  std::swap(permutation[*first], permutation[*second]);
  return {transpose(node, input, permutation)};
}

/// Moves axes `source` to `destination`; the others keep their order.
static Tensors importMoveDim(Node &node) {
  Tensor input = node.takeTensor("self");
  auto from = node.takeInts("source"), to = node.takeInts("destination");
  if (!input || !from || !to)
    return {{}};
  int64_t rank = getRank(input);
  if (from->size() != to->size() || !node.resolveAxes(*from, rank) ||
      !node.resolveAxes(*to, rank)) {
    if (!node.hasFailed())
      node.emitError() << "expects as many sources as destinations";
    return {{}};
  }
  SmallVector<int64_t> permutation(rank, -1);
  for (auto [source, destination] : zip_equal(*from, *to))
    permutation[destination + (destination < 0 ? rank : 0)] =
        source + (source < 0 ? rank : 0);
  int64_t next = 0;
  for (int64_t &axis : permutation) {
    if (axis >= 0)
      continue;
    while (llvm::is_contained(permutation, next))
      ++next;
    axis = next;
  }
  return {transpose(node, input, permutation)};
}

/// Of the matrices on the last two axes.
static Tensors importMatrixT(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  SmallVector<int64_t> permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, getRank(input)));
  if (permutation.size() < 2) {
    node.emitError() << "expects matrices, but got shape "
                     << formatShape(input.getShape());
    return {{}};
  }
  std::swap(permutation[permutation.size() - 1],
            permutation[permutation.size() - 2]);
  return {transpose(node, input, permutation)};
}

/// Of a matrix.
static Tensors importT(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input || getRank(input) < 2)
    return {input};
  if (getRank(input) == 2)
    return {transpose(node, input, {1, 0})};
  node.emitError() << "expects a matrix, but got shape "
                   << formatShape(input.getShape());
  return {{}};
}

static Tensors importPermute(Node &node) {
  Tensor input = node.takeTensor("self");
  auto permutation = node.takeInts("dims");
  if (!input || !permutation || !node.resolveAxes(*permutation, getRank(input)))
    return {{}};
  if (permutation->size() != getRank(input)) {
    node.emitError() << "expects an order of " << getRank(input)
                     << " axes, but got " << formatShape(*permutation);
    return {{}};
  }
  for (int64_t &axis : *permutation)
    axis += axis < 0 ? getRank(input) : 0;
  return {transpose(node, input, *permutation)};
}

/// Repeats along axes of size 1, and new ones in front; -1 leaves a size.
static Tensors importExpand(Node &node) {
  Tensor input = node.takeTensor("self");
  auto sizes = node.takeInts("size");
  node.ignore("implicit");
  if (!input || !sizes)
    return {{}};
  ArrayRef<int64_t> shape = input.getShape();
  if (sizes->size() >= shape.size())
    for (size_t i = 0; i < shape.size(); ++i)
      if (int64_t &size = (*sizes)[sizes->size() - shape.size() + i];
          size == -1)
        size = shape[i];
  if (broadcast(shape, *sizes) != sizes) {
    node.emitError() << "expects a shape that the input broadcasts to, but got "
                     << formatShape(shape) << " and " << formatShape(*sizes);
    return {{}};
  }
  return {repeat(node, input, *sizes)};
}

static Tensors importExpandAs(Node &node) {
  Tensor input = node.takeTensor("self"), other = node.takeTensor("other");
  if (!input || !other)
    return {{}};
  SmallVector<int64_t> sizes(other.getShape());
  if (broadcast(input.getShape(), sizes) != sizes) {
    node.emitError() << "expects a shape that the input broadcasts to";
    return {{}};
  }
  return {repeat(node, input, sizes)};
}

static Tensors importRepeat(Node &node) {
  Tensor input = node.takeTensor("self");
  auto counts = node.takeInts(node.has("repeats") ? "repeats" : "dims");
  if (!input || !counts)
    return {{}};
  // New axes in front, or counts that are left out there.
  SmallVector<int64_t> shape(input.getShape());
  if (counts->size() > shape.size())
    shape.insert(shape.begin(), counts->size() - shape.size(), 1);
  else
    counts->insert(counts->begin(), shape.size() - counts->size(), 1);
  Tensor extended = reshape(node, input, shape);
  return {extended ? tile(node, extended, *counts) : Tensor()};
}

static Tensors importCat(Node &node) {
  Tensors given = node.takeTensors("tensors"), inputs;
  for (const Tensor &input : given) {
    if (!input)
      return {{}};
    // What has no elements at all may have any rank.
    if (input.getShape() != ArrayRef<int64_t>{0})
      inputs.push_back(input);
  }
  if (inputs.empty())
    return {given.empty() ? Tensor() : given.front()};
  auto axis = node.takeAxis("dim", 0, getRank(inputs.front()));
  return {axis ? concat(node, inputs, *axis) : Tensor()};
}

static Tensors importStack(Node &node) {
  Tensors inputs = node.takeTensors("tensors");
  if (inputs.empty() || !inputs.front())
    return {{}};
  auto axis = node.takeAxis("dim", 0, getRank(inputs.front()) + 1);
  if (!axis)
    return {{}};
  SmallVector<int64_t> shape(inputs.front().getShape());
  shape.insert(shape.begin() + *axis, 1);
  for (Tensor &input : inputs)
    if (!(input = reshape(node, input, shape)))
      return {{}};
  return {concat(node, inputs, *axis)};
}

/// Another shape of elements that lie one behind the other.
static Tensors importAsStrided(Node &node) {
  Tensor input = node.takeTensor("self");
  auto size = node.takeInts("size"), strides = node.takeInts("stride");
  if (!input || !size || !strides)
    return {{}};
  SmallVector<int64_t> expected = getRowMajorStrides(*size);
  bool isRowMajor = size->size() == strides->size();
  for (size_t axis = 0; isRowMajor && axis < size->size(); ++axis)
    isRowMajor = (*size)[axis] == 1 || (*strides)[axis] == expected[axis];
  if (!isRowMajor || node.takeInt("storage_offset", 0) != 0) {
    node.emitError() << "unsupported strides of as_strided, expects elements "
                        "one behind the other";
    return {{}};
  }
  return {reshape(node, input, *size)};
}

ArrayRef<Operator> frieze::torch::getShapeOperators() {
  static const Operator operators[] = {
      {"_unsafe_view.default", importView, ValueTypes::View},
      {"as_strided.default", importAsStrided, ValueTypes::View},
      {"cat.default", importCat, ValueTypes::Any},
      {"concat.default", importCat, ValueTypes::Any},
      {"expand.default", importExpand, ValueTypes::View},
      {"expand_as.default", importExpandAs, ValueTypes::View},
      {"flatten.using_ints", importFlatten, ValueTypes::View},
      {"mT.default", importMatrixT, ValueTypes::View},
      {"movedim.int", importMoveDim, ValueTypes::View},
      {"movedim.intlist", importMoveDim, ValueTypes::View},
      {"permute.default", importPermute, ValueTypes::View},
      {"repeat.default", importRepeat, ValueTypes::Any},
      {"reshape.default", importView, ValueTypes::View},
      {"reshape_as.default", importViewAs, ValueTypes::View},
      {"squeeze.default", importSqueeze, ValueTypes::View},
      {"squeeze.dim", importSqueeze, ValueTypes::View},
      {"squeeze.dims", importSqueeze, ValueTypes::View},
      {"stack.default", importStack, ValueTypes::Any},
      {"swapaxes.default", importTranspose, ValueTypes::View},
      {"swapdims.default", importTranspose, ValueTypes::View},
      {"t.default", importT, ValueTypes::View},
      {"tile.default", importRepeat, ValueTypes::Any},
      {"transpose.int", importTranspose, ValueTypes::View},
      {"unflatten.int", importUnflatten, ValueTypes::View},
      {"unsqueeze.default", importUnsqueeze, ValueTypes::View},
      {"view.default", importView, ValueTypes::View},
      {"view_as.default", importViewAs, ValueTypes::View},
  };
  return operators;
}
