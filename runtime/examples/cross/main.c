/*===- main.c - A model on another machine ------------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* The description, which ecg.h then declares, tells what the model was compiled
   for. */
#include <frieze/model.h>
#include <frieze/processor.h>

#include "ecg.h"

#include <stdio.h>

static unsigned char arena[ECG_ARENA_BYTES]
    __attribute__((aligned(ECG_ARENA_ALIGNMENT)));
static float window[ECG_INPUT_0_ELEMENTS];

/* Prints the score of each window that standard input holds, as text. */
int main(void) {
  if (!frieze_processor_runs(ecg_model.target)) {
    fprintf(stderr, "expects a processor for %s\n", ecg_model.target);
    return 1;
  }
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
