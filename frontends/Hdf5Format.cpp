//===- Hdf5Format.cpp - The structures of an HDF5 file ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Hdf5Format.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::hdf5;

//===----------------------------------------------------------------------===//
// Reader
//===----------------------------------------------------------------------===//

StringRef Reader::readBytes(uint64_t size) {
  if (size > bytes.size()) {
    failed = true;
    bytes = "";
    return "";
  }
  StringRef front = bytes.take_front(size);
  bytes = bytes.drop_front(size);
  return front;
}

uint64_t Reader::readInt(size_t size) {
  uint64_t value = 0;
  for (auto [index, byte] : enumerate(readBytes(size)))
    value |= uint64_t(uint8_t(byte)) << 8 * index;
  return value;
}

void Reader::expect(StringRef magic) {
  if (readBytes(magic.size()) != magic)
    failed = true;
}

//===----------------------------------------------------------------------===//
// Superblock and object headers
//===----------------------------------------------------------------------===//

std::optional<uint64_t> Format::readSuperblock() {
  Reader reader(bytes);
  reader.expect("\x89HDF\r\n\x1a\n");
  unsigned version = reader.readInt(1);
  if (version > 3)
    return std::nullopt;
  if (version <= 1)
    reader.skip(4); // versions of other structures
  unsigned offsetSize = reader.readInt(1), lengthSize = reader.readInt(1);
  if (version <= 1)
    reader.skip(version == 0 ? 9 : 13); // sizes of tree nodes, flags
  else
    reader.skip(1); // flags
  uint64_t base = reader.readAddress();
  reader.skip(8); // free space or extension
  uint64_t end = reader.readAddress();
  if (version <= 1)
    reader.skip(16); // driver information, and the name of the root
  uint64_t root = reader.readAddress();
  if (reader.hasFailed() || offsetSize != 8 || lengthSize != 8 || base != 0 ||
      end > bytes.size())
    return std::nullopt;
  return root;
}

std::optional<StringRef> hdf5::findMessage(const ObjectHeader &header,
                                           MessageType type) {
  for (const Message &message : header)
    if (message.type == type)
      return message.data;
  return std::nullopt;
}

std::optional<ObjectHeader> Format::readHeader(uint64_t address) {
  Reader prefix(from(address));
  bool isVersion2 = from(address).starts_with("OHDR");
  unsigned flags = 0;
  uint64_t size;
  if (isVersion2) {
    prefix.expect(StringRef("OHDR\x02", 5));
    flags = prefix.readInt(1);
    prefix.skip(flags & 0x20 ? 16 : 0); // times
    prefix.skip(flags & 0x10 ? 4 : 0);  // limits of attribute storage
    size = prefix.readInt(size_t(1) << (flags & 3));
  } else {
    prefix.expect("\x01");
    prefix.skip(7); // counts
    size = prefix.readInt(4);
    prefix.skip(4); // alignment
  }
  ObjectHeader header;
  SmallVector<StringRef> blocks{prefix.readBytes(size)};
  for (size_t index = 0; index < blocks.size() && !prefix.hasFailed();
       ++index) {
    Reader block(blocks[index]);
    // What is too short for a message is a gap.
    size_t messagePrefix = !isVersion2 ? 8 : flags & 0x4 ? 6 : 4;
    while (block.getRest().size() >= messagePrefix) {
      if (!takeStep())
        return std::nullopt;
      Message message;
      message.type = block.readInt(isVersion2 ? 1 : 2);
      uint64_t dataSize = block.readInt(2);
      bool isShared = block.readInt(1) & 0x2;
      block.skip(messagePrefix - (isVersion2 ? 4 : 5));
      message.data = block.readBytes(dataSize);
      if (block.hasFailed())
        return std::nullopt;
      if (message.type == ContinuationMessage) {
        Reader reader(message.data);
        Reader target(from(reader.readAddress()));
        StringRef more = target.readBytes(reader.readInt(8));
        if (reader.hasFailed() || target.hasFailed() ||
            (isVersion2 && (!more.consume_front("OCHK") || more.size() < 4)))
          return std::nullopt;
        blocks.push_back(isVersion2 ? more.drop_back(4) : more); // checksum
      } else if (!isShared) {
        header.push_back(message);
      }
    }
  }
  if (prefix.hasFailed())
    return std::nullopt;
  return header;
}

//===----------------------------------------------------------------------===//
// Groups and heaps
//===----------------------------------------------------------------------===//

bool Format::walkTree(uint64_t address, unsigned type, size_t keySize,
                      int level,
                      function_ref<bool(StringRef, uint64_t)> visit) {
  Reader reader(from(address));
  reader.expect("TREE");
  unsigned nodeType = reader.readInt(1);
  int nodeLevel = reader.readInt(1);
  unsigned count = reader.readInt(2);
  reader.skip(16); // siblings
  // Levels count down, which ends any cycle.
  if (nodeType != type || (level >= 0 && nodeLevel != level))
    return false;
  for (unsigned index = 0; index < count; ++index) {
    StringRef key = reader.readBytes(keySize);
    uint64_t child = reader.readAddress();
    if (reader.hasFailed() || !takeStep())
      return false;
    if (nodeLevel == 0 ? !visit(key, child)
                       : !walkTree(child, type, keySize, nodeLevel - 1, visit))
      return false;
  }
  return !reader.hasFailed();
}

/// Groups of old files: a B-tree of symbol nodes, and a heap of names.
bool Format::readSymbolTable(StringRef message,
                             std::map<std::string, uint64_t> &links) {
  Reader reader(message);
  uint64_t tree = reader.readAddress();
  Reader heap(from(reader.readAddress()));
  heap.expect(StringRef("HEAP\x00\x00\x00\x00", 8));
  uint64_t size = heap.readInt(8);
  heap.skip(8); // free list
  Reader segment(from(heap.readAddress()));
  StringRef names = segment.readBytes(size);
  if (reader.hasFailed() || heap.hasFailed() || segment.hasFailed())
    return false;
  return walkTree(tree, 0, 8, -1, [&](StringRef, uint64_t address) {
    Reader node(from(address));
    node.expect(StringRef("SNOD\x01", 5));
    node.skip(1);
    unsigned count = node.readInt(2);
    for (unsigned index = 0; index < count; ++index) {
      uint64_t nameOffset = node.readInt(8), object = node.readAddress();
      bool isSoft = node.readInt(4) == 2;
      node.skip(20);
      if (node.hasFailed() || !takeStep() || nameOffset >= names.size())
        return false;
      StringRef name = names.drop_front(nameOffset).split('\0').first;
      if (!isSoft)
        links.emplace(name.str(), object);
    }
    return !node.hasFailed();
  });
}

/// A link message, as in groups of new files. False where it is damaged.
static bool readLink(StringRef message,
                     std::map<std::string, uint64_t> &links) {
  Reader reader(message);
  reader.expect("\x01");
  unsigned flags = reader.readInt(1);
  unsigned type = flags & 0x8 ? reader.readInt(1) : 0;
  reader.skip(flags & 0x4 ? 8 : 0);  // order of creation
  reader.skip(flags & 0x10 ? 1 : 0); // character set
  StringRef name = reader.readBytes(reader.readInt(size_t(1) << (flags & 3)));
  uint64_t address = reader.readAddress();
  if (type != 0) // soft or external
    return true;
  if (!reader.hasFailed())
    links.emplace(name.str(), address);
  return !reader.hasFailed();
}

std::optional<std::map<std::string, uint64_t>>
Format::readLinks(const ObjectHeader &header) {
  std::map<std::string, uint64_t> links;
  for (const Message &message : header)
    if ((message.type == SymbolTableMessage &&
         !readSymbolTable(message.data, links)) ||
        (message.type == LinkMessage && !readLink(message.data, links)))
      return std::nullopt;
  return links;
}

std::optional<StringRef> Format::readHeapObject(uint64_t address,
                                                uint64_t index) {
  Reader prefix(from(address));
  prefix.expect(StringRef("GCOL\x01\x00\x00\x00", 8));
  uint64_t size = prefix.readInt(8);
  if (prefix.hasFailed() || size < 16)
    return std::nullopt;
  Reader reader(prefix.readBytes(size - 16));
  while (!prefix.hasFailed() && reader.getRest().size() >= 16 && takeStep()) {
    uint64_t objectIndex = reader.readInt(2);
    reader.skip(6); // references
    uint64_t objectSize = reader.readInt(8);
    if (objectIndex == 0) // free space
      return std::nullopt;
    StringRef data = reader.readBytes(objectSize);
    reader.skip(std::min<uint64_t>(-objectSize % 8, reader.getRest().size()));
    if (reader.hasFailed())
      return std::nullopt;
    if (objectIndex == index)
      return data;
  }
  return std::nullopt;
}

std::optional<std::vector<Format::Chunk>> Format::readChunks(uint64_t address,
                                                             size_t rank) {
  std::vector<Chunk> chunks;
  // Key: size, filter mask, offset of each axis and within the element.
  bool ok = walkTree(address, 1, 8 + 8 * (rank + 1), -1,
                     [&](StringRef key, uint64_t child) {
                       Reader reader(key);
                       Reader data(from(child));
                       Chunk chunk;
                       chunk.data = data.readBytes(reader.readInt(4));
                       chunk.filterMask = reader.readInt(4);
                       for (size_t axis = 0; axis < rank; ++axis)
                         chunk.offset.push_back(reader.readInt(8));
                       chunks.push_back(chunk);
                       return !data.hasFailed();
                     });
  if (!ok)
    return std::nullopt;
  return chunks;
}

//===----------------------------------------------------------------------===//
// Types and shapes
//===----------------------------------------------------------------------===//

/// Whether the properties of a floating-point type are those of IEEE 754.
static bool isIeee(Reader reader, uint64_t size) {
  struct Layout {
    uint64_t size, exponentSize, mantissaSize, bias;
  };
  for (Layout layout :
       {Layout{2, 5, 10, 15}, Layout{4, 8, 23, 127}, Layout{8, 11, 52, 1023}})
    if (layout.size == size)
      return reader.readInt(2) == 0 && reader.readInt(2) == 8 * size &&
             reader.readInt(1) == layout.mantissaSize &&
             reader.readInt(1) == layout.exponentSize &&
             reader.readInt(1) == 0 &&
             reader.readInt(1) == layout.mantissaSize &&
             reader.readInt(4) == layout.bias && !reader.hasFailed();
  return false;
}

std::optional<Datatype> hdf5::parseDatatype(StringRef message) {
  Reader reader(message);
  unsigned typeClass = reader.readInt(1) & 0xF;
  uint64_t bits = reader.readInt(3);
  Datatype type;
  type.size = reader.readInt(4);
  if (reader.hasFailed() || type.size == 0)
    return std::nullopt;
  type.element.size = type.size;
  type.element.isBigEndian = bits & 1;
  switch (typeClass) {
  case 0:
    type.element.kind =
        bits & 0x8 ? ElementKind::Signed : ElementKind::Unsigned;
    if (isSupported(type.element))
      type.kind = Datatype::Number;
    return type;
  case 1:
    if (!(bits & 0x40) && isIeee(reader, type.size))
      type.kind = Datatype::Number;
    return type;
  case 3:
    type.kind = Datatype::FixedString;
    return type;
  case 9:
    if ((bits & 0xF) == 1 && type.size == 16)
      type.kind = Datatype::VariableString;
    return type;
  default:
    return type;
  }
}

std::optional<SmallVector<int64_t>> hdf5::parseDataspace(StringRef message) {
  Reader reader(message);
  unsigned version = reader.readInt(1), rank = reader.readInt(1);
  reader.skip(1); // flags
  unsigned type = reader.readInt(1);
  if (version == 1)
    reader.skip(4);
  if (version < 1 || version > 2)
    return std::nullopt;
  const unsigned emptySpace = 2;
  if (version == 2 && type == emptySpace)
    return SmallVector<int64_t>{0};
  SmallVector<int64_t> shape;
  for (unsigned axis = 0; axis < rank; ++axis)
    shape.push_back(reader.readInt(8));
  if (reader.hasFailed())
    return std::nullopt;
  return shape;
}
