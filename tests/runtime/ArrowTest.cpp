//===- ArrowTest.cpp - Scoring record batches of Arrow ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/runtime/ArrowFixture.h"

#include <cstring>

using namespace frieze::arrow;

namespace {

TEST(ArrowTest, ScoresColumnsByName) {
  frieze_model model = describe();
  // Others may stand among them.
  ColumnPtr batch = makeBatch(
      {make("id", "l", 3, {toBytes(std::vector<int64_t>{7, 8, 9})}, {}),
       makeFloats("weight", {1, 10, 100}), makeWindows(3)});
  batches = 0;
  Scores scores(model, *batch);
  EXPECT_EQ(batches, 1);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(lastArena) % 256, 0u);
  EXPECT_STREQ(scores.schema.format, "+s");
  EXPECT_EQ(scores.array.length, 3);
  EXPECT_EQ(scores.array.null_count, 0);
  ASSERT_EQ(scores.schema.n_children, 2);
  EXPECT_STREQ(scores.schema.children[0]->name, "sums");
  EXPECT_STREQ(scores.schema.children[0]->format, "+w:2");
  EXPECT_STREQ(scores.schema.children[0]->children[0]->format, "f");
  EXPECT_STREQ(scores.schema.children[1]->name, "product");
  EXPECT_STREQ(scores.schema.children[1]->format, "f");
  EXPECT_EQ(scores.list(0), (Rows{"6 15", "24 33", "42 51"}));
  EXPECT_EQ(scores.list(1), (Rows{"21", "570", "9300"}));
}

TEST(ArrowTest, UsesTheCallersArena) {
  frieze_model model = describe();
  ColumnPtr batch = makeBatch({makeFloats("weight", {1}), makeWindows(1)});
  alignas(256) char arena[256];
  Scores scores(model, *batch, arena);
  EXPECT_EQ(lastArena, arena);
  model.arena_bytes = 0;
  Scores without(model, *batch);
  EXPECT_EQ(lastArena, nullptr);
  EXPECT_EQ(without.list(1), Rows{"21"});
}

// A window of shape (2, 3, 1) is flat, or nested as its axes are.
TEST(ArrowTest, TakesFlatAndNestedLists) {
  frieze_model model = describe();
  auto floats = [] { return makeFloats("item", count(12)); };
  const std::vector<int32_t> rows{0, 6, 12}, pairs{0, 2, 4},
      threes{0, 3, 6, 9, 12};
  const std::vector<int64_t> longRows{0, 6, 12};
  for (const ColumnPtr &window :
       {makeFixed("window", 6, floats()), makeLists("window", rows, floats()),
        makeLists("window", longRows, floats()),
        makeFixed("window", 2, makeFixed("item", 3, floats())),
        makeLists("window", pairs, makeLists("item", threes, floats())),
        makeLists("window", pairs, makeFixed("item", 3, floats())),
        makeFixed("window", 2, makeLists("item", threes, floats())),
        makeFixed("window", 2,
                  makeFixed("item", 3, makeFixed("item", 1, floats())))}) {
    SCOPED_TRACE(window->format + " of " + window->children[0]->format);
    batches = 0;
    Scores scores(model, *makeBatch({window, makeFloats("weight", {1, 2})}));
    ASSERT_EQ(scores.problem, "");
    EXPECT_EQ(scores.list(0), (Rows{"6 15", "24 33"}));
    EXPECT_EQ(batches, 1);
  }
  // One number may be a list of one.
  ColumnPtr weight =
      makeFixed("weight", 1, makeFloats("item", std::vector<float>{1, 2}));
  Scores scores(model, *makeBatch({makeWindows(2), weight}));
  EXPECT_EQ(scores.list(1), (Rows{"21", "114"}));
}

// Slices move the first entry at any depth, in the batch, its columns, and what
// is in these.
TEST(ArrowTest, TakesOffsets) {
  frieze_model model = describe();
  for (int sliced = 0; sliced < 16; ++sliced) {
    SCOPED_TRACE(sliced);
    auto slice = [&](int bit, Column &column, int64_t more, int64_t length) {
      if (sliced & bit) {
        column.array.offset = more;
        column.array.length = length;
      }
    };
    ColumnPtr floats = makeFloats("item", count(6 * 8));
    ColumnPtr threes = makeFixed("item", 3, floats);
    ColumnPtr window = makeFixed("window", 2, threes);
    ColumnPtr weight = makeFloats("weight", count(8));
    slice(1, *floats, 6, 42);
    slice(2, *threes, 2, 12);
    slice(4, *window, 1, 6);
    ColumnPtr batch = makeBatch({window, weight});
    slice(8, *batch, 2, 4);
    batch->array.length = 3;
    int64_t first = (sliced & 1) + (sliced >> 1 & 1) + (sliced >> 2 & 1) +
                    2 * (sliced >> 3 & 1);
    Rows wanted;
    for (int64_t row = first; row < first + 3; ++row)
      wanted.push_back(std::to_string(18 * row + 6) + " " +
                       std::to_string(18 * row + 15));
    Scores scores(model, *batch);
    ASSERT_EQ(scores.problem, "");
    EXPECT_EQ(scores.list(0), wanted);
  }
}

// Lists need not begin where their array does, nor follow each other.
TEST(ArrowTest, TakesListsAnywhere) {
  frieze_model model = describe();
  ColumnPtr window = makeLists<int32_t>("window", {2, 8, 9, 15},
                                        makeFloats("item", count(15)), "101");
  Scores scores(model, *makeBatch({window, makeFloats("weight", {1, 1, 1})}));
  ASSERT_EQ(scores.problem, "");
  EXPECT_EQ(scores.list(0), (Rows{"12 21", "-", "33 42"}));
}

TEST(ArrowTest, TakesUnalignedFloats) {
  frieze_model model = describe();
  ColumnPtr floats = makeFloats("item", count(12));
  std::vector<char> moved(1 + 12 * sizeof(float));
  memcpy(&moved[1], floats->buffers[1], 12 * sizeof(float));
  floats->buffers[1] = &moved[1];
  Scores scores(model, *makeBatch({makeFixed("window", 6, floats),
                                   makeFloats("weight", {1, 2})}));
  EXPECT_EQ(scores.list(0), (Rows{"6 15", "24 33"}));
}

// A row that is null in any column, or as a whole, has null scores.
TEST(ArrowTest, NullRowsHaveNullScores) {
  frieze_model model = describe();
  std::string valid(600, '1'), weights(600, '1'), structs(600, '1');
  valid[1] = weights[2] = weights[255] = structs[3] = valid[599] = '0';
  ColumnPtr batch = makeBatch(
      {makeFixed("window", 6, makeFloats("item", count(6 * 600)), valid),
       makeFloats("weight", std::vector<float>(600, 2), weights)},
      structs);
  batches = 0;
  Scores scores(model, *batch);
  EXPECT_EQ(batches, 3);
  Rows sums = scores.list(0), product = scores.list(1);
  for (int64_t row = 0; row < 600; ++row) {
    bool isNull = row == 1 || row == 2 || row == 3 || row == 255 || row == 599;
    int64_t start = 18 * row;
    EXPECT_EQ(sums[row], isNull ? "-"
                                : std::to_string(start + 6) + " " +
                                      std::to_string(start + 15));
    EXPECT_EQ(product[row], isNull ? "-" : std::to_string(4 * start + 42));
  }
}

TEST(ArrowTest, RowsMayAllBeNullOrNone) {
  frieze_model model = describe();
  batches = 0;
  Scores nulls(
      model, *makeBatch({makeWindows(2), makeFloats("weight", {1, 2}, "00")}));
  EXPECT_EQ(nulls.list(0), (Rows{"-", "-"}));
  ColumnPtr window = makeFixed("window", 6, makeFloats("item", {}));
  ColumnPtr weight = makeFloats("weight", {});
  // What has no entries need not have buffers.
  window->children[0]->buffers[1] = weight->buffers[1] = nullptr;
  Scores none(model, *makeBatch({window, weight}));
  EXPECT_EQ(none.array.length, 0);
  EXPECT_EQ(none.list(1), Rows{});
  EXPECT_EQ(batches, 0);
}

TEST(ArrowTest, TakesTheColumnItself) {
  frieze_model model = describePairs();
  ColumnPtr window = makeFixed("any", 3, makeFloats("item", count(12)));
  Scores scores(model, *window);
  ASSERT_EQ(scores.problem, "");
  EXPECT_STREQ(scores.schema.children[0]->name, "sum");
  EXPECT_EQ(scores.list(0), (Rows{"6", "615", "24", "2433"}));
}

// Samples of a batch are those next to each other that are not null.
TEST(ArrowTest, BatchesPassOverNullRows) {
  frieze_model model = describePairs();
  ColumnPtr window =
      makeFixed("any", 3, makeFloats("item", count(18)), "101011");
  Scores scores(model, *window);
  EXPECT_EQ(scores.list(0), (Rows{"6", "-", "624", "-", "42", "4251"}));
  window = makeFixed("any", 3, makeFloats("item", count(9)));
  EXPECT_EQ(Scores(model, *window).problem,
            "pairs: expects a multiple of 2 rows that are not null, as it was "
            "compiled for this batch, but got 3");
}

// Columns outlive the batch that they are moved out of.
TEST(ArrowTest, ColumnsCanBeMoved) {
  frieze_model model = describe();
  ArrowArray moved;
  {
    Scores scores(model,
                  *makeBatch({makeWindows(1), makeFloats("weight", {2})}));
    moved = *scores.array.children[1];
    scores.array.children[1]->release = nullptr;
  }
  EXPECT_EQ(static_cast<const float *>(moved.buffers[1])[0], 42);
  moved.release(&moved);
  EXPECT_EQ(moved.release, nullptr);
}

} // namespace
