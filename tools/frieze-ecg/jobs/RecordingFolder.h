//===- RecordingFolder.h - The recordings in a folder -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_RECORDINGFOLDER_H
#define FRIEZE_TOOLS_ECG_RECORDINGFOLDER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace frieze::ecg {

/// What `paths` name, with each folder replaced by the recordings in it and in
/// the folders in it, in the order of their names.
struct RecordingList {
  std::vector<std::string> paths;
  /// What was passed over in each folder, as `folder: note: message`.
  std::vector<std::string> notes;
};

/// Lists recordings. A WFDB record stands there once, by its header. Files that
/// are known to be something else are passed over: signals and annotations of
/// WFDB, lists of beats, documents, pictures, programs. Any other is listed, so
/// that opening it tells what is wrong. A folder without recordings is an
/// error.
llvm::Expected<RecordingList> listRecordings(llvm::ArrayRef<std::string> paths);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_RECORDINGFOLDER_H
