//===- TableInputs.h - Inputs that are numbers of rows ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TABLEINPUTS_H
#define FRIEZE_COMPILER_TABLEINPUTS_H

#include "mlir/IR/BuiltinOps.h"

#include <vector>

namespace frieze {

/// For each input of `module`'s model, at Stage::NNOpt: how many rows the
/// smallest table has in which an nn.embedding looks up its elements, however
/// they are moved or converted before; 0 where none does.
std::vector<int64_t> countTableRows(mlir::ModuleOp module);

} // namespace frieze

#endif // FRIEZE_COMPILER_TABLEINPUTS_H
