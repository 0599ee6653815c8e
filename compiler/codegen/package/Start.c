/*===- Start.c - Where a program begins ---------------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/*
 * Programs that are linked by a C compiler begin in a file of the C library's.
 * This one lets the compiler of models link them where there is no C compiler,
 * with a shared glibc from 2.34 on, which runs constructors by itself. What the
 * registers and the stack hold at the start is in the ABI of each processor.
 */
#if defined(__linux__) && defined(__x86_64__)
__asm__(".text\n"
        ".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "  xor %ebp, %ebp\n"
        "  mov %rdx, %r9\n"  /* What to call at the end. */
        "  pop %rsi\n"       /* argc */
        "  mov %rsp, %rdx\n" /* argv */
        "  and $-16, %rsp\n"
        "  push %rax\n"
        "  push %rsp\n" /* The end of the stack. */
        "  xor %r8d, %r8d\n"
        "  xor %ecx, %ecx\n"
        "  mov main@GOTPCREL(%rip), %rdi\n"
        "  call *__libc_start_main@GOTPCREL(%rip)\n"
        "  hlt\n"
        ".size _start, .-_start\n");
#elif defined(__linux__) && defined(__aarch64__)
__asm__(".text\n"
        ".globl _start\n"
        ".type _start, %function\n"
        "_start:\n"
        "  mov x29, #0\n"
        "  mov x30, #0\n"
        "  mov x5, x0\n"     /* What to call at the end. */
        "  ldr x1, [sp]\n"   /* argc */
        "  add x2, sp, #8\n" /* argv */
        "  mov x6, sp\n"     /* The end of the stack. */
        "  adrp x0, :got:main\n"
        "  ldr x0, [x0, #:got_lo12:main]\n"
        "  mov x3, #0\n"
        "  mov x4, #0\n"
        "  bl __libc_start_main\n"
        "  brk #0\n"
        ".size _start, .-_start\n");
#else
typedef int frieze_no_start;
#endif
