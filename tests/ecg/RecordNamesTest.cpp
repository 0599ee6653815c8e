//===- RecordNamesTest.cpp - Which record is which --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/RecordNames.h"

#include "gtest/gtest.h"

using namespace frieze::ecg;

namespace {

/// The index of each match, -1 for none and -2 for an ambiguous one.
std::vector<int> match(const std::vector<std::string> &keys,
                       const std::vector<std::string> &others) {
  std::vector<int> result;
  for (const RecordMatch &match : matchRecords(keys, others))
    result.push_back(match.index         ? int(*match.index)
                     : match.isAmbiguous ? -2
                                         : -1);
  return result;
}

TEST(RecordNamesTest, KeysHaveNoExtension) {
  EXPECT_EQ(getRecordKey("208"), "208");
  EXPECT_EQ(getRecordKey("./a//208.hea"), "a/208");
  EXPECT_EQ(getRecordKey("a/../b/p1.night"), "b/p1.night");
  EXPECT_EQ(getKeyName("a/208"), "208");
}

TEST(RecordNamesTest, NamesAreEnoughWhereTheyDiffer) {
  EXPECT_EQ(match({"x/100", "x/101", "102"}, {"101", "y/z/100"}),
            (std::vector<int>{1, 0, -1}));
}

TEST(RecordNamesTest, FoldersTellRecordsOfOneName) {
  EXPECT_EQ(match({"d/x/1", "d/y/1"}, {"out/y/1", "out/x/1"}),
            (std::vector<int>{1, 0}));
  // Of one side alone, too.
  EXPECT_EQ(match({"d/x/1"}, {"out/y/1", "out/x/1"}), (std::vector<int>{1}));
  EXPECT_EQ(match({"d/x/1", "d/y/1"}, {"e/x/1"}), (std::vector<int>{0, -2}));
}

// None is taken for another, and none twice.
TEST(RecordNamesTest, NothingIsGuessed) {
  EXPECT_EQ(match({"x/1", "y/1"}, {"1"}), (std::vector<int>{-2, -2}));
  EXPECT_EQ(match({"1"}, {"x/1", "y/1"}), (std::vector<int>{-2}));
  EXPECT_EQ(match({"z/1"}, {"x/1", "y/1"}), (std::vector<int>{-2}));
  EXPECT_EQ(match({"a/x/1", "b/x/1"}, {"c/x/1"}), (std::vector<int>{-2, -2}));
}

} // namespace
