//===- Timing.cpp - Times that noise disturbs little ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "api/Timing.h"

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

CallTimes frieze::measureCalls(llvm::function_ref<void()> call, double seconds,
                               GoesOn goesOn) {
  constexpr size_t fewestBlocks = 5;
  auto time = [&](int64_t count) { return timeCalls(count, call); };
  int64_t count = chooseBlockSize(time);
  std::vector<double> blocks;
  double done = 0;
  do {
    blocks.push_back(time(count));
    done += blocks.back() * count / (seconds * 1e6);
  } while ((done < 1 || blocks.size() < fewestBlocks) &&
           goesOn(std::min(done, 1.0)));
  return CallTimes::summarize(std::move(blocks));
}
