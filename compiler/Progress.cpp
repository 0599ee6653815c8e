//===- Progress.cpp - How far a compilation is ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Progress.h"
#include "dialect/Steps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;
using namespace frieze;

LogicalResult frieze::makeStage(Location location, Stage stage, size_t passes,
                                llvm::function_ref<LogicalResult()> make) {
  MLIRContext *context = location.getContext();
  LogicalResult made = failure();
  context->executeAction<StageAction>([&] { made = make(); }, {}, stage,
                                      passes);
  if (isCancelled(context))
    return emitError(location, "cancelled");
  return made;
}

/// The shares of the whole that are done before and after `stage`: as measured
/// on ResNet-50 and EfficientNetB0 for x86-64.
static std::pair<double, double> getShares(Stage stage) {
  switch (stage) {
  case Stage::NN:
    return {0, 0.1};
  case Stage::NNOpt:
    return {0.1, 0.2};
  case Stage::Loops:
    return {0.2, 0.26};
  case Stage::GPU:
    return {0.26, 0.3};
  case Stage::LLVM:
    return {0.26, 0.34};
  case Stage::PTX:
  case Stage::SPIRV:
    return {0.3, 1};
  default:
    return {0.34, 1};
  }
}

Progress::Progress(MLIRContext *context, Report report)
    : context(context), report(std::move(report)) {
  context->registerActionHandler(
      [this](llvm::function_ref<void()> execute,
             const tracing::Action &action) { handle(execute, action); });
}

Progress::~Progress() { context->registerActionHandler(nullptr); }

void Progress::restart() {
  isCancelled = false;
  told = -1;
  part = "";
  partBegin = 0;
  partShare = 1;
}

void Progress::enterPart(StringRef name, double partBegin, double partEnd) {
  // Shares of what was made before are none of it.
  if (part != name)
    told = -1;
  part = name;
  this->partBegin = partBegin;
  partShare = partEnd - partBegin;
  begin = 0;
  end = 1;
}

/// `done` is the share of what is between `begin` and `end`.
void Progress::tell(double done) {
  constexpr double least = 1e-3;
  StringRef name = part.empty() ? what : part;
  double all = partBegin + partShare * (begin + (end - begin) * done);
  if (isCancelled || (name == toldWhat && all < told + least))
    return;
  // What is made for a device and its host begins twice.
  told = std::max(told, all);
  toldWhat = name;
  if (!report(name, told))
    isCancelled = true;
}

void Progress::handle(llvm::function_ref<void()> execute,
                      const tracing::Action &action) {
  if (isCancelled)
    return;
  if (auto *stage = dyn_cast<StageAction>(&action)) {
    what = describe(stage->stage).name;
    std::tie(begin, end) = getShares(stage->stage);
    passes = stage->passes;
    pass = 0;
    tell(0);
    if (isCancelled)
      return;
    execute();
    passes = 0;
    tell(1);
  } else if (auto *step = dyn_cast<StepAction>(&action)) {
    execute();
    tell(passes ? (pass + step->done) / passes : step->done);
  } else if (auto *run = dyn_cast<PassExecutionAction>(&action);
             run && passes && isa<ModuleOp>(run->getOp())) {
    execute();
    ++pass;
    tell(std::min(1.0, double(pass) / passes));
  } else {
    execute();
  }
}
