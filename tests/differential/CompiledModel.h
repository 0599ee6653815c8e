//===- CompiledModel.h - A model as code in this process --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_DIFFERENTIAL_COMPILEDMODEL_H
#define FRIEZE_TESTS_DIFFERENTIAL_COMPILEDMODEL_H

#include "api/LoadedModel.h"
#include "compiler/Compile.h"

#include <optional>

namespace frieze {

/// Memory of `size` bytes between two pages that cannot be touched: it ends at
/// the second one (`atEnd`), or begins behind the first.
class GuardedMemory {
public:
  GuardedMemory(size_t size, size_t alignment, bool atEnd);
  GuardedMemory(GuardedMemory &&other) noexcept;
  ~GuardedMemory();

  void *data() const { return start; }
  float *floats() const { return static_cast<float *>(start); }

private:
  void *mapping = nullptr, *start = nullptr;
  size_t mappedBytes = 0;
};

/// Calls `function`; false where it touches memory that it may not. It holds
/// nothing that would have to be released.
bool runsWithinMemory(llvm::function_ref<void()> function);

/// Calls `function`, a part of the compiler; false where it crashes.
bool completes(llvm::function_ref<void()> function);

/// The code of a model, loaded without a linker or a file.
class CompiledModel {
public:
  /// Compiles `module` from nn-opt for a target of one machine, in place. With
  /// `backwards`, independent iterations run from the last to the first. Null,
  /// with diagnostics of the context, where that fails; `crashed` tells whether
  /// the compiler did.
  static std::unique_ptr<CompiledModel> compile(mlir::ModuleOp module,
                                                const CompileOptions &options,
                                                bool backwards, bool &crashed);

  const frieze_model *operator->() const { return &**model; }

private:
  llvm::SmallVector<char, 0> object;
  std::optional<LoadedModel> model;
};

} // namespace frieze

#endif // FRIEZE_TESTS_DIFFERENTIAL_COMPILEDMODEL_H
