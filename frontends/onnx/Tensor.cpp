//===- Tensor.cpp - A tensor of an ONNX graph -------------------*- C++ -*-===//
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

#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::onnx;
using ::onnx::TensorProto;

SmallVector<int64_t> Constant::getIntegers() const {
  SmallVector<int64_t> integers;
  for (double value : values)
    integers.push_back(value >= 0x1p63     ? std::numeric_limits<int64_t>::max()
                       : value <= -0x1p63  ? std::numeric_limits<int64_t>::min()
                       : std::isnan(value) ? 0
                                           : int64_t(value));
  return integers;
}

DoubleArray Constant::toArray() const { return {shape, values}; }

ArrayRef<int64_t> Tensor::getShape() const {
  return constant ? ArrayRef<int64_t>(constant->shape)
                  : frieze::getShape(value);
}

void frieze::onnx::noteType(ModelBuilder &builder, DataType type) {
  if (type != DataType::Float && isFloat(type))
    builder.noteType(getTypeName(type));
}

Constant frieze::onnx::makeInteger(int64_t value) {
  return {DataType::Int64, {}, {double(value)}};
}

Constant frieze::onnx::makeIntegers(ArrayRef<int64_t> values) {
  return {DataType::Int64,
          {int64_t(values.size())},
          std::vector<double>(values.begin(), values.end())};
}

//===----------------------------------------------------------------------===//
// Stored elements
//===----------------------------------------------------------------------===//

/// How raw data stores elements of `type`. Nothing for what is no number.
static std::optional<ElementType> getElementType(int type) {
  switch (type) {
  case TensorProto::FLOAT:
    return ElementType{ElementKind::Float, 4};
  case TensorProto::DOUBLE:
    return ElementType{ElementKind::Float, 8};
  case TensorProto::FLOAT16:
    return ElementType{ElementKind::Float, 2};
  case TensorProto::BFLOAT16:
    return ElementType{ElementKind::BFloat, 2};
  case TensorProto::BOOL:
    return ElementType{ElementKind::Bool, 1};
  case TensorProto::INT8:
    return ElementType{ElementKind::Signed, 1};
  case TensorProto::INT16:
    return ElementType{ElementKind::Signed, 2};
  case TensorProto::INT32:
    return ElementType{ElementKind::Signed, 4};
  case TensorProto::INT64:
    return ElementType{ElementKind::Signed, 8};
  case TensorProto::UINT8:
    return ElementType{ElementKind::Unsigned, 1};
  case TensorProto::UINT16:
    return ElementType{ElementKind::Unsigned, 2};
  case TensorProto::UINT32:
    return ElementType{ElementKind::Unsigned, 4};
  case TensorProto::UINT64:
    return ElementType{ElementKind::Unsigned, 8};
  default:
    return std::nullopt;
  }
}

static bool isIntegerKind(ElementKind kind) {
  return kind == ElementKind::Signed || kind == ElementKind::Unsigned;
}

bool frieze::onnx::isInteger(DataType type) {
  return isIntegerKind(getElementType(int(type))->kind);
}

bool frieze::onnx::isFloat(DataType type) {
  return type != DataType::Bool && !isInteger(type);
}

static double roundFloat(double value, const fltSemantics &semantics) {
  bool losesInfo;
  APFloat number(value);
  number.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
  return number.convertToDouble();
}

/// The lowest number of a type of integers, and the number of all.
static std::pair<double, double> getRange(ElementType type) {
  double count = std::ldexp(1.0, 8 * type.size);
  return {type.kind == ElementKind::Signed ? -count / 2 : 0.0, count};
}

double frieze::onnx::roundTo(double value, DataType type) {
  ElementType element = *getElementType(int(type));
  if (element.kind == ElementKind::Bool)
    return value != 0.0;
  if (element.kind == ElementKind::BFloat)
    return roundFloat(value, APFloat::BFloat());
  if (element.kind == ElementKind::Float)
    return element.size == 8   ? value
           : element.size == 4 ? double(float(value))
                               : roundFloat(value, APFloat::IEEEhalf());
  double whole = std::trunc(value);
  auto [lowest, count] = getRange(element);
  // Beyond 64 bits are only the rounded limits.
  if (!std::isfinite(whole) || (element.size == 8 && whole >= lowest))
    return whole;
  return whole - count * std::floor((whole - lowest) / count);
}

bool frieze::onnx::isInRange(double value, DataType type) {
  if (!isInteger(type))
    return true;
  auto [lowest, count] = getRange(*getElementType(int(type)));
  double whole = std::trunc(value);
  return whole >= lowest && whole < lowest + count;
}

std::optional<DataType> frieze::onnx::getDataType(int type) {
  if (getElementType(type))
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

/// Elements in raw data: little endian.
static std::vector<double> decodeRaw(StringRef bytes, ElementType type) {
  // float32 holds the small numbers as well.
  if (type.size <= 2 || (type.size == 4 && !isIntegerKind(type.kind))) {
    std::vector<float> values = decodeElements(bytes, type);
    return std::vector<double>(values.begin(), values.end());
  }
  std::vector<double> values;
  values.reserve(bytes.size() / type.size);
  for (; !bytes.empty(); bytes = bytes.drop_front(type.size)) {
    uint64_t bits = 0;
    for (size_t i = 0; i < type.size; ++i)
      bits |= uint64_t(uint8_t(bytes[i])) << 8 * i;
    unsigned shift = 64 - 8 * type.size;
    values.push_back(type.kind == ElementKind::Float ? bit_cast<double>(bits)
                     : type.kind == ElementKind::Unsigned
                         ? double(bits)
                         : double(int64_t(bits << shift) >> shift));
  }
  return values;
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
    return decodeRaw(bytes, type);
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

Expected<Constant> frieze::onnx::readTensor(const TensorProto &proto,
                                            StringRef folder) {
  std::optional<ElementType> type = getElementType(proto.data_type());
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
    constant.values = decodeRaw(*bytes, *type);
  } else if (proto.has_raw_data()) {
    if (proto.raw_data().size() != size)
      return makeError("expects " + Twine(size) + " bytes for shape " +
                       formatShape(shape) + ", but got " +
                       Twine(proto.raw_data().size()));
    constant.values = decodeRaw(proto.raw_data(), *type);
  } else {
    constant.values = decodeTyped(proto, *type);
  }
  if (constant.values.size() != size_t(*count))
    return makeError("expects " + Twine(*count) + " elements for shape " +
                     formatShape(shape) + ", but got " +
                     Twine(constant.values.size()));
  return constant;
}
