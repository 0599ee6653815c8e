//===- Panels.cpp - Columns that are packed together ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/Panels.h"

using namespace frieze;

llvm::SmallVector<Panels, 2> frieze::getPanels(int64_t columns, int64_t padded,
                                               int64_t size) {
  if (size == 0)
    return {{0, 1, columns, padded}};
  llvm::SmallVector<Panels, 2> panels{{0, columns / size, size, size}};
  if (int64_t rest = columns % size)
    panels.push_back({columns - rest, 1, rest, padded - columns + rest});
  return panels;
}
