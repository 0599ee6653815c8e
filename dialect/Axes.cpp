//===- Axes.cpp - What ops do along axes, and permutations ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Axes.h"
#include "dialect/NNOps.h"
#include "dialect/Weights.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

bool nn::keepsPositionsApart(Operation *op, int64_t axis) {
  auto layer = dyn_cast<LayerOpInterface>(op);
  if (!layer || op->getNumResults() != 1)
    return false;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || axis < 0 || axis >= type.getRank())
    return false;
  if (auto kernel = dyn_cast<EpilogueOpInterface>(op))
    for (Attribute stage : kernel.getEpilogueStages()) {
      // Affines along the axis treat each position differently.
      if (auto affine = dyn_cast<AffineStageAttr>(stage))
        if (affine.getAxis() == axis)
          return false;
      bool isSpatial = axis > 0 && axis < type.getRank() - 1;
      if (isa<PoolStageAttr>(stage) && isSpatial)
        return false;
    }
  return layer.keepsPositionsApart(axis);
}

RankedTensorType nn::changeSamples(Type type, int64_t from, int64_t to) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape(tensor.getShape());
  shape[0] = shape[0] / from * to;
  return tensor.clone(shape);
}

Permutation nn::invert(ArrayRef<int64_t> permutation) {
  Permutation inverse(permutation.size());
  for (auto [position, axis] : llvm::enumerate(permutation))
    inverse[axis] = position;
  return inverse;
}

SmallVector<int64_t> nn::moveEntries(ArrayRef<int64_t> entries,
                                     ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> moved(entries.size());
  for (auto [position, axis] : llvm::enumerate(permutation))
    moved[axis] = entries[position];
  return moved;
}

SmallVector<int64_t> nn::renameAxes(ArrayRef<int64_t> axes,
                                    ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> renamed;
  for (int64_t axis : axes)
    renamed.push_back(permutation[axis]);
  llvm::sort(renamed);
  return renamed;
}

RankedTensorType nn::permute(Type type, ArrayRef<int64_t> permutation) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape;
  for (int64_t axis : permutation)
    shape.push_back(tensor.getDimSize(axis));
  return tensor.clone(shape);
}

FailureOr<ElementsAttr> nn::transposeWeights(ElementsAttr weights,
                                             ArrayRef<int64_t> permutation) {
  auto values = readWeights(weights);
  if (failed(values))
    return failure();
  ArrayRef<int64_t> shape = weights.getShapedType().getShape();
  SmallVector<int64_t> strides(shape.size(), 1), index(shape.size(), 0);
  for (size_t axis = shape.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * shape[axis];
  SmallVector<double> moved;
  while (moved.size() < values->size()) {
    int64_t position = 0;
    for (auto [axis, source] : llvm::enumerate(permutation))
      position += index[axis] * strides[source];
    moved.push_back((*values)[position]);
    for (size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[permutation[axis]])
        break;
      index[axis] = 0;
    }
  }
  return createWeightsLike(
      weights, permute(weights.getShapedType(), permutation).getShape(), moved);
}
