//===- SeriesWriterTest.cpp - Curves in a page ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/report/SeriesWriter.h"

#include "llvm/Support/Base64.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/Error.h"

#include "gtest/gtest.h"

#include <string>
#include <vector>

using namespace llvm;
using namespace frieze::ecg;

namespace {

/// The codes in the script elements of a page, each of up to `most` bytes.
std::vector<SmallVector<uint8_t, 0>> readBlocks(StringRef page, size_t most) {
  std::vector<SmallVector<uint8_t, 0>> blocks;
  while (!page.empty()) {
    auto [element, rest] = page.split("</script>\n");
    page = rest;
    auto [tag, text] = element.split('>');
    EXPECT_EQ(tag, ("<script class=\"block\" type=\"text/plain\" "
                    "data-series=\"3\" data-block=\"" +
                    Twine(blocks.size()) + "\"")
                       .str());
    std::vector<char> packed;
    cantFail(decodeBase64(text, packed));
    cantFail(compression::zlib::decompress(
        ArrayRef(reinterpret_cast<uint8_t *>(packed.data()), packed.size()),
        blocks.emplace_back(), most));
  }
  return blocks;
}

// Of each number one more than the zigzag code of its step, 0 where it is
// missing, which changes no step.
TEST(SeriesWriterTest, Steps) {
  std::string page;
  raw_string_ostream stream(page);
  SeriesWriter writer(stream, 3);
  writer.add(5);
  writer.add(3);
  writer.addMissing(2);
  writer.add(-97);
  writer.finish();
  writer.finish();
  auto blocks = readBlocks(page, 100);
  ASSERT_EQ(blocks.size(), 1u);
  // 200 has two bytes, the low one first.
  EXPECT_EQ(ArrayRef(blocks[0]),
            ArrayRef<uint8_t>({11, 4, 0, 0, 200 & 127 | 128, 200 >> 7}));
}

TEST(SeriesWriterTest, Ranges) {
  std::string page;
  raw_string_ostream stream(page);
  SeriesWriter writer(stream, 3);
  writer.addRange(-1, 2);
  writer.addMissing();
  writer.addRange(0, 0);
  writer.finish();
  auto blocks = readBlocks(page, 100);
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(ArrayRef(blocks[0]), ArrayRef<uint8_t>({2, 3, 0, 3, 0}));
}

// A block can be read without those before it.
TEST(SeriesWriterTest, BlocksStartAnew) {
  std::string page;
  raw_string_ostream stream(page);
  SeriesWriter writer(stream, 3);
  for (unsigned i = 0; i < (1 << 20) + 2; ++i)
    writer.add(7);
  writer.finish();
  auto blocks = readBlocks(page, 1 << 20);
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].size(), size_t(1) << 20);
  EXPECT_EQ(blocks[0].front(), 15);
  EXPECT_EQ(blocks[0].back(), 1);
  EXPECT_EQ(ArrayRef(blocks[1]), ArrayRef<uint8_t>({15, 1}));
}

} // namespace
