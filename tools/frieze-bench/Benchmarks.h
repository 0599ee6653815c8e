//===- Benchmarks.h - What Google Benchmark runs ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_BENCH_BENCHMARKS_H
#define FRIEZE_TOOLS_BENCH_BENCHMARKS_H

#include "tools/frieze-bench/Peer.h"
#include "tools/frieze-bench/Results.h"

namespace frieze {

/// Registers a benchmark of `subject`, which adds its measurement to `results`
/// and reports the median as its time, the rest as counters. The arguments
/// must outlive the run.
void registerBenchmark(const Subject &subject, Results &results);

/// Registers a benchmark of `peer` in turns with `subject`, likewise.
void registerComparison(const Subject &subject, Peer &peer, Results &results);

/// Times the stream of a subject, which has one, in blocks of windows and in
/// single ones.
void registerStream(const Subject &subject, Results &results);

} // namespace frieze

#endif // FRIEZE_TOOLS_BENCH_BENCHMARKS_H
