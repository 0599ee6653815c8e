//===- WFDBRecording.cpp - WFDB records -------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Recording.h"
#include "tools/frieze-ecg/recordings/Text.h"
#include "tools/frieze-ecg/recordings/WFDBSignalFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <limits>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

namespace {

/// A record is its segments, one after the other; most have one.
class WFDBRecording : public Recording {
public:
  Error read(uint64_t first, MutableArrayRef<float> samples) const override {
    auto segment = partition_point(
        segments, [&](const Segment &s) { return s.first + s.count <= first; });
    for (; !samples.empty(); ++segment) {
      size_t count = std::min<uint64_t>(
          samples.size(), segment->first + segment->count - first);
      MutableArrayRef<float> part = samples.take_front(count);
      if (!segment->file)
        std::fill(part.begin(), part.end(),
                  std::numeric_limits<float>::quiet_NaN());
      else if (Error error = segment->file->read(first - segment->first, part))
        return error;
      first += count;
      samples = samples.drop_front(count);
    }
    return Error::success();
  }

  /// Appends a segment; without a file, its samples are missing.
  void append(uint64_t count, std::optional<WFDBSignalFile> file) {
    if (file && !file->getWarning().empty())
      warnings.push_back(file->getWarning());
    if (file) {
      files.push_back(file->getPath());
      unit = file->getUnit();
    } else if (count)
      unrecorded.push_back({length, count});
    segments.push_back({length, count, std::move(file)});
    length += count;
  }

private:
  struct Segment {
    uint64_t first, count;
    std::optional<WFDBSignalFile> file;
  };
  std::vector<Segment> segments;
};

} // namespace

static Expected<LeadChoice> findSignal(StringRef path, const WFDBHeader &header,
                                       StringRef wanted) {
  std::vector<Lead> leads;
  for (const WFDBSignal &signal : header.signals)
    leads.push_back({signal.name, signal.unit});
  return chooseLead(path, leads, wanted);
}

/// What a record has of its lead, and what had to be assumed of it.
static void describeLead(StringRef headerPath, const WFDBHeader &header,
                         const WFDBSignal &signal, const LeadChoice &choice,
                         const RecordingOptions &options,
                         WFDBRecording &recording) {
  constexpr double defaultRate = 250; // of the format
  std::vector<std::string> &warnings = recording.warnings;
  recording.setLead(choice, signal.name);
  if (!header.rate && !options.rate)
    warnings.push_back((headerPath +
                        ": note: tells no rate, for which the format has 250 "
                        "frames a second; --rate says otherwise")
                           .str());
  if (!signal.isCalibrated && !options.gain)
    warnings.push_back((headerPath + ": note: lead '" + signal.name +
                        "' is not calibrated, " + formatNumber(signal.gain) +
                        " units are taken for 1 " + signal.unit)
                           .str());
  for (const WFDBSignal &other : header.signals)
    if (&other != &signal && !other.problem.empty())
      warnings.push_back((headerPath + ": warning: " + other.problem +
                          "; the signal is not scanned")
                             .str());
  recording.setStart(headerPath, header.time, header.date);
  recording.hasFrames = true;
  recording.frameRate = header.rate    ? *header.rate
                        : options.rate ? *options.rate / signal.samplesPerFrame
                                       : defaultRate;
  recording.rate = *recording.frameRate * signal.samplesPerFrame;
}

namespace {

/// Opens the segments of a record in several.
class SegmentOpener {
public:
  SegmentOpener(StringRef headerPath, const WFDBHeader &header,
                const RecordingOptions &options)
      : headerPath(headerPath), header(header), options(options) {}

  Expected<std::unique_ptr<Recording>> open() {
    auto recording = std::make_unique<WFDBRecording>();
    if (Error error = chooseSignal())
      return error;
    describeLead(headerPath, header, chosen, choice, options, *recording);
    for (const WFDBSegment &segment : header.segments) {
      if (segment.name == "~" || segment.frames == 0)
        recording->append(segment.frames * chosen.samplesPerFrame, {});
      else if (Error error = append(segment, *recording))
        return error;
    }
    return recording;
  }

private:
  Expected<WFDBHeader> readSegmentHeader(const WFDBSegment &segment,
                                         SmallString<256> &path) {
    path = sys::path::parent_path(headerPath);
    sys::path::append(path, segment.name + ".hea");
    Expected<WFDBHeader> result = readWFDBHeader(path);
    if (result && !result->segments.empty())
      return fileError(path, "expects a segment without segments, but got " +
                                 Twine(result->segments.size()));
    return result;
  }

  /// Finds the signal in the first segment. In a variable layout that one is
  /// empty and lists all signals, of which each segment has some; else all
  /// segments have the same ones.
  Error chooseSignal() {
    auto first = find_if(header.segments,
                         [](const WFDBSegment &s) { return s.name != "~"; });
    if (first == header.segments.end())
      return fileError(headerPath, "no segment has samples");
    isVariable = first->frames == 0;
    SmallString<256> path;
    Expected<WFDBHeader> signals = readSegmentHeader(*first, path);
    if (!signals)
      return signals.takeError();
    Expected<LeadChoice> found = findSignal(path, *signals, options.lead);
    if (!found)
      return found.takeError();
    choice = *found;
    chosen = signals->signals[choice.index];
    return isVariable ? checkName(path, *signals) : Error::success();
  }

  /// In a variable layout the name alone tells a signal from others.
  Error checkName(StringRef path, const WFDBHeader &signals) {
    size_t count = count_if(signals.signals, [&](const WFDBSignal &signal) {
      return signal.name == chosen.name;
    });
    if (count < 2)
      return Error::success();
    return fileError(path, Twine(count) + " signals are named '" + chosen.name +
                               "', which does not tell them apart in the "
                               "segments: choose another with --lead");
  }

  Error append(const WFDBSegment &segment, WFDBRecording &recording) {
    SmallString<256> path;
    Expected<WFDBHeader> signals = readSegmentHeader(segment, path);
    if (!signals)
      return signals.takeError();
    size_t signal = choice.index;
    if (isVariable) {
      if (Error error = checkName(path, *signals))
        return error;
      signal =
          find_if(signals->signals,
                  [&](const WFDBSignal &s) { return s.name == chosen.name; }) -
          signals->signals.begin();
    }
    if (signal >= signals->signals.size()) {
      if (!isVariable)
        return fileError(path, "expects signal " + Twine(choice.index) +
                                   ", but got " +
                                   Twine(signals->signals.size()) + " signals");
      recording.append(segment.frames * chosen.samplesPerFrame, {});
      return Error::success();
    }
    const WFDBSignal &found = signals->signals[signal];
    if (found.name != chosen.name)
      return fileError(path, "expects signal " + Twine(choice.index) +
                                 " to be '" + chosen.name + "', but got '" +
                                 found.name + "'");
    if (found.samplesPerFrame != chosen.samplesPerFrame ||
        signals->rate != header.rate)
      return fileError(path, "expects all segments to have one sampling rate");
    if (signals->frames.value_or(segment.frames) != segment.frames)
      return fileError(path, "expects " + Twine(segment.frames) +
                                 " samples, but got " +
                                 Twine(*signals->frames));
    signals->frames = segment.frames;
    Expected<WFDBSignalFile> file =
        WFDBSignalFile::open(path, *signals, signal, options);
    if (!file)
      return file.takeError();
    recording.append(file->getLength(), std::move(*file));
    return Error::success();
  }

  StringRef headerPath;
  const WFDBHeader &header;
  const RecordingOptions &options;
  bool isVariable = false;
  /// The signal that is read, and its place in the first segment.
  WFDBSignal chosen;
  LeadChoice choice = {0, {}};
};

} // namespace

static Expected<std::unique_ptr<Recording>>
openSignals(StringRef headerPath, const WFDBHeader &header,
            const RecordingOptions &options) {
  Expected<LeadChoice> choice = findSignal(headerPath, header, options.lead);
  if (!choice)
    return choice.takeError();
  Expected<WFDBSignalFile> file =
      WFDBSignalFile::open(headerPath, header, choice->index, options);
  if (!file)
    return file.takeError();
  auto recording = std::make_unique<WFDBRecording>();
  describeLead(headerPath, header, header.signals[choice->index], *choice,
               options, *recording);
  recording->append(file->getLength(), std::move(*file));
  return recording;
}

Expected<std::unique_ptr<Recording>>
frieze::ecg::openWFDB(StringRef headerPath, const RecordingOptions &options) {
  Expected<WFDBHeader> header = readWFDBHeader(headerPath);
  if (!header)
    return header.takeError();
  Expected<std::unique_ptr<Recording>> recording =
      header->segments.empty()
          ? openSignals(headerPath, *header, options)
          : SegmentOpener(headerPath, *header, options).open();
  if (!recording)
    return recording;
  (*recording)->files.push_back(headerPath.str());
  if (Error error = checkRate(headerPath, options, (*recording)->rate))
    return error;
  return recording;
}

Expected<std::unique_ptr<Recording>>
frieze::ecg::openWFDBSignals(StringRef path, const RecordingOptions &options) {
  if (!sys::fs::exists(path))
    return fileError(path, "no such file");
  SmallString<256> headerPath(dropGzip(path));
  sys::path::replace_extension(headerPath, ".hea");
  StringRef name = sys::path::filename(headerPath);
  if (!sys::fs::exists(headerPath))
    return fileError(path, "expects its header " + name +
                               " beside it, which tells rate and gain, but "
                               "found none: give the header (.hea) of its "
                               "record");
  Expected<WFDBHeader> header = readWFDBHeader(headerPath);
  if (!header)
    return header.takeError();
  if (none_of(header->signals, [&](const WFDBSignal &signal) {
        return signal.file == sys::path::filename(dropGzip(path));
      }))
    return fileError(
        path, "expects its header " + name +
                  " beside it to name it, but it does not: give the header "
                  "(.hea) of its record");
  return openWFDB(headerPath, options);
}
