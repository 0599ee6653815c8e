/*===- startup.c - From reset to main on a Cortex-M board ---------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* The board runs in QEMU, whose host opens files for it (semihosting). Its
 * memory is zero at reset, and the program is loaded with its data in place.
 */

#include <stdint.h>
#include <stdlib.h>

/** What the emulator exits with after a fault: 128 + SIGSEGV, as a shell says.
 */
enum { FAULT_STATUS = 139 };

/** Where the stack ends, from the linker script. */
extern uint32_t stack_end;

extern void initialise_monitor_handles(void);
extern int main(int argc, char **argv);

/* The C library calls these of start files, which are not linked. */
void _init(void) {}
void _fini(void) {}

static void reset(void) {
  /* Coprocessor Access Control: the FPU, and Helium with it. */
  *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20;
  __asm__ volatile("dsb\n isb" ::: "memory");
  initialise_monitor_handles();
  exit(main(0, NULL));
}

static void fault(void) {
  /* SYS_EXIT_EXTENDED, with the reason ADP_Stopped_ApplicationExit. */
  static const uint32_t reason[] = {0x20026, FAULT_STATUS};
  register uint32_t operation __asm__("r0") = 0x20;
  register const uint32_t *argument __asm__("r1") = reason;
  __asm__ volatile("bkpt 0xab" ::"r"(operation), "r"(argument) : "memory");
}

/** What the processor reads at reset: the stack, and the handlers of reset, NMI
 * and the faults. */
static const struct {
  uint32_t *stack;
  void (*handlers[7])(void);
} vectors __attribute__((section(".vectors"), used)) = {
    &stack_end, {reset, fault, fault, fault, fault, fault, fault}};
