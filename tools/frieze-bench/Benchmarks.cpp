//===- Benchmarks.cpp - What Google Benchmark runs --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-bench/Benchmarks.h"
#include "api/CallBuffers.h"

#include "llvm/Support/MemAlloc.h"

#include <benchmark/benchmark.h>

#include <random>

using namespace frieze;

/// Replaces the element for which `isSame` holds, as Google Benchmark runs a
/// benchmark several times until it takes long enough, or appends `value`.
template <typename T, typename Predicate>
static void update(std::vector<T> &values, T value, Predicate isSame) {
  auto found = llvm::find_if(values, isSame);
  if (found == values.end())
    values.push_back(std::move(value));
  else
    *found = std::move(value);
}

/// Google Benchmark would report the mean, which one disturbed block spoils.
static void reportMedian(benchmark::State &state, CallTimes times) {
  state.SetIterationTime(times.median * 1e-6 * state.iterations());
  state.counters["min_us"] = times.min;
  state.counters["median_us"] = times.median;
}

namespace {
/// Calls of one block, chosen by the first run: Google Benchmark insists that
/// repetitions make equally many calls.
struct BlockSizes {
  int64_t ours = 0, theirs = 0;
};
} // namespace

static void measure(benchmark::State &state, const Subject &subject,
                    Results &results, BlockSizes &sizes) {
  CallBuffers buffers(*subject.model, subject.tableRows);
  auto time = [&](int64_t count) {
    return timeCalls(count, [&] {
      buffers.run();
      benchmark::ClobberMemory();
    });
  };
  if (sizes.ours == 0)
    sizes.ours = chooseBlockSize(time);
  std::vector<double> blocks;
  while (state.KeepRunningBatch(sizes.ours))
    blocks.push_back(time(sizes.ours));

  Measurement measurement{&subject, CallTimes::summarize(std::move(blocks))};
  reportMedian(state, measurement.times);
  state.counters["MACs"] = subject.model->macs;
  state.counters["GFLOP/s"] = measurement.getGigaflops();
  state.counters["%peak"] =
      100 * measurement.getGigaflops() / results.peak.gigaflops;
  state.counters["weights"] = subject.model->weights_bytes;
  state.counters["arena"] = subject.model->arena_bytes;
  state.counters["bytes"] = subject.getBytesTouched();
  state.counters["FLOP/byte"] = subject.getIntensity();
  state.counters["code_bytes"] = subject.codeBytes;
  if (subject.inSequence) {
    state.counters["in_net_min_us"] = subject.inSequence->min;
    state.counters["in_net_median_us"] = subject.inSequence->median;
  }
  if (subject.spills) {
    state.counters["spills"] = subject.spills->spills;
    state.counters["reloads"] = subject.spills->reloads;
  }
  update(results.measurements, measurement,
         [&](const Measurement &other) { return other.subject == &subject; });
}

static void compare(benchmark::State &state, const Subject &subject, Peer &peer,
                    Results &results, BlockSizes &sizes) {
  CallBuffers buffers(*subject.model, subject.tableRows);
  // Half a block untimed comes first: the other side has just had the caches.
  auto timeOurs = [&](int64_t count) {
    auto call = [&] {
      buffers.run();
      benchmark::ClobberMemory();
    };
    timeCalls(count / 2 + 1, call);
    return timeCalls(count, call);
  };
  std::string failure;
  auto timeTheirs = [&](int64_t count) {
    llvm::Expected<double> microseconds = peer.timeCalls(count);
    if (microseconds)
      return *microseconds;
    failure = llvm::toString(microseconds.takeError());
    // Ends the search for a block size.
    return std::numeric_limits<double>::infinity();
  };
  if (sizes.ours == 0)
    sizes = {chooseBlockSize(timeOurs), chooseBlockSize(timeTheirs)};
  std::vector<double> ours, theirs;
  while (failure.empty() && state.KeepRunningBatch(sizes.theirs)) {
    ours.push_back(timeOurs(sizes.ours));
    theirs.push_back(timeTheirs(sizes.theirs));
  }
  if (!failure.empty())
    return state.SkipWithError((peer.getName() + ": " + failure).c_str());

  Comparison comparison{
      peer.getName(), peer.getFile(), CallTimes::summarize(std::move(ours)),
      CallTimes::summarize(std::move(theirs)), peer.getDifference()};
  reportMedian(state, comparison.theirs);
  state.counters["frieze_min_us"] = comparison.ours.min;
  state.counters["frieze_median_us"] = comparison.ours.median;
  state.counters["ratio_min"] = comparison.getMinRatio();
  state.counters["ratio_median"] = comparison.getMedianRatio();
  state.counters["max_difference"] = comparison.difference;
  update(results.comparisons, comparison, [&](const Comparison &other) {
    return other.peer == comparison.peer && other.file == comparison.file;
  });
}

void frieze::registerBenchmark(const Subject &subject, Results &results) {
  benchmark::RegisterBenchmark(
      subject.name.c_str(),
      [&, sizes = BlockSizes()](benchmark::State &state) mutable {
        measure(state, subject, results, sizes);
      })
      ->Unit(benchmark::kMicrosecond)
      ->UseManualTime();
}

void frieze::registerComparison(const Subject &subject, Peer &peer,
                                Results &results) {
  benchmark::RegisterBenchmark(
      (subject.name + "/" + peer.getName()).c_str(),
      [&, sizes = BlockSizes()](benchmark::State &state) mutable {
        compare(state, subject, peer, results, sizes);
      })
      ->Unit(benchmark::kMicrosecond)
      ->UseManualTime();
}

namespace {
/// Buffers of a stream, which begins with its first block.
class StreamBuffers {
public:
  explicit StreamBuffers(const Subject &subject)
      : stream(*subject.model->stream),
        state(
            llvm::allocate_buffer(stream.state_bytes, stream.state_alignment)) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    samples.resize((stream.window + stream.block * stream.hop) *
                   stream.channels);
    for (float &sample : samples)
      sample = normal(random);
    for (uint64_t i = 0; i < subject.model->output_count; ++i) {
      outputs.emplace_back(subject.model->outputs[i].elements *
                           (stream.block + stream.window / stream.hop + 2));
      pointers.push_back(outputs.back().data());
    }
    stream.init(state);
    if (stream.window > stream.hop)
      push(stream.window - stream.hop);
  }
  ~StreamBuffers() {
    llvm::deallocate_buffer(state, stream.state_bytes, stream.state_alignment);
  }

  void push(uint64_t count) {
    stream.push(state, samples.data(), count, pointers.data());
  }

  const frieze_stream &stream;

private:
  void *state;
  std::vector<float> samples;
  std::vector<std::vector<float>> outputs;
  std::vector<void *> pointers;
};
} // namespace

static void measureStream(benchmark::State &state, const Subject &subject,
                          uint64_t windows, const char *mode, Results &results,
                          BlockSizes &sizes) {
  CallBuffers buffers(*subject.model, subject.tableRows);
  StreamBuffers stream(subject);
  auto timeSingle = [&](int64_t count) {
    return timeCalls(count, [&] {
      buffers.run();
      benchmark::ClobberMemory();
    });
  };
  auto timeStream = [&](int64_t count) {
    double call = timeCalls(count, [&] {
      stream.push(windows * stream.stream.hop);
      benchmark::ClobberMemory();
    });
    return call / windows;
  };
  if (sizes.ours == 0)
    sizes = {chooseBlockSize(timeSingle), chooseBlockSize([&](int64_t count) {
               return timeStream(count) * windows;
             })};
  std::vector<double> single, shared;
  while (state.KeepRunningBatch(sizes.theirs * windows)) {
    single.push_back(timeSingle(sizes.ours));
    shared.push_back(timeStream(sizes.theirs));
  }
  StreamMeasurement measurement{mode, CallTimes::summarize(std::move(shared)),
                                CallTimes::summarize(std::move(single))};
  reportMedian(state, measurement.stream);
  state.counters["single_min_us"] = measurement.single.min;
  state.counters["single_median_us"] = measurement.single.median;
  state.counters["ratio_min"] = measurement.getMinRatio();
  state.counters["ratio_median"] = measurement.getMedianRatio();
  state.counters["state_bytes"] = stream.stream.state_bytes;
  update(results.streams, measurement, [&](const StreamMeasurement &other) {
    return other.mode == measurement.mode;
  });
}

void frieze::registerStream(const Subject &subject, Results &results) {
  auto add = [&](uint64_t windows, const char *mode) {
    benchmark::RegisterBenchmark((subject.name + "/" + mode).c_str(),
                                 [&, windows, mode, sizes = BlockSizes()](
                                     benchmark::State &state) mutable {
                                   measureStream(state, subject, windows, mode,
                                                 results, sizes);
                                 })
        ->Unit(benchmark::kMicrosecond)
        ->UseManualTime();
  };
  add(subject.model->stream->block, "stream_block");
  add(1, "stream_push");
}
