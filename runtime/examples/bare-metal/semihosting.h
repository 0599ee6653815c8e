/*===- semihosting.h - A console of the debugger's ----------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

/* A debugger or an emulator shows what is written. Without either, the
   processor stops here: a product writes to a UART instead, and does not exit.
 */
void semihosting_write(const char *text);
void semihosting_exit(int status);

#endif
