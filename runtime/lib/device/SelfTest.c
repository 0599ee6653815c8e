/*===- SelfTest.c - Whether a device computes what the CPU does ---*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "SelfTest.h"
#include "Driver.h"
#include "frieze/processor.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/** Arrays of a test, in the host's memory: inputs, then outputs of the device,
 * then those of the CPU. */
typedef struct test_arrays {
  void **arrays;
  uint64_t count;
  void *memory_block;
  void *memory;
} test_arrays;

static void release(test_arrays *test) {
  for (uint64_t i = 0; test->arrays && i < test->count; ++i)
    free(test->arrays[i]);
  free(test->arrays);
  free(test->memory_block);
}

/** Whether the CPU's code has fused multiply-add, as that of CUDA has. */
static int has_fused_multiply_add(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2");
#else
  return 1;
#endif
}

/** Numbers from -1 up to 1, the same ones on every machine. */
static void fill(float *numbers, uint64_t count) {
  uint32_t state = 1;
  for (uint64_t i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    numbers[i] = (float)(int32_t)(state >> 8) * 0x1p-23f - 1;
  }
}

/** Allocates so many elements of each array, and memory of the CPU's code. */
static int allocate(test_arrays *test, const frieze_model *model,
                    const uint64_t *elements, uint64_t memory_bytes,
                    uint64_t alignment) {
  test->count = model->input_count + 2 * model->output_count;
  test->arrays = calloc(test->count + 1, sizeof *test->arrays);
  alignment = alignment ? alignment : 1;
  test->memory_block = malloc((size_t)(memory_bytes + alignment));
  if (!test->arrays || !test->memory_block)
    return -1;
  uintptr_t start = (uintptr_t)test->memory_block;
  test->memory = (char *)test->memory_block +
                 (size_t)((alignment - start % alignment) % alignment);
  for (uint64_t i = 0; i < test->count; ++i) {
    uint64_t array = i < model->input_count + model->output_count
                         ? i
                         : i - model->output_count;
    test->arrays[i] = calloc((size_t)elements[array] + 1, sizeof(float));
    if (!test->arrays[i])
      return -1;
    if (i < model->input_count)
      fill(test->arrays[i], elements[i]);
  }
  return 0;
}

static double get_difference(float ours, float theirs) {
  if (!memcmp(&ours, &theirs, sizeof ours) || (isnan(ours) && isnan(theirs)))
    return 0;
  double difference = fabs((double)ours - theirs) / (1 + fabs((double)theirs));
  /* With an infinity or NaN on one side alone it is none. */
  return isfinite(difference) ? difference : HUGE_VAL;
}

/** Compares the outputs of the device with those of the CPU. */
static int compare(const test_arrays *test, const frieze_model *model,
                   const uint64_t *elements, int32_t kind, double *largest,
                   frieze_device_error *error) {
  int is_exact = kind == FRIEZE_CUDA && has_fused_multiply_add();
  for (uint64_t output = 0; output < model->output_count; ++output) {
    const float *device = test->arrays[model->input_count + output];
    const float *cpu =
        test->arrays[model->input_count + model->output_count + output];
    for (uint64_t i = 0; i < elements[model->input_count + output]; ++i) {
      double difference = get_difference(device[i], cpu[i]);
      int is_same = isnan(device[i])
                        ? isnan(cpu[i])
                        : !memcmp(&device[i], &cpu[i], sizeof device[i]);
      if (is_exact ? !is_same : difference > FRIEZE_DEVICE_TOLERANCE)
        return frieze_device_fail(
            error, FRIEZE_DEVICE_WRONG,
            "the device computes other numbers than the CPU: expects %.9g for "
            "element %" PRIu64 " of output '%s' in the test at loading, but "
            "got %.9g",
            (double)cpu[i], i, model->outputs[output].name, (double)device[i]);
      *largest = difference > *largest ? difference : *largest;
    }
  }
  return 0;
}

static int fail_memory(frieze_device_error *error) {
  return frieze_device_fail(error, FRIEZE_DEVICE_MEMORY, "out of memory");
}

/** Tests several calls, so that the second of a group and the last count. */
static int test_calls(frieze_device_model *loaded, const frieze_model *model,
                      uint64_t *elements, int32_t kind, double *difference,
                      frieze_device_error *error) {
  enum { CALLS = 3 };
  test_arrays test = {NULL, 0, NULL, NULL};
  for (uint64_t i = 0; i < model->input_count + model->output_count; ++i)
    elements[i] =
        CALLS * (i < model->input_count
                     ? model->inputs[i].elements
                     : model->outputs[i - model->input_count].elements);
  int status = allocate(&test, model, elements, model->arena_bytes,
                        model->arena_alignment)
                   ? fail_memory(error)
                   : 0;
  if (!status) {
    const void *const *inputs = (const void *const *)test.arrays;
    void **outputs = test.arrays + model->input_count;
    status = frieze_device_run(loaded, CALLS, inputs, outputs, error);
    if (!status) {
      model->run_batch(CALLS, inputs, outputs + model->output_count,
                       test.memory);
      status = compare(&test, model, elements, kind, difference, error);
    }
  }
  release(&test);
  return status;
}

/** Tests a call of the stream and part of another one. */
static int test_stream(frieze_device_model *loaded, const frieze_model *model,
                       uint64_t *elements, int32_t kind, double *difference,
                       frieze_device_error *error) {
  const frieze_stream *stream = model->stream;
  uint64_t windows = model->device->stream_windows + 1;
  uint64_t samples = stream->window + (windows - 1) * stream->hop;
  test_arrays test = {NULL, 0, NULL, NULL};
  elements[0] = samples * stream->channels;
  for (uint64_t i = 0; i < model->output_count; ++i)
    elements[model->input_count + i] = windows * model->outputs[i].elements;
  int status = allocate(&test, model, elements, stream->state_bytes,
                        stream->state_alignment)
                   ? fail_memory(error)
                   : 0;
  if (!status) {
    void **outputs = test.arrays + model->input_count;
    status = frieze_device_run_stream(loaded, test.arrays[0], samples, outputs,
                                      error);
    if (!status) {
      stream->init(test.memory);
      stream->push(test.memory, test.arrays[0], samples,
                   outputs + model->output_count);
      status = compare(&test, model, elements, kind, difference, error);
    }
  }
  release(&test);
  return status;
}

int frieze_self_test(frieze_device_model *loaded, const frieze_model *model,
                     int32_t kind, double *difference,
                     frieze_device_error *error) {
  if (!frieze_processor_runs(model->target))
    return frieze_device_fail(error, FRIEZE_DEVICE_UNFIT,
                              "expects a processor that runs code for %s, and "
                              "this one lacks instructions",
                              model->target);
  uint64_t *elements =
      calloc(model->input_count + model->output_count + 1, sizeof *elements);
  if (!elements)
    return fail_memory(error);
  int status = test_calls(loaded, model, elements, kind, difference, error);
  if (!status && model->stream && model->device->stream_kernel_count)
    status = test_stream(loaded, model, elements, kind, difference, error);
  free(elements);
  return status;
}
