//===- Timing.h - Times that noise disturbs little --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_API_TIMING_H
#define FRIEZE_API_TIMING_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <cstdint>
#include <vector>

namespace frieze {

/// The time of one call, in microseconds, over blocks of calls. A block is long
/// enough for the clock, and short enough that many are left alone by whatever
/// else the machine does.
struct CallTimes {
  double min = 0, median = 0;

  /// `blocks` holds one time per call for each block, in microseconds; it is
  /// not empty.
  static CallTimes summarize(std::vector<double> blocks);
};

/// Makes `count` calls and returns the time of one, in microseconds.
double timeCalls(int64_t count, llvm::function_ref<void()> call);

/// Is told which share of the time to measure for is over; false ends it.
using GoesOn = llvm::function_ref<bool(double done)>;

/// The times of calls in blocks, for about `seconds`; there are at least 5
/// blocks, unless `goesOn` ends them.
CallTimes measureCalls(llvm::function_ref<void()> call, double seconds,
                       GoesOn goesOn);

/// The number of calls that take about 300 microseconds, at least 1, where
/// `time` makes some calls and returns the time of one in microseconds.
int64_t chooseBlockSize(llvm::function_ref<double(int64_t count)> time);

} // namespace frieze

#endif // FRIEZE_API_TIMING_H
