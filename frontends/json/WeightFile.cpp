//===- WeightFile.cpp - Arrays by name from a file --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/json/WeightFile.h"
#include "frontends/Files.h"
#include "frontends/ForeignFiles.h"
#include "frontends/Hdf5File.h"
#include "frontends/Json.h"
#include "frontends/NumpyFile.h"
#include "frontends/ZipArchive.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace frieze;
using nlohmann::json;

static Error noSuchArray(StringRef name) {
  return makeError("expects an array '" + name + "' in the weights");
}

static Error fail(StringRef bytes) {
  return makeError("expects a .npz, .safetensors or HDF5 file, but got " +
                   recognizeFile("", bytes).kind);
}

namespace {
class NpzWeights : public WeightFile {
public:
  static Expected<std::unique_ptr<WeightFile>> open(std::string bytes) {
    auto file = std::make_unique<NpzWeights>();
    file->bytes = std::move(bytes);
    Expected<ZipArchive> archive = ZipArchive::open(file->bytes);
    if (!archive)
      return archive.takeError();
    if (llvm::none_of(archive->getNames(),
                      [](StringRef name) { return name.ends_with(".npy"); }))
      return fail(file->bytes);
    file->archive.emplace(std::move(*archive));
    return file;
  }

  Expected<Array> read(StringRef name) const override {
    std::string member = (name + ".npy").str();
    if (!archive->contains(member))
      return noSuchArray(name);
    Expected<std::string> data =
        archive->read(member, size_t(maxElements) * 8 + (1 << 16));
    if (!data)
      return data.takeError();
    return parseNpy(*data);
  }

private:
  std::string bytes;
  std::optional<ZipArchive> archive;
};

class Hdf5Weights : public WeightFile {
public:
  explicit Hdf5Weights(std::unique_ptr<Hdf5File> file)
      : file(std::move(file)) {}

  Expected<Array> read(StringRef name) const override {
    if (!file->isDataset(name))
      return noSuchArray(name);
    Expected<DoubleArray> array = file->readDataset(name);
    if (!array)
      return array.takeError();
    return Array{array->shape, {array->values.begin(), array->values.end()}};
  }

private:
  std::unique_ptr<Hdf5File> file;
};

class SafetensorsWeights : public WeightFile {
public:
  SafetensorsWeights(std::string bytes, size_t dataOffset, json header)
      : bytes(std::move(bytes)), dataOffset(dataOffset),
        header(std::move(header)) {}

  Expected<Array> read(StringRef name) const override;

private:
  std::string bytes;
  size_t dataOffset;
  json header;
};
} // namespace

//===----------------------------------------------------------------------===//
// Safetensors
//===----------------------------------------------------------------------===//

static std::optional<ElementType> parseElementType(StringRef name) {
  using Result = std::optional<ElementType>;
  return StringSwitch<Result>(name)
      .Case("F64", ElementType{ElementKind::Float, 8})
      .Case("F32", ElementType{ElementKind::Float, 4})
      .Case("F16", ElementType{ElementKind::Float, 2})
      .Case("BF16", ElementType{ElementKind::BFloat, 2})
      .Case("I64", ElementType{ElementKind::Signed, 8})
      .Case("I32", ElementType{ElementKind::Signed, 4})
      .Case("I16", ElementType{ElementKind::Signed, 2})
      .Case("I8", ElementType{ElementKind::Signed, 1})
      .Case("U8", ElementType{ElementKind::Unsigned, 1})
      .Default(std::nullopt);
}

/// A list of integers that are not negative.
static std::optional<SmallVector<int64_t>> parseSizes(const json &object,
                                                      const char *key) {
  auto list = object.find(key);
  if (list == object.end() || !list->is_array() || list->size() > maxRank)
    return std::nullopt;
  SmallVector<int64_t> sizes;
  for (const json &size : *list) {
    if (!size.is_number_unsigned() ||
        size.get<uint64_t>() > uint64_t(INT64_MAX))
      return std::nullopt;
    sizes.push_back(size.get<int64_t>());
  }
  return sizes;
}

Expected<Array> SafetensorsWeights::read(StringRef name) const {
  auto entry = header.find(name.str());
  if (entry == header.end() || !entry->is_object() || name == "__metadata__")
    return noSuchArray(name);
  auto dtype = entry->find("dtype");
  std::optional<ElementType> type;
  if (dtype != entry->end() && dtype->is_string())
    type = parseElementType(dtype->get_ref<const std::string &>());
  if (!type)
    return makeError("unsupported element type of array '" + name + "'");
  auto shape = parseSizes(*entry, "shape");
  auto offsets = parseSizes(*entry, "data_offsets");
  std::optional<int64_t> count;
  if (shape)
    count = countElements(*shape);
  if (!count || !offsets || offsets->size() != 2)
    return makeError("damaged header of array '" + name + "'");
  uint64_t begin = (*offsets)[0], end = (*offsets)[1];
  uint64_t available = bytes.size() - dataOffset;
  if (begin > end || end > available ||
      end - begin != uint64_t(*count) * type->size)
    return makeError("damaged header of array '" + name + "'");
  StringRef data = StringRef(bytes).substr(dataOffset + begin, end - begin);
  return Array{*shape, decodeElements(data, *type)};
}

Expected<std::unique_ptr<WeightFile>>
frieze::parseSafetensors(std::string bytes) {
  if (!isSafetensors(bytes))
    return fail(bytes);
  const size_t prefix = 8;
  uint64_t size = support::endian::read64le(bytes.data());
  Expected<json> header = parseJson(StringRef(bytes).substr(prefix, size));
  if (!header)
    return header.takeError();
  return std::make_unique<SafetensorsWeights>(std::move(bytes), prefix + size,
                                              std::move(*header));
}

Expected<std::unique_ptr<WeightFile>>
frieze::parseWeightFile(std::string bytes) {
  if (isZip(bytes))
    return NpzWeights::open(std::move(bytes));
  if (isHdf5(bytes)) {
    Expected<std::unique_ptr<Hdf5File>> file = Hdf5File::open(bytes);
    if (!file)
      return file.takeError();
    return std::make_unique<Hdf5Weights>(std::move(*file));
  }
  return parseSafetensors(std::move(bytes));
}
