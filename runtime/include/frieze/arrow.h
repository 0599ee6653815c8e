/*===- arrow.h - Scoring record batches of Arrow ------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
|*===----------------------------------------------------------------------===*|
|*                                                                            *|
|* Runs a compiled model on the columns of a record batch, which is given by  *|
|* the Arrow C Data Interface, and gives its outputs as columns of another. A *|
|* program links frieze_arrow and needs no library of Arrow.                  *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_ARROW_H
#define FRIEZE_ARROW_H

#include "frieze/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The structs of https://arrow.apache.org/docs/format/CDataInterface.html,
 * under the guard by which headers that declare them agree. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

/** Why scoring failed. */
enum frieze_arrow_status {
  /** The columns are not those that the model takes, or are damaged. */
  FRIEZE_ARROW_COLUMNS = 1,
  /** The model is of another version or processor, or not of float32. */
  FRIEZE_ARROW_MODEL = 2,
  /** There is too little memory. */
  FRIEZE_ARROW_MEMORY = 3
};

/** A sentence for people: lower case, no full stop. */
typedef struct frieze_arrow_error {
  char text[512];
} frieze_arrow_error;

/**
 * Runs a model on every row of a record batch.
 *
 * schema, array: a struct array, whose columns carry the model's inputs by name
 * and may be others too; or, for a model of one input, the column itself. They
 * stay the caller's. A row is a sample. Its column is float32 where a sample is
 * one number; else fixed_size_list, list or large_list of float32, with all
 * numbers of a sample in row-major order, or nested as the axes of a sample
 * are, where axes of size 1 at the end may be left out. Other types are
 * refused: nothing is rounded. A null row has null outputs, and a null within
 * a row is refused. A model compiled for a batch takes a multiple of it of
 * rows that are not null.
 *
 * arena: arena_bytes of the model, aligned to its arena_alignment and used by
 * no other call meanwhile, or null to have it allocated for the call.
 *
 * scores_schema, scores: filled in with a struct array that has a column for
 * each output, by its name: float32 where it is one number a row, else
 * fixed_size_list of float32 with the numbers in row-major order. Whoever
 * called releases both.
 *
 * Returns 0, or a number of enum frieze_arrow_status; then `error`, which is
 * never null, tells why, and there is nothing to release. Any number of threads
 * may score at once.
 */
int frieze_score_arrow(const frieze_model *model,
                       const struct ArrowSchema *schema,
                       const struct ArrowArray *array, void *arena,
                       struct ArrowSchema *scores_schema,
                       struct ArrowArray *scores, frieze_arrow_error *error);

#ifdef __cplusplus
}
#endif

#endif /* FRIEZE_ARROW_H */
