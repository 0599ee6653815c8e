/*===- CsvReader.c - Samples in lines of numbers ------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "SampleFile.h"

#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\r";

/**
 * Parses the line from text to end, where there is a line feed or the text's
 * null character, into width numbers.
 */
static int parse_line(const char *text, const char *end, uint64_t width,
                      uint64_t line, float *numbers, frieze_error *error) {
  for (uint64_t count = 0; count < width; ++count) {
    text += strspn(text, blanks);
    if (count && (*text == ',' || *text == ';'))
      text += 1 + strspn(text + 1, blanks);
    if (text >= end)
      return frieze_fail(error, "line %llu: expects %llu numbers, but got %llu",
                         (unsigned long long)line, (unsigned long long)width,
                         (unsigned long long)count);
    char *after;
    numbers[count] = strtof(text, &after);
    if (after == text || !strchr(" \t\r\n,;", *after)) {
      size_t length = strcspn(text, " \t\r\n,;");
      return frieze_fail(error, "line %llu: expects a number, but got '%.*s'",
                         (unsigned long long)line,
                         (int)(length < 40 ? length : 40), text);
    }
    text = after;
  }
  text += strspn(text, blanks);
  if (text < end)
    return frieze_fail(error, "line %llu: expects %llu numbers, but got more",
                       (unsigned long long)line, (unsigned long long)width);
  return 0;
}

int frieze_parse_csv(const char *text, size_t size, uint64_t width,
                     frieze_array *array, frieze_error *error) {
  const char *end_of_text = text + size;
  uint64_t rows = 0, capacity = 0;
  float *data = NULL;
  for (uint64_t line = 1; text < end_of_text; ++line) {
    const char *end = memchr(text, '\n', (size_t)(end_of_text - text));
    if (!end)
      end = end_of_text;
    const char *first = text + strspn(text, blanks);
    if (first < end && *first != '#') {
      if (rows == capacity) {
        capacity = capacity ? capacity * 2 : 16;
        float *larger =
            capacity <= SIZE_MAX / sizeof *data / width
                ? realloc(data, (size_t)(capacity * width) * sizeof *data)
                : NULL;
        if (!larger) {
          free(data);
          return frieze_fail(error, "out of memory");
        }
        data = larger;
      }
      if (parse_line(first, end, width, line, data + rows * width, error)) {
        free(data);
        return -1;
      }
      ++rows;
    }
    text = end + 1;
  }
  array->rank = 2;
  array->shape[0] = rows;
  array->shape[1] = width;
  array->elements = rows * width;
  array->data = data;
  return 0;
}
