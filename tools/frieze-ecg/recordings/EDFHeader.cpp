//===- EDFHeader.cpp - The header of an EDF file ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/EDFHeader.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

namespace {

/// Reads a header field by field; each has a fixed width.
class EDFHeaderParser {
public:
  explicit EDFHeaderParser(const SampleFile &file) : file(file) {}

  Expected<EDFHeader> parse() {
    EDFHeader header = {};
    if (Error error = load(fixedBytes))
      return error;
    StringRef version = take(8);
    if (version == "\xFF"
                   "BIOSEMI")
      header.sampleBytes = 3;
    else if (version.rtrim() == "0")
      header.sampleBytes = 2;
    else
      return fileError(file.getPath(), "not an EDF file: expects version 0");
    take(80); // patient
    const bool hasDate = !take(80).starts_with("Startdate X");
    StringRef date = take(8).trim(" \0"), time = take(8).trim(" \0");
    header.date = hasDate ? date.str() : "";
    header.time = time.str();
    int64_t bytes, records, signals;
    if (Error error = takeInteger(8, "the size of the header", 0, bytes))
      return error;
    StringRef kind = take(44);
    header.isDiscontinuous =
        kind.starts_with("EDF+D") || kind.starts_with("BDF+D");
    if (Error error = takeInteger(8, "the number of records", -1, records))
      return error;
    std::string problem;
    takeNumber("the duration of a record", header.duration, problem);
    if (!problem.empty())
      return fileError(file.getPath(), problem);
    if (Error error = takeInteger(4, "the number of signals", 1, signals))
      return error;
    header.bytes = fixedBytes * (1 + signals);
    if (uint64_t(bytes) != header.bytes)
      return fileError(file.getPath(), "expects a header of " +
                                           Twine(header.bytes) + " bytes for " +
                                           Twine(signals) +
                                           " signals, but got " + Twine(bytes));
    if (Error error = load(header.bytes - fixedBytes))
      return error;
    header.signals.resize(signals);
    if (Error error = parseSignals(header))
      return error;
    if (Error error = countRecords(records, header))
      return error;
    return header;
  }

private:
  static constexpr uint64_t fixedBytes = 256;

  /// Reads the next bytes of the header.
  Error load(uint64_t count) {
    if (file.getSize() < offset + count)
      return fileError(file.getPath(), "truncated: expects a header of " +
                                           Twine(offset + count) +
                                           " bytes, but got " +
                                           Twine(file.getSize()));
    buffer.resize(count);
    text = StringRef(reinterpret_cast<char *>(buffer.data()), count);
    uint64_t begin = offset;
    offset += count;
    return file.read(begin, buffer);
  }

  StringRef take(size_t width) {
    StringRef field = text.take_front(width);
    text = text.drop_front(width);
    return field;
  }

  Error takeInteger(size_t width, const char *what, int64_t least,
                    int64_t &value) {
    StringRef field = take(width).trim(" \0");
    std::optional<int64_t> number = parseInteger(field);
    if (!number || *number < least)
      return fileError(file.getPath(),
                       "expects " + Twine(what) +
                           " to be a whole number of at least " + Twine(least) +
                           ", but got '" + toPrintable(field) + "'");
    value = *number;
    return Error::success();
  }

  /// Takes a number; what is wrong with it is added to `problem`.
  void takeNumber(const Twine &what, double &value, std::string &problem) {
    StringRef field = take(8).trim(" \0");
    std::optional<double> number = parseNumber(field);
    if (number && std::isfinite(*number))
      value = *number;
    else
      addProblem("expects " + what + " to be a number, but got '" +
                     toPrintable(field) + "'",
                 problem);
  }

  /// Likewise for a stored number.
  void takeStored(const Twine &what, unsigned bits, int64_t &value,
                  std::string &problem) {
    StringRef field = take(8).trim(" \0");
    std::optional<int64_t> number = parseInteger(field);
    if (number && *number >= minIntN(bits))
      value = *number;
    else
      addProblem("expects " + what + " to be a whole number of at least " +
                     Twine(minIntN(bits)) + ", but got '" + toPrintable(field) +
                     "'",
                 problem);
  }

  static void addProblem(const Twine &text, std::string &problem) {
    problem += (problem.empty() ? "" : ", ") + text.str();
  }

  /// Each field for all signals, then the next.
  Error parseSignals(EDFHeader &header) {
    const unsigned bits = 8 * header.sampleBytes;
    for (EDFSignal &signal : header.signals)
      signal.label = decodeText(take(16).trim(" \0"));
    take(80 * header.signals.size()); // transducers
    for (EDFSignal &signal : header.signals)
      signal.unit = decodeText(take(8).trim(" \0"));
    for (EDFSignal &s : header.signals)
      takeNumber("the physical minimum", s.physicalMin, s.problem);
    for (EDFSignal &s : header.signals)
      takeNumber("the physical maximum", s.physicalMax, s.problem);
    for (EDFSignal &s : header.signals)
      takeStored("the digital minimum", bits, s.digitalMin, s.problem);
    for (EDFSignal &s : header.signals)
      takeStored("the digital maximum", bits, s.digitalMax, s.problem);
    take(80 * header.signals.size()); // filters
    for (EDFSignal &signal : header.signals) {
      if (Error error =
              takeInteger(8, "the samples in a record", 1, signal.samples))
        return error;
      signal.offset = header.recordBytes;
      header.recordBytes += signal.samples * header.sampleBytes;
    }
    return Error::success();
  }

  Error countRecords(int64_t records, EDFHeader &header) {
    const uint64_t available = file.getSize() - header.bytes;
    const uint64_t whole = available / header.recordBytes;
    // -1 is what a recorder writes that does not come back to the header.
    header.records = records < 0 ? whole : uint64_t(records);
    const uint64_t rest = available % header.recordBytes;
    if (whole == header.records && rest == 0)
      return Error::success();
    // A recording that was cut off in the midst of its last record.
    if (whole > 0 && rest > 0 &&
        (whole == header.records || whole + 1 == header.records)) {
      header.records = whole;
      header.warnings.push_back((file.getPath() +
                                 ": warning: ends within record " +
                                 Twine(whole) + ", which is left out")
                                    .str());
      return Error::success();
    }
    return fileError(
        file.getPath(),
        (whole < header.records ? "truncated: expects " : "expects ") +
            Twine(header.records) + " records of " + Twine(header.recordBytes) +
            " bytes, but got " + Twine(available) + " bytes");
  }

  const SampleFile &file;
  uint64_t offset = 0;
  std::vector<uint8_t> buffer;
  StringRef text;
};

} // namespace

Expected<EDFHeader> frieze::ecg::parseEDFHeader(const SampleFile &file) {
  return EDFHeaderParser(file).parse();
}
