//===- Journal.h - How far a job has got ------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_JOURNAL_H
#define FRIEZE_TOOLS_ECG_JOURNAL_H

#include "tools/frieze-ecg/beats/Agreement.h"
#include "tools/frieze-ecg/jobs/GrowingFile.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// What became of one record of a job.
struct JobEntry {
  /// Why it has no list of beats, or "".
  std::string problem;
  /// Whether something else was wrong with it, which was told.
  bool isFlawed = false;
  /// Its beats, and its length in seconds.
  uint64_t beats = 0;
  double duration = 0;
  /// With its reference, if it has one.
  std::optional<Agreement> agreement;
  /// Bytes of the output up to here.
  uint64_t outputSize = 0;
};

/// A file with the entries of a job that is not through, in the order of its
/// records: what is in it need not be done again.
class Journal {
public:
  /// Opens the journal `path` of the job with this identity, which tells the
  /// same job from others. Without `resume` it must not be there yet, as it
  /// would be lost; with it, it goes on with the entries that are whole.
  static llvm::Expected<Journal> open(llvm::StringRef path,
                                      llvm::StringRef identity, bool resume);

  /// The entries that were there.
  const std::vector<JobEntry> &getEntries() const { return entries; }

  llvm::Error add(const JobEntry &entry);

  /// Removes the file, as the job is through.
  llvm::Error remove();

private:
  Journal(llvm::StringRef path, GrowingFile file, std::vector<JobEntry> entries)
      : path(path), file(std::move(file)), entries(std::move(entries)) {}

  std::string path;
  GrowingFile file;
  std::vector<JobEntry> entries;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_JOURNAL_H
