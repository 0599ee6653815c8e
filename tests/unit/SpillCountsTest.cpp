//===- SpillCountsTest.cpp - Spills are counted by function -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/SpillCounts.h"
#include "compiler/codegen/llvm/EmitObject.h"
#include "compiler/codegen/llvm/LLVMBackend.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/Support/SourceMgr.h"

#include <gtest/gtest.h>

using namespace frieze;

// Nothing but the stack can hold %a and %b while the assembly takes every
// vector register; @easy has no need of it.
static constexpr char ir[] = R"(
define void @hard(ptr %p) {
  %q = getelementptr float, ptr %p, i64 1
  %a = load volatile float, ptr %p
  %b = load volatile float, ptr %q
  call void asm sideeffect "", "~{xmm0},~{xmm1},~{xmm2},~{xmm3},~{xmm4},~{xmm5},~{xmm6},~{xmm7},~{xmm8},~{xmm9},~{xmm10},~{xmm11},~{xmm12},~{xmm13},~{xmm14},~{xmm15}"()
  store volatile float %a, ptr %p
  store volatile float %b, ptr %q
  ret void
}
define void @easy(ptr %p) {
  %a = load volatile float, ptr %p
  store volatile float %a, ptr %p
  ret void
}
)";

TEST(SpillCountsTest, CountsEachFunction) {
  SpillCounts counts;
  llvm::LLVMContext context;
  context.setDiagnosticHandler(createSpillCounter(counts));
  llvm::SMDiagnostic error;
  std::unique_ptr<llvm::Module> module =
      llvm::parseAssemblyString(ir, error, context);
  ASSERT_TRUE(module) << error.getMessage().str();
  const Target &target = *findTarget("x86-64-v2");
  LLVMBackend::get(target).initialiseTarget();
  module->setTargetTriple(llvm::Triple(target.triple));
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream os(object);
  ASSERT_TRUE(mlir::succeeded(emitMachineCode(*module, target, false, os)));
  EXPECT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts["hard"].spills, 2);
  EXPECT_EQ(counts["hard"].reloads, 2);
}
