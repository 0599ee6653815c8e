//===- TargetOption.cpp - A target as an option -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/TargetOption.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

bool llvm::cl::parser<const frieze::Target *>::parse(
    Option &option, StringRef, StringRef text, const frieze::Target *&target) {
  target = frieze::findTarget(text);
  if (target)
    return false;
  auto names = llvm::map_range(
      frieze::getTargets(), [](const frieze::Target &one) { return one.name; });
  return option.error("unknown target '" + text + "'; expects one of " +
                      llvm::join(names, ", "));
}
