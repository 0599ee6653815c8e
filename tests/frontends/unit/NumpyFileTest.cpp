//===- NumpyFileTest.cpp - Tests of .npy and .npz ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/NumpyFile.h"
#include "frontends/Files.h"
#include "frontends/ZipArchive.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"

#include <gtest/gtest.h>

using namespace llvm;
using namespace frieze;

/// A .npy file of version 1 with `header` as it stands.
static std::string makeNpy(StringRef header, StringRef data) {
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += char(header.size() & 255);
  bytes += char(header.size() >> 8);
  return (bytes + header + data).str();
}

static std::string getError(Expected<Array> array) {
  if (array)
    return "";
  return toString(array.takeError());
}

static std::vector<float> getValues(StringRef descr, StringRef data,
                                    StringRef shape = "(2,)") {
  Expected<Array> array = parseNpy(
      makeNpy(("{'descr': '" + descr +
               "', 'fortran_order': False, 'shape': " + shape + ", }\n")
                  .str(),
              data));
  if (array)
    return array->values;
  ADD_FAILURE() << toString(array.takeError());
  return {};
}

using Values = std::vector<float>;

TEST(Npy, ReadsEveryKindOfNumber) {
  EXPECT_EQ(getValues("<f4", StringRef("\0\0\x80\x3f\0\0\0\xc0", 8)),
            Values({1, -2}));
  EXPECT_EQ(getValues(">f4", StringRef("\x3f\x80\0\0\xc0\0\0\0", 8)),
            Values({1, -2}));
  EXPECT_EQ(getValues("<f8", StringRef("\0\0\0\0\0\0\xf0\x3f"
                                       "\0\0\0\0\0\0\0\xc0",
                                       16)),
            Values({1, -2}));
  EXPECT_EQ(getValues("<f2", StringRef("\0\x3c\x01\0", 4)),
            Values({1, 5.9604644775390625e-8f}));
  EXPECT_EQ(getValues("|i1", StringRef("\x7f\x80", 2)), Values({127, -128}));
  EXPECT_EQ(getValues("|u1", StringRef("\x7f\x80", 2)), Values({127, 128}));
  EXPECT_EQ(getValues("<i2", StringRef("\xff\xff\x01\0", 4)), Values({-1, 1}));
  EXPECT_EQ(getValues(">i4", StringRef("\xff\xff\xff\xfe\0\0\0\3", 8)),
            Values({-2, 3}));
  EXPECT_EQ(getValues("<i8", StringRef("\xff\xff\xff\xff\xff\xff\xff\xff"
                                       "\2\0\0\0\0\0\0\0",
                                       16)),
            Values({-1, 2}));
  EXPECT_EQ(getValues("|b1", StringRef("\0\1", 2)), Values({0, 1}));
}

TEST(Npy, ReadsFortranOrder) {
  std::string data;
  for (char value = 0; value < 6; ++value)
    data += value;
  Expected<Array> array = parseNpy(makeNpy(
      "{'fortran_order': True, 'shape': (2, 3), 'descr': '|u1'}", data));
  ASSERT_TRUE(bool(array)) << toString(array.takeError());
  EXPECT_EQ(array->shape, SmallVector<int64_t>({2, 3}));
  // Column by column in the file.
  EXPECT_EQ(array->values, Values({0, 2, 4, 1, 3, 5}));
}

TEST(Npy, ReadsScalarsAndNothing) {
  EXPECT_EQ(getValues("|u1", "\7", "()"), Values({7}));
  EXPECT_EQ(getValues("|u1", "", "(3, 0)"), Values());
}

TEST(Npy, RefusesWhatIsNoArrayOfNumbers) {
  auto parse = [](StringRef header, StringRef data) {
    return getError(parseNpy(makeNpy(header, data)));
  };
  EXPECT_EQ(getError(parseNpy("")), "expects a .npy file");
  EXPECT_EQ(getError(parseNpy(StringRef("\x93NUMPY\x09\x00\0\0", 10))),
            "expects .npy version 1 to 3, but got 9");
  for (StringRef header :
       {"", "{", "{}", "{'descr': '<f4'}",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f3', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': "
        "(99999999999999999999,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': "
        "(1,1,1,1,1,1,1,1,1)}"})
    EXPECT_EQ(parse(header, "1234"),
              "damaged .npy header, or an array of other than numbers")
        << header.str();
}

TEST(Npy, RefusesWrongSizes) {
  auto parse = [](StringRef shape) {
    return getError(parseNpy(makeNpy(
        ("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}")
            .str(),
        "12345678")));
  };
  EXPECT_EQ(parse("(3,)"), "expects 12 bytes of data for shape (3), but got 8");
  EXPECT_EQ(parse("(1,)"), "expects 4 bytes of data for shape (1), but got 8");
  // The product of the sizes is 0 in 64 bits.
  EXPECT_EQ(parse("(4294967296, 4294967296)"),
            "expects an array of at most 536870912 elements, but got shape "
            "(4294967296, 4294967296)");
  EXPECT_EQ(parse("(-1, -2)"),
            "expects an array of at most 536870912 elements, but got shape "
            "(-1, -2)");
}

TEST(Npy, TruncatedFilesAreRefused) {
  std::string bytes = formatNpy({{2, 2}, {1, 2, 3, 4}});
  for (size_t length = 0; length < bytes.size(); ++length)
    EXPECT_NE(getError(parseNpy(StringRef(bytes).take_front(length))), "")
        << length;
}

TEST(Npy, WritesWhatItReads) {
  for (SmallVector<int64_t> shape :
       {SmallVector<int64_t>{}, {1}, {6}, {2, 3}, {0, 4}, {1, 2, 3}}) {
    Array array{shape, Values(*countElements(shape), 0.25f)};
    std::string bytes = formatNpy(array);
    // The data begins at a multiple of 64 bytes.
    EXPECT_EQ((bytes.size() - 4 * array.values.size()) % 64, 0u);
    Expected<Array> copy = parseNpy(bytes);
    ASSERT_TRUE(bool(copy)) << toString(copy.takeError());
    EXPECT_EQ(copy->shape, array.shape);
    EXPECT_EQ(copy->values, array.values);
  }
}

TEST(Npz, WritesWhatItReads) {
  SmallString<128> folder;
  ASSERT_FALSE(sys::fs::createUniqueDirectory("frieze", folder));
  llvm::scope_exit cleanUp([&] { sys::fs::remove_directories(folder); });
  std::string npz = (folder + "/a.npz").str(), npy = (folder + "/a.npy").str();
  std::vector<NamedArray> arrays{{"x", {{2}, {1, 2}}}, {"y", {{}, {3}}}};
  ASSERT_EQ(toString(writeNumpyFile(npz, NumpyFormat::Npz, arrays)), "");
  Expected<std::vector<NamedArray>> copy = readNumpyFile(npz);
  ASSERT_TRUE(bool(copy)) << toString(copy.takeError());
  ASSERT_EQ(copy->size(), 2u);
  EXPECT_EQ((*copy)[0].name, "x");
  EXPECT_EQ((*copy)[0].array.values, Values({1, 2}));
  EXPECT_EQ((*copy)[1].name, "y");
  EXPECT_TRUE((*copy)[1].array.shape.empty());

  EXPECT_EQ(toString(writeNumpyFile(npy, NumpyFormat::Npy, arrays)),
            "expects one array for a .npy file, but got 2");
  ASSERT_EQ(toString(writeNumpyFile(npy, NumpyFormat::Npy,
                                    ArrayRef(arrays).take_front())),
            "");
  copy = readNumpyFile(npy);
  ASSERT_TRUE(bool(copy)) << toString(copy.takeError());
  ASSERT_EQ(copy->size(), 1u);
  EXPECT_EQ((*copy)[0].name, "");
}

TEST(Npz, DamagedArchivesAreRefused) {
  Expected<std::string> bytes =
      formatZip({{"x.npy", formatNpy({{2}, {1, 2}})}});
  ASSERT_TRUE(bool(bytes)) << toString(bytes.takeError());
  auto getNpzError = [](StringRef bytes) {
    Expected<std::vector<NamedArray>> arrays = parseNpz(bytes);
    return arrays ? "" : toString(arrays.takeError());
  };
  EXPECT_EQ(getNpzError(*bytes), "");
  for (size_t length = 0; length < bytes->size(); ++length)
    EXPECT_NE(getNpzError(StringRef(*bytes).take_front(length)), "") << length;
  // One bit of the data, which the checksum covers.
  std::string flipped = *bytes;
  flipped[flipped.find("NUMPY") + 128] ^= 1;
  EXPECT_NE(getNpzError(flipped), "");

  Expected<std::string> other = formatZip({{"x.txt", "text"}});
  ASSERT_TRUE(bool(other)) << toString(other.takeError());
  EXPECT_EQ(getNpzError(*other), "expects .npy members, but got 'x.txt'");
}

// libzip would not write such an archive: the second name is made the first.
TEST(Npz, NamesAreDifferent) {
  std::string npy = formatNpy({{2}, {1, 2}});
  Expected<std::string> bytes = formatZip({{"a.npy", npy}, {"b.npy", npy}});
  ASSERT_TRUE(bool(bytes)) << toString(bytes.takeError());
  for (size_t at; (at = bytes->find("b.npy")) != std::string::npos;)
    (*bytes)[at] = 'a';
  Expected<std::vector<NamedArray>> arrays = parseNpz(*bytes);
  ASSERT_FALSE(bool(arrays));
  EXPECT_EQ(toString(arrays.takeError()),
            "expects one array of each name, but got 'a' twice");
}

TEST(Npz, FormatByExtension) {
  EXPECT_EQ(cantFail(findNumpyFormat("a.b/x.npy")), NumpyFormat::Npy);
  EXPECT_EQ(cantFail(findNumpyFormat("x.NPZ")), NumpyFormat::Npz);
  EXPECT_EQ(cantFail(findNumpyFormat("-")), NumpyFormat::Npz);
  EXPECT_EQ(cantFail(findNumpyFormat("/dev/null")), NumpyFormat::Npz);
  for (const char *path : {"x.csv", "x", "a.npy/x", "x.npy.gz"})
    EXPECT_TRUE(errorToBool(findNumpyFormat(path).takeError())) << path;
}
