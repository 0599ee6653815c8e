//===- ElementaryFunctionsTest.cpp - Accuracy -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/ElementaryFunctions.h"
#include "compiler/reference/ScalarOps.h"
#include "compiler/reference/Tensor.h"
#include "dialect/NNDialect.h"
#include "mlir/IR/MLIRContext.h"

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <mutex>
#include <random>
#include <thread>

using namespace frieze::nn;
using frieze::reference::ScalarOps;

static constexpr float infinity = std::numeric_limits<float>::infinity();
static constexpr float smallest = 0x1p-149f;

/// Spacing of float32 numbers around `exact`.
static double getULP(double exact) {
  if (std::fabs(exact) < 0x1p-126)
    return 0x1p-149;
  int exponent;
  std::frexp(exact, &exponent);
  return std::ldexp(1.0, exponent - 24);
}

namespace {
/// A distance from the exact result, in ULP of it, and where it was seen.
struct Error {
  double ulp = 0;
  float x = 0;
};
} // namespace

/// The largest error over every `stride`th of the float32 numbers with bits
/// from `first` to `last`, of those from `low` to `high`. What should be NaN
/// and is not, or the other way round, is off by infinity.
template <typename Function, typename Exact>
static Error getLargestErrorIn(Function function, Exact exact, float low,
                               float high, uint64_t first, uint64_t last,
                               uint64_t stride) {
  Error largest;
  for (uint64_t bits = first; bits < last; bits += stride) {
    uint32_t word = bits;
    float x;
    std::memcpy(&x, &word, sizeof(x));
    if (x < low || x > high)
      continue;
    float y = function(x);
    double expected = exact(double(x));
    // Rounded correctly, beyond float32 to infinity.
    if (float(expected) == y || (std::isnan(expected) && std::isnan(y)))
      continue;
    double error = std::fabs(y - expected) / getULP(expected);
    if (std::isnan(error))
      error = infinity;
    if (error > largest.ulp)
      largest = {error, x};
  }
  return largest;
}

/// The largest error of `function` from `low` to `high`, in ULP of the exact
/// result, over every 1021st float32: some four million in all. With
/// FRIEZE_EXHAUSTIVE=1, over every float32, on all cores; prints where.
///
/// `exact` computes in double, whose own error is below 1e-7 ULP of float32.
template <typename Function, typename Exact>
static double getLargestError(Function function, Exact exact,
                              float low = -infinity, float high = infinity) {
  constexpr uint64_t end = uint64_t(1) << 32;
  if (!std::getenv("FRIEZE_EXHAUSTIVE"))
    return getLargestErrorIn(function, exact, low, high, 0, end, 1021).ulp;

  constexpr int parts = 256;
  std::atomic<int> next = 0, done = 0;
  std::mutex mutex;
  Error largest;
  auto work = [&] {
    for (int part; (part = next++) < parts;) {
      uint64_t first = end / parts * part;
      Error error = getLargestErrorIn(function, exact, low, high, first,
                                      first + end / parts, 1);
      std::lock_guard<std::mutex> lock(mutex);
      if (error.ulp > largest.ulp)
        largest = error;
      std::fprintf(stderr, "\r%d of %d", ++done, parts);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency());
       ++i)
    threads.emplace_back(work);
  for (std::thread &thread : threads)
    thread.join();
  std::fprintf(stderr, "\rlargest error %.3f ULP, at %a = %.9g\n", largest.ulp,
               largest.x, largest.x);
  return largest.ulp;
}

namespace {
class ElementaryFunctionsTest : public testing::Test {
protected:
  ElementaryFunctionsTest() { context.loadDialect<NNDialect>(); }

  float apply(ActivationKind kind, float x, double alpha = 0, double beta = 0) {
    return functions.apply(ActivationAttr::get(&context, kind, alpha, beta), x);
  }
  double applyExactly(ActivationKind kind, double x, double alpha = 0,
                      double beta = 0) {
    return frieze::reference::applyFunction(
        ActivationAttr::get(&context, kind, alpha, beta), x);
  }

  mlir::MLIRContext context;
  ScalarOps ops;
  ElementaryFunctions<ScalarOps> functions{ops};
};
} // namespace

//===----------------------------------------------------------------------===//
// Errors over all numbers
//===----------------------------------------------------------------------===//

TEST_F(ElementaryFunctionsTest, ExpIsWithin1ULP) {
  EXPECT_LT(getLargestError([&](float x) { return functions.exp(x); },
                            [](double x) { return std::exp(x); }),
            1.0);
}

TEST_F(ElementaryFunctionsTest, ExpOfNonPositiveHasTheBitsOfExp) {
  EXPECT_EQ(
      getLargestError([&](float x) { return functions.expOfNonPositive(x); },
                      [&](double x) { return double(functions.exp(x)); },
                      -infinity, 0.0f),
      0.0);
}

// Below, results are zero.
constexpr float leastOfSigmoid = -88.37f;

TEST_F(ElementaryFunctionsTest, SigmoidIsWithin4ULP) {
  EXPECT_LT(getLargestError([&](float x) { return functions.sigmoid(x); },
                            [](double x) { return 1 / (1 + std::exp(-x)); },
                            leastOfSigmoid, infinity),
            4.0);
}

TEST_F(ElementaryFunctionsTest, SiluIsWithin4ULP) {
  EXPECT_LT(
      getLargestError([&](float x) { return apply(ActivationKind::Silu, x); },
                      [](double x) { return x / (1 + std::exp(-x)); },
                      leastOfSigmoid, infinity),
      4.0);
}

TEST_F(ElementaryFunctionsTest, TanhIsWithin6ULP) {
  EXPECT_LT(getLargestError([&](float x) { return functions.tanh(x); },
                            [](double x) { return std::tanh(x); }),
            6.0);
}

// The bound of the rational was searched for; every number around it.
TEST_F(ElementaryFunctionsTest, TanhIsNowhereAboveOne) {
  for (float x = 7.0f; x < 9.0f; x = std::nextafter(x, infinity)) {
    ASSERT_LE(functions.tanh(x), 1.0f) << "at " << x;
    if (x > 8.051f)
      ASSERT_EQ(functions.tanh(-x), -1.0f) << "at " << -x;
  }
}

TEST_F(ElementaryFunctionsTest, ErfIsWithin7ULP) {
  EXPECT_LT(getLargestError([&](float x) { return functions.erf(x); },
                            [](double x) { return std::erf(x); }),
            7.0);
}

TEST_F(ElementaryFunctionsTest, SoftplusIsWithin5ULP) {
  EXPECT_LT(getLargestError([&](float x) { return functions.softplus(x); },
                            [](double x) {
                              return std::max(x, 0.0) +
                                     std::log1p(std::exp(-std::fabs(x)));
                            }),
            5.0);
}

TEST_F(ElementaryFunctionsTest, EluIsWithin1ULP) {
  EXPECT_LT(getLargestError([&](float x) { return functions.elu(x, 1.0f); },
                            [](double x) { return x < 0 ? std::expm1(x) : x; }),
            1.0);
}

TEST_F(ElementaryFunctionsTest, LogIsWithin2ULP) {
  EXPECT_LT(getLargestError([&](float x) { return functions.log(x); },
                            [](double x) { return std::log(x); }),
            2.0);
}

TEST_F(ElementaryFunctionsTest, MishIsWithin5ULP) {
  EXPECT_LT(getLargestError([&](float x) { return functions.mish(x); },
                            [](double x) {
                              double u = std::exp(std::min(x, 40.0));
                              double p = u * (u + 2);
                              return x * (p / (p + 2));
                            },
                            -87.0f),
            5.0);
}

TEST_F(ElementaryFunctionsTest, GeluIsWithin3ULPAboveZero) {
  ActivationAttr gelu = ActivationAttr::get(&context, ActivationKind::Gelu);
  EXPECT_LT(getLargestError(
                [&](float x) { return functions.apply(gelu, x); },
                [](double x) { return x * std::erfc(-x * std::sqrt(0.5)) / 2; },
                0),
            3.0);
}

// Below zero, 1 + erf(x) cancels: the error is small beside 1, not beside the
// result, and must not grow with x.
TEST_F(ElementaryFunctionsTest, GeluVanishesBelowZero) {
  for (ActivationKind kind : {ActivationKind::Gelu, ActivationKind::GeluTanh})
    for (float x :
         {-0.5f, -1.0f, -3.0f, -4.0f, -6.0f, -10.0f, -100.0f, -1e5f, -1e10f})
      EXPECT_NEAR(apply(kind, x), applyExactly(kind, x), 2e-6)
          << stringifyActivationKind(kind).str() << " at " << x;
}

// Exact at every number, with the sign of zero.
TEST_F(ElementaryFunctionsTest, WholeNumbersAreExact) {
  for (ActivationKind kind :
       {ActivationKind::Sign, ActivationKind::Floor, ActivationKind::Ceil,
        ActivationKind::Round, ActivationKind::Trunc}) {
    auto isWrong = [&](float x) {
      float y = apply(kind, x), exact = applyExactly(kind, x);
      bool isSame = y == exact && std::signbit(y) == std::signbit(exact);
      return isSame || (std::isnan(y) && std::isnan(exact)) ? 0.0f : 1.0f;
    };
    EXPECT_EQ(getLargestError(isWrong, [](double) { return 0.0; }), 0.0)
        << stringifyActivationKind(kind).str();
    // Around the numbers where they jump.
    for (float x = -4.0f; x < 4.0f; x += 0.125f)
      for (float near :
           {std::nextafter(x, -infinity), x, std::nextafter(x, infinity)})
        EXPECT_FALSE(isWrong(near))
            << stringifyActivationKind(kind).str() << " at " << near;
  }
}

//===----------------------------------------------------------------------===//
// Powers
//===----------------------------------------------------------------------===//

// Of all numbers, near 1 and far from it, and of small whole powers; with and
// without fused multiply-adds.
TEST_F(ElementaryFunctionsTest, PowIsWithin64ULP) {
  std::mt19937 random(1);
  auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution<>(low, high)(random);
  };
  auto any = [&] {
    uint32_t bits = random();
    float x;
    std::memcpy(&x, &bits, sizeof(x));
    return x;
  };
  for (auto arithmetic : {frieze::reference::Arithmetic::Fused,
                          frieze::reference::Arithmetic::Unfused}) {
    frieze::reference::ScopedArithmetic scope(arithmetic);
    double largest = 0;
    for (int i = 0; i < 400000; ++i) {
      float x = any(), y = any();
      if (i % 4 == 1) {
        x = std::ldexp(uniform(1, 2), int(uniform(-127, 127)));
        y = uniform(-100, 100) / std::log(x);
      } else if (i % 4 == 2) {
        x = uniform(0.5, 1.5);
        y = uniform(-90, 90) / (std::log(x) + 1e-9);
      } else if (i % 4 == 3) {
        x = uniform(-20, 20);
        y = std::round(uniform(-12, 12));
      }
      double exact = std::pow(double(x), double(y));
      float power = functions.pow(x, y);
      if (power == float(exact) || (std::isnan(power) && std::isnan(exact)))
        continue;
      ASSERT_TRUE(std::isfinite(power) && std::isfinite(float(exact)))
          << x << " to the power of " << y << ": " << power;
      largest = std::max(largest, std::fabs(power - exact) / getULP(exact));
    }
    EXPECT_LT(largest, 64.0);
  }
}

TEST_F(ElementaryFunctionsTest, PowOfSpecialNumbersIsThatOfC) {
  const float numbers[] = {0.0f,     -0.0f,      1.0f,        -1.0f,
                           2.0f,     -2.0f,      0.5f,        -0.5f,
                           3.0f,     -3.0f,      2.5f,        -2.5f,
                           infinity, -infinity,  smallest,    -smallest,
                           0x1p+24f, 8388609.0f, -8388609.0f, std::nanf("")};
  for (float x : numbers)
    for (float y : numbers) {
      float power = functions.pow(x, y), exact = std::pow(double(x), double(y));
      if (std::isnan(exact)) {
        EXPECT_TRUE(std::isnan(power)) << x << " to the power of " << y;
        continue;
      }
      EXPECT_TRUE(power == exact ||
                  std::fabs(power - exact) <= 4e-6 * std::fabs(exact))
          << x << " to the power of " << y << ": " << power;
      EXPECT_EQ(std::signbit(power), std::signbit(exact))
          << x << " to the power of " << y;
    }
}

//===----------------------------------------------------------------------===//
// The cell of an LSTM
//===----------------------------------------------------------------------===//

namespace {
class CellTest : public ElementaryFunctionsTest {
protected:
  using Sums = std::array<float, 4>;

  auto update(const Sums &sums, float cell,
              ActivationKind recurrent = ActivationKind::Sigmoid) {
    auto tanh = ActivationAttr::get(&context, ActivationKind::Tanh);
    return functions.updateCell({ActivationAttr::get(&context, recurrent), tanh,
                                 tanh, /*clip=*/std::nullopt},
                                sums, cell);
  }
};
} // namespace

TEST_F(CellTest, ErrorsAreBelowTheirBounds) {
  // Numbers of all sizes, and sums where each gate is open, closed and between.
  std::mt19937 random(1);
  auto draw = [&](double size) {
    double mantissa = std::uniform_real_distribution<>(-1, 1)(random);
    double exponent = std::uniform_real_distribution<>(-1, 1)(random);
    return float(mantissa * std::pow(size, exponent));
  };
  auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  double largestCell = 0, largestState = 0;
  for (int i = 0; i < 1000000; ++i) {
    Sums z{draw(20), draw(20), draw(20), draw(20)};
    float old = draw(100);
    auto [cell, state] = update(z, old);
    double exact =
        sigmoid(z[1]) * old + sigmoid(z[0]) * std::tanh(double(z[2]));
    largestCell =
        std::max(largestCell, std::fabs(cell - exact) / (1 + std::fabs(old)));
    // The error of the cell is not counted again.
    exact = sigmoid(z[3]) * std::tanh(double(cell));
    largestState = std::max(largestState, std::fabs(state - exact));
    ASSERT_LE(std::fabs(state), 1.0f);
  }
  EXPECT_LT(largestCell, 5e-7);
  EXPECT_LT(largestState, 5e-7);
}

TEST_F(CellTest, GatesOpenAndCloseEntirely) {
  for (float far : {16.102f, 17.0f, 1e10f, infinity}) {
    EXPECT_EQ(update({-far, far, -far, 0.0f}, smallest).cell, smallest) << far;
    EXPECT_EQ(update({far, far, far, 0.0f}, 1.0f).cell, 2.0f) << far;
    EXPECT_EQ(update({far, -far, -far, 0.0f}, 1e10f).cell, -1.0f) << far;
    EXPECT_EQ(update({far, far, far, far}, 20.0f).state, 1.0f) << far;
    EXPECT_EQ(update({far, far, far, -far}, 20.0f).state, 0.0f) << far;
  }
}

// With nothing forgotten and nothing added, the roundings of a step do not add
// up over many.
TEST_F(CellTest, KeepsWhatIsNotForgotten) {
  for (float start : {1e-30f, 0.1f, 1.1f, 12345.0f}) {
    float cell = start;
    for (int step = 0; step < 100000; ++step)
      cell = update({-20, 20, 0.7f, 0.3f}, cell).cell;
    EXPECT_FLOAT_EQ(cell, start);
  }
}

TEST_F(CellTest, LargeCellsDoNotOverflow) {
  EXPECT_FLOAT_EQ(update({20, 20, 20, 20}, 1e9f).cell, 1e9f);
  EXPECT_EQ(update({-20, 20, 20, 20}, 1e9f).state, 1.0f);
}

TEST_F(CellTest, NaNPropagates) {
  float nan = std::nanf("");
  for (int gate = 0; gate < 4; ++gate) {
    Sums z{0.5f, 0.5f, 0.5f, 0.5f};
    z[gate] = nan;
    EXPECT_EQ(std::isnan(update(z, 1.0f).cell), gate != 3) << gate;
    EXPECT_TRUE(std::isnan(update(z, 1.0f).state)) << gate;
  }
  EXPECT_TRUE(std::isnan(update({1, 1, 1, 1}, nan).cell));
  EXPECT_TRUE(std::isnan(update({1, 1, 1, 1}, nan).state));
}

// The state of a GRU, whose gates are z_z (update) and z_r (reset).
TEST_F(CellTest, StatesOfGatedRecurrentUnits) {
  auto makeFunctions = [&](ActivationKind gate, ActivationKind candidate) {
    return RecurrentFunctions{ActivationAttr::get(&context, gate),
                              ActivationAttr::get(&context, candidate),
                              {},
                              std::nullopt};
  };
  RecurrentFunctions usual =
      makeFunctions(ActivationKind::Sigmoid, ActivationKind::Tanh);
  std::mt19937 random(2);
  std::uniform_real_distribution<float> sums(-20, 20), states(-100, 100);
  double largestReset = 0, largestState = 0;
  for (int i = 0; i < 1000000; ++i) {
    float z = sums(random), g = sums(random) / 10, h = states(random);
    double gate = 1 / (1 + std::exp(-double(z)));
    largestReset =
        std::max(largestReset, std::fabs(functions.resetGate(usual, z) - gate));
    double exact = gate * h + (1 - gate) * std::tanh(double(g));
    largestState = std::max(
        largestState, std::fabs(functions.updateState(usual, z, g, h) - exact) /
                          (1 + std::fabs(h)));
  }
  EXPECT_LT(largestReset, 5e-7);
  EXPECT_LT(largestState, 5e-7);
  for (float far : {16.102f, 17.0f, 1e10f, infinity}) {
    EXPECT_EQ(functions.resetGate(usual, far), 1.0f) << far;
    EXPECT_EQ(functions.resetGate(usual, -far), 0.0f) << far;
    EXPECT_FLOAT_EQ(functions.updateState(usual, far, 0.5f, 0.75f), 0.75f);
    EXPECT_EQ(functions.updateState(usual, -far, far, 0.75f), 1.0f);
  }
  float nan = std::nanf("");
  EXPECT_TRUE(std::isnan(functions.resetGate(usual, nan)));
  for (auto [z, g, h] :
       {std::array{nan, 1.0f, 1.0f}, std::array{1.0f, nan, 1.0f},
        std::array{1.0f, 1.0f, nan}})
    EXPECT_TRUE(std::isnan(functions.updateState(usual, z, g, h)));
  // z = relu(2), and 2 * 3 + (1 - 2) * 5.
  RecurrentFunctions linear =
      makeFunctions(ActivationKind::Relu, ActivationKind::Linear);
  EXPECT_EQ(functions.resetGate(linear, -2.0f), 0.0f);
  EXPECT_EQ(functions.updateState(linear, 2.0f, 5.0f, 3.0f), 1.0f);
  // Both sums are cut off: z = relu(1.5), and 1.5 * 3 + (1 - 1.5) * 1.5.
  linear.clip = 1.5f;
  EXPECT_EQ(functions.resetGate(linear, 2.0f), 1.5f);
  EXPECT_EQ(functions.updateState(linear, 2.0f, 5.0f, 3.0f), 3.75f);
}

// Every pair of functions but sigmoid and tanh.
TEST_F(CellTest, OtherFunctionsAreApplied) {
  auto [cell, state] =
      update({2.0f, 3.0f, 0.5f, -1.0f}, 0.25f, ActivationKind::Relu);
  EXPECT_EQ(cell, std::fma(3.0f, 0.25f, 2.0f * functions.tanh(0.5f)));
  EXPECT_EQ(state, 0.0f);
}

//===----------------------------------------------------------------------===//
// Special values
//===----------------------------------------------------------------------===//

/// Every kind, with parameters that it may have.
static const struct {
  ActivationKind kind;
  double alpha, beta;
} activations[] = {
    {ActivationKind::Linear, 0, 0},
    {ActivationKind::Relu, 0, 0},
    {ActivationKind::LeakyRelu, 0.25, 0},
    {ActivationKind::Clip, -1, 6},
    {ActivationKind::Elu, 0.5, 0},
    {ActivationKind::Selu, 0, 0},
    {ActivationKind::Exp, 0, 0},
    {ActivationKind::Sigmoid, 0, 0},
    {ActivationKind::HardSigmoid, 0.2, 0.5},
    {ActivationKind::Silu, 0, 0},
    {ActivationKind::HardSilu, 0, 0},
    {ActivationKind::Tanh, 0, 0},
    {ActivationKind::Softplus, 0, 0},
    {ActivationKind::Softsign, 0, 0},
    {ActivationKind::Gelu, 0, 0},
    {ActivationKind::GeluTanh, 0, 0},
    {ActivationKind::ThresholdedRelu, 0.5, 1},
    {ActivationKind::Celu, 2, 0},
    {ActivationKind::Mish, 0, 0},
    {ActivationKind::Abs, 0, 0},
    {ActivationKind::Square, 0, 0},
    {ActivationKind::Sqrt, 0, 0},
    {ActivationKind::Reciprocal, 0, 0},
    {ActivationKind::Log, 0, 0},
    {ActivationKind::Erf, 0, 0},
    {ActivationKind::Sign, 0, 0},
    {ActivationKind::Floor, 0, 0},
    {ActivationKind::Ceil, 0, 0},
    {ActivationKind::Round, 0, 0},
    {ActivationKind::Trunc, 0, 0},
};

TEST_F(ElementaryFunctionsTest, NaNPropagatesThroughAll) {
  for (auto [kind, alpha, beta] : activations)
    EXPECT_TRUE(std::isnan(apply(kind, std::nanf(""), alpha, beta)))
        << stringifyActivationKind(kind).str();
}

TEST_F(ElementaryFunctionsTest, AgreeWithDoubleOnOrdinaryNumbers) {
  for (auto [kind, alpha, beta] : activations)
    for (float x : {-7.5f, -3.0f, -1.0f, -0.125f, -1e-3f, -0.0f, 0.0f, 1e-3f,
                    0.125f, 1.0f, 3.0f, 7.5f}) {
      double exact = applyExactly(kind, x, alpha, beta);
      // Outside the domain, and at poles.
      if (!std::isfinite(exact)) {
        float y = apply(kind, x, alpha, beta);
        EXPECT_TRUE(std::isnan(exact) ? std::isnan(y) : y == exact)
            << stringifyActivationKind(kind).str() << " at " << x;
        continue;
      }
      EXPECT_NEAR(apply(kind, x, alpha, beta), exact,
                  2e-6 + 2e-6 * std::fabs(exact))
          << stringifyActivationKind(kind).str() << " at " << x;
    }
}

TEST_F(ElementaryFunctionsTest, InfinitiesHaveTheirLimits) {
  struct {
    ActivationKind kind;
    double alpha, beta;
    float below, above;
  } limits[] = {
      {ActivationKind::Relu, 0, 0, 0, infinity},
      {ActivationKind::LeakyRelu, 0.25, 0, -infinity, infinity},
      {ActivationKind::Clip, -1, 6, -1, 6},
      {ActivationKind::Elu, 0.5, 0, -0.5, infinity},
      {ActivationKind::Exp, 0, 0, 0, infinity},
      {ActivationKind::Sigmoid, 0, 0, 0, 1},
      {ActivationKind::HardSigmoid, 0.2, 0.5, 0, 1},
      {ActivationKind::Softplus, 0, 0, 0, infinity},
      {ActivationKind::ThresholdedRelu, 0, 1, 0, infinity},
      {ActivationKind::Celu, 2, 0, -2, infinity},
      {ActivationKind::Erf, 0, 0, -1, 1},
  };
  for (auto [kind, alpha, beta, below, above] : limits) {
    EXPECT_EQ(apply(kind, -infinity, alpha, beta), below)
        << stringifyActivationKind(kind).str();
    EXPECT_EQ(apply(kind, infinity, alpha, beta), above)
        << stringifyActivationKind(kind).str();
  }
}

TEST_F(ElementaryFunctionsTest, ZeroIsExact) {
  EXPECT_EQ(functions.exp(0.0f), 1.0f);
  EXPECT_EQ(functions.exp(-0.0f), 1.0f);
  EXPECT_EQ(functions.sigmoid(0.0f), 0.5f);
  for (ActivationKind kind : {ActivationKind::Tanh, ActivationKind::Elu,
                              ActivationKind::Silu, ActivationKind::Softsign,
                              ActivationKind::Gelu, ActivationKind::GeluTanh}) {
    double alpha = kind == ActivationKind::Elu ? 1.0 : 0.0;
    EXPECT_EQ(apply(kind, 0.0f, alpha), 0.0f)
        << stringifyActivationKind(kind).str();
  }
  // Odd functions keep the sign of zero.
  EXPECT_TRUE(std::signbit(functions.tanh(-0.0f)));
  EXPECT_TRUE(std::signbit(functions.erf(-0.0f)));
}

TEST_F(ElementaryFunctionsTest, ReluAndClipKeepNumbersWithin) {
  EXPECT_EQ(apply(ActivationKind::Relu, smallest), smallest);
  EXPECT_EQ(apply(ActivationKind::Relu, -smallest), 0.0f);
  EXPECT_EQ(apply(ActivationKind::Clip, 6.0f, 0, 6), 6.0f);
  EXPECT_EQ(apply(ActivationKind::Clip, 6.5f, 0, 6), 6.0f);
  EXPECT_EQ(apply(ActivationKind::Clip, -0.5f, -infinity, 6), -0.5f);
}

TEST_F(ElementaryFunctionsTest, LogAtTheEndsOfItsDomain) {
  EXPECT_EQ(functions.log(0.0f), -infinity);
  EXPECT_EQ(functions.log(-0.0f), -infinity);
  EXPECT_EQ(functions.log(infinity), infinity);
  EXPECT_EQ(functions.log(1.0f), 0.0f);
  EXPECT_TRUE(std::isnan(functions.log(-smallest)));
  EXPECT_TRUE(std::isnan(functions.log(-infinity)));
  EXPECT_EQ(functions.log(smallest), float(std::log(0x1p-149)));
}

TEST_F(ElementaryFunctionsTest, ThresholdedReluIsStrictlyAbove) {
  auto apply = [&](float x, double slope) {
    return this->apply(ActivationKind::ThresholdedRelu, x, slope, 1.0);
  };
  EXPECT_EQ(apply(1.0f, 0.0), 0.0f);
  EXPECT_EQ(apply(std::nextafter(1.0f, 2.0f), 0.0), std::nextafter(1.0f, 2.0f));
  EXPECT_EQ(apply(-1.0f, 0.5), -1.0f);
  EXPECT_EQ(apply(-infinity, 0.0), 0.0f);
}

TEST_F(ElementaryFunctionsTest, SigmoidEndsInZero) {
  for (float x :
       {-88.4f, -100.0f, -1e20f, -std::numeric_limits<float>::max()}) {
    EXPECT_EQ(functions.sigmoid(x), 0.0f) << "at " << x;
    EXPECT_EQ(apply(ActivationKind::Silu, x), 0.0f) << "at " << x;
  }
  EXPECT_EQ(functions.sigmoid(-infinity), 0.0f);
  EXPECT_TRUE(std::isnan(apply(ActivationKind::Silu, -infinity)));
  for (float x : {87.5f, 1e20f, infinity}) {
    EXPECT_EQ(functions.sigmoid(x), 1.0f) << "at " << x;
    EXPECT_EQ(apply(ActivationKind::Silu, x), x) << "at " << x;
  }
}

TEST_F(ElementaryFunctionsTest, DenormalsAreKept) {
  EXPECT_EQ(functions.exp(-103.0f), float(std::exp(-103.0)));
  EXPECT_EQ(functions.exp(-87.5f), float(std::exp(-87.5)));
  EXPECT_EQ(functions.exp(-104.0f), 0.0f);
  // Small arguments of functions with slope one.
  EXPECT_EQ(functions.tanh(smallest), smallest);
  EXPECT_EQ(functions.elu(-smallest, 1.0f), -smallest);
}

TEST_F(ElementaryFunctionsTest, ExpOverflowsWhereItMust) {
  EXPECT_LT(functions.exp(88.72283f), infinity);
  EXPECT_EQ(functions.exp(88.8f), infinity);
  EXPECT_EQ(functions.exp(std::numeric_limits<float>::max()), infinity);
}
