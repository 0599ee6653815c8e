/*===- main.c - A model that is loaded, in C ----------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* A model of one input and one output in a shared library, through its
   description. */
#include <frieze/model.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* Prints the outputs for each sample that standard input holds, as text. */
static int run(const frieze_model *model) {
  uint64_t inputs = model->inputs[0].elements;
  uint64_t outputs = model->outputs[0].elements;
  /* aligned_alloc() takes multiples of the alignment. */
  uint64_t alignment = model->arena_alignment;
  uint64_t bytes = (model->arena_bytes + alignment - 1) / alignment * alignment;
  float *input = calloc(inputs, sizeof(float));
  float *output = calloc(outputs, sizeof(float));
  void *arena = aligned_alloc(alignment, bytes);
  if (!input || !output || (bytes && !arena))
    return 1;

  uint64_t filled = 0;
  while (scanf("%f", &input[filled]) == 1) {
    if (++filled < inputs)
      continue;
    model->run((const void *const[]){input}, (void *const[]){output}, arena);
    for (uint64_t i = 0; i < outputs; ++i)
      printf("%s%.9g", i ? "," : "", output[i]);
    puts("");
    filled = 0;
  }
  free(input);
  free(output);
  free(arena);
  return filled != 0;
}

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "./ecg.so";
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  const frieze_model *model = library ? dlsym(library, FRIEZE_MODEL_ENTRY) : 0;
  if (!model) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  if (model->abi_version != FRIEZE_ABI_VERSION || model->input_count != 1 ||
      model->output_count != 1) {
    fprintf(stderr, "%s: not a model that this program can run\n", path);
    return 1;
  }
  return run(model);
}
