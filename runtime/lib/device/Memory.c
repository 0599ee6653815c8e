/*===- Memory.c - Memory of a device and of its host --------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "Memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int frieze_allocate(frieze_device *device, enum frieze_place place,
                    uint64_t bytes, frieze_memory **allocated,
                    frieze_device_error *error) {
  frieze_memory *memory = calloc(1, sizeof *memory);
  if (!memory)
    return frieze_fail_memory(error);
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

void frieze_release(frieze_device *device, frieze_memory *memory) {
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
  status = frieze_allocate(device, place, bytes, &memory, error);
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
  frieze_release(device, memory);
  if (entered)
    device->driver->leave(device);
}

int frieze_locate(frieze_device *device, const void *pointer,
                  frieze_array_place *array, frieze_device_error *error) {
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

int frieze_copy_now(frieze_device *device, frieze_lane *lane, frieze_region to,
                    frieze_region from, frieze_device_error *error) {
  const frieze_driver *driver = device->driver;
  int status = driver->begin(device, lane, NULL, 0, error);
  if (!status)
    status = driver->copy(device, lane, to, from, error);
  if (!status)
    status = driver->submit(device, lane, error);
  return status ? status : driver->wait(device, lane, NULL, error);
}

/** Copies, of which one side at most is out of the device's reach. */
static int copy_part(frieze_device *device, frieze_lane *lane,
                     const frieze_array_place *to,
                     const frieze_array_place *from, frieze_memory *staging,
                     uint64_t offset, uint64_t bytes,
                     frieze_device_error *error) {
  frieze_region middle = frieze_part(staging->region, 0, bytes);
  int from_host = from->place == FRIEZE_PAGEABLE;
  int to_host = to->place == FRIEZE_PAGEABLE;
  if (from_host)
    memcpy(staging->host, from->host + offset, bytes);
  int status = frieze_copy_now(
      device, lane, to_host ? middle : frieze_part(to->region, offset, bytes),
      from_host ? middle : frieze_part(from->region, offset, bytes), error);
  if (to_host && !status)
    memcpy(to->host + offset, staging->host, bytes);
  return status;
}

static int copy_located(frieze_device *device, const frieze_array_place *to,
                        const frieze_array_place *from, uint64_t bytes,
                        frieze_device_error *error) {
  if (to->host && from->host) {
    memcpy(to->host, from->host, bytes);
    return 0;
  }
  frieze_lane *lane = NULL;
  frieze_memory *staging = NULL;
  uint64_t part = frieze_get_least(bytes, frieze_copied_bytes);
  int status = device->driver->create_lane(device, NULL, &lane, error);
  if (!status)
    status = frieze_allocate(device, FRIEZE_PINNED, part, &staging, error);
  for (uint64_t offset = 0; offset < bytes && !status; offset += part)
    status = copy_part(device, lane, to, from, staging, offset,
                       frieze_get_least(part, bytes - offset), error);
  frieze_release(device, staging);
  device->driver->destroy_lane(device, lane);
  return status;
}

int frieze_device_copy(frieze_device *device, void *to, const void *from,
                       uint64_t bytes, frieze_device_error *error) {
  frieze_array_place places[2];
  int status = bytes ? device->driver->enter(device, error) : 0;
  if (status || !bytes)
    return status;
  status = frieze_locate(device, to, &places[0], error);
  if (!status)
    status = frieze_locate(device, from, &places[1], error);
  if (!status)
    status = copy_located(device, &places[0], &places[1], bytes, error);
  device->driver->leave(device);
  return status;
}
