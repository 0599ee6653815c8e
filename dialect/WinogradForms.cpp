//===- WinogradForms.cpp - Schemes of minimal filtering ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/WinogradForms.h"
#include "llvm/ADT/SmallVectorExtras.h"

using namespace frieze::nn;

namespace {
/// A complex number with rational parts.
struct Complex {
  Rational real, imaginary;
};
} // namespace

/// 1, x, x^2 and so on, where x is the first of the points that `point` stands
/// for.
static llvm::SmallVector<Complex> getPowers(const WinogradPoint &point,
                                            int64_t count) {
  Rational value(point.numerator, point.denominator);
  llvm::SmallVector<Complex> powers{{Rational(1), Rational(0)}};
  while ((int64_t)powers.size() < count) {
    Complex last = powers.back();
    powers.push_back(point.isImaginary
                         ? Complex{-last.imaginary, last.real}
                         : Complex{last.real * value, Rational(0)});
  }
  return powers;
}

/// Values of a polynomial of `count` coefficients at all points and infinity.
/// At i and -i: real part, imaginary part and, for products, their sum.
static RationalMatrix evaluateAt(llvm::ArrayRef<WinogradPoint> points,
                                 int64_t count, bool isForProducts) {
  RationalMatrix rows;
  for (const WinogradPoint &point : points) {
    llvm::SmallVector<Rational> real, imaginary, sum;
    for (const Complex &power : getPowers(point, count)) {
      real.push_back(power.real);
      imaginary.push_back(power.imaginary);
      sum.push_back(power.real + power.imaginary);
    }
    rows.push_back(real);
    if (point.isImaginary) {
      rows.push_back(imaginary);
      if (isForProducts)
        rows.push_back(sum);
    }
  }
  llvm::SmallVector<Rational> leading(count, Rational(0));
  leading.back() = Rational(1);
  rows.push_back(leading);
  return rows;
}

/// By elimination.
static RationalMatrix invert(RationalMatrix matrix) {
  int64_t size = matrix.size();
  for (int64_t row = 0; row < size; ++row)
    for (int64_t column = 0; column < size; ++column)
      matrix[row].push_back(Rational(row == column));
  for (int64_t column = 0; column < size; ++column) {
    int64_t pivot = column;
    while (matrix[pivot][column] == Rational(0))
      ++pivot;
    std::swap(matrix[column], matrix[pivot]);
    Rational scale = matrix[column][column];
    for (Rational &value : matrix[column])
      value /= scale;
    for (int64_t row = 0; row < size; ++row) {
      Rational factor = matrix[row][column];
      if (row == column || factor == Rational(0))
        continue;
      for (int64_t i = 0; i < 2 * size; ++i)
        matrix[row][i] -= factor * matrix[column][i];
    }
  }
  for (auto &row : matrix)
    row.erase(row.begin(), row.begin() + size);
  return matrix;
}

/// What to divide `values` by so that all are exact in float32, and as many as
/// can be are 1 or -1, the first of them 1.
static Rational getUnit(llvm::ArrayRef<Rational> values) {
  auto divideBy = [&](const Rational &unit) {
    return llvm::map_to_vector(values, [&](auto &v) { return v / unit; });
  };
  Rational best(0), least(0);
  int64_t most = 0;
  for (const Rational &unit : values) {
    if (unit == Rational(0))
      continue;
    if (least == Rational(0) || abs(unit) < abs(least))
      least = unit;
    auto divided = divideBy(unit);
    int64_t ones = llvm::count_if(
        divided, [](auto &value) { return abs(value) == Rational(1); });
    bool isExact = llvm::all_of(divided, isDyadic);
    if (isExact && (ones > most || (ones == most && abs(unit) < abs(best)))) {
      best = unit;
      most = ones;
    }
  }
  if (most)
    return best;
  llvm::DynamicAPInt odd(1);
  for (const Rational &value : divideBy(least))
    odd = lcm(odd, value.den);
  while (odd % 2 == 0)
    odd = odd / 2;
  return least / Rational(odd);
}

static llvm::SmallVector<Rational> getColumn(const RationalMatrix &matrix,
                                             int64_t column) {
  return llvm::map_to_vector(matrix, [&](auto &row) { return row[column]; });
}

/// A product of two polynomials by their values at the points (Toom and Cook),
/// transposed.
struct WinogradForm::Matrices {
  Matrices(int64_t outputs, int64_t taps, llvm::ArrayRef<WinogradPoint> points);

  /// B^T, A^T and G.
  RationalMatrix input, output, kernel;
};

WinogradForm::Matrices::Matrices(int64_t outputs, int64_t taps,
                                 llvm::ArrayRef<WinogradPoint> points) {
  int64_t inputs = outputs + taps - 1;
  RationalMatrix interpolation =
      invert(evaluateAt(points, inputs, /*isForProducts=*/false));
  RationalMatrix byPoint = evaluateAt(points, outputs, /*isForProducts=*/true);
  kernel = evaluateAt(points, taps, /*isForProducts=*/true);
  // Column `value` of the interpolation, times how that value is made from a
  // product, is a row of B^T.
  auto addRow = [&](std::initializer_list<std::pair<int64_t, int64_t>> values) {
    llvm::SmallVector<Rational> row(inputs, Rational(0));
    for (int64_t i = 0; i < inputs; ++i)
      for (auto [value, sign] : values)
        row[i] += Rational(sign) * interpolation[i][value];
    input.push_back(row);
  };
  int64_t value = 0;
  for (const WinogradPoint &point : points) {
    if (!point.isImaginary) {
      addRow({{value++, 1}});
      continue;
    }
    // (a + bi)(c + di) from ac, bd and (a + b)(c + d).
    addRow({{value, 1}, {value + 1, -1}});
    addRow({{value, -1}, {value + 1, -1}});
    addRow({{value + 1, 1}});
    value += 2;
  }
  addRow({{value, 1}});

  // Factors go to the kernel.
  for (size_t point = 0; point < input.size(); ++point) {
    Rational ofInput = getUnit(input[point]);
    Rational ofOutput = getUnit(byPoint[point]);
    for (Rational &entry : input[point])
      entry /= ofInput;
    for (Rational &entry : byPoint[point])
      entry /= ofOutput;
    for (Rational &entry : kernel[point])
      entry *= ofInput * ofOutput;
  }
  for (int64_t i = 0; i < outputs; ++i)
    output.push_back(getColumn(byPoint, i));
}

WinogradForm::Transforms::Transforms(const Matrices &matrices)
    : input(matrices.input), output(matrices.output), biasPoint(0),
      reachesBeyond(false) {
  for (auto &row : matrices.kernel)
    for (const Rational &entry : row)
      kernel.push_back(toDouble(entry));
  auto areOnes = [](llvm::ArrayRef<Rational> values) {
    return llvm::all_of(
        values, [](const Rational &value) { return value == Rational(1); });
  };
  while (!areOnes(getColumn(matrices.output, biasPoint)))
    ++biasPoint;
  int64_t taps = matrices.kernel.front().size();
  for (int64_t result = 0; result < output.getResults(); ++result)
    for (int64_t point = 0; point < input.getResults(); ++point)
      for (int64_t from = 0; from < input.getInputs(); ++from)
        if (matrices.output[result][point] != Rational(0) &&
            matrices.input[point][from] != Rational(0) &&
            (from < result || from >= result + taps))
          reachesBeyond = true;
}

WinogradForm::WinogradForm(int64_t outputs, int64_t taps,
                           llvm::ArrayRef<WinogradPoint> points)
    : outputs(outputs), taps(taps), points(points) {}

int64_t WinogradForm::getPoints() const {
  return getInputs() + llvm::count_if(points, [](const WinogradPoint &point) {
           return point.isImaginary;
         });
}

const WinogradForm::Transforms &WinogradForm::get() const {
  std::call_once(isMade,
                 [&] { transforms.emplace(Matrices(outputs, taps, points)); });
  return *transforms;
}

/// A form along either axis of an image, the other having one tap, and of a
/// sequence.
static void addAlongOneAxis(llvm::SmallVectorImpl<WinogradScheme> &schemes,
                            const WinogradForm &single,
                            const WinogradForm &form, double error,
                            double largest) {
  using Kind = WinogradScheme::Kind;
  schemes.push_back({Kind::Sequence, &single, &form, error, largest});
  schemes.push_back({Kind::Image, &single, &form, error, largest});
  schemes.push_back({Kind::Image, &form, &single, error, largest});
}

llvm::ArrayRef<WinogradScheme> frieze::nn::getWinogradSchemes() {
  static constexpr WinogradPoint zero{0}, one{1}, minusOne{-1}, two{2},
      minusTwo{-2}, half{1, 2}, minusHalf{-1, 2}, i{0, 1, /*isImaginary=*/true};
  // The usual 2 and -2 in place of 1/2 and -2 make three times the error.
  static const WinogradForm f11(1, 1, {}), f22(2, 2, {zero, one}),
      f22m(2, 2, {one, minusOne}), f32(3, 2, {zero, one, minusOne}),
      f23(2, 3, {zero, one, minusOne}),
      f43(4, 3, {zero, one, minusOne, half, minusTwo}),
      f33i(3, 3, {one, minusOne, i}), f43i(4, 3, {zero, one, minusOne, i}),
      f63i(6, 3, {zero, one, minusOne, i, half, minusTwo}),
      f24i(2, 4, {zero, one, i}),
      f44i(4, 4, {zero, one, minusOne, i, minusTwo}),
      f74i(7, 4, {zero, one, minusOne, i, half, minusHalf, two, minusTwo}),
      f25i(2, 5, {zero, one, minusOne, i}),
      f45i(4, 5, {zero, one, minusOne, i, half, minusTwo}),
      f55i(5, 5, {one, minusOne, i, half, minusHalf, two, minusTwo}),
      f65i(6, 5, {zero, one, minusOne, i, half, minusHalf, two, minusTwo}),
      f26i(2, 6, {zero, one, minusOne, i, half}),
      f56i(5, 6, {zero, one, minusOne, i, half, minusHalf, two, minusTwo}),
      f46i(4, 6, {zero, one, minusOne, i, half, minusHalf, minusTwo}),
      f27i(2, 7, {zero, one, minusOne, i, half, minusTwo}),
      f47i(4, 7, {zero, one, minusOne, i, half, minusHalf, two, minusTwo});
  static const llvm::SmallVector<WinogradScheme> schemes = [] {
    using Kind = WinogradScheme::Kind;
    llvm::SmallVector<WinogradScheme> all;
    auto add = [&](const WinogradForm &form, double error, double largest) {
      addAlongOneAxis(all, f11, form, error, largest);
    };
    auto addImage = [&](const WinogradForm &rows, const WinogradForm &columns,
                        double error, double largest) {
      all.push_back({Kind::Image, &rows, &columns, error, largest});
    };
    auto addNested = [&](const WinogradForm &inner, const WinogradForm &outer,
                         double error, double largest) {
      all.push_back({Kind::Nested, &outer, &inner, error, largest});
    };
    add(f22, 2.1e-7, 0.1);
    add(f23, 2.0e-7, 0.1);
    add(f43, 4.2e-7, 0.25);
    add(f43i, 2.1e-7, 0.09);
    add(f63i, 3.2e-7, 0.2);
    add(f24i, 2.8e-7, 0.16);
    add(f44i, 3.0e-7, 0.19);
    add(f74i, 4.7e-7, 0.45);
    add(f25i, 2.2e-7, 0.11);
    add(f45i, 3.1e-7, 0.27);
    add(f65i, 4.5e-7, 0.37);
    add(f26i, 3.1e-7, 0.16);
    add(f56i, 4.4e-7, 0.33);
    add(f27i, 3.5e-7, 0.19);
    add(f47i, 4.7e-7, 0.33);
    addImage(f22, f22, 3.2e-7, 0.17);
    addImage(f23, f23, 2.8e-7, 0.12);
    addImage(f43, f43, 1.15e-6, 0.8);
    addImage(f43i, f43i, 2.9e-7, 0.12);
    addImage(f43i, f63i, 4.5e-7, 0.3);
    addImage(f63i, f63i, 6.4e-7, 0.58);
    addImage(f25i, f25i, 3.1e-7, 0.15);
    addImage(f45i, f45i, 5.9e-7, 0.4);
    addNested(f44i, f32, 3.9e-7, 0.24);
    addNested(f22, f25i, 3.1e-7, 0.18);
    addNested(f22, f45i, 4.3e-7, 0.27);
    addNested(f22m, f65i, 5.7e-7, 0.41);
    addNested(f33i, f43i, 3.0e-7, 0.12);
    addNested(f33i, f63i, 4.4e-7, 0.25);
    addNested(f33i, f44i, 4.0e-7, 0.23);
    addNested(f44i, f44i, 5.5e-7, 0.4);
    addNested(f44i, f45i, 5.8e-7, 0.4);
    addNested(f44i, f55i, 7.2e-7, 0.66);
    addNested(f44i, f65i, 8.1e-7, 0.55);
    addNested(f44i, f46i, 7.7e-7, 0.55);
    addNested(f44i, f47i, 8.4e-7, 0.7);
    return all;
  }();
  return schemes;
}
