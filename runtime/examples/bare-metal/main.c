/*===- main.c - A heart beat, found without an operating system ---*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "ecg.h"
#include "semihosting.h"

#include <string.h>

/* All memory that the model needs, besides ECG_STACK_BYTES of stack. The linker
   places it; there is no heap. */
static unsigned char arena[ECG_ARENA_BYTES]
    __attribute__((aligned(ECG_ARENA_ALIGNMENT)));
static float window[ECG_INPUT_0_ELEMENTS];

/* One beat, in the scale of the model. A device has it from its sensor. */
static const float beat[] = {0.2f, 0.6f, 1.1f, 1.5f, 1.0f, 0.3f};
enum { beat_samples = sizeof(beat) / sizeof(*beat) };

/* Without the C library's printf, which takes more flash than the model. */
static void write_number(uint32_t number, uint32_t base, unsigned digits) {
  char text[16];
  char *at = text + sizeof text;
  for (*--at = 0; digits > 0 || number > 0; number /= base) {
    *--at = "0123456789abcdef"[number % base];
    digits -= digits > 0;
  }
  semihosting_write(at);
}

/* Puts the beat at several places of the window, and prints where it is, its
   score and the bits of that. */
int main(void) {
  for (unsigned first = 0; first + beat_samples <= ECG_INPUT_0_ELEMENTS;
       first += beat_samples) {
    for (unsigned i = 0; i < ECG_INPUT_0_ELEMENTS; ++i)
      window[i] = i - first < beat_samples ? beat[i - first] : 0.0f;
    float score;
    ecg_run(window, &score, arena);

    uint32_t thousandths = (uint32_t)(score * 1000.0f), bits;
    memcpy(&bits, &score, sizeof bits);
    semihosting_write("beat at ");
    write_number(first, 10, 1);
    semihosting_write(": ");
    write_number(thousandths / 1000, 10, 1);
    semihosting_write(".");
    write_number(thousandths % 1000, 10, 3);
    semihosting_write(" (");
    write_number(bits, 16, 8);
    semihosting_write(score > 0.5f ? ") found\n" : ")\n");
  }
  return 0;
}
