/*===- Memory.h - Memory of a device and of its host --------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_LIB_DEVICE_MEMORY_H
#define FRIEZE_LIB_DEVICE_MEMORY_H

#include "Driver.h"

/** Most bytes of a part that is copied at once: little time before the first
 * kernel, and long beside a launch. */
static const uint64_t frieze_copied_bytes = 32u << 20;

/** Where an array of the caller's lies. */
typedef struct frieze_array_place {
  enum frieze_place place;
  /** Unless it is pageable. */
  frieze_region region;
  /** For the CPU; null where that does not see it. */
  char *host;
} frieze_array_place;

/** Allocates memory, which joins the list of the device. */
int frieze_allocate(frieze_device *device, enum frieze_place place,
                    uint64_t bytes, frieze_memory **allocated,
                    frieze_device_error *error);

/** Releases it; null is none. */
void frieze_release(frieze_device *device, frieze_memory *memory);

/** Finds where `pointer` leads to. */
int frieze_locate(frieze_device *device, const void *pointer,
                  frieze_array_place *array, frieze_device_error *error);

/** Copies on an idle lane, and waits. */
int frieze_copy_now(frieze_device *device, frieze_lane *lane, frieze_region to,
                    frieze_region from, frieze_device_error *error);

static inline uint64_t frieze_get_least(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

#endif /* FRIEZE_LIB_DEVICE_MEMORY_H */
