//===- CodegenTest.cpp - Compiled random graphs -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Random graphs through code generation, for every variant that this processor
// runs: their results equal those of the reference evaluator in every bit,
// batches and streams those of single samples and windows, and nothing is read
// or written outside the caller's memory. FRIEZE_GRAPHS sets how many graphs
// (500 by all tests together), FRIEZE_SEED the first seed, FRIEZE_FAILURES the
// folder for graphs that fail, which are reduced unless FRIEZE_REDUCE is 0.
// With FRIEZE_ONE_TARGET a graph is compiled for one of the variants alone.

#include "compiler/reference/Evaluate.h"
#include "tests/differential/CodegenFixture.h"
#include "tests/differential/RandomBuilder.h"
#include "tests/differential/RandomGraph.h"
#include "tests/differential/RandomKernels.h"
#include "tests/differential/RandomSteps.h"

#include <set>

using namespace mlir;
using namespace frieze;
using reference::Arithmetic;
using reference::Tensor;

static FailureOr<Arrays> evaluate(ModuleOp module,
                                  ArrayRef<Tensor<double>> inputs,
                                  Arithmetic arithmetic) {
  std::vector<Tensor<float>> rounded;
  for (const Tensor<double> &input : inputs)
    rounded.push_back(
        {input.shape, {input.values.begin(), input.values.end()}});
  auto results =
      reference::evaluate<float>(getModel(module), rounded, arithmetic);
  if (failed(results))
    return failure();
  Arrays arrays;
  for (Tensor<float> &result : *results)
    arrays.push_back(std::move(result.values));
  return arrays;
}

Problem Codegen::checkLayers(ModuleOp graph, uint64_t seed) {
  Problem problem;
  CompileOptions options;
  options.exact = seed % 3 == 0;
  OwningOpRef<ModuleOp> optimised = graph.clone();
  // Fused as they are, or as the pipeline has them.
  bool isFused = true;
  graph.walk([&](Operation *op) {
    isFused &= !isa<nn::BatchNormOp, nn::DropoutOp>(op);
  });
  if (!isFused || seed % 2 == 0)
    optimised = optimise(graph, options, problem);
  if (!optimised)
    return problem;
  bool hasExtremes = seed % 5 == 0, atEnd = seed % 7 != 0;
  auto inputs = createRandomInputs(getModel(graph), seed, hasExtremes);
  for (const Target *target : findTargets(seed)) {
    options.target = target;
    auto expected =
        evaluate(*optimised, inputs,
                 target->machines.front().hasFMA ? Arithmetic::Fused
                                                 : Arithmetic::Unfused);
    if (failed(expected))
      return "cannot be evaluated";
    // Independent iterations give the same bits in any order.
    bool backwards = seed % 4 == 1;
    auto model = compile(*optimised, options, problem, backwards);
    if (!model)
      return (target->name + ": " + problem).str();
    auto actual = run(*model, toFloats(inputs), 1, /*isBatch=*/false, atEnd);
    if (failed(actual))
      return (target->name + ": leaves its memory").str();
    if (problem = compareAll(*expected, *actual, target->name);
        !problem.empty())
      return problem;
  }
  return "";
}

// Every layer as it is, and after nn-opt.
TEST_F(Codegen, LayersHaveTheBitsOfTheReference) {
  runAll(
      0.4, 1,
      [&](uint64_t seed) {
        return createRandomKernels(&context, seed, KernelGraphKind::Any);
      },
      [&](ModuleOp graph, uint64_t seed) { return checkLayers(graph, seed); });
}

// Batch norms and activations between the layers.
TEST_F(Codegen, ModelsHaveTheBitsOfTheReference) {
  runAll(
      0.2, 2000001,
      [&](uint64_t seed) {
        return createRandomGraph(&context, seed, Float32Type::get(&context));
      },
      [&](ModuleOp graph, uint64_t seed) { return checkLayers(graph, seed); });
}

// The graphs above have every op of the dialect, every kind of an op, and every
// stage of every epilogue.
TEST_F(Codegen, GraphsCoverTheDialect) {
  std::set<std::string> seen;
  auto note = [&](const Twine &what) { seen.insert(what.str()); };
  auto noteAll = [&](ModuleOp graph) {
    graph.walk([&](Operation *op) {
      std::string name = op->getName().getStringRef().str();
      note(name);
      for (NamedAttribute attribute : op->getAttrs())
        note(name + " " + attribute.getName().getValue());
      if (auto kernel = dyn_cast<nn::EpilogueOpInterface>(op))
        for (Attribute stage : kernel.getEpilogueStages())
          note(name + (isa<nn::ActivationAttr>(stage)    ? " activation"
                       : isa<nn::AffineStageAttr>(stage) ? " affine"
                                                         : " pool"));
      if (auto activation = dyn_cast<nn::ActivationOp>(op))
        note("function " +
             nn::stringifyActivationKind(activation.getFunction().getKind()));
    });
  };
  for (uint64_t seed = 1; seed <= 1500; ++seed) {
    for (KernelGraphKind kind : {KernelGraphKind::Any, KernelGraphKind::Batch,
                                 KernelGraphKind::Stream})
      noteAll(*createRandomKernels(&context, seed, kind));
    noteAll(*createRandomGraph(&context, seed, Float32Type::get(&context)));
  }
  // The ops that only streams have.
  CompileOptions options;
  options.streamHop = 1;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Problem refusal;
    OwningOpRef<ModuleOp> graph =
        optimise(*createRandomKernels(&context, seed, KernelGraphKind::Stream),
                 options, refusal);
    if (graph)
      noteAll(*graph);
  }
  for (uint64_t seed = 1; seed <= 20; ++seed)
    noteAll(*carryStates(*createRandomSteps(&context, seed), /*block=*/2));
  for (RegisteredOperationName op : context.getRegisteredOperations()) {
    if (op.getDialectNamespace() != "nn")
      continue;
    std::string name = op.getStringRef().str();
    EXPECT_TRUE(seen.count(name)) << name << " is in no random graph";
    for (StringAttr attribute : op.getAttributeNames())
      EXPECT_TRUE(seen.count(name + " " + attribute.str()))
          << "no random graph has " << attribute.str() << " of " << name;
    if (op.hasInterface<nn::EpilogueOpInterface>())
      for (const char *stage : {" activation", " affine"})
        EXPECT_TRUE(seen.count(name + stage))
            << "no epilogue of " << name << " has an" << stage;
  }
  EXPECT_TRUE(seen.count("nn.conv pool"));
  for (unsigned kind = 0; kind <= nn::getMaxEnumValForActivationKind();
       ++kind) {
    std::string name =
        nn::stringifyActivationKind((nn::ActivationKind)kind).str();
    EXPECT_TRUE(seen.count("function " + name))
        << "no random graph has the function " << name;
  }
}
