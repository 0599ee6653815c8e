//===- Detection.cpp - Beats of recordings, by threads ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/Detection.h"
#include "tools/frieze-ecg/detection/BoxMean.h"
#include "tools/frieze-ecg/detection/Resampler.h"
#include "tools/frieze-ecg/detection/SignalLevel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ThreadPool.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

void frieze::ecg::forEachParallel(unsigned threads, size_t count,
                                  function_ref<void(size_t)> work) {
  DefaultThreadPool pool(hardware_concurrency(threads));
  for (size_t i = 0; i < count; ++i)
    pool.async([&work, i] { work(i); });
  pool.wait();
}

namespace {

/// Positions of one lead that a thread scores at once.
struct Chunk {
  size_t recording;
  const Recording *lead;
  uint64_t first, count;
  /// What it found, or why it could not be scored.
  std::vector<LevelTop> tops;
  std::string problem;
};

} // namespace

/// Finds the R waves of the tops.
///
/// samples: those of the lead from `first` on.
static void findRWaves(MutableArrayRef<LevelTop> tops, const Recording &lead,
                       int64_t first, ArrayRef<float> samples) {
  for (LevelTop &top : tops) {
    uint64_t begin = std::max<uint64_t>(top.begin, rWaveReach) - rWaveReach,
             end = std::min(top.end + rWaveReach, lead.length);
    top.rWave =
        findRWave(begin, samples.slice(int64_t(begin) - first - rWaveMargin,
                                       end - begin + 2 * rWaveMargin));
  }
}

/// Finds the level tops of a chunk.
static Error scoreChunk(Chunk &chunk, const SignalLevel &level,
                        WindowScores &windowScores,
                        const DetectionOptions &options) {
  const Recording &lead = *chunk.lead;
  // A smoothed score takes half a box on either side, and a top its neighbours.
  constexpr int64_t margin = boxWidth / 2 + 1;
  const int64_t length = lead.length, begin = int64_t(chunk.first) - margin,
                end = int64_t(chunk.first + chunk.count) + margin;
  const int64_t first = std::max<int64_t>(begin, 0),
                last = std::min(end, length);
  const int64_t firstRead = first - int64_t(windowScores.getSamplesBefore());
  std::vector<float> samples(windowScores.getSamplesBefore() + (last - first) +
                             windowScores.getSamplesAfter());
  if (Error error = lead.readPadded(firstRead, samples))
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
  std::vector<double> smooth = getBoxMeans(scores, boxWidth);
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
  // Of what is read for the scores on either side, the R waves need less.
  static_assert(rWaveMargin <= samplesBefore &&
                rWaveReach + rWaveMargin <= boxWidth / 2 + samplesBefore &&
                samplesBefore <= samplesAfter);
  findRWaves(chunk.tops, lead, firstRead, samples);
  chunk.tops.shrink_to_fit();
  return Error::success();
}

namespace {

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
    for (const SampleRange &range : getLevelRanges(get().length)) {
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
  std::vector<Beat> pick(std::vector<Maximum> maxima, BeatPlace place) const {
    auto getPosition = [&](const Maximum &maximum) {
      return toSource(place == BeatPlace::RWave ? maximum.rWave.position
                                                : maximum.position);
    };
    leaveOutGaps(maxima, getPosition);
    std::vector<Beat> beats;
    for (const Maximum &maximum : pickBeats(std::move(maxima)))
      beats.push_back({getPosition(maximum), maximum.score});
    return beats;
  }

private:
  uint64_t toSource(uint64_t position) const {
    return resampled ? resampled->toSource(position) : position;
  }

  /// Leaves out the maxima that are too close to a gap.
  void leaveOutGaps(std::vector<Maximum> &maxima,
                    function_ref<uint64_t(const Maximum &)> getPosition) const {
    const uint64_t margin = std::ceil(gapMargin * source.rate / detectorRate);
    ArrayRef<Gap> gaps = source.gaps;
    erase_if(maxima, [&](const Maximum &maximum) {
      uint64_t position = getPosition(maximum);
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

/// The maxima of one recording, of whose chunks the tops are taken.
static std::vector<Maximum> joinTops(MutableArrayRef<Chunk> chunks,
                                     size_t recording) {
  auto first = partition_point(
      chunks, [&](const Chunk &chunk) { return chunk.recording < recording; });
  LevelTopJoiner joiner;
  for (; first != chunks.end() && first->recording == recording; ++first)
    joiner.add(std::exchange(first->tops, {}));
  return joiner.takeMaxima();
}

std::vector<Expected<std::vector<Beat>>> frieze::ecg::detectBeats(
    StringRef path, const frieze_model &model,
    ArrayRef<const Recording *> recordings, const DetectionOptions &options,
    function_ref<void(uint64_t done, uint64_t total)> progress) {
  std::vector<DetectorLead> leads(recordings.begin(), recordings.end());
  std::vector<std::string> problems(leads.size());
  if (options.normalize)
    forEachParallel(options.threads, leads.size(), [&](size_t i) {
      if (Error error = leads[i].findLevel())
        problems[i] = toString(std::move(error));
    });
  std::vector<Chunk> chunks;
  uint64_t total = 0;
  for (auto [number, lead] : enumerate(leads)) {
    const uint64_t length = problems[number].empty() ? lead.get().length : 0;
    for (uint64_t first = 0; first < length; first += options.chunkSize) {
      uint64_t count = std::min(options.chunkSize, length - first);
      if (lead.isUnrecorded(first, first + count - 1))
        continue;
      chunks.push_back({number, &lead.get(), first, count, {}, {}});
      total += count;
    }
  }
  std::atomic<uint64_t> done = 0;
  // Of each recording, its first chunk that failed; behind it, none is scored.
  std::vector<size_t> firstFailed(leads.size(), chunks.size());
  std::mutex mutex;
  forEachParallel(options.threads, chunks.size(), [&](size_t i) {
    Chunk &chunk = chunks[i];
    size_t &failed = firstFailed[chunk.recording];
    auto isNeeded = [&] {
      std::lock_guard<std::mutex> lock(mutex);
      return i < failed;
    };
    if (isNeeded()) {
      WindowScores windowScores(path, model, options.outputKind, options.hop,
                                options.device);
      const SignalLevel &level = leads[chunk.recording].getLevel();
      if (Error error = scoreChunk(chunk, level, windowScores, options)) {
        chunk.problem = toString(std::move(error));
        std::lock_guard<std::mutex> lock(mutex);
        failed = std::min(failed, i);
      }
    }
    progress(done += chunk.count, total);
  });

  std::vector<Expected<std::vector<Beat>>> beats;
  for (auto [number, lead] : enumerate(leads)) {
    if (size_t failed = firstFailed[number]; failed < chunks.size())
      problems[number] = chunks[failed].problem;
    if (!problems[number].empty())
      beats.push_back(createStringError(problems[number]));
    else
      beats.push_back(lead.pick(joinTops(chunks, number), options.place));
  }
  return beats;
}
