//===- BatchTest.cpp - Batches of compiled random graphs --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/CallsPerRun.h"
#include "tests/differential/CodegenFixture.h"
#include "tests/differential/RandomBuilder.h"
#include "tests/differential/RandomKernels.h"

using namespace mlir;
using namespace frieze;

/// Gives the inputs of `graph`, one sample each, `batch` samples.
static LogicalResult setBatch(ModuleOp graph, int64_t batch) {
  func::FuncOp function = getModel(graph);
  auto widen = [&](Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[0] = batch;
    value.setType(type.clone(shape));
  };
  llvm::for_each(function.getArguments(), widen);
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (auto slice = dyn_cast<nn::SliceOp>(op)) {
      SmallVector<int64_t> size(slice.getSize());
      size[0] = batch;
      slice.setSize(size);
    }
    if (isa<nn::ReshapeOp>(op))
      widen(op.getResult(0));
    if (failed(nn::inferResultTypes(&op)))
      return failure();
  }
  Operation *terminator = function.getBody().front().getTerminator();
  function.setFunctionType(FunctionType::get(
      graph.getContext(), function.getBody().front().getArgumentTypes(),
      terminator->getOperandTypes()));
  return success();
}

Problem Codegen::checkBatch(ModuleOp graph, uint64_t seed) {
  // More than the calls that run together, for some.
  int64_t batch = seed % 3 == 0 ? 9 : 2 + seed % 2;
  bool atEnd = seed % 7 != 0;
  OwningOpRef<ModuleOp> many = graph.clone();
  if (failed(setBatch(*many, batch)))
    return "has no batch";
  // Kernels of several samples, or a call for each.
  if (seed % 2 == 0)
    getModel(*many)->setAttr(callsPerRunName,
                             Builder(&context).getI64IntegerAttr(1));
  Problem problem;
  CompileOptions options;
  OwningOpRef<ModuleOp> one = optimise(graph, options, problem);
  if (one)
    many = optimise(*many, options, problem);
  if (!one || !many)
    return problem;
  for (const Target *target : findTargets(seed)) {
    options.target = target;
    auto single = compile(*one, options, problem);
    auto together = single ? compile(*many, options, problem) : nullptr;
    if (!together)
      return (target->name + ": " + problem).str();
    std::vector<Arrays> inputs, outputs;
    for (int64_t i = 0; i < batch; ++i) {
      inputs.push_back(
          toFloats(createRandomInputs(getModel(graph), seed + i, i == 1)));
      auto output = run(*single, inputs.back(), 1, /*isBatch=*/false, atEnd);
      if (failed(output))
        return (target->name + ": leaves its memory").str();
      outputs.push_back(*output);
    }
    Arrays expected = joinSamples(outputs), samples = joinSamples(inputs);
    auto batched = run(*single, samples, batch, /*isBatch=*/true, atEnd);
    auto widened = run(*together, samples, 1, /*isBatch=*/false, atEnd);
    // The outputs of one call of all samples, of another shape.
    if (failed(batched) || failed(widened))
      return (target->name + ": leaves its memory with a batch").str();
    if (problem = compareAll(expected, *batched, target->name + ", run_batch");
        !problem.empty())
      return problem;
    if (problem = compareAll(expected, *widened, target->name + ", batch");
        !problem.empty())
      return problem;
  }
  return "";
}

// run_batch, and a batch in the model.
TEST_F(Codegen, BatchesHaveTheBitsOfSingleSamples) {
  runAll(
      0.2, 3000001,
      [&](uint64_t seed) {
        return createRandomKernels(&context, seed, KernelGraphKind::Batch);
      },
      [&](ModuleOp graph, uint64_t seed) { return checkBatch(graph, seed); });
}
