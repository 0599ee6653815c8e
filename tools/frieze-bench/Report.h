//===- Report.h - Results as a page -----------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_BENCH_REPORT_H
#define FRIEZE_TOOLS_BENCH_REPORT_H

#include "tools/frieze-bench/Results.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze {

/// Writes an HTML page: the roofline, the table, and the comparisons as bars
/// where there are any. It needs neither a network nor scripts.
void writeReport(const Results &results, llvm::raw_ostream &os);

} // namespace frieze

#endif // FRIEZE_TOOLS_BENCH_REPORT_H
