//===- ZipArchive.h - Members of zip archives -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ZIPARCHIVE_H
#define FRIEZE_FRONTENDS_ZIPARCHIVE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

struct zip;

namespace frieze {

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
  ZipArchive(zip *archive, uint64_t size) : archive(archive), size(size) {}

  std::unique_ptr<zip, Closer> archive;
  /// Of the whole archive.
  uint64_t size;
};

/// A zip archive of members (name and bytes), stored uncompressed. Equal
/// members give equal bytes.
llvm::Expected<std::string>
formatZip(llvm::ArrayRef<std::pair<std::string, std::string>> members);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_ZIPARCHIVE_H
