//===- NNDialect.h - The nn dialect -----------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNDIALECT_H
#define FRIEZE_DIALECT_NNDIALECT_H

#include "mlir/IR/Dialect.h"

#include "dialect/NNDialect.h.inc"

#endif // FRIEZE_DIALECT_NNDIALECT_H
