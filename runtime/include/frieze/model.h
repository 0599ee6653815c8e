/*===- model.h - What a compiled model tells and does -------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_MODEL_H
#define FRIEZE_MODEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Raised whenever a struct below changes in layout or meaning. */
#define FRIEZE_ABI_VERSION 5

/**
 * The symbol under which a shared library exports its one model, whatever name
 * the model was compiled under: `extern const frieze_model frieze_model_entry`.
 */
#define FRIEZE_MODEL_ENTRY "frieze_model_entry"

/**
 * The type of an element. This version of the compiler writes models of float32
 * alone; a caller refuses a number that it does not know.
 */
enum frieze_type {
  FRIEZE_FLOAT32 = 1,
  FRIEZE_FLOAT16 = 2,
  FRIEZE_BFLOAT16 = 3,
  FRIEZE_INT8 = 4,
  FRIEZE_INT16 = 5,
  FRIEZE_INT32 = 6
};

/** One input or output of a model. */
typedef struct frieze_tensor {
  /** Name in the model file, UTF-8, never null. */
  const char *name;
  /** Number of axes. Axis 0 is the batch. */
  uint64_t rank;
  /** Sizes of the axes, outermost first; elements are row major. */
  const uint64_t *shape;
  /** Product of the sizes. */
  uint64_t elements;
  /** The type of an element, of enum frieze_type. */
  int32_t type;
  /**
   * An element x of an integer type stands for scale * (x - zero_point); of any
   * other type these are 1 and 0.
   */
  int32_t zero_point;
  double scale;
} frieze_tensor;

/**
 * A model whose window moves along a recording, with the work that overlapping
 * windows share done once: constant data, shared by any number of threads. Or,
 * with --stream-steps, a recurrent model that takes the steps of a sequence as
 * they come: window and hop are 1, and the outputs after each step are those of
 * `run` on all steps since init, however many there are.
 *
 * A stream lives in memory of the caller's, its state, one for each recording
 * in progress. One thread at a time uses a state, and any number of threads a
 * state each. Like running a model, no function here takes a lock, allocates,
 * calls anything or can fail. Scores have the same bits as those of `run` on
 * each window, wherever the stream starts and however many samples come at a
 * time.
 */
typedef struct frieze_stream {
  /** Samples of a window, and from the start of one window to the next. */
  uint64_t window;
  uint64_t hop;
  /** Elements of one sample, of the type of the model's input. */
  uint64_t channels;
  /** Windows that are computed together when so many samples come at once. */
  uint64_t block;
  /** Size of the state, in bytes; its alignment. */
  uint64_t state_bytes;
  uint64_t state_alignment;
  /** Starts a recording in `state`, whose contents were arbitrary. */
  void (*init)(void *state);
  /**
   * Takes the next `count` samples of the recording, 0 or more, and writes the
   * outputs of every window that they complete.
   * samples: count * channels elements, aligned to the size of one; read only
   * now.
   * outputs: output_count pointers to arrays to fill with those of one window
   * after the other, as run_batch does; they overlap neither samples nor state.
   * Returns the number of windows written: at most count / hop + 1, and after
   * n samples in all (n - window) / hop + 1, or 0 where n < window.
   */
  uint64_t (*push)(void *state, const void *samples, uint64_t count,
                   void *const *outputs);
  /**
   * Ends the recording: writes the outputs of windows that `push` has held back
   * and returns their number, which is 0, as push holds none back; samples that
   * complete no window are forgotten. Afterwards the state is as after init.
   */
  uint64_t (*flush)(void *state, void *const *outputs);
} frieze_stream;

/** What runs the code for a device. */
enum frieze_device_kind { FRIEZE_CUDA = 1, FRIEZE_VULKAN = 2 };

/**
 * A kernel: a function of a device's code, launched in one dimension. The first
 * groups_per_call groups take the first calls_per_group calls, the next ones
 * the calls after these. A kernel ignores calls from the count on.
 */
typedef struct frieze_device_kernel {
  /** Its name in the code. */
  const char *entry;
  /** Threads of a group: a block of CUDA, a workgroup of Vulkan. */
  uint32_t group_size;
  /** Groups that share the work of calls_per_group calls, 1 or more. */
  uint32_t groups_per_call;
  /** Calls that such groups take together, 1 or more. */
  uint32_t calls_per_group;
  uint32_t reserved;
} frieze_device_kernel;

/** Code of one architecture alone, which no driver has to compile. */
typedef struct frieze_device_binary {
  /** 80 for sm_80. */
  uint32_t architecture;
  uint32_t reserved;
  const void *data;
  uint64_t bytes;
} frieze_device_binary;

/**
 * A model's code for a device; frieze/device.h runs it.
 *
 * A batch of `count` calls launches every kernel in order, each after the one
 * before has ended, in ceil(count / calls_per_group) * groups_per_call groups.
 * Parameters of every kernel, in this order: a pointer to the array of each
 * input, to that of each output, as of run_batch; to the weights; to
 * count * arena_bytes bytes of scratch memory; and count, a uint32_t. CUDA has
 * them as parameters of the kernel. Vulkan has storage buffers, set 0 and
 * bindings from 0 on; that of the last holds count.
 *
 * A stream launches stream_kernels likewise. A call then takes stream_samples
 * samples, which begin stream_windows * hop samples after those of the call
 * before, and writes the outputs of stream_windows windows.
 */
typedef struct frieze_device_code {
  /** Of enum frieze_device_kind. */
  int32_t kind;
  int32_t reserved;
  /** The text of PTX with its NUL, or the words of SPIR-V. */
  const void *code;
  uint64_t code_bytes;
  /** The same compiled for single architectures, where there are any. */
  const frieze_device_binary *binaries;
  uint64_t binary_count;
  /** Copied to the device once. */
  const void *weights;
  uint64_t weights_bytes;
  /** Scratch memory of the device that one call needs, a multiple of 16. */
  uint64_t arena_bytes;
  const frieze_device_kernel *kernels;
  uint64_t kernel_count;
  /** The same for streams; all 0 and null without --stream-hop. */
  uint64_t stream_samples;
  uint64_t stream_windows;
  uint64_t stream_arena_bytes;
  const frieze_device_kernel *stream_kernels;
  uint64_t stream_kernel_count;
} frieze_device_code;

/**
 * A compiled model: constant data, shared by any number of threads.
 *
 * Running a model takes no lock, allocates nothing, calls nothing and cannot
 * fail; any number of threads may do so at once, each with its own arena.
 * Values are in the units that the model was trained on. Arrays and arena
 * belong to the caller, and nothing of them is kept after a call. The caller's
 * floating-point mode is part of the contract: round to nearest, and denormals
 * neither flushed nor read as zero.
 */
typedef struct frieze_model {
  /** FRIEZE_ABI_VERSION of the compiler that wrote the model. */
  uint32_t abi_version;
  /** sizeof(frieze_model) then, for callers of another version. */
  uint32_t struct_size;
  /** Symbol prefix the model was compiled under. */
  const char *name;
  /** Version of the compiler, and the target it compiled for. */
  const char *compiler;
  const char *target;
  /** SHA-256 of the files it is made of, 64 lower-case digits, or "". */
  const char *source_sha256;
  uint64_t input_count;
  uint64_t output_count;
  const frieze_tensor *inputs;
  const frieze_tensor *outputs;
  /** Scratch memory that run and run_batch need, in bytes; its alignment. */
  uint64_t arena_bytes;
  uint64_t arena_alignment;
  /** Bytes of constant weights in the object. */
  uint64_t weights_bytes;
  /** Multiply-adds of one call. */
  uint64_t macs;
  /**
   * Runs the model once.
   * inputs: input_count pointers to arrays of the elements of each, aligned to
   * the size of one.
   * outputs: output_count pointers to arrays to fill; they may not overlap
   * inputs or arena.
   * arena: arena_bytes bytes aligned to arena_alignment, contents arbitrary
   * before and after; one for each call in flight. May be null if arena_bytes
   * is 0.
   */
  void (*run)(const void *const *inputs, void *const *outputs, void *arena);
  /**
   * Runs the model `count` times, 0 or more, on the calling thread. The results
   * have the same bits as those of `count` calls of run.
   * inputs, outputs: as for run, each array with the elements of all calls, one
   * call after the other. With axis 0 of size 1, a call is a sample.
   * arena: as for run, of the same size.
   */
  void (*run_batch)(uint64_t count, const void *const *inputs,
                    void *const *outputs, void *arena);
  /** Null where it was compiled without --stream-hop or --stream-steps. */
  const frieze_stream *stream;
  /** Null where the model was compiled for no device. */
  const frieze_device_code *device;
} frieze_model;

#ifdef __cplusplus
}
#define FRIEZE_STATIC_ASSERT static_assert
#else
#define FRIEZE_STATIC_ASSERT_NAME(line) frieze_static_assert_##line
#define FRIEZE_STATIC_ASSERT_AT(condition, line)                               \
  typedef char FRIEZE_STATIC_ASSERT_NAME(line)[(condition) ? 1 : -1]
#define FRIEZE_STATIC_ASSERT(condition, message)                               \
  FRIEZE_STATIC_ASSERT_AT(condition, __LINE__)
#endif
FRIEZE_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(frieze_tensor) == 48,
                     "unexpected layout of frieze_tensor");
FRIEZE_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(frieze_model) == 136,
                     "unexpected layout of frieze_model");
FRIEZE_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(frieze_stream) == 72,
                     "unexpected layout of frieze_stream");
FRIEZE_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(frieze_device_kernel) == 24,
                     "unexpected layout of frieze_device_kernel");
FRIEZE_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(frieze_device_binary) == 24,
                     "unexpected layout of frieze_device_binary");
FRIEZE_STATIC_ASSERT(sizeof(void *) != 8 || sizeof(frieze_device_code) == 120,
                     "unexpected layout of frieze_device_code");

#endif /* FRIEZE_MODEL_H */
