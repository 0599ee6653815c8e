/*===- Score.c - Scoring record batches of Arrow ------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "Column.h"
#include "Result.h"
#include "frieze/processor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/** A call: columns in, columns out, and what it allocates. */
typedef struct frieze_scoring {
  const frieze_model *model;
  /** Samples of a call of the model. */
  uint64_t batch;
  int64_t rows;
  /** Whether columns are those of a struct, rather than one by itself. */
  int is_struct;
  /** Whether each row is null; how many are. */
  unsigned char *is_null;
  int64_t null_count;
  /** Whether the rows of each column lie one behind the other, where the model
   * can read them. */
  int is_contiguous;
  frieze_column *columns;
  const void **inputs;
  frieze_score_column *scores;
  void **outputs;
  void *arena;
  void *own_arena;
} frieze_scoring;

static int fail_memory(frieze_arrow_error *error) {
  return frieze_arrow_fail(error, FRIEZE_ARROW_MEMORY, "too little memory");
}

static int check_tensors(const frieze_model *model,
                         const frieze_tensor *tensors, uint64_t count,
                         uint64_t batch, frieze_arrow_error *error) {
  for (uint64_t i = 0; i < count; ++i) {
    const frieze_tensor *tensor = &tensors[i];
    if (tensor->type != FRIEZE_FLOAT32)
      return frieze_arrow_fail(
          error, FRIEZE_ARROW_MODEL,
          "%s: expects float32, but '%s' has elements of type %" PRId32,
          model->name, tensor->name, tensor->type);
    if (!tensor->rank || tensor->rank > FRIEZE_MOST_AXES ||
        tensor->shape[0] != batch)
      return frieze_arrow_fail(
          error, FRIEZE_ARROW_MODEL,
          "%s: expects inputs and outputs whose first axis is the batch, but "
          "that of '%s' is not",
          model->name, tensor->name);
  }
  return 0;
}

static int check_model(const frieze_model *model, frieze_arrow_error *error) {
  if (model->abi_version != FRIEZE_ABI_VERSION)
    return frieze_arrow_fail(
        error, FRIEZE_ARROW_MODEL,
        "model: expects the version of the ABI to be %d, but got %" PRIu32,
        FRIEZE_ABI_VERSION, model->abi_version);
  if (model->struct_size != sizeof *model)
    return frieze_arrow_fail(error, FRIEZE_ARROW_MODEL,
                             "model: expects the size of the description to be "
                             "%zu, but got %" PRIu32,
                             sizeof *model, model->struct_size);
  if (!frieze_processor_runs(model->target))
    return frieze_arrow_fail(error, FRIEZE_ARROW_MODEL,
                             "model: expects a processor that runs code for "
                             "%s, and this one lacks instructions",
                             model->target);
  if (!model->input_count || !model->inputs[0].rank ||
      !model->inputs[0].shape[0])
    return frieze_arrow_fail(error, FRIEZE_ARROW_MODEL,
                             "%s: expects a model with inputs", model->name);
  uint64_t batch = model->inputs[0].shape[0];
  int status =
      check_tensors(model, model->inputs, model->input_count, batch, error);
  return status ? status
                : check_tensors(model, model->outputs, model->output_count,
                                batch, error);
}

static int find_child(const struct ArrowSchema *schema, const char *name,
                      int64_t *child, frieze_arrow_error *error) {
  *child = -1;
  for (int64_t i = 0; i < schema->n_children; ++i) {
    if (!schema->children[i]->name || strcmp(schema->children[i]->name, name))
      continue;
    if (*child >= 0)
      return frieze_arrow_fail(error, FRIEZE_ARROW_COLUMNS,
                               "column '%s': expects one, but got two", name);
    *child = i;
  }
  if (*child < 0)
    return frieze_arrow_fail(
        error, FRIEZE_ARROW_COLUMNS,
        "column '%s': expects one for the input of this name, but got none",
        name);
  return 0;
}

/** Finds the column of each input. */
static int open_columns(frieze_scoring *scoring,
                        const struct ArrowSchema *schema,
                        const struct ArrowArray *array,
                        frieze_arrow_error *error) {
  const frieze_model *model = scoring->model;
  int is_struct = scoring->is_struct;
  if (is_struct) {
    int status =
        frieze_check_array("batch", schema, array, 0, array->length, 1, error);
    if (status)
      return status;
  } else if (model->input_count != 1) {
    return frieze_arrow_fail(error, FRIEZE_ARROW_COLUMNS,
                             "expects a struct with %" PRIu64
                             " columns, but got one column",
                             model->input_count);
  }
  for (uint64_t i = 0; i < model->input_count; ++i) {
    const frieze_tensor *input = &model->inputs[i];
    int64_t child = 0;
    int status = is_struct ? find_child(schema, input->name, &child, error) : 0;
    if (!status)
      status = frieze_open_column(input, input->elements / scoring->batch,
                                  is_struct ? schema->children[child] : schema,
                                  is_struct ? array->children[child] : array,
                                  is_struct ? array->offset : 0, scoring->rows,
                                  &scoring->columns[i], error);
    if (status)
      return status;
  }
  return 0;
}

/** Looks at every row of every column, so that all of a batch is known to be
 * right before the first is scored. */
static int look_at_rows(frieze_scoring *scoring, const struct ArrowArray *array,
                        frieze_arrow_error *error) {
  scoring->is_contiguous = 1;
  for (int64_t row = 0; row < scoring->rows; ++row) {
    int is_null =
        scoring->is_struct && frieze_is_null(array, array->offset + row);
    for (uint64_t i = 0; i < scoring->model->input_count; ++i) {
      const frieze_column *column = &scoring->columns[i];
      const void *floats;
      int status = frieze_find_row(column, row, &floats, error);
      if (status)
        return status;
      is_null |= !floats;
      if (!row)
        scoring->inputs[i] = floats;
      uintptr_t wanted = (uintptr_t)scoring->inputs[i] +
                         (uintptr_t)row * column->elements * sizeof(float);
      scoring->is_contiguous &=
          (uintptr_t)floats == wanted && (uintptr_t)floats % sizeof(float) == 0;
    }
    scoring->is_null[row] = (unsigned char)is_null;
    scoring->null_count += is_null;
  }
  if (scoring->null_count)
    scoring->is_contiguous = 0;
  uint64_t samples = (uint64_t)(scoring->rows - scoring->null_count);
  if (samples % scoring->batch)
    return frieze_arrow_fail(
        error, FRIEZE_ARROW_COLUMNS,
        "%s: expects a multiple of %" PRIu64
        " rows that are not null, as it was compiled for this batch, but got "
        "%" PRIu64,
        scoring->model->name, scoring->batch, samples);
  return 0;
}

static int allocate_scores(frieze_scoring *scoring, frieze_arrow_error *error) {
  const frieze_model *model = scoring->model;
  for (uint64_t i = 0; i < model->output_count; ++i) {
    frieze_score_column *scores = &scoring->scores[i];
    scores->name = model->outputs[i].name;
    scores->elements = model->outputs[i].elements / scoring->batch;
    scores->floats = frieze_allocate_buffer((uint64_t)scoring->rows,
                                            scores->elements * sizeof(float));
    if (!scores->floats)
      return fail_memory(error);
    scoring->outputs[i] = scores->floats;
    if (!scoring->null_count)
      continue;
    scores->valid = frieze_allocate_buffer((uint64_t)scoring->rows / 8 + 1, 1);
    if (!scores->valid)
      return fail_memory(error);
    for (int64_t row = 0; row < scoring->rows; ++row)
      scores->valid[row / 8] |=
          (unsigned char)(!scoring->is_null[row] << (row % 8));
  }
  if (scoring->arena || !model->arena_bytes)
    return 0;
  uint64_t alignment = model->arena_alignment ? model->arena_alignment : 1;
  if (model->arena_bytes > SIZE_MAX - alignment)
    return fail_memory(error);
  scoring->own_arena = malloc((size_t)(model->arena_bytes + alignment));
  if (!scoring->own_arena)
    return fail_memory(error);
  scoring->arena =
      (char *)scoring->own_arena +
      (alignment - (uintptr_t)scoring->own_arena % alignment) % alignment;
  return 0;
}

/** Runs the model on copies of `count` rows from `rows` on, and spreads its
 * outputs. */
static int run_copies(frieze_scoring *scoring, const int64_t *rows,
                      uint64_t count, float **inputs, float **outputs,
                      frieze_arrow_error *error) {
  const frieze_model *model = scoring->model;
  for (uint64_t i = 0; i < model->input_count; ++i) {
    uint64_t elements = scoring->columns[i].elements;
    for (uint64_t k = 0; k < count; ++k) {
      const void *floats;
      int status =
          frieze_find_row(&scoring->columns[i], rows[k], &floats, error);
      if (status)
        return status;
      memcpy(inputs[i] + k * elements, floats,
             (size_t)elements * sizeof(float));
    }
    scoring->inputs[i] = inputs[i];
  }
  for (uint64_t i = 0; i < model->output_count; ++i)
    scoring->outputs[i] = outputs[i];
  model->run_batch(count / scoring->batch, scoring->inputs, scoring->outputs,
                   scoring->arena);
  for (uint64_t i = 0; i < model->output_count; ++i) {
    uint64_t elements = scoring->scores[i].elements;
    for (uint64_t k = 0; k < count; ++k)
      memcpy(scoring->scores[i].floats + (uint64_t)rows[k] * elements,
             outputs[i] + k * elements, (size_t)elements * sizeof(float));
  }
  return 0;
}

/** Copies rows that the model cannot read where they are, some at a time. */
static int run_gathered(frieze_scoring *scoring, frieze_arrow_error *error) {
  const frieze_model *model = scoring->model;
  enum { MOST_ROWS = 256 };
  uint64_t most =
      (MOST_ROWS + scoring->batch - 1) / scoring->batch * scoring->batch;
  int64_t *rows = calloc((size_t)most, sizeof *rows);
  float **inputs = calloc((size_t)model->input_count, sizeof *inputs);
  float **outputs = calloc((size_t)model->output_count + 1, sizeof *outputs);
  int status = rows && inputs && outputs ? 0 : fail_memory(error);
  for (uint64_t i = 0; !status && i < model->input_count; ++i) {
    inputs[i] = frieze_allocate_buffer(most, scoring->columns[i].elements *
                                                 sizeof(float));
    status = inputs[i] ? 0 : fail_memory(error);
  }
  for (uint64_t i = 0; !status && i < model->output_count; ++i) {
    outputs[i] = frieze_allocate_buffer(most, scoring->scores[i].elements *
                                                  sizeof(float));
    status = outputs[i] ? 0 : fail_memory(error);
  }
  uint64_t count = 0;
  for (int64_t row = 0; !status && row < scoring->rows; ++row) {
    if (!scoring->is_null[row])
      rows[count++] = row;
    if (count && (count == most || row + 1 == scoring->rows)) {
      status = run_copies(scoring, rows, count, inputs, outputs, error);
      count = 0;
    }
  }
  for (uint64_t i = 0; inputs && i < model->input_count; ++i)
    frieze_free_buffer(inputs[i]);
  for (uint64_t i = 0; outputs && i < model->output_count; ++i)
    frieze_free_buffer(outputs[i]);
  free(rows);
  free(inputs);
  free(outputs);
  return status;
}

static int score(frieze_scoring *scoring, const struct ArrowSchema *schema,
                 const struct ArrowArray *array, frieze_arrow_error *error) {
  int status = open_columns(scoring, schema, array, error);
  if (!status)
    status = look_at_rows(scoring, array, error);
  if (!status)
    status = allocate_scores(scoring, error);
  if (status || scoring->null_count == scoring->rows)
    return status;
  if (!scoring->is_contiguous)
    return run_gathered(scoring, error);
  scoring->model->run_batch((uint64_t)scoring->rows / scoring->batch,
                            scoring->inputs, scoring->outputs, scoring->arena);
  return 0;
}

int frieze_score_arrow(const frieze_model *model,
                       const struct ArrowSchema *schema,
                       const struct ArrowArray *array, void *arena,
                       struct ArrowSchema *scores_schema,
                       struct ArrowArray *scores, frieze_arrow_error *error) {
  frieze_scoring scoring;
  memset(&scoring, 0, sizeof scoring);
  memset(scores_schema, 0, sizeof *scores_schema);
  memset(scores, 0, sizeof *scores);
  int status = check_model(model, error);
  if (status)
    return status;
  if (!schema->release || !schema->format || !array->release ||
      array->length < 0)
    return frieze_arrow_fail(error, FRIEZE_ARROW_COLUMNS,
                             "expects an array that is not released");
  scoring.model = model;
  scoring.batch = model->inputs[0].shape[0];
  scoring.rows = array->length;
  scoring.is_struct = !strcmp(schema->format, "+s");
  scoring.arena = arena;
  scoring.is_null = calloc((size_t)array->length + 1, 1);
  scoring.columns = calloc((size_t)model->input_count, sizeof(frieze_column));
  scoring.inputs = calloc((size_t)model->input_count, sizeof(void *));
  /* No array has size 0, for which calloc may give null. */
  scoring.scores =
      calloc((size_t)model->output_count + 1, sizeof(frieze_score_column));
  scoring.outputs = calloc((size_t)model->output_count + 1, sizeof(void *));
  status = scoring.is_null && scoring.columns && scoring.inputs &&
                   scoring.scores && scoring.outputs
               ? score(&scoring, schema, array, error)
               : fail_memory(error);
  if (!status &&
      frieze_make_batch(scoring.scores, model->output_count, scoring.rows,
                        scoring.null_count, scores_schema, scores))
    status = fail_memory(error);
  for (uint64_t i = 0; scoring.scores && i < model->output_count; ++i) {
    frieze_free_buffer(scoring.scores[i].floats);
    frieze_free_buffer(scoring.scores[i].valid);
  }
  free(scoring.is_null);
  free(scoring.columns);
  free((void *)scoring.inputs);
  free(scoring.scores);
  free(scoring.outputs);
  free(scoring.own_arena);
  return status;
}
