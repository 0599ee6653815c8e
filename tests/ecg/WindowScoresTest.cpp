//===- WindowScoresTest.cpp - The classifier over every sample --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/WindowScores.h"
#include "tests/runtime/device/FakeCuda.h"

#include "gtest/gtest.h"

#include <cmath>
#include <utility>

using namespace frieze::ecg;

namespace {

constexpr uint64_t inputShape[] = {1, 145, 1}, outputShape[] = {1, 1};
constexpr frieze_tensor input = {"ecg",          3, inputShape, 145,
                                 FRIEZE_FLOAT32, 0, 1};
constexpr frieze_tensor output = {"score", 2, outputShape, 1, FRIEZE_FLOAT32,
                                  0,       1};

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

/// Scores of the positions `first` to `first + count - 1`, where samples begin
/// as far before as the window needs.
llvm::Expected<std::vector<float>>
score(const frieze_model &model, uint64_t first,
      const std::vector<float> &samples, unsigned hop = 1,
      OutputKind kind = OutputKind::Probability,
      SharedDevice *device = nullptr) {
  WindowScores windowScores("model", model, kind, hop, device);
  std::vector<float> scores(samples.size() - windowScores.getSamplesBefore() -
                            windowScores.getSamplesAfter());
  if (llvm::Error error = windowScores.score(first, samples, scores))
    return error;
  return scores;
}

/// A model whose score is sample 36 of its window.
const frieze_model identity =
    makeModel([](const void *const *inputs, void *const *outputs, void *arena) {
      EXPECT_EQ(reinterpret_cast<uintptr_t>(arena) % 64, 0u);
      *static_cast<float *>(outputs[0]) =
          static_cast<const float *>(inputs[0])[36];
    });

TEST(WindowScoresTest, PositionIsSample36OfTheWindow) {
  std::vector<float> samples(1000);
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] = i / 1000.0f;
  std::vector<float> scores = cantFail(score(identity, 7, samples));
  EXPECT_EQ(scores,
            std::vector<float>(samples.begin() + 36, samples.end() - 108));
}

/// A stream whose scores are sample 36 of its windows, of `hop` samples.
template <unsigned hop> frieze_stream makeStream() {
  frieze_stream stream = {};
  stream.window = 145;
  stream.hop = hop;
  stream.channels = 1;
  stream.state_bytes = stream.state_alignment = 64;
  stream.init = [](void *state) { *static_cast<uint64_t *>(state) = 1; };
  stream.push = [](void *state, const void *samples, uint64_t count,
                   void *const *outputs) -> uint64_t {
    EXPECT_EQ(std::exchange(*static_cast<uint64_t *>(state), 0), 1u);
    uint64_t windows = (count - 145) / hop + 1;
    EXPECT_EQ(145 + (windows - 1) * hop, count);
    for (uint64_t i = 0; i < windows; ++i)
      static_cast<float *>(outputs[0])[i] =
          static_cast<const float *>(samples)[36 + i * hop];
    return windows;
  };
  return stream;
}

// A stream of the same hop is used in place of single windows, and no other.
TEST(WindowScoresTest, StreamOfTheSameHop) {
  frieze_model model =
      makeModel([](const void *const *, void *const *, void *) { FAIL(); });
  const frieze_stream three = makeStream<3>(), one = makeStream<1>();
  model.stream = &three;
  std::vector<float> samples(300);
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] = i / 1000.0f;
  // A missing sample is missing in every window that has it.
  samples[250] = NAN;
  std::vector<float> scores = cantFail(score(model, 0, samples, /*hop=*/3));
  for (size_t i = 0; i < scores.size(); ++i)
    if (i / 3 * 3 + (i % 3 ? 3 : 0) + 144 + 2 < 250)
      EXPECT_NEAR(scores[i], samples[38 + i], 1e-6) << i;
    else if (i % 3 == 0 && i + 2 + 144 >= 250)
      EXPECT_TRUE(std::isnan(scores[i])) << i;
  frieze_model other = identity;
  other.stream = &three;
  std::vector<float> single = cantFail(score(other, 0, samples));
  EXPECT_EQ(single.front(), samples[36]);
  model.stream = &one;
  EXPECT_EQ(cantFail(score(model, 0, samples)).front(), samples[36]);
}

// A device gives the scores of the CPU, by its stream or by single windows.
TEST(WindowScoresTest, ScoresOnADevice) {
  constexpr frieze_device_kernel single = {"single", 32, 1, 1, 0},
                                 moving = {"moving", 32, 1, 1, 0};
  const char code[] = ".visible .entry single, moving";
  const frieze_stream three = makeStream<3>();
  frieze_device_code deviceCode = {};
  deviceCode.kind = FRIEZE_CUDA;
  deviceCode.code = code;
  deviceCode.kernels = &single;
  deviceCode.kernel_count = 1;
  frieze_model model = identity;
  model.device = &deviceCode;
  model.run_batch = [](uint64_t count, const void *const *inputs,
                       void *const *outputs, void *) {
    for (uint64_t i = 0; i < count; ++i)
      static_cast<float *>(outputs[0])[i] =
          static_cast<const float *>(inputs[0])[36 + i * windowSize];
  };
  // More windows than are copied at once.
  std::vector<float> samples(100000);
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] = float(i % 1000) / 1000;
  const std::vector<float> expected = cantFail(score(model, 0, samples, 3));

  for (bool isStream : {false, true}) {
    if (isStream) {
      model.stream = &three;
      deviceCode.stream_samples = windowSize + 9 * 3;
      deviceCode.stream_windows = 10;
      deviceCode.stream_kernels = &moving;
      deviceCode.stream_kernel_count = 1;
    }
    fakecuda::setModel(&model);
    frieze_device_error error;
    frieze_device *device;
    SharedDevice shared;
    ASSERT_EQ(frieze_device_open(FRIEZE_CUDA, 0, &device, &error), 0);
    ASSERT_EQ(frieze_device_load(device, &model, &shared.model, &error), 0)
        << error.text;
    int launches = fakecuda::countLaunches();
    EXPECT_EQ(
        cantFail(score(model, 0, samples, 3, OutputKind::Probability, &shared)),
        expected);
    EXPECT_EQ(fakecuda::countLaunches() - launches, isStream ? 1 : 2);
    EXPECT_EQ(fakecuda::takeProblem(), "");
    frieze_device_unload(shared.model);
    frieze_device_close(device);
  }
  fakecuda::setModel(nullptr);
}

// With a hop, positions that it divides have their own score, those between lie
// on a line, wherever the range begins and ends.
TEST(WindowScoresTest, HopInterpolates) {
  for (uint64_t first : {40, 41, 42, 43})
    for (size_t count : {1, 2, 3, 4, 5, 9}) {
      std::vector<float> samples(36 + 3 + count + 108 + 3);
      // Sample p * p at position p.
      for (size_t i = 0; i < samples.size(); ++i)
        samples[i] = std::pow(float(first + i) - 39, 2.0f) / 65536;
      std::vector<float> scores =
          cantFail(score(identity, first, samples, /*hop=*/4));
      ASSERT_EQ(scores.size(), count);
      for (size_t i = 0; i < count; ++i) {
        uint64_t position = first + i, left = position / 4 * 4;
        float at = left * left, next = (left + 4) * (left + 4);
        EXPECT_EQ(scores[i] * 65536, at + (next - at) * (position % 4) / 4);
      }
    }
}

// A window with a missing sample has no score, and no others are harmed.
TEST(WindowScoresTest, MissingSamples) {
  std::vector<float> samples(1000, 0.5f);
  samples[500] = NAN;
  std::vector<float> scores = cantFail(score(identity, 0, samples));
  for (size_t i = 0; i < scores.size(); ++i)
    EXPECT_EQ(std::isnan(scores[i]), i <= 500 && i + 144 >= 500) << i;
  samples.resize(1006, 0.5f);
  scores = cantFail(score(identity, 0, samples, /*hop=*/4));
  // Windows begin at multiples of 4 here, 3 samples later than above.
  for (size_t i = 0; i < scores.size(); ++i)
    EXPECT_EQ(std::isnan(scores[i]), i > 352 && i < 500) << i;
}

TEST(WindowScoresTest, LogitsAndWhatIsNoProbability) {
  std::vector<float> samples(145, 0.0f);
  for (auto [logit, probability] :
       {std::pair(0.0f, 0.5f), {200.0f, 1.0f}, {-200.0f, 0.0f}}) {
    samples[36] = logit;
    EXPECT_EQ(cantFail(score(identity, 0, samples, 1, OutputKind::Logit))[0],
              probability);
  }
  frieze_model constant =
      makeModel([](const void *const *inputs, void *const *outputs, void *) {
        float score = static_cast<const float *>(inputs[0])[36];
        *static_cast<float *>(outputs[0]) = score ? score : std::nanf("");
      });
  for (float bad : {-0.1f, 1.5f, 0.0f, INFINITY}) {
    samples[36] = bad;
    auto scores = score(constant, 720, samples);
    EXPECT_FALSE(bool(scores)) << bad;
    std::string problem = llvm::toString(scores.takeError());
    EXPECT_EQ(problem.find("model: error: expects the model's output"), 0u)
        << problem;
    EXPECT_NE(problem.find(" at 2 s"), std::string::npos) << problem;
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
