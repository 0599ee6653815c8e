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
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <memory>
#include <string>

namespace frieze::ecg {

/// A file, or a pipe or device, that is written piece by piece. What was
/// written stays there whatever ends the process.
class GrowingFile {
public:
  /// Opens `path` with its first `size` bytes, which must be there; without
  /// any, it is made new. What isStream() is written to as it stands.
  static llvm::Expected<GrowingFile> open(llvm::StringRef path, uint64_t size);

  llvm::Error append(llvm::StringRef piece);

  /// Bytes up to here.
  uint64_t getSize() const { return size; }

private:
  GrowingFile(llvm::StringRef path, uint64_t size,
              std::unique_ptr<llvm::raw_fd_ostream> stream);

  std::string path;
  uint64_t size;
  std::unique_ptr<llvm::raw_fd_ostream> stream;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_GROWINGFILE_H
