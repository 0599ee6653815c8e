//===- Arithmetic.h - How products are added --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_REFERENCE_ARITHMETIC_H
#define FRIEZE_COMPILER_REFERENCE_ARITHMETIC_H

#include <cmath>

namespace frieze::reference {

/// What `a * b + c` of the ops' descriptions means: rounded once, or, on
/// machines without fused multiply-add, the product and then the sum.
enum class Arithmetic { Fused, Unfused };

/// Of this thread's evaluation.
inline thread_local Arithmetic currentArithmetic = Arithmetic::Fused;

/// Sets the arithmetic of this thread until it goes out of scope.
class ScopedArithmetic {
public:
  explicit ScopedArithmetic(Arithmetic arithmetic) : before(currentArithmetic) {
    currentArithmetic = arithmetic;
  }
  ScopedArithmetic(const ScopedArithmetic &) = delete;
  ~ScopedArithmetic() { currentArithmetic = before; }

private:
  Arithmetic before;
};

template <typename T> T multiplyAdd(T a, T b, T c) {
  if (currentArithmetic == Arithmetic::Fused)
    return std::fma(a, b, c);
  T product = a * b;
  return product + c;
}

} // namespace frieze::reference

#endif // FRIEZE_COMPILER_REFERENCE_ARITHMETIC_H
