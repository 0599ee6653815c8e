//===- CompiledModel.cpp - A model as code in this process ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/differential/CompiledModel.h"
#include "compiler/codegen/Passes.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/MathExtras.h"

#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

using namespace frieze;

GuardedMemory::GuardedMemory(size_t size, size_t alignment, bool atEnd) {
  size_t page = sysconf(_SC_PAGESIZE);
  size_t bytes = llvm::alignTo(std::max<size_t>(size, 1), page);
  mappedBytes = bytes + 2 * page;
  mapping =
      mmap(nullptr, mappedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *usable = static_cast<char *>(mapping) + page;
  if (mapping == MAP_FAILED || mprotect(usable, bytes, PROT_READ | PROT_WRITE))
    std::abort();
  start = atEnd ? usable + llvm::alignDown(bytes - size, alignment) : usable;
}

GuardedMemory::GuardedMemory(GuardedMemory &&other) noexcept
    : mapping(std::exchange(other.mapping, nullptr)), start(other.start),
      mappedBytes(other.mappedBytes) {}

GuardedMemory::~GuardedMemory() {
  if (mapping)
    munmap(mapping, mappedBytes);
}

static sigjmp_buf outside;

bool frieze::runsWithinMemory(llvm::function_ref<void()> function) {
  struct sigaction jump = {}, previous;
  jump.sa_handler = [](int) { siglongjmp(outside, 1); };
  sigaction(SIGSEGV, &jump, &previous);
  bool isWithin = !sigsetjmp(outside, /*savemask=*/1);
  if (isWithin)
    function();
  sigaction(SIGSEGV, &previous, nullptr);
  return isWithin;
}

bool frieze::completes(llvm::function_ref<void()> function) {
  llvm::CrashRecoveryContext::Enable();
  llvm::CrashRecoveryContext recovery;
  bool isComplete = recovery.RunSafely(function);
  llvm::CrashRecoveryContext::Disable();
  return isComplete;
}

/// Takes `module` from nn-opt to LLVM.
static mlir::LogicalResult
lower(mlir::ModuleOp module, const CompileOptions &options, bool backwards) {
  if (failed(lowerModule(module, Stage::NNOpt, Stage::Loops, options)))
    return mlir::failure();
  if (backwards) {
    mlir::PassManager pm(module.getContext());
    pm.addPass(createOrderLoopsPass({/*backwards=*/true}));
    if (failed(pm.run(module)))
      return mlir::failure();
  }
  return lowerModule(module, Stage::Loops, Stage::LLVM, options);
}

std::unique_ptr<CompiledModel>
CompiledModel::compile(mlir::ModuleOp module, const CompileOptions &options,
                       bool backwards, bool &crashed) {
  auto compiled = std::make_unique<CompiledModel>();
  crashed = !completes([&] {
    if (succeeded(lower(module, options, backwards)))
      compiled->object = emitObject(module, options);
  });
  if (crashed || compiled->object.empty())
    return nullptr;
  compiled->model = llvm::cantFail(
      LoadedModel::load({compiled->object.data(), compiled->object.size()}));
  return compiled;
}
