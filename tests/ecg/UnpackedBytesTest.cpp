//===- UnpackedBytesTest.cpp - Bytes in a temporary file --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/UnpackedBytes.h"

#include "gtest/gtest.h"

#include <utility>
#include <vector>

using namespace frieze::ecg;

namespace {

using Bytes = std::vector<uint8_t>;

/// Of several pieces.
Bytes makeBytes(uint8_t value) { return Bytes(5 << 19, value); }

UnpackedBytes unpackBytes(uint8_t value) {
  UnpackedBytes result;
  llvm::cantFail(result.append(makeBytes(value)));
  return result;
}

Bytes readAll(const UnpackedBytes &unpacked) {
  Bytes bytes(unpacked.getSize());
  llvm::cantFail(unpacked.read(0, bytes));
  return bytes;
}

// Room that is given back is used again, by one at a time.
TEST(UnpackedBytesTest, HaveRoomOfTheirOwn) {
  UnpackedBytes one = unpackBytes(1);
  UnpackedBytes other = std::move(one);
  one = unpackBytes(2);
  EXPECT_TRUE(readAll(other) == makeBytes(1));
  EXPECT_TRUE(readAll(one) == makeBytes(2));
  one = UnpackedBytes();
  EXPECT_EQ(one.getSize(), 0u);
  const UnpackedBytes third = unpackBytes(3), fourth = unpackBytes(4);
  EXPECT_TRUE(readAll(other) == makeBytes(1));
  EXPECT_TRUE(readAll(third) == makeBytes(3));
  EXPECT_TRUE(readAll(fourth) == makeBytes(4));
}

TEST(UnpackedBytesTest, NoMoreThanIsWantedIsRead) {
  const Bytes piece(1000, 7);
  int count = 0;
  auto next = [&]() -> llvm::Expected<llvm::ArrayRef<uint8_t>> {
    return llvm::ArrayRef<uint8_t>(piece).take_front(++count > 5 ? 0 : 1000);
  };
  EXPECT_EQ(llvm::cantFail(unpack(next, 1500)).getSize(), 2000u);
  EXPECT_EQ(count, 2);
  EXPECT_EQ(llvm::cantFail(unpack(next)).getSize(), 3000u);
}

} // namespace
