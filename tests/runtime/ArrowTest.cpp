//===- ArrowTest.cpp - Scoring record batches of Arrow ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frieze/arrow.h"

#include "gtest/gtest.h"

#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace {

//===----------------------------------------------------------------------===//
// Models by hand
//===----------------------------------------------------------------------===//

/// The last call's arena, and how many calls of run_batch there were.
void *lastArena = nullptr;
int batches = 0;

/// Of a window of 2x3 and a weight: sums of the rows of the window, and the
/// weight times all of it.
void runBatch(uint64_t count, const void *const *inputs, void *const *outputs,
              void *arena) {
  lastArena = arena;
  ++batches;
  auto *window = static_cast<const float *>(inputs[0]);
  auto *weight = static_cast<const float *>(inputs[1]);
  auto *sums = static_cast<float *>(outputs[0]);
  auto *product = static_cast<float *>(outputs[1]);
  for (uint64_t i = 0; i < count; ++i, window += 6, sums += 2) {
    sums[0] = window[0] + window[1] + window[2];
    sums[1] = window[3] + window[4] + window[5];
    product[i] = weight[i] * (sums[0] + sums[1]);
  }
}

/// Of a batch of two windows of three, the sum of each and that of the other.
void runPairs(uint64_t count, const void *const *inputs, void *const *outputs,
              void *) {
  auto *window = static_cast<const float *>(inputs[0]);
  auto *sums = static_cast<float *>(outputs[0]);
  for (uint64_t i = 0; i < count; ++i, window += 6, sums += 2) {
    sums[0] = window[0] + window[1] + window[2];
    sums[1] = window[3] + window[4] + window[5] + 100 * sums[0];
  }
}

const uint64_t windowShape[] = {1, 2, 3, 1}, oneShape[] = {1, 1},
               sumsShape[] = {1, 2}, pairShape[] = {2, 3}, pairSums[] = {2, 1};
const frieze_tensor inputs[] = {
    {"window", 4, windowShape, 6, FRIEZE_FLOAT32, 0, 1},
    {"weight", 2, oneShape, 1, FRIEZE_FLOAT32, 0, 1}};
const frieze_tensor outputs[] = {
    {"sums", 2, sumsShape, 2, FRIEZE_FLOAT32, 0, 1},
    {"product", 2, oneShape, 1, FRIEZE_FLOAT32, 0, 1}};
const frieze_tensor pairInputs[] = {
    {"window", 2, pairShape, 6, FRIEZE_FLOAT32, 0, 1}};
const frieze_tensor pairOutputs[] = {
    {"sum", 2, pairSums, 2, FRIEZE_FLOAT32, 0, 1}};

frieze_model describe() {
  frieze_model model = {};
  model.abi_version = FRIEZE_ABI_VERSION;
  model.struct_size = sizeof(frieze_model);
  model.name = "sums";
  model.input_count = model.output_count = 2;
  model.inputs = inputs;
  model.outputs = outputs;
  model.arena_bytes = 100;
  model.arena_alignment = 256;
  model.run_batch = runBatch;
  return model;
}

frieze_model describePairs() {
  frieze_model model = describe();
  model.name = "pairs";
  model.input_count = model.output_count = 1;
  model.inputs = pairInputs;
  model.outputs = pairOutputs;
  model.run_batch = runPairs;
  return model;
}

//===----------------------------------------------------------------------===//
// Arrays by hand
//===----------------------------------------------------------------------===//

/// An array and its schema; what they point to lives as long.
struct Column {
  ArrowSchema schema = {};
  ArrowArray array = {};
  std::string format, name;
  std::vector<const void *> buffers;
  std::vector<ArrowSchema *> schemas;
  std::vector<ArrowArray *> arrays;
  std::vector<std::shared_ptr<Column>> children;
  std::vector<std::vector<char>> data;
};
using ColumnPtr = std::shared_ptr<Column>;

template <typename T> std::vector<char> toBytes(const std::vector<T> &values) {
  auto *bytes = reinterpret_cast<const char *>(values.data());
  return std::vector<char>(bytes, bytes + values.size() * sizeof(T));
}

/// `valid` has a character for each entry, '0' for null; empty for none.
ColumnPtr make(std::string name, std::string format, int64_t length,
               std::vector<std::vector<char>> data,
               std::vector<ColumnPtr> children, const std::string &valid = "") {
  auto column = std::make_shared<Column>();
  column->name = std::move(name);
  column->format = std::move(format);
  column->data = std::move(data);
  column->children = std::move(children);
  std::vector<char> bits(valid.size() / 8 + 1);
  for (size_t i = 0; i < valid.size(); ++i)
    bits[i / 8] |= char((valid[i] == '1') << i % 8);
  column->data.push_back(bits);
  column->buffers.push_back(valid.empty() ? nullptr
                                          : column->data.back().data());
  for (size_t i = 0; i + 1 < column->data.size(); ++i)
    column->buffers.push_back(column->data[i].data());
  for (const ColumnPtr &child : column->children) {
    column->schemas.push_back(&child->schema);
    column->arrays.push_back(&child->array);
  }
  column->schema.format = column->format.c_str();
  column->schema.name = column->name.c_str();
  column->schema.n_children = int64_t(column->children.size());
  column->schema.children = column->schemas.data();
  column->schema.release = [](ArrowSchema *) { FAIL() << "released"; };
  column->array.length = length;
  column->array.null_count = valid.empty() ? 0 : -1;
  column->array.n_buffers = int64_t(column->buffers.size());
  column->array.buffers = column->buffers.data();
  column->array.n_children = column->schema.n_children;
  column->array.children = column->arrays.data();
  column->array.release = [](ArrowArray *) { FAIL() << "released"; };
  return column;
}

ColumnPtr makeFloats(const std::string &name, const std::vector<float> &values,
                     const std::string &valid = "") {
  return make(name, "f", int64_t(values.size()), {toBytes(values)}, {}, valid);
}

ColumnPtr makeFixed(const std::string &name, int64_t size, ColumnPtr child,
                    const std::string &valid = "") {
  int64_t length = child->array.length / size;
  return make(name, "+w:" + std::to_string(size), length, {},
              {std::move(child)}, valid);
}

template <typename Offset>
ColumnPtr makeLists(const std::string &name, const std::vector<Offset> &offsets,
                    ColumnPtr child, const std::string &valid = "") {
  return make(name, sizeof(Offset) == 4 ? "+l" : "+L",
              int64_t(offsets.size()) - 1, {toBytes(offsets)},
              {std::move(child)}, valid);
}

ColumnPtr makeBatch(std::vector<ColumnPtr> columns,
                    const std::string &valid = "") {
  int64_t length = columns.front()->array.length;
  return make("", "+s", length, {}, std::move(columns), valid);
}

/// 1, 2, 3, ...
std::vector<float> count(size_t size) {
  std::vector<float> values(size);
  for (size_t i = 0; i < size; ++i)
    values[i] = float(i + 1);
  return values;
}

//===----------------------------------------------------------------------===//
// Scoring
//===----------------------------------------------------------------------===//

/// Scores, released at the end.
struct Scores {
  ArrowSchema schema = {};
  ArrowArray array = {};
  std::string problem;
  int status = 0;

  Scores(const frieze_model &model, const Column &batch,
         void *arena = nullptr) {
    frieze_arrow_error error = {};
    status = frieze_score_arrow(&model, &batch.schema, &batch.array, arena,
                                &schema, &array, &error);
    problem = error.text;
    EXPECT_EQ(status == 0, array.release != nullptr);
    EXPECT_EQ(status == 0, schema.release != nullptr);
    EXPECT_EQ(status == 0, problem.empty());
  }
  Scores(const Scores &) = delete;
  ~Scores() {
    if (array.release)
      array.release(&array);
    if (schema.release)
      schema.release(&schema);
    EXPECT_EQ(array.release, nullptr);
    EXPECT_EQ(schema.release, nullptr);
  }

  /// The floats of an output, "-" for a null row.
  std::vector<std::string> list(int64_t output) const {
    std::vector<std::string> rows;
    const ArrowArray &column = *array.children[output];
    const bool isList = column.n_children == 1;
    const ArrowArray &leaf = isList ? *column.children[0] : column;
    const int64_t size = isList ? leaf.length / column.length : 1;
    auto *valid = static_cast<const unsigned char *>(column.buffers[0]);
    auto *floats = static_cast<const float *>(leaf.buffers[1]);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(floats) % 64, 0u);
    int64_t nulls = 0;
    for (int64_t row = 0; row < column.length; ++row) {
      std::string text;
      for (int64_t i = 0; i < size; ++i)
        text += (i ? " " : "") + std::to_string(int(floats[row * size + i]));
      bool isNull = valid && !(valid[row / 8] >> row % 8 & 1);
      nulls += isNull;
      rows.push_back(isNull ? "-" : text);
    }
    EXPECT_EQ(column.null_count, nulls);
    return rows;
  }
};

using Rows = std::vector<std::string>;

ColumnPtr makeWindows(size_t rows) {
  return makeFixed("window", 6, makeFloats("item", count(6 * rows)));
}

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

//===----------------------------------------------------------------------===//
// What is refused
//===----------------------------------------------------------------------===//

std::string problemOf(const ColumnPtr &window) {
  return Scores(describe(), *makeBatch({window, makeFloats("weight", {1, 2})}))
      .problem;
}

TEST(ArrowTest, RefusesOtherTypes) {
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
TEST(ArrowTest, RefusesDictionariesAndExtensions) {
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

TEST(ArrowTest, RefusesOtherLengthsAndNullsWithin) {
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

TEST(ArrowTest, RefusesOtherColumns) {
  EXPECT_EQ(Scores(describe(), *makeBatch({makeWindows(2)})).problem,
            "column 'weight': expects one for the input of this name, but got "
            "none");
  EXPECT_EQ(
      Scores(describe(), *makeBatch({makeWindows(2), makeWindows(2)})).problem,
      "column 'window': expects one, but got two");
  EXPECT_EQ(Scores(describe(), *makeWindows(2)).problem,
            "expects a struct with 2 columns, but got one column");
}

TEST(ArrowTest, RefusesDamagedArrays) {
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

TEST(ArrowTest, RefusesOtherModels) {
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

TEST(ArrowTest, TellsWhenMemoryIsShort) {
  frieze_model model = describe();
  model.arena_bytes = UINT64_MAX;
  ColumnPtr batch = makeBatch({makeWindows(1), makeFloats("weight", {1})});
  Scores scores(model, *batch);
  EXPECT_EQ(scores.status, FRIEZE_ARROW_MEMORY);
  EXPECT_EQ(scores.problem, "too little memory");
}

} // namespace
