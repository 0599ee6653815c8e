//===- CodegenFixture.cpp - Random graphs as code ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/differential/CodegenFixture.h"
#include "compiler/transforms/Passes.h"
#include "frieze/processor.h"
#include "mlir/Pass/PassManager.h"
#include "tests/differential/ReduceGraph.h"
#include "llvm/ADT/StringMap.h"

#include <cmath>
#include <cstdlib>
#include <fstream>

using namespace mlir;
using namespace frieze;
using reference::Tensor;

/// A target of one machine with caches so small that kernels of a few KiB leave
/// them, as those of large models do.
static const Target *shrinkCaches(const Target &target) {
  static llvm::StringMap<std::pair<Machine, Target>> small;
  auto [found, isNew] = small.try_emplace(
      target.name, std::make_pair(target.machines.front(), target));
  if (isNew) {
    auto &[machine, shrunk] = found->second;
    machine.caches.firstLevel = 2 << 10;
    machine.caches.secondLevel = 4 << 10;
    shrunk.machines = machine;
  }
  return &found->second.second;
}

SmallVector<const Target *> frieze::findTargets(uint64_t seed) {
  SmallVector<const Target *> found;
  for (const Target &target : getTargets())
    if (target.machines.size() == 1 && !target.device &&
        frieze_processor_runs(target.name.str().c_str()))
      found.push_back(seed % 2 ? &target : shrinkCaches(target));
  if (readNumber("FRIEZE_ONE_TARGET", 0))
    return {found[seed / 3 % found.size()]};
  return found;
}

static bool isSame(float a, float b) {
  return (a == b && std::signbit(a) == std::signbit(b)) ||
         (std::isnan(a) && std::isnan(b));
}

static Problem compare(ArrayRef<float> expected, ArrayRef<float> actual,
                       const Twine &where) {
  size_t different = 0, first = 0;
  for (size_t i = 0; i < expected.size(); ++i)
    if (!isSame(expected[i], actual[i]) && different++ == 0)
      first = i;
  if (different == 0)
    return "";
  return (where + ": " + Twine(different) + " of " + Twine(expected.size()) +
          " elements differ; element " + Twine(first) + " expects " +
          std::to_string(expected[first]) + ", but got " +
          std::to_string(actual[first]))
      .str();
}

Problem frieze::compareAll(const Arrays &expected, const Arrays &actual,
                           const Twine &where) {
  for (size_t i = 0; i < expected.size(); ++i)
    if (Problem problem =
            compare(expected[i], actual[i], where + ", output " + Twine(i));
        !problem.empty())
      return problem;
  return "";
}

FailureOr<Arrays> frieze::run(const CompiledModel &model, const Arrays &inputs,
                              uint64_t calls, bool isBatch, bool atEnd) {
  std::vector<GuardedMemory> memory;
  auto allocate = [&](size_t elements) {
    memory.emplace_back(elements * sizeof(float), sizeof(float), atEnd);
    return memory.back().floats();
  };
  std::vector<const void *> inputPointers;
  for (const std::vector<float> &input : inputs) {
    float *buffer = allocate(input.size());
    llvm::copy(input, buffer);
    inputPointers.push_back(buffer);
  }
  Arrays outputs;
  std::vector<void *> outputPointers;
  for (uint64_t i = 0; i < model->output_count; ++i) {
    outputs.emplace_back(calls * model->outputs[i].elements);
    outputPointers.push_back(allocate(outputs.back().size()));
  }
  GuardedMemory arena(model->arena_bytes, model->arena_alignment, atEnd);
  // What stood there before is no number.
  memset(arena.data(), 0xff, model->arena_bytes);
  if (!runsWithinMemory([&] {
        if (isBatch)
          model->run_batch(calls, inputPointers.data(), outputPointers.data(),
                           arena.data());
        else
          model->run(inputPointers.data(), outputPointers.data(), arena.data());
      }))
    return failure();
  for (auto [output, pointer] : llvm::zip_equal(outputs, outputPointers))
    llvm::copy(ArrayRef(static_cast<float *>(pointer), output.size()),
               output.begin());
  return outputs;
}

Arrays frieze::toFloats(ArrayRef<Tensor<double>> tensors) {
  Arrays arrays;
  for (const Tensor<double> &tensor : tensors)
    arrays.emplace_back(tensor.values.begin(), tensor.values.end());
  return arrays;
}

Arrays frieze::joinSamples(ArrayRef<Arrays> samples) {
  Arrays joined = samples.front();
  for (const Arrays &sample : samples.drop_front())
    for (auto [array, part] : llvm::zip_equal(joined, sample))
      array.insert(array.end(), part.begin(), part.end());
  return joined;
}

OwningOpRef<ModuleOp> Codegen::optimise(ModuleOp graph,
                                        const CompileOptions &options,
                                        Problem &problem) {
  OwningOpRef<ModuleOp> optimised = graph.clone();
  ScopedDiagnosticHandler quiet(&context, [&](Diagnostic &diagnostic) {
    if (problem.empty() &&
        diagnostic.getSeverity() == DiagnosticSeverity::Error)
      problem = diagnostic.str();
    return success();
  });
  bool isDone = false;
  if (!completes([&] {
        isDone = succeeded(
            lowerModule(*optimised, Stage::NN, Stage::NNOpt, options));
      }))
    problem = crash;
  else if (!isDone)
    problem = "nn-opt fails: " + problem;
  if (isDone)
    return optimised;
  return nullptr;
}

OwningOpRef<ModuleOp> frieze::carryStates(ModuleOp graph, int64_t block) {
  OwningOpRef<ModuleOp> stream = graph.clone();
  PassManager passes(graph.getContext());
  passes.addPass(nn::createCarryStatesPass({block}));
  if (failed(passes.run(*stream)))
    return nullptr;
  return stream;
}

std::unique_ptr<CompiledModel> Codegen::compile(ModuleOp optimised,
                                                const CompileOptions &options,
                                                Problem &problem,
                                                bool backwards) {
  OwningOpRef<ModuleOp> lowered = optimised.clone();
  std::string why;
  ScopedDiagnosticHandler quiet(&context, [&](Diagnostic &diagnostic) {
    why += diagnostic.str();
    return success();
  });
  bool crashed = false;
  auto model = CompiledModel::compile(*lowered, options, backwards, crashed);
  if (!model)
    problem = crashed ? crash : "is not compiled: " + why;
  return model;
}

void Codegen::runAll(double share, uint64_t firstSeed,
                     llvm::function_ref<OwningOpRef<ModuleOp>(uint64_t)> create,
                     llvm::function_ref<Problem(ModuleOp, uint64_t)> check) {
  uint64_t graphs = readNumber("FRIEZE_GRAPHS", 500) * share;
  uint64_t seed = readNumber("FRIEZE_SEED", firstSeed), wrong = 0;
  for (uint64_t end = seed + graphs; seed < end; ++seed) {
    OwningOpRef<ModuleOp> graph = create(seed);
    Problem problem = check(*graph, seed);
    if (problem.empty())
      continue;
    if (readNumber("FRIEZE_REDUCE", 1) == 0)
      FAIL() << "seed " << seed << ": " << problem;
    OwningOpRef<ModuleOp> reduced =
        reduceGraph(*graph, [&](ModuleOp candidate) {
          return !check(candidate, seed).empty();
        });
    const char *folder = std::getenv("FRIEZE_FAILURES");
    std::string path =
        (folder ? folder + std::string("/") : testing::TempDir()) + "graph-" +
        std::to_string(seed) + ".mlir";
    std::string text;
    llvm::raw_string_ostream os(text);
    reduced->print(os);
    std::ofstream(path) << text;
    ADD_FAILURE() << "seed " << seed << ": " << problem << "\nreduced to "
                  << path << ": " << check(*reduced, seed) << "\n"
                  << StringRef(text).take_front(2000).str();
    // The first few say enough.
    if (++wrong == 5)
      break;
  }
  RecordProperty("graphs", std::to_string(graphs));
}
