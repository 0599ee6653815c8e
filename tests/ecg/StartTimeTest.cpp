//===- StartTimeTest.cpp - When a recording began ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/StartTime.h"

#include "gtest/gtest.h"

using namespace frieze::ecg;

namespace {

std::string parse(llvm::StringRef time, llvm::StringRef date = "") {
  return parseStart(time, date).value_or("none");
}

TEST(StartTimeTest, OfWFDB) {
  EXPECT_EQ(parse("23:14:05"), "23:14:05");
  EXPECT_EQ(parse("3:4:05.25", "2/3/2019"), "2019-03-02T03:04:05.25");
  EXPECT_EQ(parse("0:00:00", "29/02/2024"), "2024-02-29T00:00:00");
}

TEST(StartTimeTest, OfEDF) {
  EXPECT_EQ(parse("23.14.05", "02.03.19"), "2019-03-02T23:14:05");
  EXPECT_EQ(parse("00.00.00", "01.01.85"), "1985-01-01T00:00:00");
  EXPECT_EQ(parse("00.00.00", "31.12.84"), "2084-12-31T00:00:00");
}

TEST(StartTimeTest, OtherThings) {
  for (const char *time :
       {"", "x", "23:14", "24:00:00", "1:60:00", "1:00:60", "1:2:3:4",
        "-1:00:00", "1:00:00.", "1:00:00.x", "001:00:00", "1 :00:00"})
    EXPECT_EQ(parse(time), "none") << time;
  for (const char *date : {"x", "1/2", "31/04/2019", "29/02/2023", "0/1/2019",
                           "1/13/2019", "1/1/0", "1/1/2019/1", "1-1-2019"})
    EXPECT_EQ(parse("1:00:00", date), "none") << date;
}

} // namespace
