//===- Module.cpp - The extension module frieze._frieze ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/Arrays.h"
#include "python/Bindings.h"

using namespace frieze::python;

NB_MODULE(_frieze, module) {
  importNumPy();
  if (frieze_compiler_abi_version() != FRIEZE_COMPILER_ABI_VERSION)
    throw nanobind::import_error(
        "expects the libfrieze that the package was built with");
  module.attr("version") = frieze_version();
  bindCompilation(module);
  bindModel(module);
  bindStream(module);
}
