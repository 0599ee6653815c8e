//===- Hdf5File.cpp - Read access to an HDF5 file in memory -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Hdf5File.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compression.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::hdf5;

Expected<std::unique_ptr<Hdf5File>> Hdf5File::open(std::string bytes) {
  std::unique_ptr<Hdf5File> file(new Hdf5File(std::move(bytes)));
  std::optional<uint64_t> root = file->format.readSuperblock();
  if (!root || !file->format.readHeader(*root))
    return makeError("damaged HDF5 file");
  file->root = *root;
  return file;
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

const Hdf5File::Links &Hdf5File::getLinks(uint64_t group) {
  auto [entry, isNew] = linksOfGroups.try_emplace(group);
  if (isNew)
    if (std::optional<ObjectHeader> header = format.readHeader(group))
      entry->second = format.readLinks(*header).value_or(Links());
  return entry->second;
}

std::optional<uint64_t> Hdf5File::findObject(StringRef path) {
  SmallVector<StringRef> parts;
  path.split(parts, '/', -1, /*KeepEmpty=*/false);
  uint64_t object = root;
  for (StringRef part : parts) {
    const Links &links = getLinks(object);
    auto link = links.find(part.str());
    if (link == links.end())
      return std::nullopt;
    object = link->second;
  }
  return object;
}

std::optional<ObjectHeader> Hdf5File::readHeader(StringRef path) {
  std::optional<uint64_t> object = findObject(path);
  if (!object)
    return std::nullopt;
  return format.readHeader(*object);
}

bool Hdf5File::isDataset(StringRef path) {
  std::optional<ObjectHeader> header = readHeader(path);
  return header && findMessage(*header, LayoutMessage);
}

bool Hdf5File::isGroup(StringRef path) {
  std::optional<ObjectHeader> header = readHeader(path);
  return header && !findMessage(*header, LayoutMessage);
}

std::vector<std::string> Hdf5File::getChildren(StringRef path) {
  std::vector<std::string> names;
  if (std::optional<uint64_t> object = findObject(path))
    for (const auto &link : getLinks(*object))
      names.push_back(link.first);
  return names;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

namespace {
struct Attribute {
  StringRef name, type, space, data;
};
} // namespace

static std::optional<Attribute> parseAttribute(StringRef message) {
  Reader reader(message);
  unsigned version = reader.readInt(1), flags = reader.readInt(1);
  uint64_t nameSize = reader.readInt(2), typeSize = reader.readInt(2),
           spaceSize = reader.readInt(2);
  // Version 1 aligns each part, and has no flags; 3 names a character set.
  if (version < 1 || version > 3 || (version > 1 && flags != 0))
    return std::nullopt;
  if (version == 3)
    reader.skip(1);
  auto readPart = [&](uint64_t size) {
    StringRef part = reader.readBytes(size);
    reader.skip(version == 1 ? -size % 8 : 0);
    return part;
  };
  Attribute attribute;
  attribute.name = readPart(nameSize).split('\0').first;
  attribute.type = readPart(typeSize);
  attribute.space = readPart(spaceSize);
  attribute.data = reader.getRest();
  if (reader.hasFailed())
    return std::nullopt;
  return attribute;
}

/// The elements of a string attribute, fixed or variable in length.
static std::optional<std::vector<std::string>>
readStrings(Format &format, const ObjectHeader &header, StringRef name) {
  for (const Message &message : header) {
    if (message.type != AttributeMessage)
      continue;
    std::optional<Attribute> attribute = parseAttribute(message.data);
    if (!attribute || attribute->name != name)
      continue;
    std::optional<Datatype> type = parseDatatype(attribute->type);
    auto shape = parseDataspace(attribute->space);
    if (!type || !shape)
      return std::nullopt;
    std::optional<int64_t> count = countElements(*shape);
    std::vector<std::string> strings;
    if (count == 0) // h5py stores an empty list as numbers.
      return strings;
    if (!count || uint64_t(*count) > attribute->data.size() / type->size)
      return std::nullopt;
    Reader reader(attribute->data);
    for (int64_t index = 0; index < *count; ++index) {
      Reader element(reader.readBytes(type->size));
      std::optional<StringRef> string;
      if (type->kind == Datatype::FixedString) {
        string = element.getRest();
      } else if (type->kind == Datatype::VariableString) {
        uint64_t size = element.readInt(4), address = element.readAddress();
        string = format.readHeapObject(address, element.readInt(4));
        if (!string || string->size() < size)
          return std::nullopt;
        string = string->take_front(size);
      }
      if (!string)
        return std::nullopt;
      strings.push_back(string->split('\0').first.str());
    }
    return strings;
  }
  return std::nullopt;
}

std::optional<std::string> Hdf5File::getString(StringRef path,
                                               StringRef attribute) {
  std::optional<ObjectHeader> header = readHeader(path);
  if (!header)
    return std::nullopt;
  auto strings = readStrings(format, *header, attribute);
  if (!strings || strings->size() != 1)
    return std::nullopt;
  return strings->front();
}

std::optional<std::vector<std::string>>
Hdf5File::getStrings(StringRef path, StringRef attribute) {
  std::optional<ObjectHeader> header = readHeader(path);
  if (!header)
    return std::nullopt;
  if (auto strings = readStrings(format, *header, attribute))
    return strings;
  // Keras splits lists that exceed the 64 KiB of a message.
  std::vector<std::string> all;
  for (unsigned part = 0;; ++part) {
    auto strings =
        readStrings(format, *header, (attribute + Twine(part)).str());
    if (!strings)
      return part == 0 ? std::nullopt : std::make_optional(all);
    llvm::append_range(all, *strings);
  }
}

//===----------------------------------------------------------------------===//
// Filters
//===----------------------------------------------------------------------===//

namespace {
struct Filter {
  enum Kind { Deflate = 1, Shuffle = 2, Fletcher32 = 3 };
  unsigned kind;
};
} // namespace

/// The filters of a pipeline, in the order of writing; none without a message.
/// Nothing where it is damaged or has others than above.
static std::optional<SmallVector<Filter>>
parseFilters(std::optional<StringRef> message) {
  SmallVector<Filter> filters;
  if (!message)
    return filters;
  Reader reader(*message);
  unsigned version = reader.readInt(1), count = reader.readInt(1);
  if (version == 1)
    reader.skip(6);
  for (unsigned index = 0; index < count; ++index) {
    Filter filter{unsigned(reader.readInt(2))};
    uint64_t nameSize = version == 1 ? reader.readInt(2) : 0;
    reader.skip(2); // flags
    uint64_t values = reader.readInt(2);
    reader.skip(alignTo(nameSize, 8));
    reader.skip(4 * values + (version == 1 && values % 2 ? 4 : 0));
    if (filter.kind < Filter::Deflate || filter.kind > Filter::Fletcher32)
      return std::nullopt;
    filters.push_back(filter);
  }
  if (reader.hasFailed() || version < 1 || version > 2)
    return std::nullopt;
  return filters;
}

/// Undoes the filters on a chunk of `size` bytes.
static bool undoFilters(std::string &data, ArrayRef<Filter> filters,
                        uint32_t mask, uint64_t size, size_t elementSize) {
  for (size_t index = filters.size(); index-- > 0;) {
    if (index < 32 && mask >> index & 1)
      continue;
    switch (filters[index].kind) {
    case Filter::Deflate: {
      // A checksum may follow what was shuffled.
      size_t inflatedSize = size + 4;
      std::string inflated(inflatedSize, '\0');
      Error error = compression::zlib::decompress(
          arrayRefFromStringRef(data),
          reinterpret_cast<uint8_t *>(inflated.data()), inflatedSize);
      if (error) {
        consumeError(std::move(error));
        return false;
      }
      inflated.resize(inflatedSize);
      data = std::move(inflated);
      break;
    }
    case Filter::Shuffle: {
      // All first bytes, all second bytes, ...
      std::string plain = data;
      size_t count = data.size() / elementSize;
      for (size_t byte = 0; byte < elementSize; ++byte)
        for (size_t element = 0; element < count; ++element)
          plain[element * elementSize + byte] = data[byte * count + element];
      data = std::move(plain);
      break;
    }
    case Filter::Fletcher32:
      if (data.size() < 4)
        return false;
      data.resize(data.size() - 4);
      break;
    }
  }
  return data.size() == size;
}

//===----------------------------------------------------------------------===//
// Datasets
//===----------------------------------------------------------------------===//

namespace {
/// What the header of a dataset says.
struct Dataset {
  Datatype type;
  SmallVector<int64_t> shape;
  uint64_t size; // bytes of all elements
};
} // namespace

/// Copies a chunk of shape `chunkShape` at `offset` into the elements of an
/// array of `shape`, and leaves out what lies beyond.
static void copyChunk(StringRef chunk, ArrayRef<int64_t> chunkShape,
                      ArrayRef<int64_t> offset, std::string &data,
                      ArrayRef<int64_t> shape, size_t elementSize) {
  SmallVector<int64_t> index(shape.size(), 0);
  for (; !chunk.empty(); chunk = chunk.drop_front(elementSize)) {
    uint64_t position = 0;
    bool isInside = true;
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      int64_t coordinate = offset[axis] + index[axis];
      isInside &= coordinate < shape[axis];
      position = position * shape[axis] + coordinate;
    }
    if (isInside)
      std::copy_n(chunk.data(), elementSize, &data[position * elementSize]);
    for (size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < chunkShape[axis])
        break;
      index[axis] = 0;
    }
  }
}

/// Reads the chunks of a dataset; those that are absent hold zeros.
static std::optional<std::string> readChunked(Format &format, Reader layout,
                                              const ObjectHeader &header,
                                              const Dataset &dataset) {
  size_t rank = dataset.shape.size();
  auto filters = parseFilters(findMessage(header, FilterMessage));
  if (layout.readInt(1) != rank + 1 || rank == 0 || !filters)
    return std::nullopt;
  uint64_t tree = layout.readAddress();
  SmallVector<int64_t> chunkShape;
  for (size_t axis = 0; axis < rank; ++axis)
    chunkShape.push_back(layout.readInt(4));
  uint64_t chunkCount = countElements(chunkShape).value_or(0);
  if (layout.hasFailed() || chunkCount == 0)
    return std::nullopt;
  auto chunks = format.readChunks(tree, rank);
  uint64_t chunkSize = chunkCount * dataset.type.size;
  // Chunks at the border hold more than the dataset, but not much in total.
  const uint64_t slack = 1 << 24;
  if (!chunks || (chunkSize > slack && chunkSize > 8 * dataset.size) ||
      chunks->size() > (8 * dataset.size + slack) / chunkSize)
    return std::nullopt;
  std::string data(dataset.size, '\0');
  for (const Format::Chunk &chunk : *chunks) {
    for (auto [offset, size] : llvm::zip(chunk.offset, dataset.shape))
      if (offset < 0 || offset >= size)
        return std::nullopt;
    std::string bytes = chunk.data.str();
    if (!undoFilters(bytes, *filters, chunk.filterMask, chunkSize,
                     dataset.type.size))
      return std::nullopt;
    copyChunk(bytes, chunkShape, chunk.offset, data, dataset.shape,
              dataset.type.size);
  }
  return data;
}

/// The bytes of a dataset's elements, row major.
static std::optional<std::string>
readData(Format &format, const ObjectHeader &header, const Dataset &dataset) {
  if (findMessage(header, ExternalFilesMessage))
    return std::nullopt;
  Reader layout(*findMessage(header, LayoutMessage));
  enum { Compact = 0, Contiguous = 1, Chunked = 2 };
  unsigned version = layout.readInt(1), layoutClass = layout.readInt(1);
  if (version < 3 || version > 4)
    return std::nullopt;
  if (layoutClass == Chunked && version == 3)
    return readChunked(format, layout, header, dataset);
  if (layoutClass == Compact) {
    StringRef data = layout.readBytes(layout.readInt(2));
    if (data.size() < dataset.size)
      return std::nullopt;
    return data.take_front(dataset.size).str();
  }
  if (layoutClass != Contiguous)
    return std::nullopt;
  uint64_t address = layout.readAddress(), size = layout.readInt(8);
  Reader reader(format.from(address));
  StringRef data = reader.readBytes(dataset.size);
  if (layout.hasFailed() || reader.hasFailed() || address == undefinedAddress ||
      size < dataset.size)
    return std::nullopt;
  return data.str();
}

static Error damaged(StringRef path) {
  return makeError("damaged or unsupported HDF5 dataset at " + path);
}

static Expected<Dataset> parseDataset(const ObjectHeader &header,
                                      StringRef path) {
  auto type = findMessage(header, DatatypeMessage);
  auto space = findMessage(header, DataspaceMessage);
  if (!type || !space || !findMessage(header, LayoutMessage))
    return damaged(path);
  std::optional<Datatype> datatype = parseDatatype(*type);
  std::optional<SmallVector<int64_t>> shape = parseDataspace(*space);
  if (!datatype || !shape)
    return damaged(path);
  if (datatype->kind != Datatype::Number ||
      datatype->element.kind != ElementKind::Float)
    return makeError("expects floating-point numbers at " + path);
  std::optional<int64_t> count = countElements(*shape);
  if (!count)
    return makeError("expects at most " + Twine(maxElements) + " elements at " +
                     path + ", but got shape " + formatShape(*shape));
  return Dataset{*datatype, *shape, uint64_t(*count) * datatype->size};
}

Expected<SmallVector<int64_t>> Hdf5File::getDatasetShape(StringRef path) {
  std::optional<ObjectHeader> header = readHeader(path);
  if (!header)
    return damaged(path);
  Expected<Dataset> dataset = parseDataset(*header, path);
  if (!dataset)
    return dataset.takeError();
  return dataset->shape;
}

Expected<Array> Hdf5File::readDataset(StringRef path) {
  std::optional<ObjectHeader> header = readHeader(path);
  if (!header)
    return damaged(path);
  Expected<Dataset> dataset = parseDataset(*header, path);
  if (!dataset)
    return dataset.takeError();
  // No more than the file can hold: deflate shrinks by 1032 at most.
  if (dataset->size / 1032 > bytes.size())
    return damaged(path);
  std::optional<std::string> data = readData(format, *header, *dataset);
  if (!data)
    return damaged(path);
  return Array{dataset->shape, decodeElements(*data, dataset->type.element)};
}
