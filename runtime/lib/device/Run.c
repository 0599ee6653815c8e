/*===- Run.c - Running a model on a device ------------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#define _POSIX_C_SOURCE 200809L

#include "Model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Slices begin at multiples of so many calls, and so at 256 bytes. */
enum { SLICE_CALLS = 64 };
/* A slice is long beside a launch. */
static const uint64_t arena_slice_bytes = 256u << 20;

/** An array of a run, in bytes. */
typedef struct run_array {
  /** From a call to the next, and what one reads or writes. */
  uint64_t step;
  uint64_t extent;
  /** Of the caller's array. */
  uint64_t total;
} run_array;

typedef struct run_state {
  frieze_device_model *loaded;
  uint64_t calls;
  const frieze_device_kernel *kernels;
  uint64_t kernel_count;
  /** Number of the first kernel among those of the code. */
  uint64_t first_kernel;
  uint64_t arena_bytes;
  /** Inputs, then outputs. */
  run_array *arrays;
  /** Calls of a slice. */
  uint64_t slice;
} run_state;

static uint64_t get_most(uint64_t a, uint64_t b) { return a > b ? a : b; }

static int is_input(const run_state *run, uint64_t array) {
  return array < run->loaded->model->input_count;
}

/** Bytes that a slice reads or writes of an array; some of them may lie beyond
 * the caller's. */
static uint64_t get_slice_bytes(const run_array *array, uint64_t calls) {
  return (calls - 1) * array->step + array->extent;
}

/** Bytes of the caller's that a slice from call `first` on has to do with. */
static uint64_t get_valid_bytes(const run_array *array, uint64_t first,
                                uint64_t calls) {
  return frieze_get_least(get_slice_bytes(array, calls),
                          array->total - first * array->step);
}

/** Whether kernels work on the caller's array itself, in the slice from call
 * `first` on. */
static int is_in_place(const run_state *run, uint64_t index, uint64_t first,
                       uint64_t calls) {
  const run_array *array = &run->arrays[index];
  const frieze_array_place *place = &run->loaded->places[index];
  return place->place == FRIEZE_RESIDENT &&
         (place->region.offset + first * array->step) %
                 run->loaded->device->alignment ==
             0 &&
         get_valid_bytes(array, first, calls) == get_slice_bytes(array, calls);
}

/** The same for all slices. */
static int is_always_in_place(const run_state *run, uint64_t index) {
  uint64_t slice = frieze_get_least(run->calls, run->slice);
  /* The last slice is the one that may have samples missing, and the others are
   * as far apart as the second from the first. */
  uint64_t last = (run->calls - 1) / slice * slice;
  return is_in_place(run, index, 0, slice) &&
         is_in_place(run, index, last, run->calls - last) &&
         (!last || is_in_place(run, index, slice, 1));
}

/** Makes `memory` at least so large; what it held is lost. */
static int ensure(frieze_device *device, enum frieze_place place,
                  uint64_t bytes, frieze_memory **memory,
                  frieze_device_error *error) {
  if (*memory && (*memory)->region.bytes >= bytes)
    return 0;
  frieze_release(device, *memory);
  *memory = NULL;
  return frieze_allocate(device, place, bytes, memory, error);
}

/** Allocates what a slice on the lane takes. */
static int prepare_lane(const run_state *run, frieze_lane_state *state,
                        frieze_device_error *error) {
  frieze_device_model *loaded = run->loaded;
  frieze_device *device = loaded->device;
  int status =
      ensure(device, FRIEZE_RESIDENT,
             frieze_get_least(run->calls, run->slice) * run->arena_bytes,
             &state->resident[loaded->arrays], error);
  for (uint64_t i = 0; i < loaded->arrays && !status; ++i) {
    const run_array *array = &run->arrays[i];
    uint64_t bytes =
        get_slice_bytes(array, frieze_get_least(run->calls, run->slice));
    if (!is_always_in_place(run, i))
      status =
          ensure(device, FRIEZE_RESIDENT, bytes, &state->resident[i], error);
    if (!status && loaded->places[i].place == FRIEZE_PAGEABLE)
      status = ensure(device, FRIEZE_PINNED, bytes, &state->staging[i], error);
  }
  return status;
}

/** Calls that a slice may have by the limits of the device. */
static uint64_t find_limit(const run_state *run) {
  const frieze_device *device = run->loaded->device;
  uint64_t limit = INT32_MAX;
  for (uint64_t i = 0; i < run->kernel_count; ++i) {
    const frieze_device_kernel *kernel = &run->kernels[i];
    limit =
        frieze_get_least(limit, device->max_groups / kernel->groups_per_call *
                                    kernel->calls_per_group);
  }
  for (uint64_t i = 0; i < run->loaded->arrays; ++i)
    limit = frieze_get_least(
        limit, device->max_array_bytes /
                   get_most(run->arrays[i].step, run->arrays[i].extent));
  if (run->arena_bytes)
    limit = frieze_get_least(limit, device->max_array_bytes / run->arena_bytes);
  return limit;
}

static uint64_t round_slice(uint64_t calls) {
  return calls < SLICE_CALLS ? calls : calls / SLICE_CALLS * SLICE_CALLS;
}

/** Finds how many calls to make at a time, and allocates for them. Returns the
 * number of lanes, or 0 with error and status filled in. */
static int prepare(run_state *run, int *status, frieze_device_error *error) {
  frieze_device_model *loaded = run->loaded;
  uint64_t copied = 0;
  for (uint64_t i = 0; i < loaded->arrays; ++i)
    if (loaded->places[i].place != FRIEZE_RESIDENT)
      copied += run->arrays[i].step;
  uint64_t slice = find_limit(run);
  if (copied)
    slice = frieze_get_least(slice, frieze_copied_bytes / copied + 1);
  if (run->arena_bytes)
    slice = frieze_get_least(slice, arena_slice_bytes / run->arena_bytes + 1);
  if (!slice) {
    *status = frieze_device_fail(error, FRIEZE_DEVICE_UNFIT,
                                 "expects a device with larger arrays than "
                                 "%" PRIu64 " bytes",
                                 loaded->device->max_array_bytes);
    return 0;
  }
  for (;; slice /= 2) {
    run->slice = round_slice(slice);
    int lanes = run->calls > run->slice ? FRIEZE_LANES : 1;
    *status = 0;
    for (int i = 0; i < lanes && !*status; ++i)
      *status = prepare_lane(run, &loaded->lanes[i], error);
    if (!*status)
      return lanes;
    for (int i = 0; i < FRIEZE_LANES; ++i)
      frieze_release_buffers(loaded, &loaded->lanes[i]);
    if (*status != FRIEZE_DEVICE_MEMORY || slice == 1)
      return 0;
  }
}

/** Adds the copies of a slice's inputs, and finds where its arrays are. */
static int add_inputs(run_state *run, frieze_lane_state *state,
                      frieze_device_error *error) {
  frieze_device_model *loaded = run->loaded;
  frieze_device *device = loaded->device;
  int status = 0;
  for (uint64_t i = 0; i < loaded->model->input_count && !status; ++i) {
    if (is_in_place(run, i, state->first, state->calls))
      continue;
    const run_array *array = &run->arrays[i];
    const frieze_array_place *place = &loaded->places[i];
    uint64_t offset = state->first * array->step;
    uint64_t bytes = get_valid_bytes(array, state->first, state->calls);
    frieze_region from = frieze_part(place->region, offset, bytes);
    if (place->place == FRIEZE_PAGEABLE) {
      memcpy(state->staging[i]->host, place->host + offset, bytes);
      from = frieze_part(state->staging[i]->region, 0, bytes);
    }
    status = device->driver->copy(
        device, state->lane, frieze_part(state->resident[i]->region, 0, bytes),
        from, error);
    if (place->place != FRIEZE_RESIDENT)
      loaded->times.bytes_in += bytes;
  }
  return status;
}

static int add_outputs(run_state *run, frieze_lane_state *state,
                       frieze_device_error *error) {
  frieze_device_model *loaded = run->loaded;
  frieze_device *device = loaded->device;
  int status = 0;
  for (uint64_t i = loaded->model->input_count; i < loaded->arrays && !status;
       ++i) {
    if (is_in_place(run, i, state->first, state->calls))
      continue;
    const run_array *array = &run->arrays[i];
    const frieze_array_place *place = &loaded->places[i];
    uint64_t bytes = get_valid_bytes(array, state->first, state->calls);
    frieze_region to =
        place->place == FRIEZE_PAGEABLE
            ? frieze_part(state->staging[i]->region, 0, bytes)
            : frieze_part(place->region, state->first * array->step, bytes);
    status = device->driver->copy(
        device, state->lane, to,
        frieze_part(state->resident[i]->region, 0, bytes), error);
    if (place->place != FRIEZE_RESIDENT)
      loaded->times.bytes_out += bytes;
  }
  return status;
}

/** Fills in the parameters of a slice's kernels. */
static void find_regions(run_state *run, frieze_lane_state *state) {
  frieze_device_model *loaded = run->loaded;
  for (uint64_t i = 0; i < loaded->arrays; ++i) {
    const run_array *array = &run->arrays[i];
    uint64_t bytes = get_slice_bytes(array, state->calls);
    loaded->regions[i] =
        is_in_place(run, i, state->first, state->calls)
            ? frieze_part(loaded->places[i].region, state->first * array->step,
                          bytes)
            : frieze_part(state->resident[i]->region, 0, bytes);
  }
  loaded->regions[loaded->arrays] = loaded->weights->region;
  loaded->regions[loaded->arrays + 1] = state->resident[loaded->arrays]->region;
}

static int launch_kernels(run_state *run, frieze_lane_state *state,
                          frieze_device_error *error) {
  frieze_device *device = run->loaded->device;
  int status = 0;
  for (uint64_t i = 0; i < run->kernel_count && !status; ++i) {
    const frieze_device_kernel *kernel = &run->kernels[i];
    uint64_t groups = (state->calls - 1) / kernel->calls_per_group + 1;
    status =
        device->driver->launch(device, state->lane, run->first_kernel + i,
                               (uint32_t)(groups * kernel->groups_per_call),
                               kernel->group_size, error);
    ++run->loaded->times.launches;
  }
  return status;
}

/** Gives a slice to its lane. */
static int start_slice(run_state *run, frieze_lane_state *state,
                       frieze_device_error *error) {
  frieze_device_model *loaded = run->loaded;
  frieze_device *device = loaded->device;
  const frieze_driver *driver = device->driver;
  find_regions(run, state);
  /* Whatever fails from here on, there may be work to wait for. */
  state->is_busy = 1;
  int status = driver->begin(device, state->lane, loaded->regions,
                             (uint32_t)state->calls, error);
  if (status || (status = driver->mark(device, state->lane, 0, error)) ||
      (status = add_inputs(run, state, error)) ||
      (status = driver->mark(device, state->lane, 1, error)) ||
      (status = launch_kernels(run, state, error)) ||
      (status = driver->mark(device, state->lane, 2, error)) ||
      (status = add_outputs(run, state, error)) ||
      (status = driver->mark(device, state->lane, 3, error)))
    return status;
  return driver->submit(device, state->lane, error);
}

/** Waits for the slice on a lane, and hands out what it computed. */
static int finish_slice(run_state *run, frieze_lane_state *state,
                        frieze_device_error *error) {
  frieze_device_model *loaded = run->loaded;
  double seconds[FRIEZE_POINTS - 1] = {0};
  if (!state->is_busy)
    return 0;
  state->is_busy = 0;
  int status =
      loaded->device->driver->wait(loaded->device, state->lane, seconds, error);
  if (status)
    return status;
  loaded->times.copy_in_seconds += seconds[0];
  loaded->times.kernel_seconds += seconds[1];
  loaded->times.copy_out_seconds += seconds[2];
  for (uint64_t i = loaded->model->input_count; i < loaded->arrays; ++i)
    if (loaded->places[i].place == FRIEZE_PAGEABLE)
      memcpy(loaded->places[i].host + state->first * run->arrays[i].step,
             state->staging[i]->host,
             get_valid_bytes(&run->arrays[i], state->first, state->calls));
  return 0;
}

static double get_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int run_slices(run_state *run, const void *const *inputs,
                      void *const *outputs, frieze_device_error *error) {
  frieze_device_model *loaded = run->loaded;
  int status = 0;
  for (uint64_t i = 0; i < loaded->arrays && !status; ++i)
    status = frieze_locate(
        loaded->device,
        is_input(run, i) ? inputs[i] : outputs[i - loaded->model->input_count],
        &loaded->places[i], error);
  int lanes = status ? 0 : prepare(run, &status, error);
  uint64_t number = 0;
  for (uint64_t first = 0; first < run->calls && !status;
       first += run->slice, ++number) {
    frieze_lane_state *state = &loaded->lanes[number % lanes];
    status = finish_slice(run, state, error);
    if (status)
      break;
    state->first = first;
    state->calls = frieze_get_least(run->slice, run->calls - first);
    status = start_slice(run, state, error);
  }
  /* From the oldest on. Nothing may be in flight when the caller goes on, after
   * an error either, whose text is the first one. */
  for (int i = 0; i < lanes; ++i) {
    frieze_device_error other;
    int finished = finish_slice(run, &loaded->lanes[(number + i) % lanes],
                                status ? &other : error);
    status = status ? status : finished;
  }
  return status;
}

/** Makes the calls of a run whose arrays are known. */
static int run_calls(run_state *run, const void *const *inputs,
                     void *const *outputs, frieze_device_error *error) {
  frieze_device_model *loaded = run->loaded;
  const frieze_driver *driver = loaded->device->driver;
  memset(&loaded->times, 0, sizeof loaded->times);
  if (!run->calls)
    return 0;
  double start = get_seconds();
  int status = driver->enter(loaded->device, error);
  if (!status) {
    status = run_slices(run, inputs, outputs, error);
    driver->leave(loaded->device);
  }
  loaded->times.seconds = get_seconds() - start;
  return status;
}

int frieze_device_run(frieze_device_model *loaded, uint64_t count,
                      const void *const *inputs, void *const *outputs,
                      frieze_device_error *error) {
  const frieze_model *model = loaded->model;
  run_array *arrays = calloc(loaded->arrays + 1, sizeof *arrays);
  if (!arrays)
    return frieze_fail_memory(error);
  run_state run = {loaded,
                   count,
                   model->device->kernels,
                   model->device->kernel_count,
                   0,
                   model->device->arena_bytes,
                   arrays,
                   0};
  for (uint64_t i = 0; i < loaded->arrays; ++i) {
    uint64_t elements = is_input(&run, i)
                            ? model->inputs[i].elements
                            : model->outputs[i - model->input_count].elements;
    arrays[i].step = arrays[i].extent = elements * sizeof(float);
    arrays[i].total = count * arrays[i].step;
  }
  int status = run_calls(&run, inputs, outputs, error);
  free(arrays);
  return status;
}

int frieze_device_run_stream(frieze_device_model *loaded, const void *samples,
                             uint64_t count, void *const *outputs,
                             frieze_device_error *error) {
  const frieze_model *model = loaded->model;
  const frieze_device_code *source = model->device;
  const frieze_stream *stream = model->stream;
  if (!stream || !source->stream_kernel_count)
    return frieze_device_fail(error, FRIEZE_DEVICE_UNFIT,
                              "expects a model compiled with --stream-hop");
  uint64_t windows =
      count < stream->window ? 0 : (count - stream->window) / stream->hop + 1;
  uint64_t sample_bytes = stream->channels * sizeof(float);
  run_array *arrays = calloc(loaded->arrays + 1, sizeof *arrays);
  if (!arrays)
    return frieze_fail_memory(error);
  run_state run = {loaded,
                   (windows + source->stream_windows - 1) /
                       source->stream_windows,
                   source->stream_kernels,
                   source->stream_kernel_count,
                   source->kernel_count,
                   source->stream_arena_bytes,
                   arrays,
                   0};
  arrays[0].step = source->stream_windows * stream->hop * sample_bytes;
  arrays[0].extent = source->stream_samples * sample_bytes;
  arrays[0].total = count * sample_bytes;
  for (uint64_t i = 0; i < model->output_count; ++i) {
    run_array *array = &arrays[model->input_count + i];
    uint64_t bytes = model->outputs[i].elements * sizeof(float);
    array->step = array->extent = source->stream_windows * bytes;
    array->total = windows * bytes;
  }
  const void *inputs[] = {samples};
  int status = run_calls(&run, inputs, outputs, error);
  free(arrays);
  return status;
}
