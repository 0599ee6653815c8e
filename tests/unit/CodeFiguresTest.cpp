//===- CodeFiguresTest.cpp - Machine code is measured -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/CodeFigures.h"
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

/// The figures of an object for `target`.
static CodeFigures measure(llvm::StringRef text, llvm::StringRef targetName) {
  CodeFigures figures;
  llvm::LLVMContext context;
  context.setDiagnosticHandler(createSpillCounter(figures.spills));
  llvm::SMDiagnostic error;
  std::unique_ptr<llvm::Module> module =
      llvm::parseAssemblyString(text, error, context);
  EXPECT_TRUE(module) << error.getMessage().str();
  const Target &target = *findTarget(targetName);
  LLVMBackend::get(target).initialiseTarget();
  module->setTargetTriple(llvm::Triple(target.toolchain.triple));
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream os(object);
  mlir::MLIRContext watched;
  EXPECT_TRUE(mlir::succeeded(
      emitMachineCode(*module, target, false, os, figures, &watched)));
  return figures;
}

TEST(CodeFiguresTest, CountsSpillsOfEachFunction) {
  CodeFigures figures = measure(ir, "x86-64-v2");
  EXPECT_EQ(figures.spills.size(), 1u);
  EXPECT_EQ(figures.spills["hard"].spills, 2);
  EXPECT_EQ(figures.spills["hard"].reloads, 2);
}

static constexpr char loops[] = R"(
define internal void @kernel(ptr %p) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  store volatile i64 %i, ptr %p
  %next = add i64 %i, 1
  %again = icmp ne i64 %next, 100
  br i1 %again, label %loop, label %end, !prof !0
end:
  ret void
}
define void @twice(ptr %p) {
  %frame = alloca [64 x i8], align 16
  store volatile i64 0, ptr %frame
  call void @kernel(ptr %p)
  call void @kernel(ptr %p)
  store volatile i64 0, ptr %frame
  ret void
}
define void @unknown(ptr %f) {
  call void %f()
  ret void
}
!0 = !{!"branch_weights", i32 99, i32 1}
)";

// Of a loop: store, add and branch, and two instructions around it.
TEST(CodeFiguresTest, CountsRoundsOfLoops) {
  CodeFigures figures = measure(loops, "riscv64-scalar");
  EXPECT_GE(figures.countInstructions("kernel"), 301);
  EXPECT_LE(figures.countInstructions("kernel"), 305);
}

// Calls count, with all that they call.
TEST(CodeFiguresTest, CountsCalls) {
  CodeFigures figures = measure(loops, "riscv64-scalar");
  int64_t kernel = figures.countInstructions("kernel");
  EXPECT_GE(figures.countInstructions("twice"), 2 * kernel + 8);
  EXPECT_LE(figures.countInstructions("twice"), 2 * kernel + 16);
  EXPECT_EQ(figures.countInstructions("unknown"), 0);
  EXPECT_EQ(figures.countInstructions("missing"), 0);
}

// Where LLVM does not know how often loops run, nobody guesses.
TEST(CodeFiguresTest, CountsNothingWithoutWeights) {
  EXPECT_EQ(measure(loops, "x86-64-v3").countInstructions("kernel"), 0);
}

// 64 bytes and two registers of 8, below the 16 of a function that may call
// any.
TEST(CodeFiguresTest, MeasuresTheStack) {
  EXPECT_EQ(measure(loops, "riscv64-scalar").getStackBytes(), 96);
}

static constexpr char shared[] = R"(
define internal void @kernel(ptr %p) {
  %frame = alloca [32 x i8], align 16
  store volatile i64 0, ptr %frame
  ret void
}
define internal void @variant(ptr %p) {
  %frame = alloca [64 x i8], align 16
  call void @kernel(ptr %p)
  call void @kernel(ptr %p)
  store volatile i64 0, ptr %frame
  ret void
}
define void @unknown(ptr %f) {
  call void %f()
  ret void
}
define void @entry(ptr %f) {
  call void @unknown(ptr %f)
  ret void
}
)";

// What a function may call is one for a machine with the kernels that this one
// calls, 80 bytes and 32, and none that calls any itself.
TEST(CodeFiguresTest, MeasuresTheStackOfSharedKernels) {
  EXPECT_EQ(measure(shared, "riscv64-scalar").getStackBytes(),
            16 + 16 + 80 + 32);
}
