//===- Detection.cpp - Beats of recordings, by threads ----------*- C++ -*-===//
//-*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Detection.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ThreadPool.h"

#include <algorithm>
#include <atomic>
#include <limits>
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
  const Recording *lead;
  uint64_t first, count;
  /// What it found.
  std::vector<LevelTop> tops;
};

/// Reads positions from `first` on, which may lie beyond the ends: there the
/// end samples go on. At least one of them lies inside.
Error readPadded(const Recording &lead, int64_t first,
                 MutableArrayRef<float> samples) {
  const int64_t length = lead.length, end = first + int64_t(samples.size());
  const int64_t begin = std::max<int64_t>(first, 0);
  size_t before = begin - first, behind = end - std::min(end, length);
  MutableArrayRef<float> inside = samples.drop_front(before).drop_back(behind);
  if (Error error = lead.read(begin, inside))
    return error;
  std::fill_n(samples.begin(), before, inside.front());
  std::fill_n(samples.end() - behind, behind, inside.back());
  return Error::success();
}

/// Finds the level tops of a chunk.
Error scoreChunk(Chunk &chunk, WindowScores &windowScores) {
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
          readPadded(lead, first - int64_t(windowScores.before()), samples))
    return error;
  std::vector<float> scores(end - begin);
  MutableArrayRef<float> inside =
      MutableArrayRef<float>(scores).slice(first - begin, last - first);
  if (Error error = windowScores.score(first, samples, inside))
    return error;
  // Beyond the ends, the end scores count...
  std::fill_n(scores.begin(), first - begin, inside.front());
  std::fill_n(scores.rbegin(), end - last, inside.back());
  std::vector<double> smooth = smoothScores(scores);
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

/// Leaves out the maxima that are too close to a gap.
void leaveOutGaps(std::vector<Beat> &maxima, ArrayRef<Gap> gaps) {
  erase_if(maxima, [&](const Beat &maximum) {
    while (!gaps.empty() &&
           gaps.front().first + gaps.front().count + gapMargin <=
               maximum.position)
      gaps = gaps.drop_front();
    return !gaps.empty() && maximum.position + gapMargin >= gaps.front().first;
  });
}

} // namespace

Expected<std::vector<std::vector<Beat>>>
detectBeats(StringRef path, const frieze_model &model,
            ArrayRef<const Recording *> recordings,
            const DetectionOptions &options,
            function_ref<void(uint64_t positions)> progress) {
  std::vector<Chunk> chunks;
  for (const Recording *recording : recordings)
    for (uint64_t first = 0; first < recording->length;
         first += options.chunkSize)
      chunks.push_back({recording,
                        first,
                        std::min(options.chunkSize, recording->length - first),
                        {}});
  Error error =
      forEachParallel(options.threads, chunks.size(), [&](size_t i) -> Error {
        WindowScores windowScores(path, model, options.outputKind, options.hop);
        if (Error error = scoreChunk(chunks[i], windowScores))
          return error;
        progress(chunks[i].count);
        return Error::success();
      });
  if (error)
    return error;

  std::vector<std::vector<Beat>> beats;
  auto chunk = chunks.begin();
  for (const Recording *recording : recordings) {
    LevelTopJoiner joiner;
    for (; chunk != chunks.end() && chunk->lead == recording; ++chunk)
      joiner.add(std::exchange(chunk->tops, {}));
    std::vector<Beat> maxima = joiner.takeMaxima();
    leaveOutGaps(maxima, recording->gaps);
    beats.push_back(pickBeats(std::move(maxima)));
  }
  return beats;
}

} // namespace frieze::ecg
