//===- Families.h - The tables of targets -----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TARGET_FAMILIES_H
#define FRIEZE_COMPILER_TARGET_FAMILIES_H

#include "compiler/target/Target.h"

namespace frieze {

// One table a family, each in a file of its own.

llvm::ArrayRef<Target> getAArch64Targets();
llvm::ArrayRef<Target> getArmTargets();
llvm::ArrayRef<Target> getGPUTargets();
llvm::ArrayRef<Target> getRISCVTargets();
llvm::ArrayRef<Target> getWebAssemblyTargets();
llvm::ArrayRef<Target> getX86Targets();

} // namespace frieze

#endif // FRIEZE_COMPILER_TARGET_FAMILIES_H
