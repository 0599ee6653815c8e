/*===- compiler.h - The compiler as a library --------------------*- C -*-===*\
|*                                                                            *|
|* Part of the Frieze project, under the Apache License v2.0 with LLVM        *|
|* Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception        *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef FRIEZE_COMPILER_H
#define FRIEZE_COMPILER_H

/**
 * The C ABI of libfrieze; frieze/compiler.hpp is its form in C++17.
 *
 * Any number of threads may call these functions at once, with objects of their
 * own; one object is used by one thread at a time. Nothing here is kept between
 * calls, reads the environment, writes to a standard stream or ends the
 * process. Texts are UTF-8, and belong to the object that they were asked of.
 * Structs only ever grow at their end; `struct_size` says how far the caller
 * knows them.
 */

#include "frieze/model.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Raised whenever a function or struct below changes its meaning. */
#define FRIEZE_COMPILER_ABI_VERSION 1

/** FRIEZE_COMPILER_ABI_VERSION of the library; Frieze's version, as in 0.9.0.
 */
uint32_t frieze_compiler_abi_version(void);
const char *frieze_version(void);

/**
 * An option of a compilation, by the name that it has on the command line of
 * frieze-compile, without dashes:
 * - `name`: prefix of the symbols, a C identifier; default: of the file
 * - `target`: as `frieze-compile --print-targets` lists them
 * - `weights`: path of a file with the weights, for a model file without
 * - `batch`: samples of one call
 * - `dim`: DIMENSION=N or INPUT:AXIS=N; may be given several times
 * - `output-layer`: layers whose results are the outputs, with commas between;
 *   may be given several times
 * - `replace-layer`: CLASS=FILE or NAME=FILE, what layers compute; may be given
 *   several times
 * - `exact`: "true": every convolution as the sum it is
 * - `stream-hop`: samples by which windows move along a recording
 * - `stream-steps`: "true": steps of a sequence, one call after the other
 * - `stream-block`: windows or steps that are computed together
 * - `weights-section`: section of the object for the weights
 * - `ram`: bytes that a call may take, as in 65536 or 64K
 * - `cubin`: GPUs with machine code beside the PTX, as in sm_80,sm_90
 *
 * A name that is not here, or a value that does not fit, is an error of the
 * compilation.
 */
typedef struct frieze_option {
  const char *name;
  const char *value;
} frieze_option;

enum frieze_severity {
  FRIEZE_ERROR = 1,
  FRIEZE_WARNING = 2,
  FRIEZE_NOTE = 3,
  /** A decision of the compiler: what became of a layer, and why. */
  FRIEZE_REMARK = 4
};

/** What is said of a file or a layer. Texts that there are not are "". */
typedef struct frieze_diagnostic {
  /** Of enum frieze_severity. */
  int32_t severity;
  /** From 1 on, of text in `file`; 0 where it has none. */
  uint32_t line;
  uint32_t column;
  uint32_t reserved;
  const char *file;
  const char *layer;
  /** One line, without file, layer and severity. */
  const char *text;
  /** Of a remark: the op it is about, the rule that was applied, and why. */
  const char *subject;
  const char *rule;
  const char *why;
} frieze_diagnostic;

/** A layer of a model, with one result. */
typedef struct frieze_layer {
  /** Name in the model file. */
  const char *name;
  /** What it is, as in conv, dense or batch_norm. */
  const char *op;
  /** Shape of its result; axis 0 is the batch. */
  uint64_t rank;
  const uint64_t *shape;
  /** Multiply-adds of one call, and bytes of its parameters. */
  uint64_t macs;
  uint64_t parameter_bytes;
} frieze_layer;

/** Which layers: as imported, or the kernels that are left of them. */
enum frieze_layer_list { FRIEZE_IMPORTED = 1, FRIEZE_OPTIMISED = 2 };

/** What a model costs. */
typedef struct frieze_costs {
  /** sizeof(frieze_costs), to be set by the caller. */
  uint64_t struct_size;
  /** Layers and multiply-adds as imported, and those that are left. */
  uint64_t layers;
  uint64_t macs;
  uint64_t kernels;
  uint64_t live_macs;
  /** Bytes of parameters, and of the arena of a call. */
  uint64_t weights_bytes;
  uint64_t arena_bytes;
  /** Bytes of machine code, of constants with the weights, and of the stack. */
  uint64_t code_bytes;
  uint64_t constant_bytes;
  uint64_t stack_bytes;
  /** Instructions of a call; 0 where they are unknown. */
  uint64_t instructions;
} frieze_costs;

/** Bytes of the library's, until frieze_bytes_free(). */
typedef struct frieze_bytes {
  const void *data;
  size_t size;
  void *owner;
} frieze_bytes;

void frieze_bytes_free(frieze_bytes *bytes);

/** A model file on its way to artefacts. */
typedef struct frieze_compilation frieze_compilation;

/**
 * Called with what is made, a stage as of `frieze-compile --emit` or "profile",
 * and with the share of the way to it that is done, from 0 to 1: passes,
 * kernels and functions are counted. Returns 0, or something else to cancel: no
 * further step is taken, and whichever function makes it fails, with the error
 * "cancelled". Calls come from the thread of that function, at most a thousand
 * times for each; they may use other compilations, but not this one.
 */
typedef int (*frieze_progress)(void *data, const char *stage, double done);

/** A model file, and how it is compiled. */
typedef struct frieze_source {
  /** sizeof(frieze_source), to be set by the caller. */
  uint64_t struct_size;
  /** Path of a model file (.keras, .h5, .onnx, .json, .mlir). */
  const char *file;
  /** Those of a model file, which diagnostics call `file`; null to read it. */
  const void *bytes;
  size_t size;
  const frieze_option *options;
  size_t option_count;
  /** Told how far the compilation is, as long as it lives; may be null. */
  frieze_progress progress;
  void *progress_data;
} frieze_source;

/**
 * Imports a model and optimises it. The result is null only where memory is
 * short, and is otherwise to be freed, whether or not there were errors.
 */
frieze_compilation *frieze_compile(const frieze_source *source);

/** The same of a file or of bytes, without progress. */
frieze_compilation *frieze_compile_file(const char *path,
                                        const frieze_option *options,
                                        size_t option_count);
frieze_compilation *frieze_compile_bytes(const void *bytes, size_t size,
                                         const char *file,
                                         const frieze_option *options,
                                         size_t option_count);
void frieze_compilation_free(frieze_compilation *compilation);

/** 1 where the model was imported and optimised, 0 after an error. */
int frieze_compilation_succeeded(const frieze_compilation *compilation);

/**
 * Diagnostics so far, errors and remarks alike, in the order in which they came
 * up; every function below may add some where it fails.
 */
size_t
frieze_compilation_diagnostic_count(const frieze_compilation *compilation);
frieze_diagnostic
frieze_compilation_diagnostic(const frieze_compilation *compilation,
                              size_t index);

/** The layers of a list of enum frieze_layer_list, in order. */
size_t frieze_compilation_layer_count(const frieze_compilation *compilation,
                                      int list);
frieze_layer frieze_compilation_layer(const frieze_compilation *compilation,
                                      int list, size_t index);

/** Fills `costs`; returns 0, or 1 after an error. Makes the object first. */
int frieze_compilation_costs(frieze_compilation *compilation,
                             frieze_costs *costs);

/**
 * Makes an artefact, the bytes that `frieze-compile --emit=STAGE` would write:
 * nn, nn-opt, loops, gpu, ptx, spirv, llvm, llvm-ir, asm, obj, static, shared,
 * exe, wasm or header; or js or types, for the module of WebAssembly
 * `NAME.wasm`. Returns 0, or 1 after an error; then `bytes` are empty.
 */
int frieze_compilation_emit(frieze_compilation *compilation, const char *stage,
                            frieze_bytes *bytes);

/** How long a call takes on this processor, in seconds; each is a median. */
typedef struct frieze_profile {
  /** sizeof(frieze_profile), to be set by the caller. */
  uint64_t struct_size;
  /** Of the whole call. */
  double seconds;
  /** Of each kernel in it, in the order of FRIEZE_OPTIMISED: until the next
   * profile of the compilation. */
  uint64_t kernel_count;
  const double *kernel_seconds;
} frieze_profile;

/**
 * Measures a call, and then the kernels one after the other as in a call, on
 * random numbers. That takes `max_seconds`, which are positive, or a few calls
 * where these take longer. Before, each kernel is compiled by itself for the
 * instructions of this processor, in less time than the model for several.
 * Returns 0, or 1 after an error. The target has to be one of this processor.
 */
int frieze_compilation_profile(frieze_compilation *compilation,
                               double max_seconds, frieze_profile *profile);

/** A model that is code in this process. */
typedef struct frieze_library frieze_library;

/**
 * Loads the model into this process, without a linker or a file; null after an
 * error. The target has to be one of this processor.
 */
frieze_library *frieze_compilation_load(frieze_compilation *compilation);

/**
 * Loads an artefact: the bytes of an object or of a shared library that Frieze
 * wrote for this processor. Null after an error, which is then written to
 * `error`, to be freed. Code in it is run: give only what is trusted.
 */
frieze_library *frieze_load(const void *bytes, size_t size,
                            frieze_bytes *error);
void frieze_library_free(frieze_library *library);

/** The model in it, which lives as long; see frieze/model.h for its calls. */
const frieze_model *frieze_library_model(const frieze_library *library);

#ifdef __cplusplus
}
#endif

#endif /* FRIEZE_COMPILER_H */
