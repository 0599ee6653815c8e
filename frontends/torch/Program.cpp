//===- Program.cpp - Files of torch.export ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Program.h"
#include "frontends/Json.h"
#include "frontends/torch/TorchModel.h"

#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::torch;
using nlohmann::json;

/// Bytes of one member, and of all weights of a file together.
static constexpr size_t maxBytes = size_t(1) << 31;

/// The json of a program in the first layout, and what it ends with in later
/// ones, behind a folder named after the file.
static constexpr StringLiteral oldProgram = "serialized_exported_program.json";
static constexpr StringLiteral newProgram = "models/model.json";

bool frieze::isTorchProgram(StringRef bytes) {
  Expected<ZipArchive> archive = ZipArchive::open(bytes);
  if (!archive) {
    consumeError(archive.takeError());
    return false;
  }
  return llvm::any_of(archive->getNames(), [](StringRef name) {
    return name == oldProgram || name.ends_with("/archive_format") ||
           name == "archive_format";
  });
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

const json *frieze::torch::findMember(const json &value, StringRef key) {
  if (!value.is_object())
    return nullptr;
  auto member = value.find(key.str());
  return member == value.end() || member->is_null() ? nullptr : &*member;
}

std::string frieze::torch::findString(const json &value, StringRef key) {
  const json *member = findMember(value, key);
  return member && member->is_string() ? member->get<std::string>() : "";
}

std::optional<int64_t> frieze::torch::asInteger(const json *value) {
  if (!value || !value->is_number_integer())
    return std::nullopt;
  if (value->is_number_unsigned() &&
      value->get<uint64_t>() > uint64_t(std::numeric_limits<int64_t>::max()))
    return std::nullopt;
  return value->get<int64_t>();
}

/// Python writes `NaN` and `Infinity` as they stand, which JSON doesn't have:
/// they become strings.
static std::string quoteNonFinite(StringRef text) {
  std::string quoted;
  quoted.reserve(text.size());
  bool inString = false;
  while (!text.empty()) {
    if (!inString)
      for (StringRef word : {"-Infinity", "Infinity", "NaN"})
        if (text.consume_front(word)) {
          quoted += "\"" + word.str() + "\"";
          break;
        }
    if (text.empty())
      break;
    if (inString && text[0] == '\\' && text.size() > 1) {
      quoted += text.take_front(2);
      text = text.drop_front(2);
      continue;
    }
    inString ^= text[0] == '"';
    quoted += text[0];
    text = text.drop_front();
  }
  return quoted;
}

static Expected<json> readJson(const ZipArchive &archive, StringRef member) {
  Expected<std::string> text = archive.read(member, maxJsonBytes);
  if (!text)
    return text.takeError();
  return parseJson(quoteNonFinite(*text));
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

std::optional<DataType> frieze::torch::getDataType(int64_t type) {
  static constexpr std::pair<int64_t, DataType> types[] = {
      {1, DataType::UInt8},   {2, DataType::Int8},   {3, DataType::Int16},
      {4, DataType::Int32},   {5, DataType::Int64},  {6, DataType::Half},
      {7, DataType::Float},   {8, DataType::Double}, {12, DataType::Bool},
      {13, DataType::BFloat},
  };
  for (auto [number, known] : types)
    if (number == type)
      return known;
  return std::nullopt;
}

std::string frieze::torch::getTypeName(int64_t type) {
  static constexpr StringLiteral names[] = {
      "unknown",   "uint8",      "int8",    "int16",   "int32",
      "int64",     "float16",    "float32", "float64", "complex32",
      "complex64", "complex128", "bool",    "bfloat16"};
  return type >= 0 && type < int64_t(std::size(names)) ? names[type].str()
                                                       : std::to_string(type);
}

/// The type of the elements of a storage.
static std::optional<DataType> getStorageType(StringRef name) {
  static constexpr std::pair<StringLiteral, DataType> types[] = {
      {"torch.FloatStorage", DataType::Float},
      {"torch.DoubleStorage", DataType::Double},
      {"torch.HalfStorage", DataType::Half},
      {"torch.BFloat16Storage", DataType::BFloat},
      {"torch.LongStorage", DataType::Int64},
      {"torch.IntStorage", DataType::Int32},
      {"torch.ShortStorage", DataType::Int16},
      {"torch.CharStorage", DataType::Int8},
      {"torch.ByteStorage", DataType::UInt8},
      {"torch.BoolStorage", DataType::Bool},
  };
  for (auto [known, type] : types)
    if (known == name)
      return type;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

Error ProgramArchive::readByteOrder(const ZipArchive &from, StringRef member) {
  if (!from.contains(member))
    return Error::success();
  Expected<std::string> order = from.read(member, 16);
  if (!order)
    return order.takeError();
  if (*order != "little")
    return makeError("unsupported byte order '" +
                     StringRef(*order).take_front(16) + "', expects little");
  return Error::success();
}

/// A list of sizes or strides of the schema, all of them known.
static std::optional<SmallVector<int64_t>> readSizes(const json *list) {
  SmallVector<int64_t> sizes;
  if (!list || !list->is_array())
    return std::nullopt;
  for (const json &entry : *list) {
    std::optional<int64_t> size = asInteger(findMember(entry, "as_int"));
    if (!size || sizes.size() > maxRank)
      return std::nullopt;
    sizes.push_back(*size);
  }
  return sizes;
}

/// The tensors that the list `name` in `folder` tells.
Error ProgramArchive::readConfig(StringRef folder, StringRef name) {
  const ZipArchive &archive = *archives.front();
  std::string member = (folder + name).str();
  if (!archive.contains(member))
    return Error::success();
  Expected<json> list = readJson(archive, member);
  if (!list)
    return list.takeError();
  const json *config = findMember(*list, "config");
  if (!config || !config->is_object())
    return makeError("expects a list of tensors in '" + member + "'");
  for (const auto &item : config->items()) {
    const std::string &key = item.key();
    const json &entry = item.value();
    auto fail = [&](const Twine &problem) {
      return makeError("tensor '" + key + "': " + problem);
    };
    const json *meta = findMember(entry, "tensor_meta");
    const json *pickled = findMember(entry, "use_pickle");
    if (!meta || (pickled && *pickled != false))
      return fail("unsupported kind of tensor, expects one of torch.Tensor");
    int64_t number = asInteger(findMember(*meta, "dtype")).value_or(-1);
    std::optional<DataType> type = getDataType(number);
    if (!type)
      return fail("unsupported element type: " + getTypeName(number));
    auto sizes = readSizes(findMember(*meta, "sizes"));
    auto strides = readSizes(findMember(*meta, "strides"));
    const json *offset = findMember(*meta, "storage_offset");
    std::optional<int64_t> start =
        offset ? asInteger(findMember(*offset, "as_int")) : std::nullopt;
    if (!sizes || !strides || !start ||
        asInteger(findMember(*meta, "layout")).value_or(7) != 7)
      return fail("unsupported layout, expects a strided tensor");
    stored[key] = {&archive, folder.str() + findString(entry, "path_name"),
                   *type,    *start,
                   *sizes,   *strides};
  }
  return Error::success();
}

/// The tensors in an archive of torch.save() in the archive.
Error ProgramArchive::readPickles(StringRef member) {
  const ZipArchive &archive = *archives.front();
  if (!archive.contains(member))
    return Error::success();
  Expected<std::string> bytes = archive.read(member, maxBytes);
  if (!bytes)
    return bytes.takeError();
  if (bytes->empty())
    return Error::success();
  innerBytes.push_back(std::make_unique<std::string>(std::move(*bytes)));
  Expected<ZipArchive> opened = ZipArchive::open(*innerBytes.back());
  if (!opened)
    return makeError("in '" + member + "': " + toString(opened.takeError()));
  archives.push_back(std::make_unique<ZipArchive>(std::move(*opened)));
  const ZipArchive &from = *archives.back();
  // All members are in a folder.
  std::string folder;
  for (const std::string &name : from.getNames())
    if (StringRef(name).ends_with("/data.pkl"))
      folder = StringRef(name).drop_back(StringRef("data.pkl").size()).str();
  if (Error error = readByteOrder(from, folder + "byteorder"))
    return error;
  Expected<std::string> pickle = from.read(folder + "data.pkl", maxBytes);
  if (!pickle)
    return makeError("in '" + member + "': " + toString(pickle.takeError()));
  auto tensors = readPickledTensors(*pickle);
  if (!tensors)
    return makeError("in '" + member + "': " + toString(tensors.takeError()));
  for (const auto &entry : *tensors) {
    const PickledTensor &tensor = entry.second;
    std::optional<DataType> type = getStorageType(tensor.storageClass);
    if (!type)
      return makeError("tensor '" + entry.first() +
                       "': unsupported storage of class " +
                       tensor.storageClass);
    stored[entry.first()] = {&from,        folder + "data/" + tensor.storageKey,
                             *type,        tensor.offset,
                             tensor.sizes, tensor.strides};
  }
  return Error::success();
}

Expected<Constant> ProgramArchive::readTensor(StringRef name) const {
  auto entry = stored.find(name);
  if (entry == stored.end())
    return makeError("expects elements of the tensor '" + name +
                     "', but the file has none");
  const Stored &from = entry->second;
  auto fail = [&](const Twine &problem) {
    return makeError("tensor '" + name + "': " + problem);
  };
  std::optional<int64_t> count = countElements(from.sizes);
  if (!count || from.sizes.size() != from.strides.size())
    return fail("expects at most " + Twine(maxElements) +
                " elements on at most " + Twine(maxRank) +
                " axes, but got shape " + formatShape(from.sizes));
  Constant constant{from.type, from.sizes, {}};
  if (*count == 0)
    return constant;
  Expected<std::string> bytes =
      from.archive->read(from.member, std::min(maxBytes, budget));
  if (!bytes)
    return fail(toString(bytes.takeError()));
  budget -= bytes->size();
  ElementType element = *getElementType(from.type);
  int64_t available = bytes->size() / element.size;
  bool fits = from.offset >= 0 && from.offset < available;
  int64_t last = from.offset;
  for (auto [size, stride] : zip_equal(from.sizes, from.strides)) {
    fits &= stride >= 0 && stride <= maxElements;
    last += fits ? (size - 1) * stride : 0;
    fits &= last < available;
  }
  if (!fits)
    return fail("expects elements within its storage of " + Twine(available));
  std::vector<double> values = decodeNumbers(
      StringRef(*bytes).substr(from.offset * element.size,
                               (last - from.offset + 1) * element.size),
      element);
  constant.values = readStrided<double>(values, from.sizes, from.strides);
  return constant;
}

Error ProgramArchive::readWeights(StringRef program, StringRef folder) {
  if (program == oldProgram) {
    if (Error error = readPickles("serialized_state_dict.pt"))
      return error;
    return readPickles("serialized_constants.pt");
  }
  for (StringRef kind : {"weights", "constants"}) {
    std::string inside = (folder + "data/" + kind + "/").str();
    // PyTorch 2.8 pickled them still.
    if (Error error = readPickles(inside + "model.pt"))
      return error;
    if (Error error =
            readConfig(inside, ("model_" + kind + "_config.json").str()))
      return error;
  }
  return Error::success();
}

Expected<ProgramArchive> ProgramArchive::open(StringRef bytes) {
  Expected<ZipArchive> archive = ZipArchive::open(bytes);
  if (!archive)
    return archive.takeError();
  ProgramArchive result(std::move(*archive));
  std::string member = oldProgram.str(), folder;
  if (!result.archives.front()->contains(member)) {
    size_t programs = 0;
    for (const std::string &name : result.archives.front()->getNames())
      if (StringRef(name).contains("models/") &&
          StringRef(name).ends_with(".json")) {
        ++programs;
        member = name;
      }
    if (programs != 1 || !StringRef(member).ends_with(newProgram))
      return makeError("expects one exported program in the archive, but got " +
                       Twine(programs) + "; save it with torch.export.save()");
    folder = StringRef(member).drop_back(newProgram.size()).str();
  }
  Expected<json> program = readJson(*result.archives.front(), member);
  if (!program)
    return program.takeError();
  result.program = std::move(*program);
  if (Error error =
          result.readByteOrder(*result.archives.front(), folder + "byteorder"))
    return error;
  if (Error error = result.readWeights(member, folder))
    return error;
  return result;
}
