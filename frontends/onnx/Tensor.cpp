//===- Tensor.cpp - Stored tensors of ONNX ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Tensor.h"
#include "frontends/ModelBuilder.h"
#include "frontends/onnx/onnx.pb.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::onnx;
using ::onnx::TensorProto;

void frieze::onnx::noteType(ModelBuilder &builder, DataType type) {
  if (type != DataType::Float && isFloat(type))
    builder.noteType(getTypeName(type));
}

//===----------------------------------------------------------------------===//
// Stored elements
//===----------------------------------------------------------------------===//

std::optional<DataType> frieze::onnx::getDataType(int type) {
  if (getElementType(DataType(type)))
    return DataType(type);
  return std::nullopt;
}

std::string frieze::onnx::getTypeName(int type) {
  // From 17 on; the schema may be older than the file.
  static constexpr StringLiteral later[] = {
      "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
      "uint4",        "int4",           "float4e2m1", "float8e8m0"};
  if (type >= 17 && type < 17 + int(std::size(later)))
    return later[type - 17].str();
  return TensorProto::DataType_IsValid(type)
             ? StringRef(
                   TensorProto::DataType_Name(TensorProto::DataType(type)))
                   .lower()
             : std::to_string(type);
}

/// Elements in one of the typed fields. 16-bit floats stand in `int32_data` as
/// their bits.
static std::vector<double> decodeTyped(const TensorProto &proto,
                                       ElementType type) {
  auto convert = [](const auto &field) {
    return std::vector<double>(field.begin(), field.end());
  };
  switch (proto.data_type()) {
  case TensorProto::FLOAT:
    return convert(proto.float_data());
  case TensorProto::DOUBLE:
    return convert(proto.double_data());
  case TensorProto::INT64:
    return convert(proto.int64_data());
  case TensorProto::UINT32:
  case TensorProto::UINT64:
    return convert(proto.uint64_data());
  case TensorProto::FLOAT16:
  case TensorProto::BFLOAT16: {
    std::string bytes;
    for (int32_t bits : proto.int32_data())
      bytes.append({char(bits), char(bits >> 8)});
    return decodeNumbers(bytes, type);
  }
  default:
    return convert(proto.int32_data());
  }
}

/// The `size` bytes of a tensor with its data in another file of `folder`.
static Expected<std::string> readExternalData(const TensorProto &proto,
                                              StringRef folder, size_t size) {
  std::string location;
  uint64_t offset = 0, length = size;
  for (const auto &entry : proto.external_data()) {
    bool isBad = false;
    if (entry.key() == "location")
      location = entry.value();
    else if (entry.key() == "offset")
      isBad = StringRef(entry.value()).getAsInteger(10, offset);
    else if (entry.key() == "length")
      isBad = StringRef(entry.value()).getAsInteger(10, length);
    if (isBad)
      return makeError("expects '" + entry.key() +
                       "' of external data to be a number, but got '" +
                       entry.value() + "'");
  }
  bool leavesFolder =
      sys::path::has_root_path(location) ||
      llvm::is_contained(llvm::make_range(sys::path::begin(location),
                                          sys::path::end(location)),
                         "..");
  if (location.empty() || leavesFolder ||
      location.find('\0') != std::string::npos)
    return makeError("expects external data in the folder of the model, but "
                     "got the location '" +
                     location + "'");
  if (length != size)
    return makeError("expects " + Twine(size) +
                     " bytes of external data, but got " + Twine(length));
  SmallString<128> path(folder);
  sys::path::append(path, location);
  sys::fs::file_status status;
  if (std::error_code error = sys::fs::status(path, status))
    return makeError("cannot open the external data '" + path.str() +
                     "': " + error.message());
  if (status.type() != sys::fs::file_type::regular_file ||
      offset > status.getSize() || length > status.getSize() - offset)
    return makeError("expects external data of " + Twine(offset) + " + " +
                     Twine(length) + " bytes in '" + path.str() +
                     "', which has " + Twine(status.getSize()));
  if (size == 0)
    return std::string();
  auto buffer = MemoryBuffer::getFileSlice(path, length, offset);
  if (!buffer)
    return makeError("cannot read the external data '" + path.str() +
                     "': " + buffer.getError().message());
  return (*buffer)->getBuffer().str();
}

Expected<Constant> frieze::onnx::readTensor(const ModelBuilder &builder,
                                            const TensorProto &proto,
                                            StringRef folder) {
  std::optional<ElementType> type = getElementType(DataType(proto.data_type()));
  if (!type)
    return makeError("unsupported element type of a constant: " +
                     getTypeName(proto.data_type()));
  if (proto.has_segment())
    return makeError("unsupported constant in segments");
  ArrayRef<int64_t> shape(proto.dims().data(), proto.dims_size());
  std::optional<int64_t> count = countElements(shape);
  if (!count)
    return makeError("expects a constant of at most " + Twine(maxElements) +
                     " elements on at most " + Twine(maxRank) +
                     " axes, but got shape " + formatShape(shape));
  Constant constant{
      DataType(proto.data_type()), SmallVector<int64_t>(shape), {}};
  size_t size = *count * type->size;
  if (proto.data_location() == TensorProto::EXTERNAL) {
    Expected<std::string> bytes = readExternalData(proto, folder, size);
    if (!bytes)
      return bytes.takeError();
    builder.noteRead(*bytes);
    constant.values = decodeNumbers(*bytes, *type);
  } else if (proto.has_raw_data()) {
    if (proto.raw_data().size() != size)
      return makeError("expects " + Twine(size) + " bytes for shape " +
                       formatShape(shape) + ", but got " +
                       Twine(proto.raw_data().size()));
    constant.values = decodeNumbers(proto.raw_data(), *type);
  } else {
    constant.values = decodeTyped(proto, *type);
  }
  if (constant.values.size() != size_t(*count))
    return makeError("expects " + Twine(*count) + " elements for shape " +
                     formatShape(shape) + ", but got " +
                     Twine(constant.values.size()));
  return constant;
}
