//===- WFDBRecording.cpp - The samples of a WFDB record ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The storage formats are described at
// https://physionet.org/physiotools/wag/signal-5.htm. Records of the MIT-BIH
// databases use 212: two samples of 12 bits in three bytes.
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Recording.h"
#include "tools/frieze-ecg/Text.h"
#include "tools/frieze-ecg/WFDBHeader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

#include <cmath>
#include <limits>

using namespace llvm;
using namespace llvm::support;

namespace frieze::ecg {
namespace {

/// Samples come in groups that fill a whole number of bytes.
struct Packing {
  int64_t format;
  /// Samples in a group and its bytes.
  unsigned samples, bytes;
  /// Bytes that hold the first one and the first two samples of a group.
  unsigned bytesOfOne, bytesOfTwo;
  /// Bits of a sample. The lowest value stands for a missing sample.
  unsigned bits;
};

constexpr Packing packings[] = {
    {16, 1, 2, 2, 2, 16},  {24, 1, 3, 3, 3, 24},  {32, 1, 4, 4, 4, 32},
    {61, 1, 2, 2, 2, 16},  {80, 1, 1, 1, 1, 8},   {160, 1, 2, 2, 2, 16},
    {212, 2, 3, 2, 3, 12}, {310, 3, 4, 2, 4, 10}, {311, 3, 4, 2, 3, 10},
};

/// Bytes of `count` samples. The caller has ruled out overflow.
uint64_t bytesFor(const Packing &packing, uint64_t count) {
  unsigned rest = count % packing.samples;
  return count / packing.samples * packing.bytes + (rest == 0 ? 0
                                                    : rest == 1
                                                        ? packing.bytesOfOne
                                                        : packing.bytesOfTwo);
}

/// Samples that `bytes` bytes hold.
uint64_t samplesIn(const Packing &packing, uint64_t bytes) {
  unsigned rest = bytes % packing.bytes;
  return bytes / packing.bytes * packing.samples +
         (packing.samples > 2 && rest >= packing.bytesOfTwo   ? 2
          : packing.samples > 1 && rest >= packing.bytesOfOne ? 1
                                                              : 0);
}

/// Sample `index` of the interleaved samples at `data`, in converter units.
/// Touches no byte behind those that bytesFor() counts.
int32_t sampleAt(const Packing &packing, const uint8_t *data, uint64_t index) {
  unsigned place = index % packing.samples;
  const uint8_t *b = data + index / packing.samples * packing.bytes;
  switch (packing.format) {
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
    llvm_unreachable("format without a packing");
  }
}

/// Millivolts in one of the units that records of ECG use.
std::optional<double> unitInMillivolts(StringRef unit) {
  if (unit.equals_insensitive("mV"))
    return 1.0;
  if (unit.equals_insensitive("uV") || unit == "\u00B5V" || unit == "\u03BCV")
    return 1e-3;
  if (unit.equals_insensitive("V"))
    return 1e3;
  return std::nullopt;
}

/// Where the samples of one signal lie among those of its file: all signals of
/// a file are interleaved, frame by frame.
struct Interleaving {
  uint64_t samplesPerFrame = 0;
  /// Samples of the frame before those of the signal.
  uint64_t before = 0;
};

Expected<Interleaving> interleaving(StringRef headerPath,
                                    const WFDBHeader &header, size_t lead) {
  Interleaving result;
  const WFDBSignal &wanted = header.signals[lead];
  for (auto [index, signal] : enumerate(header.signals)) {
    if (signal.file != wanted.file)
      continue;
    if (signal.format != wanted.format ||
        signal.byteOffset != wanted.byteOffset)
      return fileError(headerPath, "the signals in '" + wanted.file +
                                       "' must have one format and offset");
    if (index < lead)
      result.before += signal.samplesPerFrame;
    result.samplesPerFrame += signal.samplesPerFrame;
  }
  return result;
}

/// Everything that must hold before samples are looked for.
Expected<const Packing *> checkSignal(StringRef headerPath,
                                      const WFDBSignal &signal) {
  const Packing *packing = find_if(
      packings, [&](const Packing &p) { return p.format == signal.format; });
  if (packing == std::end(packings))
    return fileError(headerPath,
                     "format must be 16, 24, 32, 61, 80, 160, 212, 310 or 311, "
                     "found " +
                         Twine(signal.format));
  if (signal.skew)
    return fileError(headerPath, "signals with a skew can't be read");
  if (!unitInMillivolts(signal.unit))
    return fileError(headerPath, "unit of lead '" + signal.name +
                                     "' must be V, mV or uV, found '" +
                                     signal.unit + "'");
  return packing;
}

} // namespace

Expected<Recording> readWFDB(StringRef headerPath,
                             const RecordingOptions &options) {
  auto text = readFile(headerPath);
  if (!text)
    return text.takeError();
  Expected<WFDBHeader> header =
      parseWFDBHeader(headerPath, (*text)->getBuffer());
  if (!header)
    return header.takeError();
  std::vector<std::string> names;
  for (const WFDBSignal &signal : header->signals)
    names.push_back(signal.name);
  Expected<size_t> lead = findLead(headerPath, names, options.lead);
  if (!lead)
    return lead.takeError();
  const WFDBSignal &signal = header->signals[*lead];
  Expected<const Packing *> packing = checkSignal(headerPath, signal);
  if (!packing)
    return packing.takeError();
  Expected<Interleaving> layout = interleaving(headerPath, *header, *lead);
  if (!layout)
    return layout.takeError();

  SmallString<256> path = sys::path::parent_path(headerPath);
  sys::path::append(path, signal.file);
  auto file = readFile(path);
  if (!file)
    return file.takeError();
  uint64_t size = (*file)->getBufferSize();
  uint64_t available = size - std::min<uint64_t>(size, signal.byteOffset);
  uint64_t frames = header->frames.value_or(samplesIn(**packing, available) /
                                            layout->samplesPerFrame);
  // No format has more than one sample a byte, which also rules out overflow.
  if (frames > available / layout->samplesPerFrame ||
      bytesFor(**packing, frames * layout->samplesPerFrame) > available)
    return fileError(path, "truncated: the header asks for " + Twine(frames) +
                               " samples of " + Twine(layout->samplesPerFrame) +
                               " a frame, the file has " + Twine(size) +
                               " bytes");

  Recording recording;
  recording.lead = signal.name;
  recording.rate = header->rate * signal.samplesPerFrame;
  if (options.rate && *options.rate != recording.rate)
    return fileError(headerPath, "the sampling rate is " +
                                     formatNumber(recording.rate) +
                                     " Hz, not " + formatNumber(*options.rate));
  recording.samples.reserve(frames * signal.samplesPerFrame);
  const auto *data = reinterpret_cast<const uint8_t *>(
      (*file)->getBufferStart() + (size - available));
  const double millivolts = *unitInMillivolts(signal.unit);
  const int64_t missing = minIntN((*packing)->bits);
  uint64_t sum = 0;
  for (uint64_t frame = 0; frame < frames; ++frame) {
    uint64_t index = frame * layout->samplesPerFrame + layout->before;
    for (int64_t i = 0; i < signal.samplesPerFrame; ++i) {
      int64_t value = sampleAt(**packing, data, index + i);
      sum += value;
      recording.samples.push_back(value == missing
                                      ? std::numeric_limits<float>::quiet_NaN()
                                      : float(double(value - signal.baseline) /
                                              signal.gain * millivolts));
    }
  }
  // 0 is what writers put that compute no checksum.
  if (!options.ignoreChecksum && signal.checksum.value_or(0) &&
      uint16_t(sum) != uint16_t(*signal.checksum))
    return fileError(path, "checksum of lead '" + signal.name +
                               "' does not match the header: the samples are "
                               "damaged or the header is wrong "
                               "(--ignore-checksum reads them all the same)");
  return recording;
}

} // namespace frieze::ecg
