//===- Text.cpp - Fields of text files --------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

#include <charconv>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Bytes of the character of UTF-8 with which `text` begins; 0 if there is
/// none.
static size_t countCharacterBytes(StringRef text) {
  const auto *begin = reinterpret_cast<const UTF8 *>(text.begin());
  const size_t count = getNumBytesForUTF8(*begin);
  return count <= text.size() && isLegalUTF8Sequence(begin, begin + count)
             ? count
             : 0;
}

static bool isUTF8(StringRef text) {
  while (!text.empty()) {
    size_t count = countCharacterBytes(text);
    if (count == 0)
      return false;
    text = text.drop_front(count);
  }
  return true;
}

/// Escapes what cannot be printed, but `kept`.
static std::string escape(StringRef text, StringRef kept) {
  std::string result;
  while (!text.empty()) {
    size_t count = countCharacterBytes(text);
    const bool isControl =
        count == 1 && !isPrint(text.front()) && !kept.contains(text.front());
    if (count == 0 || isControl) {
      result += "\\x" + utohexstr(uint8_t(text.front()), /*LowerCase=*/false,
                                  /*Width=*/2);
      text = text.drop_front();
    } else {
      result += text.take_front(count);
      text = text.drop_front(count);
    }
  }
  return result;
}

Error frieze::ecg::fileError(StringRef file, const Twine &message) {
  // The message may be several, one a line.
  return createStringError(inconvertibleErrorCode(),
                           toPrintable(file) +
                               ": error: " + escape(message.str(), "\n"));
}

std::string frieze::ecg::toPrintable(StringRef text) {
  return escape(text, "");
}

std::string frieze::ecg::decodeText(StringRef bytes) {
  if (isUTF8(bytes))
    return toPrintable(bytes);
  std::string text;
  for (unsigned char byte : bytes)
    if (byte < 0xA0) // controls of Latin-1 stay what they are
      text += char(byte);
    else
      (text += char(0xC0 | byte >> 6)) += char(0x80 | (byte & 0x3F));
  return toPrintable(text);
}

Error frieze::ecg::inFile(StringRef file, Error error) {
  return fileError(file, toString(std::move(error)));
}

template <typename T> static std::optional<T> parse(StringRef text) {
  text.consume_front("+");
  T value{};
  auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  if (error != std::errc() || end != text.end())
    return std::nullopt;
  return value;
}

std::optional<double> frieze::ecg::parseNumber(StringRef text) {
  return parse<double>(text);
}

std::optional<int64_t> frieze::ecg::parseInteger(StringRef text) {
  return parse<int64_t>(text);
}

std::string frieze::ecg::formatNumber(double value) {
  char text[32];
  auto [end, error] = std::to_chars(std::begin(text), std::end(text), value);
  return std::string(text, end);
}

StringRef frieze::ecg::takeLine(StringRef &text) {
  StringRef line;
  std::tie(line, text) = text.split('\n');
  line.consume_back("\r");
  return line;
}

/// Where the field ends with which `text` begins.
static size_t findFieldEnd(StringRef text, char separator) {
  StringRef field = text.ltrim(" ");
  if (!field.empty() && (field.front() == '"' || field.front() == '\'')) {
    size_t quote = field.find(field.front(), 1);
    if (quote != StringRef::npos)
      return text.find(separator, text.size() - field.size() + quote);
  }
  return text.find(separator);
}

SmallVector<StringRef> frieze::ecg::splitFields(StringRef line) {
  SmallVector<StringRef> fields;
  char separator = line.contains(';') ? ';' : line.contains('\t') ? '\t' : ',';
  for (bool last = false; !last;) {
    size_t end = findFieldEnd(line, separator);
    last = end == StringRef::npos;
    fields.push_back(line.take_front(end));
    line = last ? StringRef() : line.drop_front(end + 1);
  }
  for (StringRef &field : fields) {
    field = field.trim();
    if (field.size() >= 2 && field.front() == field.back() &&
        (field.front() == '"' || field.front() == '\''))
      field = field.drop_front().drop_back().trim();
  }
  return fields;
}

std::string frieze::ecg::quoteField(StringRef field) {
  if (field.find_first_of(",;\t") == StringRef::npos)
    return field.str();
  return ("\"" + field + "\"").str();
}

StringRef frieze::ecg::skipByteOrderMark(StringRef text) {
  text.consume_front("\xEF\xBB\xBF");
  return text;
}
