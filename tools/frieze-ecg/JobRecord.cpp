//===- JobRecord.cpp - A record that a job is at work on --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/JobRecord.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace frieze::ecg;

void JobRecord::open(StringRef from, const RecordingOptions &options) {
  path = from.str();
  Expected<std::unique_ptr<Recording>> opened = openRecording(path, options);
  if (opened)
    recording = std::move(*opened);
  else
    problem = toString(opened.takeError());
}

void JobRecord::takeBeats(std::vector<Beat> beats) {
  list = {recording->name,   recording->lead,  recording->rate,
          recording->length, std::move(beats), recording->gaps};
}

void frieze::ecg::findBeats(
    ArrayRef<JobRecord *> records,
    function_ref<
        std::vector<Expected<std::vector<Beat>>>(ArrayRef<const Recording *>)>
        detect) {
  std::vector<const Recording *> recordings;
  std::vector<JobRecord *> opened;
  for (JobRecord *record : records)
    if (record->recording) {
      recordings.push_back(record->recording.get());
      opened.push_back(record);
    }
  for (auto [record, found] : zip_equal(opened, detect(recordings))) {
    if (found)
      record->takeBeats(std::move(*found));
    else
      record->problem = toString(found.takeError());
  }
}
