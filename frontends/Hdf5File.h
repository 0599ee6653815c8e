//===- Hdf5File.h - Read access to an HDF5 file in memory -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_HDF5FILE_H
#define FRIEZE_FRONTENDS_HDF5FILE_H

#include "frontends/Array.h"

#include <memory>

namespace frieze {

/// Read access to an HDF5 file in memory. Paths are absolute, without the
/// leading slash; the root is the empty path. What reaches beyond the file
/// (external links, external or virtual storage, filter plugins) is treated as
/// absent or damaged.
class Hdf5File {
public:
  static llvm::Expected<std::unique_ptr<Hdf5File>> open(llvm::StringRef bytes);
  ~Hdf5File();
  Hdf5File(const Hdf5File &) = delete;
  Hdf5File &operator=(const Hdf5File &) = delete;

  bool isGroup(llvm::StringRef path) const;
  bool isDataset(llvm::StringRef path) const;
  /// The names of the groups and datasets in group `path`, sorted.
  std::vector<std::string> getChildren(llvm::StringRef path) const;

  /// A string attribute of `path`.
  std::optional<std::string> getString(llvm::StringRef path,
                                       llvm::StringRef attribute) const;
  /// A list of strings, also where it was stored in parts `name0`, `name1`, ...
  std::optional<std::vector<std::string>>
  getStrings(llvm::StringRef path, llvm::StringRef attribute) const;

  /// The shape of a dataset of floating-point numbers.
  llvm::Expected<llvm::SmallVector<int64_t>>
  getDatasetShape(llvm::StringRef path) const;
  /// Its elements, in float32.
  llvm::Expected<Array> readDataset(llvm::StringRef path) const;

private:
  Hdf5File(int64_t file, size_t size) : file(file), size(size) {}

  int64_t file;
  size_t size;
};

} // namespace frieze

#endif // FRIEZE_FRONTENDS_HDF5FILE_H
