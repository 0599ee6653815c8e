//===- LayerSequence.cpp - Layers as they run in a call ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "api/LayerSequence.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Alignment.h"

#include <chrono>
#include <random>

using namespace frieze;
using Clock = std::chrono::steady_clock;

static double getMicroseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

float *LayerSequence::allocate(uint64_t elements) {
  constexpr uint64_t alignment = 64;
  memory.emplace_back(elements * sizeof(float) + alignment);
  return reinterpret_cast<float *>(
      llvm::alignAddr(memory.back().data(), llvm::Align(alignment)));
}

LayerSequence::LayerSequence(llvm::ArrayRef<LoadedLayer> layers) {
  llvm::DenseMap<unsigned, size_t> lastUses;
  uint64_t arenaBytes = 0;
  for (auto [number, layer] : llvm::enumerate(layers)) {
    for (unsigned value : layer.operands)
      lastUses[value] = number;
    arenaBytes = std::max(arenaBytes, layer.model->arena_bytes);
  }
  arena = allocate(arenaBytes / sizeof(float) + 1);

  struct Place {
    float *data;
    uint64_t elements;
  };
  std::vector<Place> unused;
  llvm::DenseMap<unsigned, Place> places;
  auto placeResult = [&](unsigned value, uint64_t elements) {
    auto best = unused.end();
    for (auto place = unused.begin(); place != unused.end(); ++place)
      if (place->elements >= elements &&
          (best == unused.end() || place->elements < best->elements))
        best = place;
    Place &place = places[value];
    if (best == unused.end()) {
      place = {allocate(elements), elements};
      return place.data;
    }
    place = *best;
    unused.erase(best);
    return place.data;
  };
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  for (auto [number, layer] : llvm::enumerate(layers)) {
    Call call{&*layer.model, {}, nullptr};
    for (auto [operand, value] : llvm::enumerate(layer.operands)) {
      if (!places.contains(value)) {
        // An input of the model, or a constant: stays what it is.
        uint64_t elements = call.model->inputs[operand].elements;
        Place &place = places[value] = {allocate(elements), elements};
        std::generate_n(place.data, elements, [&] { return normal(random); });
        lastUses.erase(value);
      }
      call.inputs.push_back(places[value].data);
    }
    call.output = placeResult(layer.result, call.model->outputs[0].elements);
    calls.push_back(std::move(call));
    for (unsigned value : layer.operands)
      if (auto use = lastUses.find(value);
          use != lastUses.end() && use->second == number) {
        unused.push_back(places[value]);
        lastUses.erase(use);
      }
  }
}

void LayerSequence::run(llvm::MutableArrayRef<std::vector<double>> times) {
  for (auto [call, ofLayer] : llvm::zip_equal(calls, times)) {
    Clock::time_point start = Clock::now();
    call.model->run(call.inputs.data(), &call.output, arena);
    ofLayer.push_back(getMicroseconds(Clock::now() - start));
  }
}

/// What reading the clock adds to a time.
static double getClockMicroseconds() {
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 1000; ++i) {
    Clock::time_point start = Clock::now();
    least = std::min(least, getMicroseconds(Clock::now() - start));
  }
  return least;
}

std::vector<CallTimes>
frieze::measureInSequence(llvm::ArrayRef<LoadedLayer> layers, double seconds,
                          GoesOn goesOn) {
  constexpr size_t fewestCalls = 5, mostCalls = 2000;
  if (layers.empty())
    return {};
  LayerSequence sequence(layers);
  std::vector<std::vector<double>> times(layers.size());
  sequence.run(times);
  for (std::vector<double> &ofLayer : times)
    ofLayer.clear();
  Clock::time_point start = Clock::now();
  size_t calls = 0;
  double done = 0;
  do {
    sequence.run(times);
    ++calls;
    done = getMicroseconds(Clock::now() - start) / (seconds * 1e6);
  } while (calls < mostCalls && (done < 1 || calls < fewestCalls) &&
           goesOn(std::min(done, 1.0)));
  double clock = getClockMicroseconds();
  std::vector<CallTimes> summaries;
  for (std::vector<double> &ofLayer : times) {
    for (double &time : ofLayer)
      time = std::max(0.0, time - clock);
    summaries.push_back(CallTimes::summarize(std::move(ofLayer)));
  }
  return summaries;
}
