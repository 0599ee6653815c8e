//===- AnnotationsTest.cpp - WFDB annotation files --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/Annotations.h"

#include "gtest/gtest.h"

#include <filesystem>
#include <fstream>

using namespace frieze::ecg;
namespace fs = std::filesystem;

namespace {

class AnnotationsTest : public testing::Test {
protected:
  void SetUp() override {
    const auto *info = testing::UnitTest::GetInstance()->current_test_info();
    folder = fs::path(testing::TempDir()) /
             (std::string("frieze-annotations-") + info->name());
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string write(const std::string &name, const std::string &text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
    return (folder / name).string();
  }

  static BeatPositions read(const std::string &path) {
    auto beats = readAnnotations(path);
    if (beats)
      return *beats;
    ADD_FAILURE() << llvm::toString(beats.takeError());
    return {};
  }

  std::string problem(const std::string &bytes) const {
    auto beats = readAnnotations(write("r.atr", bytes));
    return beats ? "no error" : llvm::toString(beats.takeError());
  }

  fs::path folder;
};

/// Words of a code and a number, low byte first.
std::string words(std::vector<std::pair<unsigned, unsigned>> list) {
  std::string bytes;
  for (auto [code, number] : list) {
    bytes += char(number & 0xFF);
    bytes += char(code << 2 | number >> 8);
  }
  return bytes;
}
const std::string end = words({{0, 0}});

// Of all codes, those of WFDB's beats count, and no others.
TEST_F(AnnotationsTest, BeatsAndOthers) {
  std::vector<uint64_t> beats;
  std::string bytes;
  for (unsigned code = 1; code <= 49; ++code) {
    bytes += words({{code, 10}});
    if (code <= 13 || code == 25 || code == 30 || code == 34 || code == 35 ||
        code == 38 || code == 41)
      beats.push_back(10 * code);
  }
  EXPECT_EQ(read(write("r.atr", bytes + end)).beats, beats);
}

// Number, subtype, channel and text belong to the annotation before and take no
// time; a text of odd length is padded.
TEST_F(AnnotationsTest, WhatFollowsAnAnnotation) {
  std::string bytes = words({{1, 5}, {60, 900}, {61, 1023}, {62, 1}, {63, 3}}) +
                      std::string("(N\0\0", 4) + words({{5, 7}}) + end;
  EXPECT_EQ(read(write("r.atr", bytes)).beats, (std::vector<uint64_t>{5, 12}));
}

// A skip has 32 bits, the upper half first, and may go back.
TEST_F(AnnotationsTest, Skips) {
  std::string forth("\1\0\2\0", 4), back("\xFF\xFF\xFE\xFF", 4);
  std::string bytes = words({{59, 0}}) + forth + words({{1, 1}, {59, 0}}) +
                      back + words({{1, 0}}) + end;
  EXPECT_EQ(read(write("r.atr", bytes)).beats,
            (std::vector<uint64_t>{65537, 65539}));
}

TEST_F(AnnotationsTest, Flutter) {
  using Stretches = std::vector<std::pair<uint64_t, uint64_t>>;
  std::string bytes = words({{32, 10}, {1, 5}, {33, 20}, {1, 1}, {32, 9}});
  BeatPositions beats = read(write("r.atr", bytes + end));
  EXPECT_EQ(beats.leftOut, (Stretches{{10, 35}, {45, UINT64_MAX}}));
  EXPECT_EQ(beats.beats, (std::vector<uint64_t>{15, 36}));
}

/// A note at the start of a file.
std::string note(const std::string &text) {
  return words({{22, 0}, {63, unsigned(text.size())}}) + text +
         std::string(text.size() % 2, '\0');
}

// The header beside it tells of frames, and of samples if all signals have as
// many; a rate in the file is another matter.
TEST_F(AnnotationsTest, RateFromTheHeader) {
  std::string file = write("r.atr", end);
  EXPECT_FALSE(read(file).rate);
  EXPECT_TRUE(read(file).countsFrames);
  write("r.hea", "r 1 250 9\nr.dat 16x2\n");
  EXPECT_EQ(read(file).rate, 250);
  EXPECT_EQ(read(file).record.frames, 250);
  EXPECT_EQ(read(file).record.samples, 500);
  write("r.hea", "r 2 250 9\nr.dat 16x2\nr.dat 16\n");
  EXPECT_EQ(read(file).record.frames, 250);
  EXPECT_FALSE(read(file).record.samples);
  write("r.hea", "r/1 1 250 9\na 9\n");
  EXPECT_EQ(read(file).rate, 250);
  EXPECT_FALSE(read(file).record.samples);
  write("r.hea", "r 1\nr.dat 16\n");
  EXPECT_FALSE(read(file).rate);
  EXPECT_FALSE(read(file).record.samples);
  write("r.hea", "r 1 250 9\nr.dat 16\n");
  write("r.atr", note("## time resolution: 1000") + end);
  EXPECT_EQ(read(file).rate, 1000);
  EXPECT_EQ(read(file).record.frames, 250);
}

TEST_F(AnnotationsTest, FilesThatAreRefused) {
  EXPECT_NE(problem("").find("r.atr: error: not an annotation file, or trunca"),
            std::string::npos);
  for (const std::string &bytes :
       {words({{1, 1}}), words({{59, 0}, {0, 1}}), words({{63, 9}, {0, 0}})})
    EXPECT_NE(problem(bytes).find("truncated"), std::string::npos);
  for (const char *rate : {"0", "-1", "nan", "x", ""})
    EXPECT_NE(
        problem(note(std::string("## time resolution: ") + rate) + end)
            .find("r.atr: error: expects the time resolution to be a positive"),
        std::string::npos);
  EXPECT_NE(problem(words({{50, 1}}) + end).find("code 50"), std::string::npos);
  EXPECT_NE(problem(words({{59, 0}, {63, 1023}, {63, 1023}, {1, 0}}) + end)
                .find("expects annotations from sample 0 on"),
            std::string::npos);
}

// What is written is read again, with steps short and long.
TEST_F(AnnotationsTest, WritesWhatItReads) {
  BeatList list{"r", "MLII", 128.25, uint64_t(1) << 40, {}, {}};
  std::vector<uint64_t> positions{0, 1, 1024, 2048, 70000, uint64_t(1) << 39};
  for (uint64_t position : positions)
    list.beats.push_back({position, 1});
  list.gaps = {{500, 100}, {1500, 1}, {80000, list.length - 80000}};
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  writeAnnotations(stream, list);
  write("r.hea", "r 1 250 9\nr.dat 16\n");
  BeatPositions beats = read(write("r.atr", bytes));
  EXPECT_EQ(beats.beats, positions);
  EXPECT_EQ(beats.rate, 128.25);
}

// A gap is marked as unreadable, and where it ends as clean.
TEST_F(AnnotationsTest, MarksGaps) {
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  writeAnnotations(stream, {"r", "", 360, 900, {{150, 1}}, {{100, 20}}});
  std::string gap = words({{14, 100}, {61, 1023}, {14, 20}, {61, 0}, {1, 30}});
  EXPECT_EQ(bytes.substr(bytes.size() - gap.size() - 2), gap + end);
}

// Every kind of beat comes back, and a beat that has no class is "Q".
TEST_F(AnnotationsTest, Labels) {
  BeatList list{"r", "", 360, 900, {{100, 1}, {200, 1}, {300, 1}}, {}};
  list.labels.classes = {1, 0, std::nullopt};
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  writeAnnotations(stream, list, {"S", "V"});
  BeatPositions beats = read(write("r.atr", bytes));
  EXPECT_EQ(beats.beats, (std::vector<uint64_t>{100, 200, 300}));
  EXPECT_EQ(beats.labels, (std::vector<std::string>{"V", "S", "Q"}));
}

} // namespace
