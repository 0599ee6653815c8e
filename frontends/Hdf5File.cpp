//===- Hdf5File.cpp - Read access to an HDF5 file in memory -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Hdf5File.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace frieze;
using hdf5::RecordKind;

//===----------------------------------------------------------------------===//
// Objects
//===----------------------------------------------------------------------===//

namespace {
/// Reads a description from its front. Beyond its end it yields zeros, and
/// hasFailed() holds from then on.
class Reader {
public:
  explicit Reader(StringRef bytes) : bytes(bytes) {}

  uint64_t readInt() {
    uint64_t value = 0;
    StringRef data = readBytes(sizeof(value));
    std::copy(data.begin(), data.end(), reinterpret_cast<char *>(&value));
    return value;
  }
  std::string readString() { return readBytes(readInt()).str(); }
  bool isAtEnd() const { return bytes.empty(); }
  bool hasFailed() const { return failed; }

private:
  StringRef readBytes(uint64_t size) {
    if (size > bytes.size()) {
      failed = true;
      bytes = "";
      return "";
    }
    StringRef front = bytes.take_front(size);
    bytes = bytes.drop_front(size);
    return front;
  }

  StringRef bytes;
  bool failed = false;
};
} // namespace

bool Hdf5File::parseDescription(StringRef description) {
  Reader reader(description);
  Object *object = nullptr;
  while (!reader.isAtEnd()) {
    RecordKind kind{reader.readInt()};
    std::string name = reader.readString();
    switch (kind) {
    case RecordKind::Attribute: {
      if (!object)
        return false;
      std::vector<std::string> &strings = object->attributes[name];
      for (uint64_t count = reader.readInt(); count > 0; --count) {
        strings.push_back(reader.readString());
        if (reader.hasFailed())
          return false;
      }
      break;
    }
    case RecordKind::Group:
    case RecordKind::FloatDataset:
    case RecordKind::OtherDataset:
    case RecordKind::Unreadable:
      object = &objects[name];
      object->kind = kind;
      for (uint64_t rank = reader.readInt(); rank > 0; --rank) {
        object->shape.push_back(reader.readInt());
        if (reader.hasFailed())
          return false;
      }
      break;
    default:
      return false;
    }
    if (reader.hasFailed())
      return false;
  }
  return true;
}

Expected<std::unique_ptr<Hdf5File>> Hdf5File::open(StringRef bytes) {
  std::unique_ptr<Hdf5File> file(new Hdf5File(bytes));
  std::optional<std::string> description = file->process.receive();
  if (!description || !file->parseDescription(*description) ||
      !file->isGroup(""))
    return makeError("damaged HDF5 file");
  return file;
}

/// `path` without superfluous slashes.
static std::string normalize(StringRef path) {
  SmallVector<StringRef> parts;
  path.split(parts, '/', -1, /*KeepEmpty=*/false);
  return join(parts, "/");
}

const Hdf5File::Object *Hdf5File::find(StringRef path) const {
  auto object = objects.find(normalize(path));
  return object == objects.end() ? nullptr : &object->second;
}

bool Hdf5File::isDataset(StringRef path) const {
  const Object *object = find(path);
  return object && object->kind != RecordKind::Group;
}

bool Hdf5File::isGroup(StringRef path) const {
  const Object *object = find(path);
  return object && object->kind == RecordKind::Group;
}

std::vector<std::string> Hdf5File::getChildren(StringRef path) const {
  std::string prefix = normalize(path);
  if (!prefix.empty())
    prefix += "/";
  std::vector<std::string> names;
  // All that lies below follows the prefix in the order of the map.
  for (auto object = objects.upper_bound(prefix); object != objects.end();
       ++object) {
    StringRef name = object->first;
    if (!name.consume_front(prefix))
      break;
    if (!name.contains('/'))
      names.push_back(name.str());
  }
  return names;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

std::optional<std::string> Hdf5File::getString(StringRef path,
                                               StringRef attribute) const {
  const Object *object = find(path);
  if (!object)
    return std::nullopt;
  auto entry = object->attributes.find(attribute.str());
  if (entry == object->attributes.end() || entry->second.size() != 1)
    return std::nullopt;
  return entry->second.front();
}

std::optional<std::vector<std::string>>
Hdf5File::getStrings(StringRef path, StringRef attribute) const {
  const Object *object = find(path);
  if (!object)
    return std::nullopt;
  const auto &attributes = object->attributes;
  auto entry = attributes.find(attribute.str());
  if (entry != attributes.end())
    return entry->second;
  // Keras splits lists that exceed the 64 KiB of a message.
  std::vector<std::string> all;
  for (unsigned part = 0;; ++part) {
    entry = attributes.find((attribute + Twine(part)).str());
    if (entry == attributes.end())
      return part == 0 ? std::nullopt : std::make_optional(all);
    llvm::append_range(all, entry->second);
  }
}

//===----------------------------------------------------------------------===//
// Datasets
//===----------------------------------------------------------------------===//

static Error damaged(StringRef path) {
  return makeError("damaged or unsupported HDF5 dataset at " + path);
}

Expected<SmallVector<int64_t>> Hdf5File::getDatasetShape(StringRef path) const {
  const Object *object = find(path);
  if (!object || object->kind == RecordKind::Group ||
      object->kind == RecordKind::Unreadable)
    return damaged(path);
  if (object->kind != RecordKind::FloatDataset)
    return makeError("expects floating-point numbers at " + path);
  if (!countElements(object->shape))
    return makeError("expects at most " + Twine(maxElements) + " elements at " +
                     path + ", but got shape " + formatShape(object->shape));
  return object->shape;
}

Expected<DoubleArray> Hdf5File::readDataset(StringRef path) {
  Expected<SmallVector<int64_t>> shape = getDatasetShape(path);
  if (!shape)
    return shape.takeError();
  DoubleArray array(*shape, {});
  if (!process.send(normalize(path)) ||
      !process.receive(array.values, *countElements(*shape)))
    return damaged(path);
  return array;
}
