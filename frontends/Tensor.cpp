//===- Tensor.cpp - A tensor of a graph being imported ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Tensor.h"
#include "frontends/ModelBuilder.h"

#include <cmath>

using namespace llvm;
using namespace frieze;

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

Constant frieze::makeInteger(int64_t value) {
  return {DataType::Int64, {}, {double(value)}};
}

Constant frieze::makeIntegers(ArrayRef<int64_t> values) {
  return {DataType::Int64,
          {int64_t(values.size())},
          std::vector<double>(values.begin(), values.end())};
}

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

std::optional<ElementType> frieze::getElementType(DataType type) {
  switch (type) {
  case DataType::Float:
    return ElementType{ElementKind::Float, 4};
  case DataType::Double:
    return ElementType{ElementKind::Float, 8};
  case DataType::Half:
    return ElementType{ElementKind::Float, 2};
  case DataType::BFloat:
    return ElementType{ElementKind::BFloat, 2};
  case DataType::Bool:
    return ElementType{ElementKind::Bool, 1};
  case DataType::Int8:
    return ElementType{ElementKind::Signed, 1};
  case DataType::Int16:
    return ElementType{ElementKind::Signed, 2};
  case DataType::Int32:
    return ElementType{ElementKind::Signed, 4};
  case DataType::Int64:
    return ElementType{ElementKind::Signed, 8};
  case DataType::UInt8:
    return ElementType{ElementKind::Unsigned, 1};
  case DataType::UInt16:
    return ElementType{ElementKind::Unsigned, 2};
  case DataType::UInt32:
    return ElementType{ElementKind::Unsigned, 4};
  case DataType::UInt64:
    return ElementType{ElementKind::Unsigned, 8};
  }
  return std::nullopt;
}

static bool isIntegerKind(ElementKind kind) {
  return kind == ElementKind::Signed || kind == ElementKind::Unsigned;
}

bool frieze::isInteger(DataType type) {
  return isIntegerKind(getElementType(type)->kind);
}

bool frieze::isFloat(DataType type) {
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

double frieze::roundTo(double value, DataType type) {
  ElementType element = *getElementType(type);
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

bool frieze::isInRange(double value, DataType type) {
  if (!isInteger(type))
    return true;
  auto [lowest, count] = getRange(*getElementType(type));
  double whole = std::trunc(value);
  return whole >= lowest && whole < lowest + count;
}

std::vector<double> frieze::decodeNumbers(StringRef bytes, ElementType type) {
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
