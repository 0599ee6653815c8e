//===- WindowScoresTest.cpp - The classifier over every sample --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/WindowScores.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace frieze::ecg;

namespace {

constexpr uint64_t inputShape[] = {1, 145, 1}, outputShape[] = {1, 1};
constexpr frieze_tensor input = {"ecg", 3, inputShape, 145};
constexpr frieze_tensor output = {"score", 2, outputShape, 1};

/// A model around a plain function.
frieze_model makeModel(decltype(frieze_model::run) run) {
  frieze_model model = {};
  model.abi_version = FRIEZE_ABI_VERSION;
  model.struct_size = sizeof(frieze_model);
  model.input_count = model.output_count = 1;
  model.inputs = &input;
  model.outputs = &output;
  model.arena_bytes = 100;
  model.arena_alignment = 64;
  model.run = run;
  return model;
}

std::vector<float> score(const frieze_model &model,
                         const std::vector<float> &samples,
                         OutputKind kind = OutputKind::Probability) {
  auto scores = scoreWindows("model", model, kind, samples, [](size_t) {});
  if (scores)
    return *scores;
  ADD_FAILURE() << llvm::toString(scores.takeError());
  return {};
}

TEST(WindowScoresTest, PositionIsSample36OfTheWindow) {
  frieze_model model = makeModel(
      [](const float *const *inputs, float *const *outputs, void *arena) {
        EXPECT_EQ(reinterpret_cast<uintptr_t>(arena) % 64, 0u);
        outputs[0][0] = inputs[0][36];
      });
  std::vector<float> samples(1000);
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] = i / 1000.0f;
  EXPECT_EQ(score(model, samples), samples);
}

TEST(WindowScoresTest, EndSamplesGoOn) {
  frieze_model first =
      makeModel([](const float *const *inputs, float *const *outputs, void *) {
        outputs[0][0] = inputs[0][0];
      });
  frieze_model last =
      makeModel([](const float *const *inputs, float *const *outputs, void *) {
        outputs[0][0] = inputs[0][144];
      });
  std::vector<float> samples(200, 0.5f);
  samples.front() = 0.25f;
  samples.back() = 0.75f;
  std::vector<float> scores = score(first, samples);
  EXPECT_EQ(scores[0], 0.25f);
  EXPECT_EQ(scores[36], 0.25f);
  EXPECT_EQ(scores[37], 0.5f);
  scores = score(last, samples);
  EXPECT_EQ(scores[90], 0.5f);
  EXPECT_EQ(scores[91], 0.75f);
  EXPECT_EQ(scores[199], 0.75f);
  EXPECT_EQ(score(first, {0.5f}), std::vector<float>{0.5f});
}

TEST(WindowScoresTest, LogitsAndWhatIsNoProbability) {
  frieze_model model =
      makeModel([](const float *const *inputs, float *const *outputs, void *) {
        outputs[0][0] = inputs[0][36];
      });
  EXPECT_EQ(score(model, {0}, OutputKind::Logit), std::vector<float>{0.5f});
  EXPECT_EQ(score(model, {200}, OutputKind::Logit), std::vector<float>{1.0f});
  for (float bad : {-0.1f, 1.5f, std::nanf(""), INFINITY}) {
    auto scores = scoreWindows("model", model, OutputKind::Probability,
                               {0.5f, bad}, [](size_t) {});
    EXPECT_FALSE(bool(scores)) << bad;
    std::string problem = llvm::toString(scores.takeError());
    EXPECT_EQ(problem.find("model: error: the model's output"), 0u) << problem;
  }
}

TEST(WindowScoresTest, ChecksTheClassifier) {
  auto refused = [](const frieze_model &model) {
    llvm::Error error = checkClassifier("model", model);
    bool failed = bool(error);
    llvm::consumeError(std::move(error));
    return failed;
  };
  const frieze_model good = makeModel(nullptr);
  EXPECT_FALSE(refused(good));
  frieze_model model = good;
  model.abi_version = 99;
  EXPECT_TRUE(refused(model));
  model = good;
  model.input_count = 2;
  EXPECT_TRUE(refused(model));
  model = good;
  model.inputs = &output;
  EXPECT_TRUE(refused(model));
  model = good;
  model.outputs = &input;
  EXPECT_TRUE(refused(model));
}

} // namespace
