//===- NumpyFile.cpp - NumPy's .npy and .npz --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/NumpyFile.h"
#include "frontends/Files.h"
#include "frontends/ZipArchive.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace frieze;

static constexpr StringLiteral npyMagic = "\x93NUMPY";
/// Elements of all arrays of a .npz file.
static constexpr int64_t maxNpzElements = 2 * maxElements;

//===----------------------------------------------------------------------===//
// Header
//===----------------------------------------------------------------------===//

namespace {
/// Reads the header, a Python dictionary such as
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
class NpyHeaderParser {
public:
  explicit NpyHeaderParser(StringRef text) : text(text) {}

  /// False where the text is something else.
  bool parse(NpyHeader &header);

private:
  bool consume(StringRef token);
  bool parseString(StringRef &string);
  bool parseType(ElementType &type);
  bool parseBool(bool &value);
  bool parseShape(SmallVectorImpl<int64_t> &shape);

  StringRef text;
};
} // namespace

bool NpyHeaderParser::consume(StringRef token) {
  text = text.ltrim();
  return text.consume_front(token);
}

bool NpyHeaderParser::parseString(StringRef &string) {
  StringRef quote = consume("'") ? "'" : "\"";
  if (quote == "\"" && !consume(quote))
    return false;
  size_t end = text.find(quote);
  if (end == StringRef::npos)
    return false;
  string = text.take_front(end);
  text = text.drop_front(end + 1);
  return true;
}

bool NpyHeaderParser::parseType(ElementType &type) {
  StringRef code;
  if (!parseString(code) || code.size() < 3)
    return false;
  // '<' little, '>' big, '|' none, '=' native where it was written: unknown.
  if (!StringRef("<>|").contains(code[0]) ||
      code.drop_front(2).getAsInteger(10, type.size))
    return false;
  type.isBigEndian = code[0] == '>';
  switch (code[1]) {
  case 'f':
    type.kind = ElementKind::Float;
    break;
  case 'i':
    type.kind = ElementKind::Signed;
    break;
  case 'u':
    type.kind = ElementKind::Unsigned;
    break;
  case 'b':
    type.kind = ElementKind::Bool;
    break;
  default:
    return false;
  }
  return isSupported(type);
}

bool NpyHeaderParser::parseBool(bool &value) {
  value = consume("True");
  return value || consume("False");
}

bool NpyHeaderParser::parseShape(SmallVectorImpl<int64_t> &shape) {
  if (!consume("("))
    return false;
  while (!consume(")")) {
    int64_t size;
    text = text.ltrim();
    if (shape.size() == maxRank || text.consumeInteger(10, size))
      return false;
    shape.push_back(size);
    // A tuple of one ends with a comma.
    if (!consume(","))
      return consume(")");
  }
  return true;
}

bool NpyHeaderParser::parse(NpyHeader &header) {
  if (!consume("{"))
    return false;
  unsigned seen = 0;
  while (!consume("}")) {
    StringRef key;
    if (!parseString(key) || !consume(":"))
      return false;
    if (key == "descr" && parseType(header.type))
      seen |= 1;
    else if (key == "fortran_order" && parseBool(header.isFortran))
      seen |= 2;
    else if (key == "shape" && header.shape.empty() && parseShape(header.shape))
      seen |= 4;
    else
      return false;
    if (!consume(",") && !text.ltrim().starts_with("}"))
      return false;
  }
  return seen == 7;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Reorders `values`, whose first axis varies fastest, to row major.
static std::vector<float> toRowMajor(ArrayRef<float> values,
                                     ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t axis = 1; axis < shape.size(); ++axis)
    strides[axis] = strides[axis - 1] * shape[axis - 1];
  return readStrided(values, shape, strides);
}

Expected<NpyHeader> frieze::takeNpyHeader(StringRef &bytes) {
  if (!bytes.consume_front(npyMagic) || bytes.size() < 2)
    return makeError("expects a .npy file");
  // Version 1 has 2 bytes for the header's length, 2 and 3 have 4.
  unsigned version = uint8_t(bytes[0]);
  size_t lengthSize = version == 1 ? 2 : 4;
  if (version < 1 || version > 3)
    return makeError("expects .npy version 1 to 3, but got " + Twine(version));
  bytes = bytes.drop_front(2);
  if (bytes.size() < lengthSize)
    return makeError("damaged .npy header");
  size_t length = lengthSize == 2 ? support::endian::read16le(bytes.data())
                                  : support::endian::read32le(bytes.data());
  bytes = bytes.drop_front(lengthSize);
  NpyHeader header;
  if (length > bytes.size() ||
      !NpyHeaderParser(bytes.take_front(length)).parse(header))
    return makeError("damaged .npy header, or an array of other than numbers");
  bytes = bytes.drop_front(length);
  return header;
}

Expected<Array> frieze::parseNpy(StringRef bytes) {
  Expected<NpyHeader> header = takeNpyHeader(bytes);
  if (!header)
    return header.takeError();
  std::optional<int64_t> count = countElements(header->shape);
  if (!count)
    return makeError("expects an array of at most " + Twine(maxElements) +
                     " elements, but got shape " + formatShape(header->shape));
  uint64_t size = uint64_t(*count) * header->type.size;
  if (size != bytes.size())
    return makeError("expects " + Twine(size) + " bytes of data for shape " +
                     formatShape(header->shape) + ", but got " +
                     Twine(bytes.size()));
  Array array{header->shape, decodeElements(bytes, header->type)};
  if (header->isFortran && array.shape.size() > 1)
    array.values = toRowMajor(array.values, array.shape);
  return array;
}

Expected<std::vector<NamedArray>> frieze::parseNpz(StringRef bytes) {
  Expected<ZipArchive> archive = ZipArchive::open(bytes);
  if (!archive)
    return archive.takeError();
  std::vector<NamedArray> arrays;
  StringSet<> names;
  int64_t budget = maxNpzElements;
  for (const std::string &member : archive->getNames()) {
    StringRef name = member;
    if (!name.consume_back(".npy"))
      return makeError("expects .npy members, but got '" + name + "'");
    if (!names.insert(name).second)
      return makeError("expects one array of each name, but got '" + name +
                       "' twice");
    Expected<std::string> data =
        archive->read(member, size_t(maxElements) * 8 + (1 << 16));
    if (!data)
      return data.takeError();
    Expected<Array> array = parseNpy(*data);
    if (!array)
      return makeError("array '" + name + "': " + toString(array.takeError()));
    budget -= array->values.size();
    if (budget < 0)
      return makeError("expects arrays of at most " + Twine(maxNpzElements) +
                       " elements together");
    arrays.push_back({name.str(), std::move(*array)});
  }
  return arrays;
}

Expected<std::vector<NamedArray>> frieze::readNumpyFile(StringRef path) {
  Expected<std::string> bytes = readFile(path);
  if (!bytes)
    return bytes.takeError();
  if (isZip(*bytes))
    return parseNpz(*bytes);
  if (!StringRef(*bytes).starts_with(npyMagic))
    return makeError("expects a .npz or .npy file, but got " +
                     Twine(bytes->empty() ? "an empty one" : "another format"));
  Expected<Array> array = parseNpy(*bytes);
  if (!array)
    return array.takeError();
  std::vector<NamedArray> arrays;
  arrays.push_back({"", std::move(*array)});
  return arrays;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

std::string frieze::formatNpy(const Array &array) {
  std::string shape = join(
      map_range(array.shape, [](int64_t size) { return std::to_string(size); }),
      ", ");
  if (array.shape.size() == 1)
    shape += ","; // as Python writes a tuple of one
  std::string header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
  // Data begins at a multiple of 64 bytes; the header ends with a new line.
  size_t prefix = npyMagic.size() + 4;
  header.append(63 - (prefix + header.size()) % 64, ' ');
  header += '\n';
  std::string bytes = npyMagic.str() + std::string("\x01\x00", 2);
  char length[2];
  support::endian::write16le(length, header.size());
  bytes.append(length, 2);
  bytes += header;
  size_t offset = bytes.size();
  bytes.resize(offset + array.values.size() * sizeof(float));
  for (size_t i = 0; i < array.values.size(); ++i)
    support::endian::write32le(&bytes[offset + i * sizeof(float)],
                               bit_cast<uint32_t>(array.values[i]));
  return bytes;
}

Expected<NumpyFormat> frieze::findNumpyFormat(StringRef path) {
  StringRef extension = sys::path::extension(path);
  if (extension.equals_insensitive(".npy"))
    return NumpyFormat::Npy;
  if (extension.equals_insensitive(".npz") ||
      (extension.empty() && isStream(path)))
    return NumpyFormat::Npz;
  return makeError("expects the extension .npz or .npy, but got '" + extension +
                   "'");
}

Error frieze::writeNumpyFile(StringRef path, NumpyFormat format,
                             ArrayRef<NamedArray> arrays) {
  std::string bytes;
  if (format == NumpyFormat::Npy) {
    if (arrays.size() != 1)
      return makeError("expects one array for a .npy file, but got " +
                       Twine(arrays.size()));
    bytes = formatNpy(arrays.front().array);
  } else {
    std::vector<std::pair<std::string, std::string>> members;
    for (const NamedArray &array : arrays)
      members.emplace_back(array.name + ".npy", formatNpy(array.array));
    if (Error error = formatZip(members).moveInto(bytes))
      return error;
  }
  return writeFile(path, [&](raw_ostream &os) { os << bytes; });
}
