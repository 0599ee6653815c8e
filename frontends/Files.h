//===- Files.h - Reading and writing files ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_FILES_H
#define FRIEZE_FRONTENDS_FILES_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <string>
#include <utility>

namespace frieze {

/// The bytes of the file `path`, or of standard input for `-`. An error where
/// there are more than `limit`; no more than that is ever read.
llvm::Expected<std::string> readFile(llvm::StringRef path,
                                     size_t limit = size_t(1) << 31);

/// Whether `bytes` begin as such a file does.
bool isZip(llvm::StringRef bytes);
bool isHdf5(llvm::StringRef bytes);
bool isSafetensors(llvm::StringRef bytes);

enum class FileKind { Data, Executable };

/// Writes the file `path` through `write`. It appears whole or not at all, with
/// the permissions of the one that it replaces, and links to it stay. What
/// isStream() is written to as it stands. Errors do not name the file.
llvm::Error writeFile(llvm::StringRef path,
                      llvm::function_ref<void(llvm::raw_ostream &)> write,
                      FileKind kind = FileKind::Data);

/// Opens what isStream() tells, to be written piece by piece. Errors do not
/// name the file.
llvm::Expected<std::unique_ptr<llvm::raw_fd_ostream>>
openStream(llvm::StringRef path);

/// As writeFile, where `write` may fail: then no file appears, and its error is
/// part of the one returned.
llvm::Error
tryWriteFile(llvm::StringRef path,
             llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write,
             FileKind kind = FileKind::Data);

/// An error where writeFile could not even begin, to be told before the work.
llvm::Error checkWritable(llvm::StringRef path);

/// What diagnostics call the output `path`: `<stdout>` where it is `-`.
llvm::StringRef getOutputName(llvm::StringRef path);

/// Whether `path`, or what its links lead to, is a device, a pipe or an open
/// file of this process: standard output (`-`), or the like of /dev/stdout.
bool isStream(llvm::StringRef path);

/// Whether `path` is `-` or another name for standard output.
bool isStandardOutput(llvm::StringRef path);

/// A file in memory. While it lives, this process and those that it starts find
/// it at getPath().
class MemoryFile {
public:
  static llvm::Expected<MemoryFile> create(llvm::StringRef bytes = "");
  MemoryFile(MemoryFile &&other) noexcept
      : descriptor(std::exchange(other.descriptor, -1)) {}
  MemoryFile &operator=(MemoryFile &&) = delete;
  ~MemoryFile();

  std::string getPath() const;

private:
  explicit MemoryFile(int descriptor) : descriptor(descriptor) {}

  int descriptor;
};

} // namespace frieze

#endif // FRIEZE_FRONTENDS_FILES_H
