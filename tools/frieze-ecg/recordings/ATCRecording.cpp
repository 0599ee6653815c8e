//===- ATCRecording.cpp - ECGs of AliveCor's Kardia -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// AliveCor's ATC file format specification 1.7: a signature and a version, then
// blocks of a name, the length of their data, the data, and the sum of all
// these bytes. Numbers have their low byte first.
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Calibration.h"
#include "tools/frieze-ecg/recordings/StoredSamples.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"

#include <numeric>

using namespace llvm;
using namespace llvm::support;
using namespace frieze;
using namespace frieze::ecg;

/// Minutes of twelve leads have a hundredth of this.
static constexpr uint64_t mostBytes = 256 << 20;
static constexpr size_t signatureBytes = 12, nameBytes = 4, numberBytes = 4;
static constexpr unsigned firstVersion = 2, lastVersion = 5;
static constexpr size_t sampleBytes = 2;

/// The lead of a block of samples; empty for other blocks.
static StringRef findLeadName(StringRef block) {
  return StringSwitch<StringRef>(block)
      .Case("ecg ", "I")
      .Case("ecg2", "II")
      .Case("ecg3", "III")
      .Case("ecg4", "aVR")
      .Case("ecg5", "aVL")
      .Case("ecg6", "aVF")
      .Case("ecg7", "V1")
      .Case("ecg8", "V2")
      .Case("ecg9", "V3")
      .Case("ecga", "V4")
      .Case("ecgb", "V5")
      .Case("ecgc", "V6")
      .Default("");
}

/// Whether a block has something else: notes, beats that the app found, mean
/// and median beats of leads, the movement of the device.
static bool isOther(StringRef block) {
  return block == "info" || block == "ann " || block == "acc " ||
         block.starts_with("avg") || block.starts_with("med");
}

namespace {

class ATCReader {
public:
  ATCReader(StringRef path, StringRef bytes, const RecordingOptions &options)
      : path(path), bytes(bytes), options(options) {}

  Error read() {
    if (!bytes.starts_with(StringRef("ALIVE\0\0\0", 8)) ||
        bytes.size() < signatureBytes)
      return fileError(path, "not an ECG of Kardia: expects 'ALIVE' at its "
                             "start");
    const uint32_t version = getLong(8);
    if (version < firstVersion || version > lastVersion)
      return fileError(path, "expects version " + Twine(firstVersion) + " to " +
                                 Twine(lastVersion) +
                                 " of the format, but "
                                 "got " +
                                 Twine(version));
    for (size_t at = signatureBytes; at < bytes.size();)
      if (Error error = takeBlock(at))
        return error;
    if (rate == 0 || leads.empty())
      return fileError(
          path, rate == 0 ? "truncated: expects a block 'fmt ' with rate "
                            "and resolution"
                          : "truncated: expects a block 'ecg ' with "
                            "samples");
    if (any_of(counts, [&](uint64_t count) { return count != counts[0]; }))
      return fileError(path, "expects all leads to have as many samples");
    return Error::success();
  }

  Expected<std::unique_ptr<Recording>> open(SampleFile input) {
    Expected<LeadChoice> choice = chooseLead(path, leads, options.lead);
    if (!choice)
      return choice.takeError();
    const Lead &lead = leads[choice->index];
    if (Expected<Calibration> found = calibrate(path, lead, options); !found)
      return found.takeError();
    if (Error error = checkRate(path, options, rate))
      return error;
    auto recording = std::make_unique<StoredSamples>(
        std::move(input),
        StoredSamples::Layout{offsets[choice->index], sampleBytes, nanovolts});
    recording->rate = rate;
    recording->frameRate = rate;
    recording->length = counts[choice->index];
    recording->setLead(*choice, lead.label);
    return recording;
  }

private:
  uint32_t getLong(size_t at) const {
    return endian::read32le(bytes.data() + at);
  }
  uint32_t getShort(size_t at) const {
    return endian::read16le(bytes.data() + at);
  }

  /// Takes the block at byte `at`, and moves it behind.
  Error takeBlock(size_t &at) {
    constexpr size_t head = nameBytes + numberBytes;
    auto truncated = [&] {
      return fileError(path, "truncated: the block at byte " + Twine(at) +
                                 " ends behind the file");
    };
    if (bytes.size() - at < head)
      return truncated();
    StringRef name = bytes.substr(at, nameBytes);
    const uint64_t size = getLong(at + nameBytes);
    if (bytes.size() - at - head < size + numberBytes)
      return truncated();
    StringRef block = bytes.substr(at, head + size);
    const uint32_t sum =
        std::accumulate(block.bytes_begin(), block.bytes_end(), uint32_t(0));
    if (!options.ignoreChecksum && sum != getLong(at + head + size))
      return fileError(path, "checksum of block '" + decodeText(name) +
                                 "' does not match: it is damaged "
                                 "(--ignore-checksum reads the file all the "
                                 "same)");
    if (Error error = takeData(name, at + head, size))
      return error;
    at += head + size + numberBytes;
    return Error::success();
  }

  Error takeData(StringRef name, size_t at, size_t size) {
    if (name == "fmt ")
      return takeFormat(at, size);
    StringRef lead = findLeadName(name);
    if (lead.empty() && !isOther(name))
      return fileError(path, "expects the blocks of version 1.7 of the format, "
                             "but got '" +
                                 decodeText(name) + "'");
    if (lead.empty())
      return Error::success();
    if (any_of(leads, [&](const Lead &other) { return other.label == lead; }))
      return fileError(path, "two blocks have lead '" + lead + "'");
    if (size % sampleBytes)
      return fileError(path, "lead '" + lead +
                                 "': expects samples of 2 bytes, but got " +
                                 Twine(size) + " bytes");
    leads.push_back({lead.str(), "mV"});
    offsets.push_back(at);
    counts.push_back(size / sampleBytes);
    return Error::success();
  }

  /// Format, rate, resolution, and filters that were applied.
  Error takeFormat(size_t at, size_t size) {
    constexpr size_t formatBytes = 8;
    if (size != formatBytes || bytes[at] != 1)
      return fileError(path, "expects a block 'fmt ' of samples of 16 bits");
    rate = getShort(at + 1);
    nanovolts = getShort(at + 3);
    if (rate == 0 || nanovolts == 0)
      return fileError(path, "expects a rate and a resolution above zero, but "
                             "got " +
                                 formatNumber(rate) + " Hz and " +
                                 formatNumber(nanovolts) + " nV");
    return Error::success();
  }

  StringRef path, bytes;
  const RecordingOptions &options;
  double rate = 0, nanovolts = 0;
  /// Of each block of samples its lead, the byte where they begin, and how many
  /// there are.
  std::vector<Lead> leads;
  std::vector<uint64_t> offsets, counts;
};

} // namespace

Expected<std::unique_ptr<Recording>>
frieze::ecg::openATC(SampleFile file, const RecordingOptions &options) {
  const std::string path = file.getPath();
  if (file.getSize() > mostBytes)
    return fileError(path, "expects an ECG of at most " +
                               Twine(mostBytes >> 20) + " MiB, but got " +
                               Twine(file.getSize()) + " bytes");
  Expected<std::string> bytes = file.readStart(mostBytes);
  if (!bytes)
    return bytes.takeError();
  ATCReader reader(path, *bytes, options);
  if (Error error = reader.read())
    return error;
  return reader.open(std::move(file));
}
