//===- GraphNode.h - One node of a graph being imported ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What formats whose files are graphs of operators on tensors have in common:
// tensors are constants or values, and whatever moves or combines them takes
// both.
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_GRAPHNODE_H
#define FRIEZE_FRONTENDS_GRAPHNODE_H

#include "frontends/ModelBuilder.h"
#include "frontends/Tensor.h"

#include <cmath>

namespace frieze {

using Tensors = llvm::SmallVector<Tensor, 2>;

/// One node being imported: what it builds with and where problems of it are
/// reported.
class GraphNode {
public:
  GraphNode(ModelBuilder &builder, std::string name)
      : builder(builder), name(std::move(name)) {}

  ModelBuilder &builder;
  const std::string name;

  /// Begins the report of a problem of this node.
  mlir::InFlightDiagnostic emitError();
  bool hasFailed() const { return failed; }

  /// The axes of a tensor of `rank` that `axes` mean, which may count from the
  /// end; sorted and each once. Nothing, and reported, where one is none.
  std::optional<llvm::SmallVector<int64_t>>
  resolveAxes(llvm::ArrayRef<int64_t> axes, size_t rank);
  std::optional<int64_t> resolveAxis(int64_t axis, size_t rank);

  /// The tensor as a value of the model, which a constant becomes.
  mlir::Value makeValue(const Tensor &tensor);

private:
  bool failed = false;
};

/// Whether a constant that is computed may have `shape`; reported if not. A
/// file of a few bytes can ask for any size.
bool checkFolded(GraphNode &node, llvm::ArrayRef<int64_t> shape);

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

/// `input` with `shape`, batch and all.
Tensor reshape(GraphNode &node, const Tensor &input,
               llvm::ArrayRef<int64_t> shape);
Tensor transpose(GraphNode &node, const Tensor &input,
                 llvm::ArrayRef<int64_t> permutation);

/// `(batch, channels, ...)` to `(batch, ..., channels)`, which is how nn has
/// images and sequences, and back.
mlir::Value toChannelsLast(GraphNode &node, mlir::Value input);
mlir::Value toChannelsFirst(GraphNode &node, mlir::Value input);

/// `(steps, batch, channels)` as nn has sequences, with the batch first. An
/// axis 0 that the file leaves open would be taken for one sample, but is one
/// step here, and is reported.
mlir::Value toBatchFirst(GraphNode &node, mlir::Value input);

/// Where a slice begins, how many elements it has and how far apart they are,
/// for each axis.
struct Slice {
  llvm::SmallVector<int64_t> begin, size, strides;

  /// All of a tensor of `shape`.
  explicit Slice(llvm::ArrayRef<int64_t> shape)
      : begin(shape.size(), 0), size(shape), strides(shape.size(), 1) {}

  /// Cuts an axis that is whole, as Python's `[start:end:step]` does. `step` is
  /// not 0.
  void cut(size_t axis, std::optional<int64_t> start,
           std::optional<int64_t> end, int64_t step);
};

Tensor slice(GraphNode &node, const Tensor &input, const Slice &slice);
/// Reports inputs that differ along other axes as well.
Tensor concat(GraphNode &node, llvm::ArrayRef<Tensor> inputs, int64_t axis);
/// The parts of `input` along an axis, of the sizes `parts`, which are those of
/// the node's outputs; null ones where `isUsed` says that nothing reads them.
/// Reports parts that are not the whole.
Tensors split(GraphNode &node, const Tensor &input, int64_t axis,
              llvm::ArrayRef<int64_t> parts, size_t numOutputs,
              llvm::function_ref<bool(size_t index)> isUsed);
/// The positions `indices` along an axis, which may count from the end: a slice
/// of a value for each part of them that is evenly spaced.
Tensor gather(GraphNode &node, const Tensor &input, int64_t axis,
              const Constant &indices);
/// Negative padding takes positions away.
mlir::Value padValue(GraphNode &node, mlir::Value input,
                     llvm::SmallVector<int64_t> low,
                     llvm::SmallVector<int64_t> high, double value,
                     nn::PadMode mode);

/// How far apart neighbours along each axis are, row major.
llvm::SmallVector<int64_t> getRowMajorStrides(llvm::ArrayRef<int64_t> shape);
/// The constant of `shape` whose element at `index` is that of `from` at
/// position `pick(index)`, row major.
Tensor
pickElements(GraphNode &node, const Constant &from,
             llvm::ArrayRef<int64_t> shape,
             llvm::function_ref<int64_t(llvm::ArrayRef<int64_t> index)> pick);

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// `(3, 1)` and `(4)` are `(3, 4)`. Nothing where they do not fit.
std::optional<llvm::SmallVector<int64_t>> broadcast(llvm::ArrayRef<int64_t> a,
                                                    llvm::ArrayRef<int64_t> b);
/// The elements of `constant` under the larger `shape`.
std::vector<double> expand(const Constant &constant,
                           llvm::ArrayRef<int64_t> shape);
/// `input`, repeated along axes of size 1 up to `shape`, which it broadcasts
/// to. A value is multiplied by ones, as nn repeats operands.
Tensor repeat(GraphNode &node, const Tensor &input,
              llvm::ArrayRef<int64_t> shape);
/// `input`, so many times along each axis.
Tensor tile(GraphNode &node, const Tensor &input,
            llvm::ArrayRef<int64_t> repeats);
/// With axes of size 1 in front, up to `rank`.
mlir::Value addAxes(GraphNode &node, mlir::Value value, size_t rank);

using BinaryFn = double (*)(double, double);

/// Reports shapes that do not fit, and division of integers by zero.
Tensor combineConstants(GraphNode &node, BinaryFn function, const Constant &a,
                        const Constant &b, bool isComparison = false);
/// Two tensors of which one at least is a value.
Tensor combine(GraphNode &node, nn::BinaryKind kind, const Tensor &lhs,
               const Tensor &rhs);
/// The same of constants as well. Comparisons are truth values.
Tensor combineAny(GraphNode &node, nn::BinaryKind kind, const Tensor &lhs,
                  const Tensor &rhs);
/// The same of truth values, whose minimum is "and", whose maximum is "or".
Tensor combineTruth(GraphNode &node, nn::BinaryKind kind, const Tensor &lhs,
                    const Tensor &rhs);

using UnaryFn = double (*)(double);

// Those that <cmath> lacks.
inline double square(double x) { return x * x; }
inline double relu(double x) { return 0 > x ? 0.0 : x; }
inline double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
inline double reciprocal(double x) { return 1.0 / x; }
inline double reciprocalRoot(double x) { return 1.0 / std::sqrt(x); }
inline double sign(double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : x; }

/// `function` of each element, rounded to the type of the constant.
Tensor mapConstant(const Constant &constant, UnaryFn function);
/// `function` of a constant, or of a value as nn's `kinds`, one after the
/// other.
Tensor applyFunction(GraphNode &node, const Tensor &input, UnaryFn function,
                     llvm::ArrayRef<nn::ActivationKind> kinds);
Tensor negate(GraphNode &node, const Tensor &input);
/// Whether each element is 0, as a truth value.
Tensor negateTruth(GraphNode &node, const Tensor &input);
/// The sine or the cosine; see addWave().
Tensor applyWave(GraphNode &node, const Tensor &input, bool isCosine);

/// A value to a constant power: a product or root where that is one, else a
/// power.
Tensor power(GraphNode &node, const Tensor &input, const Constant &exponent);

/// `x sigmoid(x)`, `x hard_sigmoid(x)` and GELU, which exporters write as
/// products with a gate. Null where the product is another one.
mlir::Value importGatedProduct(GraphNode &node, mlir::Value input,
                               mlir::Value gate);

/// The reduction of a constant to `shape`, by `combine` from `initial` on.
Tensor reduceConstant(GraphNode &node, const Constant &constant,
                      llvm::ArrayRef<int64_t> axes,
                      llvm::ArrayRef<int64_t> shape, double initial,
                      BinaryFn combine, bool isMean);
/// `x - max - log(sum(exp(x - max)))`, which no exponential can overflow.
mlir::Value logSoftmax(GraphNode &node, mlir::Value input, int64_t axis);

/// The product of the matrices on the last two axes; axes before repeat. That
/// of constants is one where the second is a matrix and it takes little work. A
/// vector on the right is a matrix of one column, whose axis the result lacks.
Tensor multiply(GraphNode &node, Tensor lhs, Tensor rhs);
/// A dense layer of `input` with a constant kernel of rank 2.
mlir::Value dense(GraphNode &node, mlir::Value input, const Constant &kernel,
                  mlir::ElementsAttr bias);

/// Adds to the high padding what the last window needs that a rounded up size
/// counts, on an input of `shape` (channels last): one more where the stride
/// leaves a rest, unless it would begin in the padding.
void padForCeiling(WindowGeometry &geometry, llvm::ArrayRef<int64_t> shape);
/// `input` (channels last) with the padding of `geometry`, which has none then.
mlir::Value padExplicitly(GraphNode &node, mlir::Value input,
                          WindowGeometry &geometry, double value);
/// A pooling of `input` (channels last). `ceilMode` lets a last window reach
/// over the end, but not begin there; `countsPadding` counts the padding of
/// `geometry` in averages, and never what the last window adds to it.
mlir::Value pool(GraphNode &node, nn::PoolKind kind, mlir::Value input,
                 WindowGeometry geometry, bool ceilMode, bool countsPadding);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_GRAPHNODE_H
