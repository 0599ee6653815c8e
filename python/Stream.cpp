//===- Stream.cpp - Windows that move along a recording ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frieze/model.hpp"
#include "python/Arrays.h"
#include "python/Bindings.h"

namespace nb = nanobind;
using namespace frieze;
using namespace frieze::python;

/// Samples from which on a push lets other threads of Python run.
static constexpr uint64_t minSamplesWithoutGIL = 64;

namespace {

/// One recording in progress.
class RecordingStream {
public:
  explicit RecordingStream(const LoadedLibrary &loaded)
      : library(loaded), functions(find(loaded)),
        state(functions.state_bytes, functions.state_alignment) {
    functions.init(state.get());
  }
  RecordingStream(const RecordingStream &) = delete;

  uint64_t getWindow() const { return functions.window; }
  uint64_t getHop() const { return functions.hop; }
  uint64_t getBlock() const { return functions.block; }

  nb::object push(nb::handle samples) {
    InputArray array =
        takeArray(samples, "input", library.model->inputs[0].name);
    size_t channels = 1;
    for (size_t axis = 1; axis < array.rank; ++axis)
      channels *= static_cast<size_t>(array.shape[axis]);
    if (array.rank == 0 || channels != functions.channels)
      raise(PyExc_ValueError,
            "expects samples of " + std::to_string(functions.channels) +
                " value" + (functions.channels == 1 ? "" : "s") +
                " along axis 0, but got shape " + formatShape(array));
    Use use(*this);
    auto count = static_cast<uint64_t>(array.shape[0]);
    uint64_t windows = countWindows(total + count) - countWindows(total);
    std::vector<void *> data;
    nb::object outputs = makeOutputs(windows, data);
    if (count < minSamplesWithoutGIL) {
      functions.push(state.get(), array.data, count, data.data());
    } else {
      nb::gil_scoped_release release;
      functions.push(state.get(), array.data, count, data.data());
    }
    total += count;
    return outputs;
  }

  nb::object flush() {
    Use use(*this);
    std::vector<void *> data;
    // The ABI says that push holds no window back.
    nb::object outputs = makeOutputs(0, data);
    functions.flush(state.get(), data.data());
    total = 0;
    return outputs;
  }

private:
  /// Refuses a second thread while one uses the state. Changed by whoever
  /// holds the GIL.
  struct Use {
    explicit Use(RecordingStream &stream) : stream(stream) {
      if (stream.isUsed)
        raise(PyExc_RuntimeError,
              "expects one thread at a time to use a stream");
      stream.isUsed = true;
    }
    ~Use() { stream.isUsed = false; }
    RecordingStream &stream;
  };

  static const frieze_stream &find(const LoadedLibrary &loaded) {
    if (!loaded.model->stream)
      raise(PyExc_ValueError, "expects a model compiled with stream_hop or stream_steps");
    return *loaded.model->stream;
  }

  uint64_t countWindows(uint64_t samples) const {
    return samples < functions.window
               ? 0
               : (samples - functions.window) / functions.hop + 1;
  }

  nb::object makeOutputs(uint64_t windows, std::vector<void *> &data) {
    const frieze_model &model = *library.model;
    data.resize(model.output_count);
    nb::list outputs;
    for (uint64_t i = 0; i < model.output_count; ++i)
      outputs.append(makeArray(
          getShape(model.outputs[i], static_cast<int64_t>(windows)), data[i]));
    return model.output_count == 1 ? nb::object(outputs[0])
                                   : nb::object(nb::tuple(outputs));
  }

  LoadedLibrary library;
  const frieze_stream &functions;
  AlignedMemory state;
  /// Samples of the recording so far.
  uint64_t total = 0;
  bool isUsed = false;
};

} // namespace

void frieze::python::bindStream(nb::module_ &module) {
  nb::class_<RecordingStream>(
      module, "Stream",
      "A recording in progress, whose windows share their work.")
      .def(nb::init<const LoadedLibrary &>(), nb::arg("library"))
      .def_prop_ro("window", &RecordingStream::getWindow,
                   "Samples of a window.")
      .def_prop_ro("hop", &RecordingStream::getHop,
                   "Samples from the start of one window to the next.")
      .def_prop_ro("block", &RecordingStream::getBlock,
                   "Windows that are computed together.")
      .def("push", &RecordingStream::push, nb::arg("samples"),
           nb::sig("def push(self, samples: typing.Any) -> typing.Any"),
           "Takes the next samples, and returns the outputs of the windows "
           "that they complete, one along axis 0 for each.")
      .def("flush", &RecordingStream::flush,
           nb::sig("def flush(self) -> typing.Any"),
           "Ends the recording, and returns the outputs of the windows that "
           "were held back, which are none.");
}
