//===- WFDBSignalFile.cpp - One signal of a WFDB signal file ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/WFDBSignalFile.h"
#include "tools/frieze-ecg/recordings/Calibration.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <limits>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Samples between two entries of the index, and read at once.
static constexpr uint64_t indexStep = 1 << 14;

Expected<WFDBSignalFile> WFDBSignalFile::open(StringRef headerPath,
                                              const WFDBHeader &header,
                                              size_t lead,
                                              const RecordingOptions &options) {
  const WFDBSignal &signal = header.signals[lead];
  const WFDBFormat *format = findWFDBFormat(signal.format);
  if (!format)
    return fileError(headerPath,
                     "expects format 8, 16, 24, 32, 61, 80, 160, 212, 310 or "
                     "311, but got " +
                         Twine(signal.format));
  if (!signal.problem.empty())
    return fileError(headerPath, signal.problem);
  const bool isGiven = !signal.isCalibrated && options.gain;
  Expected<Calibration> calibration =
      calibrate(headerPath, {signal.name, isGiven ? "" : signal.unit}, options);
  if (!calibration)
    return calibration.takeError();
  SmallString<256> path = sys::path::parent_path(headerPath);
  sys::path::append(path, signal.file);
  if (!sys::fs::exists(path) && sys::fs::exists(path + ".gz"))
    path += ".gz";
  Expected<SampleFile> file = SampleFile::open(path);
  if (!file)
    return file.takeError();
  WFDBSignalFile result(signal, std::move(*file));
  result.format = format;
  result.unit = calibration->unit;
  if (isGiven) {
    result.gain = *options.gain;
    result.baseline = options.baseline;
  } else {
    result.millivolts = calibration->millivolts;
    result.gain = signal.gain;
    result.baseline = double(signal.baseline);
  }
  if (Error error = result.layOut(headerPath, header, lead))
    return error;
  if (Error error = result.checkSum(options.ignoreChecksum))
    return error;
  return result;
}

Error WFDBSignalFile::layOut(StringRef headerPath, const WFDBHeader &header,
                             size_t lead) {
  for (auto [index, other] : enumerate(header.signals)) {
    if (other.file != signal.file)
      continue;
    if (other.format != signal.format || other.byteOffset != signal.byteOffset)
      return fileError(headerPath, "expects the signals in '" + signal.file +
                                       "' to have one format and offset");
    if (index < lead)
      before += other.samplesPerFrame;
    frameSize += other.samplesPerFrame;
  }
  uint64_t available =
      file.getSize() - std::min<uint64_t>(file.getSize(), signal.byteOffset);
  frames = header.frames.value_or(format->countSamples(available) / frameSize);
  // No format has more than one sample a byte, which also rules out overflow.
  if (frames > available / frameSize ||
      format->countBytes(frames * frameSize) > available)
    return fileError(file.getPath(), "truncated: expects " + Twine(frames) +
                                         " samples of " + Twine(frameSize) +
                                         " a frame, but got " +
                                         Twine(file.getSize()) + " bytes");
  if (!header.frames && format->countBytes(frames * frameSize) < available)
    oddity = (file.getPath() + ": warning: ends within sample " +
              Twine(frames) + " of its signals, which is left out")
                 .str();
  return Error::success();
}

Error WFDBSignalFile::checkSum(bool ignoreChecksum) {
  // 0 is what writers put that compute no checksum.
  bool hasSum = !ignoreChecksum && signal.checksum.value_or(0);
  // A header of another recording, or with a signal too few, is likely to leave
  // samples over; with a checksum it would be wrong as well.
  const uint64_t end =
      signal.byteOffset + format->countBytes(frames * frameSize);
  if (!hasSum && file.getSize() - end >= format->countBytes(frameSize))
    oddity = (file.getPath() + ": warning: the header asks for " + Twine(end) +
              " bytes, the file has " + Twine(file.getSize()) +
              ", and there is no checksum")
                 .str();
  if (!hasSum && !format->isDifference())
    return Error::success();
  uint64_t sum = 0;
  std::vector<int64_t> values;
  index.assign(1, signal.initial);
  for (uint64_t first = 0; first < getLength(); first += indexStep) {
    values.resize(std::min(indexStep, getLength() - first));
    if (Error error = format->isDifference() ? readDifferences(first, values)
                                             : readStored(first, values))
      return error;
    for (int64_t value : values)
      sum += value;
    if (format->isDifference())
      index.push_back(values.back());
  }
  if (hasSum && uint16_t(sum) != uint16_t(*signal.checksum))
    return fileError(file.getPath(),
                     "checksum of lead '" + signal.name +
                         "' does not match the header: the samples are "
                         "damaged or the header is wrong "
                         "(--ignore-checksum reads them all the same)");
  return Error::success();
}

/// Reads samples as the file has them, in converter units or differences.
Error WFDBSignalFile::readStored(uint64_t first,
                                 MutableArrayRef<int64_t> values) const {
  const uint64_t perFrame = signal.samplesPerFrame;
  std::vector<uint8_t> bytes;
  while (!values.empty()) {
    // Whole frames from that of the first sample on, and at least one.
    uint64_t frame = first / perFrame;
    uint64_t count = std::max<uint64_t>(1, indexStep / frameSize);
    count = std::min(count, frames - frame);
    uint64_t group = frame * frameSize / format->samples;
    uint64_t begin = group * format->bytes;
    bytes.resize(format->countBytes((frame + count) * frameSize) - begin);
    if (Error error = file.read(signal.byteOffset + begin, bytes))
      return error;
    uint64_t end = std::min((frame + count) * perFrame - first, values.size());
    for (uint64_t i = 0; i < end; ++i) {
      uint64_t sample = first + i;
      uint64_t place =
          sample / perFrame * frameSize + before + sample % perFrame;
      values[i] =
          format->getSample(bytes.data(), place - group * format->samples);
    }
    first += end;
    values = values.drop_front(end);
  }
  return Error::success();
}

/// Reads samples of a file of differences, in converter units; `first` must be
/// an entry of the index.
Error WFDBSignalFile::readDifferences(uint64_t first,
                                      MutableArrayRef<int64_t> values) const {
  if (Error error = readStored(first, values))
    return error;
  int64_t value = index[first / indexStep];
  for (int64_t &sample : values)
    sample = value += sample;
  return Error::success();
}

Error WFDBSignalFile::read(uint64_t first,
                           MutableArrayRef<float> samples) const {
  const uint64_t lag = uint64_t(signal.skew) * signal.samplesPerFrame;
  const uint64_t usable = getLength() - std::min(getLength(), lag);
  const size_t count =
      std::min<uint64_t>(samples.size(), usable - std::min(usable, first));
  std::fill(samples.begin() + count, samples.end(),
            std::numeric_limits<float>::quiet_NaN());
  if (count == 0)
    return Error::success();
  first += lag;
  uint64_t begin =
      format->isDifference() ? first / indexStep * indexStep : first;
  std::vector<int64_t> values(first - begin + count);
  if (Error error = format->isDifference() ? readDifferences(begin, values)
                                           : readStored(begin, values))
    return error;
  for (size_t i = 0; i < count; ++i) {
    int64_t value = values[first - begin + i];
    if (format->isMissing(value))
      samples[i] = std::numeric_limits<float>::quiet_NaN();
    else
      samples[i] = float((double(value) - baseline) / gain * millivolts);
  }
  return Error::success();
}
