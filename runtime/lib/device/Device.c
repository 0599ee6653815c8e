/*===- Device.c - Running a model on a device of any driver -------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#define _POSIX_C_SOURCE 200809L

#include "Driver.h"
#include "SelfTest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  /* Of two slices, one is copied or launched while the other is computed. */
  LANES = 2,
  /* Slices begin at multiples of so many calls, and so at 256 bytes. */
  SLICE_CALLS = 64,
};
/* Short for little time before the first kernel, long beside a launch. */
static const uint64_t copied_slice_bytes = 32u << 20;
static const uint64_t arena_slice_bytes = 256u << 20;

int frieze_device_fail(frieze_device_error *error, int status,
                       const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->text, sizeof error->text, format, arguments);
  va_end(arguments);
  return status;
}

static int fail_memory(frieze_device_error *error) {
  return frieze_device_fail(error, FRIEZE_DEVICE_MEMORY, "out of memory");
}

/*===----------------------------------------------------------------------===*\
|* Devices
\*===----------------------------------------------------------------------===*/

static const frieze_driver *find_driver(int32_t kind) {
#ifdef FRIEZE_HAS_VULKAN
  if (kind == FRIEZE_VULKAN)
    return &frieze_vulkan_driver;
#endif
  return kind == FRIEZE_CUDA ? &frieze_cuda_driver : NULL;
}

static const char *get_kind_name(int32_t kind) {
  return kind == FRIEZE_CUDA     ? "cuda"
         : kind == FRIEZE_VULKAN ? "vulkan"
                                 : "one that is not known";
}

int frieze_device_parse(const char *text, int32_t *kind, uint32_t *index) {
  static const int32_t kinds[] = {FRIEZE_CUDA, FRIEZE_VULKAN};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    size_t length = strlen(get_kind_name(kinds[i]));
    if (strncmp(text, get_kind_name(kinds[i]), length))
      continue;
    const char *rest = text + length;
    unsigned long number = 0;
    if (*rest) {
      if (*rest != ':' || rest[1] < '0' || rest[1] > '9')
        return -1;
      char *end;
      errno = 0;
      number = strtoul(rest + 1, &end, 10);
      if (*end || errno || number > INT32_MAX)
        return -1;
    }
    *kind = kinds[i];
    *index = (uint32_t)number;
    return 0;
  }
  return -1;
}

int frieze_device_open(int32_t kind, uint32_t index, frieze_device **device,
                       frieze_device_error *error) {
  const frieze_driver *driver = find_driver(kind);
  if (!driver)
    return frieze_device_fail(error, FRIEZE_DEVICE_MISSING,
                              "expects a kind of device that this program was "
                              "built with, but got %s",
                              get_kind_name(kind));
  frieze_device *opened = calloc(1, driver->device_bytes);
  if (!opened)
    return fail_memory(error);
  opened->driver = driver;
  int status = driver->open(opened, index, error);
  if (status)
    frieze_device_close(opened);
  else
    *device = opened;
  return status;
}

void frieze_device_close(frieze_device *device) {
  if (!device)
    return;
  while (device->memories)
    frieze_device_free(device, device->memories->pointer);
  device->driver->close(device);
  free(device);
}

int frieze_device_describe(frieze_device *device, frieze_device_info *info,
                           frieze_device_error *error) {
  int status = device->driver->enter(device, error);
  if (status)
    return status;
  status = device->driver->find_free(device, &device->info.free_bytes, error);
  device->driver->leave(device);
  *info = device->info;
  return status;
}

/*===----------------------------------------------------------------------===*\
|* Memory
\*===----------------------------------------------------------------------===*/

/** Allocates memory, which joins the list of the device. */
static int allocate(frieze_device *device, enum frieze_place place,
                    uint64_t bytes, frieze_memory **allocated,
                    frieze_device_error *error) {
  frieze_memory *memory = calloc(1, sizeof *memory);
  if (!memory)
    return fail_memory(error);
  int status =
      device->driver->allocate(device, place, bytes ? bytes : 1, memory, error);
  if (status) {
    free(memory);
    if (status == FRIEZE_DEVICE_MEMORY) {
      frieze_device_error reason = *error;
      uint64_t unused = 0;
      frieze_device_error other;
      if (!device->driver->find_free(device, &unused, &other))
        frieze_device_fail(error, status,
                           "too little memory on %s: expects %" PRIu64
                           " bytes, but %" PRIu64 " are free (%.200s)",
                           place == FRIEZE_PINNED ? "the host"
                                                  : device->info.name,
                           bytes, unused, reason.text);
    }
    return status;
  }
  memory->next = device->memories;
  device->memories = memory;
  *allocated = memory;
  return 0;
}

static void release(frieze_device *device, frieze_memory *memory) {
  if (!memory)
    return;
  frieze_memory **link = &device->memories;
  while (*link != memory)
    link = &(*link)->next;
  *link = memory->next;
  device->driver->release(device, memory);
  free(memory);
}

static int allocate_pointer(frieze_device *device, enum frieze_place place,
                            uint64_t bytes, void **pointer,
                            frieze_device_error *error) {
  frieze_memory *memory;
  int status = device->driver->enter(device, error);
  if (status)
    return status;
  status = allocate(device, place, bytes, &memory, error);
  device->driver->leave(device);
  if (!status)
    *pointer = memory->pointer;
  return status;
}

int frieze_device_allocate(frieze_device *device, uint64_t bytes, void **memory,
                           frieze_device_error *error) {
  return allocate_pointer(device, FRIEZE_RESIDENT, bytes, memory, error);
}

int frieze_device_allocate_host(frieze_device *device, uint64_t bytes,
                                void **memory, frieze_device_error *error) {
  return allocate_pointer(device, FRIEZE_PINNED, bytes, memory, error);
}

void frieze_device_free(frieze_device *device, void *pointer) {
  frieze_device_error error;
  frieze_memory *memory = device->memories;
  while (memory && memory->pointer != pointer)
    memory = memory->next;
  if (!memory)
    return;
  /* A device that is lost has to give back what it can. */
  int entered = !device->driver->enter(device, &error);
  release(device, memory);
  if (entered)
    device->driver->leave(device);
}

/** Where an array of the caller's lies. */
typedef struct place_of_array {
  enum frieze_place place;
  /** Unless it is pageable. */
  frieze_region region;
  /** For the CPU; null where that does not see it. */
  char *host;
} place_of_array;

static int locate(frieze_device *device, const void *pointer,
                  place_of_array *array, frieze_device_error *error) {
  uintptr_t address = (uintptr_t)pointer;
  for (frieze_memory *memory = device->memories; memory;
       memory = memory->next) {
    uintptr_t start = (uintptr_t)memory->pointer;
    if (address < start || address - start >= memory->region.bytes)
      continue;
    uint64_t offset = address - start;
    array->place = memory->host ? FRIEZE_PINNED : FRIEZE_RESIDENT;
    array->host = memory->host ? (char *)memory->host + offset : NULL;
    array->region =
        frieze_part(memory->region, offset, memory->region.bytes - offset);
    return 0;
  }
  /* Regions are cut to size where they are used. */
  array->region.bytes = UINT64_MAX;
  int status = device->driver->locate(device, pointer, &array->place,
                                      &array->region, error);
  array->host = array->place == FRIEZE_RESIDENT ? NULL : (char *)address;
  return status;
}

/*===----------------------------------------------------------------------===*\
|* Models
\*===----------------------------------------------------------------------===*/

/** A lane and what a slice on it takes. */
typedef struct lane_state {
  frieze_lane *lane;
  int is_busy;
  /** Of each input, then of each output: memory of the device and of the host
   * that an array passes through; the last is the arena. */
  frieze_memory **resident;
  frieze_memory **staging;
  /** Calls of the slice, from the first on. */
  uint64_t first;
  uint64_t calls;
} lane_state;

struct frieze_device_model {
  frieze_device *device;
  const frieze_model *model;
  frieze_code *code;
  frieze_memory *weights;
  lane_state lanes[LANES];
  frieze_device_times times;
  double difference;
  /** Inputs and outputs. */
  uint64_t arrays;
  /** Of the run in progress. */
  place_of_array *places;
  frieze_region *regions;
};

double frieze_device_difference(const frieze_device_model *loaded) {
  return loaded->difference;
}

void frieze_device_get_times(const frieze_device_model *loaded,
                             frieze_device_times *times) {
  *times = loaded->times;
}

static void release_buffers(frieze_device_model *loaded, lane_state *state) {
  for (uint64_t i = 0; state->resident && i <= loaded->arrays; ++i) {
    release(loaded->device, state->resident[i]);
    state->resident[i] = NULL;
  }
  for (uint64_t i = 0; state->staging && i < loaded->arrays; ++i) {
    release(loaded->device, state->staging[i]);
    state->staging[i] = NULL;
  }
}

void frieze_device_unload(frieze_device_model *loaded) {
  if (!loaded)
    return;
  const frieze_driver *driver = loaded->device->driver;
  frieze_device_error error;
  int entered = !driver->enter(loaded->device, &error);
  for (int i = 0; i < LANES; ++i) {
    lane_state *state = &loaded->lanes[i];
    release_buffers(loaded, state);
    driver->destroy_lane(loaded->device, state->lane);
    free(state->resident);
    free(state->staging);
  }
  release(loaded->device, loaded->weights);
  driver->unload(loaded->device, loaded->code);
  if (entered)
    driver->leave(loaded->device);
  free(loaded->places);
  free(loaded->regions);
  free(loaded);
}

/** Copies on a lane, and waits. */
static int copy_now(frieze_device *device, frieze_lane *lane, frieze_region to,
                    frieze_region from, frieze_device_error *error) {
  const frieze_driver *driver = device->driver;
  int status = driver->begin(device, lane, NULL, 0, error);
  if (!status)
    status = driver->copy(device, lane, to, from, error);
  if (!status)
    status = driver->submit(device, lane, error);
  return status ? status : driver->wait(device, lane, NULL, error);
}

/** Copies memory of the host to the device, by way of memory that it reaches.
 */
static int upload(frieze_device *device, frieze_lane *lane, frieze_region to,
                  const void *from, frieze_device_error *error) {
  frieze_memory *staging;
  int status = allocate(device, FRIEZE_PINNED, to.bytes, &staging, error);
  if (status)
    return status;
  memcpy(staging->host, from, to.bytes);
  status = copy_now(device, lane, to, frieze_part(staging->region, 0, to.bytes),
                    error);
  release(device, staging);
  return status;
}

static int check_kernels(const frieze_device *device,
                         const frieze_device_kernel *kernels, uint64_t count,
                         frieze_device_error *error) {
  for (uint64_t i = 0; i < count; ++i) {
    if (kernels[i].group_size > device->max_group_size)
      return frieze_device_fail(error, FRIEZE_DEVICE_UNFIT,
                                "expects a device with groups of %" PRIu32
                                " threads, but %s has %" PRIu64,
                                kernels[i].group_size, device->info.name,
                                device->max_group_size);
    if (kernels[i].groups_per_call > device->max_groups)
      return frieze_device_fail(
          error, FRIEZE_DEVICE_UNFIT,
          "expects a device with %" PRIu32 " groups, but %s has %" PRIu64,
          kernels[i].groups_per_call, device->info.name, device->max_groups);
  }
  return 0;
}

static int check_model(const frieze_device *device, const frieze_model *model,
                       frieze_device_error *error) {
  if (model->abi_version != FRIEZE_ABI_VERSION ||
      model->struct_size != sizeof *model)
    return frieze_device_fail(error, FRIEZE_DEVICE_UNFIT,
                              "was compiled by another version of Frieze");
  const frieze_device_code *source = model->device;
  const char *wanted = get_kind_name(device->info.kind);
  if (!source || source->kind != device->info.kind)
    return frieze_device_fail(
        error, FRIEZE_DEVICE_UNFIT,
        "expects code for %s, but got %s%s; compile with --target=%s", wanted,
        source ? "code for " : "none",
        source ? get_kind_name(source->kind) : "", wanted);
  if (!source->kernel_count)
    return frieze_device_fail(error, FRIEZE_DEVICE_UNFIT,
                              "expects a kernel, but got none");
  if (source->weights_bytes > device->max_array_bytes)
    return frieze_device_fail(error, FRIEZE_DEVICE_UNFIT,
                              "expects a device with arrays of %" PRIu64
                              " bytes, but %s has %" PRIu64,
                              source->weights_bytes, device->info.name,
                              device->max_array_bytes);
  int status =
      check_kernels(device, source->kernels, source->kernel_count, error);
  return status ? status
                : check_kernels(device, source->stream_kernels,
                                source->stream_kernel_count, error);
}

/** Loads code and weights. */
static int load_parts(frieze_device_model *loaded, frieze_device_error *error) {
  frieze_device *device = loaded->device;
  const frieze_driver *driver = device->driver;
  const frieze_device_code *source = loaded->model->device;
  /* Weights and arena come behind the arrays. */
  uint32_t buffers = (uint32_t)loaded->arrays + 2;
  loaded->places = calloc(loaded->arrays + 1, sizeof *loaded->places);
  loaded->regions = calloc(buffers, sizeof *loaded->regions);
  int status = loaded->places && loaded->regions ? 0 : fail_memory(error);
  if (!status)
    status = driver->load(device, source, buffers, &loaded->code, error);
  for (int i = 0; i < LANES && !status; ++i) {
    lane_state *state = &loaded->lanes[i];
    state->resident = calloc(loaded->arrays + 1, sizeof *state->resident);
    state->staging = calloc(loaded->arrays + 1, sizeof *state->staging);
    status =
        state->resident && state->staging
            ? driver->create_lane(device, loaded->code, &state->lane, error)
            : fail_memory(error);
  }
  if (!status)
    status = allocate(device, FRIEZE_RESIDENT, source->weights_bytes,
                      &loaded->weights, error);
  if (!status && source->weights_bytes)
    status =
        upload(device, loaded->lanes[0].lane,
               frieze_part(loaded->weights->region, 0, source->weights_bytes),
               source->weights, error);
  return status;
}

int frieze_device_load(frieze_device *device, const frieze_model *model,
                       frieze_device_model **result,
                       frieze_device_error *error) {
  int status = check_model(device, model, error);
  if (status)
    return status;
  frieze_device_model *loaded = calloc(1, sizeof *loaded);
  if (!loaded)
    return fail_memory(error);
  loaded->device = device;
  loaded->model = model;
  loaded->arrays = model->input_count + model->output_count;
  status = device->driver->enter(device, error);
  if (!status) {
    status = load_parts(loaded, error);
    device->driver->leave(device);
  }
  if (!status)
    status = frieze_self_test(loaded, model, device->info.kind,
                              &loaded->difference, error);
  if (status)
    frieze_device_unload(loaded);
  else
    *result = loaded;
  return status;
}

/*===----------------------------------------------------------------------===*\
|* Runs
\*===----------------------------------------------------------------------===*/

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

static uint64_t get_least(uint64_t a, uint64_t b) { return a < b ? a : b; }

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
  return get_least(get_slice_bytes(array, calls),
                   array->total - first * array->step);
}

/** Whether kernels work on the caller's array itself, in the slice from call
 * `first` on. */
static int is_in_place(const run_state *run, uint64_t index, uint64_t first,
                       uint64_t calls) {
  const run_array *array = &run->arrays[index];
  const place_of_array *place = &run->loaded->places[index];
  return place->place == FRIEZE_RESIDENT &&
         (place->region.offset + first * array->step) %
                 run->loaded->device->alignment ==
             0 &&
         get_valid_bytes(array, first, calls) == get_slice_bytes(array, calls);
}

/** The same for all slices. */
static int is_always_in_place(const run_state *run, uint64_t index) {
  uint64_t slice = get_least(run->calls, run->slice);
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
  release(device, *memory);
  *memory = NULL;
  return allocate(device, place, bytes, memory, error);
}

/** Allocates what a slice on the lane takes. */
static int prepare_lane(const run_state *run, lane_state *state,
                        frieze_device_error *error) {
  frieze_device_model *loaded = run->loaded;
  frieze_device *device = loaded->device;
  int status = ensure(device, FRIEZE_RESIDENT,
                      get_least(run->calls, run->slice) * run->arena_bytes,
                      &state->resident[loaded->arrays], error);
  for (uint64_t i = 0; i < loaded->arrays && !status; ++i) {
    const run_array *array = &run->arrays[i];
    uint64_t bytes = get_slice_bytes(array, get_least(run->calls, run->slice));
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
    limit = get_least(limit, device->max_groups / kernel->groups_per_call *
                                 kernel->calls_per_group);
  }
  for (uint64_t i = 0; i < run->loaded->arrays; ++i)
    limit = get_least(limit,
                      device->max_array_bytes /
                          get_most(run->arrays[i].step, run->arrays[i].extent));
  if (run->arena_bytes)
    limit = get_least(limit, device->max_array_bytes / run->arena_bytes);
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
    slice = get_least(slice, copied_slice_bytes / copied + 1);
  if (run->arena_bytes)
    slice = get_least(slice, arena_slice_bytes / run->arena_bytes + 1);
  if (!slice) {
    *status = frieze_device_fail(error, FRIEZE_DEVICE_UNFIT,
                                 "expects a device with larger arrays than "
                                 "%" PRIu64 " bytes",
                                 loaded->device->max_array_bytes);
    return 0;
  }
  for (;; slice /= 2) {
    run->slice = round_slice(slice);
    int lanes = run->calls > run->slice ? LANES : 1;
    *status = 0;
    for (int i = 0; i < lanes && !*status; ++i)
      *status = prepare_lane(run, &loaded->lanes[i], error);
    if (!*status)
      return lanes;
    for (int i = 0; i < LANES; ++i)
      release_buffers(loaded, &loaded->lanes[i]);
    if (*status != FRIEZE_DEVICE_MEMORY || slice == 1)
      return 0;
  }
}

/** Adds the copies of a slice's inputs, and finds where its arrays are. */
static int add_inputs(run_state *run, lane_state *state,
                      frieze_device_error *error) {
  frieze_device_model *loaded = run->loaded;
  frieze_device *device = loaded->device;
  int status = 0;
  for (uint64_t i = 0; i < loaded->model->input_count && !status; ++i) {
    if (is_in_place(run, i, state->first, state->calls))
      continue;
    const run_array *array = &run->arrays[i];
    const place_of_array *place = &loaded->places[i];
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

static int add_outputs(run_state *run, lane_state *state,
                       frieze_device_error *error) {
  frieze_device_model *loaded = run->loaded;
  frieze_device *device = loaded->device;
  int status = 0;
  for (uint64_t i = loaded->model->input_count; i < loaded->arrays && !status;
       ++i) {
    if (is_in_place(run, i, state->first, state->calls))
      continue;
    const run_array *array = &run->arrays[i];
    const place_of_array *place = &loaded->places[i];
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
static void find_regions(run_state *run, lane_state *state) {
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

static int launch_kernels(run_state *run, lane_state *state,
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
static int start_slice(run_state *run, lane_state *state,
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
static int finish_slice(run_state *run, lane_state *state,
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
    status = locate(loaded->device,
                    is_input(run, i) ? inputs[i]
                                     : outputs[i - loaded->model->input_count],
                    &loaded->places[i], error);
  int lanes = status ? 0 : prepare(run, &status, error);
  uint64_t number = 0;
  for (uint64_t first = 0; first < run->calls && !status;
       first += run->slice, ++number) {
    lane_state *state = &loaded->lanes[number % lanes];
    status = finish_slice(run, state, error);
    if (status)
      break;
    state->first = first;
    state->calls = get_least(run->slice, run->calls - first);
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
    return fail_memory(error);
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
    return fail_memory(error);
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

/*===----------------------------------------------------------------------===*\
|* Copies
\*===----------------------------------------------------------------------===*/

/** Copies, of which one side at most is out of the device's reach. */
static int copy_part(frieze_device *device, frieze_lane *lane,
                     const place_of_array *to, const place_of_array *from,
                     frieze_memory *staging, uint64_t offset, uint64_t bytes,
                     frieze_device_error *error) {
  frieze_region middle = frieze_part(staging->region, 0, bytes);
  int from_host = from->place == FRIEZE_PAGEABLE;
  int to_host = to->place == FRIEZE_PAGEABLE;
  if (from_host)
    memcpy(staging->host, from->host + offset, bytes);
  int status = copy_now(
      device, lane, to_host ? middle : frieze_part(to->region, offset, bytes),
      from_host ? middle : frieze_part(from->region, offset, bytes), error);
  if (to_host && !status)
    memcpy(to->host + offset, staging->host, bytes);
  return status;
}

static int copy_located(frieze_device *device, const place_of_array *to,
                        const place_of_array *from, uint64_t bytes,
                        frieze_device_error *error) {
  if (to->host && from->host) {
    memcpy(to->host, from->host, bytes);
    return 0;
  }
  frieze_lane *lane = NULL;
  frieze_memory *staging = NULL;
  uint64_t part = get_least(bytes, copied_slice_bytes);
  int status = device->driver->create_lane(device, NULL, &lane, error);
  if (!status)
    status = allocate(device, FRIEZE_PINNED, part, &staging, error);
  for (uint64_t offset = 0; offset < bytes && !status; offset += part)
    status = copy_part(device, lane, to, from, staging, offset,
                       get_least(part, bytes - offset), error);
  release(device, staging);
  device->driver->destroy_lane(device, lane);
  return status;
}

int frieze_device_copy(frieze_device *device, void *to, const void *from,
                       uint64_t bytes, frieze_device_error *error) {
  place_of_array places[2];
  int status = bytes ? device->driver->enter(device, error) : 0;
  if (status || !bytes)
    return status;
  status = locate(device, to, &places[0], error);
  if (!status)
    status = locate(device, from, &places[1], error);
  if (!status)
    status = copy_located(device, &places[0], &places[1], bytes, error);
  device->driver->leave(device);
  return status;
}
