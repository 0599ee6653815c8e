//===- References.cpp - Beats that recordings come with ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/References.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

Error References::read(ArrayRef<std::string> files,
                       ArrayRef<std::string> records) {
  Error problems = Error::success();
  for (const std::string &file : files)
    problems = joinErrors(std::move(problems), catalog.add(file));
  std::vector<std::string> keys;
  for (const std::string &record : records)
    keys.push_back(getRecordKey(record));
  matches = matchRecords(keys, catalog.getKeys());
  paths = records;
  return problems;
}

std::vector<std::string> References::getFiles() const {
  std::vector<std::string> files;
  for (const BeatPositions &beats : catalog.getBeats())
    files.push_back(beats.file);
  return files;
}

Expected<Reference> References::find(size_t index,
                                     const Recording &recording) const {
  StringRef path = paths[index];
  const RecordMatch &match = matches[index];
  if (!match.index)
    return fileError(
        path, (match.isAmbiguous ? "several records are called '"
                                 : "no reference beats for record '") +
                  recording.name +
                  (match.isAmbiguous ? "', and folders do not tell which has "
                                       "which reference beats"
                                     : "'"));
  const BeatPositions &beats = catalog.getBeats()[*match.index];
  std::optional<double> rate =
      findRate(beats, {recording.rate, recording.frameRate}, std::nullopt);
  if (!rate)
    return fileError(beats.file,
                     "tells no rate, and the signals of record '" +
                         recording.name +
                         "' have several: compare with frieze-ecg compare "
                         "--rate=HZ");
  // Frames and samples could be taken for each other.
  if (!beats.rate &&
      (beats.countsFrames ? !recording.hasFrames
                          : recording.frameRate != recording.rate))
    errs() << beats.file << ": note: tells no rate, its beats are taken to "
           << "count samples of the lead, at " << formatNumber(*rate)
           << " Hz\n";
  // Half a sample more, as beats of another rate are rounded.
  if (!beats.beats.empty() &&
      beats.beats.back() / *rate > (recording.length + 0.5) / recording.rate)
    return fileError(path, "the reference has a beat at sample " +
                               Twine(beats.beats.back()) + " of " +
                               formatNumber(*rate) +
                               " Hz, the recording ends at " +
                               formatNumber(recording.getDuration()) + " s");
  return Reference{&beats, *rate};
}
