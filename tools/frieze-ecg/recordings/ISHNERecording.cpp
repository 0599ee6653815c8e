//===- ISHNERecording.cpp - Holter recordings of ISHNE ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The standard output format of the International Society for Holter and
// Noninvasive Electrocardiology: Badilini F. The ISHNE Holter standard output
// file format. Annals of Noninvasive Electrocardiology 3(3):263-266, 1998.
// Numbers have their low byte first; offsets below are its offsets.
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Calibration.h"
#include "tools/frieze-ecg/recordings/StoredSamples.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/Support/Endian.h"

#include <iterator>

using namespace llvm;
using namespace llvm::support;
using namespace frieze;
using namespace frieze::ecg;

/// Bytes before the block of variable length, and most of it that is read: it
/// is for notes.
static constexpr uint64_t fixedBytes = 522;
static constexpr uint64_t mostNotes = 1 << 20;
static constexpr uint64_t sampleBytes = 2;
static constexpr int mostLeads = 12;

/// What the codes of leads stand for, as labels of ECGs.
static constexpr StringLiteral leadNames[] = {
    "ECG", "ECG bipolar", "ECG X", "ECG Y",  "ECG Z",  "I",     "II",
    "III", "aVR",         "aVL",   "aVF",    "V1",     "V2",    "V3",
    "V4",  "V5",          "V6",    "ECG ES", "ECG AS", "ECG AI"};

/// The checksum of the header, CRC-CCITT from 0xFFFF on.
static uint16_t computeChecksum(StringRef bytes) {
  uint16_t remainder = 0xFFFF;
  for (unsigned char byte : bytes) {
    remainder ^= byte << 8;
    for (int bit = 0; bit < 8; ++bit)
      remainder = remainder << 1 ^ (remainder & 0x8000 ? 0x1021 : 0);
  }
  return remainder;
}

namespace {

/// Reads the header of a file.
class ISHNEReader {
public:
  ISHNEReader(const SampleFile &file, const RecordingOptions &options)
      : file(file), options(options) {}

  Error read() {
    Expected<std::string> start = file.readStart(fixedBytes + mostNotes);
    if (!start)
      return start.takeError();
    bytes = std::move(*start);
    if (bytes.size() < fixedBytes)
      return fileError(file.getPath(),
                       "truncated: expects a header of " + Twine(fixedBytes) +
                           " bytes, but got " + Twine(bytes.size()));
    if (!StringRef(bytes).starts_with("ISHNE1.0"))
      return fileError(file.getPath(), "not a Holter recording of ISHNE: "
                                       "expects 'ISHNE1.0' at its start");
    if (Error error = checkHeader())
      return error;
    for (int lead = 0; lead < getShort(156); ++lead) {
      const int code = getShort(158 + 2 * lead);
      if (code < 0 || code >= int(std::size(leadNames)))
        return fileError(file.getPath(),
                         "expects the code of lead " + Twine(lead) +
                             " to be from 0 to 19, but got " + Twine(code));
      // The unit is the converter's, which the resolution of the lead tells.
      leads.push_back({leadNames[code].str(), "mV"});
    }
    return countSamples();
  }

  Expected<std::unique_ptr<Recording>> open(SampleFile input) {
    const std::string path = input.getPath();
    Expected<LeadChoice> choice = chooseLead(path, leads, options.lead);
    if (!choice)
      return choice.takeError();
    if (Expected<Calibration> found =
            calibrate(path, leads[choice->index], options);
        !found)
      return found.takeError();
    const int resolution = getShort(206 + 2 * choice->index);
    if (resolution < 1)
      return fileError(path, "lead '" + leads[choice->index].label +
                                 "': expects a resolution of at least 1 nV, "
                                 "but got " +
                                 Twine(resolution));
    const double rate = getShort(272);
    if (rate <= 0 && !options.rate)
      return missingRate(path);
    auto recording = std::make_unique<StoredSamples>(
        std::move(input),
        StoredSamples::Layout{dataOffset + choice->index * sampleBytes,
                              leads.size() * sampleBytes, double(resolution)});
    recording->rate = rate > 0 ? rate : *options.rate;
    recording->frameRate = recording->rate;
    recording->length = samples;
    recording->warnings = warnings;
    recording->setLead(*choice, leads[choice->index].label);
    if (Error error = checkRate(path, options, recording->rate))
      return error;
    return recording;
  }

private:
  int16_t getShort(size_t offset) const {
    return int16_t(endian::read16le(&bytes[offset]));
  }
  int32_t getLong(size_t offset) const {
    return int32_t(endian::read32le(&bytes[offset]));
  }

  /// Checks what must hold of any file, and the checksum.
  Error checkHeader() {
    StringRef path = file.getPath();
    const int32_t notes = getLong(10);
    dataOffset = uint32_t(getLong(22));
    if (notes < 0 || uint64_t(notes) > mostNotes ||
        uint64_t(getLong(18)) != fixedBytes ||
        dataOffset != fixedBytes + uint64_t(notes))
      return fileError(
          path, "expects the samples behind a header of " + Twine(fixedBytes) +
                    " bytes and its notes, but got " + Twine(notes) +
                    " bytes of notes from byte " + Twine(getLong(18)) +
                    " on and samples from " + Twine(getLong(22)) + " on");
    if (bytes.size() < dataOffset)
      return fileError(path, "truncated: expects a header of " +
                                 Twine(dataOffset) + " bytes, but got " +
                                 Twine(bytes.size()));
    const uint16_t stored = uint16_t(getShort(8));
    constexpr uint64_t unchecked = 10; // signature and checksum
    StringRef checked = StringRef(bytes).slice(unchecked, size_t(dataOffset));
    if (!options.ignoreChecksum && computeChecksum(checked) != stored)
      return fileError(path, "checksum of the header does not match: it is "
                             "damaged (--ignore-checksum reads the file all "
                             "the same)");
    const int count = getShort(156);
    if (count < 1 || count > mostLeads)
      return fileError(path, "expects 1 to " + Twine(mostLeads) +
                                 " leads, but got " + Twine(count));
    return Error::success();
  }

  /// The number of samples counts those of a lead; some writers count all.
  Error countSamples() {
    const uint64_t frame = leads.size() * sampleBytes;
    const uint64_t available = file.getSize() - dataOffset;
    const int64_t count = getLong(14);
    samples = available / frame;
    const uint64_t rest = available % frame;
    auto isCount = [&](uint64_t each) {
      return count == int64_t(each) || count == int64_t(each * leads.size());
    };
    if (isCount(samples) && rest == 0)
      return Error::success();
    if (samples > 0 && rest > 0 && (isCount(samples) || isCount(samples + 1))) {
      warnings.push_back((file.getPath() + ": warning: ends within sample " +
                          Twine(samples) + " of its leads, which is left out")
                             .str());
      return Error::success();
    }
    return fileError(
        file.getPath(),
        (count > int64_t(samples) ? "truncated: expects " : "expects ") +
            Twine(count) + " samples of " + Twine(leads.size()) +
            " leads, but got " + Twine(available) + " bytes");
  }

  const SampleFile &file;
  const RecordingOptions &options;
  std::string bytes;
  std::vector<Lead> leads;
  uint64_t dataOffset = 0, samples = 0;
  std::vector<std::string> warnings;
};

} // namespace

Expected<std::unique_ptr<Recording>>
frieze::ecg::openISHNE(SampleFile file, const RecordingOptions &options) {
  ISHNEReader reader(file, options);
  if (Error error = reader.read())
    return error;
  return reader.open(std::move(file));
}
