//===- JobRecord.h - A record that a job is at work on ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_JOBRECORD_H
#define FRIEZE_TOOLS_ECG_JOBRECORD_H

#include "tools/frieze-ecg/beats/BeatFile.h"
#include "tools/frieze-ecg/detection/Detection.h"
#include "tools/frieze-ecg/recordings/Recording.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>
#include <vector>

namespace frieze::ecg {

/// A record, and what is found in it.
struct JobRecord {
  std::string path;
  /// Null if the record cannot be read.
  std::unique_ptr<Recording> recording;
  /// What went wrong with it, mostly "".
  std::string problem;
  BeatList list;

  /// Opens the record at `from`, which reads it once.
  void open(llvm::StringRef from, const RecordingOptions &options);
  /// Takes the beats of the recording.
  void takeBeats(std::vector<Beat> beats);
};

/// Opens the records at `paths`, several at once.
template <typename RecordT>
std::vector<RecordT> openRecords(unsigned threads,
                                 llvm::ArrayRef<std::string> paths,
                                 const RecordingOptions &options) {
  std::vector<RecordT> records(paths.size());
  forEachParallel(threads, paths.size(),
                  [&](size_t i) { records[i].open(paths[i], options); });
  return records;
}

/// Gives those records that are open the beats that `detect` finds in them, as
/// detectBeats() does.
void findBeats(
    llvm::ArrayRef<JobRecord *> records,
    llvm::function_ref<std::vector<llvm::Expected<std::vector<Beat>>>(
        llvm::ArrayRef<const Recording *>)>
        detect);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_JOBRECORD_H
