/*===- SampleFile.h - Samples for a model, read from a file -------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_LIB_SAMPLEFILE_H
#define FRIEZE_LIB_SAMPLEFILE_H

#include "frieze/model.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most axes an array may have; NumPy's own limit was 32 up to version 1. */
#define FRIEZE_MAX_RANK 32

/** A dense float32 array, row major. */
typedef struct frieze_array {
  uint64_t rank;
  uint64_t shape[FRIEZE_MAX_RANK];
  /** Product of the sizes. */
  uint64_t elements;
  /** The elements, to be freed by the caller; null if there are none. */
  float *data;
} frieze_array;

/** What is wrong with a file, as the part of a diagnostic after `file: `. */
typedef struct frieze_error {
  char text[256];
} frieze_error;

/**
 * Reads the samples of one model input from a file: NumPy's .npy if it begins
 * like one, or else CSV. "-" is standard input.
 * samples: how many the file holds, their elements lie one after the other in
 * array->data.
 * Returns 0, or -1 with error filled and nothing to free.
 */
int frieze_read_samples(const char *path, const frieze_tensor *input,
                        frieze_array *array, uint64_t *samples,
                        frieze_error *error);

/**
 * Parses .npy: float32 or float64, little endian, C order. float64 is rounded.
 * Returns 0, or -1 with error filled and nothing to free.
 */
int frieze_parse_npy(const unsigned char *bytes, size_t size,
                     frieze_array *array, frieze_error *error);

/** Whether bytes begin like a .npy file. */
int frieze_is_npy(const unsigned char *bytes, size_t size);

/**
 * Parses CSV: one sample a line, its `width` numbers parted by commas,
 * semicolons or blanks. Empty lines and lines that begin with '#' are skipped.
 * text: ends with a null character, not counted in size.
 * Returns 0, or -1 with error filled and nothing to free.
 */
int frieze_parse_csv(const char *text, size_t size, uint64_t width,
                     frieze_array *array, frieze_error *error);

/** Fills error with "error: " and the formatted text; returns -1. */
int frieze_fail(frieze_error *error, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

#ifdef __cplusplus
}
#endif

#endif /* FRIEZE_LIB_SAMPLEFILE_H */
