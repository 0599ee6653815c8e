//===- X86Backend.cpp - Machine code of x86-64 ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/x86/X86Backend.h"
#include "compiler/codegen/llvm/LLVMBackend.h"
#include "compiler/codegen/x86/ChooseVariant.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;
using namespace frieze;

namespace {
class X86Backend final : public LLVMBackend {
public:
  using LLVMBackend::LLVMBackend;

  LogicalResult emitDispatch(SymbolBuilder &symbols,
                             const Target &target) const override {
    return emitChoiceOfVariant(symbols, target);
  }
};
} // namespace

const Backend &frieze::getX86Backend() {
  static const X86Backend backend(
      {LLVMInitializeX86TargetInfo, LLVMInitializeX86Target,
       LLVMInitializeX86TargetMC, LLVMInitializeX86AsmPrinter,
       // For the inline assembly of the dispatch.
       LLVMInitializeX86AsmParser});
  return backend;
}
