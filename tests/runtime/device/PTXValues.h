//===- PTXValues.h - What an instruction computes ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_PTXVALUES_H
#define FRIEZE_TESTS_PTXVALUES_H

#include "PTXProgram.h"

namespace ptx {

/// The bits of the result, for those of up to three operands, of an instruction
/// that neither branches nor waits nor uses memory.
uint64_t compute(const Instruction &instruction, uint64_t x, uint64_t y,
                 uint64_t z);

} // namespace ptx

#endif // FRIEZE_TESTS_PTXVALUES_H
