//===- Resampler.cpp - A recording at another rate --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/Resampler.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <soxr.h>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// The ratio of whole numbers closest to `ratio` with a denominator of at most
/// 4096, by its continued fraction: exact for rates in use. Else it is off by
/// less than a millionth, and as positions are converted by the same ratio,
/// nothing adds up.
static std::pair<uint64_t, uint64_t> approximate(double ratio) {
  constexpr uint64_t mostDenominator = 4096;
  std::pair<uint64_t, uint64_t> before{0, 1}, result{1, 0};
  double rest = ratio;
  while (true) {
    uint64_t whole = std::floor(rest);
    std::pair<uint64_t, uint64_t> next{whole * result.first + before.first,
                                       whole * result.second + before.second};
    if (next.second > mostDenominator)
      return result;
    before = std::exchange(result, next);
    double error = std::abs(double(result.first) / result.second - ratio);
    if (error < 1e-12 * ratio)
      return result;
    rest = 1 / (rest - whole);
  }
}

ResampledRecording::ResampledRecording(const Recording &source, double newRate)
    : source(source), step(approximate(source.rate / newRate)) {
  name = source.name;
  lead = source.lead;
  rate = newRate;
  length = (source.length - 1) / step.first * step.second +
           (source.length - 1) % step.first * step.second / step.first + 1;
  // Samples, of the lower rate, after which the filter has faded.
  const double reach = 200 * std::max(1.0, source.rate / newRate);
  marginSteps = std::ceil(reach / step.first);
  constexpr uint64_t blockSize = 1 << 14;
  blockSteps =
      std::max<uint64_t>(1, blockSize / std::max(step.first, step.second));
}

uint64_t ResampledRecording::toSource(uint64_t position) const {
  uint64_t result =
      position / step.second * step.first +
      (position % step.second * step.first + step.second / 2) / step.second;
  return std::min(result, source.length - 1);
}

uint64_t ResampledRecording::fromSource(uint64_t position) const {
  uint64_t result =
      position / step.first * step.second +
      (position % step.first * step.second + step.first / 2) / step.first;
  return std::min(result, length - 1);
}

/// Puts a line from neighbour to neighbour in place of missing samples; false
/// if all are missing.
static bool bridgeGaps(MutableArrayRef<float> samples) {
  auto isKnown = [](float sample) { return !std::isnan(sample); };
  auto known = find_if(samples, isKnown);
  if (known == samples.end())
    return false;
  std::fill(samples.begin(), known, *known);
  while (true) {
    auto gap = std::find_if_not(known, samples.end(), isKnown);
    if (gap == samples.end())
      return true;
    known = std::find_if(gap, samples.end(), isKnown);
    float left = *(gap - 1), right = known == samples.end() ? left : *known;
    float count = known - gap + 1;
    for (auto sample = gap; sample != known; ++sample)
      *sample = left + (right - left) * (float(sample - gap + 1) / count);
    if (known == samples.end())
      return true;
  }
}

/// Resamples from rate `inputRate` to `outputRate`; both begin at one time.
/// Returns what went wrong, or null.
static const char *resample(double inputRate, double outputRate,
                            ArrayRef<float> input,
                            MutableArrayRef<float> output) {
  soxr_error_t problem = nullptr;
  // The quality is that of the default, SOXR_HQ.
  soxr_t resampler = soxr_create(inputRate, outputRate, /*num_channels=*/1,
                                 &problem, nullptr, nullptr, nullptr);
  if (problem)
    return problem;
  size_t done = 0;
  while (!problem && !output.empty()) {
    size_t taken = 0;
    // Without input, what is left comes out.
    problem =
        soxr_process(resampler, input.empty() ? nullptr : input.data(),
                     input.size(), &taken, output.data(), output.size(), &done);
    if (!problem && !taken && !done)
      problem = "too few samples";
    input = input.drop_front(taken);
    output = output.drop_front(done);
  }
  soxr_delete(resampler);
  return problem;
}

Error ResampledRecording::readBlock(uint64_t block,
                                    std::vector<float> &samples) const {
  const int64_t margin = marginSteps * step.first;
  const int64_t begin = int64_t(block * blockSteps * step.first) - margin;
  std::vector<float> input(2 * margin + blockSteps * step.first);
  if (Error error = source.readPadded(begin, input))
    return error;
  std::vector<bool> missing(input.size());
  for (auto [index, sample] : enumerate(input))
    missing[index] = std::isnan(sample);
  samples.assign(blockSteps * step.second,
                 std::numeric_limits<float>::quiet_NaN());
  if (!bridgeGaps(input))
    return Error::success();

  const size_t before = marginSteps * step.second;
  std::vector<float> output(before + samples.size());
  if (const char *problem = resample(step.first, step.second, input, output))
    return fileError(source.name, Twine("resampling failed: ") + problem);
  for (size_t i = 0; i < samples.size(); ++i) {
    // The samples of the source on both sides, which are one where i is whole.
    size_t left = margin + i * step.first / step.second;
    size_t right = left + (i * step.first % step.second != 0);
    if (!missing[left] && !missing[right])
      samples[i] = output[before + i];
  }
  return Error::success();
}

Error ResampledRecording::read(uint64_t first,
                               MutableArrayRef<float> samples) const {
  const uint64_t blockSize = blockSteps * step.second;
  std::vector<float> block;
  while (!samples.empty()) {
    if (Error error = readBlock(first / blockSize, block))
      return error;
    ArrayRef<float> part = ArrayRef<float>(block).drop_front(first % blockSize);
    part = part.take_front(samples.size());
    copy(part, samples.begin());
    samples = samples.drop_front(part.size());
    first += part.size();
  }
  return Error::success();
}
