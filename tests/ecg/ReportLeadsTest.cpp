//===- ReportLeadsTest.cpp - The other leads of a page ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/report/ReportLeads.h"
#include "tests/ecg/RecordingFixture.h"

#include "gtest/gtest.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

using namespace frieze::ecg;

namespace {

class ReportLeadsTest : public RecordingTest {
protected:
  /// "V1, V2; V3: why", and the warnings of the lead that is scanned.
  std::string open(const std::string &name, RecordingOptions options = {}) {
    auto opened = openRecording(path(name), options);
    if (!opened)
      return llvm::toString(opened.takeError());
    std::unique_ptr<Recording> scanned = std::move(*opened);
    scanned->warnings.clear();
    ReportLeads leads = openReportLeads(path(name), *scanned, options);
    std::string text;
    for (const auto &lead : leads.shown)
      text += (text.empty() ? "" : ", ") + lead->lead;
    for (const OmittedLead &lead : leads.omitted)
      text += "; " + lead.label + ": " + lead.reason;
    warnings = scanned->warnings;
    files = scanned->files;
    return text;
  }

  std::vector<std::string> warnings, files;
};

TEST_F(ReportLeadsTest, AllECGs) {
  write("r.csv", "II (mV),Resp (l),V1 (uV),SpO2\n1,2,3,4\n2,3,4,5\n");
  RecordingOptions options;
  options.rate = 360;
  EXPECT_EQ(open("r.csv", options), "V1 (uV)");
  options.lead = "V1 (uV)";
  EXPECT_EQ(open("r.csv", options), "II (mV)");
  EXPECT_TRUE(warnings.empty());
}

TEST_F(ReportLeadsTest, NoMoreThanTwelve) {
  std::string names = "ch1", numbers = "1";
  for (int i = 2; i <= 14; ++i) {
    names += ",ch" + std::to_string(i);
    numbers += "," + std::to_string(i);
  }
  write("r.csv", names + "\n" + numbers + "\n" + numbers + "\n");
  EXPECT_EQ(open("r.csv", atRate(360)),
            "ch2, ch3, ch4, ch5, ch6, ch7, ch8, ch9, ch10, ch11, ch12; ch13: a "
            "page has at most 12; ch14: a page has at most 12");
}

// The samples of one are too large, in a file of its own.
TEST_F(ReportLeadsTest, OneThatCannotBeRead) {
  write("r.hea", "r 3 360 2\na.dat 16 200 16 0 0 0 0 II\n"
                 "b.dat 16 0.001/mV 16 0 0 0 0 V1\n"
                 "c.dat 16 200 16 0 0 0 0 V2\n");
  for (const char *name : {"a.dat", "b.dat", "c.dat"})
    write(name, pack16({100, -100}));
  std::string text = open("r");
  EXPECT_CONTAINS(text, "V2; V1: ");
  EXPECT_CONTAINS(text, "expects samples in millivolts, but got 100000");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_CONTAINS(warnings[0], "r: warning: lead 'V1' is not in the page: ");
  EXPECT_EQ(files, (std::vector<std::string>{path("a.dat"), path("r.hea"),
                                             path("c.dat"), path("r.hea")}));
}

TEST_F(ReportLeadsTest, NoMoreSamplesThanAPageHolds) {
  const uint64_t rows = mostReportNumbers / 2;
  std::string header = "{'descr': '|i1', 'fortran_order': False, 'shape': (" +
                       std::to_string(rows) + ", 3), }\n";
  std::string start("\x93NUMPY\x01\0", 8);
  write("r.npy", start + char(header.size()) + '\0' + header);
  // Zeros that take no room.
  std::filesystem::resize_file(path("r.npy"), 10 + header.size() + 3 * rows);
  EXPECT_EQ(open("r.npy", atRate(360)),
            "1; 2: all leads together have more than 67108864 samples");
}

} // namespace
