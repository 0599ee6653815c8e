//===- Files.h - Bytes of files and of archive members ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_FILES_H
#define FRIEZE_FRONTENDS_FILES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

struct zip;

namespace frieze {

/// The bytes of the file `path`, or of standard input for `-`. An error where
/// there are more than `limit`; no more than that is ever read.
llvm::Expected<std::string> readFile(llvm::StringRef path,
                                     size_t limit = size_t(1) << 31);

/// Writes the file `path`, or standard output for `-`. A regular file appears
/// whole or not at all.
llvm::Error writeFile(llvm::StringRef path, llvm::StringRef bytes);

/// Whether `bytes` begin as such a file does.
bool isZip(llvm::StringRef bytes);
bool isHdf5(llvm::StringRef bytes);
bool isSafetensors(llvm::StringRef bytes);

/// Read access to the members of a zip archive in memory.
class ZipArchive {
public:
  /// `bytes` must outlive the archive.
  static llvm::Expected<ZipArchive> open(llvm::StringRef bytes);

  /// The names of the members in the archive's order.
  std::vector<std::string> getNames() const;
  bool contains(llvm::StringRef name) const;
  /// The bytes of a member. An error where there are more than `limit`, or far
  /// more than a member of its compressed size could honestly hold.
  llvm::Expected<std::string> read(llvm::StringRef name, size_t limit) const;

private:
  struct Closer {
    void operator()(zip *archive) const;
  };
  explicit ZipArchive(zip *archive) : archive(archive) {}

  std::unique_ptr<zip, Closer> archive;
};

/// A zip archive of members (name and bytes), stored uncompressed. Equal
/// members give equal bytes.
llvm::Expected<std::string>
formatZip(llvm::ArrayRef<std::pair<std::string, std::string>> members);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_FILES_H
