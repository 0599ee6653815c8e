/*===- SampleFile.c - Samples for a model, read from a file -------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "SampleFile.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int frieze_fail(frieze_error *error, const char *format, ...) {
  va_list arguments;
  strcpy(error->text, "error: ");
  va_start(arguments, format);
  vsnprintf(error->text + 7, sizeof error->text - 7, format, arguments);
  va_end(arguments);
  return -1;
}

/**
 * Reads a stream to its end: memory grows with what is there, never with what
 * a header promises. The bytes are followed by a null character.
 */
static unsigned char *read_stream(FILE *stream, size_t *size,
                                  frieze_error *error) {
  size_t capacity = 1 << 16;
  unsigned char *bytes = malloc(capacity);
  *size = 0;
  while (bytes) {
    size_t wanted = capacity - *size - 1;
    size_t got = fread(bytes + *size, 1, wanted, stream);
    *size += got;
    if (got < wanted) {
      if (ferror(stream)) {
        frieze_fail(error, "can't read: %s", strerror(errno));
        free(bytes);
        return NULL;
      }
      bytes[*size] = 0;
      return bytes;
    }
    unsigned char *larger =
        capacity <= SIZE_MAX / 2 ? realloc(bytes, capacity * 2) : NULL;
    if (!larger)
      free(bytes);
    bytes = larger;
    capacity *= 2;
  }
  frieze_fail(error, "out of memory");
  return NULL;
}

/** Writes a shape as text: "(2, 3)", cut where there is no more room. */
static void print_shape(char *text, size_t room, const char *first,
                        uint64_t rank, const uint64_t *shape) {
  size_t used = (size_t)snprintf(text, room, "(%s", first);
  for (uint64_t axis = 0; axis < rank && used < room; ++axis)
    used += (size_t)snprintf(text + used, room - used, "%s%llu",
                             axis || *first ? ", " : "",
                             (unsigned long long)shape[axis]);
  if (used < room)
    snprintf(text + used, room - used, ")");
}

/** Copies the sizes that are not 1, which carry no data. Returns their count.
 */
static uint64_t squeeze(uint64_t rank, const uint64_t *shape,
                        uint64_t *squeezed) {
  uint64_t count = 0;
  for (uint64_t axis = 0; axis < rank; ++axis)
    if (shape[axis] != 1)
      squeezed[count++] = shape[axis];
  return count;
}

/**
 * Finds the number of samples in an array: 1 if its shape is a sample's, the
 * size of the first axis if the others are a sample's. Axes of size 1 count
 * nowhere: (7, 145) holds seven samples for an input of (1, 145, 1).
 */
static int count_samples(const frieze_array *array, const frieze_tensor *input,
                         uint64_t *samples, frieze_error *error) {
  uint64_t have[FRIEZE_MAX_RANK], want[FRIEZE_MAX_RANK];
  if (input->rank < 1 || input->rank > FRIEZE_MAX_RANK)
    return frieze_fail(
        error, "expects input '%.60s' of the model to have 1 to %d axes",
        input->name, FRIEZE_MAX_RANK);
  uint64_t have_rank = squeeze(array->rank, array->shape, have);
  uint64_t want_rank = squeeze(input->rank - 1, input->shape + 1, want);
  uint64_t extra = have_rank - want_rank;
  if ((extra == 0 || extra == 1) &&
      !memcmp(have + extra, want, want_rank * sizeof *want)) {
    *samples = extra ? have[0] : 1;
    return 0;
  }
  char found[64], sample[64], many[64];
  print_shape(found, sizeof found, "", array->rank, array->shape);
  print_shape(sample, sizeof sample, "", input->rank - 1, input->shape + 1);
  print_shape(many, sizeof many, "samples", input->rank - 1, input->shape + 1);
  return frieze_fail(error, "expects shape %s or %s, but got %s", sample, many,
                     found);
}

int frieze_read_samples(const char *path, const frieze_tensor *input,
                        frieze_array *array, uint64_t *samples,
                        frieze_error *error) {
  int is_stdin = !strcmp(path, "-");
  FILE *stream = is_stdin ? stdin : fopen(path, "rb");
  if (!stream)
    return frieze_fail(error, "can't open: %s", strerror(errno));
  size_t size;
  unsigned char *bytes = read_stream(stream, &size, error);
  if (!is_stdin)
    fclose(stream);
  if (!bytes)
    return -1;

  uint64_t batch = input->rank ? input->shape[0] : 0;
  int failed;
  if (!batch || !input->elements) {
    failed = frieze_fail(error, "input '%.60s' of the model has no elements",
                         input->name);
  } else if (frieze_is_npy(bytes, size)) {
    failed = frieze_parse_npy(bytes, size, array, error);
    if (!failed && count_samples(array, input, samples, error)) {
      free(array->data);
      failed = -1;
    }
  } else if (size >= 4 && !memcmp(bytes, "PK\3\4", 4)) {
    failed = frieze_fail(error, "expects .npy or CSV, but got an archive such "
                                "as .npz: save each array as .npy");
  } else {
    failed = frieze_parse_csv((const char *)bytes, size,
                              input->elements / batch, array, error);
    if (!failed)
      *samples = array->shape[0];
  }
  free(bytes);
  if (!failed && !*samples)
    failed = frieze_fail(error, "expects samples, but got none");
  if (!failed && *samples % batch) {
    free(array->data);
    failed =
        frieze_fail(error, "expects a multiple of %llu samples, but got %llu",
                    (unsigned long long)batch, (unsigned long long)*samples);
  }
  return failed;
}
