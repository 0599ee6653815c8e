//===- ModelTest.cpp - Compiled models in C++ -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frieze/model.hpp"

#include "gtest/gtest.h"

#include <type_traits>

using namespace frieze;

namespace {

//===----------------------------------------------------------------------===//
// A model of two inputs and two outputs, by hand
//===----------------------------------------------------------------------===//

/// The arena of the last call.
void *lastArena = nullptr;

/// sum = a + b and difference = a - b, of one element each.
void run(const void *const *inputs, void *const *outputs, void *arena) {
  lastArena = arena;
  float a = *static_cast<const float *>(inputs[0]);
  float b = *static_cast<const float *>(inputs[1]);
  *static_cast<float *>(outputs[0]) = a + b;
  *static_cast<float *>(outputs[1]) = a - b;
}

void runBatch(uint64_t count, const void *const *inputs, void *const *outputs,
              void *arena) {
  auto in = [&](int i) { return static_cast<const float *>(inputs[i]); };
  auto out = [&](int i) { return static_cast<float *>(outputs[i]); };
  for (uint64_t i = 0; i < count; ++i) {
    const void *ins[] = {in(0) + i, in(1) + i};
    void *outs[] = {out(0) + i, out(1) + i};
    run(ins, outs, arena);
  }
}

const uint64_t shape[] = {1, 1};
const frieze_tensor inputs[] = {{"a", 2, shape, 1, FRIEZE_FLOAT32, 0, 1},
                                {"b", 2, shape, 1, FRIEZE_FLOAT32, 0, 1}};
const frieze_tensor outputs[] = {
    {"sum", 2, shape, 1, FRIEZE_FLOAT32, 0, 1},
    {"difference", 2, shape, 1, FRIEZE_FLOAT32, 0, 1}};

frieze_model describe() {
  frieze_model model = {};
  model.abi_version = FRIEZE_ABI_VERSION;
  model.struct_size = sizeof(frieze_model);
  model.name = "pair";
  model.input_count = model.output_count = 2;
  model.inputs = inputs;
  model.outputs = outputs;
  model.arena_bytes = 100;
  model.arena_alignment = 256;
  model.run = run;
  model.run_batch = runBatch;
  return model;
}

template <typename Problem, typename Function>
std::string problemOf(Function function) {
  try {
    function();
  } catch (const Problem &problem) {
    return problem.what();
  }
  return "none";
}

//===----------------------------------------------------------------------===//
// What a model tells
//===----------------------------------------------------------------------===//

TEST(ModelTest, NamesAndShapes) {
  frieze_model description = describe();
  Model model(description);
  EXPECT_EQ(model.name(), "pair");
  EXPECT_EQ(&model.description(), &description);
  ASSERT_EQ(model.input_count(), 2u);
  ASSERT_EQ(model.output_count(), 2u);
  EXPECT_EQ(&model.input(1), &inputs[1]);
  EXPECT_EQ(&model.output(0), &outputs[0]);
  EXPECT_EQ(model.find_input("b"), 1u);
  EXPECT_EQ(model.find_output("sum"), 0u);
}

TEST(ModelTest, RefusesWhatTheModelDoesNotHave) {
  frieze_model description = describe();
  Model model(description);
  EXPECT_EQ(problemOf<std::out_of_range>([&] { model.input(2); }),
            "expects one of 2 inputs, but got index 2");
  EXPECT_EQ(problemOf<std::out_of_range>([&] { model.output(2); }),
            "expects one of 2 outputs, but got index 2");
  EXPECT_EQ(problemOf<std::out_of_range>([&] { model.find_input("sum"); }),
            "expects the name of an input, but got 'sum'");
  EXPECT_EQ(problemOf<std::out_of_range>([&] { model.find_output("a"); }),
            "expects the name of an output, but got 'a'");
}

TEST(ModelTest, RefusesOtherVersions) {
  frieze_model description = describe();
  description.abi_version = 1;
  EXPECT_EQ(problemOf<Error>([&] { Model model(description); }),
            "model: expects the version of the ABI to be " +
                std::to_string(FRIEZE_ABI_VERSION) + ", but got 1");
  description = describe();
  description.struct_size = 16;
  EXPECT_EQ(problemOf<Error>([&] { Model model(description); }),
            "model: expects the size of the description to be " +
                std::to_string(sizeof(frieze_model)) + ", but got 16");
}

TEST(ModelTest, RefusesOtherProcessors) {
  frieze_model description = describe();
  description.target = "x86-64";
  EXPECT_EQ(Model(description).name(), "pair");
  description.target = "cortex-m4";
  EXPECT_EQ(problemOf<Error>([&] { Model model(description); }),
            "model: expects a processor that runs code for cortex-m4, and this "
            "one lacks instructions");
  EXPECT_FALSE(frieze_processor_runs("x86-64-v"));
  EXPECT_FALSE(frieze_processor_runs("x86-64-v20"));
}

//===----------------------------------------------------------------------===//
// Running it
//===----------------------------------------------------------------------===//

TEST(SessionTest, RunsOnItsOwnAlignedArena) {
  frieze_model description = describe();
  Session first{Model(description)}, second(first.model());
  const float a = 3, b = 5;
  float sum = 0, difference = 0;
  const void *in[] = {&a, &b};
  void *out[] = {&sum, &difference};
  first.run(in, out);
  EXPECT_EQ(sum, 8);
  EXPECT_EQ(difference, -2);
  void *arena = lastArena;
  EXPECT_EQ(reinterpret_cast<uintptr_t>(arena) % 256, 0u);
  second.run(in, out);
  EXPECT_NE(lastArena, arena);
}

TEST(SessionTest, RunsManyCalls) {
  frieze_model description = describe();
  Session session{Model(description)};
  const float a[] = {1, 2, 3}, b[] = {10, 20, 30};
  float sum[] = {0, 0, 0}, difference[] = {0, 0, 0};
  const void *in[] = {a, b};
  void *out[] = {sum, difference};
  session.run_batch(2, in, out);
  EXPECT_EQ(sum[1], 22);
  EXPECT_EQ(difference[1], -18);
  EXPECT_EQ(sum[2], 0);
}

TEST(SessionTest, SingleArraysNeedOneInputAndOutput) {
  frieze_model description = describe();
  Session session{Model(description)};
  const float a[] = {1, 2};
  float sum[] = {0, 0};
  const char *problem =
      "expects a model of one input and one output, but got 2 and 2";
  EXPECT_EQ(problemOf<Error>([&] { session.run(a, sum); }), problem);
  EXPECT_EQ(problemOf<Error>([&] { session.run_batch(2, a, sum); }), problem);
  EXPECT_EQ(sum[0], 0);

  description.input_count = description.output_count = 1;
  description.run = [](const void *const *in, void *const *out, void *) {
    *static_cast<float *>(out[0]) = -*static_cast<const float *>(in[0]);
  };
  description.run_batch = [](uint64_t count, const void *const *in,
                             void *const *out, void *) {
    for (uint64_t i = 0; i < count; ++i)
      static_cast<float *>(out[0])[i] =
          2 * static_cast<const float *>(in[0])[i];
  };
  session.run(a, sum);
  EXPECT_EQ(sum[0], -1);
  session.run_batch(2, a, sum);
  EXPECT_EQ(sum[1], 4);
}

// Floats are for models of floats.
TEST(SessionTest, FloatsNeedFloat32) {
  frieze_tensor bytes = inputs[0];
  bytes.type = FRIEZE_INT8;
  frieze_model description = describe();
  description.inputs = &bytes;
  description.input_count = description.output_count = 1;
  Session session{Model(description)};
  float value = 0;
  EXPECT_EQ(problemOf<Error>([&] { session.run(&value, &value); }),
            "pair: expects float32, but 'a' has elements of type 4");
}

TEST(SessionTest, MovesWithItsArena) {
  frieze_model description = describe();
  Session first{Model(description)};
  const float one = 1;
  float sum = 0, difference = 0;
  const void *in[] = {&one, &one};
  void *out[] = {&sum, &difference};
  first.run(in, out);
  void *arena = lastArena;
  Session second(std::move(first));
  second.run(in, out);
  EXPECT_EQ(lastArena, arena);
  first = std::move(second);
  first.run(in, out);
  EXPECT_EQ(lastArena, arena);
  static_assert(!std::is_copy_constructible_v<Session>);
}

// No memory is asked for where none is needed, and a size that no machine has
// is an error.
TEST(SessionTest, ArenasOfAnySize) {
  frieze_model description = describe();
  description.arena_bytes = 0;
  description.arena_alignment = 1;
  Session session{Model(description)};
  const float one = 1;
  float sum = 0, difference = 0;
  const void *in[] = {&one, &one};
  void *out[] = {&sum, &difference};
  lastArena = out;
  session.run(in, out);
  EXPECT_EQ(lastArena, nullptr);
  description.arena_bytes = UINT64_MAX;
  EXPECT_THROW(Session{Model(description)}, std::bad_alloc);
}

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

/// The samples of a recording so far, in the state of its stream.
struct Recording {
  uint64_t samples;
  float sum;
};

const frieze_stream sums = {
    /*window=*/3,
    /*hop=*/2,
    /*channels=*/1,
    /*block=*/1,
    sizeof(Recording),
    /*state_alignment=*/128,
    [](void *state) { *static_cast<Recording *>(state) = {0, 0}; },
    // The sum of all samples so far, at the end of each window.
    [](void *state, const void *samples, uint64_t count,
       void *const *out) -> uint64_t {
      auto *recording = static_cast<Recording *>(state);
      uint64_t windows = 0;
      for (uint64_t i = 0; i < count; ++i) {
        recording->sum += static_cast<const float *>(samples)[i];
        uint64_t n = ++recording->samples;
        if (n >= 3 && (n - 3) % 2 == 0)
          static_cast<float *>(out[0])[windows++] = recording->sum;
      }
      lastArena = state;
      return windows;
    },
    [](void *state, void *const *) -> uint64_t {
      *static_cast<Recording *>(state) = {0, 0};
      return 0;
    },
};

frieze_model describeStream() {
  frieze_model description = describe();
  description.input_count = description.output_count = 1;
  description.stream = &sums;
  return description;
}

TEST(StreamTest, PushesAnyNumberOfSamples) {
  frieze_model description = describeStream();
  Stream stream{Model(description)};
  EXPECT_EQ(stream.window(), 3u);
  EXPECT_EQ(stream.hop(), 2u);
  EXPECT_EQ(stream.channels(), 1u);
  EXPECT_EQ(stream.max_windows(5), 3u);
  const float samples[] = {1, 10, 100, 1000, 10000};
  float output[3] = {};
  EXPECT_EQ(stream.push(samples, 2, output), 0u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(lastArena) % 128, 0u);
  EXPECT_EQ(stream.push(samples + 2, 3, output), 2u);
  EXPECT_EQ(output[0], 111);
  EXPECT_EQ(output[1], 11111);
}

// Each way to begin again leaves nothing of the recording before.
TEST(StreamTest, BeginsAgain) {
  frieze_model description = describeStream();
  Stream stream{Model(description)}, other(stream.model());
  const float samples[] = {1, 10, 100};
  float output = 0;
  void *outputs[] = {&output};
  stream.push(samples, 2, outputs);
  stream.restart();
  EXPECT_EQ(stream.push(samples, 3, outputs), 1u);
  EXPECT_EQ(output, 111);
  EXPECT_EQ(stream.flush(&output), 0u);
  EXPECT_EQ(stream.push(samples, 3, outputs), 1u);
  EXPECT_EQ(output, 111);
  // The other one has a state of its own.
  EXPECT_EQ(other.push(samples, 2, outputs), 0u);
}

TEST(StreamTest, RefusesModelsWithoutStream) {
  frieze_model description = describe();
  EXPECT_EQ(problemOf<Error>([&] { Stream stream{Model(description)}; }),
            "pair: expects a model compiled with --stream-hop or "
            "--stream-steps");
  description.stream = &sums;
  Stream stream{Model(description)};
  float output = 0;
  const char *problem = "expects a model of one output, but got 2";
  EXPECT_EQ(problemOf<Error>([&] { stream.push(&output, 0, &output); }),
            problem);
  EXPECT_EQ(problemOf<Error>([&] { stream.flush(&output); }), problem);
}

} // namespace
