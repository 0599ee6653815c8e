//===- JournalTest.cpp - How far a job has got ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/jobs/Journal.h"
#include "tests/ecg/RecordingFixture.h"

using namespace frieze::ecg;
namespace fs = std::filesystem;

namespace {

class JournalTest : public RecordingTest {
protected:
  Journal open(bool resume, const std::string &identity = "abc") const {
    return llvm::cantFail(Journal::open(path("j"), identity, resume));
  }

  std::string problemOf(bool resume, const std::string &identity) const {
    auto journal = Journal::open(path("j"), identity, resume);
    return journal ? "no error" : llvm::toString(journal.takeError());
  }

  void writeTwo() const {
    Journal journal = open(/*resume=*/false);
    EXPECT_TRUE(journal.getEntries().empty());
    JobEntry good;
    good.beats = 7;
    good.duration = 0.1;
    good.isFlawed = true;
    good.agreement = Agreement();
    good.agreement->reference = 9;
    good.agreement->matched = 6;
    good.agreement->distance = 1.0 / 3;
    good.outputSize = 1234;
    JobEntry bad;
    bad.problem = "caf\xe9.edf: error: \"truncated\"\nand more";
    EXPECT_FALSE(bool(journal.add(good)));
    EXPECT_FALSE(bool(journal.add(bad)));
  }

  void append(const std::string &text) const {
    std::ofstream(path("j"), std::ios::app) << text;
  }
};

TEST_F(JournalTest, EntriesComeBack) {
  writeTwo();
  Journal journal = open(/*resume=*/true);
  ASSERT_EQ(journal.getEntries().size(), 2u);
  const JobEntry &good = journal.getEntries()[0];
  EXPECT_EQ(good.problem, "");
  EXPECT_TRUE(good.isFlawed);
  EXPECT_EQ(good.beats, 7u);
  EXPECT_EQ(good.duration, 0.1);
  EXPECT_EQ(good.outputSize, 1234u);
  ASSERT_TRUE(good.agreement);
  EXPECT_EQ(good.agreement->reference, 9u);
  EXPECT_EQ(good.agreement->matched, 6u);
  EXPECT_EQ(good.agreement->distance, 1.0 / 3);
  const JobEntry &bad = journal.getEntries()[1];
  EXPECT_EQ(bad.problem, "caf\xef\xbf\xbd.edf: error: \"truncated\"\nand more");
  EXPECT_FALSE(bad.isFlawed);
  EXPECT_FALSE(bad.agreement);
  EXPECT_FALSE(bool(journal.remove()));
  EXPECT_FALSE(fs::exists(path("j")));
}

// An entry that was cut off is none, and the next one takes its place.
TEST_F(JournalTest, LastLineCutOff) {
  writeTwo();
  append("{\"beats\":1,");
  {
    Journal journal = open(/*resume=*/true);
    EXPECT_EQ(journal.getEntries().size(), 2u);
    EXPECT_FALSE(bool(journal.add({})));
  }
  EXPECT_EQ(open(/*resume=*/true).getEntries().size(), 3u);
  // So may the first line be.
  write("j", "frieze-ecg j");
  EXPECT_TRUE(open(/*resume=*/true).getEntries().empty());
}

TEST_F(JournalTest, NothingIsLostOrMixed) {
  writeTwo();
  EXPECT_CONTAINS(problemOf(false, "abc"),
                  "a job with this output was cut off");
  EXPECT_CONTAINS(problemOf(true, "abd"), "is of another job");
  EXPECT_EQ(open(/*resume=*/true).getEntries().size(), 2u);
  append("{}\n");
  EXPECT_CONTAINS(problemOf(true, "abc"), "is damaged in line 4");
}

} // namespace
