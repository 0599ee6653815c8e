//===- DeviceBenchmarks.cpp - The times of a model on a device --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-bench/DeviceBenchmarks.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <vector>

using namespace frieze;

namespace {

/// A way to run the model, on arrays for so many calls, or samples of a
/// recording.
class DeviceBenchmark {
public:
  enum class Kind { Resident, Host, Stream };

  DeviceBenchmark(const OpenDevice &device, const frieze_model &model,
                  Kind kind)
      : device(device), model(model), kind(kind) {}
  DeviceBenchmark(const DeviceBenchmark &) = delete;
  ~DeviceBenchmark() { release(); }

  const char *getName() const {
    return kind == Kind::Resident ? "resident"
           : kind == Kind::Host   ? "host"
                                  : "stream";
  }

  /// Chooses the calls of an iteration, and allocates for them.
  llvm::Error prepare() {
    // Enough to be in step, little enough for any device.
    if (llvm::Error error = allocate(64 * getCallsOfAWindow()))
      return error;
    for (int round = 0; round < 2; ++round)
      if (llvm::Error error = run())
        return error;
    constexpr double wantedSeconds = 0.05;
    constexpr uint64_t mostBytes = 256 << 20;
    uint64_t wanted =
        std::max(wantedSeconds / std::max(getTimes().seconds, 1e-9), 1.0) *
        calls;
    return allocate(std::max(calls, std::min(wanted, mostBytes / getBytes())));
  }

  void measure(benchmark::State &state) {
    frieze_device_times sum = {};
    for (auto iteration : state) {
      (void)iteration;
      if (llvm::Error error = run()) {
        state.SkipWithError(llvm::toString(std::move(error)).c_str());
        return;
      }
      frieze_device_times times = getTimes();
      state.SetIterationTime(times.seconds);
      sum.seconds += times.seconds;
      sum.kernel_seconds += times.kernel_seconds;
      sum.copy_in_seconds += times.copy_in_seconds;
      sum.copy_out_seconds += times.copy_out_seconds;
      sum.bytes_in += times.bytes_in;
      sum.bytes_out += times.bytes_out;
      sum.launches += times.launches;
    }
    addCounters(state, sum);
  }

private:
  void addCounters(benchmark::State &state, const frieze_device_times &sum) {
    auto add = [&](const char *name, double value) {
      state.counters[name] = value;
    };
    const double iterations = state.iterations();
    const double windows = iterations * getWindows();
    add("windows", getWindows());
    add("windows_per_s", windows / sum.seconds);
    add("launches", sum.launches / iterations);
    add("kernels_ms", sum.kernel_seconds * 1e3 / iterations);
    if (kind == Kind::Host) {
      add("copies_in_ms", sum.copy_in_seconds * 1e3 / iterations);
      add("copies_out_ms", sum.copy_out_seconds * 1e3 / iterations);
      add("gb_per_s", (sum.bytes_in + sum.bytes_out) * 1e-9 / sum.seconds);
    } else {
      add("gb_per_s", iterations * calls * getBytes() * 1e-9 / sum.seconds);
    }
    // Streams share work, and make fewer operations than the model has.
    if (kind == Kind::Stream)
      return;
    const double gigaflops = 2e-9 * model.macs * windows / sum.seconds;
    add("gflops", gigaflops);
    frieze_device_info info;
    frieze_device_error error;
    if (!frieze_device_describe(device.get(), &info, &error) &&
        info.peak_gigaflops > 0)
      add("peak_share", gigaflops / info.peak_gigaflops);
  }

  /// Samples for a window, where calls are samples.
  uint64_t getCallsOfAWindow() const {
    return kind == Kind::Stream ? model.stream->window : 1;
  }
  uint64_t getWindows() const {
    return kind == Kind::Stream
               ? (calls - model.stream->window) / model.stream->hop + 1
               : calls;
  }
  /// Bytes of inputs and outputs for each call.
  uint64_t getBytes() const {
    uint64_t elements = 0;
    for (uint64_t i = 0; i < model.input_count; ++i)
      elements += getInputElements(i);
    for (const frieze_tensor &tensor :
         llvm::ArrayRef(model.outputs, model.output_count))
      elements += tensor.elements;
    return elements * sizeof(float);
  }
  uint64_t getInputElements(uint64_t input) const {
    return kind == Kind::Stream ? model.stream->channels
                                : model.inputs[input].elements;
  }

  void release() {
    for (void *array : inputs)
      frieze_device_free(device.get(), array);
    for (void *array : outputs)
      frieze_device_free(device.get(), array);
    inputs.clear();
    outputs.clear();
  }

  /// Replaces the arrays by those for `count` calls; inputs hold numbers.
  llvm::Error allocate(uint64_t count) {
    release();
    calls = count;
    for (uint64_t i = 0; i < model.input_count; ++i)
      if (llvm::Error error = addArray(inputs, count * getInputElements(i)))
        return error;
    for (const frieze_tensor &tensor :
         llvm::ArrayRef(model.outputs, model.output_count))
      if (llvm::Error error = addArray(outputs, getWindows() * tensor.elements))
        return error;
    return llvm::Error::success();
  }

  llvm::Error addArray(std::vector<void *> &arrays, uint64_t elements) {
    std::vector<float> numbers(elements);
    for (auto [i, number] : llvm::enumerate(numbers))
      number = float(i * 37 % 199) / 100 - 1;
    const uint64_t bytes = elements * sizeof(float);
    void *array;
    frieze_device_error error;
    int status =
        kind == Kind::Host
            ? frieze_device_allocate_host(device.get(), bytes, &array, &error)
            : frieze_device_allocate(device.get(), bytes, &array, &error);
    if (!status) {
      arrays.push_back(array);
      status = frieze_device_copy(device.get(), array, numbers.data(), bytes,
                                  &error);
    }
    if (status)
      return llvm::createStringError(error.text);
    return llvm::Error::success();
  }

  llvm::Error run() {
    frieze_device_error error;
    int status =
        kind == Kind::Stream
            ? frieze_device_run_stream(device.getModel(), inputs.front(), calls,
                                       outputs.data(), &error)
            : frieze_device_run(device.getModel(), calls, inputs.data(),
                                outputs.data(), &error);
    if (status)
      return llvm::createStringError(error.text);
    return llvm::Error::success();
  }

  frieze_device_times getTimes() const {
    frieze_device_times times;
    frieze_device_get_times(device.getModel(), &times);
    return times;
  }

  const OpenDevice &device;
  const frieze_model &model;
  Kind kind;
  uint64_t calls = 0;
  std::vector<void *> inputs, outputs;
};

} // namespace

/// What stands above the figures.
static void addContext(const frieze_device_info &info, double difference) {
  auto add = [](const char *key, const std::string &value) {
    benchmark::AddCustomContext(key, value);
  };
  auto format = [](double value) {
    return llvm::formatv("{0:f1}", value).str();
  };
  add("device", info.name);
  add("device_driver", info.driver);
  add("device_memory_bytes", std::to_string(info.memory_bytes));
  add("device_free_bytes", std::to_string(info.free_bytes));
  add("device_peak_gflops", format(info.peak_gigaflops));
  add("device_peak_gb_per_s", format(info.peak_gigabytes));
  add("device_difference", llvm::formatv("{0:e1}", difference));
}

llvm::Error frieze::registerDevice(const OpenDevice &device,
                                   const frieze_model &model) {
  frieze_device_info info;
  frieze_device_error error;
  if (frieze_device_describe(device.get(), &info, &error))
    return llvm::createStringError(error.text);
  addContext(info, frieze_device_difference(device.getModel()));
  using Kind = DeviceBenchmark::Kind;
  llvm::SmallVector<Kind> kinds = {Kind::Resident, Kind::Host};
  if (model.stream && model.device->stream_kernel_count)
    kinds.push_back(Kind::Stream);
  for (Kind kind : kinds) {
    auto measured = std::make_shared<DeviceBenchmark>(device, model, kind);
    if (llvm::Error problem = measured->prepare())
      return problem;
    benchmark::RegisterBenchmark(
        measured->getName(),
        [measured](benchmark::State &state) { measured->measure(state); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
  return llvm::Error::success();
}
