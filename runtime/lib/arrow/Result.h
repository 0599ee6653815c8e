/*===- Result.h - The batch of scores -----------------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_LIB_ARROW_RESULT_H
#define FRIEZE_LIB_ARROW_RESULT_H

#include "frieze/arrow.h"

/** A column of scores on its way into a batch. */
typedef struct frieze_score_column {
  const char *name;
  /** Floats of a row. */
  uint64_t elements;
  /** Of all rows; the batch releases them. */
  float *floats;
  /** A bit for each row, 1 where it is not null; null where no row is. The
   * batch releases them. */
  unsigned char *valid;
} frieze_score_column;

/**
 * Allocates memory as Arrow recommends it for buffers, aligned to 64 bytes and
 * a multiple of them. Null where there is too little.
 */
void *frieze_allocate_buffer(uint64_t count, uint64_t bytes_of_one);

void frieze_free_buffer(void *buffer);

/**
 * Makes a struct array of columns, with its schema, and takes their buffers
 * along: those that it took are null in columns afterwards, and what is left on
 * failure stays the caller's. Returns 0, or -1 where there is too little memory
 * and nothing to release.
 */
int frieze_make_batch(frieze_score_column *columns, uint64_t count,
                      int64_t rows, int64_t null_count,
                      struct ArrowSchema *schema, struct ArrowArray *array);

#endif /* FRIEZE_LIB_ARROW_RESULT_H */
