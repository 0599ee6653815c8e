/*===- main.c - Many windows at once ------------------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* The model is linked in; its header brings the functions to call. */
#include "ecg.h"

#include <stdio.h>

enum { most = 64 };
static float windows[most * ECG_INPUT_0_ELEMENTS], scores[most];
_Alignas(ECG_ARENA_ALIGNMENT) static char arena[ECG_ARENA_BYTES];

/* Prints the score of each window that standard input holds, as text. */
int main(void) {
  size_t read = 0, count;
  do {
    for (read = 0; read < most * ECG_INPUT_0_ELEMENTS; ++read)
      if (scanf("%f", &windows[read]) != 1)
        break;
    count = read / ECG_INPUT_0_ELEMENTS;
    ecg_run_batch(count, windows, scores, arena);
    for (size_t i = 0; i < count; ++i)
      printf("%.9g\n", scores[i]);
  } while (count == most);
  return read % ECG_INPUT_0_ELEMENTS != 0;
}
