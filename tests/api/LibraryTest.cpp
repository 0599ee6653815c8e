//===- LibraryTest.cpp - The compiler as a library --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frieze/compiler.hpp"

#include "gtest/gtest.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace frieze;

static std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

static std::string getModel(const std::string &name) {
  return FRIEZE_SOURCE_DIR "/tests/models/" + name;
}

/// Any number of samples, the same each time.
static std::vector<float> makeSamples(std::size_t count) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i)
    samples[i] = static_cast<float>(i * 7919 % 1009) / 1009.0f - 0.5f;
  return samples;
}

static std::vector<float> score(const Model &model, std::size_t calls) {
  Session session(model);
  std::vector<float> scores(calls * model.output(0).elements);
  session.run_batch(calls, makeSamples(calls * model.input(0).elements).data(),
                    scores.data());
  return scores;
}

// The library tells which version it is of.
TEST(Library, TellsItsVersion) {
  EXPECT_EQ(frieze_compiler_abi_version(),
            uint32_t(FRIEZE_COMPILER_ABI_VERSION));
  EXPECT_STREQ(frieze_version(), FRIEZE_VERSION);
}

// Artefacts that were made before are loaded: objects, and shared libraries.
// All choose the same variant of the code, whose bits are others than of v2.
TEST(Library, LoadsArtefacts) {
  Compilation compilation(getModel("cnn_bn_pool.keras"));
  std::vector<float> expected = score(compilation.load(), 3);
  EXPECT_EQ(score(load(compilation.emit("obj")), 3), expected);
  EXPECT_EQ(score(load(compilation.emit("shared")), 3), expected);
  EXPECT_THROW(load(compilation.emit("static")), Error);
  EXPECT_THROW(load("junk"), Error);
  EXPECT_THROW(load(compilation.emit("obj").substr(0, 4000)), Error);
}

// A model outlives what it was compiled by.
TEST(Library, KeepsCodeOfModels) {
  Model model = Compilation(getModel("cnn_bn_pool.keras")).load();
  Model copy = model;
  EXPECT_EQ(score(model, 2), score(copy, 2));
}

// Bytes in place of a file: the format is theirs, and the name that of
// messages.
TEST(Library, CompilesBytes) {
  std::string bytes = readFile(getModel("cnn_bn_pool.keras"));
  Compilation compilation(bytes, "from/memory.keras", {});
  EXPECT_EQ(compilation.load().name(), "memory");
  EXPECT_EQ(compilation.emit("llvm-ir"),
            Compilation(getModel("cnn_bn_pool.keras"), {{"name", "memory"}})
                .emit("llvm-ir"));
  try {
    Compilation(bytes.substr(0, bytes.size() / 2), "torn.keras", {});
    FAIL() << "expects an error";
  } catch (const CompileError &error) {
    ASSERT_FALSE(error.diagnostics().empty());
    EXPECT_EQ(error.diagnostics().front().file, "torn.keras");
  }
}

// Errors are those of one step, and name file and layer.
TEST(Library, TellsErrorsByFileAndLayer) {
  std::string text = R"({"format": "frieze-model", "version": 1,
    "input": {"shape": [8, 1]}, "layers": [{"type": "lambda", "name": "odd"}]})";
  try {
    Compilation(text, "net.json", {});
    FAIL() << "expects an error";
  } catch (const CompileError &error) {
    ASSERT_EQ(error.diagnostics().size(), 1u);
    EXPECT_EQ(error.diagnostics().front().file, "net.json");
    EXPECT_EQ(error.diagnostics().front().layer, "odd");
  }
  Compilation compilation(getModel("cnn_bn_pool.keras"), {{"ram", "16"}});
  for (int times = 0; times < 2; ++times)
    try {
      compilation.emit("obj");
      FAIL() << "expects an error";
    } catch (const CompileError &error) {
      EXPECT_EQ(error.diagnostics().size(), 1u) << error.what();
      EXPECT_NE(std::string(error.what()).find("--ram is 16"),
                std::string::npos);
    }
}

/// A file in which a layer is its input combined with `operand`.
static std::string writeReplacement(const std::string &name,
                                    const std::string &type,
                                    const std::string &operand) {
  std::string path = testing::TempDir() + "/" + std::to_string(getpid()) + name;
  std::ofstream(path) << R"({"format": "frieze-model", "version": 1,
    "input": {"name": "x"}, "ignored_config": ["factor"], "layers": [{
      "name": "y", "type": ")"
                      << type << R"(", "inputs": ["x", )" << operand << "]}]}";
  return path;
}

// Replacements say what layers of one's own compute, as options in C++ and C.
// An error names the layer, or the option and its file.
TEST(Library, ReplacesLayers) {
  const std::string net = R"({"class_name": "Sequential", "config": {
    "name": "net", "layers": [
      {"class_name": "InputLayer", "config": {
        "name": "x", "batch_shape": [null, 3], "dtype": "float32"}},
      {"class_name": "Times", "registered_name": "my>Times", "module": null,
       "config": {"name": "a", "trainable": true, "factor": 1.5}},
      {"class_name": "Times", "registered_name": "my>Times", "module": null,
       "config": {"name": "b", "trainable": true, "factor": 4}}]}})";
  const std::string times =
      writeReplacement("times.json", "mul", R"({"config": "factor"})");
  const std::string plus = writeReplacement("plus.json", "add", "4");
  const std::string ofClass = "Times=" + times, ofLayer = "b=" + plus;
  std::vector<float> expected = makeSamples(3);
  for (float &sample : expected)
    sample = 1.5f * sample + 4;
  EXPECT_EQ(score(Compilation(
                      net, "net.json",
                      {{"replace-layer", ofClass}, {"replace-layer", ofLayer}})
                      .load(),
                  1),
            expected);

  const frieze_option options[] = {{"replace-layer", ofClass.c_str()},
                                   {"replace-layer", ofLayer.c_str()}};
  frieze_compilation *compilation =
      frieze_compile_bytes(net.data(), net.size(), "net.json", options, 2);
  std::shared_ptr<frieze_library> library(frieze_compilation_load(compilation),
                                          frieze_library_free);
  frieze_compilation_free(compilation);
  ASSERT_TRUE(library);
  EXPECT_EQ(score(Model(*frieze_library_model(library.get()), library), 1),
            expected);

  auto expectError = [&](const std::vector<Option> &given,
                         const std::string &text) {
    try {
      Compilation(net, "net.json", given);
      FAIL() << "expects an error";
    } catch (const CompileError &error) {
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos)
          << error.what();
    }
  };
  expectError({{"replace-layer", ofLayer}},
              "layer 'a': unsupported layer class 'Times'");
  expectError({{"replace-layer", "Times=no.json"}},
              "--replace-layer=Times: in 'no.json'");
  expectError({{"replace-layer", "Times"}},
              "expects --replace-layer to be CLASS=FILE or NAME=FILE");
}

// Remarks say which rule was applied to which layer; layers and costs are those
// of the summary.
TEST(Library, TellsWhatBecameOfLayers) {
  Compilation compilation(getModel("cnn_bn_pool.keras"));
  bool folded = false;
  for (const Diagnostic &remark : compilation.diagnostics())
    folded |= remark.severity == FRIEZE_REMARK &&
              remark.subject == "batch norm" &&
              remark.rule.rfind("folded", 0) == 0 && !remark.layer.empty();
  EXPECT_TRUE(folded);
  std::vector<Layer> before = compilation.layers();
  std::vector<Layer> after = compilation.layers(FRIEZE_OPTIMISED);
  EXPECT_GT(before.size(), after.size());
  frieze_costs costs = compilation.costs();
  EXPECT_EQ(costs.layers, before.size());
  EXPECT_EQ(costs.kernels, after.size());
  uint64_t macs = 0, bytes = 0;
  for (const Layer &layer : after) {
    macs += layer.macs;
    bytes += layer.parameter_bytes;
  }
  EXPECT_EQ(costs.live_macs, macs);
  EXPECT_EQ(costs.weights_bytes, bytes);
  EXPECT_GT(costs.code_bytes, 0u);
  EXPECT_EQ(before.front().shape.front(), 1u);
}

// An op in the epilogue of another one has no kernel of its own, and the
// functions of a stream are not listed beside the model.
TEST(Library, ListsEachKernelOnce) {
  const std::vector<std::pair<std::string, std::vector<Option>>> models = {
      {getModel("resnet_block.keras"), {}},
      {getModel("torch_resnet1d_two_inputs.onnx"), {}},
      {FRIEZE_SOURCE_DIR "/tools/ecg/ecg.keras", {{"stream-hop", "1"}}}};
  for (const auto &[path, options] : models) {
    Compilation compilation(path, options);
    std::vector<Layer> kernels = compilation.layers(FRIEZE_OPTIMISED);
    frieze_costs costs = compilation.costs();
    EXPECT_EQ(kernels.size(), costs.kernels) << path;
    uint64_t macs = 0;
    for (const Layer &kernel : kernels)
      macs += kernel.macs;
    EXPECT_EQ(macs, costs.live_macs) << path;
  }
}

// A caller that knows fewer costs gets these, and nothing behind them is
// written.
TEST(Library, FillsStructsOfOlderCallers) {
  frieze_compilation *compilation =
      frieze_compile_file(getModel("cnn_bn_pool.keras").c_str(), nullptr, 0);
  frieze_costs costs = {};
  costs.struct_size = offsetof(frieze_costs, kernels);
  costs.kernels = 77;
  EXPECT_EQ(frieze_compilation_costs(compilation, &costs), 0);
  EXPECT_GT(costs.macs, 0u);
  EXPECT_EQ(costs.kernels, 77u);
  frieze_compilation_free(compilation);
}

// A model whose windows move is a stream in this process, too.
TEST(Library, LoadsStreams) {
  Model model = Compilation(FRIEZE_SOURCE_DIR "/tools/ecg/ecg.keras",
                            {{"stream-hop", "1"}})
                    .load();
  ASSERT_TRUE(model.description().stream);
  Stream stream(model);
  std::vector<float> samples = makeSamples(200), scores(200);
  std::size_t windows = stream.push(samples.data(), 200, scores.data());
  ASSERT_EQ(windows, 200 - model.input(0).elements + 1);
  Session session(model);
  for (std::size_t window = 0; window < windows; ++window) {
    float expected;
    session.run(samples.data() + window, &expected);
    EXPECT_EQ(scores[window], expected);
  }
}

/// The compilations of each test of many.
static int countCompilations(int usual) {
  const char *count = std::getenv("FRIEZE_COMPILATIONS");
  return count ? std::atoi(count) : usual;
}

// Compilations in many threads at once do not know of each other: equal bytes,
// linked ones among them, and equal scores.
TEST(Library, CompilesInManyThreads) {
  const std::vector<std::string> names = {"cnn_bn_pool.keras", "cnn1d.keras",
                                          "bidirectional.h5"};
  std::vector<std::string> objects, libraries;
  std::vector<std::vector<float>> scores;
  for (const std::string &name : names) {
    Compilation compilation(getModel(name));
    objects.push_back(compilation.emit("obj"));
    libraries.push_back(compilation.emit("shared"));
    scores.push_back(score(compilation.load(), 2));
  }
  std::vector<std::thread> threads;
  std::vector<int> equal(8);
  const int rounds = countCompilations(6);
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&, thread] {
      for (int round = 0; round < rounds; ++round) {
        std::size_t which = (thread + round) % names.size();
        Compilation compilation(getModel(names[which]));
        equal[thread] += compilation.emit("obj") == objects[which] &&
                         compilation.emit("shared") == libraries[which] &&
                         score(compilation.load(), 2) == scores[which];
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(equal, std::vector<int>(8, rounds));
}

// Processes that another thread forks have what is open here open as well, for
// as long as they like.
TEST(Library, LinksWhileOthersFork) {
  Compilation compilation(getModel("cnn1d.keras"));
  const std::string library = compilation.emit("shared");
  constexpr int count = 60;
  std::atomic<int> forked = 0;
  std::vector<pid_t> children;
  std::thread forks([&] {
    for (; forked < count; ++forked) {
      pid_t child = fork();
      if (child == 0) {
        sleep(60);
        _exit(0);
      }
      children.push_back(child);
    }
  });
  const auto start = std::chrono::steady_clock::now();
  do
    EXPECT_EQ(compilation.emit("shared"), library);
  while (forked < count);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(40));
  forks.join();
  for (pid_t child : children) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
}

static std::size_t getResidentBytes() {
  std::ifstream statistics("/proc/self/statm");
  std::size_t all, resident;
  statistics >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

// What compilations take is given back: it does not grow with their number.
TEST(Library, KeepsNoMemory) {
  std::string bytes = readFile(getModel("cnn_bn_pool.keras"));
  auto compile = [&](int times) {
    for (int i = 0; i < times; ++i) {
      Compilation compilation(bytes, "net.keras", {});
      compilation.emit("shared");
      score(compilation.load(), 1);
    }
  };
  compile(20);
  std::size_t before = getResidentBytes();
  compile(countCompilations(60));
  EXPECT_LT(getResidentBytes(), before + (4 << 20));
}

// What the weights of one artefact, or of kernels that are measured, are packed
// into is given back, too.
TEST(Library, KeepsNoWeights) {
  const std::string text = R"(
    func.func @model(%x: tensor<1x1024xf32> {nn.name = "x"})
        -> (tensor<1x1024xf32> {nn.name = "y"}) {
      %0 = nn.dense %x kernel(dense<0.5> : tensor<1024x1024xf32>)
           : tensor<1x1024xf32> -> tensor<1x1024xf32> loc("fc")
      return %0 : tensor<1x1024xf32>
    })";
  Compilation compilation(text, "net.mlir", {});
  auto make = [&](int times) {
    for (int i = 0; i < times; ++i) {
      compilation.profile(0.001);
      compilation.emit("gpu");
    }
  };
  make(4);
  std::size_t before = getResidentBytes();
  make(12);
  EXPECT_LT(getResidentBytes(), before + (16 << 20));
}
