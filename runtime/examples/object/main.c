/*===- main.c - A model without anything else ---------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* C99, the object and its header: no runtime, no heap, no library but the one
   that reads and prints. */
#include "ecg.h"

#include <stdio.h>

/* C99 has no word for the alignment; this is the one of GCC and Clang. */
static unsigned char arena[ECG_ARENA_BYTES]
    __attribute__((aligned(ECG_ARENA_ALIGNMENT)));
static float window[ECG_INPUT_0_ELEMENTS];

/* Prints the score of each window that standard input holds, as text. */
int main(void) {
  size_t filled = 0;
  while (scanf("%f", &window[filled]) == 1) {
    if (++filled < ECG_INPUT_0_ELEMENTS)
      continue;
    float score;
    ecg_run(window, &score, arena);
    printf("%.9g\n", score);
    filled = 0;
  }
  return filled != 0;
}
