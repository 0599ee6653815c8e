//===- BeatOutputTest.cpp - Where a job writes its beats --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/jobs/BeatOutput.h"
#include "tests/ecg/RecordingFixture.h"

#include <fstream>
#include <sstream>

using namespace frieze::ecg;
namespace fs = std::filesystem;

namespace {

class BeatOutputTest : public RecordingTest {
protected:
  std::string content(const std::string &name) const {
    std::ifstream file(path(name), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::unique_ptr<BeatOutput>
  create(const std::string &name, BeatFileFormat format,
         const std::vector<std::string> &records,
         std::optional<uint64_t> written = {}) const {
    auto output =
        createBeatOutput(path(name), {format, {}, true}, records, written);
    if (output)
      return std::move(*output);
    ADD_FAILURE() << llvm::toString(output.takeError());
    return nullptr;
  }

  std::string problemOf(const std::string &name,
                        const std::vector<std::string> &records) const {
    auto output =
        createBeatOutput(path(name), {BeatFileFormat::CSV}, records, {});
    return output ? "no error" : llvm::toString(output.takeError());
  }

  static void add(BeatOutput &output, size_t index) {
    const std::string name = "r" + std::to_string(index);
    BeatList list{name, "", 360, 900, {{36, 0.5}}, {}, name};
    EXPECT_FALSE(bool(output.add(index, list)));
  }
};

// Each list stands in the file when it is added.
TEST_F(BeatOutputTest, ListsGrow) {
  auto output = create("l.csv", BeatFileFormat::CSV, {"r0", "r1"});
  EXPECT_FALSE(fs::exists(path("l.csv")));
  add(*output, 0);
  const std::string first =
      "record,sample,time_s,score,path\nr0,36,0.1000,0.5000,r0\n";
  EXPECT_EQ(content("l.csv"), first);
  EXPECT_EQ(output->getSize(), first.size());
  add(*output, 1);
  EXPECT_EQ(content("l.csv"), first + "r1,36,0.1000,0.5000,r1\n");
  EXPECT_FALSE(bool(output->finish()));
  EXPECT_EQ(content("l.csv"), first + "r1,36,0.1000,0.5000,r1\n");
}

// What came behind the last whole list is cut off, and the rest is the same.
TEST_F(BeatOutputTest, GoesOnWithTheSameBytes) {
  for (auto [name, format] : {std::pair("l.csv", BeatFileFormat::CSV),
                              std::pair("l.json", BeatFileFormat::JSON)}) {
    const std::vector<std::string> records{"r0", "r1", "r2"};
    uint64_t size = 0;
    {
      auto output = create(name, format, records);
      add(*output, 0);
      size = output->getSize();
      add(*output, 1);
      add(*output, 2);
      EXPECT_FALSE(bool(output->finish()));
    }
    const std::string whole = content(name);
    write(name, whole.substr(0, size) + "r1,3");
    auto output = create(name, format, records, size);
    add(*output, 1);
    add(*output, 2);
    EXPECT_FALSE(bool(output->finish()));
    EXPECT_EQ(content(name), whole);
    // What is no longer there cannot be gone on with.
    write(name, "record");
    auto shorter = create(name, format, records, size);
    EXPECT_CONTAINS(llvm::toString(shorter->finish()),
                    "bytes that were written before, but got 6");
  }
}

TEST_F(BeatOutputTest, NoListIsNoFile) {
  auto output = create("l.json", BeatFileFormat::JSON, {"r0", "r1"});
  EXPECT_FALSE(bool(output->finish()));
  EXPECT_FALSE(fs::exists(path("l.json")));
}

TEST_F(BeatOutputTest, FoldersAreThoseOfTheRecords) {
  auto output = create("out/", BeatFileFormat::CSV,
                       {path("in/x/1.edf"), path("in/y/1.hea"), path("in/2")});
  add(*output, 0);
  add(*output, 1);
  add(*output, 2);
  EXPECT_CONTAINS(content("out/x/1.csv"), "r0,36");
  EXPECT_CONTAINS(content("out/y/1.csv"), "r1,36");
  EXPECT_CONTAINS(content("out/2.csv"), "r2,36");
  EXPECT_CONTAINS(problemOf("out", {path("in/2"), path("in/x/3")}),
                  "out/2.csv: error: is there already, and would be replaced");
  EXPECT_CONTAINS(problemOf("new/", {"in/1.edf", "in/1.csv"}),
                  "in/1.csv: error: expects records of different names in a "
                  "folder, but in/1.edf is called '1' too");
  EXPECT_FALSE(fs::exists(path("new")));
}

TEST_F(BeatOutputTest, ReplacesListsAlone) {
  write("notes.csv", "name,age\n");
  write("old.csv", "record,sample\n");
  write("empty.csv", "");
  EXPECT_CONTAINS(problemOf("notes.csv", {"a", "b"}),
                  "notes.csv: error: is there already, is no list of beats");
  EXPECT_EQ(problemOf("old.csv", {"a", "b"}), "no error");
  EXPECT_EQ(problemOf("empty.csv", {"a", "b"}), "no error");
}

} // namespace
