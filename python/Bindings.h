//===- Bindings.h - The parts of the extension module -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_PYTHON_BINDINGS_H
#define FRIEZE_PYTHON_BINDINGS_H

#include "frieze/compiler.h"

#include <nanobind/nanobind.h>

#include <memory>

namespace frieze::python {

/// A model that is code in this process. Objects that call it share it.
struct LoadedLibrary {
  explicit LoadedLibrary(frieze_library *library)
      : owner(library, frieze_library_free),
        model(frieze_library_model(library)) {}

  std::shared_ptr<frieze_library> owner;
  const frieze_model *model;
};

/// Each adds its classes and functions to the module.
void bindCompilation(nanobind::module_ &module);
void bindModel(nanobind::module_ &module);
void bindStream(nanobind::module_ &module);

} // namespace frieze::python

#endif // FRIEZE_PYTHON_BINDINGS_H
