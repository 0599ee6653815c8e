//===- WindowScores.cpp - A score for every sample --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/WindowScores.h"
#include "tools/frieze-ecg/detection/BeatDetector.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/Support/MemAlloc.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

Error frieze::ecg::checkClassifier(StringRef path, const frieze_model &model) {
  if (model.abi_version != FRIEZE_ABI_VERSION)
    return fileError(path, "expects the version of the model's ABI to be " +
                               Twine(FRIEZE_ABI_VERSION) + ", but got " +
                               Twine(model.abi_version));
  if (model.input_count != 1 || model.output_count != 1)
    return fileError(path, "expects a model of one input and one output, "
                           "but got " +
                               Twine(model.input_count) + " and " +
                               Twine(model.output_count));
  if (model.outputs[0].elements != 1)
    return fileError(path,
                     "expects the model's output to have 1 element, but got " +
                         Twine(model.outputs[0].elements) +
                         (model.outputs[0].elements > 1
                              ? ": frieze-ecg classify is for models that tell "
                                "classes of beats"
                              : ""));
  if (model.inputs[0].elements != windowSize)
    return fileError(path, "expects the model's input to have " +
                               Twine(windowSize) + " elements, but got " +
                               Twine(model.inputs[0].elements));
  return Error::success();
}

static const frieze_stream *findStream(const frieze_model &model,
                                       unsigned hop) {
  const frieze_stream *stream = model.stream;
  bool fits = stream && stream->hop == hop && stream->window == windowSize &&
              stream->channels == 1;
  return fits ? stream : nullptr;
}

WindowScores::WindowScores(StringRef path, const frieze_model &model,
                           OutputKind kind, unsigned hop, SharedDevice *device)
    : path(path), model(model), kind(kind), hop(hop), device(device),
      stream(findStream(model, hop)),
      memoryBytes(std::max<uint64_t>(
          stream ? stream->state_bytes : model.arena_bytes, 1)),
      memoryAlignment(std::max<uint64_t>(
          stream ? stream->state_alignment : model.arena_alignment, 1)),
      memory(allocate_buffer(memoryBytes, memoryAlignment)) {}

WindowScores::~WindowScores() {
  deallocate_buffer(memory, memoryBytes, memoryAlignment);
}

/// Computes the outputs of the grid's windows on the device, whether or not
/// samples are missing.
Error WindowScores::scoreOnDevice(ArrayRef<float> samples) {
  std::lock_guard<std::mutex> lock(device->mutex);
  frieze_device_error error;
  void *scores = grid.data();
  if (stream && model.device->stream_kernel_count) {
    if (frieze_device_run_stream(device->model, samples.data(),
                                 (grid.size() - 1) * hop + windowSize, &scores,
                                 &error))
      return fileError(path, error.text);
    return Error::success();
  }
  // Single windows overlap, and are copied apart, so many at a time.
  constexpr size_t most = 1 << 15;
  std::vector<float> windows(std::min(most, grid.size()) * windowSize);
  for (size_t first = 0; first < grid.size(); first += most) {
    size_t count = std::min(most, grid.size() - first);
    for (size_t i = 0; i < count; ++i)
      std::copy_n(samples.data() + (first + i) * hop, windowSize,
                  windows.data() + i * windowSize);
    const void *inputs = windows.data();
    void *outputs = grid.data() + first;
    if (frieze_device_run(device->model, count, &inputs, &outputs, &error))
      return fileError(path, error.text);
  }
  return Error::success();
}

/// Fills the grid: `samples` begins with the window of position `first`, which
/// hop divides.
Error WindowScores::scoreGrid(uint64_t first, ArrayRef<float> samples) {
  if (device) {
    if (Error error = scoreOnDevice(samples))
      return error;
  } else if (stream) {
    void *scores = grid.data();
    stream->init(memory);
    stream->push(memory, samples.data(), (grid.size() - 1) * hop + windowSize,
                 &scores);
  }
  // Samples that were looked at, and the last missing one among them plus one.
  size_t seen = 0, usable = 0;
  for (size_t i = 0; i < grid.size(); ++i) {
    const float *window = samples.data() + i * hop;
    for (; seen < i * hop + windowSize; ++seen)
      if (std::isnan(samples[seen]))
        usable = seen + 1;
    float *score = &grid[i];
    if (usable > i * hop) {
      *score = std::numeric_limits<float>::quiet_NaN();
      continue;
    }
    if (!stream && !device) {
      const void *input = window;
      void *output = score;
      model.run(&input, &output, memory);
    }
    if (kind == OutputKind::Logit)
      *score = 1 / (1 + std::exp(-*score));
    // Written so that NaN fails too.
    if (!(*score >= 0 && *score <= 1))
      return fileError(path,
                       "expects the model's output to be between 0 and 1, "
                       "but got " +
                           formatNumber(*score) + " at " +
                           formatNumber((first + i * hop) / detectorRate) +
                           " s (--logits is for a model that does not "
                           "end in a sigmoid)");
  }
  return Error::success();
}

Error WindowScores::score(uint64_t first, ArrayRef<float> samples,
                          MutableArrayRef<float> scores) {
  if (scores.empty())
    return Error::success();
  const uint64_t gridFirst = first / hop * hop;
  const uint64_t last = first + scores.size() - 1;
  grid.resize((last + hop - 1) / hop - first / hop + 1);
  if (Error error =
          scoreGrid(gridFirst, samples.drop_front(hop - 1 - first % hop)))
    return error;
  for (size_t i = 0; i < scores.size(); ++i) {
    size_t offset = first - gridFirst + i;
    float left = grid[offset / hop];
    scores[i] = left;
    // The next one only where it counts: there may be none.
    if (size_t part = offset % hop)
      scores[i] = left + (grid[offset / hop + 1] - left) * part / hop;
  }
  return Error::success();
}
