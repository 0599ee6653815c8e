//===- Hdf5Format.h - The structures of an HDF5 file ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_HDF5FORMAT_H
#define FRIEZE_FRONTENDS_HDF5FORMAT_H

#include "frontends/Array.h"

#include <map>

/// The HDF5 file format, version 3.0, as far as files with arrays need it. The
/// HDF5 library itself reads beyond its buffers on damaged files; everything
/// here goes through a Reader, which cannot.
namespace frieze::hdf5 {

/// An address that points nowhere.
inline constexpr uint64_t undefinedAddress = ~uint64_t(0);

/// Reads bytes from the front of a buffer. Beyond its end it yields zeros, and
/// hasFailed() holds from then on.
class Reader {
public:
  explicit Reader(llvm::StringRef bytes) : bytes(bytes) {}

  /// A little-endian integer of 1 to 8 bytes.
  uint64_t readInt(size_t size);
  uint64_t readAddress() { return readInt(8); }
  llvm::StringRef readBytes(uint64_t size);
  void skip(uint64_t size) { readBytes(size); }
  /// Fails where the next bytes are others.
  void expect(llvm::StringRef magic);
  llvm::StringRef getRest() const { return bytes; }
  bool hasFailed() const { return failed; }

private:
  llvm::StringRef bytes;
  bool failed = false;
};

enum MessageType : unsigned {
  DataspaceMessage = 0x1,
  DatatypeMessage = 0x3,
  LinkMessage = 0x6,
  ExternalFilesMessage = 0x7,
  LayoutMessage = 0x8,
  FilterMessage = 0xB,
  AttributeMessage = 0xC,
  ContinuationMessage = 0x10,
  SymbolTableMessage = 0x11,
};

/// One message of an object's header; of no type that is known where it is
/// stored elsewhere (shared).
struct Message {
  unsigned type;
  llvm::StringRef data;
};
using ObjectHeader = std::vector<Message>;

/// The first message of a type, or nothing.
std::optional<llvm::StringRef> findMessage(const ObjectHeader &header,
                                           MessageType type);

/// What an element is.
struct Datatype {
  enum Kind { Number, FixedString, VariableString, Other };
  Kind kind = Other;
  /// Bytes of an element in a dataset or attribute.
  uint64_t size = 0;
  /// Of a Number.
  ElementType element{ElementKind::Float, 4};
};

/// Nothing where the message is damaged.
std::optional<Datatype> parseDatatype(llvm::StringRef message);
/// The shape: of no axes for a scalar, (0) for an empty dataspace.
std::optional<llvm::SmallVector<int64_t>>
parseDataspace(llvm::StringRef message);

/// The structures of one file. Each function yields nothing where what it reads
/// is damaged or unsupported.
class Format {
public:
  /// `bytes` must outlive the object.
  explicit Format(llvm::StringRef bytes) : bytes(bytes) {}

  /// The address of the root group.
  std::optional<uint64_t> readSuperblock();
  std::optional<ObjectHeader> readHeader(uint64_t address);
  /// The hard links of a group to the addresses of objects.
  std::optional<std::map<std::string, uint64_t>>
  readLinks(const ObjectHeader &header);
  /// An object of a global heap.
  std::optional<llvm::StringRef> readHeapObject(uint64_t address,
                                                uint64_t index);

  /// A chunk of a dataset: its position in elements, and stored bytes.
  struct Chunk {
    llvm::SmallVector<int64_t> offset;
    uint32_t filterMask;
    llvm::StringRef data;
  };
  std::optional<std::vector<Chunk>> readChunks(uint64_t address, size_t rank);

  /// The bytes from `address` to the end of the file.
  llvm::StringRef from(uint64_t address) const {
    return bytes.substr(std::min<uint64_t>(address, bytes.size()));
  }

private:
  /// Walks a B-tree of version 1, whose keys have `keySize` bytes, and calls
  /// `visit` with key and address of each leaf.
  bool walkTree(uint64_t address, unsigned type, size_t keySize, int level,
                llvm::function_ref<bool(llvm::StringRef, uint64_t)> visit);
  bool readSymbolTable(llvm::StringRef message,
                       std::map<std::string, uint64_t> &links);
  /// Takes one of the steps that a file may cost: structures of a damaged one
  /// may overlap, or point at each other.
  bool takeStep() { return steps-- > 0; }

  llvm::StringRef bytes;
  int64_t steps = 1 << 24;
};

} // namespace frieze::hdf5

#endif // FRIEZE_FRONTENDS_HDF5FORMAT_H
