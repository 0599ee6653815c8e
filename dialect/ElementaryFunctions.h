//===- ElementaryFunctions.h - Activations in float32 -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_ELEMENTARYFUNCTIONS_H
#define FRIEZE_DIALECT_ELEMENTARYFUNCTIONS_H

#include "dialect/NNAttrs.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace frieze::nn {

/// The float32 meaning of the activations: which operations, in which order.
/// Code generation and the reference evaluator both instantiate it, the one to
/// emit instructions, the other to compute, so that they agree in every bit.
///
/// `Ops` supplies the values (`Value` float32, `Mask` truth, `Bits` int32; a
/// scalar or any vector of each) and their operations, all rounded to nearest:
/// constant, add, sub, mul, div, fma(a, b, c) = a b + c, greater(a, b) (false
/// on NaN), select(mask, a, b), abs, sqrt, bits, fromBits, addBits, subBits,
/// shiftLeft, shiftRight (arithmetic), bitsConstant.
///
/// Errors are stated in units in the last place (ULP) of the exact result and
/// tested in tests/unit/ElementaryFunctionsTest.cpp. The coefficients come from
/// tools/scripts/fit_functions.py.
template <typename Ops> class ElementaryFunctions {
public:
  using Value = typename Ops::Value;

  explicit ElementaryFunctions(Ops &ops) : ops(ops) {}

  /// `function` applied to x.
  Value apply(ActivationAttr function, Value x) {
    float alpha = function.getAlpha(), beta = function.getBeta();
    switch (function.getKind()) {
    case ActivationKind::Linear:
      return x;
    case ActivationKind::Relu:
      return max(x, 0.0f);
    case ActivationKind::LeakyRelu:
      return negativeBranch(x, ops.mul(x, ops.constant(alpha)));
    case ActivationKind::Clip:
      return clip(x, alpha, beta);
    case ActivationKind::Elu:
      return elu(x, alpha);
    case ActivationKind::Selu:
      return ops.mul(elu(x, 1.6732632423543772f),
                     ops.constant(1.0507009873554805f));
    case ActivationKind::Exp:
      return exp(x);
    case ActivationKind::Sigmoid:
      return sigmoid(x);
    case ActivationKind::HardSigmoid:
      return hardSigmoid(x, alpha, beta);
    case ActivationKind::Silu:
      return ops.div(x, sigmoidDenominator(x));
    case ActivationKind::HardSilu:
      return ops.mul(x, hardSigmoid(x, 1.0f / 6.0f, 0.5f));
    case ActivationKind::Tanh:
      return tanh(x);
    case ActivationKind::Softplus:
      return softplus(x);
    case ActivationKind::Softsign:
      return ops.div(x, ops.add(ops.abs(x), ops.constant(1.0f)));
    case ActivationKind::Gelu: {
      Value half = ops.mul(x, ops.constant(0.5f));
      return ops.fma(half, erf(ops.mul(x, ops.constant(0.70710678f))), half);
    }
    case ActivationKind::GeluTanh: {
      Value half = ops.mul(x, ops.constant(0.5f));
      Value cubic = ops.mul(ops.mul(x, x), ops.constant(0.044715f));
      Value inner = ops.mul(ops.fma(cubic, x, x), ops.constant(0.79788456f));
      return ops.fma(half, tanh(inner), half);
    }
    case ActivationKind::ThresholdedRelu: {
      // NaN is not below any bound, and stays.
      float above =
          std::nextafter(beta, std::numeric_limits<float>::infinity());
      Value below = alpha == 0.0f ? ops.constant(0.0f)
                                  : ops.mul(ops.sub(x, ops.constant(beta)),
                                            ops.constant(alpha));
      return ops.select(ops.greater(ops.constant(above), x), below, x);
    }
    case ActivationKind::Celu:
      return negativeBranch(x,
                            elu(ops.mul(x, ops.constant(1.0f / alpha)), alpha));
    case ActivationKind::Mish:
      return mish(x);
    case ActivationKind::Abs:
      return ops.abs(x);
    case ActivationKind::Square:
      return ops.mul(x, x);
    case ActivationKind::Sqrt:
      return ops.sqrt(x);
    case ActivationKind::Reciprocal:
      return ops.div(ops.constant(1.0f), x);
    case ActivationKind::Log:
      return log(x);
    case ActivationKind::Erf:
      return erf(x);
    case ActivationKind::Sign: {
      Value zero = ops.constant(0.0f);
      Value y = ops.select(ops.greater(x, zero), ops.constant(1.0f), x);
      return ops.select(ops.greater(zero, x), ops.constant(-1.0f), y);
    }
    case ActivationKind::Floor:
      return floor(x);
    case ActivationKind::Ceil:
      return negate(floor(negate(x)));
    case ActivationKind::Round:
      return round(x);
    case ActivationKind::Trunc:
      return giveSign(truncate(ops.abs(x)), x);
    }
    return x;
  }

  /// exp(x), error below 1 ULP; denormal results are kept.
  Value exp(Value x) { return scale(reduce(clip(x, -104.0f, 89.0f))); }

  /// exp(x) where x is not above zero, in the bits of exp(): there 2^n is a
  /// normal number times a constant, and only the last product rounds.
  Value expOfNonPositive(Value x) {
    Reduced reduced = reduce(max(x, -104.0f));
    Value y = ops.add(reduced.expm1, ops.constant(1.0f));
    return ops.mul(ops.mul(y, powerOfTwo(reduced.exponent, 24)),
                   ops.constant(0x1p-24f));
  }

  /// 1 / (1 + exp(-x)), error below 4 ULP, and zero below -88.37, where it is
  /// smaller than any normal number.
  Value sigmoid(Value x) {
    return ops.div(ops.constant(1.0f), sigmoidDenominator(x));
  }

  /// tanh(x), error below 6 ULP, and exactly 1 or -1 where |x| > 8.051.
  Value tanh(Value x) { return divide(tanhQuotient(x)); }

  /// erf(x), error below 7 ULP, and exactly 1 or -1 where |x| > 3.9.
  Value erf(Value x) {
    Value clamped = clip(x, -4.0f, 4.0f);
    Value t = ops.mul(clamped, clamped);
    Value p = polynomial(t, {0x1.20dd74p+0f, 0x1.a831c6p-3f, 0x1.a617c4p-5f,
                             0x1.058766p-8f, 0x1.34e282p-13f, -0x1.04b1bcp-19f,
                             0x1.4852fcp-26f});
    Value q = polynomial(t, {0x1p+0f, 0x1.08a614p-1f, 0x1.e335b2p-4f,
                             0x1.ea261p-7f, 0x1.0bae74p-10f});
    return saturate(ops.div(ops.mul(clamped, p), q), x, 3.9f);
  }

  /// log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)).
  Value softplus(Value x) {
    Value u = expOfNonPositive(negate(ops.abs(x)));
    Value p = polynomial(u, {0x1p+0f, 0x1.87d0dep+0f, 0x1.57b8cep-1f,
                             0x1.467c2ep-4f, 0x1.4b28e6p-11f});
    Value q = polynomial(u, {0x1p+0f, 0x1.03e87p+1f, 0x1.5a6f82p+0f,
                             0x1.516782p-2f, 0x1.673d2ap-6f});
    return ops.add(max(x, 0.0f), ops.div(ops.mul(u, p), q));
  }

  /// log(x), error below 2 ULP; NaN below zero.
  Value log(Value x) {
    float infinity = std::numeric_limits<float>::infinity();
    LogTerms terms = splitLog(x);
    Value y = ops.fma(terms.n, ops.constant(headOfLog2),
                      ops.add(terms.u, terms.tail));
    Value nan = ops.constant(std::numeric_limits<float>::quiet_NaN());
    // Infinity is its own logarithm; NaN is not above zero.
    Value bound = ops.constant(std::numeric_limits<float>::max());
    y = ops.select(ops.greater(x, bound), x, y);
    y = ops.select(ops.greater(x, ops.constant(0.0f)), y, nan);
    // No denormal is left but zero.
    return ops.select(
        ops.greater(ops.constant(0x1p-126f), ops.abs(terms.scaled)),
        ops.constant(-infinity), y);
  }

  /// x^y, error below 64 ULP, that is 4e-6 of the result; as C's pow() where x
  /// or y is no ordinary number.
  ///
  /// exp(y log(x)), where the product has a head, which is exact, and a rest:
  /// an error of a float32 product of 88 would be 45 ULP of its exponential,
  /// and that of the logarithm as much again. No step needs a fused
  /// multiply-add for that.
  Value pow(Value x, Value y) {
    Value zero = ops.constant(0.0f), one = ops.constant(1.0f);
    Value minusOne = ops.constant(-1.0f);
    Value nan = ops.constant(std::numeric_limits<float>::quiet_NaN());
    float infinity = std::numeric_limits<float>::infinity();
    Value size = ops.abs(x), power = ops.abs(y);

    auto [high, low] = doubleLog(size);
    // Larger ones give the same: 0, 1 or infinity.
    Value exponent = clip(y, -0x1p+33f, 0x1p+33f);
    Value exponentHead = takeHead(exponent), logHead = takeHead(high);
    Value exponentTail = ops.sub(exponent, exponentHead);
    Value logTail = ops.add(ops.sub(high, logHead), low);
    Value product = ops.mul(exponentHead, logHead);
    Value rest = ops.fma(exponentTail, ops.add(logHead, logTail),
                         ops.mul(exponentHead, logTail));
    rest = ops.select(ops.greater(ops.constant(110.0f), ops.abs(product)), rest,
                      zero);
    Reduced reduced = reduce(clip(product, -104.0f, 89.0f), &rest);
    Value result = scale(reduced);

    Value whole = truncate(power), half = ops.mul(whole, ops.constant(0.5f));
    auto isFraction = ops.greater(power, whole);
    result = ops.select(ops.greater(zero, x),
                        ops.select(isFraction, nan, result), result);
    // Of zero and of infinity.
    Value direction = ops.select(ops.greater(size, one), y, negate(y));
    Value limit = ops.select(ops.greater(zero, direction), zero, one);
    limit =
        ops.select(ops.greater(direction, zero), ops.constant(infinity), limit);
    result = ops.select(ops.greater(size, zero), result, limit);
    result = ops.select(
        ops.greater(size, ops.constant(std::numeric_limits<float>::max())),
        limit, result);
    // Odd powers keep the sign of x, also that of zero.
    Value odd = ops.select(ops.greater(half, truncate(half)),
                           addSign(result, x), result);
    result = ops.select(isFraction, result, odd);
    // The size of NaN is above nothing.
    result = ops.select(ops.greater(size, minusOne), result, nan);
    result = ops.select(ops.greater(power, minusOne), result, nan);
    Value isOne = ops.select(ops.greater(size, minusOne), one, result);
    isOne = ops.select(ops.greater(one, x), result, isOne);
    result = ops.select(ops.greater(x, one), result, isOne);
    Value isZero = ops.select(ops.greater(power, minusOne), one, result);
    return ops.select(ops.greater(power, zero), result, isZero);
  }

  /// x as a whole number, the nearest, of two the even one. Zeros keep the sign
  /// of x.
  Value round(Value x) { return giveSign(roundSize(ops.abs(x)), x); }

  /// The largest whole number that is not above x.
  Value floor(Value x) {
    Value rounded = round(x);
    return ops.select(ops.greater(rounded, x),
                      ops.sub(rounded, ops.constant(1.0f)), rounded);
  }

  /// x tanh(log(1 + exp(x))) = x p / (p + 2) with p = exp(x) (exp(x) + 2),
  /// which rounds to x from 20 on.
  Value mish(Value x) {
    Value u = exp(min(x, 20.0f));
    Value p = ops.mul(u, ops.add(u, ops.constant(2.0f)));
    return ops.mul(x, ops.div(p, ops.add(p, ops.constant(2.0f))));
  }

  /// alpha (exp(x) - 1) below zero, without cancellation near zero.
  Value elu(Value x, float alpha) {
    Reduced reduced = reduce(clip(x, -25.0f, 0.0f));
    Value scale = powerOfTwo(reduced.exponent);
    Value expm1 =
        ops.fma(reduced.expm1, scale, ops.sub(scale, ops.constant(1.0f)));
    return negativeBranch(x, ops.mul(expm1, ops.constant(alpha)));
  }

  /// The cell c and the state h of an LSTM.
  struct CellState {
    Value cell, state;
  };

  /// c' = r(z_f) c + r(z_i) a(z_g) and h = r(z_o) b(c') with the functions of
  /// nn.lstm, of the sums z_i, z_f, z_g, z_o. `peephole` has the weights of the
  /// cell in those of the gates i, f and o, or is empty.
  ///
  /// For the sigmoid and tanh, c' and h are one quotient each, as division
  /// costs as much as the rest: n_f / d_f * c + n_i / d_i * n_g / d_g is (n_f c
  /// * d_i d_g + n_i n_g * d_f) / (d_f * d_i d_g). Errors are below 5e-7 (1 +
  /// |c|) in c' and 5e-7 in h; the sigmoid in it has a small error beside 1,
  /// not beside a result near zero, and is exactly 0 or 1 where |x| > 16.102.
  CellState updateCell(const RecurrentFunctions &functions,
                       std::array<Value, 4> sums, Value cell,
                       llvm::ArrayRef<Value> peephole = {}) {
    auto [recurrentActivation, activation, cellActivation, clip, cellClip] =
        functions;
    auto see = [&](size_t sum, size_t gate) {
      if (!peephole.empty())
        sums[sum] = ops.fma(cell, peephole[gate], sums[sum]);
      sums[sum] = cutOff(sums[sum], functions.clip);
    };
    see(0, 0);
    see(1, 1);
    sums[2] = cutOff(sums[2], clip);
    if (!areSigmoidAndTanh(recurrentActivation, activation) ||
        cellActivation != activation) {
      Value candidate = apply(activation, sums[2]);
      Value input = apply(recurrentActivation, sums[0]);
      cell = ops.fma(apply(recurrentActivation, sums[1]), cell,
                     ops.mul(input, candidate));
      cell = cutOff(cell, cellClip);
      see(3, 2);
      return {cell, ops.mul(apply(recurrentActivation, sums[3]),
                            apply(cellActivation, cell))};
    }
    Quotient forget = sigmoidQuotient(sums[1]);
    Quotient input = sigmoidQuotient(sums[0]);
    Quotient candidate = tanhQuotient(sums[2]);
    Value shared = ops.mul(input.denominator, candidate.denominator);
    Value added = ops.mul(ops.mul(input.numerator, candidate.numerator),
                          forget.denominator);
    cell = divide({ops.fma(ops.mul(forget.numerator, cell), shared, added),
                   ops.mul(forget.denominator, shared)});
    cell = cutOff(cell, cellClip);
    see(3, 2);
    Quotient output = sigmoidQuotient(sums[3]);
    Quotient squashed = tanhQuotient(cell);
    return {cell, divide({ops.mul(output.numerator, squashed.numerator),
                          ops.mul(output.denominator, squashed.denominator)})};
  }

  /// The reset gate r(sum) of nn.gru, for the sigmoid and tanh with the error
  /// beside 1 that updateState() has.
  Value resetGate(const RecurrentFunctions &functions, Value sum) {
    sum = cutOff(sum, functions.clip);
    return areSigmoidAndTanh(functions.recurrentActivation,
                             functions.activation)
               ? divide(sigmoidQuotient(sum))
               : apply(functions.recurrentActivation, sum);
  }

  /// h' = r(z_z) h + (1 - r(z_z)) a(z_g) of nn.gru, with the sums z_z and z_g
  /// of update and candidate.
  ///
  /// For the sigmoid and tanh one quotient, as in updateCell(): n_z / d_z * h +
  /// (d_z - n_z) / d_z * n_g / d_g is (n_z h * d_g + (d_z - n_z) n_g) /
  /// (d_z d_g). The error is below 5e-7 (1 + |h|).
  Value updateState(const RecurrentFunctions &functions, Value updateSum,
                    Value candidateSum, Value state) {
    ActivationAttr recurrentActivation = functions.recurrentActivation;
    ActivationAttr activation = functions.activation;
    updateSum = cutOff(updateSum, functions.clip);
    candidateSum = cutOff(candidateSum, functions.clip);
    if (!areSigmoidAndTanh(recurrentActivation, activation)) {
      Value update = apply(recurrentActivation, updateSum);
      Value rest = ops.sub(ops.constant(1.0f), update);
      return ops.fma(update, state,
                     ops.mul(rest, apply(activation, candidateSum)));
    }
    Quotient update = sigmoidQuotient(updateSum);
    Quotient candidate = tanhQuotient(candidateSum);
    Value rest = ops.sub(update.denominator, update.numerator);
    return divide(
        {ops.fma(ops.mul(update.numerator, state), candidate.denominator,
                 ops.mul(rest, candidate.numerator)),
         ops.mul(update.denominator, candidate.denominator)});
  }

  /// `x`, and beyond `bound` the bound; `x` where there is none.
  Value cutOff(Value x, std::optional<float> bound) {
    return bound ? clip(x, -*bound, *bound) : x;
  }

private:
  static bool areSigmoidAndTanh(ActivationAttr recurrentActivation,
                                ActivationAttr activation) {
    return recurrentActivation.getKind() == ActivationKind::Sigmoid &&
           activation.getKind() == ActivationKind::Tanh;
  }

  /// log(2) in two parts. Whole numbers up to 256 times the first are exact.
  static constexpr float headOfLog2 = 0x1.62e4p-1f;
  static constexpr float tailOfLog2 = 0x1.7f7d1cp-20f;

  struct Quotient {
    Value numerator, denominator;
  };

  Value divide(Quotient quotient) {
    return ops.div(quotient.numerator, quotient.denominator);
  }

  /// 1 + exp(-x), and infinity below -88.37.
  ///
  /// As exp(), but what is added to round is 127 more, so that shifting leaves
  /// 2^n without a further addition: n is from -126 to 128, whose bits are
  /// those of infinity. The sum with 1 then takes one operation, as does each
  /// power of r from the first on: what exp() gains by adding 1 last is lost
  /// here.
  Value sigmoidDenominator(Value x) {
    Value magic = ops.constant(0x1.8p+23f + 127.0f);
    Value clamped = clip(x, -89.0f, 87.0f);
    Value shifted = ops.fma(clamped, ops.constant(-0x1.715476p+0f), magic);
    Value n = ops.sub(shifted, magic);
    Value r = ops.fma(n, ops.constant(headOfLog2), clamped);
    r = ops.fma(n, ops.constant(tailOfLog2), r);
    // exp(-r).
    Value p = polynomial(r, {0x1p+0f, -0x1.fffff6p-1f, 0x1.fffdaep-2f,
                             -0x1.555aap-3f, 0x1.57440ap-5f, -0x1.0fa0fap-7f});
    Value power = ops.fromBits(ops.shiftLeft(ops.bits(shifted), 23));
    return ops.fma(p, power, ops.constant(1.0f));
  }

  /// factor * tanh(slope * x), both powers of two: the coefficients take them
  /// up without rounding.
  ///
  /// The bound is the least argument whose numerator and denominator round to
  /// the same number, with fused multiply-adds and without. Beyond it the
  /// quotient is therefore exactly 1, and nowhere more.
  Quotient tanhQuotient(Value x, float slope = 1.0f, float factor = 1.0f) {
    float bound = 0x1.019e72p+3f / slope;
    Value clamped = clip(x, -bound, bound);
    Value t = ops.mul(clamped, clamped);
    std::array<float, 5> p = {0x1p+0f, 0x1.12b404p-3f, 0x1.cf3612p-9f,
                              0x1.648822p-16f, 0x1.ea4858p-27f};
    std::array<float, 5> q = {0x1p+0f, 0x1.deaf5p-2f, 0x1.aa5b3cp-6f,
                              0x1.5f2726p-12f, 0x1.b549p-21f};
    float power = 1.0f;
    for (int i = 0; i < 5; ++i, power *= slope * slope) {
      p[i] *= factor * slope * power;
      q[i] *= power;
    }
    return {ops.mul(clamped, polynomial(t, p)), polynomial(t, q)};
  }

  /// 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2.
  Quotient sigmoidQuotient(Value x) {
    Quotient half = tanhQuotient(x, 0.5f, 0.5f);
    return {ops.fma(half.denominator, ops.constant(0.5f), half.numerator),
            half.denominator};
  }

  /// exp(x) = 2^n (1 + expm1), with n + exponentOffset as `exponent`.
  struct Reduced {
    /// The bits of 1.5 * 2^23.
    static constexpr int32_t exponentOffset = 0x4b400000;
    typename Ops::Bits exponent;
    Value expm1;
  };

  /// Of x, to which `rest` is added, if given: a small number beside it.
  Reduced reduce(Value x, const Value *rest = nullptr) {
    // Adding 1.5 * 2^23 rounds to an integer, left in the low bits.
    Value magic = ops.constant(0x1.8p+23f);
    Value shifted = ops.fma(x, ops.constant(0x1.715476p+0f), magic);
    Value n = ops.sub(shifted, magic);
    Value r = ops.fma(n, ops.constant(-headOfLog2), x);
    r = ops.fma(n, ops.constant(-tailOfLog2), r);
    if (rest)
      r = ops.add(r, *rest);
    Value p = polynomial(r, {0x1p-1f, 0x1.555556p-3f, 0x1.5554e4p-5f,
                             0x1.11114ep-7f, 0x1.6d48d4p-10f, 0x1.a0747ap-13f});
    Value expm1 = ops.fma(ops.mul(r, r), p, r);
    return {ops.bits(shifted), expm1};
  }

  /// 2^n (1 + expm1), also where that is denormal or infinite.
  Value scale(Reduced reduced) {
    // 2^n in two factors, each a normal number: n is from -150 to 128.
    auto exponent = ops.subBits(reduced.exponent,
                                ops.bitsConstant(Reduced::exponentOffset));
    auto low = ops.shiftRight(exponent, 1);
    auto high = ops.subBits(exponent, low);
    Value y = ops.add(reduced.expm1, ops.constant(1.0f));
    return ops.mul(ops.mul(y, powerOfTwo(low)), powerOfTwo(high));
  }

  /// log(x) = n log(2) + u + tail, where the tail has what the head of log(2)
  /// lacks.
  struct LogTerms {
    Value n, u, tail;
    /// x, or where that is denormal a normal number.
    Value scaled;
  };

  /// Of numbers above zero.
  LogTerms splitLog(Value x) {
    // Denormals become normal.
    auto isSmall = ops.greater(ops.constant(0x1p-126f), x);
    Value scaled = ops.select(isSmall, ops.mul(x, ops.constant(0x1p+23f)), x);
    // x = 2^n (1 + u) with 1 + u from sqrt(1/2) to sqrt(2): the bits of
    // sqrt(1/2) are subtracted, so that those of n count from there.
    auto offset = ops.bitsConstant(0x3f3504f3);
    auto exponent = ops.shiftRight(ops.subBits(ops.bits(scaled), offset), 23);
    Value u = ops.sub(ops.fromBits(ops.subBits(ops.bits(scaled),
                                               ops.shiftLeft(exponent, 23))),
                      ops.constant(1.0f));
    // n as float32, by the bits of 1.5 * 2^23 + n.
    Value magic = ops.constant(0x1.8p+23f);
    Value n =
        ops.sub(ops.fromBits(ops.addBits(exponent, ops.bits(magic))), magic);
    n = ops.select(isSmall, ops.sub(n, ops.constant(23.0f)), n);
    Value p = polynomial(u, {0x1.555554p-2f, -0x1.0000ccp-2f, 0x1.999fe4p-3f,
                             -0x1.54d1dp-3f, 0x1.23051ep-3f, -0x1.0a0564p-3f,
                             0x1.032fcp-3f, -0x1.469d36p-4f});
    Value square = ops.mul(u, u);
    Value tail =
        ops.fma(ops.mul(square, u), p, ops.mul(n, ops.constant(tailOfLog2)));
    tail = ops.fma(square, ops.constant(-0.5f), tail);
    return {n, u, tail, scaled};
  }

  /// log(x) as a sum of two float32, of numbers above zero: error below 2^-25
  /// of it.
  std::pair<Value, Value> doubleLog(Value x) {
    LogTerms terms = splitLog(x);
    // Of two numbers, of which the first is zero or larger, what their sum
    // rounds off is exact.
    auto addExactly = [&](Value a, Value b) {
      Value sum = ops.add(a, b);
      return std::pair(sum, ops.sub(b, ops.sub(sum, a)));
    };
    auto [sum, rest] =
        addExactly(ops.mul(terms.n, ops.constant(headOfLog2)), terms.u);
    return addExactly(sum, ops.add(rest, terms.tail));
  }

  /// The upper 12 bits of x, rounded, of which products are exact (Dekker, "A
  /// floating-point technique for extending the available precision", 1971).
  Value takeHead(Value x) {
    Value spread = ops.mul(x, ops.constant(4097.0f));
    return ops.sub(spread, ops.sub(spread, x));
  }

  Value negate(Value x) { return ops.sub(ops.constant(-0.0f), x); }

  /// A size below 2^23 as a whole number, the nearest, of two the even one:
  /// beside 2^23 there is no place for a fraction.
  Value roundSize(Value size) {
    Value magic = ops.constant(0x1p+23f);
    return ops.sub(ops.add(size, magic), magic);
  }

  /// A size without its fraction. NaN stays.
  Value truncate(Value size) {
    Value rounded = roundSize(size);
    Value whole = ops.select(ops.greater(rounded, size),
                             ops.sub(rounded, ops.constant(1.0f)), rounded);
    return ops.select(ops.greater(ops.constant(0x1p+23f), size), whole, size);
  }

  /// `size` with the sign of x.
  Value addSign(Value size, Value x) {
    auto sign = ops.shiftLeft(ops.shiftRight(ops.bits(x), 31), 31);
    return ops.fromBits(ops.addBits(ops.bits(size), sign));
  }

  /// `whole`, made of the size of x, with the sign of x; x where that has no
  /// fraction, as it is too large, or is NaN.
  Value giveSign(Value whole, Value x) {
    return ops.select(ops.greater(ops.constant(0x1p+23f), ops.abs(x)),
                      addSign(whole, x), x);
  }

  /// 2^(n + added) for n + added from -126 to 127, of which the shift leaves
  /// the nine low bits of `n`: no more are needed.
  Value powerOfTwo(typename Ops::Bits n, int32_t added = 0) {
    return ops.fromBits(ops.addBits(ops.shiftLeft(n, 23),
                                    ops.bitsConstant((127 + added) << 23)));
  }

  /// Horner's rule, lowest degree first.
  Value polynomial(Value x, llvm::ArrayRef<float> coefficients) {
    Value sum = ops.constant(coefficients.back());
    for (float coefficient : llvm::reverse(coefficients.drop_back()))
      sum = ops.fma(sum, x, ops.constant(coefficient));
    return sum;
  }

  /// `below` where x < 0, else x. NaN stays.
  Value negativeBranch(Value x, Value below) {
    return ops.select(ops.greater(ops.constant(0.0f), x), below, x);
  }

  /// `y` up to |x| = bound, and the sign of x as 1 or -1 beyond. NaN stays.
  Value saturate(Value y, Value x, float bound) {
    Value one = ops.constant(1.0f), minusOne = ops.constant(-1.0f);
    y = ops.select(ops.greater(x, ops.constant(bound)), one, y);
    return ops.select(ops.greater(ops.constant(-bound), x), minusOne, y);
  }

  /// The comparisons are written such that NaN stays and compiles to one
  /// instruction: x86 maxps(bound, x) returns x where either is NaN.
  Value max(Value x, float bound) {
    Value limit = ops.constant(bound);
    return ops.select(ops.greater(limit, x), limit, x);
  }
  Value min(Value x, float bound) {
    Value limit = ops.constant(bound);
    return ops.select(ops.greater(x, limit), limit, x);
  }
  Value clip(Value x, float low, float high) { return min(max(x, low), high); }

  Value hardSigmoid(Value x, float slope, float offset) {
    return clip(ops.fma(x, ops.constant(slope), ops.constant(offset)), 0.0f,
                1.0f);
  }

  Ops &ops;
};

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_ELEMENTARYFUNCTIONS_H
