//===- Annotations.cpp - WFDB annotation files ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/Annotations.h"
#include "frontends/Files.h"
#include "tools/frieze-ecg/beats/BeatCodes.h"
#include "tools/frieze-ecg/recordings/Text.h"
#include "tools/frieze-ecg/recordings/WFDBHeader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/EndianStream.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cmath>

using namespace llvm;
using namespace llvm::support;
using namespace frieze;
using namespace frieze::ecg;

namespace {

/// Codes in the upper six bits of a word; the lower ten are a time or a number.
/// Up to 49 they are annotations (ecgcodes.h of WFDB), above they say more
/// about the one before, and 59 moves the time.
enum Code : unsigned {
  Normal = 1,
  Unclassifiable = 13,
  Noise = 14,
  Note = 22,
  FlutterBegin = 32,
  FlutterEnd = 33,
  LastAnnotation = 49,
  Skip = 59,
  Number = 60,
  Subtype = 61,
  Channel = 62,
  Text = 63,
};

} // namespace

static constexpr StringLiteral resolutionNote = "## time resolution: ";

namespace {

class AnnotationReader {
public:
  AnnotationReader(StringRef path, StringRef data) : path(path), data(data) {}

  Expected<BeatPositions> read() {
    while (true) {
      uint16_t word;
      if (!take(word))
        return truncated();
      if (word == 0)
        break;
      unsigned code = word >> 10, number = word & 0x3FF;
      if (code == Skip) {
        uint16_t high, low;
        if (!take(high) || !take(low))
          return truncated();
        time += int32_t(uint32_t(high) << 16 | low);
      } else if (code == Text) {
        // Padded to whole words.
        size_t size = number + number % 2;
        if (data.size() < size)
          return truncated();
        if (Error error = addText(data.take_front(number).rtrim('\0')))
          return error;
        data = data.drop_front(size);
      } else if (code <= LastAnnotation) {
        time += number;
        if (Error error = addAnnotation(code))
          return error;
      } else if (code < Skip) {
        return fileError(path, "not an annotation file: code " + Twine(code));
      }
    }
    if (flutter)
      result.leftOut.push_back({*flutter, UINT64_MAX});
    result.sort();
    return std::move(result);
  }

private:
  Error truncated() {
    return fileError(path, "not an annotation file, or truncated: it has no "
                           "end mark");
  }

  bool take(uint16_t &word) {
    if (data.size() < 2)
      return false;
    word = endian::read16le(data.data());
    data = data.drop_front(2);
    return true;
  }

  Error addAnnotation(unsigned code) {
    lastCode = code;
    if (time < 0)
      return fileError(path,
                       "expects annotations from sample 0 on, but got one at " +
                           Twine(time));
    if (const BeatCode *beat = findBeatCode(code)) {
      result.beats.push_back(time);
      result.labels.push_back(std::string(1, beat->symbol));
    }
    if (code == FlutterBegin && !flutter)
      flutter = time;
    if (code == FlutterEnd && flutter) {
      result.leftOut.push_back({*flutter, uint64_t(time)});
      flutter.reset();
    }
    return Error::success();
  }

  Error addText(StringRef text) {
    if (lastCode != Note || time != 0 || !text.consume_front(resolutionNote))
      return Error::success();
    result.rate = parseNumber(text.trim());
    if (!result.rate || !std::isfinite(*result.rate) || *result.rate <= 0)
      return fileError(path,
                       "expects the time resolution to be a positive number, "
                       "but got '" +
                           text.take_front(40) + "'");
    return Error::success();
  }

  StringRef path, data;
  /// Samples from the start of the record.
  int64_t time = 0;
  unsigned lastCode = 0;
  /// Where flutter began that has not ended yet.
  std::optional<uint64_t> flutter;
  BeatPositions result;
};

class AnnotationWriter {
public:
  explicit AnnotationWriter(raw_ostream &stream)
      : writer(stream, endianness::little) {}

  void annotate(uint64_t position, unsigned code) {
    uint64_t step = position - time;
    while (step > 0x3FF) {
      uint32_t skipped = std::min<uint64_t>(step, INT32_MAX);
      writer.write<uint16_t>(Skip << 10);
      writer.write<uint16_t>(skipped >> 16);
      writer.write<uint16_t>(skipped & 0xFFFF);
      step -= skipped;
    }
    writer.write<uint16_t>(code << 10 | step);
    time = position;
  }

  void addSubtype(int subtype) {
    writer.write<uint16_t>(Subtype << 10 | (subtype & 0x3FF));
  }

  void addText(StringRef text) {
    writer.write<uint16_t>(Text << 10 | text.size());
    writer.OS << text;
    if (text.size() % 2)
      writer.OS << '\0';
  }

  void finish() { writer.write<uint16_t>(0); }

private:
  endian::Writer writer;
  uint64_t time = 0;
};

} // namespace

/// Takes the rates of the record from its header.
static Error readRates(StringRef headerPath, BeatPositions &beats) {
  Expected<WFDBHeader> header = readWFDBHeader(headerPath);
  if (!header)
    return header.takeError();
  beats.record.frames = header->rate;
  ArrayRef<WFDBSignal> signals = header->signals;
  if (header->rate && !signals.empty() &&
      all_of(signals, [&](const WFDBSignal &signal) {
        return signal.samplesPerFrame == signals[0].samplesPerFrame;
      }))
    beats.record.samples = *header->rate * signals[0].samplesPerFrame;
  return Error::success();
}

Expected<BeatPositions> frieze::ecg::readAnnotations(StringRef path) {
  auto file = readFile(path);
  if (!file)
    return inFile(path, file.takeError());
  Expected<BeatPositions> beats = AnnotationReader(path, *file).read();
  if (!beats)
    return beats;
  beats->countsFrames = true;
  SmallString<256> header(path);
  sys::path::replace_extension(header, ".hea");
  if (sys::fs::exists(header))
    if (Error error = readRates(header, *beats))
      return error;
  if (!beats->rate)
    beats->rate = beats->record.frames;
  return beats;
}

void frieze::ecg::writeAnnotations(raw_ostream &stream, const BeatList &list,
                                   ArrayRef<std::string> classes) {
  AnnotationWriter writer(stream);
  writer.annotate(0, Note);
  writer.addText((resolutionNote + formatNumber(list.rate)).str());
  auto gap = list.gaps.begin();
  bool inGap = false;
  auto markGapsBefore = [&](uint64_t position) {
    while (gap != list.gaps.end()) {
      uint64_t at = inGap ? gap->first + gap->count : gap->first;
      if (at >= position)
        return;
      writer.annotate(at, Noise);
      writer.addSubtype(inGap ? 0 : -1);
      gap += inGap;
      inGap = !inGap;
    }
  };
  auto getCode = [&](size_t beat) -> unsigned {
    if (classes.empty())
      return Normal;
    std::optional<size_t> own = list.labels.classes[beat];
    return own ? findBeatCode(classes[*own])->code : Unclassifiable;
  };
  for (auto [number, beat] : enumerate(list.beats)) {
    markGapsBefore(beat.position);
    writer.annotate(beat.position, getCode(number));
  }
  markGapsBefore(list.length);
  writer.finish();
}
