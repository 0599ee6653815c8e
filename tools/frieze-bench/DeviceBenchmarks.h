//===- DeviceBenchmarks.h - The times of a model on a device ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_BENCH_DEVICEBENCHMARKS_H
#define FRIEZE_TOOLS_BENCH_DEVICEBENCHMARKS_H

#include "tools/Device.h"

namespace frieze {

/// Has Google Benchmark measure the model that is loaded on the device:
/// "resident" on arrays there, "host" on those of the host with all copies, and
/// "stream" along a recording there, where the model has a stream. Device and
/// model have to outlive the benchmarks.
llvm::Error registerDevice(const OpenDevice &device, const frieze_model &model);

} // namespace frieze

#endif // FRIEZE_TOOLS_BENCH_DEVICEBENCHMARKS_H
