//===- frieze-bench.cpp - Measure compiled models ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Costs.h"
#include "compiler/Diagnostics.h"
#include "dialect/NNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "tools/LoadModel.h"
#include "tools/ModelOptions.h"
#include "tools/frieze-bench/MachinePeak.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"

#include <benchmark/benchmark.h>

#include <chrono>
#include <random>

using namespace frieze;
namespace cl = llvm::cl;

namespace {
/// Memory for one call of a model, the inputs filled with normal random
/// numbers.
class CallBuffers {
public:
  explicit CallBuffers(const frieze_model &model)
      : arena(model.arena_bytes + model.arena_alignment) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (uint64_t i = 0; i < model.input_count; ++i) {
      inputs.emplace_back(model.inputs[i].elements);
      for (float &value : inputs.back())
        value = normal(random);
    }
    for (uint64_t i = 0; i < model.output_count; ++i)
      outputs.emplace_back(model.outputs[i].elements);
    for (auto &input : inputs)
      inputPointers.push_back(input.data());
    for (auto &output : outputs)
      outputPointers.push_back(output.data());
    alignedArena = reinterpret_cast<void *>(llvm::alignAddr(
        arena.data(),
        llvm::Align(std::max<uint64_t>(1, model.arena_alignment))));
  }

  void run(const frieze_model &model) {
    model.run(inputPointers.data(), outputPointers.data(), alignedArena);
  }

private:
  std::vector<char> arena;
  std::vector<std::vector<float>> inputs, outputs;
  std::vector<const float *> inputPointers;
  std::vector<float *> outputPointers;
  void *alignedArena;
};
} // namespace

static void registerBenchmark(const std::string &name, const LoadedModel &model,
                              const MachinePeak &peak) {
  benchmark::RegisterBenchmark(name.c_str(), [&model,
                                              peak](benchmark::State &state) {
    CallBuffers buffers(*model);
    auto start = std::chrono::steady_clock::now();
    for (auto _ : state) {
      buffers.run(*model);
      benchmark::ClobberMemory();
    }
    // Not as a counter's rate, which Google Benchmark prints per second.
    std::chrono::duration<double> elapsed =
        std::chrono::steady_clock::now() - start;
    double gigaflops =
        2e-9 * model->macs * state.iterations() / elapsed.count();
    state.counters["MACs"] = model->macs;
    state.counters["GFLOP/s"] = gigaflops;
    state.counters["%peak"] = 100 * gigaflops / peak.gigaflops;
    state.counters["weights"] = model->weights_bytes;
    state.counters["arena"] = model->arena_bytes;
  })->Unit(benchmark::kMicrosecond);
}

/// `op`, a layer of nn-opt IR, as a model of its own.
static mlir::OwningOpRef<mlir::ModuleOp> isolateLayer(mlir::Operation *op) {
  mlir::OpBuilder builder(op->getContext());
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::ModuleOp::create(op->getLoc());
  builder.setInsertionPointToStart(module->getBody());
  auto function = mlir::func::FuncOp::create(
      builder, op->getLoc(), "model",
      builder.getFunctionType(op->getOperandTypes(), op->getResultTypes()));
  mlir::Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  mlir::IRMapping mapping;
  mapping.map(op->getOperands(), body->getArguments());
  mlir::Operation *copy = builder.clone(*op, mapping);
  mlir::func::ReturnOp::create(builder, op->getLoc(), copy->getResults());
  return module;
}

/// The layer's name in the model file, or its op's.
static std::string getLayerName(mlir::Operation *op) {
  if (auto name = llvm::dyn_cast<mlir::NameLoc>(op->getLoc()))
    return name.getName().str();
  return op->getName().getStringRef().str();
}

/// Appends a model for each layer that does some work.
static llvm::Error
loadLayers(llvm::StringRef path, const CompileOptions &options,
           std::vector<std::pair<std::string, LoadedModel>> &models) {
  mlir::DialectRegistry registry;
  registerCompilerDialects(registry);
  mlir::MLIRContext context(registry);
  DiagnosticPrinter diagnostics(&context);
  mlir::OwningOpRef<mlir::ModuleOp> module =
      compileTo(Stage::NNOpt, path, options, &context);
  if (!module)
    return llvm::createStringError("cannot be compiled");
  auto function = module->lookupSymbol<mlir::func::FuncOp>("model");
  for (mlir::Operation &op : function.getBody().front().without_terminator()) {
    if (llvm::isa<nn::ReshapeOp>(op))
      continue;
    llvm::Expected<LoadedModel> layer = loadModule(*isolateLayer(&op), options);
    if (!layer)
      return layer.takeError();
    models.emplace_back(getLayerName(&op), std::move(*layer));
  }
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::OptionCategory category("frieze-bench options");
  cl::opt<std::string> path(cl::Positional, cl::Required,
                            cl::desc("ARTEFACT|MODEL"), cl::cat(category));
  cl::opt<bool> layers("layers", cl::cat(category),
                       cl::desc("Measure each layer of a model file too"));
  ModelOptions modelOptions(category);
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter(
      [](llvm::raw_ostream &os) { os << "frieze " FRIEZE_VERSION "\n"; });
  // Google Benchmark takes its own flags out first.
  std::vector<char *> benchmarkArguments{argv[0]}, ownArguments{argv[0]};
  for (int i = 1; i < argc; ++i)
    (llvm::StringRef(argv[i]).starts_with("--benchmark_") ? benchmarkArguments
                                                          : ownArguments)
        .push_back(argv[i]);
  cl::ParseCommandLineOptions(ownArguments.size(), ownArguments.data(),
                              "Measures a compiled model, or a model file, "
                              "which it compiles first, on one\n"
                              "core. Flags of Google Benchmark work too, such "
                              "as --benchmark_format=json.\n");
  int benchmarkCount = benchmarkArguments.size();
  benchmark::Initialize(&benchmarkCount, benchmarkArguments.data());
  if (benchmark::ReportUnrecognizedArguments(benchmarkCount,
                                             benchmarkArguments.data()))
    return 1;

  llvm::Expected<CompileOptions> options = modelOptions.get("model");
  if (!options)
    return failWith("frieze-bench", llvm::toString(options.takeError()));
  // The whole model comes first, at batch 1 unless --batch says otherwise.
  std::vector<std::pair<std::string, LoadedModel>> models;
  llvm::Expected<LoadedModel> model = loadModel(path, *options);
  if (!model)
    return failWith(path, llvm::toString(model.takeError()));
  models.emplace_back(llvm::sys::path::stem(path).str(), std::move(*model));
  llvm::file_magic magic;
  if (layers) {
    if (llvm::identify_magic(path, magic) ||
        magic == llvm::file_magic::elf_shared_object)
      return failWith(path,
                      "expects a model file for --layers, but got an artefact");
    if (llvm::Error error = loadLayers(path, *options, models))
      return failWith(path, llvm::toString(std::move(error)));
  }

  MachinePeak peak = measureMachinePeak();
  benchmark::AddCustomContext("peak_gflops",
                              llvm::formatv("{0:f1}", peak.gigaflops));
  benchmark::AddCustomContext("bandwidth_gb_per_s",
                              llvm::formatv("{0:f1}", peak.gigabytes));
  for (const auto &[name, loaded] : models)
    registerBenchmark(name, loaded, peak);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
