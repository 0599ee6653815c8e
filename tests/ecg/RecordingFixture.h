//===- RecordingFixture.h - Files that are read in tests --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_ECG_RECORDINGFIXTURE_H
#define FRIEZE_TESTS_ECG_RECORDINGFIXTURE_H

#include "tools/frieze-ecg/recordings/Recording.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace frieze::ecg {

/// A folder of its own for the files of each test.
class RecordingTest : public testing::Test {
protected:
  void SetUp() override {
    const auto *info = testing::UnitTest::GetInstance()->current_test_info();
    folder = std::filesystem::path(testing::TempDir()) /
             (std::string("frieze-") + info->test_suite_name() + info->name());
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string path(const std::string &name) const {
    return (folder / name).string();
  }

  std::string write(const std::string &name, const std::string &content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

  /// A recording with all its samples, which must be the same however they are
  /// read.
  struct Whole {
    std::string name, lead;
    double rate = 0;
    std::vector<Gap> gaps;
    std::vector<float> samples;
    std::vector<std::string> warnings;
    std::string start;
    std::vector<std::string> otherLeads;
  };
  Whole read(const std::string &name, RecordingOptions options = {}) const {
    auto recording = openRecording(path(name), options);
    if (!recording) {
      ADD_FAILURE() << llvm::toString(recording.takeError());
      return {};
    }
    const Recording &lead = **recording;
    Whole whole{lead.name, lead.lead,     lead.rate,  lead.gaps,
                {},        lead.warnings, lead.start, {}};
    for (const NumberedLead &other : lead.otherLeads)
      whole.otherLeads.push_back(std::to_string(other.number) + " " +
                                 other.label);
    whole.samples.resize(lead.length);
    EXPECT_FALSE(bool(lead.read(0, whole.samples)));
    for (uint64_t first = 0; first < lead.length;
         first += 1 + lead.length / 9) {
      std::vector<float> part(1 + (lead.length - first) / 2);
      EXPECT_FALSE(bool(lead.read(first, part)));
      EXPECT_EQ(std::memcmp(part.data(), &whole.samples[first],
                            part.size() * sizeof(float)),
                0);
    }
    return whole;
  }

  /// The diagnostic that reading gives.
  std::string problem(const std::string &name,
                      RecordingOptions options = {}) const {
    auto recording = openRecording(path(name), options);
    if (recording)
      return "no error";
    return llvm::toString(recording.takeError());
  }

  std::filesystem::path folder;
};

#define EXPECT_CONTAINS(text, part)                                            \
  EXPECT_NE(std::string(text).find(part), std::string::npos) << (text)

/// Options that give the sampling rate, and that samples without a unit are
/// millivolts.
inline RecordingOptions atRate(double rate) {
  RecordingOptions options;
  options.rate = rate;
  options.unit = "mV";
  return options;
}

/// Samples of 16 bits, low byte first.
inline std::string pack16(const std::vector<int> &samples) {
  std::string bytes;
  for (int sample : samples) {
    bytes += char(sample & 0xFF);
    bytes += char(sample >> 8 & 0xFF);
  }
  return bytes;
}

/// Gaps as pairs of the first sample and their length.
using Gaps = std::vector<std::pair<uint64_t, uint64_t>>;
inline Gaps pairs(const std::vector<Gap> &gaps) {
  Gaps result;
  for (const Gap &gap : gaps)
    result.emplace_back(gap.first, gap.count);
  return result;
}

} // namespace frieze::ecg

#endif // FRIEZE_TESTS_ECG_RECORDINGFIXTURE_H
