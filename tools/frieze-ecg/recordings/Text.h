//===- Text.h - Fields of text files ----------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_TEXT_H
#define FRIEZE_TOOLS_ECG_TEXT_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>

namespace frieze::ecg {

/// The diagnostic `file: error: message`, printable as it is.
llvm::Error fileError(llvm::StringRef file, const llvm::Twine &message);

/// `error` as such a diagnostic.
llvm::Error inFile(llvm::StringRef file, llvm::Error error);

/// `text` in UTF-8 without control characters: bytes that are none stand there
/// as "\xB5".
std::string toPrintable(llvm::StringRef text);

/// A name or unit from a file, for people: bytes that are no UTF-8 are taken
/// for Latin-1, which recorders write, and the result is printable.
std::string decodeText(llvm::StringRef bytes);

/// The decimal number that is all of `text`: it may be infinite or NaN.
std::optional<double> parseNumber(llvm::StringRef text);

/// The whole number that is all of `text`.
std::optional<int64_t> parseInteger(llvm::StringRef text);

/// A number in as few digits as tell it from others: 360, 0.5, 128.2.
std::string formatNumber(double value);

/// Takes the next line off `text`, without its line end.
llvm::StringRef takeLine(llvm::StringRef &text);

/// The fields of a line of CSV, without blanks and quotes around them; they are
/// parted by semicolons if there are any, else tabs, else commas, outside of
/// quotes.
llvm::SmallVector<llvm::StringRef> splitFields(llvm::StringRef line);

/// A field of CSV, in quotes if it has commas, semicolons or tabs.
std::string quoteField(llvm::StringRef field);

/// Skips the byte order mark with which some programs begin UTF-8 files.
llvm::StringRef skipByteOrderMark(llvm::StringRef text);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_TEXT_H
