//===- WFDBHeader.cpp - The header of a WFDB record -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/WFDBHeader.h"
#include "tools/frieze-ecg/recordings/SampleFile.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Splits off what stands before the first of `ends`, which stays in `text`.
static StringRef takeUntil(StringRef &text, StringRef ends) {
  StringRef head = text.take_front(text.find_first_of(ends));
  text = text.drop_front(head.size());
  return head;
}

/// No field in converter units is further from zero.
static constexpr int64_t limit = int64_t(1) << 32;

/// More than a century: times the samples in a frame, still a 64-bit number.
static constexpr int64_t mostFrames = int64_t(1) << 40;

namespace {

class HeaderParser {
public:
  HeaderParser(StringRef path, StringRef text) : path(path), text(text) {}

  Expected<WFDBHeader> parse() {
    WFDBHeader header;
    StringRef line;
    if (!nextLine(line))
      return error("the header has no record line");
    int64_t signalCount = 0, segmentCount = 0;
    if (Error failed = parseRecordLine(line, header, signalCount, segmentCount))
      return failed;
    if (segmentCount) {
      if (Error failed = parseSegments(header, segmentCount))
        return failed;
      return header;
    }
    while (nextLine(line)) {
      if (int64_t(header.signals.size()) == signalCount)
        return error("expects " + Twine(signalCount) +
                     " signals, as the record line says, but got more");
      if (Error failed = parseSignalLine(line, header.signals.emplace_back()))
        return failed;
    }
    if (int64_t(header.signals.size()) != signalCount)
      return fileError(path, "expects " + Twine(signalCount) +
                                 " signals, but got " +
                                 Twine(header.signals.size()));
    if (!signalCount)
      return fileError(path, "the record has no signals");
    return header;
  }

private:
  Error error(const Twine &message) {
    return fileError(path, "line " + Twine(lineNumber) + ": " + message);
  }

  /// Finds the next line that is neither empty nor a comment.
  bool nextLine(StringRef &line) {
    while (!text.empty()) {
      ++lineNumber;
      line = takeLine(text).trim();
      if (!line.empty() && !line.starts_with("#"))
        return true;
    }
    return false;
  }

  /// Takes the next field off a line; empty when there is none.
  static StringRef takeField(StringRef &line) {
    line = line.ltrim(" \t");
    return takeUntil(line, " \t");
  }

  Error parseInto(StringRef field, const char *what, int64_t least,
                  int64_t most, int64_t &value) {
    std::optional<int64_t> number = parseInteger(field);
    if (!number || *number < least || *number > most)
      return error("expects " + Twine(what) +
                   " to be a whole number of at least " + Twine(least) +
                   ", but got '" + field + "'");
    value = *number;
    return Error::success();
  }

  /// name[/segments] signals [rate[/counter[(base)]] [frames [time [date]]]]
  Error parseRecordLine(StringRef line, WFDBHeader &header,
                        int64_t &signalCount, int64_t &segmentCount) {
    auto [name, segments] = takeField(line).split('/');
    if (!segments.empty())
      if (Error failed = parseInto(segments, "the number of segments", 1,
                                   1 << 16, segmentCount))
        return failed;
    if (Error failed = parseInto(takeField(line), "the number of signals", 0,
                                 1 << 20, signalCount))
      return failed;
    const StringRef field = takeField(line);
    StringRef rates = field;
    if (!rates.empty()) {
      std::optional<double> rate = parseNumber(takeUntil(rates, "/("));
      if (!rate || !std::isfinite(*rate) || *rate <= 0)
        return error(
            "expects the sampling rate to be a positive number, but got '" +
            field + "'");
      header.rate = *rate;
    }
    StringRef frames = takeField(line);
    if (!frames.empty()) {
      int64_t count;
      if (Error failed =
              parseInto(frames, "the number of samples", 0, mostFrames, count))
        return failed;
      if (count)
        header.frames = count;
    }
    header.time = takeField(line).str();
    header.date = takeField(line).str();
    return Error::success();
  }

  /// name frames, once for each segment
  Error parseSegments(WFDBHeader &header, int64_t count) {
    StringRef line;
    int64_t frames = 0;
    while (nextLine(line)) {
      if (int64_t(header.segments.size()) == count)
        return error("expects " + Twine(count) +
                     " segments, as the record line says, but got more");
      WFDBSegment &segment = header.segments.emplace_back();
      segment.name = takeField(line).str();
      if (Error failed = checkFileName(segment.name, "the segments"))
        return failed;
      if (Error failed = parseInto(takeField(line), "the number of samples", 0,
                                   mostFrames - frames, segment.frames))
        return failed;
      frames += segment.frames;
    }
    if (int64_t(header.segments.size()) != count)
      return fileError(path, "expects " + Twine(count) + " segments, but got " +
                                 Twine(header.segments.size()));
    if (header.frames.value_or(frames) != frames)
      return fileError(path, "expects segments of " + Twine(*header.frames) +
                                 " samples together, but got " + Twine(frames));
    header.frames = frames;
    return Error::success();
  }

  Error checkFileName(StringRef name, const char *what) {
    if (name.find_first_of("/\\") == StringRef::npos)
      return Error::success();
    return error("expects " + Twine(what) +
                 " to lie beside the header, but got '" + name + "'");
  }

  /// file format [gain [resolution [zero [first [checksum [block [name]]]]]]]
  Error parseSignalLine(StringRef line, WFDBSignal &signal) {
    signal.file = takeField(line).str();
    if (Error failed = checkFileName(signal.file, "the samples"))
      return failed;
    if (Error failed = parseFormat(takeField(line), signal))
      return failed;

    // Where its samples are is known: the rest matters to this signal alone.
    if (Error failed = parseCalibration(line, signal)) {
      const std::string text = toString(std::move(failed));
      StringRef problem = text;
      problem.consume_front(toString(fileError(path, "")));
      signal.problem = problem.str();
    }
    return Error::success();
  }

  /// [gain [resolution [zero [first [checksum [block [name]]]]]]]
  Error parseCalibration(StringRef line, WFDBSignal &signal) {
    StringRef fields[6];
    for (StringRef &field : fields)
      field = takeField(line);
    signal.name = decodeText(line.trim());
    auto [gain, resolution, zeroField, first, checksum, block] = fields;
    std::optional<int64_t> baseline;
    int64_t zero = 0, blockSize;
    if (!gain.empty())
      if (Error failed = parseGain(gain, signal, baseline))
        return failed;
    if (!zeroField.empty())
      if (Error failed = parseInto(zeroField, "the zero", -limit, limit, zero))
        return failed;
    signal.baseline = baseline.value_or(zero);
    signal.initial = zero;
    if (!first.empty())
      if (Error failed = parseInto(first, "the first sample", -limit, limit,
                                   signal.initial))
        return failed;
    if (!checksum.empty())
      if (Error failed = parseInto(checksum, "the checksum", -limit, limit,
                                   signal.checksum.emplace()))
        return failed;
    if (!block.empty())
      return parseInto(block, "the block size", 0, limit, blockSize);
    return Error::success();
  }

  /// format[xSAMPLES][:SKEW][+OFFSET]
  Error parseFormat(StringRef field, WFDBSignal &signal) {
    constexpr StringLiteral marks = "x:+";
    if (Error failed = parseInto(takeUntil(field, marks), "the format", 0,
                                 INT32_MAX, signal.format))
      return failed;
    while (!field.empty()) {
      char mark = field.front();
      field = field.drop_front();
      StringRef number = takeUntil(field, marks);
      Error failed = mark == 'x' ? parseInto(number, "the samples in a frame",
                                             1, 1 << 20, signal.samplesPerFrame)
                     : mark == ':' ? parseInto(number, "the skew", 0, INT32_MAX,
                                               signal.skew)
                                   : parseInto(number, "the byte offset", 0,
                                               INT64_MAX, signal.byteOffset);
      if (failed)
        return failed;
    }
    return Error::success();
  }

  /// gain[(baseline)][/unit]; 0 means that nobody calibrated it.
  Error parseGain(StringRef field, WFDBSignal &signal,
                  std::optional<int64_t> &baseline) {
    StringRef text = field;
    std::optional<double> gain = parseNumber(takeUntil(text, "(/"));
    if (!gain || !std::isfinite(*gain) || *gain < 0)
      return error("expects the gain to be a positive number, but got '" +
                   field + "'");
    signal.isCalibrated = *gain > 0;
    if (signal.isCalibrated)
      signal.gain = *gain;
    if (text.consume_front("(")) {
      baseline = parseInteger(takeUntil(text, ")"));
      if (!baseline || *baseline < -limit || *baseline > limit ||
          !text.consume_front(")"))
        return error("malformed baseline in '" + field + "'");
    }
    if (text.consume_front("/"))
      signal.unit = decodeText(text);
    else if (!text.empty())
      return error("malformed gain '" + field + "'");
    return Error::success();
  }

  StringRef path;
  StringRef text;
  unsigned lineNumber = 0;
};

} // namespace

Expected<WFDBHeader> frieze::ecg::parseWFDBHeader(StringRef path,
                                                  StringRef text) {
  return HeaderParser(path, text).parse();
}

Expected<WFDBHeader> frieze::ecg::readWFDBHeader(StringRef path) {
  // A header is text that a person can read; more is another file.
  constexpr uint64_t maxHeaderSize = 16 << 20;
  Expected<SampleFile> file = SampleFile::open(path);
  if (!file)
    return file.takeError();
  if (file->getSize() > maxHeaderSize)
    return fileError(path, "expects a header of at most 16 MiB, but got " +
                               Twine(file->getSize()) + " bytes");
  Expected<std::string> text = file->readStart(maxHeaderSize);
  if (!text)
    return text.takeError();
  return parseWFDBHeader(path, *text);
}
