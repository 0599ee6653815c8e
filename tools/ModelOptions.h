//===- ModelOptions.h - Options that describe a model -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_MODELOPTIONS_H
#define FRIEZE_TOOLS_MODELOPTIONS_H

#include "compiler/Compile.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"

namespace frieze {

/// The options that decide what a model file compiles to, the same in every
/// tool. Construct one before the command line is parsed.
class ModelOptions {
public:
  explicit ModelOptions(llvm::cl::OptionCategory &category);

  /// What the command line says, or an error that says what is wrong with it.
  /// `defaultName` is the prefix of the symbols without --name, and
  /// `defaultTarget` what is compiled for without --target.
  llvm::Expected<CompileOptions>
  get(llvm::StringRef defaultName,
      llvm::StringRef defaultTarget = getTargets().front().name) const;

private:
  llvm::cl::opt<std::string> weights, name, target, batch;
  llvm::cl::list<std::string> dimensions, outputLayers, replacements;
  llvm::cl::opt<bool> exact;
  llvm::cl::opt<std::string> streamHop;
  llvm::cl::opt<bool> streamSteps;
  llvm::cl::opt<std::string> streamBlock;
};

} // namespace frieze

#endif // FRIEZE_TOOLS_MODELOPTIONS_H
