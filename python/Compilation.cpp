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

#include <cstring>
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

/// A compilation, which one thread at a time uses. The GIL is free while the
/// compiler works.
class Compilation {
public:
  Compilation(const std::string &path, const Options &options)
      : compilation(start(options, [&](const frieze_option *list) {
          return frieze_compile_file(path.c_str(), list, options.size());
        })) {}

  Compilation(const nb::bytes &bytes, const std::string &file,
              const Options &options)
      : compilation(start(options, [&](const frieze_option *list) {
          return frieze_compile_bytes(bytes.data(), bytes.size(), file.c_str(),
                                      list, options.size());
        })) {}

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
    if (use([&] {
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
    if (use([&] {
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
        use([&] { return frieze_compilation_load(compilation.get()); });
    if (!library)
      return nb::none();
    return nb::cast(LoadedLibrary(library));
  }

private:
  using Owner =
      std::unique_ptr<frieze_compilation, void (*)(frieze_compilation *)>;

  template <typename Function>
  static Owner start(const Options &options, Function compile) {
    std::vector<frieze_option> list;
    for (const auto &[name, value] : options)
      list.push_back({name.c_str(), value.c_str()});
    frieze_compilation *compilation;
    {
      nb::gil_scoped_release release;
      compilation = compile(list.data());
    }
    if (!compilation)
      throw std::bad_alloc();
    return Owner(compilation, frieze_compilation_free);
  }

  /// Nobody waits for the lock with the GIL, so that its holder may take that.
  template <typename Function>
  auto use(Function function) -> decltype(function()) {
    nb::gil_scoped_release release;
    std::lock_guard<std::mutex> guard(lock);
    return function();
  }

  Owner compilation;
  std::mutex lock;
};

} // namespace

void frieze::python::bindCompilation(nb::module_ &module) {
  nb::class_<Compilation>(module, "Compilation",
                          "A model file on its way to artefacts.")
      .def(nb::init<const std::string &, const Options &>(), nb::arg("path"),
           nb::arg("options"))
      .def(nb::init<const nb::bytes &, const std::string &, const Options &>(),
           nb::arg("bytes"), nb::arg("file"), nb::arg("options"))
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
           nb::sig("def load(self) -> Library | None"));
  module.attr("IMPORTED") = int(FRIEZE_IMPORTED);
  module.attr("OPTIMISED") = int(FRIEZE_OPTIMISED);
}
