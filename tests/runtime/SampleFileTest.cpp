//===- SampleFileTest.cpp - Sample files of compiled programs ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/lib/SampleFile.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace {

/// A .npy file of version 1 with the given dictionary and data.
std::string npy(std::string dictionary, const std::string &data) {
  dictionary += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += char(dictionary.size() & 0xFF);
  bytes += char(dictionary.size() >> 8);
  return bytes + dictionary + data;
}

std::string dictionary(const std::string &type, const std::string &shape) {
  return "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape +
         ", }";
}

template <typename T> std::string bytesOf(const std::vector<T> &values) {
  return std::string(reinterpret_cast<const char *>(values.data()),
                     values.size() * sizeof(T));
}

struct Result {
  bool failed;
  std::vector<uint64_t> shape;
  std::vector<float> values;
  uint64_t samples = 0;
  std::string problem;
};

Result take(int status, frieze_array &array, const frieze_error &error) {
  Result result;
  result.failed = status != 0;
  if (status) {
    result.problem = error.text;
    return result;
  }
  result.shape.assign(array.shape, array.shape + array.rank);
  if (array.data)
    result.values.assign(array.data, array.data + array.elements);
  free(array.data);
  return result;
}

Result parseNpy(const std::string &bytes) {
  frieze_array array;
  frieze_error error;
  // Behind a copy of exactly this size a sanitizer sees any read too far.
  std::vector<unsigned char> copy(bytes.begin(), bytes.end());
  int status = frieze_parse_npy(copy.data(), copy.size(), &array, &error);
  return take(status, array, error);
}

Result parseCsv(const std::string &text, uint64_t width) {
  frieze_array array;
  frieze_error error;
  std::vector<char> copy(text.c_str(), text.c_str() + text.size() + 1);
  int status =
      frieze_parse_csv(copy.data(), text.size(), width, &array, &error);
  return take(status, array, error);
}

#define EXPECT_PROBLEM(result, part)                                           \
  do {                                                                         \
    Result r = (result);                                                       \
    EXPECT_TRUE(r.failed);                                                     \
    EXPECT_EQ(r.problem.find("error: "), 0u) << r.problem;                     \
    EXPECT_NE(r.problem.find(part), std::string::npos) << r.problem;           \
  } while (false)

//===----------------------------------------------------------------------===//
// .npy
//===----------------------------------------------------------------------===//

TEST(NpyReaderTest, Float32) {
  Result result = parseNpy(
      npy(dictionary("<f4", "(2, 3)"), bytesOf<float>({1, 2, 3, 4, 5, -0.5f})));
  EXPECT_EQ(result.shape, (std::vector<uint64_t>{2, 3}));
  EXPECT_EQ(result.values, (std::vector<float>{1, 2, 3, 4, 5, -0.5f}));
}

TEST(NpyReaderTest, Float64IsRounded) {
  Result result =
      parseNpy(npy(dictionary("<f8", "(2,)"), bytesOf<double>({0.1, -1e-300})));
  EXPECT_EQ(result.values, (std::vector<float>{0.1f, -0.0f}));
}

TEST(NpyReaderTest, ScalarAndOtherVersions) {
  std::string one = bytesOf<float>({7});
  EXPECT_EQ(parseNpy(npy(dictionary("<f4", "()"), one)).values,
            std::vector<float>{7});
  std::string text = "{\"shape\":(1,),\"fortran_order\":False,\"descr\":"
                     "\"<f4\"}";
  std::string bytes("\x93NUMPY\x02\x00", 8);
  bytes += char(text.size());
  bytes += std::string(3, '\0');
  EXPECT_EQ(parseNpy(bytes + text + one).values, std::vector<float>{7});
}

TEST(NpyReaderTest, EveryTruncationIsAnError) {
  std::string whole = npy(dictionary("<f4", "(2, 1)"), bytesOf<float>({1, 2}));
  EXPECT_FALSE(parseNpy(whole).failed);
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_TRUE(parseNpy(whole.substr(0, size)).failed) << size;
  EXPECT_PROBLEM(parseNpy(whole + "x"), "but got 9 bytes");
}

TEST(NpyReaderTest, RefusesOtherArrays) {
  std::string data = bytesOf<float>({1, 2});
  EXPECT_PROBLEM(parseNpy(npy(dictionary(">f4", "(2,)"), data)), "'>f4'");
  EXPECT_PROBLEM(parseNpy(npy(dictionary("<i4", "(2,)"), data)), "'<i4'");
  EXPECT_PROBLEM(parseNpy(npy("{'descr': '<f4', 'fortran_order': True, "
                              "'shape': (2,)}",
                              data)),
                 "C order");
  for (const char *text :
       {"", "{}", "{'descr': '<f4'}", "{'descr':", "{'descr': ",
        "{'descr': '<f4', 'fortran_order': False, 'shape': "})
    EXPECT_PROBLEM(parseNpy(npy(text, data)), ".npy header");
  for (const char *shape :
       {"2", "(2", "(-2,)", "(2 2)", "(x,)", "(,)", "(99999999999999999999,)",
        "(4294967296, 4294967296, 2)"})
    EXPECT_PROBLEM(parseNpy(npy(dictionary("<f4", shape), data)), "shape");
  std::string axes = "(";
  for (int i = 0; i < 33; ++i)
    axes += "1,";
  EXPECT_PROBLEM(parseNpy(npy(dictionary("<f4", axes + ")"), data)), "axes");
}

//===----------------------------------------------------------------------===//
// CSV
//===----------------------------------------------------------------------===//

TEST(CsvReaderTest, Separators) {
  for (const char *text : {"1,2,3\n4,5,6\n", "1 2 3\r\n4 5 6", "1;2;3\n4\t5 6",
                           "# x\n\n 1 , 2 ,3 \n   \n4,5, 6\n"}) {
    Result result = parseCsv(text, 3);
    EXPECT_EQ(result.shape, (std::vector<uint64_t>{2, 3})) << text;
    EXPECT_EQ(result.values, (std::vector<float>{1, 2, 3, 4, 5, 6})) << text;
  }
}

TEST(CsvReaderTest, NumbersAreRoundedOnce) {
  Result result = parseCsv("1e-3,-INF,0.1\n", 3);
  EXPECT_EQ(result.values, (std::vector<float>{1e-3f, -INFINITY, 0.1f}));
  EXPECT_TRUE(std::isnan(parseCsv("nan", 1).values.at(0)));
}

TEST(CsvReaderTest, ManyLines) {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += std::to_string(i) + "\n";
  Result result = parseCsv(text, 1);
  ASSERT_EQ(result.values.size(), 1000u);
  EXPECT_EQ(result.values[999], 999);
}

TEST(CsvReaderTest, ProblemsNameTheLine) {
  EXPECT_PROBLEM(parseCsv("1,2\n\n3\n", 2),
                 "line 3: expects 2 numbers, but got 1");
  EXPECT_PROBLEM(parseCsv("1,2\n3,4,5\n", 2), "line 2: expects 2 numbers, "
                                              "but got more");
  EXPECT_PROBLEM(parseCsv("1,2,\n", 2), "line 1: expects 2 numbers");
  EXPECT_PROBLEM(parseCsv("1,x\n", 2), "but got 'x'");
  EXPECT_PROBLEM(parseCsv("1,,2\n", 2), "but got ''");
  EXPECT_PROBLEM(parseCsv("1,2x\n", 2), "but got '2x'");
  EXPECT_PROBLEM(parseCsv("1.0.0,2\n", 2), "but got '1.0.0'");
  EXPECT_PROBLEM(parseCsv(std::string("1,\0002\n", 5), 2), "line 1");
  EXPECT_PROBLEM(parseCsv("1\n", UINT64_MAX), "out of memory");
}

//===----------------------------------------------------------------------===//
// Samples for an input
//===----------------------------------------------------------------------===//

class SampleFileTest : public testing::Test {
protected:
  void SetUp() override {
    const auto *info = testing::UnitTest::GetInstance()->current_test_info();
    path = testing::TempDir() + "frieze-" + info->name();
  }
  void TearDown() override { std::remove(path.c_str()); }

  Result read(const std::string &content, std::vector<uint64_t> shape) {
    std::ofstream(path, std::ios::binary) << content;
    frieze_tensor input = {
        "x", shape.size(), shape.data(), 1, FRIEZE_FLOAT32, 0, 1};
    for (uint64_t size : shape)
      input.elements *= size;
    frieze_array array;
    frieze_error error;
    uint64_t samples = 0;
    int status =
        frieze_read_samples(path.c_str(), &input, &array, &samples, &error);
    Result result = take(status, array, error);
    result.samples = samples;
    return result;
  }

  /// A .npy file of zeros.
  static std::string zeros(const std::string &shape, size_t count) {
    return npy(dictionary("<f4", shape), bytesOf(std::vector<float>(count)));
  }

  std::string path;
};

TEST_F(SampleFileTest, OneSampleOrManyByTheShape) {
  EXPECT_EQ(read(zeros("(5, 1)", 5), {1, 5, 1}).samples, 1u);
  EXPECT_EQ(read(zeros("(5,)", 5), {1, 5, 1}).samples, 1u);
  EXPECT_EQ(read(zeros("(1, 5, 1)", 5), {1, 5, 1}).samples, 1u);
  EXPECT_EQ(read(zeros("(7, 5, 1)", 35), {1, 5, 1}).samples, 7u);
  EXPECT_EQ(read(zeros("(7, 5)", 35), {1, 5, 1}).samples, 7u);
  EXPECT_EQ(read(zeros("(5, 5)", 25), {1, 5}).samples, 5u);
  EXPECT_EQ(read(zeros("(3,)", 3), {1, 1}).samples, 3u);
  EXPECT_EQ(read(zeros("()", 1), {1, 1}).samples, 1u);
}

TEST_F(SampleFileTest, RefusesOtherShapes) {
  EXPECT_PROBLEM(read(zeros("(7, 4)", 28), {1, 5, 1}),
                 "expects shape (5, 1) or (samples, 5, 1), but got (7, 4)");
  EXPECT_PROBLEM(read(zeros("(2, 7, 5)", 70), {1, 5}), "but got (2, 7, 5)");
  EXPECT_PROBLEM(read(zeros("(5, 7)", 35), {1, 7, 5}), "but got (5, 7)");
  EXPECT_PROBLEM(read(zeros("(0, 5)", 0), {1, 5}),
                 "expects samples, but got none");
  EXPECT_PROBLEM(read("", {1, 5}), "expects samples, but got none");
}

TEST_F(SampleFileTest, RefusesArchives) {
  EXPECT_PROBLEM(read(std::string("PK\3\4\24\0x.npy", 11), {1, 5}),
                 "expects .npy or CSV, but got an archive such as .npz");
}

TEST_F(SampleFileTest, WholeBatches) {
  EXPECT_EQ(read(zeros("(6, 5)", 30), {3, 5}).samples, 6u);
  EXPECT_PROBLEM(read(zeros("(7, 5)", 35), {3, 5}),
                 "expects a multiple of 3 samples, but got 7");
  EXPECT_EQ(read("1 2\n3 4\n5 6\n7 8", {2, 2, 1}).samples, 4u);
  EXPECT_PROBLEM(read("1 2\n3 4\n5 6\n", {2, 2, 1}),
                 "expects a multiple of 2 samples");
}

TEST_F(SampleFileTest, MissingFile) {
  uint64_t shape[] = {1, 5};
  frieze_tensor input = {"x", 2, shape, 5, FRIEZE_FLOAT32, 0, 1};
  frieze_array array;
  frieze_error error;
  uint64_t samples;
  EXPECT_NE(frieze_read_samples((path + "-none").c_str(), &input, &array,
                                &samples, &error),
            0);
  EXPECT_EQ(std::string(error.text).find("error: can't open"), 0u);
}

} // namespace
