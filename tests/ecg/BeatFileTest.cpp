//===- BeatFileTest.cpp - Lists of beats in files ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/BeatFile.h"

#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"

#include <filesystem>
#include <fstream>

using namespace frieze::ecg;
namespace fs = std::filesystem;

namespace {

class BeatFileTest : public testing::Test {
protected:
  void SetUp() override {
    const auto *info = testing::UnitTest::GetInstance()->current_test_info();
    folder = fs::path(testing::TempDir()) /
             (std::string("frieze-beats-") + info->name());
    fs::remove_all(folder);
    fs::create_directories(folder);
    file = (folder / "beats.csv").string();
  }
  void TearDown() override { fs::remove_all(folder); }

  static std::string written(BeatFileFormat format,
                             const std::vector<BeatList> &lists,
                             bool withPaths = false) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    BeatWriter writer({format, {}, withPaths});
    writer.begin(stream);
    for (size_t i = 0; i < lists.size(); ++i)
      writer.add(stream, lists[i], /*isFirst=*/i == 0);
    writer.end(stream);
    return text;
  }

  fs::path folder;
  std::string file;
};

TEST_F(BeatFileTest, WritesColumns) {
  EXPECT_EQ(written(BeatFileFormat::CSV,
                    {{"208", "", 360, 900, {{36, 0.5}, {720, 0.98765}}, {}},
                     {"101", "", 360, 900, {}, {}},
                     {"a,b", "", 250, 900, {{250, 1}}, {}}}),
            "record,sample,time_s,score\n"
            "208,36,0.1000,0.5000\n"
            "208,720,2.0000,0.9877\n"
            "\"a,b\",250,1.0000,1.0000\n");
}

/// Beats with classes N and V, of which the last could not be told.
BeatList labelled() {
  BeatList list{"a", "", 360, 900, {{36, 1}, {72, 1}, {108, 1}}, {}};
  list.labels = {{1, 0, std::nullopt}, {0.25, 0.75, 1, 0, 0, 0}};
  return list;
}

TEST_F(BeatFileTest, WritesLabels) {
  auto text = [&](BeatFileFormat format) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    BeatWriter writer({format, {"N", "V"}});
    writer.begin(stream);
    writer.add(stream, labelled(), /*isFirst=*/true);
    writer.end(stream);
    return text;
  };
  EXPECT_EQ(text(BeatFileFormat::CSV),
            "record,sample,time_s,label,score_N,score_V\n"
            "a,36,0.1000,V,0.2500,0.7500\n"
            "a,72,0.2000,N,1.0000,0.0000\n"
            "a,108,0.3000,,,\n");
  const std::vector<std::string> labels{"V", "N", ""};
  for (auto [name, format] : {std::pair("l.csv", BeatFileFormat::CSV),
                              std::pair("l.json", BeatFileFormat::JSON)}) {
    file = (folder / name).string();
    std::ofstream(file) << text(format);
    auto beats = readBeats(file);
    ASSERT_TRUE(bool(beats)) << llvm::toString(beats.takeError());
    EXPECT_EQ((*beats)["a"].labels, labels);
    EXPECT_EQ((*beats)["a"].beats, (std::vector<uint64_t>{36, 72, 108}));
  }
}

// Labels stay with their beats when these are put in order.
TEST_F(BeatFileTest, SortsLabels) {
  std::ofstream(file) << "record,sample,label\na,30,V\na,10,N\na,20,\n";
  auto beats = readBeats(file);
  ASSERT_TRUE(bool(beats)) << llvm::toString(beats.takeError());
  EXPECT_EQ((*beats)["a"].beats, (std::vector<uint64_t>{10, 20, 30}));
  EXPECT_EQ((*beats)["a"].labels, (std::vector<std::string>{"N", "", "V"}));
}

// Records of one name are told apart by their paths, and are read again.
TEST_F(BeatFileTest, KeepsPathsApart) {
  std::vector<BeatList> lists = {
      {"a", "", 360, 900, {{36, 0.5}}, {}, "x/a.edf"},
      {"b", "", 360, 900, {{36, 0.5}}, {}, "b"},
      {"a", "", 360, 900, {{72, 0.5}, {108, 0.5}}, {}, "y/a.edf"}};
  for (auto format : {BeatFileFormat::CSV, BeatFileFormat::JSON}) {
    file = (folder / (format == BeatFileFormat::CSV ? "l.csv" : "l.json"))
               .string();
    std::ofstream(file) << written(format, lists, /*withPaths=*/true);
    auto beats = readBeats(file);
    ASSERT_TRUE(bool(beats)) << llvm::toString(beats.takeError());
    EXPECT_EQ(beats->size(), 3u);
    EXPECT_EQ((*beats)["a"].beats, std::vector<uint64_t>{36});
    EXPECT_EQ((*beats)["a"].path, "x/a.edf");
    EXPECT_EQ((*beats)["b"].path, "b");
    EXPECT_EQ((*beats)["y/a.edf"].beats, (std::vector<uint64_t>{72, 108}));
  }
}

// A path that is not the record's says nothing.
TEST_F(BeatFileTest, OtherPaths) {
  std::ofstream(file) << "record,sample,path\na,10,p/one\na,20,p/two\n";
  auto beats = readBeats(file);
  ASSERT_TRUE(bool(beats)) << llvm::toString(beats.takeError());
  EXPECT_EQ(beats->size(), 1u);
  EXPECT_EQ((*beats)["a"].beats, (std::vector<uint64_t>{10, 20}));
  EXPECT_EQ((*beats)["a"].path, "");
}

// Names in no known encoding do not spoil the JSON.
TEST_F(BeatFileTest, WritesJSON) {
  std::string text =
      written(BeatFileFormat::JSON,
              {{"\xE9", "MLII", 360, 900, {{36, 0.5}}, {{100, 20}}}});
  auto value = llvm::json::parse(text);
  ASSERT_TRUE(bool(value)) << llvm::toString(value.takeError());
  auto expected = llvm::json::parse(
      R"({"records": [{"record": "\ufffd", "lead": "MLII", "rate": 360,
          "samples": 900, "gaps": [{"sample": 100, "samples": 20}],
          "beats": [{"sample": 36, "time_s": 0.1, "score": 0.5}]}]})");
  ASSERT_TRUE(bool(expected));
  EXPECT_EQ(*value, *expected) << text;
}

TEST_F(BeatFileTest, FormatByExtension) {
  auto format = [](const char *path, size_t records) {
    return llvm::cantFail(findBeatFileFormat(path, records));
  };
  EXPECT_EQ(format("-", 2), BeatFileFormat::CSV);
  EXPECT_EQ(format("a.b/beats", 2), BeatFileFormat::CSV);
  EXPECT_EQ(format("beats.CSV", 2), BeatFileFormat::CSV);
  EXPECT_EQ(format("beats.json", 2), BeatFileFormat::JSON);
  EXPECT_EQ(format("beats.atr", 1), BeatFileFormat::Annotations);
  EXPECT_EQ(
      llvm::toString(findBeatFileFormat("b.atr", 2).takeError()),
      "b.atr: error: expects one record for an annotation file, but got 2");
  EXPECT_EQ(llvm::toString(findBeatFileFormat("b.xml", 1).takeError()),
            "b.xml: error: expects the extension .csv, .json or .atr, but got "
            "'.xml'");
}

TEST_F(BeatFileTest, ReadsColumnsByName) {
  std::ofstream(file)
      << "score,sample,record\r\n1,30,\"a,b\"\n1,10,'a,b'\n\n0,5,b\n";
  auto beats = readBeats(file);
  ASSERT_TRUE(bool(beats)) << llvm::toString(beats.takeError());
  EXPECT_EQ(beats->size(), 2u);
  EXPECT_EQ((*beats)["a,b"].beats, (std::vector<uint64_t>{10, 30}));
  EXPECT_EQ((*beats)["b"].beats, std::vector<uint64_t>{5});
  EXPECT_FALSE((*beats)["b"].rate);
}

// What was written says at which rate, though times are rounded.
TEST_F(BeatFileTest, RateFromTimes) {
  std::ofstream(file) << written(
      BeatFileFormat::CSV,
      {{"a", "", 360, 9000000, {{0, 1}, {1000, 1}, {8000001, 1}}, {}},
       {"b", "", 128.2, 9000000, {{8000001, 1}}, {}}});
  auto beats = readBeats(file);
  ASSERT_TRUE(bool(beats)) << llvm::toString(beats.takeError());
  EXPECT_EQ((*beats)["a"].rate, 360);
  EXPECT_EQ((*beats)["b"].rate, 128.2);
}

// Times that do not go with the samples tell no rate.
TEST_F(BeatFileTest, TimesThatDoNotFit) {
  std::ofstream(file) << "record,sample,time_s\na,360,1\na,720,2.04\n";
  EXPECT_TRUE(bool(readBeats(file)));
  for (const char *rows : {"a,360,0.9\na,720,2\n", "a,720,2\na,360,900\n",
                           "a,720,2\na,0,1\n", "a,360,0\n"}) {
    std::ofstream(file) << "record,sample,time_s\n" << rows;
    auto beats = readBeats(file);
    ASSERT_FALSE(bool(beats)) << rows;
    std::string problem = llvm::toString(beats.takeError());
    EXPECT_NE(problem.find("s does not fit sample"), std::string::npos)
        << problem;
  }
}

// What was written as JSON is read again.
TEST_F(BeatFileTest, ReadsJSON) {
  file = (folder / "beats.json").string();
  std::ofstream(file) << written(
      BeatFileFormat::JSON,
      {{"a", "II", 128.2, 900, {{36, 0.5}, {720, 1}}, {{100, 20}}},
       {"b", "", 500, 900, {}, {}}});
  auto beats = readBeats(file);
  ASSERT_TRUE(bool(beats)) << llvm::toString(beats.takeError());
  EXPECT_EQ(beats->size(), 2u);
  EXPECT_EQ((*beats)["a"].beats, (std::vector<uint64_t>{36, 720}));
  EXPECT_EQ((*beats)["a"].rate, 128.2);
  EXPECT_EQ((*beats)["a"].file, file);
  EXPECT_TRUE((*beats)["b"].beats.empty());
  EXPECT_EQ((*beats)["b"].rate, 500);
}

TEST_F(BeatFileTest, RefusesOtherJSON) {
  file = (folder / "beats.json").string();
  struct Case {
    std::string text;
    const char *problem;
  };
  const Case cases[] = {
      {"", "damaged JSON"},
      {"{", "damaged JSON"},
      {std::string(100000, '['), "nested at most"},
      {"[]", "expects a list of records"},
      {R"({"records": {}})", "expects a list of records"},
      {R"({"records": [1]})", "expects records with a name"},
      {R"({"records": [{"record": 7}]})", "expects records with a name"},
      {R"({"records": [{"record": "a"}]})", "record 'a': expects a positive"},
      {R"({"records": [{"record": "a", "rate": -1}]})", "a positive rate"},
      {R"({"records": [{"record": "a", "rate": 9}]})", "a list of beats"},
      {R"({"records": [{"record": "a", "rate": 9, "beats": [5]}]})",
       "beats with a sample from 0"},
      {R"({"records": [{"record": "a", "rate": 9, "beats": [{"sample": -5}]}]})",
       "beats with a sample from 0"},
      {R"({"records": [{"record": "a", "rate": 9, "beats":
                        [{"sample": 5, "label": "N"}, {"sample": 6}]}]})",
       "expects a label of every beat, or of none"},
      {R"({"records": [{"record": "a", "rate": 9, "beats": []},
                       {"record": "a", "rate": 9, "beats": []}]})",
       "record 'a' is listed twice"},
  };
  for (const Case &c : cases) {
    std::ofstream(file) << c.text;
    auto beats = readBeats(file);
    ASSERT_FALSE(bool(beats)) << c.text;
    std::string problem = llvm::toString(beats.takeError());
    EXPECT_EQ(problem.find(file + ": error: "), 0u) << problem;
    EXPECT_NE(problem.find(c.problem), std::string::npos) << problem;
  }
}

// What a list does not tell, --rate or the record does.
TEST_F(BeatFileTest, FindsTheRate) {
  BeatPositions beats;
  beats.beats = {0, 5};
  RecordRates record{500.0, 125.0};
  EXPECT_EQ(findRate(beats, record, {}), 500);
  EXPECT_EQ(findRate(beats, record, 100), 100);
  EXPECT_EQ(findRate(beats, {{}, 125.0}, {}), std::nullopt);
  beats.countsFrames = true;
  EXPECT_EQ(findRate(beats, record, {}), 125);
  EXPECT_EQ(findRate(beats, {500.0, {}}, {}), std::nullopt);
  beats.rate = 250;
  EXPECT_EQ(findRate(beats, record, 100), 250);
  // None is needed.
  beats = {};
  EXPECT_TRUE(findRate(beats, {}, {}));
  beats.beats = {0};
  EXPECT_TRUE(findRate(beats, {}, {}));
}

TEST_F(BeatFileTest, RefusesWhatIsNoBeat) {
  for (const char *text :
       {"", "record\nx\n", "record,sample\na\n", "record,sample\na,1.5\n",
        "record,sample\na,-1\n", "record,sample\na,1,2\n",
        "record,sample\na,99999999999999999999\n",
        "record,sample,time_s\na,1,x\n", "record,sample,time_s\na,1,inf\n"}) {
    std::ofstream(file) << text;
    auto beats = readBeats(file);
    EXPECT_FALSE(bool(beats)) << text;
    std::string problem = llvm::toString(beats.takeError());
    EXPECT_EQ(problem.find(file + ": error: line "), 0u) << problem;
  }
}

} // namespace
