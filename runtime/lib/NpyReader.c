/*===- NpyReader.c - Arrays in NumPy's .npy format ----------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "SampleFile.h"

#include <stdlib.h>
#include <string.h>

static const unsigned char magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

int frieze_is_npy(const unsigned char *bytes, size_t size) {
  return size >= sizeof magic && !memcmp(bytes, magic, sizeof magic);
}

/**
 * Finds the value of a key in the header, a Python dictionary such as
 * {'descr': '<f4', 'fortran_order': False, 'shape': (3, 145), }.
 * Returns where the value begins, or null.
 */
static const char *find_value(const char *header, const char *key) {
  size_t length = strlen(key);
  for (const char *at = header; (at = strstr(at, key)); at += length) {
    if (at == header || (at[-1] != '\'' && at[-1] != '"') ||
        at[length] != at[-1])
      continue;
    const char *value = at + length + 1;
    value += strspn(value, " ");
    if (*value == ':')
      return value + 1 + strspn(value + 1, " ");
  }
  return NULL;
}

/** Parses "(3, 145)" into the shape and the number of elements. */
static int parse_shape(const char *text, frieze_array *array,
                       frieze_error *error) {
  if (*text++ != '(')
    return frieze_fail(error, "expects a shape in the .npy header");
  array->rank = 0;
  array->elements = 1;
  for (;;) {
    text += strspn(text, " ");
    if (*text == ')')
      break;
    if (array->rank == FRIEZE_MAX_RANK)
      return frieze_fail(error, "expects at most %d axes, but got more",
                         FRIEZE_MAX_RANK);
    uint64_t size = 0;
    const char *digits = text;
    for (; *text >= '0' && *text <= '9'; ++text) {
      if (size > (UINT64_MAX - 9) / 10)
        return frieze_fail(error, "shape in the .npy header is too large");
      size = size * 10 + (uint64_t)(*text - '0');
    }
    if (text == digits)
      return frieze_fail(error, "malformed shape in the .npy header");
    if (size && array->elements > UINT64_MAX / size)
      return frieze_fail(error, "shape in the .npy header is too large");
    array->shape[array->rank++] = size;
    array->elements *= size;
    text += strspn(text, " ");
    if (*text == ',')
      ++text;
    else if (*text != ')')
      return frieze_fail(error, "malformed shape in the .npy header");
  }
  return 0;
}

static uint64_t read_little_endian(const unsigned char *bytes, int count) {
  uint64_t value = 0;
  for (int i = count - 1; i >= 0; --i)
    value = value << 8 | bytes[i];
  return value;
}

/** Parses the dictionary; type_size becomes 4 or 8 bytes an element. */
static int parse_header(const char *header, frieze_array *array, int *type_size,
                        frieze_error *error) {
  const char *type = find_value(header, "descr");
  const char *order = find_value(header, "fortran_order");
  const char *shape = find_value(header, "shape");
  if (!type || !order || !shape)
    return frieze_fail(error, "malformed .npy header");
  size_t length = strcspn(type, ",}");
  if (!((*type == '\'' || *type == '"') &&
        (!strncmp(type + 1, "<f4", 3) || !strncmp(type + 1, "<f8", 3)) &&
        type[4] == *type))
    return frieze_fail(error,
                       "expects elements of type '<f4' or '<f8', but got %.*s",
                       (int)(length < 16 ? length : 16), type);
  *type_size = type[3] - '0';
  if (strncmp(order, "False", 5))
    return frieze_fail(error, "expects an array in C order");
  return parse_shape(shape, array, error);
}

int frieze_parse_npy(const unsigned char *bytes, size_t size,
                     frieze_array *array, frieze_error *error) {
  array->data = NULL;
  size_t start = size > 6 && bytes[6] == 1 ? 10 : 12;
  if (!frieze_is_npy(bytes, size) || size < start)
    return frieze_fail(error, "truncated .npy header");
  if (bytes[6] < 1 || bytes[6] > 3)
    return frieze_fail(error, "expects .npy of version 1 to 3, but got %d",
                       bytes[6]);
  uint64_t length = read_little_endian(bytes + 8, start == 10 ? 2 : 4);
  if (length > size - start)
    return frieze_fail(error, "truncated .npy header");

  char *header = malloc((size_t)length + 1);
  if (!header)
    return frieze_fail(error, "out of memory");
  memcpy(header, bytes + start, (size_t)length);
  header[length] = 0;
  int type_size = 0;
  int failed = parse_header(header, array, &type_size, error);
  free(header);
  if (failed)
    return -1;

  const unsigned char *elements = bytes + start + length;
  size_t available = size - start - (size_t)length;
  if (array->elements != available / (size_t)type_size ||
      available % (size_t)type_size)
    return frieze_fail(error,
                       "expects %llu elements of %d bytes, but got %llu bytes",
                       (unsigned long long)array->elements, type_size,
                       (unsigned long long)available);
  if (!array->elements)
    return 0;
  /* No overflow: the product is at most the size of the file. */
  array->data = malloc((size_t)array->elements * sizeof *array->data);
  if (!array->data)
    return frieze_fail(error, "out of memory");
  for (size_t i = 0; i < array->elements; ++i) {
    uint64_t bits =
        read_little_endian(elements + i * (size_t)type_size, type_size);
    if (type_size == 4) {
      uint32_t narrow = (uint32_t)bits;
      memcpy(&array->data[i], &narrow, sizeof narrow);
    } else {
      double wide;
      memcpy(&wide, &bits, sizeof wide);
      array->data[i] = (float)wide;
    }
  }
  return 0;
}
