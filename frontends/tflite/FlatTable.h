//===- FlatTable.h - Tables of a FlatBuffer, checked ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TFLITE_FLATTABLE_H
#define FRIEZE_FRONTENDS_TFLITE_FLATTABLE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Endian.h"

#include <optional>
#include <vector>

namespace frieze::tflite {

/// The bytes of a file, and whether anything in them leads out of them.
class FlatBuffer {
public:
  explicit FlatBuffer(llvm::StringRef bytes) : bytes(bytes) {}

  bool isDamaged() const { return damaged; }
  void setDamaged() const { damaged = true; }

  /// The number at `offset`; 0, and damage, where the file ends before.
  template <typename T> T read(uint64_t offset) const {
    if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) {
      setDamaged();
      return T();
    }
    return llvm::support::endian::read<T, llvm::endianness::little>(
        bytes.data() + offset);
  }
  /// `count` elements of `size` bytes at `offset`; none, and damage, likewise.
  llvm::StringRef slice(uint64_t offset, uint64_t count, uint64_t size) const {
    if (offset <= bytes.size() && count <= (bytes.size() - offset) / size)
      return bytes.substr(offset, count * size);
    setDamaged();
    return {};
  }

private:
  llvm::StringRef bytes;
  mutable bool damaged = false;
};

/// A table: fields by their numbers in the schema, each of which may be absent.
/// Every access is checked: what is not within the file counts as absent, and
/// the file as damaged.
class FlatTable {
public:
  /// A table without fields.
  FlatTable() = default;
  /// The table that the file begins with.
  static FlatTable getRoot(const FlatBuffer &buffer);

  /// The number of fields that may be there.
  unsigned getNumFields() const;
  bool has(unsigned field) const { return find(field) != 0; }
  template <typename T> T get(unsigned field, T fallback) const {
    uint64_t offset = find(field);
    return offset ? buffer->read<T>(offset) : fallback;
  }
  FlatTable getTable(unsigned field) const;
  std::vector<FlatTable> getTables(unsigned field) const;
  llvm::StringRef getString(unsigned field) const;
  llvm::StringRef getBytes(unsigned field) const { return getVector(field, 1); }
  llvm::SmallVector<int64_t> getInts(unsigned field) const;

private:
  FlatTable(const FlatBuffer *buffer, uint64_t position)
      : buffer(buffer), position(position) {}

  /// Where the field is, or 0.
  uint64_t find(unsigned field) const;
  /// What the offset at `offset` points to.
  uint64_t follow(uint64_t offset) const;
  llvm::StringRef getVector(unsigned field, uint64_t elementSize) const;

  const FlatBuffer *buffer = nullptr;
  uint64_t position = 0;
};

} // namespace frieze::tflite

#endif // FRIEZE_FRONTENDS_TFLITE_FLATTABLE_H
