/*===- Driver.h - What Device.c asks of a driver ------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_LIB_DEVICE_DRIVER_H
#define FRIEZE_LIB_DEVICE_DRIVER_H

#include "frieze/device.h"

/** A stretch of memory: a CUdeviceptr or an address of the host, or a VkBuffer,
 * and a number of bytes from there. */
typedef struct frieze_region {
  uint64_t handle;
  uint64_t offset;
  uint64_t bytes;
} frieze_region;

/** Memory that was allocated; those of a device are a list. */
typedef struct frieze_memory {
  struct frieze_memory *next;
  frieze_region region;
  /** VkDeviceMemory. */
  uint64_t backing;
  /** What stands for it in calls of frieze/device.h. */
  void *pointer;
  /** The same memory for the CPU; null where that does not see it. */
  void *host;
} frieze_memory;

/** Where an array of the caller's lies. */
enum frieze_place {
  /** Where the device does not reach it. */
  FRIEZE_PAGEABLE,
  /** On the host, where copies of the device reach it. */
  FRIEZE_PINNED,
  FRIEZE_RESIDENT
};

/** The points of a slice that times are taken between. */
enum { FRIEZE_POINTS = 4 };

struct frieze_device {
  const struct frieze_driver *driver;
  frieze_device_info info;
  frieze_memory *memories;
  /** Most groups of a launch, threads of a group, and bytes of an array. */
  uint64_t max_groups;
  uint64_t max_group_size;
  uint64_t max_array_bytes;
  /** What an array in memory of the device has to be aligned to. */
  uint64_t alignment;
};

/** Code that is loaded: every kernel of `kernels`, then of `stream_kernels`. */
typedef struct frieze_code frieze_code;

/** Work of a device that is done in order; that of two lanes may overlap. */
typedef struct frieze_lane frieze_lane;

typedef struct frieze_driver {
  /** Bytes of what it knows of a device, which begins with a frieze_device. */
  size_t device_bytes;
  /** Opens a device of zeros, which is closed even where that fails. */
  int (*open)(frieze_device *device, uint32_t index,
              frieze_device_error *error);
  void (*close)(frieze_device *device);
  /** Around all of the functions below. */
  int (*enter)(frieze_device *device, frieze_device_error *error);
  void (*leave)(frieze_device *device);
  int (*find_free)(frieze_device *device, uint64_t *bytes,
                   frieze_device_error *error);
  /** Fills in all of `memory` but its place in the list. */
  int (*allocate)(frieze_device *device, enum frieze_place place,
                  uint64_t bytes, frieze_memory *memory,
                  frieze_device_error *error);
  void (*release)(frieze_device *device, frieze_memory *memory);
  /** Finds memory that is not of frieze_device_allocate; the region's bytes
   * are those that were asked for. */
  int (*locate)(frieze_device *device, const void *pointer,
                enum frieze_place *place, frieze_region *region,
                frieze_device_error *error);
  /** buffers: parameters of a kernel that are pointers. */
  int (*load)(frieze_device *device, const frieze_device_code *source,
              uint32_t buffers, frieze_code **code, frieze_device_error *error);
  void (*unload)(frieze_device *device, frieze_code *code);
  int (*create_lane)(frieze_device *device, const frieze_code *code,
                     frieze_lane **lane, frieze_device_error *error);
  void (*destroy_lane)(frieze_device *device, frieze_lane *lane);
  /** Begins a slice of work on an idle lane, with the parameters that all of
   * its kernels get; `copy`, `launch` and `mark` add to it. Null regions are
   * for a slice without kernels. */
  int (*begin)(frieze_device *device, frieze_lane *lane,
               const frieze_region *regions, uint32_t count,
               frieze_device_error *error);
  int (*copy)(frieze_device *device, frieze_lane *lane, frieze_region to,
              frieze_region from, frieze_device_error *error);
  int (*launch)(frieze_device *device, frieze_lane *lane, uint64_t kernel,
                uint32_t groups, uint32_t group_size,
                frieze_device_error *error);
  /** Takes the time of a point, from 0 on, and orders what comes after it. */
  int (*mark)(frieze_device *device, frieze_lane *lane, unsigned point,
              frieze_device_error *error);
  int (*submit)(frieze_device *device, frieze_lane *lane,
                frieze_device_error *error);
  /** Waits until the slice is done. seconds: between one point and the next. */
  int (*wait)(frieze_device *device, frieze_lane *lane,
              double seconds[FRIEZE_POINTS - 1], frieze_device_error *error);
} frieze_driver;

extern const frieze_driver frieze_cuda_driver;
extern const frieze_driver frieze_vulkan_driver;

/** Fills in the text and returns the status. */
int frieze_device_fail(frieze_device_error *error, int status,
                       const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

int frieze_fail_memory(frieze_device_error *error);

/** What `--device` calls it; a text for messages where it is none. */
const char *frieze_get_kind_name(int32_t kind);

/** The region of part of another one. */
static inline frieze_region frieze_part(frieze_region whole, uint64_t offset,
                                        uint64_t bytes) {
  frieze_region part = {whole.handle, whole.offset + offset, bytes};
  return part;
}

#endif /* FRIEZE_LIB_DEVICE_DRIVER_H */
