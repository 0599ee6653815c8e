/*===- device.c - A recording as it comes, sample by sample -------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* A device: no runtime and no heap; all memory is static and known when the
   model is compiled. */
#include "ecg.h"

#include <stdio.h>

static unsigned char state[ECG_STREAM_STATE_BYTES]
    __attribute__((aligned(ECG_STREAM_STATE_ALIGNMENT)));

/* Prints the score of each window of the recording that standard input holds,
   as text. */
int main(void) {
  float sample, scores[ECG_STREAM_WINDOWS(1) * ECG_OUTPUT_0_ELEMENTS];
  ecg_stream_init(state);
  while (scanf("%f", &sample) == 1)
    if (ecg_stream_push(state, &sample, 1, scores))
      printf("%.9g\n", scores[0]);
}
