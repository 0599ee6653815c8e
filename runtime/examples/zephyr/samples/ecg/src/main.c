/*===- main.c - A heart beat, found in a thread of Zephyr ---------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "ecg.h"

#include <string.h>
#include <zephyr/sys/printk.h>

/* All memory that the model needs, besides ECG_STACK_BYTES of the stack of the
   thread that calls it. */
static unsigned char arena[ECG_ARENA_BYTES]
    __attribute__((aligned(ECG_ARENA_ALIGNMENT)));
static float window[ECG_INPUT_0_ELEMENTS];

/* One beat, in the scale of the model. A device has it from its sensor. */
static const float beat[] = {0.2f, 0.6f, 1.1f, 1.5f, 1.0f, 0.3f};
enum { beat_samples = sizeof(beat) / sizeof(*beat) };

/* Puts the beat at several places of the window, and prints where it is, its
   score and the bits of that. */
int main(void) {
  for (unsigned first = 0; first + beat_samples <= ECG_INPUT_0_ELEMENTS;
       first += beat_samples) {
    for (unsigned i = 0; i < ECG_INPUT_0_ELEMENTS; ++i)
      window[i] = i - first < beat_samples ? beat[i - first] : 0.0f;
    float score;
    ecg_run(window, &score, arena);

    /* printk() has no floating point. */
    unsigned thousandths = (unsigned)(score * 1000.0f), bits;
    memcpy(&bits, &score, sizeof bits);
    printk("beat at %u: %u.%03u (%08x)%s\n", first, thousandths / 1000,
           thousandths % 1000, bits, score > 0.5f ? " found" : "");
  }
  return 0;
}
