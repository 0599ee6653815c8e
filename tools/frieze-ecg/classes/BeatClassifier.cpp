//===- BeatClassifier.cpp - From windows around beats to labels -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/classes/BeatClassifier.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemAlloc.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// As `'ecg' (187x1)`, without the batch.
static std::string describe(const frieze_tensor &tensor) {
  std::string text;
  raw_string_ostream stream(text);
  stream << '\'' << tensor.name << "' (";
  ListSeparator separator("x");
  for (uint64_t size : ArrayRef(tensor.shape, tensor.rank).drop_front())
    stream << separator << size;
  stream << ')';
  return text;
}

static std::string describe(ArrayRef<frieze_tensor> tensors) {
  std::string text;
  raw_string_ostream stream(text);
  ListSeparator separator;
  for (const frieze_tensor &tensor : tensors)
    stream << separator << describe(tensor);
  return text;
}

/// Whether a call of the model takes one beat of float32.
static Error checkTensors(StringRef path, ArrayRef<frieze_tensor> tensors) {
  for (const frieze_tensor &tensor : tensors) {
    if (tensor.type != FRIEZE_FLOAT32)
      return fileError(path, "expects float32, but " + describe(tensor) +
                                 " has another type");
    if (tensor.rank == 0 || tensor.shape[0] != 1)
      return fileError(path, "expects a model of batch 1, but " +
                                 describe(tensor) + " has a batch of " +
                                 Twine(tensor.rank ? tensor.shape[0] : 0));
  }
  return Error::success();
}

Error BeatClassifier::matchInputs() {
  ArrayRef<frieze_tensor> inputs(model.inputs, model.input_count);
  rrInputs.assign(inputs.size(), nullptr);
  for (const RRInput &wanted : options.inputs) {
    auto input = find_if(inputs, [&](const frieze_tensor &tensor) {
      return wanted.name == tensor.name;
    });
    if (input == inputs.end())
      return fileError(path, "has no input '" + wanted.name +
                                 "' for --input, but " + describe(inputs));
    const RRInput *&own = rrInputs[input - inputs.begin()];
    if (own)
      return fileError(path, "expects --input once for '" + wanted.name + "'");
    if (input->elements != wanted.features.size())
      return fileError(path, "expects --input with " + Twine(input->elements) +
                                 " RR intervals for " + describe(*input) +
                                 ", but got " + Twine(wanted.features.size()));
    own = &wanted;
  }
  if (llvm::count(rrInputs, nullptr) != 1)
    return fileError(path, "expects one input for the window and --input for "
                           "each of the others, but it has " +
                               describe(inputs));
  windowInput = find(rrInputs, nullptr) - rrInputs.begin();
  return Error::success();
}

Expected<BeatClassifier>
BeatClassifier::create(StringRef path, const frieze_model &model,
                       const BeatModelOptions &options) {
  if (model.abi_version != FRIEZE_ABI_VERSION)
    return fileError(path, "expects the version of the model's ABI to be " +
                               Twine(FRIEZE_ABI_VERSION) + ", but got " +
                               Twine(model.abi_version));
  ArrayRef<frieze_tensor> inputs(model.inputs, model.input_count),
      outputs(model.outputs, model.output_count);
  for (ArrayRef<frieze_tensor> tensors : {inputs, outputs})
    if (Error error = checkTensors(path, tensors))
      return std::move(error);
  if (outputs.size() != 1)
    return fileError(path, "expects a model of one output, but it has " +
                               describe(outputs));
  if (outputs[0].elements != options.classes.size())
    return fileError(path, "expects --classes with " +
                               Twine(outputs[0].elements) +
                               " names, one for each output of the model, but "
                               "got " +
                               Twine(options.classes.size()));
  BeatClassifier classifier(path, model, options);
  if (Error error = classifier.matchInputs())
    return std::move(error);
  const frieze_tensor &window = inputs[classifier.windowInput];
  if (count_if(ArrayRef(window.shape, window.rank),
               [](uint64_t size) { return size > 1; }) > 1)
    return fileError(path, "expects windows of one lead, but got the input " +
                               describe(window));
  if (!isWindowLength(options.window, window.elements)) {
    const double seconds = options.window.before + options.window.after;
    return fileError(
        path, "expects windows of " + Twine(window.elements) +
                  " samples, but from " + formatNumber(options.window.before) +
                  " s before a beat (--before) to " +
                  formatNumber(options.window.after) +
                  " s behind it (--after) are " +
                  formatNumber(seconds * options.window.rate) + " at " +
                  formatNumber(options.window.rate) + " Hz (--rate)");
  }
  return classifier;
}

std::vector<float> BeatClassifier::run(ArrayRef<std::vector<float>> inputs,
                                       size_t count) const {
  std::vector<float> scores(count * options.classes.size());
  std::vector<const void *> pointers;
  for (const std::vector<float> &input : inputs)
    pointers.push_back(input.data());
  void *output = scores.data();
  const size_t bytes = std::max<uint64_t>(model.arena_bytes, 1),
               alignment = std::max<uint64_t>(model.arena_alignment, 1);
  void *arena = allocate_buffer(bytes, alignment);
  model.run_batch(count, pointers.data(), &output, arena);
  deallocate_buffer(arena, bytes, alignment);
  return scores;
}

Error BeatClassifier::finish(MutableArrayRef<float> scores,
                             uint64_t beat) const {
  if (options.logits) {
    double most = *max_element(scores), sum = 0;
    for (float score : scores)
      sum += std::exp(score - most);
    for (float &score : scores)
      score = std::exp(score - most) / sum;
  }
  for (float score : scores)
    // Written so that NaN fails too.
    if (!(score >= 0 && score <= 1))
      return fileError(path, "expects the model's outputs to be between 0 and "
                             "1, but got " +
                                 formatNumber(score) +
                                 " for the beat at sample " + Twine(beat) +
                                 " (--logits is for a model that does not end "
                                 "in a softmax)");
  return Error::success();
}

Expected<BeatLabels> BeatClassifier::classify(const Recording &recording,
                                              ArrayRef<uint64_t> beats) const {
  const RRIntervals intervals(recording, beats);
  const uint64_t length = model.inputs[windowInput].elements;
  const size_t classes = options.classes.size();
  Expected<BeatWindows> windows =
      BeatWindows::open(recording, beats, intervals, options.window, length);
  if (!windows)
    return windows.takeError();
  BeatLabels labels;
  labels.scores.reserve(beats.size() * classes);
  for (size_t first = 0; first < beats.size();) {
    const size_t count = windows->countTogether(first);
    Expected<std::vector<float>> samples = windows->read(first, count);
    if (!samples)
      return samples.takeError();
    std::vector<bool> isKnown(count);
    std::vector<std::vector<float>> inputs(rrInputs.size());
    inputs[windowInput] = std::move(*samples);
    for (size_t i = 0; i < count; ++i) {
      isKnown[i] = !std::isnan(inputs[windowInput][i * length]);
      for (auto [input, values] : zip_equal(rrInputs, inputs))
        for (size_t j = 0; input && j < input->features.size(); ++j) {
          std::optional<double> value =
              intervals.get(input->features[j], first + i);
          isKnown[i] = isKnown[i] && value;
          values.push_back(value.value_or(0));
        }
    }
    std::vector<float> scores = run(inputs, count);
    for (size_t i = 0; i < count; ++i) {
      MutableArrayRef<float> own =
          MutableArrayRef(scores).slice(i * classes, classes);
      labels.classes.push_back(std::nullopt);
      if (isKnown[i]) {
        if (Error error = finish(own, beats[first + i]))
          return std::move(error);
        labels.classes.back() = max_element(own) - own.begin();
      }
      append_range(labels.scores, own);
    }
    first += count;
  }
  return labels;
}
