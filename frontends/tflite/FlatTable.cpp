//===- FlatTable.cpp - Tables of a FlatBuffer, checked ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/FlatTable.h"

using namespace llvm;
using namespace frieze::tflite;

FlatTable FlatTable::getRoot(const FlatBuffer &buffer) {
  return {&buffer, buffer.read<uint32_t>(0)};
}

/// A table begins with the distance back to its list of places: two bytes each,
/// of which the first is the size of the list, the second that of the table.
static constexpr unsigned placeSize = 2, firstPlace = 2;

unsigned FlatTable::getNumFields() const {
  if (!buffer)
    return 0;
  uint64_t list = position - buffer->read<int32_t>(position);
  unsigned size = buffer->read<uint16_t>(list) / placeSize;
  return size < firstPlace ? 0 : size - firstPlace;
}

uint64_t FlatTable::find(unsigned field) const {
  if (field >= getNumFields())
    return 0;
  uint64_t list = position - buffer->read<int32_t>(position);
  uint16_t distance =
      buffer->read<uint16_t>(list + (firstPlace + field) * placeSize);
  return distance ? position + distance : 0;
}

uint64_t FlatTable::follow(uint64_t offset) const {
  return offset + buffer->read<uint32_t>(offset);
}

FlatTable FlatTable::getTable(unsigned field) const {
  uint64_t offset = find(field);
  return offset ? FlatTable(buffer, follow(offset)) : FlatTable();
}

StringRef FlatTable::getVector(unsigned field, uint64_t elementSize) const {
  uint64_t offset = find(field);
  if (!offset)
    return {};
  uint64_t start = follow(offset);
  return buffer->slice(start + 4, buffer->read<uint32_t>(start), elementSize);
}

StringRef FlatTable::getString(unsigned field) const {
  return getVector(field, 1);
}

SmallVector<int64_t> FlatTable::getInts(unsigned field) const {
  SmallVector<int64_t> values;
  for (StringRef bytes = getVector(field, 4); !bytes.empty();
       bytes = bytes.drop_front(4))
    values.push_back(
        support::endian::read<int32_t, endianness::little>(bytes.data()));
  return values;
}

std::vector<FlatTable> FlatTable::getTables(unsigned field) const {
  std::vector<FlatTable> tables;
  uint64_t offset = find(field);
  if (!offset)
    return tables;
  uint64_t place = follow(offset) + 4;
  size_t count = getVector(field, 4).size() / 4;
  for (size_t i = 0; i < count; ++i, place += 4)
    tables.push_back({buffer, follow(place)});
  return tables;
}
