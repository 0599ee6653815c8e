//===- Recording.cpp - One lead of an ECG recording -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Recording.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cmath>

using namespace llvm;

namespace frieze::ecg {

/// Electrode offsets reach 300 mV; more is another unit, such as raw counts of
/// a converter, and would be scored as if it were millivolts.
static constexpr float maxMillivolts = 500;

static constexpr StringLiteral extensions[] = {".hea", ".csv", ".txt"};

std::string recordName(StringRef path) {
  StringRef name = sys::path::filename(path);
  // Only known extensions: a WFDB record may be called "p1.night".
  for (StringRef extension : extensions)
    if (name.size() > extension.size() && name.ends_with_insensitive(extension))
      return name.drop_back(extension.size()).str();
  return name.str();
}

Expected<size_t> findLead(StringRef path, ArrayRef<std::string> leads,
                          StringRef wanted) {
  if (wanted.empty())
    return 0;
  auto sameName = [&](StringRef lead) { return lead == wanted; };
  if (size_t count = count_if(leads, sameName)) {
    if (count > 1)
      return fileError(path, Twine(count) + " leads are named '" + wanted +
                                 "', give the number of one, from 0");
    return find_if(leads, sameName) - leads.begin();
  }
  std::optional<int64_t> number = parseInteger(wanted);
  if (number && *number >= 0 && uint64_t(*number) < leads.size())
    return *number;
  return fileError(path, "no lead '" + wanted + "', found " +
                             join(leads.take_front(20), ", "));
}

static Expected<Recording> readFormat(StringRef path,
                                      const RecordingOptions &options) {
  if (path.ends_with_insensitive(".hea"))
    return readWFDB(path, options);
  if (path.ends_with_insensitive(".csv") || path.ends_with_insensitive(".txt"))
    return readCSV(path, options);
  std::string header = (path + ".hea").str();
  if (sys::fs::exists(header))
    return readWFDB(header, options);
  if (!sys::fs::exists(path))
    return fileError(path, "no such file, nor " + sys::path::filename(header));
  return fileError(path, "not a recording that can be read: expected the name "
                         "or header (.hea) of a WFDB record, or .csv");
}

Expected<Recording> readRecording(StringRef path,
                                  const RecordingOptions &options) {
  Expected<Recording> recording = readFormat(path, options);
  if (!recording)
    return recording;
  recording->name = recordName(path);
  if (recording->samples.empty())
    return fileError(path, "the recording has no samples");
  for (auto [position, sample] : enumerate(recording->samples)) {
    if (!std::isfinite(sample))
      return fileError(path, "sample " + Twine(position) + " of lead '" +
                                 recording->lead +
                                 "' is missing or not finite");
    if (std::abs(sample) > maxMillivolts)
      return fileError(path, "samples must be millivolts, found " +
                                 Twine(std::lround(std::min(sample, 1e9f))) +
                                 " at sample " + Twine(position));
  }
  return recording;
}

} // namespace frieze::ecg
