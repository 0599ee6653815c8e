//===- GrowingFile.h - A file written piece by piece ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_GROWINGFILE_H
#define FRIEZE_TOOLS_ECG_GROWINGFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace frieze::ecg {

/// A file, or a pipe or device, that is written piece by piece. What was
/// written stays there whatever ends the process.
class GrowingFile {
public:
  /// Opens `path` as it is, or makes it new. What isStream() is written to as
  /// it stands.
  static llvm::Expected<GrowingFile> open(llvm::StringRef path);

  /// Keeps the first `size` bytes, which must be there.
  llvm::Error cut(uint64_t size);

  llvm::Error append(llvm::StringRef piece);

  /// Keeps other processes from locking the file while this one lives. False if
  /// one has.
  bool lock();

  /// Bytes up to here.
  uint64_t getSize() const { return size; }

private:
  GrowingFile(llvm::StringRef path, std::optional<int> file, uint64_t size,
              std::unique_ptr<llvm::raw_fd_ostream> stream);

  std::string path;
  /// None of a stream.
  std::optional<int> file;
  uint64_t size;
  std::unique_ptr<llvm::raw_fd_ostream> stream;
  /// Ends before the stream.
  std::optional<llvm::sys::fs::FileLocker> locker;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_GROWINGFILE_H
