/*===- Device.c - Devices of any driver ---------------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "Driver.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int frieze_device_fail(frieze_device_error *error, int status,
                       const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->text, sizeof error->text, format, arguments);
  va_end(arguments);
  return status;
}

int frieze_fail_memory(frieze_device_error *error) {
  return frieze_device_fail(error, FRIEZE_DEVICE_MEMORY, "out of memory");
}

static const frieze_driver *find_driver(int32_t kind) {
#ifdef FRIEZE_HAS_VULKAN
  if (kind == FRIEZE_VULKAN)
    return &frieze_vulkan_driver;
#endif
  return kind == FRIEZE_CUDA ? &frieze_cuda_driver : NULL;
}

const char *frieze_get_kind_name(int32_t kind) {
  return kind == FRIEZE_CUDA     ? "cuda"
         : kind == FRIEZE_VULKAN ? "vulkan"
                                 : "one that is not known";
}

int frieze_device_parse(const char *text, int32_t *kind, uint32_t *index) {
  static const int32_t kinds[] = {FRIEZE_CUDA, FRIEZE_VULKAN};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    size_t length = strlen(frieze_get_kind_name(kinds[i]));
    if (strncmp(text, frieze_get_kind_name(kinds[i]), length))
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
                              frieze_get_kind_name(kind));
  frieze_device *opened = calloc(1, driver->device_bytes);
  if (!opened)
    return frieze_fail_memory(error);
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
