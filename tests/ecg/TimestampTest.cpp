//===- TimestampTest.cpp - Dates and times of day ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Timestamp.h"

#include "gtest/gtest.h"

using namespace frieze::ecg;

namespace {

using Kind = Timestamp::Kind;

TEST(TimestampTest, DatesAndTimes) {
  struct Case {
    const char *text;
    Kind kind;
    int64_t seconds;
    double fraction;
    int digits;
  };
  // Seconds since 1970 as GNU date has them.
  for (const Case &c : {
           Case{"1970-01-01T00:00:00Z", Kind::Zoned, 0, 0, 0},
           {"2024-02-29T12:34:56.789+01:00", Kind::Zoned, 1709206496, .789, 3},
           {"2024-02-29 12:34:56,5-0330", Kind::Zoned, 1709222696, .5, 1},
           {"2000-02-29T00:00:00z", Kind::Zoned, 951782400, 0, 0},
           {"1969-12-31T23:59:59 +00", Kind::Zoned, -1, 0, 0},
           {"2100-03-01T00:00:00.000001", Kind::Local, 4107542400, 1e-6, 6},
           {"12:34:56.25", Kind::Clock, 45296, .25, 2},
           {"0:07.004", Kind::Clock, 7, .004, 3},
           {"90:00:00", Kind::Clock, 324000, 0, 0},
       }) {
    SCOPED_TRACE(c.text);
    std::optional<Timestamp> time = parseTimestamp(c.text);
    ASSERT_TRUE(time);
    EXPECT_EQ(time->kind, c.kind);
    EXPECT_EQ(time->seconds, c.seconds);
    EXPECT_DOUBLE_EQ(time->fraction, c.fraction);
    EXPECT_EQ(time->digits, c.digits);
  }
}

TEST(TimestampTest, OtherText) {
  for (const char *text : {"",
                           "12",
                           "12:",
                           "1:2",
                           "12:60:00",
                           "12:34:60",
                           "12:34:56.",
                           "1.5:00",
                           "2024-05-31",
                           "2024-05-31T",
                           "2024-05-31T12:34",
                           "2024-05-31T24:00:00",
                           "2023-02-29T00:00:00",
                           "1900-02-29T00:00:00",
                           "2024-13-01T00:00:00",
                           "2024-00-01T00:00:00",
                           "2024-04-31T00:00:00",
                           "2024-5-31T00:00:00",
                           "2024-05-31T00:00:00+1",
                           "2024-05-31T00:00:00+99:00",
                           "2024-05-31T00:00:00+01:00:00",
                           "2024-05-31X00:00:00",
                           "31.05.2024 12:34:56",
                           "+2:34:56",
                           "noon",
                           "12:34:56 PM"})
    EXPECT_FALSE(parseTimestamp(text)) << text;
}

} // namespace
