//===- References.h - Beats that recordings come with -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_REFERENCES_H
#define FRIEZE_TOOLS_ECG_REFERENCES_H

#include "tools/frieze-ecg/beats/BeatCatalog.h"
#include "tools/frieze-ecg/beats/RecordNames.h"
#include "tools/frieze-ecg/recordings/Recording.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace frieze::ecg {

/// The beats of one recording, and how many of their positions a second has.
struct Reference {
  const BeatPositions *beats;
  double rate;
};

/// Beats that files and folders list of the recordings of a job.
class References {
public:
  /// Reads what is named. What cannot be read is told, and the rest is there.
  llvm::Error read(llvm::ArrayRef<std::string> paths,
                   llvm::ArrayRef<std::string> records);

  /// Every file that was read.
  std::vector<std::string> getFiles() const;

  /// The beats of record number `index`. An error if there are none, or if they
  /// do not fit it; a note tells where frames and samples could be taken for
  /// each other.
  llvm::Expected<Reference> find(size_t index,
                                 const Recording &recording) const;

private:
  BeatCatalog catalog;
  std::vector<std::string> paths;
  /// Of each record, which of the catalog it is.
  std::vector<RecordMatch> matches;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_REFERENCES_H
