//===- LoadObject.h - Objects as code in this process -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_API_LOADOBJECT_H
#define FRIEZE_API_LOADOBJECT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace frieze {

/// A symbol of an object that was loaded, and what keeps the object there.
struct LoadedSymbol {
  std::shared_ptr<void> object;
  const void *address;
};

/// Loads the bytes of an object, which needs no other, without a linker or a
/// file, runs its constructors, and finds the one symbol whose name ends in
/// `suffix` among those that are data and seen from outside.
llvm::Expected<LoadedSymbol> loadObject(llvm::StringRef bytes,
                                        llvm::StringRef suffix);

} // namespace frieze

#endif // FRIEZE_API_LOADOBJECT_H
