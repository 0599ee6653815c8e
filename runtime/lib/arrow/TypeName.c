/*===- TypeName.c - Types of Arrow in words -----------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "TypeName.h"

#include <stdio.h>
#include <string.h>

/** Formats that stand for a type as a whole, and whether a cast to float32 is
 * what helps. */
static const struct {
  const char *format, *name;
  int is_number;
} names[] = {
    {"n", "null", 0},
    {"b", "bool", 1},
    {"c", "int8", 1},
    {"C", "uint8", 1},
    {"s", "int16", 1},
    {"S", "uint16", 1},
    {"i", "int32", 1},
    {"I", "uint32", 1},
    {"l", "int64", 1},
    {"L", "uint64", 1},
    {"e", "float16", 1},
    {"f", "float32", 0},
    {"g", "float64", 1},
    {"z", "binary", 0},
    {"Z", "large_binary", 0},
    {"u", "string", 0},
    {"U", "large_string", 0},
    {"vz", "binary_view", 0},
    {"vu", "string_view", 0},
    {"+l", "list", 0},
    {"+L", "large_list", 0},
    {"+vl", "list_view", 0},
    {"+vL", "large_list_view", 0},
    {"+s", "struct", 0},
    {"+m", "map", 0},
    {"+r", "run_end_encoded", 0},
};
enum { NAME_COUNT = sizeof names / sizeof *names };

/** Reads a number of the metadata, which is not aligned. */
static int32_t take_int(const char **data) {
  int32_t value;
  memcpy(&value, *data, sizeof value);
  *data += sizeof value;
  return value;
}

/** The name of an extension type and its length, or null. */
static const char *find_extension(const struct ArrowSchema *schema,
                                  int32_t *length) {
  static const char key[] = "ARROW:extension:name";
  const char *data = schema->metadata;
  if (!data)
    return NULL;
  for (int32_t count = take_int(&data); count > 0; --count) {
    int32_t size = take_int(&data);
    int is_found =
        size == (int32_t)sizeof key - 1 && !memcmp(data, key, sizeof key - 1);
    data += size;
    *length = take_int(&data);
    if (is_found)
      return data;
    data += *length;
  }
  return NULL;
}

int frieze_is_encoded(const struct ArrowSchema *schema) {
  int32_t length;
  return schema->dictionary || find_extension(schema, &length);
}

static int find_name(const char *format) {
  for (int i = 0; i < NAME_COUNT; ++i)
    if (!strcmp(format, names[i].format))
      return i;
  return -1;
}

void frieze_name_type(const struct ArrowSchema *schema, char *text,
                      size_t size) {
  const char *format = schema->format;
  int32_t length;
  const char *extension = find_extension(schema, &length);
  int index = find_name(format);
  int used;
  if (extension)
    used =
        snprintf(text, size, "the extension type %.*s", (int)length, extension);
  else if (schema->dictionary)
    used = snprintf(text, size, "a dictionary");
  else if (!strncmp(format, "+w:", 3))
    used = snprintf(text, size, "fixed_size_list[%s]", format + 3);
  else if (index >= 0)
    used = snprintf(text, size, "%s", names[index].name);
  else
    used = snprintf(text, size, "the type of format '%s'", format);
  if (extension || schema->dictionary || schema->n_children != 1 || used < 0 ||
      (size_t)used + 2 >= size)
    return;
  text[used] = '<';
  frieze_name_type(schema->children[0], text + used + 1,
                   size - (size_t)used - 1);
  size_t end = strlen(text);
  if (end + 1 < size)
    memcpy(text + end, ">", 2);
}

const char *frieze_find_conversion(const struct ArrowSchema *schema) {
  int32_t length;
  if (find_extension(schema, &length))
    return "take its storage";
  if (schema->dictionary)
    return "decode it";
  if (schema->n_children == 1)
    return frieze_find_conversion(schema->children[0]);
  int index = find_name(schema->format);
  return index >= 0 && names[index].is_number ? "cast it to float32" : "";
}
