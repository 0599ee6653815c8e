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

#include "compiler/reference/Evaluate.h"
#include "compiler/target/Target.h"
#include "tests/differential/CompiledModel.h"
#include "tests/differential/GraphTest.h"
#include "tests/differential/RandomBuilder.h"
#include "tests/differential/RandomGraph.h"
#include "tests/differential/RandomKernels.h"
#include "tests/differential/ReduceGraph.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>

using namespace mlir;
using namespace frieze;
using reference::Arithmetic;
using reference::Tensor;

namespace {
/// What is wrong with a graph; empty where nothing is.
using Problem = std::string;
using Arrays = std::vector<std::vector<float>>;

constexpr const char *crash = "the compiler crashes";

class Codegen : public GraphTest {
protected:
  /// Draws `share` of the graphs that are asked for, and checks each.
  void runAll(double share, uint64_t firstSeed,
              llvm::function_ref<OwningOpRef<ModuleOp>(uint64_t)> create,
              llvm::function_ref<Problem(ModuleOp, uint64_t)> check);

  Problem checkLayers(ModuleOp graph, uint64_t seed);
  Problem checkBatch(ModuleOp graph, uint64_t seed);
  Problem checkStream(ModuleOp graph, uint64_t seed);

  /// `graph` at nn-opt, as its seed has it: as it is, or through the pipeline.
  /// Null with a problem.
  OwningOpRef<ModuleOp> optimise(ModuleOp graph, const CompileOptions &options,
                                 Problem &problem);
  std::unique_ptr<CompiledModel> compile(ModuleOp optimised,
                                         const CompileOptions &options,
                                         Problem &problem,
                                         bool backwards = false);

  /// Streams that were refused, and those that were compared.
  int refused = 0, streamed = 0;
};
} // namespace

/// The targets of one variant that this processor runs.
static SmallVector<const Target *> findTargets() {
  SmallVector<const Target *> found;
  for (const Target &target : getTargets())
    if (target.machines.size() == 1 &&
        (target.name == "x86-64-v4"   ? __builtin_cpu_supports("x86-64-v4")
         : target.name == "x86-64-v3" ? __builtin_cpu_supports("x86-64-v3")
                                      : __builtin_cpu_supports("x86-64-v2")))
      found.push_back(&target);
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

static Problem compareAll(const Arrays &expected, const Arrays &actual,
                          const Twine &where) {
  for (size_t i = 0; i < expected.size(); ++i)
    if (Problem problem =
            compare(expected[i], actual[i], where + ", output " + Twine(i));
        !problem.empty())
      return problem;
  return "";
}

/// The outputs of `calls` calls together, or of one; fails where the code
/// leaves its memory. `atEnd`: where buffers end, rather than where they begin.
static FailureOr<Arrays> run(const CompiledModel &model, const Arrays &inputs,
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

static Arrays toFloats(ArrayRef<Tensor<double>> tensors) {
  Arrays arrays;
  for (const Tensor<double> &tensor : tensors)
    arrays.emplace_back(tensor.values.begin(), tensor.values.end());
  return arrays;
}

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
  for (const Target *target : findTargets()) {
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

/// Samples of one input after the other.
static Arrays joinSamples(ArrayRef<Arrays> samples) {
  Arrays joined = samples.front();
  for (const Arrays &sample : samples.drop_front())
    for (auto [array, part] : llvm::zip_equal(joined, sample))
      array.insert(array.end(), part.begin(), part.end());
  return joined;
}

Problem Codegen::checkBatch(ModuleOp graph, uint64_t seed) {
  // More than the calls that run together, for some.
  int64_t batch = seed % 3 == 0 ? 9 : 2 + seed % 2;
  bool atEnd = seed % 7 != 0;
  OwningOpRef<ModuleOp> many = graph.clone();
  if (failed(setBatch(*many, batch)))
    return "has no batch";
  Problem problem;
  CompileOptions options;
  OwningOpRef<ModuleOp> one = optimise(graph, options, problem);
  if (one)
    many = optimise(*many, options, problem);
  if (!one || !many)
    return problem;
  for (const Target *target : findTargets()) {
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
  for (const Target *target : findTargets()) {
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
  }
  return "";
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

// run_batch, and a batch in the model.
TEST_F(Codegen, BatchesHaveTheBitsOfSingleSamples) {
  runAll(
      0.2, 3000001,
      [&](uint64_t seed) {
        return createRandomKernels(&context, seed, KernelGraphKind::Batch);
      },
      [&](ModuleOp graph, uint64_t seed) { return checkBatch(graph, seed); });
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
