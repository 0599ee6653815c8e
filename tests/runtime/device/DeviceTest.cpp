//===- DeviceTest.cpp - Models on a device of CUDA --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frieze/device.h"
#include "tests/runtime/device/FakeCuda.h"
#include "tests/runtime/device/HandMadeModel.h"

#include "gtest/gtest.h"

#include <memory>
#include <vector>

namespace {

const char code[] = ".visible .entry first ... second ... moving";

/// A driver as after the start of a process, and a model for it.
class DeviceTest : public testing::Test {
protected:
  frieze_device_code deviceCode =
      handmade::describeDevice(FRIEZE_CUDA, code, sizeof code);
  frieze_model model = handmade::describe(&deviceCode);
  frieze_device_error error = {};
  frieze_device *device = nullptr;
  frieze_device_model *loaded = nullptr;

  DeviceTest() {
    fakecuda::failCall(0);
    fakecuda::setMemory(size_t(1) << 30);
    fakecuda::setModel(&model);
  }
  ~DeviceTest() override {
    close();
    fakecuda::setModel(nullptr);
    EXPECT_EQ(fakecuda::listLeaks(), "");
    EXPECT_EQ(fakecuda::takeProblem(), "");
  }

  int open() {
    int status = frieze_device_open(FRIEZE_CUDA, 0, &device, &error);
    return status ? status
                  : frieze_device_load(device, &model, &loaded, &error);
  }
  void close() {
    frieze_device_unload(loaded);
    frieze_device_close(device);
    loaded = nullptr;
    device = nullptr;
  }
};

constexpr size_t inputElements = handmade::window * handmade::channels;

/// Numbers that differ.
std::vector<float> makeInput(size_t elements) {
  std::vector<float> input(elements);
  for (size_t i = 0; i < elements; ++i)
    input[i] = 0.01f * float(i * 37 % 199) - 1;
  return input;
}

/// What the CPU computes for `count` calls: sums, then ends.
std::vector<float> runOnCPU(size_t count, const std::vector<float> &input) {
  std::vector<float> results(3 * count);
  const void *in[] = {input.data()};
  void *out[] = {results.data(), results.data() + count};
  handmade::runBatch(count, in, out, nullptr);
  return results;
}

//===----------------------------------------------------------------------===//
// Batches
//===----------------------------------------------------------------------===//

/// Every array in pageable memory, of more slices than lanes at the end.
TEST_F(DeviceTest, RunsBatchesOfTheHost) {
  ASSERT_EQ(open(), 0) << error.text;
  for (size_t count : {0, 1, 7, 1000, 1000000}) {
    std::vector<float> input = makeInput(count * inputElements);
    std::vector<float> results(3 * count);
    const void *in[] = {input.data()};
    void *out[] = {results.data(), results.data() + count};
    ASSERT_EQ(frieze_device_run(loaded, count, in, out, &error), 0)
        << error.text;
    EXPECT_EQ(results, runOnCPU(count, input)) << count;
    frieze_device_times times;
    frieze_device_get_times(loaded, &times);
    EXPECT_EQ(times.bytes_in, count * inputElements * sizeof(float));
    EXPECT_EQ(times.bytes_out, count * 3 * sizeof(float));
    EXPECT_EQ(times.launches > 2, count == 1000000);
    // Of each slice a millisecond of the test's driver.
    EXPECT_NEAR(times.kernel_seconds, 0.001 * times.launches / 2, 1e-6);
  }
  // One slice is copied while another one is computed.
  EXPECT_EQ(fakecuda::countBusyStreams(), 2);
}

/// Arrays on the device, also of another library, are used where they lie.
TEST_F(DeviceTest, RunsWhereArraysLie) {
  ASSERT_EQ(open(), 0) << error.text;
  constexpr size_t count = 100, inputBytes = count * inputElements * 4;
  std::vector<float> input = makeInput(count * inputElements);
  void *own, *pinned, *other = fakecuda::allocate(2 * count * sizeof(float));
  ASSERT_EQ(frieze_device_allocate(device, inputBytes + 256, &own, &error), 0);
  ASSERT_EQ(frieze_device_allocate_host(device, count * 4, &pinned, &error), 0);
  char *from = static_cast<char *>(own) + 256;
  ASSERT_EQ(frieze_device_copy(device, from, input.data(), inputBytes, &error),
            0);
  const void *in[] = {from};
  void *out[] = {pinned, other};
  ASSERT_EQ(frieze_device_run(loaded, count, in, out, &error), 0) << error.text;
  std::vector<float> results(static_cast<float *>(pinned),
                             static_cast<float *>(pinned) + count);
  auto ends = static_cast<float *>(fakecuda::getHostAddress(other));
  results.insert(results.end(), ends, ends + 2 * count);
  EXPECT_EQ(results, runOnCPU(count, input));
  frieze_device_times times;
  frieze_device_get_times(loaded, &times);
  EXPECT_EQ(times.bytes_in, 0u);
  EXPECT_EQ(times.bytes_out, count * sizeof(float));
  // What was copied there comes back.
  std::vector<float> back(input.size());
  ASSERT_EQ(frieze_device_copy(device, back.data(), from, inputBytes, &error),
            0);
  EXPECT_EQ(back, input);
  fakecuda::release(other);
  frieze_device_free(device, own);
  frieze_device_free(device, pinned);
}

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

/// What the CPU computes for the windows of a recording.
void pushOnCPU(const std::vector<float> &input, size_t windows,
               std::vector<float> &expected) {
  expected.resize(3 * windows);
  void *wanted[] = {expected.data(), expected.data() + windows};
  handmade::State state;
  handmade::init(&state);
  ASSERT_EQ(handmade::push(&state, input.data(),
                           input.size() / handmade::channels, wanted),
            windows);
}

/// All windows of recordings of any length, on the host and on the device; the
/// last call has too few samples but where they fit.
TEST_F(DeviceTest, RunsStreams) {
  ASSERT_EQ(open(), 0) << error.text;
  for (size_t samples : {0, 4, 5, 6, 7, 9, 20, 1001}) {
    std::vector<float> input = makeInput(samples * handmade::channels);
    size_t windows = samples < handmade::window
                         ? 0
                         : (samples - handmade::window) / handmade::hop + 1;
    std::vector<float> expected, results(3 * windows, -5);
    ASSERT_NO_FATAL_FAILURE(pushOnCPU(input, windows, expected));
    void *out[] = {results.data(), results.data() + windows};
    ASSERT_EQ(
        frieze_device_run_stream(loaded, input.data(), samples, out, &error), 0)
        << error.text;
    EXPECT_EQ(results, expected) << samples;

    void *resident;
    size_t bytes = input.size() * sizeof(float);
    ASSERT_EQ(frieze_device_allocate(device, bytes, &resident, &error), 0);
    ASSERT_EQ(frieze_device_copy(device, resident, input.data(), bytes, &error),
              0);
    results.assign(results.size(), -5);
    ASSERT_EQ(frieze_device_run_stream(loaded, resident, samples, out, &error),
              0)
        << error.text;
    EXPECT_EQ(results, expected) << samples;
    frieze_device_free(device, resident);
  }
}

/// A recording in several slices, which have the samples in common that their
/// windows have.
TEST_F(DeviceTest, RunsLongStreamsInSlices) {
  ASSERT_EQ(open(), 0) << error.text;
  fakecuda::setMemory(1 << 16);
  constexpr size_t samples = 20001;
  constexpr size_t windows = (samples - handmade::window) / handmade::hop + 1;
  std::vector<float> input = makeInput(samples * handmade::channels);
  std::vector<float> expected, results(3 * windows, -5);
  ASSERT_NO_FATAL_FAILURE(pushOnCPU(input, windows, expected));
  void *out[] = {results.data(), results.data() + windows};
  ASSERT_EQ(
      frieze_device_run_stream(loaded, input.data(), samples, out, &error), 0)
      << error.text;
  EXPECT_EQ(results, expected);
  frieze_device_times times;
  frieze_device_get_times(loaded, &times);
  EXPECT_GT(times.launches, 2u);
}

TEST_F(DeviceTest, RefusesStreamsOfOtherModels) {
  model.stream = nullptr;
  ASSERT_EQ(open(), 0) << error.text;
  float sample = 0;
  EXPECT_EQ(frieze_device_run_stream(loaded, &sample, 1, nullptr, &error),
            FRIEZE_DEVICE_UNFIT);
  EXPECT_STREQ(error.text, "expects a model compiled with --stream-hop");
}

//===----------------------------------------------------------------------===//
// What a device tells
//===----------------------------------------------------------------------===//

TEST_F(DeviceTest, DescribesItself) {
  ASSERT_EQ(open(), 0) << error.text;
  frieze_device_info info;
  ASSERT_EQ(frieze_device_describe(device, &info, &error), 0);
  EXPECT_EQ(info.kind, FRIEZE_CUDA);
  EXPECT_STREQ(info.name, "Fake");
  EXPECT_STREQ(info.driver, "CUDA 12.4");
  EXPECT_EQ(info.architecture, 90u);
  EXPECT_EQ(info.memory_bytes, uint64_t(1) << 30);
  EXPECT_LT(info.free_bytes, info.memory_bytes);
  // 100 multiprocessors of 128 lanes, two operations each, at 1.5 GHz; 4096
  // bits twice at 2 GHz.
  EXPECT_NEAR(info.peak_gigaflops, 38400, 1e-6);
  EXPECT_NEAR(info.peak_gigabytes, 2048, 1e-6);
  EXPECT_EQ(frieze_device_difference(loaded), 0);
}

TEST_F(DeviceTest, ParsesNames) {
  int32_t kind;
  uint32_t index;
  ASSERT_EQ(frieze_device_parse("cuda", &kind, &index), 0);
  EXPECT_EQ(kind, FRIEZE_CUDA);
  EXPECT_EQ(index, 0u);
  ASSERT_EQ(frieze_device_parse("vulkan:12", &kind, &index), 0);
  EXPECT_EQ(kind, FRIEZE_VULKAN);
  EXPECT_EQ(index, 12u);
  for (const char *text : {"", "cpu", "cuda:", "cuda:-1", "cuda:x", "cuda:1x",
                           "cuda1", "cuda:99999999999999999999"})
    EXPECT_EQ(frieze_device_parse(text, &kind, &index), -1) << text;
}

//===----------------------------------------------------------------------===//
// What fails
//===----------------------------------------------------------------------===//

TEST_F(DeviceTest, RefusesDevicesThatAreNotThere) {
  EXPECT_EQ(frieze_device_open(FRIEZE_CUDA, 2, &device, &error),
            FRIEZE_DEVICE_MISSING);
  EXPECT_STREQ(error.text, "no cuda:2: the driver has 2 devices");
  EXPECT_EQ(frieze_device_open(77, 0, &device, &error), FRIEZE_DEVICE_MISSING);
  EXPECT_STREQ(error.text, "expects a kind of device that this program was "
                           "built with, but got one that is not known");
}

TEST_F(DeviceTest, RefusesModelsWithoutItsCode) {
  model.device = nullptr;
  EXPECT_EQ(open(), FRIEZE_DEVICE_UNFIT);
  EXPECT_STREQ(error.text, "expects code for cuda, but got none; compile with "
                           "--target=cuda");
  close();
  model.device = &deviceCode;
  deviceCode.kind = FRIEZE_VULKAN;
  EXPECT_EQ(open(), FRIEZE_DEVICE_UNFIT);
  EXPECT_STREQ(error.text, "expects code for cuda, but got code for vulkan; "
                           "compile with --target=cuda");
}

TEST_F(DeviceTest, RefusesModelsWithoutKernels) {
  deviceCode.kernel_count = 0;
  EXPECT_EQ(open(), FRIEZE_DEVICE_UNFIT);
  EXPECT_STREQ(error.text, "expects a kernel, but got none");
}

TEST_F(DeviceTest, RefusesModelsOfOtherVersions) {
  model.abi_version = 4;
  EXPECT_EQ(open(), FRIEZE_DEVICE_UNFIT);
  EXPECT_STREQ(error.text, "was compiled by another version of Frieze");
}

TEST_F(DeviceTest, RefusesGroupsThatAreTooLarge) {
  const frieze_device_kernel large[] = {{"first", 2048, 1, 1, 0}};
  deviceCode.kernels = large;
  deviceCode.kernel_count = 1;
  EXPECT_EQ(open(), FRIEZE_DEVICE_UNFIT);
  EXPECT_STREQ(error.text, "expects a device with groups of 2048 threads, but "
                           "Fake has 1024");
}

TEST_F(DeviceTest, TellsWhatTheDriverSaysOfCode) {
  deviceCode.code = ".entry";
  EXPECT_EQ(open(), FRIEZE_DEVICE_UNFIT);
  EXPECT_STREQ(error.text, "cuModuleLoadDataEx failed: CUDA_ERROR_INVALID_PTX "
                           "(218): expects an entry");
}

/// Of several binaries, the newest that the architecture runs: sm_90 none of
/// another generation, nor a newer one.
TEST_F(DeviceTest, TakesTheBinaryOfItsArchitecture) {
  const char binary[] = "\x7f"
                        "ELF",
             other[] = "\x7f"
                       "ELF";
  const frieze_device_binary binaries[] = {{80, 0, other, sizeof other},
                                           {90, 0, binary, sizeof binary},
                                           {91, 0, other, sizeof other},
                                           {100, 0, other, sizeof other}};
  deviceCode.binaries = binaries;
  deviceCode.binary_count = 4;
  ASSERT_EQ(open(), 0) << error.text;
  EXPECT_EQ(fakecuda::getLoadedCode(), binary);
}

/// PTX where no binary is for the architecture, or the driver refuses it.
TEST_F(DeviceTest, TakesTheTextWithoutABinary) {
  const char damaged[] = "ELF", other[] = "\x7f"
                                          "ELF";
  const frieze_device_binary binaries[] = {{89, 0, other, sizeof other},
                                           {90, 0, damaged, sizeof damaged}};
  deviceCode.binaries = binaries;
  for (uint64_t count : {1, 2}) {
    deviceCode.binary_count = count;
    ASSERT_EQ(open(), 0) << error.text;
    EXPECT_EQ(fakecuda::getLoadedCode(), code) << count;
    close();
  }
}

TEST_F(DeviceTest, RefusesDevicesThatComputeOtherNumbers) {
  fakecuda::setWrong(true);
  EXPECT_EQ(open(), FRIEZE_DEVICE_WRONG);
  fakecuda::setWrong(false);
  EXPECT_TRUE(std::string(error.text)
                  .find("of output 'sum' in the test at "
                        "loading") != std::string::npos)
      << error.text;
}

/// A slice is made smaller until it fits.
TEST_F(DeviceTest, TakesWhatMemoryThereIs) {
  ASSERT_EQ(open(), 0) << error.text;
  constexpr size_t count = 100000;
  std::vector<float> input = makeInput(count * inputElements);
  std::vector<float> results(3 * count);
  const void *in[] = {input.data()};
  void *out[] = {results.data(), results.data() + count};
  fakecuda::setMemory(1 << 20);
  ASSERT_EQ(frieze_device_run(loaded, count, in, out, &error), 0) << error.text;
  EXPECT_EQ(results, runOnCPU(count, input));
  // Not even a call's.
  close();
  ASSERT_EQ(open(), 0);
  fakecuda::setMemory(20);
  EXPECT_EQ(frieze_device_run(loaded, count, in, out, &error),
            FRIEZE_DEVICE_MEMORY);
  EXPECT_EQ(std::string(error.text).find("too little memory on Fake: expects "),
            0u)
      << error.text;
  // The model is still there.
  fakecuda::setMemory(1 << 20);
  EXPECT_EQ(frieze_device_run(loaded, count, in, out, &error), 0);
}

TEST_F(DeviceTest, TellsOfLostDevices) {
  ASSERT_EQ(open(), 0) << error.text;
  float input[inputElements] = {}, sum, ends[2];
  const void *in[] = {input};
  void *out[] = {&sum, ends};
  fakecuda::failCall(5, 700);
  EXPECT_EQ(frieze_device_run(loaded, 1, in, out, &error), FRIEZE_DEVICE_LOST);
  EXPECT_EQ(std::string(error.text).find("lost cuda: cu"), 0u) << error.text;
}

/// Whatever call fails, for whatever reason: a message, and nothing is kept.
TEST_F(DeviceTest, ReleasesAllWhereACallFails) {
  constexpr size_t count = 30000;
  std::vector<float> input = makeInput(count * inputElements);
  std::vector<float> results(3 * count);
  const void *in[] = {input.data()};
  void *out[] = {results.data(), results.data() + count};
  auto work = [&] {
    int status = open();
    void *memory;
    frieze_device_info info;
    if (status || (status = frieze_device_describe(device, &info, &error)) ||
        (status = frieze_device_allocate(device, 400, &memory, &error)) ||
        (status =
             frieze_device_copy(device, memory, input.data(), 400, &error)) ||
        (status = frieze_device_run(loaded, 70, in, out, &error)) ||
        (status = frieze_device_run(loaded, count, in, out, &error)))
      return status;
    return frieze_device_run_stream(loaded, memory, 50, out, &error);
  };
  for (int result : {1, 2, 700}) {
    int failed = 0;
    for (int call = 1, status = -1; status || call <= fakecuda::countCalls();
         ++call) {
      // Of which a batch takes several slices.
      fakecuda::setMemory(1 << 20);
      fakecuda::failCall(call, result);
      error.text[0] = 0;
      status = work();
      if (status) {
        ++failed;
        EXPECT_STRNE(error.text, "") << "call " << call;
      }
      close();
      ASSERT_EQ(fakecuda::listLeaks(), "") << "call " << call;
      ASSERT_EQ(fakecuda::takeProblem(), "") << "call " << call;
    }
    // Where memory is refused, less of it often does.
    EXPECT_GT(failed, 60) << result;
  }
}

} // namespace
