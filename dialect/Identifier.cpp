//===- Identifier.cpp - Names as C identifiers ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Identifier.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace frieze;

bool frieze::isIdentifier(llvm::StringRef text) {
  return !text.empty() && !llvm::isDigit(text.front()) &&
         llvm::all_of(text,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

std::string frieze::getIdentifier(llvm::StringRef text) {
  std::string identifier = text.str();
  for (char &c : identifier)
    if (!llvm::isAlnum(c))
      c = '_';
  if (!isIdentifier(identifier))
    identifier.insert(0, "_");
  return identifier;
}
