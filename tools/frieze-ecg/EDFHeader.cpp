//===- EDFHeader.cpp - The header of an EDF file ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/EDFHeader.h"
#include "tools/frieze-ecg/Text.h"

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
    take(80 + 80 + 8 + 8); // patient, recording, date and time of its start
    int64_t bytes, records, signals;
    if (Error error = takeInteger(8, "the size of the header", 0, bytes))
      return error;
    StringRef kind = take(44);
    header.isDiscontinuous =
        kind.starts_with("EDF+D") || kind.starts_with("BDF+D");
    if (Error error = takeInteger(8, "the number of records", -1, records))
      return error;
    if (Error error = takeNumber("the duration of a record", header.duration))
      return error;
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
                           ", but got '" + field + "'");
    value = *number;
    return Error::success();
  }

  Error takeNumber(const Twine &what, double &value) {
    StringRef field = take(8).trim(" \0");
    std::optional<double> number = parseNumber(field);
    if (!number || !std::isfinite(*number))
      return fileError(file.getPath(), "expects " + what +
                                           " to be a number, but got '" +
                                           field + "'");
    value = *number;
    return Error::success();
  }

  /// Each field for all signals, then the next.
  Error parseSignals(EDFHeader &header) {
    for (EDFSignal &signal : header.signals)
      signal.label = take(16).trim(" \0").str();
    take(80 * header.signals.size()); // transducers
    for (EDFSignal &signal : header.signals)
      signal.unit = take(8).trim(" \0").str();
    for (EDFSignal &signal : header.signals)
      if (Error error = takeNumber("the physical minimum", signal.physicalMin))
        return error;
    for (EDFSignal &signal : header.signals)
      if (Error error = takeNumber("the physical maximum", signal.physicalMax))
        return error;
    for (EDFSignal &signal : header.signals)
      if (Error error =
              takeInteger(8, "the digital minimum",
                          minIntN(8 * header.sampleBytes), signal.digitalMin))
        return error;
    for (EDFSignal &signal : header.signals)
      if (Error error =
              takeInteger(8, "the digital maximum",
                          minIntN(8 * header.sampleBytes), signal.digitalMax))
        return error;
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
    // -1 is what a recorder writes that does not come back to the header.
    header.records =
        records < 0 ? available / header.recordBytes : uint64_t(records);
    if (header.records > available / header.recordBytes ||
        header.records * header.recordBytes != available)
      return fileError(file.getPath(),
                       (header.records * double(header.recordBytes) > available
                            ? "truncated: expects "
                            : "expects ") +
                           Twine(header.records) + " records of " +
                           Twine(header.recordBytes) + " bytes, but got " +
                           Twine(available) + " bytes");
    return Error::success();
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
