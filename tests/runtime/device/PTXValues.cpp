//===- PTXValues.cpp - What an instruction computes -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PTXValues.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <type_traits>

using namespace ptx;

namespace {

template <typename To> To as(uint64_t bits) {
  To value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

template <typename From> uint64_t bitsOf(From value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

[[noreturn]] void refuse() {
  throw std::runtime_error("unsupported types of an instruction");
}

/// Calls `body` with a value of the C++ type.
template <typename Body> auto withInteger(Type type, Body body) {
  bool isSigned = type.kind == 's';
  switch (type.bits) {
  case 8:
    return isSigned ? body(int8_t()) : body(uint8_t());
  case 16:
    return isSigned ? body(int16_t()) : body(uint16_t());
  case 32:
    return isSigned ? body(int32_t()) : body(uint32_t());
  case 64:
    return isSigned ? body(int64_t()) : body(uint64_t());
  default:
    refuse();
  }
}

bool compare(const std::string &mode, bool isLess, bool isEqual,
             bool isUnordered) {
  if (mode == "num" || mode == "nan")
    return isUnordered == (mode == "nan");
  // Three letters end in u: true of what is unordered.
  if (isUnordered)
    return mode == "ne" ? false : mode.size() == 3;
  std::string order = mode.substr(0, 2);
  return order == "eq"   ? isEqual
         : order == "ne" ? !isEqual
         : order == "lt" ? isLess
         : order == "le" ? isLess || isEqual
         : order == "gt" ? !isLess && !isEqual
                         : !isLess;
}

/// The larger one, or the smaller; -0 is less than 0.
float findExtreme(bool isMax, bool keepsNaN, float a, float b) {
  if (std::isnan(a) || std::isnan(b))
    return keepsNaN || (std::isnan(a) && std::isnan(b)) ? NAN
           : std::isnan(a)                              ? b
                                                        : a;
  bool isLess = a < b || (a == b && std::signbit(a) && !std::signbit(b));
  return isLess == isMax ? b : a;
}

uint64_t computeFloat(const Instruction &instruction, uint64_t x, uint64_t y,
                      uint64_t z) {
  if (instruction.type.bits != 32)
    refuse();
  float a = as<float>(x), b = as<float>(y), c = as<float>(z);
  switch (instruction.op) {
  case Op::Abs:
    return x & 0x7fffffff;
  case Op::Neg:
    return x ^ 0x80000000;
  case Op::Add:
    return bitsOf(a + b);
  case Op::Sub:
    return bitsOf(a - b);
  case Op::Mul:
    return bitsOf(a * b);
  case Op::Div:
    return bitsOf(a / b);
  case Op::Rcp:
    return bitsOf(1 / a);
  case Op::Sqrt:
    return bitsOf(std::sqrt(a));
  case Op::Fma:
    return bitsOf(std::fma(a, b, c));
  case Op::Max:
  case Op::Min:
    return bitsOf(findExtreme(instruction.op == Op::Max,
                              instruction.mode == "NaN", a, b));
  case Op::Setp:
    return compare(instruction.mode, a < b, a == b,
                   std::isnan(a) || std::isnan(b));
  default:
    refuse();
  }
}

/// The upper half of a product.
template <typename T> T multiplyHigh(T a, T b) {
  using Wide =
      std::conditional_t<std::is_signed_v<T>, __int128, unsigned __int128>;
  return T(Wide(a) * Wide(b) >> (sizeof(T) * 8));
}

template <typename T>
uint64_t computeInteger(const Instruction &instruction, T a, T b, T c,
                        uint64_t wide) {
  using Unsigned = std::make_unsigned_t<T>;
  auto low = [](auto value) { return bitsOf(Unsigned(value)); };
  auto product = [&]() -> uint64_t {
    if (instruction.mode != "wide")
      return uint64_t(a) * uint64_t(b);
    if (instruction.type.bits > 32)
      refuse();
    return std::is_signed_v<T> ? uint64_t(int64_t(a) * int64_t(b))
                               : uint64_t(a) * uint64_t(b);
  };
  auto isWide = instruction.mode == "wide";
  // Widened to 64 bits, or to twice as many.
  auto narrow = [&](uint64_t value) {
    return !isWide                       ? low(value)
           : instruction.type.bits == 32 ? value
                                         : value & 0xffffffff;
  };
  unsigned shift = unsigned(std::min<uint64_t>(wide, 64));
  switch (instruction.op) {
  case Op::Abs:
    return low(a < 0 ? 0 - Unsigned(a) : Unsigned(a));
  case Op::Neg:
    return low(0 - Unsigned(a));
  case Op::Not:
    return low(~a);
  case Op::Add:
    return low(Unsigned(a) + Unsigned(b));
  case Op::Sub:
    return low(Unsigned(a) - Unsigned(b));
  case Op::Mul:
    if (instruction.mode == "hi")
      return low(multiplyHigh(a, b));
    return narrow(product());
  case Op::Mad:
    if (instruction.mode == "hi")
      refuse();
    return narrow(product() + (isWide ? wide : uint64_t(c)));
  case Op::Div:
    return b == 0 ? low(~T(0)) : low(a / b);
  case Op::Rem:
    return b == 0 ? low(a) : low(a % b);
  case Op::Max:
    return low(std::max(a, b));
  case Op::Min:
    return low(std::min(a, b));
  case Op::And:
    return low(a & b);
  case Op::Or:
    return low(a | b);
  case Op::Xor:
    return low(a ^ b);
  case Op::Bfe: {
    // So many bits, of which each may be beyond the last, from one on.
    if (std::is_signed_v<T>)
      refuse();
    uint64_t first = uint64_t(b) & 0xff, count = wide & 0xff;
    uint64_t above = first > 63 ? 0 : uint64_t(a) >> first;
    return count > 63 ? above : above & ((uint64_t(1) << count) - 1);
  }
  case Op::Shl:
    return shift >= sizeof(T) * 8 ? 0 : low(Unsigned(a) << shift);
  case Op::Shr:
    return low(a >> std::min<unsigned>(shift, sizeof(T) * 8 - 1) >>
               (shift >= sizeof(T) * 8));
  case Op::Setp:
    return compare(instruction.mode, a < b, a == b, false);
  default:
    refuse();
  }
}

/// A conversion of an integer or float to another.
uint64_t convert(const Instruction &instruction, uint64_t x) {
  Type to = instruction.type, from = instruction.from;
  const std::string &mode = instruction.mode;
  if (from.kind == 'f') {
    if (from.bits != 32)
      refuse();
    float value = as<float>(x);
    float rounded = mode == "rzi"   ? std::trunc(value)
                    : mode == "rni" ? std::nearbyint(value)
                    : mode == "rmi" ? std::floor(value)
                    : mode == "rpi" ? std::ceil(value)
                                    : value;
    if (to.kind == 'f')
      return bitsOf(rounded);
    if (to.kind != 's' || to.bits != 32)
      refuse();
    // Beyond the range, its end; NaN is 0 (section on cvt).
    int32_t integer = std::isnan(rounded)        ? 0
                      : rounded >= 2147483648.0f ? INT32_MAX
                      : rounded < -2147483648.0f ? INT32_MIN
                                                 : int32_t(rounded);
    return bitsOf(uint32_t(integer));
  }
  return withInteger(from, [&](auto type) -> uint64_t {
    auto value = as<decltype(type)>(x);
    if (to.kind == 'f')
      return to.bits == 32 ? bitsOf(float(value)) : (refuse(), 0);
    return withInteger(to, [&](auto result) -> uint64_t {
      return bitsOf(std::make_unsigned_t<decltype(result)>(value));
    });
  });
}

} // namespace

uint64_t ptx::compute(const Instruction &instruction, uint64_t x, uint64_t y,
                      uint64_t z) {
  switch (instruction.op) {
  case Op::Mov:
    return x;
  case Op::Selp:
    return z ? x : y;
  case Op::Cvt:
    return convert(instruction, x);
  default:
    break;
  }
  if (instruction.type.kind == 'f')
    return computeFloat(instruction, x, y, z);
  if (instruction.type.kind == 'p')
    return computeInteger<uint8_t>(instruction, x, y, z, y) & 1;
  bool isShift = instruction.op == Op::Shl || instruction.op == Op::Shr;
  return withInteger(instruction.type, [&](auto type) {
    using T = decltype(type);
    return computeInteger<T>(instruction, as<T>(x), as<T>(y), as<T>(z),
                             isShift ? y & 0xffffffff : z);
  });
}
