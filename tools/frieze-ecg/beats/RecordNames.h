//===- RecordNames.h - Which record is which --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_RECORDNAMES_H
#define FRIEZE_TOOLS_ECG_RECORDNAMES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// What tells a recording from others: its path without dots and without the
/// extension of a recording. The last part is the name of the record.
std::string getRecordKey(llvm::StringRef path);

/// The name of the record with this key.
llvm::StringRef getKeyName(llvm::StringRef key);

/// Which of some other records a record is.
struct RecordMatch {
  /// None if there is none of its name, or if it cannot be told.
  std::optional<size_t> index;
  /// Whether there are some of its name, and folders do not tell which.
  bool isAmbiguous = false;
};

/// Which of `others` each of `keys` is: the one of the same name. Where several
/// records on one side have that name, as many folders before it must be the
/// same as tell them apart. No two keys are given the same.
std::vector<RecordMatch> matchRecords(llvm::ArrayRef<std::string> keys,
                                      llvm::ArrayRef<std::string> others);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_RECORDNAMES_H
