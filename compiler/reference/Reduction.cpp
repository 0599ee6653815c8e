//===- Reduction.cpp - Sums and extremes over axes --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/OpAccess.h"

#include <limits>

using namespace frieze;
using namespace frieze::nn;
using namespace frieze::reference;

std::vector<ReductionPlace>
reference::placeForReduction(llvm::ArrayRef<int64_t> shape,
                             llvm::ArrayRef<int64_t> axes) {
  // The last axes that are reduced; an axis of size 1 may count as one.
  size_t elements = 1, run = 1;
  bool isTrailing = true;
  for (size_t axis = shape.size(); axis-- > 0;) {
    elements *= shape[axis];
    isTrailing &= shape[axis] == 1 || llvm::is_contained(axes, (int64_t)axis);
    run *= isTrailing ? shape[axis] : 1;
  }
  std::vector<ReductionPlace> places;
  for (size_t element = 0; element < elements; ++element) {
    size_t rest = element, result = 0, stride = 1;
    for (size_t axis = shape.size(); axis-- > 0; rest /= shape[axis]) {
      if (llvm::is_contained(axes, (int64_t)axis))
        continue;
      result += rest % shape[axis] * stride;
      stride *= shape[axis];
    }
    places.push_back({result, element % run % reductionChains});
  }
  return places;
}

template <typename T> static Tensor<T> reduce(ReduceOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<ReduceOp, T>(op);
  auto with = [&](T start, auto combine) {
    auto take = [&](T partial, T element, size_t) {
      return combine(partial, element);
    };
    y.values = reduceAxes(x, op.getAxes(), start, take, combine);
  };
  constexpr T infinity = std::numeric_limits<T>::infinity();
  switch (op.getKind()) {
  case ReduceKind::Mean:
  case ReduceKind::Sum:
    // Adding to -0 leaves the first element as it is.
    with(T(-0.0), [](T a, T b) { return a + b; });
    break;
  case ReduceKind::Max:
    with(-infinity, maximum<T>);
    break;
  case ReduceKind::Min:
    with(infinity, minimum<T>);
    break;
  case ReduceKind::Prod:
    with(T(1), [](T a, T b) { return a * b; });
    break;
  }
  if (op.getKind() == ReduceKind::Mean)
    for (T &value : y.values)
      value *= T(1) / T(x.values.size() / y.values.size());
  return y;
}

template <typename T>
static Tensor<T> normalize(NormalizeOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<NormalizeOp, T>(op);
  std::vector<ReductionPlace> places = placeForReduction(x.shape, op.getAxes());
  size_t results = places.back().result + 1;
  T reciprocal = T(1) / T(x.values.size() / results);
  T epsilon = op.getEpsilon().convertToDouble();
  auto add = [](T a, T b) { return a + b; };
  NormalizeKind kind = op.getKind();
  bool isCentred =
      kind == NormalizeKind::Standard || kind == NormalizeKind::Deviation;

  std::vector<T> means(results, 0);
  if (isCentred) {
    means = reduceAxes(
        x, op.getAxes(), T(-0.0),
        [](T sum, T element, size_t) { return sum + element; }, add);
    for (T &mean : means)
      mean *= reciprocal;
  }
  std::vector<T> factors = reduceAxes(
      x, op.getAxes(), T(-0.0),
      [&](T sum, T element, size_t result) {
        T difference = isCentred ? element - means[result] : element;
        return multiplyAdd(difference, difference, sum);
      },
      add);
  for (T &factor : factors)
    factor = T(1) / (kind == NormalizeKind::L2
                         ? maximum(std::sqrt(factor), epsilon)
                         : std::sqrt(factor * reciprocal + epsilon));
  for (size_t i = 0; i < x.values.size(); ++i) {
    size_t result = places[i].result;
    y.values[i] = (kind == NormalizeKind::Standard ? x.values[i] - means[result]
                                                   : x.values[i]) *
                  factors[result];
  }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

void reference::addReductionSemantics(SemanticsTable &table) {
  table.add<ReduceOp>(
      [](auto op, auto operands) { return reduce(op, operands[0]); });
  table.add<NormalizeOp>(
      [](auto op, auto operands) { return normalize(op, operands[0]); });
}
