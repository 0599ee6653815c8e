//===- TargetDescription.h - What is known of a CPU -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_CPU_TARGETDESCRIPTION_H
#define FRIEZE_COMPILER_CODEGEN_CPU_TARGETDESCRIPTION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace frieze {

/// One instruction set that kernels are lowered for.
struct TargetVariant {
  /// As in `--target`, for instance "x86-64-v3".
  llvm::StringRef name;
  /// LLVM's name of the processor, for the attribute "target-cpu".
  llvm::StringRef cpu;
  /// float32 elements of a vector register, and the number of registers.
  int64_t lanes;
  int64_t registers;
  /// Whether there is a fused multiply-add. Without, a product is rounded
  /// before it is added, and results differ from the documented bits.
  bool hasFMA;
};

/// A value of `--target`: one or more variants of one architecture, in the
/// order of preference; the last runs on every processor of the architecture.
struct Target {
  llvm::StringRef name;
  llvm::StringRef description;
  llvm::StringRef triple;
  llvm::ArrayRef<TargetVariant> variants;
};

/// Every target, the default first.
llvm::ArrayRef<Target> getTargets();

/// The target called `name`, or null.
const Target *findTarget(llvm::StringRef name);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_CPU_TARGETDESCRIPTION_H
