/*===- main.c - A C program that compiles models while it runs ----*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/*
 *   program MODEL STAGE OUTPUT
 *
 * Writes the artefact of a stage, as `frieze-compile MODEL --emit=STAGE` does,
 * with the same messages.
 */
#include <frieze/compiler.h>

#include <stdio.h>

static void print_messages(const frieze_compilation *compilation) {
  for (size_t i = 0; i < frieze_compilation_diagnostic_count(compilation);
       ++i) {
    const frieze_diagnostic message =
        frieze_compilation_diagnostic(compilation, i);
    if (message.severity == FRIEZE_REMARK)
      continue;
    if (*message.file)
      fprintf(stderr, "%s: ", message.file);
    if (*message.layer)
      fprintf(stderr, "layer '%s': ", message.layer);
    fprintf(stderr, "%s: %s\n",
            message.severity == FRIEZE_ERROR ? "error" : "warning",
            message.text);
  }
}

/* Returns 0, or 1 after a message of the compilation. */
static int write_artefact(frieze_compilation *compilation, const char *stage,
                          const char *path) {
  frieze_bytes bytes;
  if (!frieze_compilation_succeeded(compilation) ||
      frieze_compilation_emit(compilation, stage, &bytes))
    return 1;
  FILE *file = fopen(path, "wb");
  const int failed =
      !file || fwrite(bytes.data, 1, bytes.size, file) != bytes.size;
  if (failed || fclose(file))
    fprintf(stderr, "%s: cannot be written\n", path);
  frieze_bytes_free(&bytes);
  return failed;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s MODEL STAGE OUTPUT\n", argv[0]);
    return 2;
  }
  const frieze_option options[] = {{"name", "net"}};
  frieze_compilation *compilation = frieze_compile_file(argv[1], options, 1);
  if (!compilation)
    return 1;
  const int failed = write_artefact(compilation, argv[2], argv[3]);
  print_messages(compilation);
  frieze_compilation_free(compilation);
  return failed;
}
