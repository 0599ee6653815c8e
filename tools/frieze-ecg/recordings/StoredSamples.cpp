//===- StoredSamples.cpp - Samples of 16 bits in a file ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/StoredSamples.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/Support/Endian.h"

#include <algorithm>
#include <limits>

using namespace llvm;
using namespace llvm::support;
using namespace frieze;
using namespace frieze::ecg;

static constexpr uint64_t sampleBytes = 2;

StoredSamples::StoredSamples(SampleFile file, const Layout &layout)
    : file(std::move(file)), layout(layout) {
  constexpr double nanovoltsInMillivolt = 1e6;
  unit = formatNumber(nanovoltsInMillivolt / layout.nanovolts) + " units/mV";
}

Error StoredSamples::read(uint64_t first,
                          MutableArrayRef<float> samples) const {
  constexpr uint64_t pieceSize = 1 << 20;
  constexpr double millivoltsInNanovolt = 1e-6;
  std::vector<uint8_t> bytes;
  while (!samples.empty()) {
    const uint64_t count =
        std::min<uint64_t>(samples.size(), pieceSize / layout.stride);
    bytes.resize((count - 1) * layout.stride + sampleBytes);
    if (Error error = file.read(layout.offset + first * layout.stride, bytes))
      return error;
    for (uint64_t i = 0; i < count; ++i) {
      int16_t value = int16_t(endian::read16le(&bytes[i * layout.stride]));
      samples[i] = value == std::numeric_limits<int16_t>::min()
                       ? std::numeric_limits<float>::quiet_NaN()
                       : float(value * layout.nanovolts * millivoltsInNanovolt);
    }
    first += count;
    samples = samples.drop_front(count);
  }
  return Error::success();
}
