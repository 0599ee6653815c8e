//===- ArrowFixture.h - Models and arrays of Arrow by hand ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_RUNTIME_ARROWFIXTURE_H
#define FRIEZE_TESTS_RUNTIME_ARROWFIXTURE_H

#include "frieze/arrow.h"

#include "gtest/gtest.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace frieze::arrow {

//===----------------------------------------------------------------------===//
// Models by hand
//===----------------------------------------------------------------------===//

/// The last call's arena, and how many calls of run_batch there were.
inline void *lastArena = nullptr;
inline int batches = 0;

/// Of a window of 2x3 and a weight: sums of the rows of the window, and the
/// weight times all of it.
inline void runBatch(uint64_t count, const void *const *inputs,
                     void *const *outputs, void *arena) {
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
inline void runPairs(uint64_t count, const void *const *inputs,
                     void *const *outputs, void *) {
  auto *window = static_cast<const float *>(inputs[0]);
  auto *sums = static_cast<float *>(outputs[0]);
  for (uint64_t i = 0; i < count; ++i, window += 6, sums += 2) {
    sums[0] = window[0] + window[1] + window[2];
    sums[1] = window[3] + window[4] + window[5] + 100 * sums[0];
  }
}

inline const uint64_t windowShape[] = {1, 2, 3, 1}, oneShape[] = {1, 1},
                      sumsShape[] = {1, 2}, pairShape[] = {2, 3},
                      pairSums[] = {2, 1};
inline const frieze_tensor inputs[] = {
    {"window", 4, windowShape, 6, FRIEZE_FLOAT32, 0, 1},
    {"weight", 2, oneShape, 1, FRIEZE_FLOAT32, 0, 1}};
inline const frieze_tensor outputs[] = {
    {"sums", 2, sumsShape, 2, FRIEZE_FLOAT32, 0, 1},
    {"product", 2, oneShape, 1, FRIEZE_FLOAT32, 0, 1}};
inline const frieze_tensor pairInputs[] = {
    {"window", 2, pairShape, 6, FRIEZE_FLOAT32, 0, 1}};
inline const frieze_tensor pairOutputs[] = {
    {"sum", 2, pairSums, 2, FRIEZE_FLOAT32, 0, 1}};

inline frieze_model describe() {
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

inline frieze_model describePairs() {
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
inline ColumnPtr make(std::string name, std::string format, int64_t length,
                      std::vector<std::vector<char>> data,
                      std::vector<ColumnPtr> children,
                      const std::string &valid = "") {
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

inline ColumnPtr makeFloats(const std::string &name,
                            const std::vector<float> &values,
                            const std::string &valid = "") {
  return make(name, "f", int64_t(values.size()), {toBytes(values)}, {}, valid);
}

inline ColumnPtr makeFixed(const std::string &name, int64_t size,
                           ColumnPtr child, const std::string &valid = "") {
  int64_t length = child->array.length / size;
  return make(name, "+w:" + std::to_string(size), length, {},
              {std::move(child)}, valid);
}

template <typename Offset>
inline ColumnPtr makeLists(const std::string &name,
                           const std::vector<Offset> &offsets, ColumnPtr child,
                           const std::string &valid = "") {
  return make(name, sizeof(Offset) == 4 ? "+l" : "+L",
              int64_t(offsets.size()) - 1, {toBytes(offsets)},
              {std::move(child)}, valid);
}

inline ColumnPtr makeBatch(std::vector<ColumnPtr> columns,
                           const std::string &valid = "") {
  int64_t length = columns.front()->array.length;
  return make("", "+s", length, {}, std::move(columns), valid);
}

/// 1, 2, 3, ...
inline std::vector<float> count(size_t size) {
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

inline ColumnPtr makeWindows(size_t rows) {
  return makeFixed("window", 6, makeFloats("item", count(6 * rows)));
}

} // namespace frieze::arrow

#endif // FRIEZE_TESTS_RUNTIME_ARROWFIXTURE_H
