//===- MachinePeak.h - What this processor can do ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_BENCH_MACHINEPEAK_H
#define FRIEZE_TOOLS_BENCH_MACHINEPEAK_H

#include <cstdint>
#include <string>
#include <vector>

namespace frieze {

/// How fast one core reads data that lies in one level of memory.
struct Bandwidth {
  /// "L1", "L2" or "memory".
  const char *level;
  /// Bytes that are read over and over.
  uint64_t bytes;
  /// 10^9 bytes/s.
  double gigabytes;
};

/// Measured on one core, on its widest vectors.
struct MachinePeak {
  /// Fused multiply-adds on float32 in registers, two operations each, 10^9/s.
  double gigaflops;
  /// From the nearest level to the farthest.
  std::vector<Bandwidth> bandwidths;
};

/// As its maker calls it.
std::string getProcessorName();

/// Takes about a second; the best of several rounds counts. Half of each
/// cache is read, and for memory twice the last cache, at most 512 MiB.
MachinePeak measureMachinePeak();

} // namespace frieze

#endif // FRIEZE_TOOLS_BENCH_MACHINEPEAK_H
