//===- Array.cpp - A tensor read from a file --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Array.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;
using namespace frieze;

std::optional<int64_t> frieze::countElements(ArrayRef<int64_t> shape) {
  if (shape.size() > maxRank)
    return std::nullopt;
  int64_t count = 1;
  for (int64_t size : shape) {
    if (size < 0 || size > maxElements)
      return std::nullopt;
    count *= size;
    if (count > maxElements)
      return std::nullopt;
  }
  return count;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

static float decodeHalf(uint64_t bits) {
  int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  float magnitude;
  if (exponent == 31)
    magnitude = fraction ? std::nanf("") : HUGE_VALF;
  else if (exponent == 0)
    magnitude = std::ldexp(float(fraction), -24);
  else
    magnitude = std::ldexp(float(fraction + 1024), exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

static float decodeElement(uint64_t bits, ElementType type) {
  switch (type.kind) {
  case ElementKind::Bool:
    return bits != 0;
  case ElementKind::Unsigned:
    return bits;
  case ElementKind::Signed: {
    unsigned shift = 64 - 8 * type.size;
    return int64_t(bits << shift) >> shift;
  }
  case ElementKind::BFloat:
    return bit_cast<float>(uint32_t(bits) << 16);
  case ElementKind::Float:
    if (type.size == 2)
      return decodeHalf(bits);
    if (type.size == 4)
      return bit_cast<float>(uint32_t(bits));
    return bit_cast<double>(bits);
  }
  llvm_unreachable("unknown element kind");
}

bool frieze::isSupported(ElementType type) {
  switch (type.kind) {
  case ElementKind::Bool:
    return type.size == 1;
  case ElementKind::Unsigned:
  case ElementKind::Signed:
    return type.size == 1 || type.size == 2 || type.size == 4 || type.size == 8;
  case ElementKind::BFloat:
    return type.size == 2;
  case ElementKind::Float:
    return type.size == 2 || type.size == 4 || type.size == 8;
  }
  llvm_unreachable("unknown element kind");
}

std::vector<float> frieze::decodeElements(StringRef bytes, ElementType type) {
  std::vector<float> values;
  values.reserve(bytes.size() / type.size);
  for (; !bytes.empty(); bytes = bytes.drop_front(type.size)) {
    uint64_t bits = 0;
    for (size_t i = 0; i < type.size; ++i)
      bits |= uint64_t(uint8_t(bytes[i]))
              << 8 * (type.isBigEndian ? type.size - 1 - i : i);
    values.push_back(decodeElement(bits, type));
  }
  return values;
}

//===----------------------------------------------------------------------===//
// Shapes and errors
//===----------------------------------------------------------------------===//

std::string frieze::formatShape(ArrayRef<int64_t> shape) {
  std::string text;
  raw_string_ostream stream(text);
  stream << "(";
  interleaveComma(shape.take_front(maxRank), stream);
  stream << (shape.size() > maxRank ? ", ...)" : ")");
  return text;
}

Error frieze::makeError(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}
