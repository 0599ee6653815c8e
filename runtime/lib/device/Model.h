/*===- Model.h - A model that is loaded on a device ---------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_LIB_DEVICE_MODEL_H
#define FRIEZE_LIB_DEVICE_MODEL_H

#include "Memory.h"

/* Of two slices, one is copied or launched while the other is computed. */
enum { FRIEZE_LANES = 2 };

/** A lane and what a slice on it takes. */
typedef struct frieze_lane_state {
  frieze_lane *lane;
  int is_busy;
  /** Of each input, then of each output: memory of the device and of the host
   * that an array passes through; the last is the arena. */
  frieze_memory **resident;
  frieze_memory **staging;
  /** Calls of the slice, from the first on. */
  uint64_t first;
  uint64_t calls;
} frieze_lane_state;

struct frieze_device_model {
  frieze_device *device;
  const frieze_model *model;
  frieze_code *code;
  frieze_memory *weights;
  frieze_lane_state lanes[FRIEZE_LANES];
  frieze_device_times times;
  double difference;
  /** Inputs and outputs. */
  uint64_t arrays;
  /** Of the run in progress. */
  frieze_array_place *places;
  frieze_region *regions;
};

/** Releases what slices on the lane have passed through. */
void frieze_release_buffers(frieze_device_model *loaded,
                            frieze_lane_state *state);

#endif /* FRIEZE_LIB_DEVICE_MODEL_H */
