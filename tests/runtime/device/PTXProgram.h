//===- PTXProgram.h - Kernels in PTX, as they are read ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_PTXPROGRAM_H
#define FRIEZE_TESTS_PTXPROGRAM_H

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ptx {

/// The first part of an instruction's name.
enum class Op {
  Abs,
  Add,
  And,
  Bar,
  Bfe,
  Bra,
  Cvt,
  Div,
  Fma,
  Ld,
  Mad,
  Max,
  Min,
  Mov,
  Mul,
  Neg,
  Not,
  Or,
  Rcp,
  Rem,
  Ret,
  Selp,
  Setp,
  Shl,
  Shr,
  Sqrt,
  St,
  Sub,
  Xor
};

/// One of the types at the end of a name: 'b', 's', 'u', 'f' or 'p', and bits.
struct Type {
  char kind = 'b';
  unsigned bits = 32;
};

struct Operand {
  enum Kind { None, Register, Immediate, Special } kind = None;
  /// Number of the register, or of the special one.
  unsigned index = 0;
  /// A value, or what is added to a register for an address.
  uint64_t value = 0;
};

/// Numbers of threads and groups that instructions read.
enum Special : unsigned { ThreadNumber, GroupNumber, GroupSize, GroupCount };

enum class Space { Global, Shared, Parameter };

struct Instruction {
  Op op = Op::Ret;
  Type type;
  /// Of a conversion's operand.
  Type from;
  /// Of a comparison ("lt"), a product ("lo", "wide"), a rounding ("rzi").
  std::string mode;
  Space space = Space::Global;
  /// The register that decides whether it is executed, and for what value.
  int guard = -1;
  bool guardValue = true;
  /// Registers of results or of what is stored, one for each lane of a vector.
  std::vector<Operand> vector;
  /// The others; of memory, the address.
  Operand operands[3];
  /// Where it branches to.
  size_t target = 0;
  /// In the text, for messages.
  unsigned line = 0;
};

struct Kernel {
  /// In bytes, as for cuLaunchKernel.
  std::vector<unsigned> parameterBytes;
  unsigned groupSize = 0, sharedBytes = 0, registers = 0;
  std::vector<Instruction> code;
};

/// The kernels of a text by name. Throws std::runtime_error, which names the
/// line, for what is not PTX as the compiler writes it: kernels call nothing,
/// arithmetic is rounded to nearest, denormals are kept.
std::map<std::string, Kernel> readProgram(std::string_view text);

} // namespace ptx

#endif // FRIEZE_TESTS_PTXPROGRAM_H
