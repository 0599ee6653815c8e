//===- BeatFile.h - Lists of beats in files ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BEATFILE_H
#define FRIEZE_TOOLS_ECG_BEATFILE_H

#include "tools/frieze-ecg/BeatDetector.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace frieze::ecg {

/// The beats of one recording.
struct BeatList {
  /// Name of the recording.
  std::string record;
  /// Its sampling rate, Hz.
  double rate = 0;
  std::vector<Beat> beats;
};

/// Writes CSV with the columns record, sample (from 0), time_s and score.
void writeBeatsCSV(llvm::raw_ostream &stream, llvm::ArrayRef<BeatList> lists);

/// Reads the columns record and sample of a CSV file with a header line: the
/// positions of each record, ascending.
llvm::Expected<llvm::StringMap<std::vector<size_t>>>
readBeatsCSV(llvm::StringRef path);

/// Writes `path` whole or not at all. "-" is standard output; what exists and
/// is no regular file, such as /dev/null, is written directly.
llvm::Error writeWholeFile(llvm::StringRef path,
                           llvm::function_ref<void(llvm::raw_ostream &)> write);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BEATFILE_H
