//===- compiler.hpp - The compiler as a library, in C++ ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// C++17 around frieze/compiler.h, in this header alone, so that a program and
// the library may be built by different compilers.
//
//   frieze::Compilation ecg("ecg.keras", {{"stream-hop", "1"}});
//   frieze::Session session(ecg.load());
//   session.run(window, scores);
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_HPP
#define FRIEZE_COMPILER_HPP

#include "frieze/compiler.h"
#include "frieze/model.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace frieze {

/// What is said of a file or a layer; "" is what there is not. See
/// frieze_diagnostic.
struct Diagnostic {
  frieze_severity severity;
  std::string file, layer, text;
  std::uint32_t line, column;
  std::string subject, rule, why;

  /// One line, `FILE: layer 'NAME': TEXT`; as the command line prints it, with
  /// `error: ` or the like before the text.
  std::string str(bool with_severity = false) const {
    std::string line;
    if (!file.empty())
      line = file + ":";
    if (this->line)
      line += std::to_string(this->line) + ":" + std::to_string(column) + ":";
    if (!line.empty())
      line += " ";
    if (!layer.empty())
      line += "layer '" + layer + "': ";
    if (with_severity)
      line += severity == FRIEZE_ERROR     ? "error: "
              : severity == FRIEZE_WARNING ? "warning: "
              : severity == FRIEZE_NOTE    ? "note: "
                                           : "remark: ";
    return line + text;
  }
};

/// A model that cannot be compiled, for the reasons that what() tells a line
/// each.
class CompileError : public Error {
public:
  explicit CompileError(std::vector<Diagnostic> reasons)
      : Error(join(reasons)), found(std::move(reasons)) {}

  /// The errors, with file and layer, and the notes on them.
  const std::vector<Diagnostic> &diagnostics() const noexcept { return found; }

private:
  static std::string join(const std::vector<Diagnostic> &reasons) {
    std::string text;
    for (const Diagnostic &reason : reasons)
      text += (text.empty() ? "" : "\n") + reason.str();
    return text;
  }

  std::vector<Diagnostic> found;
};

/// An option by the name of its flag; frieze_option lists them.
struct Option {
  std::string name, value;
};

/// A layer in plain values; shapes are row major, and axis 0 is the batch.
struct Layer {
  std::string name, op;
  std::vector<std::uint64_t> shape;
  std::uint64_t macs, parameter_bytes;
};

/// Gets what is made, a stage or "profile", and the share of the way to it that
/// is done, from 0 to 1; see frieze_progress. False cancels, which is a
/// CompileError, and so does an exception, which comes out instead of that.
using Progress = std::function<bool(std::string_view stage, double done)>;

/// How long a call takes on this processor, in seconds, each a median: the
/// whole, and each kernel in it, in the order of layers(FRIEZE_OPTIMISED).
struct Profile {
  double seconds;
  std::vector<double> kernels;
};

/// A model that is imported and optimised, and of which artefacts are made. One
/// thread at a time uses one.
class Compilation {
public:
  /// Compiles the model file `path`, and tells `progress`, if any, how far that
  /// and each function below is. Throws CompileError.
  explicit Compilation(const std::string &path,
                       const std::vector<Option> &options = {},
                       Progress progress = nullptr)
      : Compilation(make_source(path, nullptr, 0), options,
                    std::move(progress)) {}

  /// Compiles the bytes of a model file, which diagnostics call `file`. Throws
  /// CompileError.
  Compilation(std::string_view bytes, const std::string &file,
              const std::vector<Option> &options, Progress progress = nullptr)
      : Compilation(
            make_source(file, bytes.empty() ? "" : bytes.data(), bytes.size()),
            options, std::move(progress)) {}

  /// Whatever was said so far: remarks, warnings, errors.
  std::vector<Diagnostic> diagnostics() const {
    std::vector<Diagnostic> all;
    for (std::size_t i = 0;
         i < frieze_compilation_diagnostic_count(compilation.get()); ++i) {
      const frieze_diagnostic one =
          frieze_compilation_diagnostic(compilation.get(), i);
      all.push_back({static_cast<frieze_severity>(one.severity), one.file,
                     one.layer, one.text, one.line, one.column, one.subject,
                     one.rule, one.why});
    }
    return all;
  }

  /// The layers as imported, or the kernels that are left of them.
  std::vector<Layer> layers(frieze_layer_list which = FRIEZE_IMPORTED) const {
    std::vector<Layer> all;
    for (std::size_t i = 0;
         i < frieze_compilation_layer_count(compilation.get(), which); ++i) {
      const frieze_layer one =
          frieze_compilation_layer(compilation.get(), which, i);
      all.push_back({one.name,
                     one.op,
                     {one.shape, one.shape + one.rank},
                     one.macs,
                     one.parameter_bytes});
    }
    return all;
  }

  /// What the model costs; makes its object. Throws CompileError.
  frieze_costs costs() {
    frieze_costs costs = {};
    costs.struct_size = sizeof(costs);
    const std::size_t before = diagnostic_count();
    if (frieze_compilation_costs(compilation.get(), &costs))
      fail(before);
    return costs;
  }

  /// The bytes that `frieze-compile --emit=STAGE` writes; `js` and `types` are
  /// beside those of `wasm`. Throws CompileError.
  std::string emit(const std::string &stage) {
    const std::size_t before = diagnostic_count();
    frieze_bytes bytes;
    if (frieze_compilation_emit(compilation.get(), stage.c_str(), &bytes))
      fail(before);
    std::string result(static_cast<const char *>(bytes.data), bytes.size);
    frieze_bytes_free(&bytes);
    return result;
  }

  /// Measures a call and its kernels, for that many seconds or a few calls;
  /// compiles each kernel by itself before. Throws CompileError.
  Profile profile(double max_seconds = 0.4) {
    frieze_profile measured = {};
    measured.struct_size = sizeof(measured);
    const std::size_t before = diagnostic_count();
    if (frieze_compilation_profile(compilation.get(), max_seconds, &measured))
      fail(before);
    return {measured.seconds,
            {measured.kernel_seconds,
             measured.kernel_seconds + measured.kernel_count}};
  }

  /// The model as code in this process, which lives as long as the result and
  /// its copies. Throws CompileError.
  Model load() {
    const std::size_t before = diagnostic_count();
    std::shared_ptr<frieze_library> library(
        frieze_compilation_load(compilation.get()), frieze_library_free);
    if (!library)
      fail(before);
    const frieze_model &model = *frieze_library_model(library.get());
    return Model(model, std::move(library));
  }

private:
  /// What is told how far it is, and the exception that came out of it.
  struct Watcher {
    Progress progress;
    std::exception_ptr thrown;
  };

  /// Of a file that is to be read where `bytes` are null; no bytes are not.
  static frieze_source make_source(const std::string &file, const void *bytes,
                                   std::size_t size) {
    frieze_source source = {};
    source.struct_size = sizeof(source);
    source.file = file.c_str();
    source.bytes = bytes;
    source.size = size;
    return source;
  }

  Compilation(frieze_source source, const std::vector<Option> &options,
              Progress progress)
      : watcher(new Watcher{std::move(progress), nullptr}),
        compilation(nullptr, frieze_compilation_free) {
    const std::vector<frieze_option> listed = list(options);
    source.options = listed.data();
    source.option_count = listed.size();
    if (watcher->progress) {
      source.progress = tell;
      source.progress_data = watcher.get();
    }
    compilation.reset(frieze_compile(&source));
    if (!compilation)
      throw std::bad_alloc();
    if (!frieze_compilation_succeeded(compilation.get()))
      fail(0);
  }

  static int tell(void *data, const char *stage, double done) {
    Watcher &watcher = *static_cast<Watcher *>(data);
    try {
      return watcher.progress(stage, done) ? 0 : 1;
    } catch (...) {
      watcher.thrown = std::current_exception();
      return 1;
    }
  }

  static std::vector<frieze_option> list(const std::vector<Option> &options) {
    std::vector<frieze_option> all;
    for (const Option &option : options)
      all.push_back({option.name.c_str(), option.value.c_str()});
    return all;
  }

  std::size_t diagnostic_count() const {
    return frieze_compilation_diagnostic_count(compilation.get());
  }

  /// Throws the errors since there were `before` diagnostics, or what came out
  /// of the progress.
  [[noreturn]] void fail(std::size_t before) const {
    if (watcher->thrown)
      std::rethrow_exception(std::exchange(watcher->thrown, nullptr));
    std::vector<Diagnostic> reasons;
    const std::vector<Diagnostic> all = diagnostics();
    for (std::size_t i = before; i < all.size(); ++i)
      if (all[i].severity == FRIEZE_ERROR || all[i].severity == FRIEZE_NOTE)
        reasons.push_back(all[i]);
    throw CompileError(std::move(reasons));
  }

  std::unique_ptr<Watcher> watcher;
  std::unique_ptr<frieze_compilation, void (*)(frieze_compilation *)>
      compilation;
};

/// Loads an artefact: the bytes of an object or a shared library that Frieze
/// wrote for this processor. Throws Error. Code in it is run: give only what is
/// trusted.
inline Model load(std::string_view bytes) {
  frieze_bytes error;
  std::shared_ptr<frieze_library> library(
      frieze_load(bytes.data(), bytes.size(), &error), frieze_library_free);
  if (!library) {
    const std::string text(static_cast<const char *>(error.data), error.size);
    frieze_bytes_free(&error);
    throw Error(text);
  }
  const frieze_model &model = *frieze_library_model(library.get());
  return Model(model, std::move(library));
}

} // namespace frieze

#endif // FRIEZE_COMPILER_HPP
