/*===- call_once.c - One call of a linked model -------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* Calls the model on zeros, and prints its multiply-adds and how many bytes of
 * stack the call took. No branch of a model depends on its inputs, so that any
 * tell as much.
 */

#include "frieze/model.h"

#include <stdio.h>
#include <stdlib.h>

extern const frieze_model frieze_model_entry;

enum { PAINTED_BYTES = 1 << 16, PAINT = 0xa5 };

/** Paints the memory that the next call has for its stack; or says how much of
 * it was written over since. */
__attribute__((noinline)) static size_t paint(int is_painted) {
  volatile unsigned char stack[PAINTED_BYTES];
  /* To the compiler, this writes it: it holds what others left there. */
  __asm__ volatile("" : "=m"(stack));
  size_t untouched = 0;
  if (is_painted)
    while (untouched < PAINTED_BYTES && stack[untouched] == PAINT)
      ++untouched;
  else
    for (size_t i = 0; i < PAINTED_BYTES; ++i)
      stack[i] = PAINT;
  return PAINTED_BYTES - untouched;
}

static void *allocate(uint64_t bytes, uint64_t alignment) {
  char *memory = calloc((size_t)(bytes + alignment), 1);
  if (!memory) {
    printf("call_once: error: expects more memory\n");
    exit(1);
  }
  uintptr_t past = (uintptr_t)memory % (uintptr_t)alignment;
  return memory + (past ? (uintptr_t)alignment - past : 0);
}

static void **allocate_all(const frieze_tensor *tensors, uint64_t count) {
  void **arrays = allocate(count * sizeof(void *), sizeof(void *));
  for (uint64_t i = 0; i < count; ++i)
    arrays[i] = allocate(tensors[i].elements * sizeof(float), sizeof(float));
  return arrays;
}

int main(void) {
  const frieze_model *model = &frieze_model_entry;
  void **inputs = allocate_all(model->inputs, model->input_count);
  void **outputs = allocate_all(model->outputs, model->output_count);
  void *arena = allocate(model->arena_bytes, model->arena_alignment);
  paint(0);
  model->run((const void *const *)inputs, outputs, arena);
  printf("stack %u\n", (unsigned)paint(1));
  printf("multiply-adds %u\n", (unsigned)model->macs);
  return 0;
}
