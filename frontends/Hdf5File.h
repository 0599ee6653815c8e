//===- Hdf5File.h - Read access to an HDF5 file in memory -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_HDF5FILE_H
#define FRIEZE_FRONTENDS_HDF5FILE_H

#include "frontends/Array.h"
#include "frontends/Hdf5Process.h"

#include <map>
#include <memory>

namespace frieze {

/// Read access to an HDF5 file in memory. Paths are absolute, without the
/// leading slash; the root is the empty path.
///
/// The HDF5 library reads the file, but in a child process (Hdf5Process): on a
/// damaged file it may run beyond its buffers, or without end, and model files
/// come from strangers. The child describes all groups, datasets and string
/// attributes at once, and sends the elements of a dataset on demand. What it
/// sends is checked as any other input; where it crashes or hangs, the file is
/// damaged. Absent seem soft and external links, which may lead out of the
/// file.
class Hdf5File {
public:
  static llvm::Expected<std::unique_ptr<Hdf5File>> open(llvm::StringRef bytes);

  bool isGroup(llvm::StringRef path) const;
  bool isDataset(llvm::StringRef path) const;
  /// The names in group `path`, sorted.
  std::vector<std::string> getChildren(llvm::StringRef path) const;

  /// A string attribute of `path`.
  std::optional<std::string> getString(llvm::StringRef path,
                                       llvm::StringRef attribute) const;
  /// A list of strings, also where Keras stored it in parts `name0`, `name1`,
  /// ...
  std::optional<std::vector<std::string>>
  getStrings(llvm::StringRef path, llvm::StringRef attribute) const;

  /// The shape of a dataset of floating-point numbers.
  llvm::Expected<llvm::SmallVector<int64_t>>
  getDatasetShape(llvm::StringRef path) const;
  /// Its elements, each as it is stored.
  llvm::Expected<DoubleArray> readDataset(llvm::StringRef path);

private:
  struct Object {
    hdf5::RecordKind kind;
    llvm::SmallVector<int64_t> shape;
    std::map<std::string, std::vector<std::string>> attributes;
  };

  explicit Hdf5File(llvm::StringRef bytes) : process(bytes) {}

  bool parseDescription(llvm::StringRef description);
  /// The object at `path`, or null.
  const Object *find(llvm::StringRef path) const;

  Hdf5Process process;
  std::map<std::string, Object> objects;
};

} // namespace frieze

#endif // FRIEZE_FRONTENDS_HDF5FILE_H
