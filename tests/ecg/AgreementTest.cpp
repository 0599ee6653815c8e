//===- AgreementTest.cpp - How beats agree with a reference -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/Agreement.h"

#include "gtest/gtest.h"

#include <string>
#include <utility>
#include <vector>

using namespace frieze::ecg;

namespace {

BeatPositions list(std::vector<uint64_t> beats) {
  BeatPositions result;
  result.beats = std::move(beats);
  return result;
}

Agreement match(std::vector<uint64_t> reference, std::vector<uint64_t> found) {
  return compareBeats(list(std::move(reference)), 360, list(std::move(found)),
                      360);
}

TEST(AgreementTest, EqualBeats) {
  Agreement agreement = match({10, 300, 600}, {10, 300, 600});
  EXPECT_EQ(agreement.matched, 3u);
  EXPECT_EQ(agreement.getSensitivity(), 100);
  EXPECT_EQ(agreement.getPredictivity(), 100);
  EXPECT_EQ(agreement.getMeanDistance(), 0);
}

TEST(AgreementTest, ToleranceIs150Milliseconds) {
  EXPECT_EQ(match({1000}, {1054}).matched, 1u);
  EXPECT_EQ(match({1000}, {946}).matched, 1u);
  EXPECT_EQ(match({1000}, {1055}).matched, 0u);
  EXPECT_DOUBLE_EQ(match({1000}, {1054}).getMeanDistance(), 150);
}

TEST(AgreementTest, OneToOneTheClosestFirst) {
  Agreement agreement = match({1000}, {980, 1010});
  EXPECT_EQ(agreement.matched, 1u);
  EXPECT_DOUBLE_EQ(agreement.distance, 10.0 / 360);
  EXPECT_EQ(agreement.getSensitivity(), 100);
  EXPECT_EQ(agreement.getPredictivity(), 50);
}

TEST(AgreementTest, BothWays) {
  Agreement agreement = match({100, 500, 900, 1300}, {101, 503});
  EXPECT_EQ(agreement.getSensitivity(), 50);
  EXPECT_EQ(agreement.getPredictivity(), 100);
  EXPECT_NEAR(agreement.getF1(), 66.6667, 1e-3);
}

TEST(AgreementTest, NothingToMatch) {
  EXPECT_EQ(match({}, {}).getSensitivity(), 0);
  EXPECT_EQ(match({5}, {}).matched, 0u);
  EXPECT_EQ(match({}, {5}).getPredictivity(), 0);
}

TEST(AgreementTest, RatesMayDiffer) {
  // 1 s and 2 s; the second list is late by 10 ms and by 40 ms.
  Agreement agreement =
      compareBeats(list({360, 720}), 360, list({1010, 2040}), 1000);
  EXPECT_EQ(agreement.matched, 2u);
  EXPECT_DOUBLE_EQ(agreement.getMeanDistance(), 25);
  // 150 ms are no whole number of samples at 125 Hz, but at 1000 Hz.
  for (uint64_t beat : {1150, 850})
    EXPECT_EQ(compareBeats(list({125}), 125, list({beat}), 1000).matched, 1u);
  for (uint64_t beat : {1151, 849})
    EXPECT_EQ(compareBeats(list({beat}), 1000, list({125}), 125).matched, 0u);
}

// In flutter, and half a second before and behind it, nothing counts, at any
// rate.
TEST(AgreementTest, FlutterIsLeftOut) {
  BeatPositions reference = list({100, 1320, 1500, 2180, 2181, 3000});
  reference.leftOut = {{1500, 2000}};
  for (uint64_t times : {1, 2}) {
    std::vector<uint64_t> found{100, 1319, 1320, 1700, 2180};
    for (uint64_t &beat : found)
      beat *= times;
    Agreement agreement =
        compareBeats(reference, 360, list(found), 360.0 * times);
    EXPECT_EQ(agreement.reference, 3u);
    EXPECT_EQ(agreement.found, 2u);
    EXPECT_EQ(agreement.matched, 1u);
  }
}

// As indices of the lists that were given, whatever is left out of them.
TEST(AgreementTest, TellsWhichBeatsDisagree) {
  BeatPositions reference = list({100, 1500, 3000, 4000});
  reference.leftOut = {{1400, 1600}};
  Disagreements disagreements;
  Agreement agreement = compareBeats(
      reference, 360, list({110, 1550, 2500, 4000}), 360, 0, &disagreements);
  EXPECT_EQ(agreement.matched, 2u);
  EXPECT_EQ(disagreements.missed, std::vector<size_t>{2});
  EXPECT_EQ(disagreements.extra, std::vector<size_t>{2});
}

TEST(AgreementTest, AddsUp) {
  Agreement total = match({100}, {101});
  total += match({100, 500}, {});
  EXPECT_EQ(total.reference, 3u);
  EXPECT_EQ(total.found, 1u);
  EXPECT_EQ(total.matched, 1u);
}

// Of a pair, the beat of the reference decides whether it counts.
TEST(AgreementTest, FromATimeOn) {
  auto from = [](double seconds) {
    return compareBeats(list({100, 1000, 2000, 3000}), 360,
                        list({100, 990, 1500, 2010}), 360, seconds);
  };
  EXPECT_EQ(from(0).reference, 4u);
  EXPECT_EQ(from(0).found, 4u);
  EXPECT_EQ(from(0).matched, 3u);
  // The pair of 1000 and 990 counts, and that of 2000 and 2010 does not.
  EXPECT_EQ(from(1000 / 360.0).reference, 3u);
  EXPECT_EQ(from(1000 / 360.0).found, 3u);
  EXPECT_EQ(from(1000 / 360.0).matched, 2u);
  EXPECT_EQ(from(2005 / 360.0).reference, 1u);
  EXPECT_EQ(from(2005 / 360.0).found, 0u);
  EXPECT_EQ(from(1e6).reference, 0u);
}

BeatPositions labelled(std::vector<uint64_t> beats,
                       std::vector<std::string> labels) {
  BeatPositions result = list(std::move(beats));
  result.labels = std::move(labels);
  return result;
}

TEST(AgreementTest, ClassesOfPairs) {
  BeatPositions reference =
      labelled({100, 500, 900, 1300}, {"L", "A", "V", "/"});
  BeatPositions found = labelled({100, 505, 1300, 1800}, {"N", "V", "", "S"});
  Agreement agreement = compareBeats(reference, 360, found, 360);
  ASSERT_TRUE(agreement.confusion);
  ConfusionMatrix expected;
  expected.counts[0][0] = 1; // L is normal
  expected.counts[1][2] = 1;
  expected.counts[2][5] = 1; // missed
  expected.counts[4][4] = 1; // a beat without a label is unclassifiable
  expected.counts[5][1] = 1; // extra
  EXPECT_EQ(agreement.confusion->counts, expected.counts);
  agreement += agreement;
  EXPECT_EQ(agreement.confusion->counts[1][2], 2u);
  // Without labels on both sides, or with others, there are no classes.
  EXPECT_FALSE(compareBeats(reference, 360, list({100}), 360).confusion);
  EXPECT_FALSE(
      compareBeats(reference, 360, labelled({100}, {"PVC"}), 360).confusion);
}

// What EC57 does not count as an error of ectopic beats.
TEST(AgreementTest, PredictivityOfClasses) {
  ConfusionMatrix matrix;
  for (auto &row : matrix.counts)
    row.fill(1);
  EXPECT_EQ(matrix.countReference(2), 6u);
  EXPECT_EQ(matrix.countFound(0), 6u);
  EXPECT_EQ(matrix.countFound(1), 5u);
  EXPECT_EQ(matrix.countFound(2), 4u);
  EXPECT_EQ(matrix.countFound(3), 6u);
  EXPECT_EQ(matrix.countFound(4), 6u);
  EXPECT_DOUBLE_EQ(matrix.getPredictivity(2), 25);
  EXPECT_DOUBLE_EQ(matrix.getSensitivity(2), 100.0 / 6);
}

} // namespace
