//===- ArrowRefusalsTest.cpp - Batches that are not scored ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/runtime/ArrowFixture.h"

using namespace frieze::arrow;

namespace {

std::string problemOf(const ColumnPtr &window) {
  return Scores(describe(), *makeBatch({window, makeFloats("weight", {1, 2})}))
      .problem;
}

TEST(ArrowRefusalsTest, RefusesOtherTypes) {
  const std::string expects =
      "column 'window': expects lists of float32 with 6 elements, but got ";
  auto typed = [](const char *format) {
    return make("item", format, 12, {toBytes(std::vector<double>(12))}, {});
  };
  EXPECT_EQ(problemOf(makeFixed("window", 6, typed("g"))),
            expects + "fixed_size_list[6]<float64>; cast it to float32");
  EXPECT_EQ(problemOf(makeLists<int32_t>("window", {0, 6, 12}, typed("s"))),
            expects + "list<int16>; cast it to float32");
  EXPECT_EQ(problemOf(makeFixed("window", 6, typed("tdD"))),
            expects + "fixed_size_list[6]<the type of format 'tdD'>");
  EXPECT_EQ(problemOf(makeFloats("window", {1, 2})), expects + "float32");
  EXPECT_EQ(problemOf(makeFixed("window", 5, makeFloats("item", count(10)))),
            expects + "fixed_size_list[5]<float32>");
  // Nested otherwise than the axes are.
  EXPECT_EQ(
      problemOf(makeFixed("window", 3,
                          makeFixed("item", 2, makeFloats("item", count(12))))),
      expects + "fixed_size_list[3]<fixed_size_list[2]<float32>>");
  ColumnPtr deep = makeFloats("item", count(12));
  for (int i = 0; i < 40; ++i)
    deep = makeFixed("window", 1, deep);
  EXPECT_EQ(problemOf(deep).rfind(expects + "fixed_size_list[1]<", 0), 0u);

  ColumnPtr window = makeWindows(2);
  ColumnPtr weight =
      make("weight", "g", 2, {toBytes(std::vector<double>(2))}, {});
  EXPECT_EQ(Scores(describe(), *makeBatch({window, weight})).problem,
            "column 'weight': expects float32, but got float64; cast it to "
            "float32");
}

// Their formats are those of other types.
TEST(ArrowRefusalsTest, RefusesDictionariesAndExtensions) {
  ColumnPtr window = makeWindows(2);
  ColumnPtr values = makeFloats("", {1});
  window->children[0]->schema.dictionary = &values->schema;
  window->children[0]->array.dictionary = &values->array;
  EXPECT_EQ(problemOf(window),
            "column 'window': expects lists of float32 with 6 elements, but "
            "got fixed_size_list[6]<a dictionary>; decode it");
  window = makeWindows(2);
  std::string metadata;
  auto add = [&](const std::string &text) {
    auto size = int32_t(text.size());
    metadata.append(reinterpret_cast<const char *>(&size), sizeof size);
    metadata += text;
  };
  const int32_t pairs = 2;
  metadata.append(reinterpret_cast<const char *>(&pairs), sizeof pairs);
  add("unit");
  add("mV");
  add("ARROW:extension:name");
  add("arrow.fixed_shape_tensor");
  window->schema.metadata = metadata.data();
  EXPECT_EQ(problemOf(window),
            "column 'window': expects lists of float32 with 6 elements, but "
            "got the extension type arrow.fixed_shape_tensor; take its "
            "storage");
  // Other metadata means nothing.
  metadata[metadata.find("ARROW")] = 'a';
  EXPECT_EQ(problemOf(window), "");
}

TEST(ArrowRefusalsTest, RefusesOtherLengthsAndNullsWithin) {
  ColumnPtr floats = makeFloats("item", count(12));
  EXPECT_EQ(problemOf(makeLists<int32_t>("window", {0, 6, 11}, floats)),
            "column 'window': expects 6 elements in row 1, but got 5");
  EXPECT_EQ(problemOf(makeLists<int32_t>(
                "window", {0, 2, 4},
                makeLists<int32_t>("item", {0, 3, 6, 10, 12}, floats))),
            "column 'window': expects 3 elements in row 1, but got 4");
  EXPECT_EQ(problemOf(makeLists<int32_t>("window", {0, 6, 12},
                                         makeFloats("item", count(7)))),
            "column 'window': expects the elements of row 1 in the array "
            "below, which ends before them");
  EXPECT_EQ(problemOf(makeFixed("window", 6,
                                makeFloats("item", count(12), "111111111101"))),
            "column 'window': expects numbers in row 1, but got a null among "
            "them; fill it, or make the row null");
}

TEST(ArrowRefusalsTest, RefusesOtherColumns) {
  EXPECT_EQ(Scores(describe(), *makeBatch({makeWindows(2)})).problem,
            "column 'weight': expects one for the input of this name, but got "
            "none");
  EXPECT_EQ(
      Scores(describe(), *makeBatch({makeWindows(2), makeWindows(2)})).problem,
      "column 'window': expects one, but got two");
  EXPECT_EQ(Scores(describe(), *makeWindows(2)).problem,
            "expects a struct with 2 columns, but got one column");
}

TEST(ArrowRefusalsTest, RefusesDamagedArrays) {
  ColumnPtr window = makeWindows(2);
  window->array.n_buffers = 2;
  EXPECT_EQ(problemOf(window), "column 'window': expects 1 buffers and 1 "
                               "children, but got 2 and 1");
  window = makeWindows(1);
  EXPECT_EQ(
      Scores(describe(), *makeBatch({makeFloats("weight", {1, 2}), window}))
          .problem,
      "column 'window': expects 2 entries, but got an array of 1 from 0 "
      "on");
  window = makeWindows(2);
  window->array.release = nullptr;
  EXPECT_EQ(problemOf(window),
            "column 'window': expects an array that is not released");
  ColumnPtr batch = makeBatch({makeWindows(2), makeFloats("weight", {1, 2})});
  batch->array.release = nullptr;
  EXPECT_EQ(Scores(describe(), *batch).problem,
            "expects an array that is not released");
  batch = makeBatch({makeWindows(2), makeFloats("weight", {1, 2})});
  batch->array.offset = -1;
  EXPECT_EQ(Scores(describe(), *batch).problem,
            "column 'batch': expects 2 entries, but got an array of 2 from 0 "
            "on");
}

TEST(ArrowRefusalsTest, RefusesOtherModels) {
  ColumnPtr batch = makeBatch({makeWindows(1), makeFloats("weight", {1})});
  frieze_model model = describe();
  model.abi_version = 1;
  EXPECT_EQ(Scores(model, *batch).problem,
            "model: expects the version of the ABI to be " +
                std::to_string(FRIEZE_ABI_VERSION) + ", but got 1");
  model = describe();
  model.struct_size = 16;
  EXPECT_EQ(Scores(model, *batch).problem,
            "model: expects the size of the description to be " +
                std::to_string(sizeof(frieze_model)) + ", but got 16");
  model = describe();
  model.target = "cortex-m4";
  EXPECT_EQ(Scores(model, *batch).problem,
            "model: expects a processor that runs code for cortex-m4, and "
            "this one lacks instructions");
  model = describe();
  frieze_tensor integers[] = {inputs[0], inputs[1]};
  integers[1].type = FRIEZE_INT8;
  model.inputs = integers;
  EXPECT_EQ(Scores(model, *batch).problem,
            "sums: expects float32, but 'weight' has elements of type 4");
  integers[1] = pairInputs[0];
  EXPECT_EQ(Scores(model, *batch).problem,
            "sums: expects inputs and outputs whose first axis is the batch, "
            "but that of 'window' is not");
  model.input_count = 0;
  EXPECT_EQ(Scores(model, *batch).problem, "sums: expects a model with inputs");
}

TEST(ArrowRefusalsTest, TellsWhenMemoryIsShort) {
  frieze_model model = describe();
  model.arena_bytes = UINT64_MAX;
  ColumnPtr batch = makeBatch({makeWindows(1), makeFloats("weight", {1})});
  Scores scores(model, *batch);
  EXPECT_EQ(scores.status, FRIEZE_ARROW_MEMORY);
  EXPECT_EQ(scores.problem, "too little memory");
}

} // namespace
