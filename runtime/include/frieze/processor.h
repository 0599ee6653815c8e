/*===- processor.h - Whether this processor runs a model ----------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_PROCESSOR_H
#define FRIEZE_PROCESSOR_H

#include <stdint.h>

#if defined(__linux__) && (defined(__riscv) || defined(__aarch64__))
#include <sys/auxv.h>
#include <sys/prctl.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

static inline int frieze_is_target(const char *target, const char *name) {
  while (*target && *target == *name) {
    ++target;
    ++name;
  }
  return *target == *name;
}

/**
 * Whether this processor has the instructions of code for `target`, which is
 * that of a frieze_model: 1 or 0. Whoever loads models that somebody else
 * compiled asks before the first call, which would be an illegal instruction
 * otherwise. For GCC and Clang; without an operating system, where nobody knows
 * more than the name of the architecture, that decides. Null is no code of
 * frieze-compile, and runs.
 */
static inline int frieze_processor_runs(const char *target) {
  /* A description by hand, for instance in a test, may have none. */
  if (!target)
    return 1;
#if defined(__x86_64__)
  __builtin_cpu_init();
  int has_v2 =
      __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
  int has_v3 = has_v2 && __builtin_cpu_supports("avx2") &&
               __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  int has_v4 = has_v3 && __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512cd") &&
               __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
  return (frieze_is_target(target, "x86-64") && has_v2) ||
         (frieze_is_target(target, "x86-64-windows") && has_v2) ||
         (frieze_is_target(target, "x86-64-macos") && has_v2) ||
         (frieze_is_target(target, "cuda") && has_v2) ||
         (frieze_is_target(target, "vulkan") && has_v2) ||
         (frieze_is_target(target, "x86-64-v2") && has_v2) ||
         (frieze_is_target(target, "x86-64-v3") && has_v3) ||
         (frieze_is_target(target, "x86-64-v4") && has_v4);
#elif defined(__aarch64__)
  /* HWCAP_SVE, and PR_SVE_GET_VL: the bytes of a vector, below other bits. */
#if defined(__linux__)
  int has_sve256 = ((getauxval(AT_HWCAP) >> 22) & 1) &&
                   (prctl(51, 0, 0, 0, 0) & 0xffff) >= 32;
#else
  int has_sve256 = 0;
#endif
  return frieze_is_target(target, "aarch64") ||
         frieze_is_target(target, "aarch64-macos") ||
         (frieze_is_target(target, "aarch64-sve") && has_sve256);
#elif defined(__riscv) && __riscv_xlen == 64
  /* Linux has a bit for each extension of one letter. */
#if defined(__linux__)
  int has_vectors = (getauxval(AT_HWCAP) >> ('v' - 'a')) & 1;
#else
  int has_vectors = 1;
#endif
  return frieze_is_target(target, "riscv64-scalar") ||
         (frieze_is_target(target, "riscv64") && has_vectors);
#elif defined(__arm__)
  return frieze_is_target(target, "cortex-m4") ||
         frieze_is_target(target, "cortex-m7") ||
         frieze_is_target(target, "cortex-m33") ||
         frieze_is_target(target, "cortex-m55");
#elif defined(__wasm__)
  return frieze_is_target(target, "wasm32");
#else
  (void)target;
  return 0;
#endif
}

#ifdef __cplusplus
}
#endif

#endif /* FRIEZE_PROCESSOR_H */
