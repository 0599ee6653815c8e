/*===- Column.c - A column that carries an input ------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "Column.h"
#include "TypeName.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int frieze_arrow_fail(frieze_arrow_error *error, int status, const char *format,
                      ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->text, sizeof error->text, format, arguments);
  va_end(arguments);
  return status;
}

int frieze_check_array(const char *name, const struct ArrowSchema *schema,
                       const struct ArrowArray *array, int64_t first,
                       int64_t length, int64_t buffers,
                       frieze_arrow_error *error) {
  if (!array || !array->release || !schema->release)
    return frieze_arrow_fail(
        error, FRIEZE_ARROW_COLUMNS,
        "column '%s': expects an array that is not released", name);
  if (array->offset < 0 || array->length < 0 || first < 0 || length < 0 ||
      array->length > INT64_MAX - array->offset ||
      first > array->length - length)
    return frieze_arrow_fail(error, FRIEZE_ARROW_COLUMNS,
                             "column '%s': expects %" PRId64
                             " entries, but got an array of %" PRId64
                             " from %" PRId64 " on",
                             name, length, array->length, first);
  int has_children =
      array->n_children == schema->n_children &&
      (array->n_children == 0 ||
       (array->n_children > 0 && array->children && schema->children));
  if (!has_children || array->n_buffers != buffers || !array->buffers)
    return frieze_arrow_fail(
        error, FRIEZE_ARROW_COLUMNS,
        "column '%s': expects %" PRId64 " buffers and %" PRId64
        " children, but got %" PRId64 " and %" PRId64,
        name, buffers, schema->n_children, array->n_buffers, array->n_children);
  for (int64_t buffer = 1; buffer < buffers; ++buffer)
    if (length && !array->buffers[buffer])
      return frieze_arrow_fail(error, FRIEZE_ARROW_COLUMNS,
                               "column '%s': expects %" PRId64
                               " buffers, but one is missing",
                               name, buffers);
  return 0;
}

int frieze_is_null(const struct ArrowArray *array, int64_t entry) {
  const unsigned char *valid = array->buffers[0];
  return array->null_count != 0 && valid &&
         !(valid[entry / 8] >> (entry % 8) & 1);
}

/** How many entries the lists at `level` of `depth` have to have. */
static uint64_t find_size(const frieze_tensor *tensor, uint64_t elements,
                          int depth, int level) {
  return depth == 1 ? elements : tensor->shape[level + 1];
}

/** Whether so many nested lists can hold a sample. */
static int fits_depth(const frieze_tensor *tensor, uint64_t elements,
                      int depth) {
  if (depth <= 1)
    return depth == 1 || elements == 1;
  uint64_t product = 1;
  for (int level = 0; level < depth; ++level) {
    if ((uint64_t)level + 1 >= tensor->rank)
      return 0;
    product *= tensor->shape[level + 1];
  }
  return product == elements;
}

static int refuse_type(const frieze_tensor *tensor, uint64_t elements,
                       const struct ArrowSchema *schema,
                       frieze_arrow_error *error) {
  char got[128];
  frieze_name_type(schema, got, sizeof got);
  const char *hint = frieze_find_conversion(schema);
  if (elements == 1)
    return frieze_arrow_fail(error, FRIEZE_ARROW_COLUMNS,
                             "column '%s': expects float32, but got %s%s%s",
                             tensor->name, got, *hint ? "; " : "", hint);
  return frieze_arrow_fail(error, FRIEZE_ARROW_COLUMNS,
                           "column '%s': expects lists of float32 with %" PRIu64
                           " elements, but got %s%s%s",
                           tensor->name, elements, got, *hint ? "; " : "",
                           hint);
}

/** Length of the lists of a format "+w:N", 0 for lists of any length, or -1 for
 * what is no list. */
static int64_t find_list(const char *format, int *offset_bytes) {
  *offset_bytes = 0;
  if (!strncmp(format, "+w:", 3)) {
    char *end;
    long long size = strtoll(format + 3, &end, 10);
    return *end || size < 0 ? -1 : size;
  }
  if (strcmp(format, "+l") && strcmp(format, "+L"))
    return -1;
  *offset_bytes = format[1] == 'l' ? 4 : 8;
  return 0;
}

/** The type of a column: how deep lists are nested above float32. */
static int find_depth(const frieze_tensor *tensor, uint64_t elements,
                      const struct ArrowSchema *schema, int *depth,
                      frieze_arrow_error *error) {
  const struct ArrowSchema *type = schema;
  int offset_bytes;
  *depth = 0;
  while (!frieze_is_encoded(type) &&
         find_list(type->format, &offset_bytes) >= 0 && type->n_children == 1 &&
         *depth < FRIEZE_MOST_AXES) {
    type = type->children[0];
    ++*depth;
  }
  if (frieze_is_encoded(type) || strcmp(type->format, "f") ||
      !fits_depth(tensor, elements, *depth))
    return refuse_type(tensor, elements, schema, error);
  return 0;
}

int frieze_open_column(const frieze_tensor *tensor, uint64_t elements,
                       const struct ArrowSchema *schema,
                       const struct ArrowArray *array, int64_t first,
                       int64_t length, frieze_column *column,
                       frieze_arrow_error *error) {
  int status = find_depth(tensor, elements, schema, &column->depth, error);
  if (status)
    return status;
  column->name = tensor->name;
  column->elements = elements;
  column->array = array;
  const struct ArrowSchema *type = schema;
  for (int level = 0; level < column->depth; ++level) {
    frieze_list_level *lists = &column->levels[level];
    int64_t size = find_list(type->format, &lists->offset_bytes);
    lists->array = array;
    lists->size = (int64_t)find_size(tensor, elements, column->depth, level);
    status = frieze_check_array(column->name, type, array, level ? 0 : first,
                                level ? 0 : length, lists->offset_bytes ? 2 : 1,
                                error);
    if (status)
      return status;
    if (!lists->offset_bytes && size != lists->size)
      return refuse_type(tensor, elements, schema, error);
    type = type->children[0];
    array = array->children[0];
  }
  column->leaf = array;
  status =
      frieze_check_array(column->name, type, array, column->depth ? 0 : first,
                         column->depth ? 0 : length, 2, error);
  column->first = first + column->array->offset;
  return status;
}

/** Where the list of `entry` begins, in a level whose lists have offsets. */
static int64_t read_offset(const frieze_list_level *lists, int64_t entry) {
  if (lists->offset_bytes == 4)
    return ((const int32_t *)lists->array->buffers[1])[entry];
  return ((const int64_t *)lists->array->buffers[1])[entry];
}

static int refuse_null(const frieze_column *column, int64_t row,
                       frieze_arrow_error *error) {
  return frieze_arrow_fail(
      error, FRIEZE_ARROW_COLUMNS,
      "column '%s': expects numbers in row %" PRId64
      ", but got a null among them; fill it, or make the row null",
      column->name, row);
}

/** Goes from `count` entries of a level, the first of which is `entry`, to
 * those of the lists in them. */
static int enter_lists(const frieze_column *column,
                       const frieze_list_level *lists, int64_t row,
                       int64_t *entry, int64_t *count,
                       frieze_arrow_error *error) {
  int64_t first = *entry * lists->size;
  if (lists->offset_bytes) {
    if (!lists->array->buffers[1])
      return frieze_arrow_fail(error, FRIEZE_ARROW_COLUMNS,
                               "column '%s': expects the offsets of lists, but "
                               "got none",
                               column->name);
    first = read_offset(lists, *entry);
    for (int64_t i = 0; i < *count; ++i) {
      int64_t size =
          read_offset(lists, *entry + i + 1) - read_offset(lists, *entry + i);
      if (size != lists->size)
        return frieze_arrow_fail(error, FRIEZE_ARROW_COLUMNS,
                                 "column '%s': expects %" PRId64
                                 " elements in row %" PRId64
                                 ", but got %" PRId64,
                                 column->name, lists->size, row, size);
    }
  }
  *entry = first;
  *count *= lists->size;
  return 0;
}

int frieze_find_row(const frieze_column *column, int64_t row,
                    const void **floats, frieze_arrow_error *error) {
  int64_t entry = column->first + row, count = 1;
  *floats = NULL;
  if (frieze_is_null(column->array, entry))
    return 0;
  for (int level = 0; level < column->depth; ++level) {
    int status =
        enter_lists(column, &column->levels[level], row, &entry, &count, error);
    if (status)
      return status;
    const struct ArrowArray *array = level + 1 < column->depth
                                         ? column->levels[level + 1].array
                                         : column->leaf;
    if (entry < 0 || entry > array->length - count)
      return frieze_arrow_fail(
          error, FRIEZE_ARROW_COLUMNS,
          "column '%s': expects the elements of row %" PRId64
          " in the array below, which ends before them",
          column->name, row);
    entry += array->offset;
    for (int64_t i = 0; array->null_count && i < count; ++i)
      if (frieze_is_null(array, entry + i))
        return refuse_null(column, row, error);
  }
  if (!column->leaf->buffers[1])
    return frieze_arrow_fail(error, FRIEZE_ARROW_COLUMNS,
                             "column '%s': expects numbers, but got none",
                             column->name);
  *floats =
      (const char *)column->leaf->buffers[1] + entry * (int64_t)sizeof(float);
  return 0;
}
