//===- SeriesWriter.cpp - Curves in a page ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/report/SeriesWriter.h"

#include "llvm/Support/Base64.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/LEB128.h"

using namespace llvm;
using namespace frieze::ecg;

/// Numbers of a block, so many that the page can draw before it has all, and a
/// multiple of what each level of report/series.mjs sums up.
static constexpr uint64_t blockSize = 1 << 20;

void SeriesWriter::addCode(uint32_t code) {
  uint8_t bytes[5];
  codes.append(bytes, bytes + encodeULEB128(code, bytes));
}

void SeriesWriter::endNumber() {
  if (++count == blockSize)
    finish();
}

void SeriesWriter::addMissing(uint64_t missing) {
  for (; missing > 0; --missing) {
    codes.push_back(0);
    endNumber();
  }
}

/// In zigzag code, as most steps are short either way; 0 is a missing number.
void SeriesWriter::addStep(int32_t number) {
  const int32_t step = number - previous;
  previous = number;
  addCode((uint32_t(step) << 1 ^ (step < 0 ? ~0u : 0u)) + 1);
}

void SeriesWriter::add(int32_t number) {
  addStep(number);
  endNumber();
}

void SeriesWriter::addRange(int32_t low, int32_t high) {
  addStep(low);
  addCode(high - low);
  endNumber();
}

void SeriesWriter::finish() {
  if (count == 0)
    return;
  SmallVector<uint8_t, 0> packed;
  // What the best level saves is 2 % of an ECG, and takes three times as long.
  compression::zlib::compress(codes, packed,
                              compression::zlib::BestSpeedCompression);
  stream << "<script class=\"block\" type=\"text/plain\" data-series=\""
         << series << "\" data-block=\"" << block++ << "\">"
         << encodeBase64(packed) << "</script>\n";
  codes.clear();
  count = 0;
  previous = 0;
}
