//===- model.hpp - Compiled models in C++ -----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// C++17 around frieze/model.h, in this header alone. What it needs is allocated
// when an object is constructed: no call of a model allocates, locks or throws.
//
// Values are in the units that the model was trained on, and of the types that
// its tensors tell: functions on float are for models of float32. Arrays belong
// to the caller, and hold the elements of a tensor in row-major order; the axis
// 0 of each tensor is the batch.
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_MODEL_HPP
#define FRIEZE_MODEL_HPP

#include "frieze/model.h"
#include "frieze/processor.h"

#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace frieze {

/// A model that cannot be used; the text begins with the file where there is
/// one, and says what was expected and what was found.
class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// What a compiled model tells of itself. Copies are cheap, and any number of
/// threads may use one: nothing in it changes. A model of a library keeps that
/// library loaded.
class Model {
public:
  /// A model that is linked into the program: `ecg_model`, if it was compiled
  /// as `ecg` and its header is included after frieze/model.h. Throws Error if
  /// it was compiled for another version of the ABI, or for a processor that
  /// has instructions that this one lacks.
  explicit Model(const frieze_model &description)
      : Model(description, nullptr, "model") {}

  /// A model of code that `owner` keeps in this process, and that stays as long
  /// as this object or a copy of it. Throws Error likewise.
  Model(const frieze_model &description, std::shared_ptr<void> owner)
      : Model(description, std::move(owner), "model") {}

  /// The description in C. It lives as long as this object or a copy of it.
  const frieze_model &description() const noexcept { return *described; }

  /// Prefix of the model's symbols.
  std::string_view name() const noexcept { return described->name; }

  std::size_t input_count() const noexcept {
    return static_cast<std::size_t>(described->input_count);
  }
  std::size_t output_count() const noexcept {
    return static_cast<std::size_t>(described->output_count);
  }

  /// Name and shape of the input or output `index`, counted from 0; it lives as
  /// long as the description. Throws std::out_of_range.
  const frieze_tensor &input(std::size_t index) const {
    return at(described->inputs, described->input_count, index, "input");
  }
  const frieze_tensor &output(std::size_t index) const {
    return at(described->outputs, described->output_count, index, "output");
  }

  /// Index of the input or output with this name. Throws std::out_of_range if
  /// there is none.
  std::size_t find_input(std::string_view wanted) const {
    return find(described->inputs, described->input_count, wanted, "input");
  }
  std::size_t find_output(std::string_view wanted) const {
    return find(described->outputs, described->output_count, wanted, "output");
  }

  /// Throws Error unless every input and output is float32.
  void expect_float32() const {
    for (std::size_t i = 0; i < input_count() + output_count(); ++i) {
      const frieze_tensor &tensor =
          i < input_count() ? input(i) : output(i - input_count());
      if (tensor.type != FRIEZE_FLOAT32)
        throw Error(std::string(name()) + ": expects float32, but '" +
                    tensor.name + "' has elements of type " +
                    std::to_string(tensor.type));
    }
  }

private:
  friend class Library;

  Model(const frieze_model &model, std::shared_ptr<void> from,
        const std::string &where)
      : described(&model), library(std::move(from)) {
    expect(where, "version of the ABI", FRIEZE_ABI_VERSION, model.abi_version);
    expect(where, "size of the description", sizeof(frieze_model),
           model.struct_size);
    if (!frieze_processor_runs(model.target))
      throw Error(where + ": expects a processor that runs code for " +
                  model.target + ", and this one lacks instructions");
  }

  static void expect(const std::string &where, const char *what,
                     std::uint64_t wanted, std::uint64_t found) {
    if (wanted != found)
      throw Error(where + ": expects the " + what + " to be " +
                  std::to_string(wanted) + ", but got " +
                  std::to_string(found));
  }

  static const frieze_tensor &at(const frieze_tensor *tensors,
                                 std::uint64_t count, std::size_t index,
                                 const char *role) {
    if (index >= count)
      throw std::out_of_range(std::string("expects one of ") +
                              std::to_string(count) + " " + role +
                              "s, but got index " + std::to_string(index));
    return tensors[index];
  }

  static std::size_t find(const frieze_tensor *tensors, std::uint64_t count,
                          std::string_view wanted, const char *role) {
    for (std::size_t index = 0; index < count; ++index)
      if (tensors[index].name == wanted)
        return index;
    throw std::out_of_range(std::string("expects the name of an ") + role +
                            ", but got '" + std::string(wanted) + "'");
  }

  const frieze_model *described;
  std::shared_ptr<void> library;
};

/// A shared library that frieze-compile wrote, loaded into this process. It is
/// unloaded when this object and everything made of its model are gone.
class Library {
public:
  /// Loads the file at `path`; a name without a folder is looked for in the
  /// working directory alone. Throws Error if it cannot be loaded, holds no
  /// model, or one for another version of the ABI or processor. Like every
  /// library, it may run code of its own when it is loaded: give only paths
  /// that are trusted.
  explicit Library(const std::string &path) : loaded(load(path)) {}

  const Model &model() const noexcept { return loaded; }

private:
  static Model load(const std::string &path) {
    // Without a slash, dlopen() would search the folders of the system.
    const std::string file =
        path.find('/') == std::string::npos ? "./" + path : path;
    std::shared_ptr<void> library(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL),
                                  [](void *handle) {
                                    if (handle)
                                      dlclose(handle);
                                  });
    if (!library)
      throw Error(path + ": cannot be loaded: " + dlerror());
    const void *symbol = dlsym(library.get(), FRIEZE_MODEL_ENTRY);
    if (!symbol)
      throw Error(path + ": expects the symbol " FRIEZE_MODEL_ENTRY
                         ", but it is missing");
    return Model(*static_cast<const frieze_model *>(symbol), std::move(library),
                 path);
  }

  Model loaded;
};

/// Memory of a given alignment, which is all that calls of a model need.
class AlignedMemory {
public:
  /// `bytes` may be 0; then there is no memory. Throws std::bad_alloc.
  AlignedMemory(std::uint64_t bytes, std::uint64_t aligned_to)
      : alignment(static_cast<std::size_t>(aligned_to)) {
    if (bytes > PTRDIFF_MAX)
      throw std::bad_alloc();
    if (bytes)
      memory = ::operator new(static_cast<std::size_t>(bytes),
                              std::align_val_t(alignment));
  }
  AlignedMemory(AlignedMemory &&other) noexcept
      : memory(std::exchange(other.memory, nullptr)),
        alignment(other.alignment) {}
  AlignedMemory &operator=(AlignedMemory &&other) noexcept {
    std::swap(memory, other.memory);
    std::swap(alignment, other.alignment);
    return *this;
  }
  ~AlignedMemory() { ::operator delete(memory, std::align_val_t(alignment)); }

  void *get() const noexcept { return memory; }

private:
  void *memory = nullptr;
  std::size_t alignment;
};

/// Runs a model. It owns the arena, so each thread needs a session of its own;
/// any number of them share one model. One that was moved from can only be
/// assigned to or destroyed.
class Session {
public:
  /// Allocates the arena. Throws std::bad_alloc.
  explicit Session(Model model)
      : used(std::move(model)), arena(used.description().arena_bytes,
                                      used.description().arena_alignment) {}

  const Model &model() const noexcept { return used; }

  /// Runs the model once. `inputs` points to input_count() arrays, `outputs` to
  /// output_count() arrays to fill, in the model's order and of as many
  /// elements as its tensors have; outputs overlap nothing.
  void run(const void *const *inputs, void *const *outputs) noexcept {
    used.description().run(inputs, outputs, arena.get());
  }

  /// Runs the model `count` times, 0 or more, on this thread, with the bits of
  /// single runs. Arrays are as for run(), each with the elements of all calls,
  /// one call after the other.
  void run_batch(std::uint64_t count, const void *const *inputs,
                 void *const *outputs) noexcept {
    used.description().run_batch(count, inputs, outputs, arena.get());
  }

  /// The same for a model of one input and one output, of float32; throws
  /// Error, before anything is done, for another one.
  void run(const float *input, float *output) {
    expect_single();
    const void *in = input;
    void *out = output;
    run(&in, &out);
  }
  void run_batch(std::uint64_t count, const float *input, float *output) {
    expect_single();
    const void *in = input;
    void *out = output;
    run_batch(count, &in, &out);
  }

private:
  void expect_single() const {
    used.expect_float32();
    if (used.input_count() != 1 || used.output_count() != 1)
      throw Error("expects a model of one input and one output, but got " +
                  std::to_string(used.input_count()) + " and " +
                  std::to_string(used.output_count()));
  }

  Model used;
  AlignedMemory arena;
};

/// Scores a recording window by window as its samples come, where the model was
/// compiled with --stream-hop, or a sequence step by step with --stream-steps,
/// where a window is one step and its scores are those of all so far. It owns the state of one recording, so each
/// recording in progress needs a stream of its own, used by one thread at a
/// time; any number of them share one model. One that was moved from can only
/// be assigned to or destroyed.
class Stream {
public:
  /// Allocates the state and starts a recording. Throws Error if the model has
  /// no stream, std::bad_alloc if there is no memory.
  explicit Stream(Model model)
      : used(std::move(model)),
        state(find(used).state_bytes, find(used).state_alignment) {
    restart();
  }

  const Model &model() const noexcept { return used; }

  /// Samples of a window, and from the start of one window to the next.
  std::uint64_t window() const noexcept { return functions().window; }
  std::uint64_t hop() const noexcept { return functions().hop; }
  /// Values of one sample.
  std::uint64_t channels() const noexcept { return functions().channels; }

  /// The most windows that push() writes when it is given `count` samples.
  std::uint64_t max_windows(std::uint64_t count) const noexcept {
    return count / hop() + 1;
  }

  /// Takes the next `count` samples, 0 or more, of channels() values each, and
  /// writes the outputs of every window that they complete. `outputs` points to
  /// output_count() arrays with room for max_windows(count) windows, one after
  /// the other; they overlap nothing. Returns the number of windows written.
  std::uint64_t push(const void *samples, std::uint64_t count,
                     void *const *outputs) noexcept {
    return functions().push(state.get(), samples, count, outputs);
  }

  /// Ends the recording and starts another one. Writes the outputs of windows
  /// that push() has held back, at most max_windows(0), and returns their
  /// number; samples that complete no window are forgotten.
  std::uint64_t flush(void *const *outputs) noexcept {
    return functions().flush(state.get(), outputs);
  }

  /// The same for a model of one output, of float32; throws Error, before
  /// anything is done, for another one.
  std::uint64_t push(const float *samples, std::uint64_t count, float *output) {
    expect_single();
    void *out = output;
    return push(samples, count, &out);
  }
  std::uint64_t flush(float *output) {
    expect_single();
    void *out = output;
    return flush(&out);
  }

  /// Forgets the recording and starts another one.
  void restart() noexcept { functions().init(state.get()); }

private:
  static const frieze_stream &find(const Model &model) {
    if (!model.description().stream)
      throw Error(std::string(model.name()) +
                  ": expects a model compiled with --stream-hop or "
                  "--stream-steps");
    return *model.description().stream;
  }

  const frieze_stream &functions() const noexcept {
    return *used.description().stream;
  }

  void expect_single() const {
    used.expect_float32();
    if (used.output_count() != 1)
      throw Error("expects a model of one output, but got " +
                  std::to_string(used.output_count()));
  }

  Model used;
  AlignedMemory state;
};

} // namespace frieze

#endif // FRIEZE_MODEL_HPP
