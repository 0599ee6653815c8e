//===- EDFRecording.cpp - Recordings in EDF, EDF+ and BDF -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Data records follow each other, and each has some samples of every signal. In
// EDF+D there may be time between two records; the first annotation of each
// record tells its start.
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Calibration.h"
#include "tools/frieze-ecg/recordings/EDFHeader.h"
#include "tools/frieze-ecg/recordings/Recording.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

namespace {

class EDFRecording : public Recording {
public:
  EDFRecording(SampleFile file, EDFHeader header, size_t signal,
               const Calibration &calibration)
      : file(std::move(file)), header(std::move(header)),
        signal(this->header.signals[signal]) {
    scale = (this->signal.physicalMax - this->signal.physicalMin) /
            (this->signal.digitalMax - this->signal.digitalMin);
    offset = this->signal.physicalMin - this->signal.digitalMin * scale;
    scale *= calibration.millivolts;
    offset = calibration.toMillivolts(offset);
    unit = calibration.unit;
    rate = this->signal.samples / this->header.duration;
  }

  /// Finds the place of each record in time.
  Error findRuns();

  Error read(uint64_t first, MutableArrayRef<float> samples) const override;

private:
  /// Records without time between them.
  struct Run {
    /// First sample and record.
    uint64_t sample, record;
    uint64_t records;
  };

  uint64_t getEnd(const Run &run) const {
    return run.sample + run.records * signal.samples;
  }
  Expected<double> readOnset(uint64_t record, const EDFSignal &annotations);
  void checkContinuity(const EDFSignal &annotations);
  Error readRun(uint64_t sample, MutableArrayRef<float> samples) const;

  SampleFile file;
  EDFHeader header;
  const EDFSignal &signal;
  /// Millivolts are scale * digital + offset.
  double scale, offset;
  std::vector<Run> runs;
};

} // namespace

/// The start of a record, seconds: "+12.5" and the mark 20 at the head of its
/// annotations.
Expected<double> EDFRecording::readOnset(uint64_t record,
                                         const EDFSignal &annotations) {
  std::string text(
      std::min<uint64_t>(annotations.samples * header.sampleBytes, 64), '\0');
  MutableArrayRef<uint8_t> bytes(reinterpret_cast<uint8_t *>(text.data()),
                                 text.size());
  if (Error error = file.read(header.bytes + record * header.recordBytes +
                                  annotations.offset,
                              bytes))
    return error;
  auto [number, rest] = StringRef(text).split('\x14');
  std::optional<double> onset = parseNumber(number);
  if (number.size() == text.size() || !onset || !std::isfinite(*onset) ||
      std::abs(*onset) > 1e9)
    return fileError(file.getPath(), "expects record " + Twine(record) +
                                         " to begin with an annotation of its "
                                         "start");
  return *onset;
}

void EDFRecording::checkContinuity(const EDFSignal &annotations) {
  if (header.records < 2)
    return;
  // Without the starts, which no reader needs, there is nothing to check.
  Expected<double> first = readOnset(0, annotations);
  Expected<double> last = readOnset(header.records - 1, annotations);
  if (!first || !last) {
    consumeError(first.takeError());
    consumeError(last.takeError());
    return;
  }
  constexpr double slack = 0.5; // seconds that clocks may run fast or slow
  const double expected = *first + (header.records - 1) * header.duration;
  if (std::abs(*last - expected) > slack)
    warnings.push_back(file.getPath() +
                       ": warning: is said to be continuous, but its last "
                       "record begins at " +
                       formatNumber(*last) + " s and not at " +
                       formatNumber(expected) + " s: gaps are not told");
}

Error EDFRecording::findRuns() {
  auto annotations = find_if(
      header.signals, [](const EDFSignal &s) { return s.isAnnotations(); });
  if (!header.isDiscontinuous) {
    runs.push_back({0, 0, header.records});
    length = getEnd(runs.back());
    if (annotations != header.signals.end())
      checkContinuity(*annotations);
    return Error::success();
  }
  if (annotations == header.signals.end())
    return fileError(file.getPath(), "expects annotations in an EDF+D file");
  // Starts are rounded by their writers.
  constexpr int64_t slack = 2;
  constexpr size_t mostRuns = 1 << 20;
  double start = 0;
  for (uint64_t record = 0; record < header.records; ++record) {
    Expected<double> onset = readOnset(record, *annotations);
    if (!onset)
      return onset.takeError();
    if (record == 0)
      start = *onset;
    int64_t sample = std::llround((*onset - start) * rate);
    if (runs.empty()) {
      runs.push_back({0, record, 1});
    } else if (sample > int64_t(getEnd(runs.back())) + slack) {
      uint64_t end = getEnd(runs.back());
      unrecorded.push_back({end, sample - end});
      runs.push_back({uint64_t(sample), record, 1});
    } else if (sample >= int64_t(getEnd(runs.back())) - slack) {
      ++runs.back().records;
    } else {
      return fileError(file.getPath(),
                       "record " + Twine(record) +
                           " begins before the one before ends");
    }
    if (runs.size() > mostRuns)
      return fileError(file.getPath(),
                       "more than " + Twine(mostRuns) + " gaps");
  }
  length = runs.empty() ? 0 : getEnd(runs.back());
  return Error::success();
}

/// Reads samples of the file, counted without the gaps.
Error EDFRecording::readRun(uint64_t sample,
                            MutableArrayRef<float> samples) const {
  constexpr uint64_t pieceSize = 1 << 20;
  const uint64_t mostRecords =
      std::max<uint64_t>(1, pieceSize / header.recordBytes);
  const uint64_t perRecord = signal.samples;
  auto byteOf = [&](uint64_t index) {
    return index / perRecord * header.recordBytes + signal.offset +
           index % perRecord * header.sampleBytes;
  };
  std::vector<uint8_t> bytes;
  while (!samples.empty()) {
    uint64_t record = sample / perRecord;
    uint64_t count = std::min<uint64_t>(
        samples.size(), (record + mostRecords) * perRecord - sample);
    uint64_t begin = byteOf(sample);
    bytes.resize(byteOf(sample + count - 1) + header.sampleBytes - begin);
    if (Error error = file.read(header.bytes + begin, bytes))
      return error;
    for (uint64_t i = 0; i < count; ++i) {
      const uint8_t *b = &bytes[byteOf(sample + i) - begin];
      int32_t value = header.sampleBytes == 2
                          ? int16_t(b[0] | b[1] << 8)
                          : SignExtend32<24>(b[0] | b[1] << 8 | b[2] << 16);
      samples[i] = float(value * scale + offset);
    }
    sample += count;
    samples = samples.drop_front(count);
  }
  return Error::success();
}

Error EDFRecording::read(uint64_t first, MutableArrayRef<float> samples) const {
  const uint64_t end = first + samples.size();
  std::fill(samples.begin(), samples.end(),
            std::numeric_limits<float>::quiet_NaN());
  auto run =
      partition_point(runs, [&](const Run &r) { return getEnd(r) <= first; });
  for (; run != runs.end() && run->sample < end; ++run) {
    uint64_t from = std::max(first, run->sample);
    uint64_t to = std::min(end, getEnd(*run));
    if (Error error = readRun(run->record * signal.samples + from - run->sample,
                              samples.slice(from - first, to - from)))
      return error;
  }
  return Error::success();
}

/// Everything that must hold of a signal; `path` is for diagnostics.
static Error checkSignal(StringRef path, const EDFSignal &signal,
                         double duration) {
  auto error = [&](const Twine &message) {
    return fileError(path, "lead '" + signal.label + "': " + message);
  };
  if (!signal.problem.empty())
    return error(signal.problem);
  if (signal.digitalMin >= signal.digitalMax)
    return error("expects the digital maximum to be above the minimum " +
                 Twine(signal.digitalMin) + ", but got " +
                 Twine(signal.digitalMax));
  if (signal.physicalMin == signal.physicalMax)
    return error(
        "expects the physical maximum to differ from the minimum, but got " +
        formatNumber(signal.physicalMax) + " for both");
  if (!(duration > 0))
    return fileError(
        path, "expects the duration of a record to be positive, but got " +
                  formatNumber(duration));
  return Error::success();
}

Expected<std::unique_ptr<Recording>>
frieze::ecg::openEDF(SampleFile file, const RecordingOptions &options) {
  const std::string path = file.getPath();
  Expected<EDFHeader> header = parseEDFHeader(file);
  if (!header)
    return header.takeError();
  std::vector<Lead> leads;
  std::vector<size_t> signals;
  bool hasOneRate = true;
  for (auto [index, signal] : enumerate(header->signals)) {
    if (signal.isAnnotations())
      continue;
    leads.push_back({signal.label, signal.unit});
    signals.push_back(index);
    hasOneRate &= signal.samples == header->signals[signals[0]].samples;
  }
  if (leads.empty())
    return fileError(path, "the recording has no signals but annotations");
  Expected<LeadChoice> choice = chooseLead(path, leads, options.lead);
  if (!choice)
    return choice.takeError();
  const size_t chosen = signals[choice->index];
  Expected<Calibration> calibration =
      calibrate(path, leads[choice->index], options);
  if (!calibration)
    return calibration.takeError();
  if (Error error =
          checkSignal(path, header->signals[chosen], header->duration))
    return error;
  std::vector<std::string> warnings = std::move(header->warnings);
  for (auto [index, signal] : enumerate(header->signals))
    if (index != chosen && !signal.problem.empty())
      warnings.push_back(path + ": warning: lead '" + signal.label +
                         "': " + signal.problem + "; it is not scanned");
  const std::string time = header->time, date = header->date;
  auto recording = std::make_unique<EDFRecording>(
      std::move(file), std::move(*header), chosen, *calibration);
  if (Error error = checkRate(path, options, recording->rate))
    return error;
  if (Error error = recording->findRuns())
    return error;
  if (hasOneRate)
    recording->frameRate = recording->rate;
  append_range(recording->warnings, warnings);
  recording->setStart(path, time, date);
  recording->setLead(*choice, leads[choice->index].label);
  return recording;
}
