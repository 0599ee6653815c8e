//===- Progress.h - How far a compilation is --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_PROGRESS_H
#define FRIEZE_COMPILER_PROGRESS_H

#include "compiler/codegen/Stage.h"
#include "mlir/IR/Action.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Support/LLVM.h"

#include <atomic>
#include <functional>

namespace frieze {

/// The making of one stage, by a number of passes or by the steps of a back end
/// (dialect/Steps.h).
class StageAction : public mlir::tracing::ActionImpl<StageAction> {
public:
  StageAction(llvm::ArrayRef<mlir::IRUnit> units, Stage stage, size_t passes)
      : ActionImpl(units), stage(stage), passes(passes) {}

  static constexpr llvm::StringLiteral tag = "frieze-stage";

  Stage stage;
  size_t passes;
};

/// Makes `stage` by `make`, which runs so many passes. An error at `location`
/// where the compilation is cancelled before the end.
mlir::LogicalResult makeStage(mlir::Location location, Stage stage,
                              size_t passes,
                              llvm::function_ref<mlir::LogicalResult()> make);

/// Tells how far the compilations of a context are, while it lives. Passes,
/// kernels and functions are counted, functions by their instructions; each
/// stage has the share of the whole that it takes of large nets.
class Progress {
public:
  /// Gets what is made, a stage or a part, and the share of the way from the
  /// file to machine code that is done, from 0 to 1. False cancels: then no
  /// further step is taken, and makeStage() fails. Nothing is told twice, nor
  /// steps of less than a thousandth.
  using Report = std::function<bool(llvm::StringRef what, double done)>;

  Progress(mlir::MLIRContext *context, Report report);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// Begins anew, for a context whose compilation may have been cancelled.
  void restart();
  /// Until restart(), what is told is of something else that is made, a part of
  /// which follows: stages, or steps of its own.
  void enterPart(llvm::StringRef what, double begin, double end);

private:
  void handle(llvm::function_ref<void()> execute,
              const mlir::tracing::Action &action);
  void tell(double done);

  mlir::MLIRContext *context;
  Report report;
  std::atomic<bool> isCancelled = false;
  /// What is made, and between which shares of the whole its steps are.
  llvm::StringRef what;
  double begin = 0, end = 0;
  /// Of the pass that runs, its number, and of how many.
  size_t pass = 0, passes = 0;
  /// What has been told last.
  llvm::StringRef toldWhat;
  double told = -1;
  llvm::StringRef part;
  double partBegin = 0, partShare = 1;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_PROGRESS_H
