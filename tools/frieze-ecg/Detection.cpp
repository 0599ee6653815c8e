//===- Detection.cpp - Beats of recordings, by threads ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Detection.h"
#include "tools/frieze-ecg/Resampler.h"
#include "tools/frieze-ecg/SignalLevel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ThreadPool.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <utility>

using namespace llvm;

namespace frieze::ecg {

Error forEachParallel(unsigned threads, size_t count,
                      function_ref<Error(size_t)> work) {
  std::atomic<size_t> firstFailed = count;
  std::mutex mutex;
  Error result = Error::success();
  {
    DefaultThreadPool pool(hardware_concurrency(threads));
    for (size_t i = 0; i < count; ++i)
      pool.async([&, i] {
        if (i > firstFailed)
          return;
        Error error = work(i);
        if (!error)
          return;
        std::lock_guard<std::mutex> lock(mutex);
        if (i < firstFailed) {
          firstFailed = i;
          std::swap(result, error);
        }
        consumeError(std::move(error));
      });
  }
  return result;
}

namespace {

/// Positions of one lead that a thread scores at once.
struct Chunk {
  size_t recording;
  const Recording *lead;
  uint64_t first, count;
  /// What it found.
  std::vector<LevelTop> tops;
};

/// Finds the level tops of a chunk.
Error scoreChunk(Chunk &chunk, const SignalLevel &level,
                 WindowScores &windowScores, const DetectionOptions &options) {
  const Recording &lead = *chunk.lead;
  // A smoothed score takes half a box on either side, and a top its neighbours.
  constexpr int64_t margin = boxWidth / 2 + 1;
  const int64_t length = lead.length, begin = int64_t(chunk.first) - margin,
                end = int64_t(chunk.first + chunk.count) + margin;
  const int64_t first = std::max<int64_t>(begin, 0),
                last = std::min(end, length);
  std::vector<float> samples(windowScores.before() + (last - first) +
                             windowScores.after());
  if (Error error =
          lead.readPadded(first - int64_t(windowScores.before()), samples))
    return error;
  level.normalize(samples);
  std::vector<float> scores(end - begin);
  MutableArrayRef<float> inside =
      MutableArrayRef<float>(scores).slice(first - begin, last - first);
  if (Error error = windowScores.score(first, samples, inside))
    return error;
  // Beyond the ends, the end scores count...
  std::fill_n(scores.begin(), first - begin, inside.front());
  std::fill_n(scores.rbegin(), end - last, inside.back());
  std::vector<double> smooth = smoothScores(scores);
  if (options.takeScores)
    options.takeScores(chunk.recording, chunk.first,
                       ArrayRef<double>(smooth).drop_front().drop_back());
  // ...but no top goes on there.
  constexpr double below = -std::numeric_limits<double>::infinity();
  if (chunk.first == 0)
    smooth.front() = below;
  if (chunk.first + chunk.count == lead.length)
    smooth.back() = below;
  chunk.tops = findLevelTops(chunk.first, smooth);
  chunk.tops.shrink_to_fit();
  return Error::success();
}

/// One recording at detectorRate.
class DetectorLead {
public:
  explicit DetectorLead(const Recording *recording) : source(*recording) {
    if (source.rate != detectorRate)
      resampled = std::make_unique<ResampledRecording>(source, detectorRate);
  }

  const Recording &get() const { return resampled ? *resampled : source; }
  const SignalLevel &getLevel() const { return level; }

  /// Reads parts of the recording to find its level.
  Error findLevel() {
    LevelEstimator estimator;
    std::vector<float> samples;
    for (const SampleRange &range : levelRanges(get().length)) {
      samples.resize(range.count);
      if (Error error = get().read(range.first, samples))
        return error;
      estimator.add(samples);
    }
    level = estimator.estimate();
    return Error::success();
  }

  /// Whether the file has no samples around these positions.
  bool isUnrecorded(uint64_t first, uint64_t last) const {
    first = toSource(first);
    last = toSource(last);
    auto gap = partition_point(source.unrecorded, [&](const Gap &g) {
      return g.first + g.count <= first;
    });
    return gap != source.unrecorded.end() && gap->first <= first &&
           last < gap->first + gap->count;
  }

  /// The beats among maxima, in samples of the recording.
  std::vector<Beat> pick(std::vector<Beat> maxima) const {
    leaveOutGaps(maxima);
    std::vector<Beat> beats = pickBeats(std::move(maxima));
    for (Beat &beat : beats)
      beat.position = toSource(beat.position);
    return beats;
  }

private:
  uint64_t toSource(uint64_t position) const {
    return resampled ? resampled->toSource(position) : position;
  }

  /// Leaves out the maxima that are too close to a gap.
  void leaveOutGaps(std::vector<Beat> &maxima) const {
    const uint64_t margin = std::ceil(gapMargin * source.rate / detectorRate);
    ArrayRef<Gap> gaps = source.gaps;
    erase_if(maxima, [&](const Beat &maximum) {
      uint64_t position = toSource(maximum.position);
      while (!gaps.empty() &&
             gaps.front().first + gaps.front().count + margin <= position)
        gaps = gaps.drop_front();
      return !gaps.empty() && position + margin >= gaps.front().first;
    });
  }

  const Recording &source;
  /// Only at another rate.
  std::unique_ptr<ResampledRecording> resampled;
  SignalLevel level;
};

} // namespace

Expected<std::vector<std::vector<Beat>>>
detectBeats(StringRef path, const frieze_model &model,
            ArrayRef<const Recording *> recordings,
            const DetectionOptions &options,
            function_ref<void(uint64_t done, uint64_t total)> progress) {
  std::vector<DetectorLead> leads(recordings.begin(), recordings.end());
  if (options.normalize)
    if (Error error =
            forEachParallel(options.threads, leads.size(),
                            [&](size_t i) { return leads[i].findLevel(); }))
      return error;
  std::vector<Chunk> chunks;
  uint64_t total = 0;
  for (auto [number, lead] : enumerate(leads)) {
    const uint64_t length = lead.get().length;
    for (uint64_t first = 0; first < length; first += options.chunkSize) {
      uint64_t count = std::min(options.chunkSize, length - first);
      if (lead.isUnrecorded(first, first + count - 1))
        continue;
      chunks.push_back({number, &lead.get(), first, count, {}});
      total += count;
    }
  }
  std::atomic<uint64_t> done = 0;
  Error error =
      forEachParallel(options.threads, chunks.size(), [&](size_t i) -> Error {
        WindowScores windowScores(path, model, options.outputKind, options.hop);
        const SignalLevel &level = leads[chunks[i].recording].getLevel();
        if (Error error = scoreChunk(chunks[i], level, windowScores, options))
          return error;
        progress(done += chunks[i].count, total);
        return Error::success();
      });
  if (error)
    return error;

  std::vector<std::vector<Beat>> beats;
  auto chunk = chunks.begin();
  for (const DetectorLead &lead : leads) {
    LevelTopJoiner joiner;
    for (; chunk != chunks.end() && chunk->recording == beats.size(); ++chunk)
      joiner.add(std::exchange(chunk->tops, {}));
    beats.push_back(lead.pick(joiner.takeMaxima()));
  }
  return beats;
}

} // namespace frieze::ecg
