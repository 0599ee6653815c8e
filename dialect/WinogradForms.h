//===- WinogradForms.h - Schemes of minimal filtering -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_WINOGRADFORMS_H
#define FRIEZE_DIALECT_WINOGRADFORMS_H

#include "dialect/LinearTransform.h"

#include <mutex>

namespace frieze::nn {

/// Where the polynomials of a form are evaluated: at a rational number, or at
/// `i` and `-i` together.
struct WinogradPoint {
  int64_t numerator = 0, denominator = 1;
  bool isImaginary = false;
};

/// F(outputs, taps) along one axis (Winograd, "Arithmetic Complexity of
/// Computations", 1980; Lavin and Gray, "Fast Algorithms for Convolutional
/// Neural Networks", 2016): `outputs` neighbouring results of a filter with
/// `taps` taps from `outputs + taps - 1` inputs d and as many products,
/// `y = A^T ((G g) * (B^T d))`, made from as many points, of which infinity is
/// always one. The pair i and -i takes three products for two points, as a
/// product of complex numbers does, but all its factors are 0, 1 and -1. F(1,1)
/// is a plain product, for the axis along which a window has one tap.
class WinogradForm {
public:
  /// Infinity is not in `points`.
  WinogradForm(int64_t outputs, int64_t taps,
               llvm::ArrayRef<WinogradPoint> points);

  int64_t getInputs() const { return outputs + taps - 1; }
  /// Products of an input and a weight.
  int64_t getPoints() const;
  /// B^T, with points as results.
  const LinearTransform &getInputTransform() const { return get().input; }
  /// A^T.
  const LinearTransform &getOutputTransform() const { return get().output; }
  /// G: one row per point, one column per tap.
  llvm::ArrayRef<double> getKernelTransform() const { return get().kernel; }
  /// A product that goes into every output with factor 1: its sum starts from
  /// the bias.
  int64_t getBiasPoint() const { return get().biasPoint; }
  /// Whether an output depends on inputs that its own window does not read,
  /// which cancel only up to rounding. F(2, .) with the point 0 has none: 0
  /// alone meets the first input, and infinity alone the last, and each of
  /// these goes into the one result that reads that input.
  bool reachesBeyond() const { return get().reachesBeyond; }

  const int64_t outputs, taps;

private:
  struct Matrices;
  struct Transforms {
    explicit Transforms(const Matrices &matrices);

    LinearTransform input, output;
    llvm::SmallVector<double> kernel;
    int64_t biasPoint;
    bool reachesBeyond;
  };
  /// Made when first asked for: a model has few of the forms.
  const Transforms &get() const;

  llvm::SmallVector<WinogradPoint> points;
  mutable std::once_flag isMade;
  mutable std::optional<Transforms> transforms;
};

/// How a convolution is filtered: a form along each axis of an image, or two of
/// a sequence, one within the other.
struct WinogradScheme {
  enum class Kind {
    Sequence,
    Image,
    /// F(rows.outputs, rows.taps) over blocks of a sequence, each by
    /// `columns`, which has as many outputs as taps.
    Nested
  };

  Kind kind;
  const WinogradForm *rows, *columns;
  /// Errors where inputs and results have unit variance, of 64 channels: their
  /// root mean square, and the largest, in units of 1e-5 + 1e-5 |y|.
  /// `WinogradTest` measures them.
  double error, largest;

  int64_t getPoints() const { return rows->getPoints() * columns->getPoints(); }
  /// Results and products of a tile along each axis of the conv, whose window
  /// has so many pieces.
  llvm::SmallVector<int64_t> getOutputs() const;
  llvm::SmallVector<int64_t> getProducts(int64_t pieces = 1) const;
  /// Whether a longer window can be computed in pieces, each with as many taps
  /// as a tile has results: one tile's inputs for a piece are then those of a
  /// later tile for the first, and are transformed once. Of a form that is not
  /// nested, pieces would have more products than nesting it has.
  bool hasPieces() const {
    return kind == Kind::Nested && rows->outputs == rows->taps;
  }
  /// Whether there are as many products as inputs of a tile.
  bool hasFewestProducts() const;
  bool reachesBeyond() const {
    return rows->reachesBeyond() || columns->reachesBeyond();
  }
};

/// All schemes, each with results and products of its own among those for a
/// number of taps.
llvm::ArrayRef<WinogradScheme> getWinogradSchemes();

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_WINOGRADFORMS_H
