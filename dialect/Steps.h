//===- Steps.h - How far a compilation is -----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_STEPS_H
#define FRIEZE_DIALECT_STEPS_H

#include "mlir/IR/Action.h"
#include "mlir/IR/MLIRContext.h"

#include <algorithm>

namespace frieze {

/// A step of what a pass or a back end does. Whoever handles the actions of the
/// context learns from it how far that is, and cancels it by executing no more.
class StepAction : public mlir::tracing::ActionImpl<StepAction> {
public:
  StepAction(llvm::ArrayRef<mlir::IRUnit> units, double done)
      : ActionImpl(units), done(done) {}

  static constexpr llvm::StringLiteral tag = "frieze-step";

  /// The share that is done after it, from 0 to 1.
  double done;
};

/// Nothing, which is not executed either where a compilation is cancelled.
class CheckAction : public mlir::tracing::ActionImpl<CheckAction> {
public:
  using ActionImpl::ActionImpl;

  static constexpr llvm::StringLiteral tag = "frieze-check";
};

/// Whether the compilation in `context` is cancelled.
inline bool isCancelled(mlir::MLIRContext *context) {
  bool isExecuted = false;
  context->executeAction<CheckAction>([&] { isExecuted = true; }, {});
  return !isExecuted;
}

/// Executes the steps of one pass or back end, whose sizes sum up to a total,
/// or to more where it cannot tell before.
class Steps {
public:
  Steps(mlir::MLIRContext *context, size_t total)
      : context(context), total(total) {}

  /// Executes `step`, unless the compilation is cancelled.
  void execute(llvm::function_ref<void()> step, size_t size = 1) {
    done = std::min(done + size, total);
    context->executeAction<StepAction>(step, {},
                                       static_cast<double>(done) / total);
  }

private:
  mlir::MLIRContext *context;
  size_t total, done = 0;
};

} // namespace frieze

#endif // FRIEZE_DIALECT_STEPS_H
