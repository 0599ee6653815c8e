//===- WeightFileTest.cpp - Tests of safetensors ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/json/WeightFile.h"
#include "llvm/Support/Endian.h"

#include <gtest/gtest.h>

using namespace llvm;
using namespace frieze;

static std::string makeSafetensors(StringRef header, StringRef data) {
  std::string bytes(8, '\0');
  support::endian::write64le(bytes.data(), header.size());
  return (bytes + header + data).str();
}

/// The error of reading the array `a` of a file, or "".
static std::string getError(StringRef entry, StringRef data) {
  auto file =
      parseSafetensors(makeSafetensors(("{\"a\":" + entry + "}").str(), data));
  if (!file)
    return toString(file.takeError());
  Expected<Array> array = (*file)->read("a");
  return array ? "" : toString(array.takeError());
}

TEST(Safetensors, ReadsArrays) {
  auto file = parseSafetensors(makeSafetensors(
      R"({"__metadata__":{"format":"pt"},
          "a":{"dtype":"F32","shape":[1,2],"data_offsets":[2,10]},
          "b":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}})",
      StringRef("\x80\x3f\0\0\x80\x3f\0\0\0\xc0", 10)));
  ASSERT_TRUE(bool(file)) << toString(file.takeError());
  Expected<Array> a = (*file)->read("a");
  ASSERT_TRUE(bool(a)) << toString(a.takeError());
  EXPECT_EQ(a->shape, SmallVector<int64_t>({1, 2}));
  EXPECT_EQ(a->values, std::vector<float>({1, -2}));
  Expected<Array> b = (*file)->read("b");
  ASSERT_TRUE(bool(b)) << toString(b.takeError());
  EXPECT_EQ(b->values, std::vector<float>({1}));
  for (StringRef name : {"c", "__metadata__"}) {
    Expected<Array> none = (*file)->read(name);
    ASSERT_FALSE(bool(none));
    EXPECT_EQ(toString(none.takeError()),
              ("expects an array '" + name + "' in the weights").str());
  }
}

TEST(Safetensors, RefusesDamagedHeaders) {
  StringRef data = "12345678";
  EXPECT_EQ(
      getError(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})", data),
      "");
  for (
      StringRef entry :
      {R"({"dtype":"F32","shape":[2],"data_offsets":[0,9]})",
       R"({"dtype":"F32","shape":[3],"data_offsets":[0,12]})",
       R"({"dtype":"F32","shape":[2],"data_offsets":[8,0]})",
       R"({"dtype":"F32","shape":[2],"data_offsets":[0]})",
       R"({"dtype":"F32","shape":[-2],"data_offsets":[0,8]})",
       R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]})",
       R"({"dtype":"F32","shape":[2],"data_offsets":[18446744073709551608,0]})",
       R"({"dtype":"F32","shape":2,"data_offsets":[0,8]})",
       R"({"dtype":"F32"})"})
    EXPECT_EQ(getError(entry, data), "damaged header of array 'a'")
        << entry.str();
  EXPECT_EQ(
      getError(R"({"dtype":"F8","shape":[8],"data_offsets":[0,8]})", data),
      "unsupported element type of array 'a'");
}

TEST(Safetensors, RefusesOtherFiles) {
  std::string tooLong = makeSafetensors("{}", "");
  tooLong[0] = 3;
  std::string huge = makeSafetensors("{}", "");
  huge[7] = '\xff';
  for (const std::string &bytes : {std::string(), std::string(7, 'x'),
                                   std::string(100, '\0'), tooLong, huge}) {
    auto file = parseSafetensors(bytes);
    ASSERT_FALSE(bool(file));
    EXPECT_EQ(
        toString(file.takeError()),
        std::string("expects a .npz, .safetensors or HDF5 file, but got ") +
            (bytes.empty() ? "an empty file" : "another format"));
  }
}
