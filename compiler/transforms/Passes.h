//===- Passes.h - Passes from nn to nn --------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TRANSFORMS_PASSES_H
#define FRIEZE_COMPILER_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace frieze::nn {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/transforms/Passes.h.inc"

} // namespace frieze::nn

#endif // FRIEZE_COMPILER_TRANSFORMS_PASSES_H
