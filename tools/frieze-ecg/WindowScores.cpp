//===- WindowScores.cpp - A score for every sample --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/WindowScores.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/Support/MemAlloc.h"

#include <algorithm>
#include <cmath>
#include <memory>

using namespace llvm;

namespace frieze::ecg {

Error checkClassifier(StringRef path, const frieze_model &model) {
  if (model.abi_version != FRIEZE_ABI_VERSION)
    return fileError(path, "the model's ABI must be version " +
                               Twine(FRIEZE_ABI_VERSION) + ", found " +
                               Twine(model.abi_version));
  if (model.input_count != 1 || model.output_count != 1)
    return fileError(path, "the model must have one input and one output, "
                           "found " +
                               Twine(model.input_count) + " and " +
                               Twine(model.output_count));
  if (model.inputs[0].elements != windowSize)
    return fileError(path, "the model's input must have " + Twine(windowSize) +
                               " elements, found " +
                               Twine(model.inputs[0].elements));
  if (model.outputs[0].elements != 1)
    return fileError(path, "the model's output must have 1 element, found " +
                               Twine(model.outputs[0].elements));
  return Error::success();
}

namespace {

/// The scratch memory of one call.
class Arena {
public:
  explicit Arena(const frieze_model &model)
      : size(std::max<uint64_t>(model.arena_bytes, 1)),
        alignment(std::max<uint64_t>(model.arena_alignment, 1)),
        memory(allocate_buffer(size, alignment)) {}
  ~Arena() { deallocate_buffer(memory, size, alignment); }
  Arena(const Arena &) = delete;
  Arena &operator=(const Arena &) = delete;

  void *get() const { return memory; }

private:
  size_t size, alignment;
  void *memory;
};

} // namespace

Expected<std::vector<float>>
scoreWindows(StringRef path, const frieze_model &model, OutputKind kind,
             ArrayRef<float> samples,
             function_ref<void(size_t done)> progress) {
  std::vector<float> scores(samples.size());
  if (samples.empty())
    return scores;
  std::vector<float> padded;
  padded.reserve(samples.size() + windowSize - 1);
  padded.insert(padded.end(), samplesBefore, samples.front());
  padded.insert(padded.end(), samples.begin(), samples.end());
  padded.insert(padded.end(), samplesAfter, samples.back());

  Arena arena(model);
  constexpr size_t reportEvery = 4096;
  for (size_t position = 0; position < samples.size(); ++position) {
    const float *window = padded.data() + position;
    float *score = &scores[position];
    model.run(&window, &score, arena.get());
    if (kind == OutputKind::Logit)
      *score = 1 / (1 + std::exp(-*score));
    // Written so that NaN fails too.
    if (!(*score >= 0 && *score <= 1))
      return fileError(path, "the model's output must be between 0 and 1, "
                             "found " +
                                 formatNumber(*score) + " at sample " +
                                 Twine(position) +
                                 " (--logits is for a model that does not end "
                                 "in a sigmoid)");
    if (position % reportEvery == 0)
      progress(position);
  }
  progress(samples.size());
  return scores;
}

} // namespace frieze::ecg
