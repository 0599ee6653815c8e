//===- Identifier.h - Names as C identifiers --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_IDENTIFIER_H
#define FRIEZE_DIALECT_IDENTIFIER_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace frieze {

/// Whether `text` is a C identifier.
bool isIdentifier(llvm::StringRef text);

/// `text` as a C identifier: other characters become underscores.
std::string getIdentifier(llvm::StringRef text);

} // namespace frieze

#endif // FRIEZE_DIALECT_IDENTIFIER_H
