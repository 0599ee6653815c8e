//===- SampleFile.h - A file that is read in ranges -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_SAMPLEFILE_H
#define FRIEZE_TOOLS_ECG_SAMPLEFILE_H

#include "tools/frieze-ecg/recordings/UnpackedBytes.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Chrono.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// A regular file that is read in ranges, by any number of threads. It is open
/// only while it is read, so that any number of recordings can wait their turn.
class SampleFile {
public:
  /// Opens `path`, or standard input for "-". Standard input, and a file whose
  /// name ends in .gz, is unpacked first, if it is packed by gzip. Of a file
  /// of which no more than the first `most` bytes are read, the rest may be
  /// left out.
  static llvm::Expected<SampleFile> open(llvm::StringRef path,
                                         uint64_t most = UINT64_MAX);

  const std::string &getPath() const { return name; }
  /// Size in bytes.
  uint64_t getSize() const { return bytes; }

  /// Fills `buffer` with the bytes from `offset` on. A file that ends before,
  /// or that was changed after open(), is an error.
  llvm::Error read(uint64_t offset,
                   llvm::MutableArrayRef<uint8_t> buffer) const;

  /// The first bytes, `most` of them or all that there are.
  llvm::Expected<std::string> readStart(uint64_t most) const;

private:
  /// What is read in place of the file, if it is packed or a pipe.
  std::shared_ptr<const UnpackedBytes> unpacked;
  std::string name;
  uint64_t bytes = 0;
  llvm::sys::TimePoint<> modified;
};

/// The lines of a text file, one after the other.
class LineReader {
public:
  /// Begins at byte `offset`, which begins a line.
  LineReader(const SampleFile &file, uint64_t offset)
      : file(file), offset(offset) {}

  /// The next line without its line end, valid until the next call; nothing
  /// behind the last.
  llvm::Expected<std::optional<llvm::StringRef>> next();

  /// Whether the last line had a line end: a file that is torn has none.
  bool hadLineEnd() const { return lineEnded; }

  /// Byte at which the next line begins.
  uint64_t getPosition() const { return offset - (buffer.size() - used); }

private:
  const SampleFile &file;
  /// Byte behind the buffer.
  uint64_t offset;
  std::vector<uint8_t> buffer;
  size_t used = 0;
  bool lineEnded = true;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_SAMPLEFILE_H
