//===- HandMadeModel.h - A model for tests of devices -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_HANDMADEMODEL_H
#define FRIEZE_TESTS_HANDMADEMODEL_H

#include "frieze/model.h"

#include <cstddef>
#include <cstring>

namespace handmade {

/// Sizes of the window of `pair`'s stream, in samples.
inline constexpr uint64_t window = 5, hop = 2, channels = 2, streamWindows = 3;

inline constexpr uint64_t shapeA[] = {1, window, channels}, shapeSum[] = {1, 1},
                          shapeEnds[] = {1, 2};
inline constexpr frieze_tensor inputs[] = {
    {"a", 3, shapeA, window * channels, FRIEZE_FLOAT32, 0, 1}};
inline constexpr frieze_tensor outputs[] = {
    {"sum", 2, shapeSum, 1, FRIEZE_FLOAT32, 0, 1},
    {"ends", 2, shapeEnds, 2, FRIEZE_FLOAT32, 0, 1}};

/// The sum of all elements, in order, and the first and the last of them.
inline void run(const void *const *in, void *const *out, void *) {
  auto a = static_cast<const float *>(in[0]);
  float sum = 0;
  for (uint64_t i = 0; i < window * channels; ++i)
    sum += a[i];
  *static_cast<float *>(out[0]) = sum;
  static_cast<float *>(out[1])[0] = a[0];
  static_cast<float *>(out[1])[1] = a[window * channels - 1];
}

inline void runBatch(uint64_t count, const void *const *in, void *const *out,
                     void *arena) {
  for (uint64_t i = 0; i < count; ++i) {
    const void *ins[] = {static_cast<const float *>(in[0]) +
                         i * window * channels};
    void *outs[] = {static_cast<float *>(out[0]) + i,
                    static_cast<float *>(out[1]) + 2 * i};
    run(ins, outs, arena);
  }
}

/// Samples so far, and the last of them.
struct State {
  uint64_t count;
  float samples[window * channels];
};

inline void init(void *state) { static_cast<State *>(state)->count = 0; }

inline uint64_t push(void *state, const void *samples, uint64_t count,
                     void *const *out) {
  auto &s = *static_cast<State *>(state);
  uint64_t windows = 0;
  for (uint64_t i = 0; i < count; ++i) {
    std::memmove(s.samples, s.samples + channels,
                 sizeof s.samples - channels * sizeof(float));
    std::memcpy(s.samples + (window - 1) * channels,
                static_cast<const float *>(samples) + i * channels,
                channels * sizeof(float));
    if (++s.count < window || (s.count - window) % hop)
      continue;
    const void *ins[] = {s.samples};
    void *outs[] = {static_cast<float *>(out[0]) + windows,
                    static_cast<float *>(out[1]) + 2 * windows};
    run(ins, outs, nullptr);
    ++windows;
  }
  return windows;
}

inline uint64_t flush(void *state, void *const *) {
  init(state);
  return 0;
}

inline constexpr frieze_stream stream = {
    window,         hop,  channels, streamWindows, sizeof(State),
    alignof(State), init, push,     flush};

inline constexpr float weights[] = {1, 2, 3};

/// The second kernel takes two calls with three groups, the first one a call
/// with a group.
inline constexpr frieze_device_kernel kernels[] = {{"first", 32, 1, 1, 0},
                                                   {"second", 64, 3, 2, 0}};
inline constexpr frieze_device_kernel streamKernels[] = {
    {"moving", 32, 1, 1, 0}};

/// What the model carries for a device with this code.
inline frieze_device_code describeDevice(int32_t kind, const void *code,
                                         uint64_t bytes) {
  frieze_device_code device = {};
  device.kind = kind;
  device.code = code;
  device.code_bytes = bytes;
  device.weights = weights;
  device.weights_bytes = sizeof weights;
  device.arena_bytes = 48;
  device.kernels = kernels;
  device.kernel_count = 2;
  device.stream_samples = window + (streamWindows - 1) * hop;
  device.stream_windows = streamWindows;
  device.stream_arena_bytes = 16;
  device.stream_kernels = streamKernels;
  device.stream_kernel_count = 1;
  return device;
}

inline frieze_model describe(const frieze_device_code *device) {
  frieze_model model = {};
  model.abi_version = FRIEZE_ABI_VERSION;
  model.struct_size = sizeof model;
  model.name = "pair";
  model.input_count = 1;
  model.output_count = 2;
  model.inputs = inputs;
  model.outputs = outputs;
  model.arena_alignment = 64;
  model.run = run;
  model.run_batch = runBatch;
  model.stream = &stream;
  model.device = device;
  return model;
}

} // namespace handmade

#endif // FRIEZE_TESTS_HANDMADEMODEL_H
