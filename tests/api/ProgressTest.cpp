//===- ProgressTest.cpp - How far compilations are --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frieze/compiler.hpp"

#include "gtest/gtest.h"

#include <map>
#include <stdexcept>

using namespace frieze;

static const std::string model = FRIEZE_SOURCE_DIR "/tools/ecg/ecg.keras";

namespace {
/// What a progress was told, which goes on until so many times.
struct Told {
  std::vector<std::pair<std::string, double>> all;
  std::size_t most = -1;

  Progress listen() {
    return [this](std::string_view stage, double done) {
      all.emplace_back(stage, done);
      return all.size() <= most;
    };
  }
};
} // namespace

// Each stage on the way to machine code is told, and what is done never gets
// less, from nothing to all.
TEST(Progress, NeverRunsBackwards) {
  Told told;
  Compilation compilation(model, {}, told.listen());
  const std::size_t imported = told.all.size();
  EXPECT_EQ(told.all.front(), std::make_pair(std::string("nn"), 0.0));
  compilation.load();
  EXPECT_EQ(told.all.back(), std::make_pair(std::string("obj"), 1.0));
  std::vector<std::string> stages;
  double least = 0;
  for (const auto &[stage, done] : told.all) {
    if (stages.empty() || stages.back() != stage)
      stages.push_back(stage);
    EXPECT_GE(done, least) << stage;
    least = done;
  }
  EXPECT_EQ(stages,
            (std::vector<std::string>{"nn", "nn-opt", "loops", "llvm", "obj"}));
  EXPECT_EQ(told.all[imported].first, "loops");
  // What is there already takes no steps.
  const std::size_t loaded = told.all.size();
  compilation.load();
  compilation.emit("shared");
  EXPECT_EQ(told.all.size(), loaded);
}

// Steps are those of the work: each kernel for each of three machines is one,
// and so is each function as machine code.
TEST(Progress, CountsKernelsAndFunctions) {
  auto count = [](const std::vector<Option> &options) {
    Told told;
    Compilation compilation(model, options, told.listen());
    compilation.load();
    std::map<std::string, std::size_t> counts;
    for (const auto &[stage, done] : told.all)
      ++counts[stage];
    counts["kernels"] = compilation.layers(FRIEZE_OPTIMISED).size();
    return counts;
  };
  std::map<std::string, std::size_t> one = count({{"target", "x86-64-v2"}}),
                                     three = count({});
  EXPECT_GE(one["loops"], one["kernels"]);
  EXPECT_EQ(three["loops"] - one["loops"], 2 * one["kernels"]);
  EXPECT_GT(three["obj"], one["obj"]);
}

// A compilation is cancelled at any step, tells nothing after that, and goes on
// if it is asked again.
TEST(Progress, CancelsAtAnyStep) {
  Told whole;
  Compilation(model, {}, whole.listen()).load();
  ASSERT_GT(whole.all.size(), 20u);
  std::size_t again = 0;
  for (std::size_t most = 0; most < whole.all.size(); ++most) {
    Told told;
    told.most = most;
    std::unique_ptr<Compilation> compilation;
    try {
      compilation = std::make_unique<Compilation>(model, std::vector<Option>{},
                                                  told.listen());
      compilation->load();
      FAIL() << "expects an error at step " << most;
    } catch (const CompileError &error) {
      EXPECT_EQ(std::string(error.what()), model + ": cancelled") << most;
      EXPECT_EQ(told.all.size(), most + 1);
    }
    if (!compilation)
      continue;
    told.most = -1;
    EXPECT_EQ(compilation->load().name(), "ecg") << most;
    ++again;
  }
  EXPECT_GT(again, 0u);
}

// The code of a device is made on the way, and cancelled likewise.
TEST(Progress, TellsStagesOfDevices) {
  Told told;
  Compilation compilation(model, {{"target", "cuda"}}, told.listen());
  compilation.emit("obj");
  std::vector<std::string> stages;
  for (const auto &[stage, done] : told.all)
    if (stages.empty() || stages.back() != stage)
      stages.push_back(stage);
  EXPECT_EQ(stages, (std::vector<std::string>{"nn", "nn-opt", "loops", "gpu",
                                              "ptx", "loops", "llvm", "obj"}));
  EXPECT_EQ(told.all.back().second, 1.0);
  for (std::size_t most = 0; most < told.all.size(); ++most) {
    Told some;
    some.most = most;
    try {
      Compilation(model, {{"target", "cuda"}}, some.listen()).emit("obj");
      FAIL() << "expects an error at step " << most;
    } catch (const CompileError &error) {
      EXPECT_EQ(std::string(error.what()), model + ": cancelled") << most;
    }
  }
}

// What comes out of a progress comes out of what is made.
TEST(Progress, PassesExceptionsOn) {
  int calls = 0;
  auto stop = [&](std::string_view, double) -> bool {
    if (++calls > 4)
      throw std::runtime_error("that is enough");
    return true;
  };
  try {
    Compilation(model, {}, stop).load();
    FAIL() << "expects an exception";
  } catch (const std::runtime_error &error) {
    EXPECT_STREQ(error.what(), "that is enough");
  }
  EXPECT_EQ(calls, 5);
}

// A caller that knows no progress has none.
TEST(Progress, TakesSourcesOfOlderCallers) {
  frieze_source source = {};
  source.struct_size = offsetof(frieze_source, progress);
  source.file = model.c_str();
  source.progress = [](void *, const char *, double) { return 1; };
  frieze_compilation *compilation = frieze_compile(&source);
  EXPECT_EQ(frieze_compilation_succeeded(compilation), 1);
  frieze_compilation_free(compilation);
}
