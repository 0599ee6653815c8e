//===- BeatCatalog.h - Beats of many records --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BEATCATALOG_H
#define FRIEZE_TOOLS_ECG_BEATCATALOG_H

#include "tools/frieze-ecg/beats/BeatFile.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace frieze::ecg {

/// The beats of the records that files and folders list.
class BeatCatalog {
public:
  /// Adds the beats of a file, as readBeats() reads it, or of every file in a
  /// folder and the folders in it: of the annotation files (.atr), or where
  /// there is none, of those of CSV and JSON. What cannot be read is told, and
  /// the rest added; a record that is there already is an error too.
  llvm::Error add(llvm::StringRef path);

  /// What tells the records apart: for matchRecords().
  llvm::ArrayRef<std::string> getKeys() const { return keys; }
  /// In the order of the keys.
  llvm::ArrayRef<BeatPositions> getBeats() const { return beats; }

private:
  llvm::Error addFile(llvm::StringRef path);

  std::vector<std::string> keys;
  llvm::StringSet<> known;
  std::vector<BeatPositions> beats;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BEATCATALOG_H
