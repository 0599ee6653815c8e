//===- VulkanTest.cpp - Every stored model on a device of Vulkan *- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On Mesa's lavapipe, which computes on the CPU, and in one process for many
// models.
//
//===----------------------------------------------------------------------===//

#include "tests/gpu/ModelsOnDevice.h"
#include "tests/runtime/device/FaultyVulkan.h"
#include "llvm/Support/FileSystem.h"

#include <cstdlib>

using namespace frieze;

namespace {

/// lavapipe, for all tests of a process; null where it is not installed.
OpenDevice *findDevice() {
  static std::optional<OpenDevice> device = []() -> std::optional<OpenDevice> {
    const char *driver = "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json";
    if (!llvm::sys::fs::exists(driver))
      return std::nullopt;
    setenv("VK_ICD_FILENAMES", driver, /*replace=*/1);
    return openDevice(FRIEZE_VULKAN);
  }();
  return device ? &*device : nullptr;
}

/// lavapipe takes seconds for 100 kB of code, and minutes for a megabyte. Of
/// its 32 storage buffers, weights, scratch memory and the count are three.
TestedDevice describe(OpenDevice &device) {
  return {device,
          "vulkan",
          reference::Arithmetic::Unfused,
          /*mostCodeBytes=*/180'000,
          /*mostArrays=*/32 - 3,
          /*mostMacs=*/20'000'000,
          /*mostReferenceMacs=*/10'000'000'000};
}

class VulkanTest : public testing::TestWithParam<std::string> {};

TEST_P(VulkanTest, HasTheBitsOfTheReference) {
  OpenDevice *device = findDevice();
  if (!device)
    GTEST_SKIP() << "expects mesa-vulkan-drivers, which tests/run installs";
  expectReferenceBits(describe(*device), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Stored, VulkanTest, testing::ValuesIn(listModels()),
                         nameAfterFile);

TEST(VulkanBatchTest, ADenseNetHasTheBitsOfTheReference) {
  OpenDevice *device = findDevice();
  if (!device)
    GTEST_SKIP() << "expects mesa-vulkan-drivers, which tests/run installs";
  expectReferenceBitsOfText(describe(*device), denseNet);
}

class VulkanStreamTest : public testing::TestWithParam<std::string> {};

TEST_P(VulkanStreamTest, HasTheBitsOfSingleWindows) {
  OpenDevice *device = findDevice();
  if (!device)
    GTEST_SKIP() << "expects mesa-vulkan-drivers, which tests/run installs";
  expectBitsOfWindows(describe(*device), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Stored, VulkanStreamTest,
                         testing::Values("ecg_convnet.keras", "cnn1d.keras",
                                         "conv1d_block.keras"),
                         nameAfterFile);

/// Whatever call fails, for whatever reason: a message, and nothing is kept.
TEST(VulkanFaultTest, ReleasesAllWhereACallFails) {
  if (!findDevice())
    GTEST_SKIP() << "expects mesa-vulkan-drivers, which tests/run installs";
  llvm::Expected<LoadedModel> model =
      loadStoredModel("mlp_bn_after.keras", "vulkan");
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  constexpr uint64_t calls = 5;
  std::vector<float> input(calls * (*model)->inputs[0].elements),
      output(calls * (*model)->outputs[0].elements);
  const void *inputs[] = {input.data()};
  void *outputs[] = {output.data()};
  auto run = [&]() -> std::string {
    llvm::Expected<OpenDevice> device =
        OpenDevice::open({FRIEZE_VULKAN, 0, false});
    if (!device)
      return llvm::toString(device.takeError());
    if (llvm::Error error = device->load(**model))
      return llvm::toString(std::move(error));
    frieze_device_error error;
    return frieze_device_run(device->getModel(), calls, inputs, outputs, &error)
               ? error.text
               : "";
  };
  const int before = faultyvulkan::countObjects();
  faultyvulkan::failCall(0);
  ASSERT_EQ(run(), "");
  const int all = faultyvulkan::countCalls();
  constexpr int outOfDeviceMemory = -2, deviceLost = -4;
  for (int result : {outOfDeviceMemory, deviceLost}) {
    int failed = 0;
    for (int call = 1; call <= all; ++call) {
      faultyvulkan::failCall(call, result);
      failed += !run().empty();
      ASSERT_EQ(faultyvulkan::countObjects(), before) << "call " << call;
    }
    // Some do without: extensions that are not listed, and less memory.
    EXPECT_GT(failed, all / 4) << result;
  }
  faultyvulkan::failCall(0);
}

} // namespace
