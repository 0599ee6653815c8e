/*===- Cuda.c - The driver of CUDA, opened when asked for ---------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "Driver.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What is used of the driver's API, whose header is not free: names, types and
 * numbers as its reference documents them.
 */
typedef int CUresult;
typedef int CUdevice;
typedef unsigned long long CUdeviceptr;
typedef struct CUctx_st *CUcontext;
typedef struct CUmod_st *CUmodule;
typedef struct CUfunc_st *CUfunction;
typedef struct CUstream_st *CUstream;
typedef struct CUevent_st *CUevent;

enum {
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_DEINITIALIZED = 4,
  CUDA_ERROR_STUB_LIBRARY = 34,
  CUDA_ERROR_DEVICE_UNAVAILABLE = 46,
  CUDA_ERROR_NO_DEVICE = 100,
  CUDA_ERROR_INVALID_DEVICE = 101,
  CUDA_ERROR_INVALID_IMAGE = 200,
  CUDA_ERROR_NO_BINARY_FOR_GPU = 209,
  CUDA_ERROR_ECC_UNCORRECTABLE = 214,
  CUDA_ERROR_INVALID_PTX = 218,
  CUDA_ERROR_UNSUPPORTED_PTX_VERSION = 222,
  CUDA_ERROR_NOT_FOUND = 500,
  CUDA_ERROR_ILLEGAL_ADDRESS = 700,
  CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES = 701,
  CUDA_ERROR_LAUNCH_FAILED = 719,
  CUDA_ERROR_UNKNOWN = 999,

  CU_MAX_THREADS_PER_BLOCK = 1,
  CU_MAX_GRID_DIM_X = 5,
  CU_CLOCK_RATE = 13,
  CU_MULTIPROCESSOR_COUNT = 16,
  CU_MEMORY_CLOCK_RATE = 36,
  CU_MEMORY_BUS_WIDTH = 37,
  CU_COMPUTE_CAPABILITY_MAJOR = 75,
  CU_COMPUTE_CAPABILITY_MINOR = 76,

  CU_POINTER_MEMORY_TYPE = 2,
  CU_POINTER_DEVICE_ORDINAL = 9,
  CU_MEMORYTYPE_HOST = 1,

  CU_JIT_ERROR_LOG_BUFFER = 5,
  CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6
};

#define FRIEZE_CUDA_FUNCTIONS(USE)                                             \
  USE(cuInit, (unsigned))                                                      \
  USE(cuGetErrorName, (CUresult, const char **))                               \
  USE(cuDriverGetVersion, (int *))                                             \
  USE(cuDeviceGetCount, (int *))                                               \
  USE(cuDeviceGet, (CUdevice *, int))                                          \
  USE(cuDeviceGetName, (char *, int, CUdevice))                                \
  USE(cuDeviceGetAttribute, (int *, int, CUdevice))                            \
  USE(cuDevicePrimaryCtxRetain, (CUcontext *, CUdevice))                       \
  USE(cuDevicePrimaryCtxRelease_v2, (CUdevice))                                \
  USE(cuCtxPushCurrent_v2, (CUcontext))                                        \
  USE(cuCtxPopCurrent_v2, (CUcontext *))                                       \
  USE(cuMemGetInfo_v2, (size_t *, size_t *))                                   \
  USE(cuMemAlloc_v2, (CUdeviceptr *, size_t))                                  \
  USE(cuMemFree_v2, (CUdeviceptr))                                             \
  USE(cuMemHostAlloc, (void **, size_t, unsigned))                             \
  USE(cuMemFreeHost, (void *))                                                 \
  USE(cuPointerGetAttribute, (void *, int, CUdeviceptr))                       \
  USE(cuMemcpyAsync, (CUdeviceptr, CUdeviceptr, size_t, CUstream))             \
  USE(cuModuleLoadDataEx,                                                      \
      (CUmodule *, const void *, unsigned, const int *, void **))              \
  USE(cuModuleUnload, (CUmodule))                                              \
  USE(cuModuleGetFunction, (CUfunction *, CUmodule, const char *))             \
  USE(cuLaunchKernel,                                                          \
      (CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, \
       unsigned, CUstream, void **, void **))                                  \
  USE(cuStreamCreate, (CUstream *, unsigned))                                  \
  USE(cuStreamDestroy_v2, (CUstream))                                          \
  USE(cuStreamSynchronize, (CUstream))                                         \
  USE(cuEventCreate, (CUevent *, unsigned))                                    \
  USE(cuEventDestroy_v2, (CUevent))                                            \
  USE(cuEventRecord, (CUevent, CUstream))                                      \
  USE(cuEventElapsedTime, (float *, CUevent, CUevent))

typedef struct cuda_device {
  frieze_device base;
  void *library;
  CUdevice device;
  CUcontext context;
#define DECLARE(name, parameters) CUresult(*name) parameters;
  FRIEZE_CUDA_FUNCTIONS(DECLARE)
#undef DECLARE
} cuda_device;

struct frieze_code {
  CUmodule module;
  uint32_t buffers;
  CUfunction functions[];
};

struct frieze_lane {
  CUstream stream;
  CUevent events[FRIEZE_POINTS];
  const frieze_code *code;
  uint32_t count;
  /** What the parameters are, and where, as a launch takes them. */
  CUdeviceptr *values;
  void **parameters;
};

static cuda_device *get_cuda(frieze_device *device) {
  return (cuda_device *)device;
}

static int get_status(CUresult result) {
  switch (result) {
  case CUDA_ERROR_OUT_OF_MEMORY:
    return FRIEZE_DEVICE_MEMORY;
  case CUDA_ERROR_STUB_LIBRARY:
  case CUDA_ERROR_NO_DEVICE:
  case CUDA_ERROR_INVALID_DEVICE:
    return FRIEZE_DEVICE_MISSING;
  case CUDA_ERROR_INVALID_IMAGE:
  case CUDA_ERROR_NO_BINARY_FOR_GPU:
  case CUDA_ERROR_INVALID_PTX:
  case CUDA_ERROR_UNSUPPORTED_PTX_VERSION:
  case CUDA_ERROR_NOT_FOUND:
  case CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES:
    return FRIEZE_DEVICE_UNFIT;
  case CUDA_ERROR_DEINITIALIZED:
  case CUDA_ERROR_DEVICE_UNAVAILABLE:
  case CUDA_ERROR_ECC_UNCORRECTABLE:
  case CUDA_ERROR_UNKNOWN:
    return FRIEZE_DEVICE_LOST;
  default:
    /* Those of a kernel leave nothing of the context usable. */
    return result >= CUDA_ERROR_ILLEGAL_ADDRESS &&
                   result <= CUDA_ERROR_LAUNCH_FAILED
               ? FRIEZE_DEVICE_LOST
               : FRIEZE_DEVICE_FAILED;
  }
}

/** 0, or the status of a result that is none of success. */
static int check(const cuda_device *cuda, CUresult result, const char *function,
                 frieze_device_error *error) {
  if (!result)
    return 0;
  const char *name = NULL;
  int status = get_status(result);
  cuda->cuGetErrorName(result, &name);
  return frieze_device_fail(error, status, "%s%s failed: %s (%d)",
                            status == FRIEZE_DEVICE_LOST      ? "lost cuda: "
                            : status == FRIEZE_DEVICE_MISSING ? "no cuda: "
                                                              : "",
                            function, name ? name : "unknown error", result);
}

#define CALL(function, ...)                                                    \
  check(cuda, cuda->function(__VA_ARGS__), #function, error)

/** An attribute of the device; 0 where the driver has none. */
static int get_attribute(const cuda_device *cuda, int attribute) {
  int value = 0;
  return cuda->cuDeviceGetAttribute(&value, attribute, cuda->device) ? 0
                                                                     : value;
}

/** Float32 lanes of a multiprocessor. */
static int count_lanes(uint32_t architecture) {
  return architecture < 86 ? 64 : 128;
}

static void fill_info(cuda_device *cuda, uint32_t index, int version) {
  frieze_device_info *info = &cuda->base.info;
  info->kind = FRIEZE_CUDA;
  info->index = index;
  info->keeps_floats = 1;
  info->architecture =
      (uint32_t)(10 * get_attribute(cuda, CU_COMPUTE_CAPABILITY_MAJOR) +
                 get_attribute(cuda, CU_COMPUTE_CAPABILITY_MINOR));
  snprintf(info->driver, sizeof info->driver, "CUDA %d.%d", version / 1000,
           version % 1000 / 10);
  /* Clocks are in kHz, and a memory clock has two beats. */
  info->peak_gigaflops = 2e-6 * count_lanes(info->architecture) *
                         get_attribute(cuda, CU_MULTIPROCESSOR_COUNT) *
                         get_attribute(cuda, CU_CLOCK_RATE);
  info->peak_gigabytes = 2e-6 * get_attribute(cuda, CU_MEMORY_CLOCK_RATE) *
                         get_attribute(cuda, CU_MEMORY_BUS_WIDTH) / 8;
  cuda->base.max_groups = (uint64_t)get_attribute(cuda, CU_MAX_GRID_DIM_X);
  cuda->base.max_group_size =
      (uint64_t)get_attribute(cuda, CU_MAX_THREADS_PER_BLOCK);
  cuda->base.max_array_bytes = UINT64_MAX;
  cuda->base.alignment = sizeof(float);
}

static int open_library(cuda_device *cuda, frieze_device_error *error) {
  cuda->library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!cuda->library)
    return frieze_device_fail(error, FRIEZE_DEVICE_MISSING,
                              "no cuda: expects the driver libcuda.so.1: %s",
                              dlerror());
  /* A pointer to a function is no pointer to an object in ISO C. */
#define FIND(name, parameters)                                                 \
  *(void **)(&cuda->name) = dlsym(cuda->library, #name);                       \
  if (!cuda->name)                                                             \
    return frieze_device_fail(                                                 \
        error, FRIEZE_DEVICE_MISSING,                                          \
        "no cuda: expects a newer driver; libcuda.so.1 has no %s", #name);
  FRIEZE_CUDA_FUNCTIONS(FIND)
#undef FIND
  return 0;
}

static int open_device(frieze_device *device, uint32_t index,
                       frieze_device_error *error) {
  cuda_device *cuda = get_cuda(device);
  int status = open_library(cuda, error), devices = 0, version = 0;
  if (status || (status = CALL(cuInit, 0)) ||
      (status = CALL(cuDriverGetVersion, &version)) ||
      (status = CALL(cuDeviceGetCount, &devices)))
    return status;
  if (index >= (uint32_t)devices)
    return frieze_device_fail(
        error, FRIEZE_DEVICE_MISSING, "no cuda:%u: the driver has %d device%s",
        (unsigned)index, devices, devices == 1 ? "" : "s");
  if ((status = CALL(cuDeviceGet, &cuda->device, (int)index)) ||
      (status = CALL(cuDeviceGetName, cuda->base.info.name,
                     sizeof cuda->base.info.name, cuda->device)) ||
      (status = CALL(cuDevicePrimaryCtxRetain, &cuda->context, cuda->device)))
    return status;
  fill_info(cuda, index, version);
  return 0;
}

static void close_device(frieze_device *device) {
  cuda_device *cuda = get_cuda(device);
  if (cuda->context)
    cuda->cuDevicePrimaryCtxRelease_v2(cuda->device);
  if (cuda->library)
    dlclose(cuda->library);
}

static int enter(frieze_device *device, frieze_device_error *error) {
  cuda_device *cuda = get_cuda(device);
  return CALL(cuCtxPushCurrent_v2, cuda->context);
}

static void leave(frieze_device *device) {
  CUcontext context;
  get_cuda(device)->cuCtxPopCurrent_v2(&context);
}

static int find_free(frieze_device *device, uint64_t *bytes,
                     frieze_device_error *error) {
  cuda_device *cuda = get_cuda(device);
  size_t unused = 0, all = 0;
  int status = CALL(cuMemGetInfo_v2, &unused, &all);
  *bytes = unused;
  device->info.memory_bytes = all;
  return status;
}

/*===----------------------------------------------------------------------===*\
|* Memory
\*===----------------------------------------------------------------------===*/

static int allocate(frieze_device *device, enum frieze_place place,
                    uint64_t bytes, frieze_memory *memory,
                    frieze_device_error *error) {
  cuda_device *cuda = get_cuda(device);
  CUdeviceptr address = 0;
  int status;
  if (place == FRIEZE_PINNED) {
    status = CALL(cuMemHostAlloc, &memory->host, bytes, 0);
    address = (CUdeviceptr)(uintptr_t)memory->host;
  } else {
    status = CALL(cuMemAlloc_v2, &address, bytes);
  }
  memory->region = (frieze_region){address, 0, bytes};
  memory->pointer = (void *)(uintptr_t)address;
  return status;
}

static void release(frieze_device *device, frieze_memory *memory) {
  if (memory->host)
    get_cuda(device)->cuMemFreeHost(memory->host);
  else
    get_cuda(device)->cuMemFree_v2(memory->region.handle);
}

static int locate(frieze_device *device, const void *pointer,
                  enum frieze_place *place, frieze_region *region,
                  frieze_device_error *error) {
  cuda_device *cuda = get_cuda(device);
  CUdeviceptr address = (CUdeviceptr)(uintptr_t)pointer;
  unsigned type = 0;
  int owner = cuda->device;
  region->handle = address;
  region->offset = 0;
  /* Of memory that CUDA does not know, this fails. */
  if (cuda->cuPointerGetAttribute(&type, CU_POINTER_MEMORY_TYPE, address) ||
      !type) {
    *place = FRIEZE_PAGEABLE;
    return 0;
  }
  if (type == CU_MEMORYTYPE_HOST) {
    *place = FRIEZE_PINNED;
    return 0;
  }
  *place = FRIEZE_RESIDENT;
  int status =
      CALL(cuPointerGetAttribute, &owner, CU_POINTER_DEVICE_ORDINAL, address);
  if (!status && owner != cuda->device)
    return frieze_device_fail(error, FRIEZE_DEVICE_UNFIT,
                              "expects arrays on the host or on cuda:%d, but "
                              "got one on cuda:%d",
                              cuda->device, owner);
  return status;
}

/*===----------------------------------------------------------------------===*\
|* Code
\*===----------------------------------------------------------------------===*/

/** The best binary for an architecture: of the same generation, and no newer.
 */
static const frieze_device_binary *find_binary(const frieze_device_code *source,
                                               uint32_t architecture) {
  const frieze_device_binary *best = NULL;
  for (uint64_t i = 0; i < source->binary_count; ++i) {
    const frieze_device_binary *binary = &source->binaries[i];
    if (binary->architecture / 10 == architecture / 10 &&
        binary->architecture <= architecture &&
        (!best || binary->architecture > best->architecture))
      best = binary;
  }
  return best;
}

static int load_module(const cuda_device *cuda,
                       const frieze_device_code *source, CUmodule *module,
                       frieze_device_error *error) {
  const frieze_device_binary *binary =
      find_binary(source, cuda->base.info.architecture);
  /* The driver compiles the text where it does not take the binary. */
  if (binary && !cuda->cuModuleLoadDataEx(module, binary->data, 0, NULL, NULL))
    return 0;
  char log[256] = "";
  const int options[] = {CU_JIT_ERROR_LOG_BUFFER,
                         CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log, (void *)(uintptr_t)(sizeof log - 1)};
  int status =
      CALL(cuModuleLoadDataEx, module, source->code, 2, options, values);
  if (status && *log) {
    log[strcspn(log, "\n")] = '\0';
    size_t length = strlen(error->text);
    snprintf(error->text + length, sizeof error->text - length, ": %s", log);
  }
  return status;
}

static void unload(frieze_device *device, frieze_code *code) {
  if (!code)
    return;
  if (code->module)
    get_cuda(device)->cuModuleUnload(code->module);
  free(code);
}

static int load(frieze_device *device, const frieze_device_code *source,
                uint32_t buffers, frieze_code **loaded,
                frieze_device_error *error) {
  cuda_device *cuda = get_cuda(device);
  uint64_t kernels = source->kernel_count + source->stream_kernel_count;
  frieze_code *code = calloc(1, sizeof *code + kernels * sizeof(CUfunction));
  if (!code)
    return frieze_device_fail(error, FRIEZE_DEVICE_MEMORY, "out of memory");
  code->buffers = buffers;
  int status = load_module(cuda, source, &code->module, error);
  for (uint64_t i = 0; i < kernels && !status; ++i) {
    const frieze_device_kernel *kernel =
        i < source->kernel_count
            ? &source->kernels[i]
            : &source->stream_kernels[i - source->kernel_count];
    status = CALL(cuModuleGetFunction, &code->functions[i], code->module,
                  kernel->entry);
  }
  if (status)
    unload(device, code);
  else
    *loaded = code;
  return status;
}

/*===----------------------------------------------------------------------===*\
|* Work
\*===----------------------------------------------------------------------===*/

static void destroy_lane(frieze_device *device, frieze_lane *lane) {
  cuda_device *cuda = get_cuda(device);
  if (!lane)
    return;
  for (int i = 0; i < FRIEZE_POINTS; ++i)
    if (lane->events[i])
      cuda->cuEventDestroy_v2(lane->events[i]);
  if (lane->stream)
    cuda->cuStreamDestroy_v2(lane->stream);
  free(lane->values);
  free(lane->parameters);
  free(lane);
}

static int create_lane(frieze_device *device, const frieze_code *code,
                       frieze_lane **created, frieze_device_error *error) {
  cuda_device *cuda = get_cuda(device);
  uint32_t buffers = code ? code->buffers : 0;
  frieze_lane *lane = calloc(1, sizeof *lane);
  int status = 0;
  if (lane) {
    lane->code = code;
    lane->values = calloc(buffers + 1, sizeof *lane->values);
    lane->parameters = calloc(buffers + 1, sizeof *lane->parameters);
  }
  if (!lane || !lane->values || !lane->parameters)
    status = frieze_device_fail(error, FRIEZE_DEVICE_MEMORY, "out of memory");
  /* Without the flag for the contrary, the default stream's work comes first.
   */
  if (!status)
    status = CALL(cuStreamCreate, &lane->stream, 0);
  for (int i = 0; i < FRIEZE_POINTS && !status; ++i)
    status = CALL(cuEventCreate, &lane->events[i], 0);
  if (status)
    destroy_lane(device, lane);
  else
    *created = lane;
  return status;
}

static int begin(frieze_device *device, frieze_lane *lane,
                 const frieze_region *regions, uint32_t count,
                 frieze_device_error *error) {
  (void)device;
  (void)error;
  uint32_t buffers = regions ? lane->code->buffers : 0;
  for (uint32_t i = 0; i < buffers; ++i) {
    lane->values[i] = regions[i].handle + regions[i].offset;
    lane->parameters[i] = &lane->values[i];
  }
  lane->count = count;
  lane->parameters[buffers] = &lane->count;
  return 0;
}

static int copy(frieze_device *device, frieze_lane *lane, frieze_region to,
                frieze_region from, frieze_device_error *error) {
  cuda_device *cuda = get_cuda(device);
  return CALL(cuMemcpyAsync, to.handle + to.offset, from.handle + from.offset,
              to.bytes, lane->stream);
}

static int launch(frieze_device *device, frieze_lane *lane, uint64_t kernel,
                  uint32_t groups, uint32_t group_size,
                  frieze_device_error *error) {
  cuda_device *cuda = get_cuda(device);
  return CALL(cuLaunchKernel, lane->code->functions[kernel], groups, 1, 1,
              group_size, 1, 1, 0, lane->stream, lane->parameters, NULL);
}

static int mark(frieze_device *device, frieze_lane *lane, unsigned point,
                frieze_device_error *error) {
  cuda_device *cuda = get_cuda(device);
  return CALL(cuEventRecord, lane->events[point], lane->stream);
}

static int submit(frieze_device *device, frieze_lane *lane,
                  frieze_device_error *error) {
  /* What is added to a stream begins at once. */
  (void)device;
  (void)lane;
  (void)error;
  return 0;
}

static int wait(frieze_device *device, frieze_lane *lane,
                double seconds[FRIEZE_POINTS - 1], frieze_device_error *error) {
  cuda_device *cuda = get_cuda(device);
  int status = CALL(cuStreamSynchronize, lane->stream);
  for (int i = 0; i < FRIEZE_POINTS - 1 && !status && seconds; ++i) {
    float milliseconds = 0;
    status = CALL(cuEventElapsedTime, &milliseconds, lane->events[i],
                  lane->events[i + 1]);
    seconds[i] = milliseconds * 1e-3;
  }
  return status;
}

const frieze_driver frieze_cuda_driver = {sizeof(cuda_device),
                                          open_device,
                                          close_device,
                                          enter,
                                          leave,
                                          find_free,
                                          allocate,
                                          release,
                                          locate,
                                          load,
                                          unload,
                                          create_lane,
                                          destroy_lane,
                                          begin,
                                          copy,
                                          launch,
                                          mark,
                                          submit,
                                          wait};
