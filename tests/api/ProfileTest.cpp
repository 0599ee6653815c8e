//===- ProfileTest.cpp - How long calls and kernels take --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frieze/compiler.hpp"

#include "gtest/gtest.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>

using namespace frieze;

static std::string getModel(const std::string &name) {
  return FRIEZE_SOURCE_DIR "/tests/models/" + name;
}

/// The median of calls, in seconds, each measured by itself.
static double measure(const Model &model) {
  using Clock = std::chrono::steady_clock;
  Session session(model);
  std::vector<float> input(model.input(0).elements, 0.5f),
      output(model.output(0).elements);
  std::vector<double> times;
  for (int call = 0; call < 2000; ++call) {
    const Clock::time_point start = Clock::now();
    session.run(input.data(), output.data());
    times.push_back(
        std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + 1000, times.end());
  return times[1000];
}

// A call takes what it takes by another clock, and its kernels about that
// together. The machine may have other work.
TEST(Profile, MeasuresCallsAndKernels) {
  Compilation compilation(FRIEZE_SOURCE_DIR "/tools/ecg/ecg.keras");
  const Profile profile = compilation.profile();
  const double expected = measure(compilation.load());
  EXPECT_GT(profile.seconds, expected / 3);
  EXPECT_LT(profile.seconds, expected * 3);
  const std::vector<Layer> kernels = compilation.layers(FRIEZE_OPTIMISED);
  ASSERT_EQ(profile.kernels.size(), kernels.size());
  const double sum =
      std::accumulate(profile.kernels.begin(), profile.kernels.end(), 0.0);
  EXPECT_GT(sum, profile.seconds / 3);
  EXPECT_LT(sum, profile.seconds * 3);
  // The one with most of the work takes most of the time.
  auto most = std::max_element(
      kernels.begin(), kernels.end(),
      [](const Layer &a, const Layer &b) { return a.macs < b.macs; });
  EXPECT_EQ(most - kernels.begin(),
            std::max_element(profile.kernels.begin(), profile.kernels.end()) -
                profile.kernels.begin());
}

// Each kernel has a time, in models with branches, several inputs, elementwise
// ops in epilogues, and functions of a stream beside the model.
TEST(Profile, HasEachKernelOnce) {
  const std::vector<std::pair<std::string, std::vector<Option>>> models = {
      {getModel("resnet_block.keras"), {}},
      {getModel("inception.keras"), {}},
      {getModel("tensor_operations.keras"), {}},
      {getModel("torch_resnet1d_two_inputs.onnx"), {}},
      {getModel("cnn1d.keras"), {{"batch", "3"}, {"target", "x86-64-v2"}}},
      {FRIEZE_SOURCE_DIR "/tools/ecg/ecg.keras", {{"stream-hop", "1"}}}};
  for (const auto &[path, options] : models) {
    Compilation compilation(path, options);
    const Profile profile = compilation.profile(0.01);
    EXPECT_EQ(profile.kernels.size(), compilation.costs().kernels) << path;
    EXPECT_GT(profile.seconds, 0) << path;
    EXPECT_GT(*std::max_element(profile.kernels.begin(), profile.kernels.end()),
              0)
        << path;
  }
}

// The kernels are parts of what is made, and so is measuring; each can be
// cancelled.
TEST(Profile, TellsProgress) {
  const std::string path = getModel("cnn1d.keras");
  std::vector<double> told;
  double most = 1;
  Compilation compilation(path, {}, [&](std::string_view stage, double done) {
    if (stage == "profile")
      told.push_back(done);
    return done <= most || stage != "profile";
  });
  compilation.profile(0.01);
  EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
  EXPECT_GE(told.size(), compilation.layers(FRIEZE_OPTIMISED).size() + 2);
  EXPECT_NEAR(told.back(), 1, 1e-3);
  for (double share : {0.0, 0.3, 0.85, 0.95}) {
    told.clear();
    most = share;
    try {
      compilation.profile(0.05);
      FAIL() << "expects an error after " << share;
    } catch (const CompileError &error) {
      EXPECT_EQ(std::string(error.what()), path + ": cancelled") << share;
    }
    EXPECT_EQ(std::count_if(told.begin(), told.end(),
                            [&](double done) { return done > share; }),
              1);
  }
}

static std::string getError(const std::vector<Option> &options,
                            double seconds) {
  Compilation compilation(getModel("cnn1d.keras"), options);
  try {
    compilation.profile(seconds);
  } catch (const CompileError &error) {
    EXPECT_EQ(error.diagnostics().size(), 1u);
    return error.diagnostics().front().text;
  }
  return "";
}

// What cannot be measured here is an error, and so is no time.
TEST(Profile, RefusesOtherMachines) {
  EXPECT_EQ(getError({{"target", "wasm32"}}, 1),
            "cannot run code for wasm32 here");
  EXPECT_EQ(getError({{"target", "cuda"}}, 1),
            "expects a processor to measure kernels on, but got cuda; "
            "frieze-bench measures a device");
  EXPECT_EQ(getError({}, 0),
            "expects a positive time to measure for, but got 0.00 s");
  EXPECT_NE(getError({}, -1), "");
  EXPECT_NE(getError({}, std::numeric_limits<double>::quiet_NaN()), "");
  EXPECT_NE(getError({}, std::numeric_limits<double>::infinity()), "");
}

// A caller that knows less gets that, and nothing behind it is written.
TEST(Profile, FillsStructsOfOlderCallers) {
  frieze_compilation *compilation =
      frieze_compile_file(getModel("cnn1d.keras").c_str(), nullptr, 0);
  frieze_profile profile = {};
  profile.struct_size = offsetof(frieze_profile, kernel_count);
  profile.kernel_count = 77;
  EXPECT_EQ(frieze_compilation_profile(compilation, 0.01, &profile), 0);
  EXPECT_GT(profile.seconds, 0);
  EXPECT_EQ(profile.kernel_count, 77u);
  frieze_compilation_free(compilation);
}
