//===- JsonTest.cpp - Tests of JSON read with limits ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Json.h"
#include "mlir/IR/MLIRContext.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace llvm;
using namespace frieze;
using nlohmann::json;

static std::string getError(StringRef text) {
  Expected<json> value = parseJson(text);
  return value ? "" : toString(value.takeError());
}

TEST(Json, ReportsTheLine) {
  EXPECT_EQ(getError("{\"a\": 1}"), "");
  EXPECT_TRUE(StringRef(getError("{\n\"a\": }"))
                  .starts_with("damaged JSON: parse error at line 2"));
  EXPECT_NE(getError(""), "");
  EXPECT_NE(getError("{} {}"), "");
  EXPECT_NE(getError("[1e999]"), "");
  EXPECT_NE(getError("\"\xff\""), "");
}

TEST(Json, LimitsDepth) {
  auto nest = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(getError(nest(64)), "");
  EXPECT_EQ(getError(nest(65)), "expects JSON nested at most 64 deep");
  EXPECT_EQ(getError(std::string(1 << 20, '[')),
            "expects JSON nested at most 64 deep");
  // Brackets in strings do not count.
  EXPECT_EQ(getError("\"\\\"" + std::string(100, '[') + "\""), "");
}

TEST(Json, ShortensMessages) {
  EXPECT_EQ(formatJson(json(0.5)), "0.5");
  EXPECT_EQ(formatJson(json::parse("[1, 2]")), "[1,2]");
  EXPECT_EQ(formatJson(json(std::vector<int>(9))), "a list of 9");
  EXPECT_EQ(formatJson(json::object()), "an object");
  EXPECT_EQ(formatJson(json(std::string(100, 'x'))).size(), 83u);
}

namespace {
/// Reads the members of one object, and collects what is reported.
class ObjectReaderTest : public ::testing::Test {
protected:
  ObjectReaderTest()
      : handler(context.getDiagEngine().registerHandler(
            [&](mlir::Diagnostic &diagnostic) {
              messages.push_back(diagnostic.str());
            })) {}

  ObjectReader read(StringRef text) {
    object = json::parse(text.str());
    return ObjectReader(object, [&] {
      return mlir::emitError(mlir::UnknownLoc::get(&context));
    });
  }

  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  std::vector<std::string> messages;
  mlir::DiagnosticEngine::HandlerID handler;
  json object;
};
} // namespace

TEST_F(ObjectReaderTest, TakesUsableValues) {
  ObjectReader reader =
      read(R"({"i": 3, "f": 3.0, "b": 1, "s": "x", "l": [1, 2], "n": null})");
  EXPECT_EQ(reader.takeInt("i", {}), 3);
  EXPECT_EQ(reader.takeInt("f", {}), 3);
  EXPECT_TRUE(reader.takeBool("b", false));
  EXPECT_EQ(reader.takeString("s", {}), "x");
  EXPECT_EQ(reader.takeInts("l", {}, 2), SmallVector<int64_t>({1, 2}));
  EXPECT_EQ(reader.takeInts("i", {}, 2), SmallVector<int64_t>({3, 3}));
  EXPECT_EQ(reader.takeInt("n", 7), 7);
  EXPECT_EQ(reader.takeNumber("absent", 0.5), 0.5);
  reader.finish();
  EXPECT_FALSE(reader.hasFailed());
}

TEST_F(ObjectReaderTest, RefusesNumbersOutOfRange) {
  ObjectReader reader = read(R"({"a": 0, "b": 1e300, "c": 18446744073709551615,
                                 "d": 2.5, "e": true, "l": [1, -1]})");
  for (StringRef key : {"a", "b", "c", "d", "e"})
    EXPECT_EQ(reader.takeInt(key, {}), 1);
  EXPECT_EQ(messages.size(), 5u);
  EXPECT_EQ(reader.takeInts("l", {}, 2), SmallVector<int64_t>({1, 1}));
  EXPECT_EQ(messages.size(), 6u);
}

TEST_F(ObjectReaderTest, ReportsWhatNobodyTook) {
  ObjectReader reader =
      read(R"({"known": 1, "x_initializer": 2, "nothing": null, "new": 3})");
  reader.ignore("known");
  reader.ignoreSuffix("_initializer");
  reader.finish();
  EXPECT_EQ(messages, std::vector<std::string>(
                          {"unsupported attribute 'new' with value 3"}));
  EXPECT_TRUE(reader.hasFailed());
}

TEST_F(ObjectReaderTest, ReportsMissingMembers) {
  ObjectReader reader = read("[1]");
  EXPECT_EQ(reader.takeInt("units", {}), 1);
  EXPECT_EQ(messages,
            std::vector<std::string>({"expects an attribute 'units'"}));
}
