//===- WFDBFormat.cpp - How WFDB stores samples -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/WFDBFormat.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::support;
using namespace frieze;
using namespace frieze::ecg;

static constexpr WFDBFormat formats[] = {
    {8, 1, 1, 1, 1, 8},    {16, 1, 2, 2, 2, 16},  {24, 1, 3, 3, 3, 24},
    {32, 1, 4, 4, 4, 32},  {61, 1, 2, 2, 2, 16},  {80, 1, 1, 1, 1, 8},
    {160, 1, 2, 2, 2, 16}, {212, 2, 3, 2, 3, 12}, {310, 3, 4, 2, 4, 10},
    {311, 3, 4, 2, 3, 10},
};

const WFDBFormat *frieze::ecg::findWFDBFormat(int64_t number) {
  const WFDBFormat *format =
      find_if(formats, [&](const WFDBFormat &f) { return f.number == number; });
  return format == std::end(formats) ? nullptr : format;
}

uint64_t WFDBFormat::countBytes(uint64_t count) const {
  unsigned rest = count % samples;
  return count / samples * bytes + (rest == 0   ? 0
                                    : rest == 1 ? bytesOfOne
                                                : bytesOfTwo);
}

uint64_t WFDBFormat::countSamples(uint64_t size) const {
  unsigned rest = size % bytes;
  return size / bytes * samples + (samples > 2 && rest >= bytesOfTwo   ? 2
                                   : samples > 1 && rest >= bytesOfOne ? 1
                                                                       : 0);
}

bool WFDBFormat::isMissing(int32_t value) const {
  return !isDifference() && value == minIntN(bits);
}

int32_t WFDBFormat::getSample(const uint8_t *data, uint64_t index) const {
  unsigned place = index % samples;
  const uint8_t *b = data + index / samples * bytes;
  switch (number) {
  case 8:
    return int8_t(b[0]);
  case 16:
    return int16_t(endian::read16le(b));
  case 24:
    return SignExtend32<24>(b[0] | b[1] << 8 | b[2] << 16);
  case 32:
    return int32_t(endian::read32le(b));
  case 61:
    return int16_t(endian::read16be(b));
  case 80: // offset binary
    return b[0] - 128;
  case 160: // offset binary
    return endian::read16le(b) - 32768;
  case 212: // the second byte holds the high bits of both
    return SignExtend32<12>(place == 0 ? b[0] | (b[1] & 0xF) << 8
                                       : b[2] | (b[1] >> 4) << 8);
  case 310: // 0fffff.. pairs: bits 1 to 10 a sample, the third in bits 11 to 15
    if (place == 2)
      return SignExtend32<10>(b[1] >> 3 | (b[3] >> 3) << 5);
    return SignExtend32<10>(endian::read16le(b + 2 * place) >> 1 & 0x3FF);
  case 311: // 30 bits, the lowest ten first
    return SignExtend32<10>(place == 0   ? b[0] | (b[1] & 0x3) << 8
                            : place == 1 ? b[1] >> 2 | (b[2] & 0xF) << 6
                                         : b[2] >> 4 | (b[3] & 0x3F) << 4);
  default:
    llvm_unreachable("number without a format");
  }
}
