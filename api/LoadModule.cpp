//===- LoadModule.cpp - IR as code in this process --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "api/LoadModule.h"
#include "frieze/processor.h"

using namespace frieze;

llvm::Expected<LoadedModel> frieze::loadModule(mlir::ModuleOp module,
                                               const CompileOptions &options) {
  if (failed(lowerModule(module, Stage::NNOpt, Stage::LLVM, options)))
    return llvm::createStringError("cannot be compiled");
  llvm::SmallVector<char, 0> object = emitObject(module, options);
  if (object.empty())
    return llvm::createStringError("cannot be compiled");
  return LoadedModel::load({object.data(), object.size()});
}

const Machine *frieze::findOwnMachine(const Target &target) {
  for (const Machine &machine : target.machines)
    if (frieze_processor_runs(machine.name.str().c_str()))
      return &machine;
  return nullptr;
}

const Target *frieze::findOwnTarget(const Target *target) {
  const Machine *machine = findOwnMachine(*target);
  const Target *alone = machine ? findTarget(machine->name) : nullptr;
  return alone ? alone : target;
}
