//===- Roofline.h - What bounds each layer, drawn ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_BENCH_ROOFLINE_H
#define FRIEZE_TOOLS_BENCH_ROOFLINE_H

#include "tools/frieze-bench/Results.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze {

/// Writes an SVG element: operations a second over operations for each byte,
/// both logarithmic, the peak and the bandwidths as roofs, and a dot for each
/// measurement that has multiply-adds (Williams, Waterman, Patterson: Roofline,
/// CACM 52(4), 2009). Its colours are CSS variables of the page.
void drawRoofline(const Results &results, llvm::raw_ostream &os);

} // namespace frieze

#endif // FRIEZE_TOOLS_BENCH_ROOFLINE_H
