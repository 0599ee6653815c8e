/*===- Model.c - Loading a model on a device ----------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "Model.h"
#include "SelfTest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

double frieze_device_difference(const frieze_device_model *loaded) {
  return loaded->difference;
}

void frieze_device_get_times(const frieze_device_model *loaded,
                             frieze_device_times *times) {
  *times = loaded->times;
}

void frieze_release_buffers(frieze_device_model *loaded,
                            frieze_lane_state *state) {
  for (uint64_t i = 0; state->resident && i <= loaded->arrays; ++i) {
    frieze_release(loaded->device, state->resident[i]);
    state->resident[i] = NULL;
  }
  for (uint64_t i = 0; state->staging && i < loaded->arrays; ++i) {
    frieze_release(loaded->device, state->staging[i]);
    state->staging[i] = NULL;
  }
}

void frieze_device_unload(frieze_device_model *loaded) {
  if (!loaded)
    return;
  const frieze_driver *driver = loaded->device->driver;
  frieze_device_error error;
  int entered = !driver->enter(loaded->device, &error);
  for (int i = 0; i < FRIEZE_LANES; ++i) {
    frieze_lane_state *state = &loaded->lanes[i];
    frieze_release_buffers(loaded, state);
    driver->destroy_lane(loaded->device, state->lane);
    free(state->resident);
    free(state->staging);
  }
  frieze_release(loaded->device, loaded->weights);
  driver->unload(loaded->device, loaded->code);
  if (entered)
    driver->leave(loaded->device);
  free(loaded->places);
  free(loaded->regions);
  free(loaded);
}

/** Copies memory of the host to the device, by way of memory that it reaches.
 */
static int upload(frieze_device *device, frieze_lane *lane, frieze_region to,
                  const void *from, frieze_device_error *error) {
  frieze_memory *staging;
  int status =
      frieze_allocate(device, FRIEZE_PINNED, to.bytes, &staging, error);
  if (status)
    return status;
  memcpy(staging->host, from, to.bytes);
  status = frieze_copy_now(device, lane, to,
                           frieze_part(staging->region, 0, to.bytes), error);
  frieze_release(device, staging);
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
  const char *wanted = frieze_get_kind_name(device->info.kind);
  if (!source || source->kind != device->info.kind)
    return frieze_device_fail(
        error, FRIEZE_DEVICE_UNFIT,
        "expects code for %s, but got %s%s; compile with --target=%s", wanted,
        source ? "code for " : "none",
        source ? frieze_get_kind_name(source->kind) : "", wanted);
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
  int status =
      loaded->places && loaded->regions ? 0 : frieze_fail_memory(error);
  if (!status)
    status = driver->load(device, source, buffers, &loaded->code, error);
  for (int i = 0; i < FRIEZE_LANES && !status; ++i) {
    frieze_lane_state *state = &loaded->lanes[i];
    state->resident = calloc(loaded->arrays + 1, sizeof *state->resident);
    state->staging = calloc(loaded->arrays + 1, sizeof *state->staging);
    status =
        state->resident && state->staging
            ? driver->create_lane(device, loaded->code, &state->lane, error)
            : frieze_fail_memory(error);
  }
  if (!status)
    status = frieze_allocate(device, FRIEZE_RESIDENT, source->weights_bytes,
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
    return frieze_fail_memory(error);
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
