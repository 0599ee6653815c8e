/*===- startup.c - From reset to main on a Cortex-M ---------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "semihosting.h"

#include <stdint.h>

/* From the linker script. */
extern uint32_t data_load, data_start, data_end, bss_start, bss_end, stack_end;

extern int main(void);
void reset(void);

void reset(void) {
  /* Coprocessor Access Control Register: all access to the FPU, and to Helium
     with it, which are off at reset. Before any code that may use them. */
  *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20;
  __asm__ volatile("dsb\n\tisb" ::: "memory");
  for (uint32_t *to = &data_start, *from = &data_load; to != &data_end;)
    *to++ = *from++;
  for (uint32_t *to = &bss_start; to != &bss_end;)
    *to++ = 0;
  semihosting_exit(main());
}

static void fault(void) { semihosting_exit(1); }

/* What the processor reads at reset: the end of the stack, and the functions
   for reset, NMI and the four faults. */
static const struct {
  uint32_t *stack;
  void (*handlers[6])(void);
} vectors __attribute__((section(".vectors"), used)) = {
    &stack_end, {reset, fault, fault, fault, fault, fault}};
