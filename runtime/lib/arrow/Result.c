/*===- Result.c - The batch of scores -----------------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "Result.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_ALIGNMENT = 64 };

void *frieze_allocate_buffer(uint64_t count, uint64_t bytes_of_one) {
  const uint64_t most = SIZE_MAX / 2 - 2 * BUFFER_ALIGNMENT;
  if (bytes_of_one && count > most / bytes_of_one)
    return NULL;
  size_t bytes = (size_t)(count * bytes_of_one);
  bytes += (BUFFER_ALIGNMENT - bytes % BUFFER_ALIGNMENT) % BUFFER_ALIGNMENT;
  char *block = malloc(bytes + BUFFER_ALIGNMENT + sizeof(void *));
  if (!block)
    return NULL;
  /* What malloc gave stands in front of the buffer. */
  char *start = block + sizeof(void *);
  start += (BUFFER_ALIGNMENT - (uintptr_t)start % BUFFER_ALIGNMENT) %
           BUFFER_ALIGNMENT;
  memcpy(start - sizeof(void *), &block, sizeof block);
  memset(start, 0, bytes);
  return start;
}

void frieze_free_buffer(void *buffer) {
  char *block;
  if (!buffer)
    return;
  memcpy(&block, (char *)buffer - sizeof(void *), sizeof block);
  free(block);
}

/** What an array points to; children may be moved out of it. */
typedef struct array_block {
  const void *buffers[2];
  struct ArrowArray **pointers;
  struct ArrowArray *children;
} array_block;

/** The same of a schema. */
typedef struct schema_block {
  char format[32];
  char *name;
  struct ArrowSchema **pointers;
  struct ArrowSchema *children;
} schema_block;

static void free_array_block(array_block *block) {
  if (!block)
    return;
  frieze_free_buffer((void *)block->buffers[0]);
  frieze_free_buffer((void *)block->buffers[1]);
  free(block->pointers);
  free(block->children);
  free(block);
}

static void free_schema_block(schema_block *block) {
  if (!block)
    return;
  free(block->name);
  free(block->pointers);
  free(block->children);
  free(block);
}

static void release_array(struct ArrowArray *array) {
  for (int64_t i = 0; i < array->n_children; ++i)
    if (array->children[i]->release)
      array->children[i]->release(array->children[i]);
  free_array_block(array->private_data);
  array->release = NULL;
}

static void release_schema(struct ArrowSchema *schema) {
  for (int64_t i = 0; i < schema->n_children; ++i)
    if (schema->children[i]->release)
      schema->children[i]->release(schema->children[i]);
  free_schema_block(schema->private_data);
  schema->release = NULL;
}

/** Makes an array whose buffers are null and whose children are released. */
static int make_array(int64_t length, int64_t null_count, int64_t buffers,
                      uint64_t children, struct ArrowArray *array) {
  array_block *block = calloc(1, sizeof *block);
  memset(array, 0, sizeof *array);
  if (!block)
    return -1;
  block->children = calloc((size_t)children + 1, sizeof *block->children);
  block->pointers = calloc((size_t)children + 1, sizeof *block->pointers);
  if (!block->children || !block->pointers) {
    free_array_block(block);
    return -1;
  }
  for (uint64_t i = 0; i < children; ++i)
    block->pointers[i] = &block->children[i];
  array->length = length;
  array->null_count = null_count;
  array->n_buffers = buffers;
  array->n_children = (int64_t)children;
  array->buffers = block->buffers;
  array->children = block->pointers;
  array->release = release_array;
  array->private_data = block;
  return 0;
}

static int make_schema(const char *format, const char *name, int64_t flags,
                       uint64_t children, struct ArrowSchema *schema) {
  schema_block *block = calloc(1, sizeof *block);
  memset(schema, 0, sizeof *schema);
  if (!block)
    return -1;
  size_t length = strlen(name);
  block->name = malloc(length + 1);
  block->children = calloc((size_t)children + 1, sizeof *block->children);
  block->pointers = calloc((size_t)children + 1, sizeof *block->pointers);
  if (!block->name || !block->children || !block->pointers) {
    free_schema_block(block);
    return -1;
  }
  memcpy(block->name, name, length + 1);
  snprintf(block->format, sizeof block->format, "%s", format);
  for (uint64_t i = 0; i < children; ++i)
    block->pointers[i] = &block->children[i];
  schema->format = block->format;
  schema->name = block->name;
  schema->flags = flags;
  schema->n_children = (int64_t)children;
  schema->children = block->pointers;
  schema->release = release_schema;
  schema->private_data = block;
  return 0;
}

static int make_column_schema(const frieze_score_column *column,
                              struct ArrowSchema *schema) {
  char format[32];
  if (column->elements == 1)
    return make_schema("f", column->name, ARROW_FLAG_NULLABLE, 0, schema);
  snprintf(format, sizeof format, "+w:%" PRIu64, column->elements);
  if (make_schema(format, column->name, ARROW_FLAG_NULLABLE, 1, schema))
    return -1;
  return make_schema("f", "item", ARROW_FLAG_NULLABLE, 0, schema->children[0]);
}

/** Hands a buffer over to an array. */
static void give_buffer(struct ArrowArray *array, int index, void *buffer) {
  ((array_block *)array->private_data)->buffers[index] = buffer;
}

static int make_column(frieze_score_column *column, int64_t rows,
                       int64_t null_count, struct ArrowArray *array) {
  int is_list = column->elements != 1;
  struct ArrowArray *leaf = array;
  if (make_array(rows, null_count, is_list ? 1 : 2, is_list ? 1 : 0, array))
    return -1;
  if (is_list) {
    leaf = array->children[0];
    if (make_array(rows * (int64_t)column->elements, 0, 2, 0, leaf))
      return -1;
  }
  give_buffer(array, 0, column->valid);
  give_buffer(leaf, 1, column->floats);
  column->valid = NULL;
  column->floats = NULL;
  return 0;
}

int frieze_make_batch(frieze_score_column *columns, uint64_t count,
                      int64_t rows, int64_t null_count,
                      struct ArrowSchema *schema, struct ArrowArray *array) {
  int status = make_schema("+s", "", 0, count, schema);
  memset(array, 0, sizeof *array);
  if (!status)
    status = make_array(rows, 0, 1, count, array);
  for (uint64_t i = 0; !status && i < count; ++i) {
    status = make_column_schema(&columns[i], schema->children[i]);
    if (!status)
      status = make_column(&columns[i], rows, null_count, array->children[i]);
  }
  if (status && schema->release)
    schema->release(schema);
  if (status && array->release)
    array->release(array);
  return status;
}
