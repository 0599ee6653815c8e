//===- main.cpp - A recording as it comes, in blocks ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A monitor: samples come in blocks, and each window is scored once it is
// whole.
#include <frieze/model.hpp>

#include "ecg.h"

#include <cstdio>

/// Prints the score of each window of the recording that standard input holds,
/// as text.
int main() {
  frieze::Stream stream{frieze::Model(ecg_model)};
  constexpr std::size_t block = 25; // 70 ms at 360 Hz
  float samples[block * ECG_STREAM_CHANNELS];
  float scores[ECG_STREAM_WINDOWS(block) * ECG_OUTPUT_0_ELEMENTS];
  for (std::size_t filled = 1; filled != 0;) {
    filled = 0;
    while (filled < block && std::scanf("%f", &samples[filled]) == 1)
      ++filled;
    const std::uint64_t windows = stream.push(samples, filled, scores);
    for (std::uint64_t i = 0; i < windows; ++i)
      std::printf("%.9g\n", scores[i]);
  }
}
