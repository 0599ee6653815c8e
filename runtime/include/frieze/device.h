/*===- device.h - Running a model on a GPU ------------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
|*===----------------------------------------------------------------------===*|
|*                                                                            *|
|* Runs the code for a device that a model carries (frieze/model.h), by the   *|
|* driver of CUDA or Vulkan, which is opened when it is asked for: a program  *|
|* links frieze_device and needs no library of either.                        *|
|*                                                                            *|
|* Functions that can fail return 0, or a number of enum frieze_device_status *|
|* and fill in `error`, which is never null. Nothing is run on the CPU        *|
|* instead: a caller who wants that calls run_batch of the same model.        *|
|*                                                                            *|
|* A device, its models and its memory are for one thread at a time; any      *|
|* number of devices may be open, also for the same processor.                *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_DEVICE_H
#define FRIEZE_DEVICE_H

#include "frieze/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Why a function failed. */
enum frieze_device_status {
  /** There is no driver, or no device of this number. */
  FRIEZE_DEVICE_MISSING = 1,
  /** The model has no code for this device, or what this device lacks. */
  FRIEZE_DEVICE_UNFIT = 2,
  /** The device or the host has too little memory. */
  FRIEZE_DEVICE_MEMORY = 3,
  /** The device is gone; all that is left is to close it. */
  FRIEZE_DEVICE_LOST = 4,
  /** The device computes other numbers than the CPU. */
  FRIEZE_DEVICE_WRONG = 5,
  /** The driver refused a call for another reason. */
  FRIEZE_DEVICE_FAILED = 6
};

/** A sentence for people: lower case, no full stop. */
typedef struct frieze_device_error {
  char text[512];
} frieze_device_error;

/** A device that is open. */
typedef struct frieze_device frieze_device;

/** A model that is loaded on a device. */
typedef struct frieze_device_model frieze_device_model;

/** What a device tells of itself. */
typedef struct frieze_device_info {
  /** Of enum frieze_device_kind, and its number among those of the driver. */
  int32_t kind;
  uint32_t index;
  /** 80 for sm_80; 0 for Vulkan. */
  uint32_t architecture;
  /** Whether the driver keeps denormals, infinities, NaN and the sign of zero
   * where code asks for it; 1 for CUDA. */
  uint32_t keeps_floats;
  char name[256];
  char driver[128];
  /** Memory of the device, and how much of it is free, in bytes. */
  uint64_t memory_bytes;
  uint64_t free_bytes;
  /** 10^9 float32 operations, and bytes of memory, a second, at best; 0 where
   * the driver does not tell. */
  double peak_gigaflops;
  double peak_gigabytes;
} frieze_device_info;

/** What the last run took. Where copies and kernels overlap, their times add up
 * to more than the whole. */
typedef struct frieze_device_times {
  /** From the call to its return, in seconds. */
  double seconds;
  /** Of the device: copies to it, kernels, copies from it. */
  double copy_in_seconds;
  double kernel_seconds;
  double copy_out_seconds;
  uint64_t bytes_in;
  uint64_t bytes_out;
  /** Kernels that were launched. */
  uint64_t launches;
} frieze_device_times;

/**
 * Splits "cuda", "vulkan", "cuda:1" or the like into enum frieze_device_kind
 * and a number, 0 where there is none. Returns 0, or -1 for another text.
 */
int frieze_device_parse(const char *text, int32_t *kind, uint32_t *index);

/** Opens the device of this number, counted from 0, of enum frieze_device_kind.
 */
int frieze_device_open(int32_t kind, uint32_t index, frieze_device **device,
                       frieze_device_error *error);

/** Closes a device whose models and memory are released; null is none. */
void frieze_device_close(frieze_device *device);

/** What the device tells of itself, now. */
int frieze_device_describe(frieze_device *device, frieze_device_info *info,
                           frieze_device_error *error);

/**
 * Loads a model that was compiled for this kind of device, and tests it: runs
 * calls of fixed pseudo-random numbers on the device and on the CPU. CUDA has
 * to give the same bits, where the CPU has fused multiply-add; else, outputs
 * may differ by FRIEZE_DEVICE_TOLERANCE * (1 + |output|). The model has to
 * outlive what is loaded.
 */
int frieze_device_load(frieze_device *device, const frieze_model *model,
                       frieze_device_model **loaded,
                       frieze_device_error *error);

/** What outputs of the CPU and of a device may differ by, see above. */
#define FRIEZE_DEVICE_TOLERANCE 1e-4

/** The largest difference in that test, as a part of 1 + |output|. */
double frieze_device_difference(const frieze_device_model *loaded);

/** Releases a model; null is none. */
void frieze_device_unload(frieze_device_model *loaded);

/**
 * Runs the model `count` times, 0 or more, and returns when all outputs are
 * written. Arrays are as for run_batch of frieze_model, each in memory of the
 * host or of the device, where it is used as it lies: memory of
 * frieze_device_allocate, or with CUDA any memory of the process, for instance
 * of PyTorch or CuPy. Work on it that was given to CUDA's default stream comes
 * first. Arrays on the host are copied in parts, the next of them while one is
 * computed; from frieze_device_allocate_host without a copy on the CPU.
 */
int frieze_device_run(frieze_device_model *loaded, uint64_t count,
                      const void *const *inputs, void *const *outputs,
                      frieze_device_error *error);

/**
 * Scores a recording of `count` samples whole, with a model that was compiled
 * with --stream-hop: writes the outputs of (count - window) / hop + 1 windows,
 * none where count is less than a window. Arrays are as above, and as of `push`
 * of frieze_stream.
 */
int frieze_device_run_stream(frieze_device_model *loaded, const void *samples,
                             uint64_t count, void *const *outputs,
                             frieze_device_error *error);

/** What the last run of the model took. */
void frieze_device_get_times(const frieze_device_model *loaded,
                             frieze_device_times *times);

/**
 * Allocates memory of the device. With CUDA the pointer is a CUdeviceptr; with
 * Vulkan it only has a meaning for the functions here. Sums of it and a number
 * of bytes within the memory stand for what lies there, for inputs and outputs
 * at multiples of 256 bytes.
 */
int frieze_device_allocate(frieze_device *device, uint64_t bytes, void **memory,
                           frieze_device_error *error);

/** Allocates memory of the host that the device copies from and to by itself.
 */
int frieze_device_allocate_host(frieze_device *device, uint64_t bytes,
                                void **memory, frieze_device_error *error);

/** Releases memory of either kind; null is none. */
void frieze_device_free(frieze_device *device, void *memory);

/** Copies between memory of any kind, and returns when it is done. */
int frieze_device_copy(frieze_device *device, void *to, const void *from,
                       uint64_t bytes, frieze_device_error *error);

#ifdef __cplusplus
}
#endif

#endif /* FRIEZE_DEVICE_H */
