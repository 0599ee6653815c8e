//===- Hdf5File.h - Read access to an HDF5 file in memory -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_HDF5FILE_H
#define FRIEZE_FRONTENDS_HDF5FILE_H

#include "frontends/Hdf5Format.h"
#include "llvm/ADT/DenseMap.h"

#include <memory>

namespace frieze {

/// Read access to an HDF5 file in memory. Paths are absolute, without the
/// leading slash; the root is the empty path.
///
/// Read are groups, attributes and arrays as HDF5's library writes them unless
/// told otherwise, also chunked, shuffled and deflated. Absent seem what leads
/// out of the file (soft and external links), and what only `libver='latest'`
/// writes: groups or attributes in fractal heaps, chunks in new indices.
class Hdf5File {
public:
  static llvm::Expected<std::unique_ptr<Hdf5File>> open(std::string bytes);

  bool isGroup(llvm::StringRef path);
  bool isDataset(llvm::StringRef path);
  /// The names in group `path`, sorted.
  std::vector<std::string> getChildren(llvm::StringRef path);

  /// A string attribute of `path`.
  std::optional<std::string> getString(llvm::StringRef path,
                                       llvm::StringRef attribute);
  /// A list of strings, also where Keras stored it in parts `name0`, `name1`,
  /// ...
  std::optional<std::vector<std::string>> getStrings(llvm::StringRef path,
                                                     llvm::StringRef attribute);

  /// The shape of a dataset of floating-point numbers.
  llvm::Expected<llvm::SmallVector<int64_t>>
  getDatasetShape(llvm::StringRef path);
  /// Its elements, in float32.
  llvm::Expected<Array> readDataset(llvm::StringRef path);

private:
  using Links = std::map<std::string, uint64_t>;

  explicit Hdf5File(std::string content)
      : bytes(std::move(content)), format(bytes) {}

  std::optional<uint64_t> findObject(llvm::StringRef path);
  std::optional<hdf5::ObjectHeader> readHeader(llvm::StringRef path);
  const Links &getLinks(uint64_t group);

  const std::string bytes;
  hdf5::Format format;
  uint64_t root = 0;
  /// Of the groups that were read.
  std::map<uint64_t, Links> linksOfGroups;
};

} // namespace frieze

#endif // FRIEZE_FRONTENDS_HDF5FILE_H
