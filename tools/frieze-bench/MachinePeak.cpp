//===- MachinePeak.cpp - What this processor can do -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-bench/MachinePeak.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/TargetParser/Host.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <unistd.h>

using namespace frieze;

namespace {
using Clock = std::chrono::steady_clock;

template <int Lanes> struct Vector {
  typedef float type __attribute__((vector_size(Lanes * sizeof(float))));
};

constexpr long fmaRounds = 20000, fmaChains = 12;

/// Independent chains of a * b + c, enough of them to hide the latency.
template <int Lanes>
__attribute__((always_inline)) inline float runFMAs(float a, float b) {
  typename Vector<Lanes>::type sums[fmaChains] = {}, x = sums[0] + a,
                               y = sums[0] + b;
  for (long round = 0; round < fmaRounds; ++round) {
#pragma GCC unroll 12
    for (long chain = 0; chain < fmaChains; ++chain)
      sums[chain] = sums[chain] * x + y;
  }
  float total = 0;
  for (long chain = 0; chain < fmaChains; ++chain)
    total += sums[chain][0];
  return total;
}

/// Reads `bytes`, a multiple of a KiB, `rounds` times.
template <int Lanes>
__attribute__((always_inline)) inline float
readAll(const float *data, uint64_t bytes, uint64_t rounds) {
  typedef typename Vector<Lanes>::type Wide;
  // Enough sums for two loads a cycle, within the registers.
  constexpr uint64_t chains = Lanes == 16 ? 16 : 8;
  const Wide *vectors = reinterpret_cast<const Wide *>(data);
  Wide sums[chains] = {};
  for (uint64_t round = 0; round < rounds; ++round) {
    for (uint64_t i = 0; i < bytes / sizeof(Wide); i += chains) {
#pragma GCC unroll 16
      for (uint64_t chain = 0; chain < chains; ++chain)
        sums[chain] += vectors[i + chain];
    }
    // The next round reads again, whatever is known of the data.
    asm volatile("" ::: "memory");
  }
  float total = 0;
  for (uint64_t chain = 0; chain < chains; ++chain)
    total += sums[chain][0];
  return total;
}

// One pair of functions for each level; the templates inline into them.
__attribute__((target("arch=x86-64-v4"))) float runFMAsV4(float a, float b) {
  return runFMAs<16>(a, b);
}
__attribute__((target("arch=x86-64-v4"))) float
readAllV4(const float *data, uint64_t bytes, uint64_t rounds) {
  return readAll<16>(data, bytes, rounds);
}
__attribute__((target("arch=x86-64-v3"))) float runFMAsV3(float a, float b) {
  return runFMAs<8>(a, b);
}
__attribute__((target("arch=x86-64-v3"))) float
readAllV3(const float *data, uint64_t bytes, uint64_t rounds) {
  return readAll<8>(data, bytes, rounds);
}
float runFMAsV1(float a, float b) { return runFMAs<4>(a, b); }
float readAllV1(const float *data, uint64_t bytes, uint64_t rounds) {
  return readAll<4>(data, bytes, rounds);
}

/// Shortest time of one call, in seconds.
template <typename Function> double timeBest(int rounds, Function function) {
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    Clock::time_point start = Clock::now();
    volatile float result = function();
    (void)result;
    best = std::min(
        best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}
/// The size of a cache in bytes, or `fallback` where the system does not say.
uint64_t getCacheBytes(int name, uint64_t fallback) {
  long bytes = sysconf(name);
  return bytes > 0 ? bytes : fallback;
}

/// float32 elements in the widest vectors of this processor: 16 with AVX-512, 8
/// with AVX2, else 4.
int64_t getVectorLanes() {
  return __builtin_cpu_supports("x86-64-v4")   ? 16
         : __builtin_cpu_supports("x86-64-v3") ? 8
                                               : 4;
}
} // namespace

std::string frieze::getProcessorName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    auto [key, value] = llvm::StringRef(line).split(':');
    if (key.trim() == "model name")
      return value.trim().str();
  }
  return llvm::sys::getHostCPUName().str();
}

MachinePeak frieze::measureMachinePeak() {
  float (*fmas)(float, float) = runFMAsV1;
  float (*reads)(const float *, uint64_t, uint64_t) = readAllV1;
  int64_t lanes = getVectorLanes();
  if (lanes == 16)
    fmas = runFMAsV4, reads = readAllV4;
  else if (lanes == 8)
    fmas = runFMAsV3, reads = readAllV3;
  volatile float a = 0.5f, b = 1.0f;
  double fmaSeconds = timeBest(300, [&] { return fmas(a, b); });
  MachinePeak peak{2.0 * fmaRounds * fmaChains * lanes / fmaSeconds * 1e-9, {}};

  constexpr uint64_t mebibyte = 1 << 20;
  uint64_t memoryBytes =
      std::clamp(2 * getCacheBytes(_SC_LEVEL3_CACHE_SIZE, 64 * mebibyte),
                 128 * mebibyte, 512 * mebibyte);
  const std::pair<const char *, uint64_t> levels[] = {
      {"L1", getCacheBytes(_SC_LEVEL1_DCACHE_SIZE, mebibyte / 32) / 2},
      {"L2", getCacheBytes(_SC_LEVEL2_CACHE_SIZE, mebibyte / 2) / 2},
      {"memory", memoryBytes}};
  struct Freer {
    void operator()(float *data) const { std::free(data); }
  };
  std::unique_ptr<float, Freer> buffer(
      static_cast<float *>(std::aligned_alloc(4096, memoryBytes)));
  if (!buffer)
    return peak;
  std::fill_n(buffer.get(), memoryBytes / sizeof(float), 1.0f);
  for (auto [level, size] : levels) {
    uint64_t bytes = size / 1024 * 1024;
    // Long enough for the clock, and some 200 MiB in all.
    uint64_t passes = std::max<uint64_t>(1, mebibyte / bytes);
    int rounds = std::max<uint64_t>(3, 200 * mebibyte / (passes * bytes));
    double seconds =
        timeBest(rounds, [&] { return reads(buffer.get(), bytes, passes); });
    peak.bandwidths.push_back({level, bytes, passes * bytes / seconds * 1e-9});
  }
  return peak;
}
