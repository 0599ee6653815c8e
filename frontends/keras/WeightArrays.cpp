//===- WeightArrays.cpp - Arrays as a Keras layer expects them --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/WeightLayouts.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::keras;

/// The shape of an array whose axis i is axis `layout[i]` of `shape`, or of
/// size one where that is negative.
static SmallVector<int64_t> permute(ArrayRef<int64_t> shape,
                                    ArrayRef<int64_t> layout) {
  SmallVector<int64_t> permuted;
  for (int64_t axis : layout)
    permuted.push_back(axis < 0 ? 1 : shape[axis]);
  return permuted;
}

/// The array of `shape` that is stored with axes in another order.
static DoubleArray restore(const DoubleArray &stored, ArrayRef<int64_t> shape,
                           ArrayRef<int64_t> layout) {
  // How far apart neighbours along each axis of the result are stored.
  SmallVector<int64_t> distances(shape.size(), 0);
  int64_t distance = 1;
  for (auto [axis, size] :
       llvm::reverse(llvm::zip_equal(layout, stored.shape))) {
    if (axis >= 0)
      distances[axis] = distance;
    distance *= size;
  }
  return {SmallVector<int64_t>(shape),
          readStrided<double>(stored.values, shape, distances)};
}

Expected<DoubleArray> keras::readArray(Hdf5File &file, const Twine &path,
                                       const WeightSpec &spec) {
  std::string name = path.str();
  auto expectation = [&](ArrayRef<int64_t> shape) {
    return ("expects " + spec.name + " of shape " + formatShape(shape) +
            " at " + name + ", but got ")
        .str();
  };
  SmallVector<int64_t> expected =
      spec.layouts.empty() ? spec.shape
                           : permute(spec.shape, spec.layouts.front());
  if (!file.isDataset(name))
    return makeError(expectation(expected) + "none");
  Expected<SmallVector<int64_t>> shape = file.getDatasetShape(name);
  if (!shape)
    return shape.takeError();
  if (spec.layouts.empty() && *shape == spec.shape)
    return file.readDataset(name);
  for (const SmallVector<int64_t> &layout : spec.layouts)
    if (*shape == permute(spec.shape, layout)) {
      Expected<DoubleArray> stored = file.readDataset(name);
      if (!stored)
        return stored.takeError();
      return restore(*stored, spec.shape, layout);
    }
  return makeError(expectation(expected) + formatShape(*shape));
}

Expected<std::vector<DoubleArray>> keras::readArrays(
    ArrayRef<WeightSpec> specs,
    function_ref<Expected<DoubleArray>(size_t, const WeightSpec &)> read) {
  std::vector<DoubleArray> arrays;
  Error errors = Error::success();
  for (auto [index, spec] : enumerate(specs)) {
    Expected<DoubleArray> array = read(index, spec);
    if (array)
      arrays.push_back(std::move(*array));
    else
      errors = joinErrors(std::move(errors), array.takeError());
  }
  if (errors)
    return std::move(errors);
  return arrays;
}
