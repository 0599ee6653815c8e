//===- StreamTest.cpp - Streams of compiled random graphs -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/StreamBuilder.h"
#include "tests/differential/CodegenFixture.h"
#include "tests/differential/RandomKernels.h"
#include "tests/differential/RandomSteps.h"

#include <cmath>
#include <random>

using namespace mlir;
using namespace frieze;

/// Pushes `recording` in pieces, and returns the outputs of all windows.
static FailureOr<Arrays> pushAll(const CompiledModel &model,
                                 ArrayRef<float> recording, uint64_t seed,
                                 Problem &problem) {
  const frieze_stream &stream = *model->stream;
  bool atEnd = seed % 7 != 0;
  GuardedMemory state(stream.state_bytes, stream.state_alignment, atEnd);
  memset(state.data(), 0xff, stream.state_bytes);
  stream.init(state.data());
  Arrays outputs(model->output_count);
  std::mt19937_64 random(seed);
  uint64_t done = 0, samples = recording.size() / stream.channels;
  while (done < samples) {
    uint64_t most = random() % 2 ? 2 * stream.block * stream.hop : stream.hop;
    uint64_t count = std::min<uint64_t>(random() % (most + 2), samples - done);
    GuardedMemory piece(count * stream.channels * sizeof(float), sizeof(float),
                        atEnd);
    llvm::copy(recording.slice(done * stream.channels, count * stream.channels),
               piece.floats());
    done += count;
    uint64_t before = outputs.front().size() / model->outputs[0].elements;
    uint64_t whole =
        done < stream.window ? 0 : (done - stream.window) / stream.hop + 1;
    std::vector<GuardedMemory> memory;
    std::vector<void *> pointers;
    for (uint64_t i = 0; i < model->output_count; ++i) {
      memory.emplace_back((whole - before) * model->outputs[i].elements *
                              sizeof(float),
                          sizeof(float), atEnd);
      pointers.push_back(memory.back().floats());
    }
    uint64_t written = 0;
    if (!runsWithinMemory([&] {
          written =
              stream.push(state.data(), piece.floats(), count, pointers.data());
        })) {
      problem = "leaves its memory";
      return failure();
    }
    if (written != whole - before) {
      problem = "writes " + std::to_string(written) + " windows instead of " +
                std::to_string(whole - before);
      return failure();
    }
    for (uint64_t i = 0; i < model->output_count; ++i)
      llvm::append_range(outputs[i],
                         ArrayRef(static_cast<float *>(pointers[i]),
                                  written * model->outputs[i].elements));
  }
  return outputs;
}

/// `module` with a function for some windows, which are given all of their
/// samples as a device gives them, in place of its own; null where its layers
/// do not keep them apart.
static OwningOpRef<ModuleOp> makeBlock(ModuleOp module, int64_t hop,
                                       int64_t windows) {
  OwningOpRef<ModuleOp> block = module.clone();
  func::FuncOp model = getModel(*block);
  if (!llvm::all_of(model.getBody().front().without_terminator(),
                    [](Operation &op) { return nn::keepsWindowsApart(&op); }))
    return nullptr;
  nn::StreamBuilder builder(model, hop, windows, nn::StreamInput::AllSamples);
  FailureOr<func::FuncOp> built = builder.build("model");
  EXPECT_TRUE(succeeded(built)) << "refuses a block of what streams";
  for (auto function :
       llvm::make_early_inc_range(block->getOps<func::FuncOp>()))
    function.erase();
  if (failed(built))
    return nullptr;
  block->push_back(*built);
  return block;
}

Problem Codegen::checkStream(ModuleOp graph, uint64_t seed) {
  Problem problem, refusal;
  CompileOptions options;
  options.exact = true;
  OwningOpRef<ModuleOp> windows = optimise(graph, options, problem);
  if (!windows)
    return problem;
  options.streamHop = 1 + seed % 3 * (seed % 3 == 2 ? 3 : 1);
  if (seed % 2)
    options.streamBlock = 1 + seed % 5;
  OwningOpRef<ModuleOp> stream = optimise(graph, options, refusal);
  if (refusal == crash)
    return refusal;
  if (!stream) {
    ++refused;
    return "";
  }
  ++streamed;
  for (const Target *target : findTargets(seed)) {
    options.target = target;
    auto single = compile(*windows, options, problem);
    auto sliding =
        single ? compile(*stream, options, problem, /*backwards=*/seed % 4 == 1)
               : nullptr;
    if (!sliding)
      return (target->name + ": " + problem).str();
    const frieze_stream &description = *(*sliding)->stream;
    uint64_t channels = description.channels, window = description.window;
    uint64_t blocks = description.block > 64 ? 1 : 2;
    uint64_t samples =
        window + (blocks * description.block + 2) * description.hop + 1;
    std::mt19937_64 random(seed);
    std::vector<float> recording(samples * channels);
    for (float &value : recording)
      value = std::normal_distribution<float>()(random);
    // What is no number must not reach other windows.
    if (seed % 4 == 0)
      recording[recording.size() / 3] = NAN;
    std::vector<Arrays> outputs;
    for (uint64_t at = 0; at + window <= samples; at += description.hop) {
      Arrays input{{recording.begin() + at * channels,
                    recording.begin() + (at + window) * channels}};
      auto output = run(*single, input, 1, /*isBatch=*/false, seed % 7 != 0);
      if (failed(output))
        return (target->name + ": leaves its memory").str();
      outputs.push_back(std::move(*output));
    }
    auto pushed = pushAll(*sliding, recording, seed, problem);
    if (failed(pushed))
      return (target->name + ", stream: " + problem).str();
    if (problem = compareAll(joinSamples(outputs), *pushed,
                             target->name + ", stream of hop " +
                                 Twine(description.hop) + ", block " +
                                 Twine(description.block));
        !problem.empty())
      return problem;
    const size_t together = 1 + seed % std::min<size_t>(outputs.size(), 5);
    auto block = makeBlock(*stream, description.hop, together);
    if (!block)
      continue;
    auto compiled = compile(*block, options, problem, seed % 4 == 1);
    if (!compiled)
      return (target->name + ", block: " + problem).str();
    outputs.resize(together);
    recording.resize((window + (together - 1) * description.hop) * channels);
    auto all = run(*compiled, {recording}, 1, /*isBatch=*/false, seed % 7 != 0);
    if (failed(all))
      return (target->name + ", block: leaves its memory").str();
    if (problem = compareAll(joinSamples(outputs), *all,
                             target->name + ", block of " + Twine(together) +
                                 ", hop " + Twine(description.hop));
        !problem.empty())
      return problem;
  }
  return "";
}

Problem Codegen::checkSteps(ModuleOp graph, uint64_t seed) {
  Problem problem;
  CompileOptions options;
  options.streamSteps = true;
  options.streamBlock = 1 + seed % 5;
  OwningOpRef<ModuleOp> step = carryStates(graph, options.streamBlock);
  if (!step)
    return "is refused";
  ++streamed;
  int64_t steps = 2 * options.streamBlock + seed % 7 + 2;
  OwningOpRef<ModuleOp> whole = lengthenSequence(graph, steps);
  for (const Target *target : findTargets(seed)) {
    options.target = target;
    auto once = compile(*whole, options, problem);
    auto stepping =
        once ? compile(*step, options, problem, /*backwards=*/seed % 4 == 1)
             : nullptr;
    if (!stepping)
      return (target->name + ": " + problem).str();
    std::mt19937_64 random(seed);
    std::vector<float> recording(steps * (*stepping)->stream->channels);
    for (float &value : recording)
      value = std::normal_distribution<float>()(random);
    if (seed % 4 == 0)
      recording[recording.size() / 2] = NAN;
    auto expected =
        run(*once, {recording}, 1, /*isBatch=*/false, seed % 7 != 0);
    if (failed(expected))
      return (target->name + ": leaves its memory").str();
    auto pushed = pushAll(*stepping, recording, seed, problem);
    if (failed(pushed))
      return (target->name + ", steps: " + problem).str();
    if (problem = compareAll(*expected, *pushed,
                             target->name + ", steps, block " +
                                 Twine(options.streamBlock));
        !problem.empty())
      return problem;
  }
  return "";
}

// Steps taken one call after the other have the results of the whole sequence,
// however many come at a time.
TEST_F(Codegen, StepsHaveTheBitsOfWholeSequences) {
  runAll(
      0.1, 5000001,
      [&](uint64_t seed) { return createRandomSteps(&context, seed); },
      [&](ModuleOp graph, uint64_t seed) { return checkSteps(graph, seed); });
  EXPECT_GT(streamed, 0);
}

// A stream either is refused, or has the scores of single windows.
TEST_F(Codegen, StreamsHaveTheBitsOfSingleWindows) {
  runAll(
      0.2, 4000001,
      [&](uint64_t seed) {
        return createRandomKernels(&context, seed, KernelGraphKind::Stream);
      },
      [&](ModuleOp graph, uint64_t seed) { return checkStream(graph, seed); });
  EXPECT_GE(streamed, refused) << "most streams are refused";
}
