//===- TargetDescription.cpp - What is known of a CPU -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/TargetDescription.h"
#include "llvm/ADT/STLExtras.h"

using namespace frieze;

static constexpr TargetVariant x86Variants[] = {
    {"x86-64-v4", "x86-64-v4", 16, 32, true},
    {"x86-64-v3", "x86-64-v3", 8, 16, true},
    {"x86-64-v2", "x86-64-v2", 4, 16, false},
};

static constexpr llvm::StringLiteral x86Triple = "x86_64-unknown-linux-gnu";

llvm::ArrayRef<Target> frieze::getTargets() {
  static const Target targets[] = {
      {"x86-64", "code for v4, v3 and v2, chosen when loaded", x86Triple,
       x86Variants},
      {"x86-64-v4", "AVX-512", x86Triple,
       llvm::ArrayRef(x86Variants).slice(0, 1)},
      {"x86-64-v3", "AVX2 and FMA", x86Triple,
       llvm::ArrayRef(x86Variants).slice(1, 1)},
      {"x86-64-v2", "SSE4.2, without fused multiply-add", x86Triple,
       llvm::ArrayRef(x86Variants).slice(2, 1)},
  };
  return targets;
}

const Target *frieze::findTarget(llvm::StringRef name) {
  const Target *found = llvm::find_if(
      getTargets(), [&](const Target &target) { return target.name == name; });
  return found == getTargets().end() ? nullptr : found;
}
