/*===- Main.c - The program around one compiled model -------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "SampleFile.h"
#include "frieze/processor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** The model, defined by the object that this file is linked with. */
extern const frieze_model frieze_model_entry;

static void print_tensor(FILE *stream, const char *role,
                         const frieze_tensor *tensor) {
  fprintf(stream, "  %s %s: ", role, tensor->name);
  for (uint64_t axis = 0; axis < tensor->rank; ++axis)
    fprintf(stream, "%s%llu", axis ? " x " : "",
            (unsigned long long)tensor->shape[axis]);
  fprintf(stream, " float32\n");
}

static void print_usage(FILE *stream, const char *program,
                        const frieze_model *model) {
  fprintf(stream, "usage: %s", program);
  for (uint64_t i = 0; i < model->input_count; ++i)
    fprintf(stream, " %s", model->inputs[i].name);
  fprintf(stream,
          "\n\n"
          "Runs the model '%s' on every sample of its input files, one file "
          "for\neach input, and prints one line of scores a sample.\n\n"
          "A file is .npy (float32 or float64; one sample, or samples along "
          "the\nfirst axis) or CSV (one sample a line); - is standard "
          "input.\n\n",
          model->name);
  for (uint64_t i = 0; i < model->input_count; ++i)
    print_tensor(stream, "input ", &model->inputs[i]);
  for (uint64_t i = 0; i < model->output_count; ++i)
    print_tensor(stream, "output", &model->outputs[i]);
  fprintf(stream, "\n  --help     print this text\n"
                  "  --version  print what the model was compiled from\n");
}

static void print_version(const frieze_model *model) {
  printf("%s, compiled by %s for %s\n", model->name, model->compiler,
         model->target);
  if (*model->source_sha256)
    printf("source sha256 %s\n", model->source_sha256);
}

/** What the calls need: pointers per input and output, memory behind them. */
typedef struct run_state {
  frieze_array *arrays;
  const void **inputs;
  void **outputs;
  void *arena_block;
  void *arena;
} run_state;

static int allocate(const frieze_model *model, run_state *state) {
  state->arrays = calloc(model->input_count + 1, sizeof *state->arrays);
  state->inputs = calloc(model->input_count + 1, sizeof *state->inputs);
  state->outputs = calloc(model->output_count + 1, sizeof *state->outputs);
  size_t alignment = model->arena_alignment ? model->arena_alignment : 1;
  state->arena_block = malloc((size_t)model->arena_bytes + alignment);
  if (!state->arrays || !state->inputs || !state->outputs ||
      !state->arena_block)
    return -1;
  uintptr_t start = (uintptr_t)state->arena_block;
  size_t offset = (alignment - start % alignment) % alignment;
  state->arena = (char *)state->arena_block + offset;
  for (uint64_t i = 0; i < model->output_count; ++i) {
    state->outputs[i] = calloc(model->outputs[i].elements + 1, sizeof(float));
    if (!state->outputs[i])
      return -1;
  }
  return 0;
}

static void release(const frieze_model *model, run_state *state) {
  for (uint64_t i = 0; state->arrays && i < model->input_count; ++i)
    free(state->arrays[i].data);
  for (uint64_t i = 0; state->outputs && i < model->output_count; ++i)
    free(state->outputs[i]);
  free(state->arrays);
  free(state->inputs);
  free(state->outputs);
  free(state->arena_block);
}

/** Whether an input before the one at index is standard input too. */
static int is_second_stdin(char **paths, uint64_t index) {
  for (uint64_t i = 0; i < index; ++i)
    if (!strcmp(paths[i], "-") && !strcmp(paths[index], "-"))
      return 1;
  return 0;
}

/** Reads every input; all must hold equally many samples. */
static int read_inputs(const frieze_model *model, char **paths,
                       run_state *state, uint64_t *samples) {
  int failed = 0;
  for (uint64_t i = 0; i < model->input_count; ++i) {
    frieze_error error;
    uint64_t count = 0;
    int bad =
        is_second_stdin(paths, i)
            ? frieze_fail(&error,
                          "expects standard input for one input, but got two")
            : frieze_read_samples(paths[i], &model->inputs[i],
                                  &state->arrays[i], &count, &error);
    if (bad)
      state->arrays[i].data = NULL;
    else if (i == 0)
      *samples = count;
    else if (!failed && count != *samples)
      bad = frieze_fail(
          &error, "expects %llu samples, as in %.80s, but got %llu",
          (unsigned long long)*samples, paths[0], (unsigned long long)count);
    if (bad)
      fprintf(stderr, "%s: %s\n", strcmp(paths[i], "-") ? paths[i] : "<stdin>",
              error.text);
    failed |= bad;
  }
  return failed;
}

/** Prints the outputs of one call: a line for each sample of the batch. */
static void print_outputs(const frieze_model *model, void *const *outputs,
                          uint64_t batch) {
  for (uint64_t sample = 0; sample < batch; ++sample) {
    const char *separator = "";
    for (uint64_t i = 0; i < model->output_count; ++i) {
      uint64_t width = model->outputs[i].elements / batch;
      const float *output = outputs[i];
      for (uint64_t j = 0; j < width; ++j, separator = ",")
        printf("%s%.9g", separator, (double)output[sample * width + j]);
    }
    putchar('\n');
  }
}

static int flush_output(void) {
  if (fflush(stdout) || ferror(stdout)) {
    fprintf(stderr, "<stdout>: error: can't write: %s\n", strerror(errno));
    return -1;
  }
  return 0;
}

static int run(const frieze_model *model, char **paths, run_state *state) {
  uint64_t samples = 0;
  if (read_inputs(model, paths, state, &samples))
    return -1;
  uint64_t batch = model->inputs[0].shape[0];
  for (uint64_t done = 0; done < samples; done += batch) {
    for (uint64_t i = 0; i < model->input_count; ++i)
      state->inputs[i] =
          state->arrays[i].data + done / batch * model->inputs[i].elements;
    model->run(state->inputs, state->outputs, state->arena);
    print_outputs(model, state->outputs, batch);
    if (ferror(stdout))
      break;
  }
  return flush_output();
}

/** Whether this program understands the model: its ABI, and one batch size;
 * and the processor its instructions. */
static int check_model(const char *program, const frieze_model *model) {
  if (model->abi_version != FRIEZE_ABI_VERSION) {
    fprintf(stderr,
            "%s: error: expects the version of the model's ABI to be %d, but "
            "got %u\n",
            program, FRIEZE_ABI_VERSION, (unsigned)model->abi_version);
    return -1;
  }
  if (!frieze_processor_runs(model->target)) {
    fprintf(stderr,
            "%s: error: expects a processor that runs code for %s, and this "
            "one lacks instructions; compile the model for another --target\n",
            program, model->target);
    return -1;
  }
  uint64_t count = model->input_count + model->output_count;
  for (uint64_t i = 0; i < count; ++i) {
    const frieze_tensor *tensor = i < model->input_count
                                      ? &model->inputs[i]
                                      : &model->outputs[i - model->input_count];
    if (tensor->type != FRIEZE_FLOAT32) {
      fprintf(stderr,
              "%s: error: expects '%s' to be float32, but got type %d\n",
              program, tensor->name, (int)tensor->type);
      return -1;
    }
    if (!model->input_count || !tensor->rank || !tensor->shape[0] ||
        tensor->shape[0] != model->inputs[0].shape[0]) {
      fprintf(stderr,
              "%s: error: expects '%s' to have the model's batch as its first "
              "axis\n",
              program, tensor->name);
      return -1;
    }
  }
  return 0;
}

int main(int argc, char **argv) {
  const frieze_model *model = &frieze_model_entry;
  const char *program = argc > 0 ? argv[0] : "model";
  if (check_model(program, model))
    return 1;
  /* What cannot be written is told, instead of ending the program. */
#ifdef SIGXFSZ
  signal(SIGXFSZ, SIG_IGN);
#endif
#ifdef SIGPIPE
  signal(SIGPIPE, SIG_IGN);
#endif

  int first = 1;
  if (argc > 1 && !strcmp(argv[1], "--help")) {
    print_usage(stdout, program, model);
    return flush_output() ? 1 : 0;
  }
  if (argc > 1 && !strcmp(argv[1], "--version")) {
    print_version(model);
    return flush_output() ? 1 : 0;
  }
  if (argc > 1 && !strcmp(argv[1], "--")) {
    first = 2;
  } else if (argc > 1 && argv[1][0] == '-' && argv[1][1]) {
    fprintf(stderr, "%s: error: unknown option '%s'; --help lists them\n",
            program, argv[1]);
    return 1;
  }
  if (argc < first || (uint64_t)(argc - first) != model->input_count) {
    fprintf(stderr, "%s: error: expects %llu input files, but got %d\n\n",
            program, (unsigned long long)model->input_count,
            argc > first ? argc - first : 0);
    print_usage(stderr, program, model);
    return 1;
  }

  run_state state = {0};
  int failed = allocate(model, &state);
  if (failed)
    fprintf(stderr, "%s: error: out of memory\n", program);
  else
    failed = run(model, argv + first, &state);
  release(model, &state);
  return failed ? 1 : 0;
}
