//===- TextTest.cpp - Fields and messages -----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Text.h"

#include "gtest/gtest.h"

using namespace frieze::ecg;

namespace {

// A message is UTF-8 in one line, whatever is in a file or its name.
TEST(TextTest, PrintableText) {
  EXPECT_EQ(toPrintable("\u00B5V, \u2260"), "\u00B5V, \u2260");
  EXPECT_EQ(toPrintable("\xB5V"), "\\xB5V");
  EXPECT_EQ(toPrintable("a\n\x1B[0m\x7F"), "a\\x0A\\x1B[0m\\x7F");
  // Cut off, too long, a surrogate, and beyond Unicode.
  EXPECT_EQ(toPrintable("\xE2\x89"), "\\xE2\\x89");
  EXPECT_EQ(toPrintable("\xC0\xAF"), "\\xC0\\xAF");
  EXPECT_EQ(toPrintable("\xED\xA0\x80"), "\\xED\\xA0\\x80");
  EXPECT_EQ(toPrintable("\xF5\x80\x80\x80"), "\\xF5\\x80\\x80\\x80");
  EXPECT_EQ(llvm::toString(fileError("caf\xE9\n", "'\xFF'\nand more")),
            "caf\\xE9\\x0A: error: '\\xFF'\nand more");
}

TEST(TextTest, NamesInLatin1) {
  EXPECT_EQ(decodeText("\xB5V"), "\u00B5V");
  EXPECT_EQ(decodeText("caf\xE9"), "caf\u00E9");
  EXPECT_EQ(decodeText("\u00B5V"), "\u00B5V");
  EXPECT_EQ(decodeText("\x9B\xB5"), "\\x9B\u00B5");
  EXPECT_EQ(decodeText("a\tb"), "a\\x09b");
}

} // namespace
