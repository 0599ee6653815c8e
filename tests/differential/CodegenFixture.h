//===- CodegenFixture.h - Random graphs as code -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_DIFFERENTIAL_CODEGENFIXTURE_H
#define FRIEZE_TESTS_DIFFERENTIAL_CODEGENFIXTURE_H

#include "compiler/reference/Tensor.h"
#include "compiler/target/Target.h"
#include "tests/differential/CompiledModel.h"
#include "tests/differential/GraphTest.h"

namespace frieze {

/// What is wrong with a graph; empty where nothing is.
using Problem = std::string;
using Arrays = std::vector<std::vector<float>>;

inline constexpr const char *crash = "the compiler crashes";

/// Random graphs that are compiled, and run.
class Codegen : public GraphTest {
protected:
  /// Draws `share` of the graphs that are asked for, and checks each.
  void
  runAll(double share, uint64_t firstSeed,
         llvm::function_ref<mlir::OwningOpRef<mlir::ModuleOp>(uint64_t)> create,
         llvm::function_ref<Problem(mlir::ModuleOp, uint64_t)> check);

  Problem checkLayers(mlir::ModuleOp graph, uint64_t seed);
  Problem checkBatch(mlir::ModuleOp graph, uint64_t seed);
  Problem checkStream(mlir::ModuleOp graph, uint64_t seed);
  /// `graph` is a model of one step.
  Problem checkSteps(mlir::ModuleOp graph, uint64_t seed);

  /// `graph` at nn-opt, as its seed has it: as it is, or through the pipeline.
  /// Null with a problem.
  mlir::OwningOpRef<mlir::ModuleOp> optimise(mlir::ModuleOp graph,
                                             const CompileOptions &options,
                                             Problem &problem);
  std::unique_ptr<CompiledModel> compile(mlir::ModuleOp optimised,
                                         const CompileOptions &options,
                                         Problem &problem,
                                         bool backwards = false);

  /// Streams that were refused, and those that were compared.
  int refused = 0, streamed = 0;
};

/// `graph` with functions that take its steps, `block` together; null where
/// they are refused.
mlir::OwningOpRef<mlir::ModuleOp> carryStates(mlir::ModuleOp graph,
                                              int64_t block);

/// The targets of one variant that this processor runs, of every other seed
/// with small caches; with FRIEZE_ONE_TARGET, one of them for each seed.
llvm::SmallVector<const Target *> findTargets(uint64_t seed);

/// What differs between the outputs of a model.
Problem compareAll(const Arrays &expected, const Arrays &actual,
                   const llvm::Twine &where);

/// The outputs of `calls` calls together, or of one; fails where the code
/// leaves its memory. `atEnd`: where buffers end, rather than where they begin.
mlir::FailureOr<Arrays> run(const CompiledModel &model, const Arrays &inputs,
                            uint64_t calls, bool isBatch, bool atEnd);

Arrays toFloats(llvm::ArrayRef<reference::Tensor<double>> tensors);

/// Samples of one input after the other.
Arrays joinSamples(llvm::ArrayRef<Arrays> samples);

} // namespace frieze

#endif // FRIEZE_TESTS_DIFFERENTIAL_CODEGENFIXTURE_H
