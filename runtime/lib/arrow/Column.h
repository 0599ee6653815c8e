/*===- Column.h - A column that carries an input ------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_LIB_ARROW_COLUMN_H
#define FRIEZE_LIB_ARROW_COLUMN_H

#include "frieze/arrow.h"

/** Samples have at most so many axes, as a model file has. */
enum { FRIEZE_MOST_AXES = 16 };

/** The lists of one depth of a column. */
typedef struct frieze_list_level {
  const struct ArrowArray *array;
  /** Bytes of an offset: 4 or 8, or 0 where all lists are of one length. */
  int offset_bytes;
  /** How many entries each list has to have. */
  int64_t size;
} frieze_list_level;

/** A column whose type fits an input. */
typedef struct frieze_column {
  const char *name;
  /** Floats of a row. */
  uint64_t elements;
  /** The array of rows, and in which of its entries the first row is. */
  const struct ArrowArray *array;
  int64_t first;
  int depth;
  frieze_list_level levels[FRIEZE_MOST_AXES];
  /** The floats. */
  const struct ArrowArray *leaf;
} frieze_column;

/** Fills in `error` and returns `status`. */
int frieze_arrow_fail(frieze_arrow_error *error, int status, const char *format,
                      ...)
#ifdef __GNUC__
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/**
 * Checks that an array is what its schema says it is, as far as it holds
 * `length` entries from `first` on. `name` is for messages.
 */
int frieze_check_array(const char *name, const struct ArrowSchema *schema,
                       const struct ArrowArray *array, int64_t first,
                       int64_t length, int64_t buffers,
                       frieze_arrow_error *error);

/** Whether an entry is null, counted from the start of the buffers. */
int frieze_is_null(const struct ArrowArray *array, int64_t entry);

/**
 * Looks at the `length` rows of a column from `first` on, which does not count
 * the array's own offset, for an input of which a sample has `elements`.
 */
int frieze_open_column(const frieze_tensor *tensor, uint64_t elements,
                       const struct ArrowSchema *schema,
                       const struct ArrowArray *array, int64_t first,
                       int64_t length, frieze_column *column,
                       frieze_arrow_error *error);

/** Finds the floats of a row, which may be unaligned; null for a null row. */
int frieze_find_row(const frieze_column *column, int64_t row,
                    const void **floats, frieze_arrow_error *error);

#endif /* FRIEZE_LIB_ARROW_COLUMN_H */
