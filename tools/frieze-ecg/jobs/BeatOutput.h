//===- BeatOutput.h - Where a job writes its beats --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BEATOUTPUT_H
#define FRIEZE_TOOLS_ECG_BEATOUTPUT_H

#include "tools/frieze-ecg/beats/BeatFile.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <string>

namespace frieze::ecg {

/// Takes the lists of a job's records, one after the other in their order, and
/// writes each before it takes the next.
class BeatOutput {
public:
  virtual ~BeatOutput() = default;

  /// Takes the list of record number `index`.
  virtual llvm::Error add(size_t index, const BeatList &list) = 0;

  /// Writes what stands behind the last list.
  virtual llvm::Error finish() { return llvm::Error::success(); }

  /// Bytes of a file of many lists up to here.
  virtual uint64_t getSize() const { return 0; }
};

/// Whether `path` is a folder for the lists: it is there, or ends as one.
bool isOutputFolder(llvm::StringRef path);

/// The output `path`: a folder with a file for each record, in folders as the
/// records are, below the last one that holds them all; a file of one record,
/// which appears whole; or one of many, which grows. What must not be replaced
/// is an error, before anything is written.
///
/// written: how much of it a job wrote before it was cut off, and goes on with;
/// nothing for a new job. 0 is a job that had no list yet.
llvm::Expected<std::unique_ptr<BeatOutput>>
createBeatOutput(llvm::StringRef path, const BeatFileLayout &layout,
                 llvm::ArrayRef<std::string> records,
                 std::optional<uint64_t> written);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BEATOUTPUT_H
