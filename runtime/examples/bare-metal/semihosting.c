/*===- semihosting.c - A console of the debugger's ----------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* Arm, Semihosting for AArch32 and AArch64: an operation in r0, its argument in
   r1, and a breakpoint of number 0xab. */
#include "semihosting.h"

#include <stdint.h>

enum { sys_write0 = 0x04, sys_exit_extended = 0x20 };

static void call(uint32_t operation, const void *argument) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

void semihosting_write(const char *text) { call(sys_write0, text); }

void semihosting_exit(int status) {
  /* The reason ADP_Stopped_ApplicationExit. */
  const uint32_t block[] = {0x20026, (uint32_t)status};
  call(sys_exit_extended, block);
  for (;;) {
  }
}
