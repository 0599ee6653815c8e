/*===- runner.c - A compiled model on files of samples ------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* Reads float32 from `inputs.bin`: for each input of the model the elements of
 * all samples, one input after the other. Writes `outputs.bin` likewise: what
 * run_batch computes, after comparing it with what run does. A model with a
 * stream takes the samples of its first input as a recording instead, at
 * different numbers a time, and the outputs are those of all windows.
 *
 *   runner [MODEL.so]      with FRIEZE_DYNAMIC, else the model is linked in
 */

#include "frieze/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef FRIEZE_DYNAMIC
#include <dlfcn.h>
#else
extern const frieze_model frieze_model_entry;
#endif

static void fail(const char *problem) {
  printf("runner: error: %s\n", problem);
  exit(1);
}

static void *allocate(uint64_t bytes, uint64_t alignment) {
  char *memory = malloc((size_t)(bytes + alignment));
  if (!memory)
    fail("expects more memory");
  uintptr_t past = (uintptr_t)memory % (uintptr_t)alignment;
  memory += past ? (uintptr_t)alignment - past : 0;
  memset(memory, 0xff, (size_t)bytes);
  return memory;
}

static uint64_t count_elements(const frieze_tensor *tensors, uint64_t count) {
  uint64_t elements = 0;
  for (uint64_t i = 0; i < count; ++i)
    elements += tensors[i].elements;
  return elements;
}

/** Points at the part of each tensor, `samples` of it, in `memory`. */
static void **split(const frieze_tensor *tensors, uint64_t count,
                    uint64_t samples, float *memory) {
  void **parts = allocate(count * sizeof(void *), sizeof(void *));
  for (uint64_t i = 0; i < count; ++i) {
    parts[i] = memory;
    memory += samples * tensors[i].elements;
  }
  return parts;
}

/** Moves on by `samples` of each tensor. */
static void advance(const frieze_tensor *tensors, uint64_t count,
                    uint64_t samples, void **parts) {
  for (uint64_t i = 0; i < count; ++i)
    parts[i] = (float *)parts[i] + samples * tensors[i].elements;
}

static void run_samples(const frieze_model *model, uint64_t samples,
                        float *input, float *output, void *arena) {
  uint64_t elements = count_elements(model->outputs, model->output_count);
  float *single = allocate(elements * sizeof(float), 4);
  void **inputs = split(model->inputs, model->input_count, samples, input);
  void **outputs = split(model->outputs, model->output_count, samples, output);
  void **singles = split(model->outputs, model->output_count, 1, single);
  model->run_batch(samples, (const void *const *)inputs, outputs, arena);
  for (uint64_t sample = 0; sample < samples; ++sample) {
    model->run((const void *const *)inputs, singles, arena);
    for (uint64_t i = 0; i < model->output_count; ++i)
      if (memcmp(singles[i], outputs[i],
                 (size_t)(model->outputs[i].elements * sizeof(float))) != 0)
        fail("run and run_batch differ");
    advance(model->inputs, model->input_count, 1, inputs);
    advance(model->outputs, model->output_count, 1, outputs);
  }
}

/** Pushes `count` samples, and returns the number of windows. */
static uint64_t run_stream(const frieze_model *model, const float *samples,
                           uint64_t count, float *output, uint64_t most) {
  const frieze_stream *stream = model->stream;
  void *state = allocate(stream->state_bytes, stream->state_alignment);
  void **outputs = split(model->outputs, model->output_count, most, output);
  uint64_t windows = 0, longest = stream->window / 2 + 1;
  stream->init(state);
  /* 1, 2, 4, ... samples a time, then by halves of a window. */
  for (uint64_t taken = 0, step = 1; taken < count; taken += step) {
    if (taken > 0)
      step = step * 2 < longest ? step * 2 : longest;
    if (step > count - taken)
      step = count - taken;
    uint64_t done =
        stream->push(state, samples + taken * stream->channels, step, outputs);
    advance(model->outputs, model->output_count, done, outputs);
    windows += done;
  }
  return windows + stream->flush(state, outputs);
}

int main(int argc, char **argv) {
  const frieze_model *model;
#ifdef FRIEZE_DYNAMIC
  void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
  model = library ? dlsym(library, FRIEZE_MODEL_ENTRY) : NULL;
  if (!model)
    fail(dlerror());
#else
  (void)argc, (void)argv;
  model = &frieze_model_entry;
#endif
  if (model->abi_version != FRIEZE_ABI_VERSION ||
      model->struct_size != sizeof(frieze_model))
    fail("expects a model of its own ABI");

  FILE *file = fopen("inputs.bin", "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0)
    fail("cannot read inputs.bin");
  uint64_t floats = (uint64_t)ftell(file) / sizeof(float);
  rewind(file);
  float *input = allocate(floats * sizeof(float), 4);
  if (fread(input, sizeof(float), (size_t)floats, file) != floats)
    fail("cannot read inputs.bin");
  fclose(file);

  uint64_t elements = count_elements(model->outputs, model->output_count);
  uint64_t samples = floats / count_elements(model->inputs, model->input_count);
  uint64_t count = floats;
  if (model->stream) {
    count = floats / model->stream->channels;
    samples = count < model->stream->window
                  ? 0
                  : (count - model->stream->window) / model->stream->hop + 1;
  }
  float *output = allocate(samples * elements * sizeof(float), 4);
  if (!model->stream)
    run_samples(model, samples, input, output,
                allocate(model->arena_bytes, model->arena_alignment));
  else if (run_stream(model, input, count, output, samples) != samples)
    fail("expects another number of windows");

  file = fopen("outputs.bin", "wb");
  if (!file ||
      fwrite(output, sizeof(float), (size_t)(samples * elements), file) !=
          samples * elements ||
      fclose(file) != 0)
    fail("cannot write outputs.bin");
  return 0;
}
