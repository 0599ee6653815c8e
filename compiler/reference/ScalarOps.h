//===- ScalarOps.h - Elementary functions on one float ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_REFERENCE_SCALAROPS_H
#define FRIEZE_COMPILER_REFERENCE_SCALAROPS_H

#include "compiler/reference/Arithmetic.h"

#include <cstdint>
#include <cstring>

namespace frieze::reference {

/// Computes the operations of ElementaryFunctions on the spot.
struct ScalarOps {
  using Value = float;
  using Mask = bool;
  using Bits = int32_t;

  float constant(float value) { return value; }
  float add(float a, float b) { return a + b; }
  float sub(float a, float b) { return a - b; }
  float mul(float a, float b) { return a * b; }
  float div(float a, float b) { return a / b; }
  float fma(float a, float b, float c) { return multiplyAdd(a, b, c); }
  float abs(float a) { return std::fabs(a); }
  float sqrt(float a) { return std::sqrt(a); }
  bool greater(float a, float b) { return a > b; }
  float select(bool mask, float a, float b) { return mask ? a : b; }

  int32_t bitsConstant(int32_t value) { return value; }
  int32_t bits(float a) {
    int32_t result;
    std::memcpy(&result, &a, sizeof(result));
    return result;
  }
  float fromBits(int32_t a) {
    float result;
    std::memcpy(&result, &a, sizeof(result));
    return result;
  }
  // Unsigned, as NaN may bring any bits here and signed overflow is undefined.
  int32_t addBits(int32_t a, int32_t b) { return (uint32_t)a + (uint32_t)b; }
  int32_t subBits(int32_t a, int32_t b) { return (uint32_t)a - (uint32_t)b; }
  int32_t shiftLeft(int32_t a, int count) { return (uint32_t)a << count; }
  int32_t shiftRight(int32_t a, int count) { return a >> count; }
};

} // namespace frieze::reference

#endif // FRIEZE_COMPILER_REFERENCE_SCALAROPS_H
