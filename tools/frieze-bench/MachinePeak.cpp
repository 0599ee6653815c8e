//===- MachinePeak.cpp - What this processor can do -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-bench/MachinePeak.h"

#include <algorithm>
#include <chrono>
#include <vector>

using namespace frieze;

namespace {
using Clock = std::chrono::steady_clock;

template <int Lanes> struct Vector {
  typedef float type __attribute__((vector_size(Lanes * sizeof(float))));
};

constexpr long fmaRounds = 20000, fmaChains = 12;
constexpr long readBytes = 256 * 1024;

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

template <int Lanes>
__attribute__((always_inline)) inline float readAll(const float *data) {
  typedef typename Vector<Lanes>::type Wide;
  const Wide *vectors = reinterpret_cast<const Wide *>(data);
  Wide sums[4] = {};
  for (long i = 0; i < readBytes / long(sizeof(Wide)); i += 4) {
#pragma GCC unroll 4
    for (long chain = 0; chain < 4; ++chain)
      sums[chain] += vectors[i + chain];
  }
  return sums[0][0] + sums[1][0] + sums[2][0] + sums[3][0];
}

// One pair of functions for each level; the templates inline into them.
__attribute__((target("arch=x86-64-v4"))) float runFMAsV4(float a, float b) {
  return runFMAs<16>(a, b);
}
__attribute__((target("arch=x86-64-v4"))) float readAllV4(const float *data) {
  return readAll<16>(data);
}
__attribute__((target("arch=x86-64-v3"))) float runFMAsV3(float a, float b) {
  return runFMAs<8>(a, b);
}
__attribute__((target("arch=x86-64-v3"))) float readAllV3(const float *data) {
  return readAll<8>(data);
}
float runFMAsV1(float a, float b) { return runFMAs<4>(a, b); }
float readAllV1(const float *data) { return readAll<4>(data); }

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
} // namespace

MachinePeak frieze::measureMachinePeak() {
  float (*fmas)(float, float) = runFMAsV1;
  float (*reads)(const float *) = readAllV1;
  long lanes = 4;
  if (__builtin_cpu_supports("x86-64-v4")) {
    fmas = runFMAsV4, reads = readAllV4, lanes = 16;
  } else if (__builtin_cpu_supports("x86-64-v3")) {
    fmas = runFMAsV3, reads = readAllV3, lanes = 8;
  }
  std::vector<float> buffer(readBytes / sizeof(float) + 16, 1.0f);
  const float *aligned = buffer.data();
  while (reinterpret_cast<unsigned long>(aligned) % 64)
    ++aligned;
  volatile float a = 0.5f, b = 1.0f;
  double fmaSeconds = timeBest(300, [&] { return fmas(a, b); });
  double readSeconds = timeBest(2000, [&] { return reads(aligned); });
  return {2.0 * fmaRounds * fmaChains * lanes / fmaSeconds * 1e-9,
          readBytes / readSeconds * 1e-9};
}
