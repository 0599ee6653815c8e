//===- Spectra.cpp - ONNX Fourier transforms --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Transforms are products with matrices of cosines and sines: no fast ones, so
// that they fold into what is linear around them, and are short where signals
// are. Complex numbers lie along a last axis of two.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Operands.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// The numbers of a matrix.
static constexpr int64_t maxEntries = int64_t(1) << 24;

/// `exp(sign 2 pi i k n / length)`, with exact zeros.
static std::pair<double, double> rotate(int64_t k, int64_t n, int64_t length,
                                        double sign) {
  int64_t turned = k * n % length;
  double angle = 2.0 * M_PI * double(turned) / double(length);
  bool isHalf = 2 * turned % length == 0;
  bool isQuarter = 4 * turned % length == 0 && !isHalf;
  return {isQuarter ? 0.0 : std::cos(angle),
          isHalf ? 0.0 : sign * std::sin(angle)};
}

/// The only number of an input, from `minimum`; nothing where absent, or not a
/// constant, which is reported.
static std::optional<int64_t> getSize(Node &node, size_t index,
                                      int64_t minimum) {
  if (!node.hasInput(index))
    return std::nullopt;
  std::optional<SmallVector<int64_t>> sizes = node.getIntegers(index);
  if (!sizes)
    return std::nullopt;
  if (sizes->size() == 1 && sizes->front() >= minimum &&
      sizes->front() <= maxElements)
    return sizes->front();
  node.emitError() << "expects input " << index << " to be one number from "
                   << minimum;
  return std::nullopt;
}

static bool checkEntries(Node &node, int64_t rows, int64_t columns) {
  if (rows <= maxEntries && columns <= maxEntries &&
      rows * columns <= maxEntries)
    return true;
  node.emitError() << "expects a transform of at most " << maxEntries
                   << " numbers, but got " << rows << " times " << columns;
  return false;
}

//===----------------------------------------------------------------------===//
// Of frames
//===----------------------------------------------------------------------===//

/// Frames of a real signal, (batch, samples) or (batch, samples, 1), weighed
/// and transformed: (batch, frames, frequencies, 2). A convolution.
static Tensors importSTFT(Node &node) {
  bool isOneSided = node.takeBool("onesided", true);
  std::optional<int64_t> step = getSize(node, 1, 1),
                         given = getSize(node, 3, 1);
  const Constant *window = node.hasInput(2) ? node.getConstant(2) : nullptr;
  SmallVector<int64_t> shape(node.getShape());
  if (shape.size() == 2)
    shape.push_back(1);
  if (!node.hasFailed() && (shape.size() != 3 || shape[2] != 1))
    node.emitError() << "expects a real signal of shape (batch, samples, 1), "
                        "but got "
                     << formatShape(node.getShape());
  if (!step || node.hasFailed())
    return {{}};
  int64_t length = given ? *given : window ? int64_t(window->values.size()) : 0;
  if (length < 1 || length > shape[1] ||
      (window && (window->shape.size() != 1 ||
                  int64_t(window->values.size()) != length))) {
    node.emitError() << "expects frames of 1 to " << shape[1]
                     << " samples, with a window as long, but got " << length;
    return {{}};
  }
  int64_t bins = isOneSided ? length / 2 + 1 : length;
  if (!checkEntries(node, length, 2 * bins))
    return {{}};
  DoubleArray kernel{{length, 1, 2 * bins}, {}};
  for (int64_t n = 0; n < length; ++n)
    for (int64_t k = 0; k < bins; ++k) {
      auto [cosine, sine] = rotate(k, n, length, -1.0);
      double weight = window ? window->values[n] : 1.0;
      kernel.values.push_back(weight * cosine);
      kernel.values.push_back(weight * sine);
    }
  Tensor signal = reshape(node, Tensor(node.getValue()), shape);
  Value result =
      node.builder.conv(node.name, signal.value,
                        node.builder.addWeights(node.name, "kernel", kernel),
                        {}, WindowGeometry{{length}, {*step}, {1}, {0, 0}}, 1);
  int64_t frames = (shape[1] - length) / *step + 1;
  return {reshape(node, Tensor(result), {shape[0], frames, bins, 2})};
}

//===----------------------------------------------------------------------===//
// Of an axis
//===----------------------------------------------------------------------===//

namespace {
/// What a transform along an axis computes of what.
struct Transform {
  /// Sizes along the axis, and of the last one: 1 real, 2 complex.
  int64_t size, parts, newSize, newParts;
  /// Samples of the transform, of which what is missing is zero.
  int64_t length;
  bool isInverse, isOneSided;

  Constant makeMatrix() const;
};
} // namespace

/// (size parts, newSize newParts). Of one side, an inverse takes the other one
/// to be its mirror image, and gives real numbers.
Constant Transform::makeMatrix() const {
  Constant matrix{DataType::Float,
                  {size * parts, newSize * newParts},
                  std::vector<double>(size * parts * newSize * newParts, 0.0)};
  auto at = [&](int64_t row, int64_t column) -> double & {
    return matrix.values[row * newSize * newParts + column];
  };
  bool isMirrored = isInverse && isOneSided;
  int64_t count = std::min(size, isMirrored ? length / 2 + 1 : length);
  for (int64_t n = 0; n < count; ++n)
    for (int64_t k = 0; k < newSize; ++k) {
      auto [cosine, sine] = rotate(k, n, length, isInverse ? 1.0 : -1.0);
      bool isTwice = isMirrored && n != 0 && 2 * n != length;
      double factor =
          (isTwice ? 2.0 : 1.0) / (isInverse ? double(length) : 1.0);
      at(n * parts, k * newParts) = factor * cosine;
      if (newParts == 2)
        at(n * parts, k * newParts + 1) = factor * sine;
      if (parts == 2)
        at(n * parts + 1, k * newParts) = -factor * sine;
      if (parts == 2 && newParts == 2)
        at(n * parts + 1, k * newParts + 1) = factor * cosine;
    }
  return matrix;
}

/// Along an axis of (batch, …, 1 or 2).
static Tensors importDFT(Node &node) {
  Transform how;
  how.isInverse = node.takeBool("inverse", false);
  how.isOneSided = node.takeBool("onesided", false);
  SmallVector<int64_t> shape(node.getShape());
  int64_t rank = shape.size();
  int64_t axis = node.opset < 20 ? node.takeInt("axis", 1) : -2;
  if (node.opset >= 20 && node.hasInput(2))
    axis = getSize(node, 2, -maxElements).value_or(axis);
  std::optional<int64_t> length = getSize(node, 1, 1);
  if (node.hasFailed())
    return {{}};
  axis += axis < 0 ? rank : 0;
  if (axis < 1 || axis > rank - 2 ||
      (shape[rank - 1] != 1 && shape[rank - 1] != 2)) {
    node.emitError() << "expects an axis between that of the batch and the "
                        "last one, of size 1 or 2, but got axis "
                     << axis << " of shape " << formatShape(shape);
    return {{}};
  }
  how.size = shape[axis];
  how.parts = shape.back();
  how.length = length.value_or(how.size);
  if (how.isOneSided &&
      (how.isInverse ? how.parts != 2 || !length : how.parts != 1)) {
    node.emitError() << "expects 'onesided' of a real signal, or an inverse of "
                        "a complex one of a given length";
    return {{}};
  }
  how.newSize =
      how.isOneSided && !how.isInverse ? how.length / 2 + 1 : how.length;
  how.newParts = how.isOneSided && how.isInverse ? 1 : 2;
  if (!checkEntries(node, how.size * how.parts, how.newSize * how.newParts))
    return {{}};
  // The axis goes to the end, beside that of the parts, and back.
  SmallVector<int64_t> order, back;
  for (int64_t i = 0; i < rank; ++i)
    if (i != axis && i != rank - 1)
      order.push_back(i);
  order.append({axis, rank - 1});
  back.resize(rank);
  for (auto [position, from] : enumerate(order))
    back[from] = position;
  SmallVector<int64_t> rows;
  for (int64_t i : ArrayRef(order).drop_back(2))
    rows.push_back(shape[i]);
  SmallVector<int64_t> result(rows);
  rows.push_back(how.size * how.parts);
  result.append({how.newSize, how.newParts});
  Tensor moved = transpose(node, Tensor(node.getValue()), order);
  Value flat = reshape(node, moved, rows).value;
  Tensor product(dense(node, flat, how.makeMatrix(), {}));
  return {transpose(node, reshape(node, product, result), back)};
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// `a - b cos(2 pi n / N) + c cos(4 pi n / N)`, over `unit`.
template <int a, int b, int c, int unit>
static Tensors importWindow(Node &node) {
  bool isPeriodic = node.takeBool("periodic", true);
  node.expectOnly("output_datatype", int(DataType::Float));
  std::optional<int64_t> size = getSize(node, 0, 1);
  if (!size || !checkFolded(node, {*size}))
    return {{}};
  double period = std::max<int64_t>(isPeriodic ? *size : *size - 1, 1);
  Constant window{DataType::Float, {*size}, {}};
  for (int64_t n = 0; n < *size; ++n) {
    double angle = 2.0 * M_PI * double(n) / period;
    double value = a - b * std::cos(angle) + c * std::cos(2.0 * angle);
    window.values.push_back(roundTo(value / unit, window.type));
  }
  return {std::move(window)};
}

ArrayRef<Operator> frieze::onnx::getSpectrumOperators() {
  static const Operator operators[] = {
      {"BlackmanWindow", importWindow<42, 50, 8, 100>},
      {"DFT", importDFT, 1, 3},
      {"HammingWindow", importWindow<25, 21, 0, 46>},
      {"HannWindow", importWindow<1, 1, 0, 2>},
      {"STFT", importSTFT, 2, 4},
  };
  return operators;
}
