//===- LoadedModel.h - A model as code in this process ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_API_LOADEDMODEL_H
#define FRIEZE_API_LOADEDMODEL_H

#include "frieze/model.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace frieze {

/// A compiled model in this process, with what holds its code.
class LoadedModel {
public:
  const frieze_model &operator*() const { return *model; }
  const frieze_model *operator->() const { return model; }

  /// Loads an artefact of the compiler's: the bytes of an object, which gets
  /// memory of its own, or those of a shared library.
  static llvm::Expected<LoadedModel> load(llvm::StringRef bytes);

  /// Loads the shared library `path`, which holds `bytes`, so that debuggers
  /// and profilers find its symbols there.
  static llvm::Expected<LoadedModel> open(llvm::StringRef path,
                                          llvm::StringRef bytes);

private:
  LoadedModel(std::shared_ptr<void> code, const frieze_model &model)
      : code(std::move(code)), model(&model) {}

  static llvm::Expected<LoadedModel> check(std::shared_ptr<void> code,
                                           const void *symbol);
  static llvm::Expected<LoadedModel> openLibrary(const std::string &path,
                                                 std::shared_ptr<void> file);

  std::shared_ptr<void> code;
  const frieze_model *model;
};

} // namespace frieze

#endif // FRIEZE_API_LOADEDMODEL_H
