/*===- measure.c - Bits and speed of models on a device -----------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
|*===----------------------------------------------------------------------===*|
|*                                                                            *|
|*   measure DEVICE bits MODEL.so...          every output, beside the CPU's  *|
|*   measure DEVICE speed COUNT MODEL.so      calls on arrays of the device   *|
|*   measure DEVICE host COUNT MODEL.so       calls on arrays of the host     *|
|*   measure DEVICE stream SAMPLES MODEL.so   windows along a recording       *|
|*   measure DEVICE device                    what it tells, and its copies   *|
|*                                                                            *|
|* Prints a line of JSON for each model. Exit status 1 after an error, or     *|
|* where bits differ.                                                         *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#define _POSIX_C_SOURCE 200809L

#include "frieze/device.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_ARRAYS = 16, ROUNDS = 10 };

/** A model on the device, and arrays for so many calls. */
typedef struct subject {
  const char *path;
  void *library;
  const frieze_model *model;
  frieze_device_model *loaded;
  void *inputs[MOST_ARRAYS];
  void *outputs[MOST_ARRAYS];
} subject;

static frieze_device_error error;

static int fail(const char *path, const char *text) {
  fprintf(stderr, "%s: error: %s\n", path, text);
  return 1;
}

/** Numbers from -1 up to 1, the same ones on every machine. */
static void fill(float *numbers, uint64_t count) {
  uint32_t state = 7;
  for (uint64_t i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    numbers[i] = (float)(int32_t)(state >> 8) * 0x1p-23f - 1;
  }
}

static int load(frieze_device *device, const char *path, subject *loaded) {
  loaded->path = path;
  loaded->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!loaded->library)
    return fail(path, dlerror());
  loaded->model = dlsym(loaded->library, FRIEZE_MODEL_ENTRY);
  if (!loaded->model)
    return fail(path, "expects a model");
  if (loaded->model->input_count > MOST_ARRAYS ||
      loaded->model->output_count > MOST_ARRAYS)
    return fail(path, "expects fewer inputs and outputs");
  return frieze_device_load(device, loaded->model, &loaded->loaded, &error)
             ? fail(path, error.text)
             : 0;
}

static void unload(subject *loaded) {
  frieze_device_unload(loaded->loaded);
  if (loaded->library)
    dlclose(loaded->library);
}

static uint64_t get_bytes(const frieze_tensor *tensor, uint64_t count) {
  return tensor->elements * count * sizeof(float);
}

/** The name of a file, without folders and extension. */
static void print_name(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  printf("{\"model\": \"%.*s\"", (int)strcspn(name, "."), name);
}

/*===----------------------------------------------------------------------===*\
|* Bits
\*===----------------------------------------------------------------------===*/

static int is_same(float a, float b) {
  return isnan(a) ? isnan(b) : !memcmp(&a, &b, sizeof a);
}

/** Counts outputs of `count` calls that differ from the CPU's. */
static int compare(subject *tested, uint64_t count, uint64_t *outputs,
                   uint64_t *differ, double *largest) {
  const frieze_model *model = tested->model;
  void *expected[MOST_ARRAYS] = {NULL};
  for (uint64_t i = 0; i < model->input_count; ++i) {
    tested->inputs[i] = malloc(get_bytes(&model->inputs[i], count));
    if (tested->inputs[i])
      fill(tested->inputs[i], model->inputs[i].elements * count);
  }
  for (uint64_t i = 0; i < model->output_count; ++i) {
    tested->outputs[i] = malloc(get_bytes(&model->outputs[i], count));
    expected[i] = malloc(get_bytes(&model->outputs[i], count));
  }
  void *arena = NULL;
  if (posix_memalign(&arena, model->arena_alignment,
                     (size_t)model->arena_bytes + 1))
    return fail(tested->path, "out of memory");
  int status = frieze_device_run(tested->loaded, count,
                                 (const void *const *)tested->inputs,
                                 tested->outputs, &error);
  if (status)
    fail(tested->path, error.text);
  else
    model->run_batch(count, (const void *const *)tested->inputs, expected,
                     arena);
  for (uint64_t i = 0; i < model->output_count && !status; ++i)
    for (uint64_t j = 0; j < model->outputs[i].elements * count; ++j) {
      float ours = ((const float *)tested->outputs[i])[j];
      float theirs = ((const float *)expected[i])[j];
      ++*outputs;
      if (is_same(ours, theirs))
        continue;
      ++*differ;
      double difference =
          fabs((double)ours - theirs) / (1 + fabs((double)theirs));
      *largest = difference > *largest ? difference : *largest;
    }
  for (uint64_t i = 0; i < model->input_count; ++i)
    free(tested->inputs[i]);
  for (uint64_t i = 0; i < model->output_count; ++i) {
    free(tested->outputs[i]);
    free(expected[i]);
  }
  free(arena);
  return status != 0;
}

static int measure_bits(subject *tested) {
  static const uint64_t counts[] = {1, 7, 1000};
  uint64_t outputs = 0, differ = 0;
  double largest = 0;
  for (size_t i = 0; i < sizeof counts / sizeof *counts; ++i)
    if (compare(tested, counts[i], &outputs, &differ, &largest))
      return 1;
  print_name(tested->path);
  printf(", \"outputs\": %" PRIu64 ", \"differ\": %" PRIu64
         ", \"largest_difference\": %.3g}\n",
         outputs, differ, largest);
  return differ != 0;
}

/*===----------------------------------------------------------------------===*\
|* Speed
\*===----------------------------------------------------------------------===*/

/** Makes an array of so many floats, on the device or on the host. */
static void *make_array(frieze_device *device, int on_device, uint64_t count) {
  void *host = NULL, *array = NULL;
  uint64_t bytes = count * sizeof(float);
  if (frieze_device_allocate_host(device, bytes, &host, &error))
    return NULL;
  fill(host, count);
  if (!on_device)
    return host;
  if (frieze_device_allocate(device, bytes, &array, &error) ||
      frieze_device_copy(device, array, host, bytes, &error))
    array = NULL;
  frieze_device_free(device, host);
  return array;
}

/** The run of the least time. */
static int find_best(subject *measured, uint64_t count, int is_stream,
                     frieze_device_times *best) {
  for (int round = 0; round < ROUNDS; ++round) {
    int status =
        is_stream
            ? frieze_device_run_stream(measured->loaded, measured->inputs[0],
                                       count, measured->outputs, &error)
            : frieze_device_run(measured->loaded, count,
                                (const void *const *)measured->inputs,
                                measured->outputs, &error);
    if (status)
      return fail(measured->path, error.text);
    frieze_device_times times;
    frieze_device_get_times(measured->loaded, &times);
    if (!round || times.seconds < best->seconds)
      *best = times;
  }
  return 0;
}

/** Measures `windows` windows, for which the device is given `count` calls or
 * samples. */
static int measure_speed(frieze_device *device, subject *measured,
                         int on_device, uint64_t count, int is_stream) {
  const frieze_model *model = measured->model;
  uint64_t windows = count;
  if (is_stream) {
    if (!model->stream || count < model->stream->window)
      return fail(measured->path, "expects a stream, and a window of samples");
    windows = (count - model->stream->window) / model->stream->hop + 1;
  }
  for (uint64_t i = 0; i < model->input_count; ++i)
    if (!(measured->inputs[i] =
              make_array(device, on_device,
                         count * (is_stream ? model->stream->channels
                                            : model->inputs[i].elements))))
      return fail(measured->path, error.text);
  for (uint64_t i = 0; i < model->output_count; ++i)
    if (!(measured->outputs[i] = make_array(
              device, on_device, windows * model->outputs[i].elements)))
      return fail(measured->path, error.text);
  frieze_device_info info;
  frieze_device_times best;
  if (frieze_device_describe(device, &info, &error))
    return fail(measured->path, error.text);
  int failed = find_best(measured, count, is_stream, &best);
  double gigaflops =
      2e-9 * (double)model->macs * (double)windows / best.seconds;
  if (!failed) {
    print_name(measured->path);
    printf(", \"windows\": %" PRIu64 ", \"seconds\": %.6g"
           ", \"nanoseconds_a_window\": %.4g, \"windows_a_second\": %.6g",
           windows, best.seconds, 1e9 * best.seconds / (double)windows,
           (double)windows / best.seconds);
    /* A stream makes fewer of them. */
    if (!is_stream)
      printf(", \"gigaflops\": %.5g, \"share_of_peak\": %.4g", gigaflops,
             info.peak_gigaflops > 0 ? gigaflops / info.peak_gigaflops : 0);
    printf(", \"kernel_seconds\": %.6g"
           ", \"copy_in_seconds\": %.6g, \"copy_out_seconds\": %.6g"
           ", \"gigabytes_in_a_second\": %.4g, \"launches\": %" PRIu64 "}\n",
           best.kernel_seconds, best.copy_in_seconds, best.copy_out_seconds,
           1e-9 * (double)best.bytes_in / best.seconds, best.launches);
  }
  for (uint64_t i = 0; i < model->input_count; ++i)
    frieze_device_free(device, measured->inputs[i]);
  for (uint64_t i = 0; i < model->output_count; ++i)
    frieze_device_free(device, measured->outputs[i]);
  return failed;
}

static double get_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/** Gigabytes a second of a copy, the best of a few. */
static double measure_copy(frieze_device *device, void *to, const void *from,
                           uint64_t bytes) {
  double best = 0;
  for (int round = 0; round < ROUNDS; ++round) {
    double start = get_seconds();
    if (frieze_device_copy(device, to, from, bytes, &error))
      return 0;
    double rate = 1e-9 * (double)bytes / (get_seconds() - start);
    best = rate > best ? rate : best;
  }
  return best;
}

static int measure_device(frieze_device *device) {
  /* Many times what a copy has to do before it begins. */
  const uint64_t bytes = 256u << 20;
  frieze_device_info info;
  void *host, *memory;
  if (frieze_device_describe(device, &info, &error) ||
      frieze_device_allocate_host(device, bytes, &host, &error) ||
      frieze_device_allocate(device, bytes, &memory, &error))
    return fail("device", error.text);
  printf("{\"device\": \"%s\", \"driver\": \"%s\", \"architecture\": %" PRIu32
         ", \"memory_bytes\": %" PRIu64 ", \"free_bytes\": %" PRIu64
         ", \"peak_gigaflops\": %.6g, \"peak_gigabytes\": %.6g"
         ", \"copy_in_gigabytes\": %.4g, \"copy_out_gigabytes\": %.4g}\n",
         info.name, info.driver, info.architecture, info.memory_bytes,
         info.free_bytes, info.peak_gigaflops, info.peak_gigabytes,
         measure_copy(device, memory, host, bytes),
         measure_copy(device, host, memory, bytes));
  frieze_device_free(device, host);
  frieze_device_free(device, memory);
  return 0;
}

/** Measures one model as the command line says. */
static int measure(frieze_device *device, const char *mode, uint64_t count,
                   const char *path) {
  subject measured = {0};
  int failed = load(device, path, &measured);
  if (!failed)
    failed = !strcmp(mode, "bits")
                 ? measure_bits(&measured)
                 : measure_speed(device, &measured, strcmp(mode, "host") != 0,
                                 count, !strcmp(mode, "stream"));
  unload(&measured);
  fflush(stdout);
  return failed;
}

int main(int argc, char **argv) {
  int32_t kind;
  uint32_t index;
  const char *mode = argc > 2 ? argv[2] : "";
  int is_device = !strcmp(mode, "device"), is_bits = !strcmp(mode, "bits");
  int is_speed = !strcmp(mode, "speed") || !strcmp(mode, "host") ||
                 !strcmp(mode, "stream");
  if (!(is_device && argc == 3) && !(is_bits && argc > 3) &&
      !(is_speed && argc == 5))
    return fail("measure", "expects DEVICE and device, bits MODEL.so..., or "
                           "speed|host|stream COUNT MODEL.so");
  if (frieze_device_parse(argv[1], &kind, &index))
    return fail(argv[1], "expects cuda, vulkan, cuda:N or vulkan:N");
  frieze_device *device;
  if (frieze_device_open(kind, index, &device, &error))
    return fail(argv[1], error.text);
  int failed = 0;
  if (is_device)
    failed = measure_device(device);
  for (int i = is_bits ? 3 : 4; i < argc && !is_device; ++i)
    failed |= measure(device, mode, strtoull(argv[3], NULL, 10), argv[i]);
  frieze_device_close(device);
  return failed;
}
