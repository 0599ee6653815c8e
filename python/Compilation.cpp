//===- Compilation.cpp - The compiler from Python ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/Bindings.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <cstring>
#include <exception>
#include <mutex>
#include <new>
#include <utility>

namespace nb = nanobind;
using namespace frieze::python;

using Options = std::vector<std::pair<std::string, std::string>>;

/// A text of the library. It is UTF-8, but names in files may be anything.
static nb::object decode(const char *text) {
  return nb::steal(PyUnicode_DecodeUTF8(
      text, static_cast<Py_ssize_t>(strlen(text)), "replace"));
}

namespace {

/// Tells a function of Python how far a compilation is, and cancels it where
/// that raises an exception or the user interrupts the process.
class Watcher {
public:
  explicit Watcher(nb::object progress) : progress(std::move(progress)) {}

  /// For frieze_progress; without the GIL.
  static int tell(void *data, const char *stage, double done) {
    return static_cast<Watcher *>(data)->tell(stage, done);
  }

  /// With the GIL.
  void rethrow() {
    if (thrown)
      std::rethrow_exception(std::exchange(thrown, nullptr));
  }

private:
  int tell(const char *stage, double done) {
    // Others may hold the GIL for long.
    constexpr auto betweenSignals = std::chrono::milliseconds(50);
    auto now = std::chrono::steady_clock::now();
    bool looksForSignals = now - lastSignals >= betweenSignals;
    if (!looksForSignals && !hasProgress)
      return 0;
    nb::gil_scoped_acquire acquire;
    try {
      if (looksForSignals && PyErr_CheckSignals())
        nb::raise_python_error();
      lastSignals = now;
      if (hasProgress)
        progress(stage, done);
      return 0;
    } catch (...) {
      thrown = std::current_exception();
      return 1;
    }
  }

  nb::object progress;
  const bool hasProgress = !progress.is_none();
  std::chrono::steady_clock::time_point lastSignals =
      std::chrono::steady_clock::now();
  std::exception_ptr thrown;
};

/// A compilation, which one thread at a time uses. The GIL is free while the
/// compiler works.
class Compilation {
public:
  Compilation(const std::string &path, const Options &options,
              nb::object progress)
      : Compilation(path, nullptr, 0, options, std::move(progress)) {}

  Compilation(const nb::bytes &bytes, const std::string &file,
              const Options &options, nb::object progress)
      : Compilation(file, bytes.data(), bytes.size(), options,
                    std::move(progress)) {}

  bool hasSucceeded() {
    return use([&] { return frieze_compilation_succeeded(compilation.get()); });
  }

  /// Of each diagnostic, the arguments of frieze.Diagnostic.
  nb::list getDiagnostics() {
    nb::list list;
    use([&] {
      nb::gil_scoped_acquire acquire;
      size_t count = frieze_compilation_diagnostic_count(compilation.get());
      for (size_t i = 0; i < count; ++i) {
        frieze_diagnostic found =
            frieze_compilation_diagnostic(compilation.get(), i);
        list.append(nb::make_tuple(
            found.severity, decode(found.file), found.line, found.column,
            decode(found.layer), decode(found.text), decode(found.subject),
            decode(found.rule), decode(found.why)));
      }
    });
    return list;
  }

  /// Of each layer of a list of enum frieze_layer_list, the arguments of
  /// frieze.Layer.
  nb::list getLayers(int which) {
    nb::list list;
    use([&] {
      nb::gil_scoped_acquire acquire;
      size_t count = frieze_compilation_layer_count(compilation.get(), which);
      for (size_t i = 0; i < count; ++i) {
        frieze_layer layer =
            frieze_compilation_layer(compilation.get(), which, i);
        nb::list shape;
        for (uint64_t axis = 0; axis < layer.rank; ++axis)
          shape.append(layer.shape[axis]);
        list.append(nb::make_tuple(decode(layer.name), decode(layer.op),
                                   nb::tuple(shape), layer.macs,
                                   layer.parameter_bytes));
      }
    });
    return list;
  }

  /// The arguments of frieze.Costs by name; none after an error.
  nb::object getCosts() {
    frieze_costs costs = {};
    costs.struct_size = sizeof(costs);
    if (make([&] {
          return frieze_compilation_costs(compilation.get(), &costs);
        }))
      return nb::none();
    nb::dict named;
    named["layers"] = costs.layers;
    named["macs"] = costs.macs;
    named["kernels"] = costs.kernels;
    named["live_macs"] = costs.live_macs;
    named["weights_bytes"] = costs.weights_bytes;
    named["arena_bytes"] = costs.arena_bytes;
    named["code_bytes"] = costs.code_bytes;
    named["constant_bytes"] = costs.constant_bytes;
    named["stack_bytes"] = costs.stack_bytes;
    named["instructions"] = costs.instructions;
    return named;
  }

  /// None after an error.
  nb::object emit(const std::string &stage) {
    frieze_bytes bytes = {};
    if (make([&] {
          return frieze_compilation_emit(compilation.get(), stage.c_str(),
                                         &bytes);
        }))
      return nb::none();
    nb::bytes copy(bytes.data, bytes.size);
    frieze_bytes_free(&bytes);
    return copy;
  }

  /// None after an error.
  nb::object load() {
    frieze_library *library =
        make([&] { return frieze_compilation_load(compilation.get()); });
    if (!library)
      return nb::none();
    return nb::cast(LoadedLibrary(library));
  }

  /// Seconds of a call, and of each kernel; none after an error.
  nb::object profile(double maxSeconds) {
    frieze_profile profile = {};
    profile.struct_size = sizeof(profile);
    nb::list kernels;
    if (make([&] {
          if (frieze_compilation_profile(compilation.get(), maxSeconds,
                                         &profile))
            return 1;
          nb::gil_scoped_acquire acquire;
          for (uint64_t i = 0; i < profile.kernel_count; ++i)
            kernels.append(profile.kernel_seconds[i]);
          return 0;
        }))
      return nb::none();
    return nb::make_tuple(profile.seconds, kernels);
  }

private:
  using Owner =
      std::unique_ptr<frieze_compilation, void (*)(frieze_compilation *)>;

  Compilation(const std::string &file, const void *bytes, size_t size,
              const Options &options, nb::object progress)
      : watcher(std::move(progress)),
        compilation(nullptr, frieze_compilation_free) {
    std::vector<frieze_option> list;
    for (const auto &[name, value] : options)
      list.push_back({name.c_str(), value.c_str()});
    frieze_source source = {};
    source.struct_size = sizeof(source);
    source.file = file.c_str();
    source.bytes = bytes;
    source.size = size;
    source.options = list.data();
    source.option_count = list.size();
    source.progress = Watcher::tell;
    source.progress_data = &watcher;
    {
      nb::gil_scoped_release release;
      compilation.reset(frieze_compile(&source));
    }
    watcher.rethrow();
    if (!compilation)
      throw std::bad_alloc();
  }

  /// Makes something, of which the watcher is told.
  template <typename Function>
  auto make(Function function) -> decltype(function()) {
    auto made = use(function);
    watcher.rethrow();
    return made;
  }

  /// Nobody waits for the lock with the GIL, so that its holder may take that.
  template <typename Function>
  auto use(Function function) -> decltype(function()) {
    nb::gil_scoped_release release;
    std::lock_guard<std::mutex> guard(lock);
    return function();
  }

  Watcher watcher;
  Owner compilation;
  std::mutex lock;
};

} // namespace

void frieze::python::bindCompilation(nb::module_ &module) {
  nb::class_<Compilation>(module, "Compilation",
                          "A model file on its way to artefacts.")
      .def(nb::init<const std::string &, const Options &, nb::object>(),
           nb::arg("path"), nb::arg("options"),
           nb::arg("progress").none() = nb::none())
      .def(nb::init<const nb::bytes &, const std::string &, const Options &,
                    nb::object>(),
           nb::arg("bytes"), nb::arg("file"), nb::arg("options"),
           nb::arg("progress").none() = nb::none())
      .def_prop_ro("succeeded", &Compilation::hasSucceeded)
      .def("diagnostics", &Compilation::getDiagnostics,
           nb::sig("def diagnostics(self) -> list[tuple]"))
      .def("layers", &Compilation::getLayers, nb::arg("which"),
           nb::sig("def layers(self, which: int) -> list[tuple]"))
      .def("costs", &Compilation::getCosts,
           nb::sig("def costs(self) -> dict[str, int] | None"))
      .def("emit", &Compilation::emit, nb::arg("stage"),
           nb::sig("def emit(self, stage: str) -> bytes | None"))
      .def("load", &Compilation::load,
           nb::sig("def load(self) -> Library | None"))
      .def("profile", &Compilation::profile, nb::arg("max_seconds"),
           nb::sig("def profile(self, max_seconds: float) -> "
                   "tuple[float, list[float]] | None"));
  module.attr("IMPORTED") = int(FRIEZE_IMPORTED);
  module.attr("OPTIMISED") = int(FRIEZE_OPTIMISED);
}
