//===- GraphTest.h - What tests of random graphs share ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_DIFFERENTIAL_GRAPHTEST_H
#define FRIEZE_TESTS_DIFFERENTIAL_GRAPHTEST_H

#include "compiler/Compile.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "gtest/gtest.h"

#include <cstdlib>

namespace frieze {

/// A context with all dialects of the compiler.
class GraphTest : public testing::Test {
protected:
  GraphTest() : context(getCompilerDialects()) {
    context.loadAllAvailableDialects();
    context.disableMultithreading();
  }

  mlir::MLIRContext context;
};

/// The number in the environment variable `name`.
inline uint64_t readNumber(const char *name, uint64_t fallback) {
  const char *text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : fallback;
}

inline mlir::func::FuncOp getModel(mlir::ModuleOp module) {
  return module.lookupSymbol<mlir::func::FuncOp>("model");
}

} // namespace frieze

#endif // FRIEZE_TESTS_DIFFERENTIAL_GRAPHTEST_H
