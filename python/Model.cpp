//===- Model.cpp - Calls of a model from Python -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frieze/model.hpp"
#include "python/Arrays.h"
#include "python/Bindings.h"

#include <nanobind/stl/string.h>

#include <algorithm>
#include <optional>

namespace nb = nanobind;
using namespace frieze;
using namespace frieze::python;

/// Multiply-adds from which on a call lets other threads of Python run: fewer
/// take about as long as letting them.
static constexpr uint64_t minMACsWithoutGIL = 1 << 20;

static const char *plural(uint64_t count) { return count == 1 ? "" : "s"; }

namespace {

/// How many samples an argument holds: one without an axis of samples, or any
/// number along axis 0.
struct Samples {
  bool isSingle;
  int64_t count;

  bool operator==(const Samples &other) const {
    return isSingle == other.isSingle && count == other.count;
  }
};

/// The model as Python calls it. What calls share is changed by whoever holds
/// the GIL alone.
class CompiledModel {
public:
  /// A model that this processor does not run has no library, but a reason.
  CompiledModel(const LoadedLibrary *loaded, std::string reason)
      : reason(std::move(reason)) {
    if (loaded)
      library.emplace(*loaded);
  }
  CompiledModel(const CompiledModel &) = delete;

  const frieze_model &getModel() const {
    if (!library)
      raise(PyExc_RuntimeError, reason);
    return *library->model;
  }

  nb::object callOne(nb::handle argument) {
    const frieze_model &model = getModel();
    if (PyDict_Check(argument.ptr()))
      return callByName(nb::borrow<nb::dict>(argument));
    return callInOrder(model, &argument, 1);
  }

  nb::object callAll(const nb::args &arguments) {
    std::vector<nb::handle> handles;
    for (nb::handle argument : arguments)
      handles.push_back(argument);
    return callInOrder(getModel(), handles.data(), handles.size());
  }

private:
  nb::object callInOrder(const frieze_model &model, const nb::handle *arguments,
                         size_t count) {
    if (count != model.input_count)
      raise(PyExc_TypeError, "expects " + std::to_string(model.input_count) +
                                 " input" + plural(model.input_count) + " (" +
                                 quoteInputs() + "), but got " +
                                 std::to_string(count));
    std::vector<nb::object> outputs = run(model, arguments);
    if (outputs.size() == 1)
      return std::move(outputs.front());
    nb::list list;
    for (nb::object &output : outputs)
      list.append(std::move(output));
    return nb::tuple(list);
  }

  nb::object callByName(const nb::dict &arguments) {
    const frieze_model &model = *library->model;
    // Kept, as converting one of them may run code that changes the dict.
    std::vector<nb::object> values;
    std::vector<nb::handle> handles;
    for (uint64_t i = 0; i < model.input_count; ++i) {
      PyObject *value =
          PyDict_GetItemString(arguments.ptr(), model.inputs[i].name);
      if (value)
        handles.push_back(values.emplace_back(nb::borrow(value)));
    }
    if (handles.size() != model.input_count ||
        handles.size() != arguments.size())
      raise(PyExc_ValueError,
            "expects the inputs " + quoteInputs() + ", but got " +
                nb::str(nb::handle(nb::list(arguments.keys()))).c_str());
    std::vector<nb::object> outputs = run(model, handles.data());
    nb::dict named;
    for (uint64_t i = 0; i < model.output_count; ++i)
      named[model.outputs[i].name] = std::move(outputs[i]);
    return named;
  }

  std::string quoteInputs() const {
    std::string text;
    for (uint64_t i = 0; i < library->model->input_count; ++i)
      text +=
          std::string(i ? ", '" : "'") + library->model->inputs[i].name + "'";
    return text;
  }

  /// The batch that inputs and outputs begin with; 0 where they differ, so that
  /// arrays are those of one call, as frieze-run has it.
  static int64_t findBatch(const frieze_model &model) {
    uint64_t batch = 0;
    for (uint64_t i = 0; i < model.input_count + model.output_count; ++i) {
      const frieze_tensor &tensor = i < model.input_count
                                        ? model.inputs[i]
                                        : model.outputs[i - model.input_count];
      if (tensor.rank && !i)
        batch = tensor.shape[0];
      if (!tensor.rank || tensor.shape[0] != batch)
        return 0;
    }
    return static_cast<int64_t>(batch);
  }

  /// The samples of an argument, which has to fit its input. Axes of size 1 at
  /// the end of a shape may be left out.
  static Samples countSamples(const InputArray &array,
                              const frieze_tensor &tensor, int64_t batch) {
    for (uint64_t rank = tensor.rank; rank >= 1; --rank) {
      if (hasSizes(array, 1, tensor, rank) && array.shape[0] % batch == 0)
        return {false, array.shape[0]};
      if (batch == 1 && hasSizes(array, 0, tensor, rank))
        return {true, 1};
      if (tensor.shape[rank - 1] != 1)
        break;
    }
    std::string wanted = "(N";
    for (uint64_t axis = 1; axis < tensor.rank; ++axis)
      wanted += ", " + std::to_string(tensor.shape[axis]);
    wanted += tensor.rank == 1 ? ",)" : ")";
    if (batch == 1)
      wanted += " or " + formatShape(getShape(tensor, -1));
    else
      wanted += " with N a multiple of " + std::to_string(batch);
    raise(PyExc_ValueError, "expects shape " + wanted + " for input '" +
                                tensor.name + "', but got " +
                                formatShape(array));
  }

  /// Whether the axes of an array from `first` on are those of a sample, of
  /// which the first `rank` axes of `tensor` are left.
  static bool hasSizes(const InputArray &array, size_t first,
                       const frieze_tensor &tensor, uint64_t rank) {
    if (array.rank != rank - 1 + first)
      return false;
    for (uint64_t axis = 1; axis < rank; ++axis)
      if (tensor.shape[axis] !=
          static_cast<uint64_t>(array.shape[first + axis - 1]))
        return false;
    return true;
  }

  /// Raises ValueError for an argument that is not of the shape of its input.
  static void expectShape(const InputArray &array,
                          const frieze_tensor &tensor) {
    if (std::equal(array.shape, array.shape + array.rank, tensor.shape,
                   tensor.shape + tensor.rank, [](Py_ssize_t a, uint64_t b) {
                     return static_cast<uint64_t>(a) == b;
                   }))
      return;
    raise(
        PyExc_ValueError,
        "expects shape " +
            formatShape(std::vector<Py_ssize_t>(tensor.shape,
                                                tensor.shape + tensor.rank)) +
            " for input '" + tensor.name +
            "' of a model whose first axes are no batch, but got " +
            formatShape(array) +
            "; model.run(..., batch_axis=1) takes samples along another axis");
  }

  /// One call, with arrays of the shapes of inputs and outputs.
  std::vector<nb::object> runOnce(const frieze_model &model,
                                  const nb::handle *arguments) {
    std::vector<InputArray> arrays;
    std::vector<const void *> inputs;
    for (uint64_t i = 0; i < model.input_count; ++i) {
      const frieze_tensor &tensor = model.inputs[i];
      arrays.push_back(takeArray(arguments[i], "input", tensor.name));
      expectShape(arrays.back(), tensor);
      inputs.push_back(arrays.back().data);
    }
    std::vector<nb::object> results;
    std::vector<void *> outputs(model.output_count);
    for (uint64_t i = 0; i < model.output_count; ++i) {
      const frieze_tensor &tensor = model.outputs[i];
      results.push_back(makeArray(
          std::vector<Py_ssize_t>(tensor.shape, tensor.shape + tensor.rank),
          outputs[i]));
    }
    compute(model, 1, inputs.data(), outputs.data());
    return results;
  }

  std::vector<nb::object> run(const frieze_model &model,
                              const nb::handle *arguments) {
    int64_t batch = findBatch(model);
    if (batch == 0)
      return runOnce(model, arguments);
    std::vector<InputArray> arrays;
    std::vector<const void *> inputs;
    std::optional<Samples> samples;
    for (uint64_t i = 0; i < model.input_count; ++i) {
      const frieze_tensor &tensor = model.inputs[i];
      arrays.push_back(takeArray(arguments[i], "input", tensor.name));
      Samples found = countSamples(arrays.back(), tensor, batch);
      if (samples && !(*samples == found))
        raise(PyExc_ValueError,
              "expects as many samples in every input, but '" +
                  std::string(model.inputs[0].name) + "' has shape " +
                  formatShape(arrays.front()) + " and '" + tensor.name + "' " +
                  formatShape(arrays.back()));
      samples = found;
      inputs.push_back(arrays.back().data);
    }
    if (!samples)
      raise(PyExc_ValueError, "expects a model with inputs");

    std::vector<nb::object> results;
    std::vector<void *> outputs(model.output_count);
    for (uint64_t i = 0; i < model.output_count; ++i)
      results.push_back(makeArray(
          getShape(model.outputs[i], samples->isSingle ? -1 : samples->count),
          outputs[i]));
    compute(model, static_cast<uint64_t>(samples->count / batch), inputs.data(),
            outputs.data());
    return results;
  }

  void compute(const frieze_model &model, uint64_t calls,
               const void *const *inputs, void *const *outputs) {
    AlignedMemory arena = takeArena(model);
    if (calls == 1 && model.macs < minMACsWithoutGIL) {
      model.run(inputs, outputs, arena.get());
    } else if (model.macs < minMACsWithoutGIL / (calls + 1)) {
      model.run_batch(calls, inputs, outputs, arena.get());
    } else {
      nb::gil_scoped_release release;
      model.run_batch(calls, inputs, outputs, arena.get());
    }
    arenas.push_back(std::move(arena));
  }

  /// There are as many arenas as there were calls at once.
  AlignedMemory takeArena(const frieze_model &model) {
    if (arenas.empty())
      return {model.arena_bytes, model.arena_alignment};
    AlignedMemory arena = std::move(arenas.back());
    arenas.pop_back();
    return arena;
  }

  std::optional<LoadedLibrary> library;
  std::string reason;
  std::vector<AlignedMemory> arenas;
};

} // namespace

/// Name and shape of each tensor.
static nb::list describe(const frieze_tensor *tensors, uint64_t count) {
  nb::list list;
  for (uint64_t i = 0; i < count; ++i) {
    nb::list shape;
    for (uint64_t axis = 0; axis < tensors[i].rank; ++axis)
      shape.append(tensors[i].shape[axis]);
    list.append(nb::make_tuple(tensors[i].name, nb::tuple(shape)));
  }
  return list;
}

/// The library in an artefact's bytes, or the error.
static nb::object loadArtefact(const nb::bytes &bytes) {
  frieze_bytes error = {};
  frieze_library *library;
  {
    nb::gil_scoped_release release;
    library = frieze_load(bytes.data(), bytes.size(), &error);
  }
  if (library)
    return nb::cast(LoadedLibrary(library));
  nb::object text = nb::steal(
      PyUnicode_DecodeUTF8(static_cast<const char *>(error.data),
                           static_cast<Py_ssize_t>(error.size), "replace"));
  frieze_bytes_free(&error);
  return text;
}

void frieze::python::bindModel(nb::module_ &module) {
  nb::class_<LoadedLibrary>(module, "Library",
                            "A model that is code in this process.")
      .def_prop_ro("name",
                   [](const LoadedLibrary &self) { return self.model->name; })
      .def_prop_ro("target",
                   [](const LoadedLibrary &self) { return self.model->target; })
      .def_prop_ro("inputs",
                   [](const LoadedLibrary &self) {
                     return describe(self.model->inputs,
                                     self.model->input_count);
                   })
      .def_prop_ro("outputs", [](const LoadedLibrary &self) {
        return describe(self.model->outputs, self.model->output_count);
      });
  nb::class_<CompiledModel>(module, "CompiledModel",
                            "A model that can be called with arrays.")
      .def(nb::init<const LoadedLibrary *, std::string>(),
           nb::arg("library").none(), nb::arg("reason") = "")
      .def("__call__", &CompiledModel::callOne,
           nb::sig("def __call__(self, input: typing.Any, /) -> typing.Any"))
      .def("__call__", &CompiledModel::callAll,
           nb::sig("def __call__(self, *inputs: typing.Any) -> typing.Any"));
  module.def("load", loadArtefact, nb::arg("artefact"),
             nb::sig("def load(artefact: bytes) -> Library | str"),
             "Loads an object or a shared library; a text is an error.");
}
