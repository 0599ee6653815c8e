//===- Interleave.cpp - Transposing in registers ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/Interleave.h"
#include "compiler/conversion/plan/Shuffles.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace frieze;

/// A lane of one of several vectors.
using Lane = std::pair<int64_t, int64_t>;

/// The vector of the given lanes of `sources`, of which there are at least two:
/// source after source, as processors shuffle two vectors at a time.
static Value pickLanes(KernelBuilder &kernel, ArrayRef<Value> sources,
                       ArrayRef<Lane> lanes) {
  int64_t width = lanes.size();
  Value result = sources.front();
  for (int64_t next = 1; next < (int64_t)sources.size(); ++next) {
    SmallVector<int64_t> mask;
    for (auto [i, lane] : llvm::enumerate(lanes)) {
      auto [source, position] = lane;
      if (source > next)
        mask.push_back(vector::ShuffleOp::kPoisonIndex);
      else if (source == next)
        mask.push_back(width + position);
      else
        mask.push_back(next == 1 ? position : int64_t(i));
    }
    result = vector::ShuffleOp::create(kernel.builder, kernel.getLocation(),
                                       result, sources[next], mask);
  }
  return result;
}

static int64_t getWidth(ArrayRef<Value> vectors) {
  return cast<VectorType>(vectors.front().getType()).getDimSize(0);
}

// Both go by prime factors: for p * q columns, first the columns by their
// number modulo p, and then each of the p parts into its q columns. That takes
// (p - 1) + (q - 1) shuffles for each vector instead of p * q - 1.

SmallVector<Value> frieze::deinterleave(KernelBuilder &kernel,
                                        ArrayRef<Value> vectors) {
  int64_t count = vectors.size();
  if (count == 1)
    return llvm::to_vector(vectors);
  int64_t factor = getLowestFactor(count), width = getWidth(vectors);
  SmallVector<Value> results(count);
  for (int64_t part = 0; part < factor; ++part) {
    SmallVector<Lane> lanes;
    for (int64_t i = 0; i < width; ++i) {
      int64_t element = i * factor + part;
      lanes.push_back({element / width, element % width});
    }
    SmallVector<Value> elements;
    for (int64_t first = 0; first < count; first += factor)
      elements.push_back(
          pickLanes(kernel, vectors.slice(first, factor), lanes));
    for (auto [i, column] : llvm::enumerate(deinterleave(kernel, elements)))
      results[part + factor * i] = column;
  }
  return results;
}

SmallVector<Value> frieze::interleave(KernelBuilder &kernel,
                                      ArrayRef<Value> vectors) {
  int64_t count = vectors.size();
  if (count == 1)
    return llvm::to_vector(vectors);
  int64_t factor = getLowestFactor(count), width = getWidth(vectors);
  SmallVector<SmallVector<Value>> parts;
  for (int64_t part = 0; part < factor; ++part) {
    SmallVector<Value> columns;
    for (int64_t column = part; column < count; column += factor)
      columns.push_back(vectors[column]);
    parts.push_back(interleave(kernel, columns));
  }
  SmallVector<Value> results;
  for (int64_t i = 0; i < count / factor; ++i) {
    SmallVector<Value> sources;
    for (const SmallVector<Value> &part : parts)
      sources.push_back(part[i]);
    for (int64_t result = 0; result < factor; ++result) {
      SmallVector<Lane> lanes;
      for (int64_t lane = 0; lane < width; ++lane) {
        int64_t element = result * width + lane;
        lanes.push_back({element % factor, element / factor});
      }
      results.push_back(pickLanes(kernel, sources, lanes));
    }
  }
  return results;
}
