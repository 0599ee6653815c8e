//===- MachinePeak.h - What this processor can do ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_BENCH_MACHINEPEAK_H
#define FRIEZE_TOOLS_BENCH_MACHINEPEAK_H

namespace frieze {

/// Measured on one core, on its widest vectors.
struct MachinePeak {
  /// Fused multiply-adds on float32 in registers, two operations each, 10^9/s.
  double gigaflops;
  /// Reads from the second-level cache (256 KiB read over and over), 10^9
  /// bytes/s.
  double gigabytes;
};

/// Takes about 0.2 s; the best of several rounds counts.
MachinePeak measureMachinePeak();

} // namespace frieze

#endif // FRIEZE_TOOLS_BENCH_MACHINEPEAK_H
