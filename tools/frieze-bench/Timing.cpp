//===- Timing.cpp - Times that noise disturbs little ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-bench/Timing.h"

#include <algorithm>
#include <chrono>

using namespace frieze;

CallTimes CallTimes::summarize(std::vector<double> blocks) {
  auto middle = blocks.begin() + blocks.size() / 2;
  std::nth_element(blocks.begin(), middle, blocks.end());
  double median = *middle;
  return {*std::min_element(blocks.begin(), blocks.end()), median};
}

double frieze::timeCalls(int64_t count, llvm::function_ref<void()> call) {
  auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < count; ++i)
    call();
  std::chrono::duration<double, std::micro> elapsed =
      std::chrono::steady_clock::now() - start;
  return elapsed.count() / count;
}

int64_t
frieze::chooseBlockSize(llvm::function_ref<double(int64_t count)> time) {
  constexpr double blockMicroseconds = 300;
  int64_t count = 1;
  // Each step is longer, until the estimate rests on a whole block.
  while (true) {
    int64_t wanted = blockMicroseconds / std::max(time(count), 1e-3);
    if (wanted <= count)
      return std::max<int64_t>(1, wanted);
    count = std::min(wanted, 10 * count);
  }
}
