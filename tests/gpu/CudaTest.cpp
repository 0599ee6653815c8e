//===- CudaTest.cpp - Every stored model by its PTX -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With the driver of the tests, which executes PTX and sees threads that meet
// in memory without a barrier between them.
//
//===----------------------------------------------------------------------===//

#include "tests/gpu/ModelsOnDevice.h"
#include "tests/runtime/device/FakeCuda.h"

using namespace frieze;

namespace {

/// The driver's device, for all tests of a process; null after a failure.
OpenDevice *findDevice() {
  static std::optional<OpenDevice> device = []() -> std::optional<OpenDevice> {
    fakecuda::setRunsPTX(true);
    return openDevice(FRIEZE_CUDA);
  }();
  return device ? &*device : nullptr;
}

TestedDevice describe(OpenDevice &device) {
  return {device,
          "cuda",
          reference::Arithmetic::Fused,
          /*mostCodeBytes=*/1'000'000,
          /*mostArrays=*/UINT64_MAX,
          /*mostMacs=*/5'000'000,
          /*mostReferenceMacs=*/5'000'000};
}

class CudaCountTest : public testing::Test {};

class CudaTest : public testing::TestWithParam<std::string> {
protected:
  /// What kernels must not do.
  void TearDown() override { EXPECT_EQ(fakecuda::takeProblem(), ""); }
};

TEST_P(CudaTest, HasTheBitsOfTheReference) {
  OpenDevice *device = findDevice();
  ASSERT_TRUE(device);
  expectReferenceBits(describe(*device), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Stored, CudaTest, testing::ValuesIn(listModels()),
                         nameAfterFile);

/// A window of the classifier costs what docs/GPU.md says of it.
TEST_F(CudaCountTest, CountsTheInstructionsOfAWindow) {
  OpenDevice *device = findDevice();
  ASSERT_TRUE(device);
  llvm::Expected<LoadedModel> model =
      loadStoredModel("ecg_convnet.keras", "cuda");
  ASSERT_TRUE(bool(model)) << llvm::toString(model.takeError());
  llvm::Error error = device->load(**model);
  ASSERT_FALSE(bool(error)) << llvm::toString(std::move(error));
  fakecuda::takeCounts();
  std::vector<float> window((*model)->inputs[0].elements), score(1);
  const void *inputs[] = {window.data()};
  void *outputs[] = {score.data()};
  frieze_device_error problem;
  ASSERT_EQ(frieze_device_run(device->getModel(), 1, inputs, outputs, &problem),
            0)
      << problem.text;
  device->unload();
  ptx::Counts counts = fakecuda::takeCounts();
  EXPECT_EQ(counts.instructions, 13427u);
  EXPECT_EQ(counts.warpMultiplyAdds, 7247u);
  EXPECT_EQ(counts.multiplyAdds, 231904u);
  EXPECT_EQ(counts.sharedRounds, 2887u);
  EXPECT_EQ(counts.barriers, 11u);
}

class CudaBatchTest : public testing::Test {};

TEST_F(CudaBatchTest, ADenseNetHasTheBitsOfTheReference) {
  OpenDevice *device = findDevice();
  ASSERT_TRUE(device);
  expectReferenceBitsOfText(describe(*device), denseNet);
  EXPECT_EQ(fakecuda::takeProblem(), "");
}

class CudaStreamTest : public CudaTest {};

TEST_P(CudaStreamTest, HasTheBitsOfSingleWindows) {
  OpenDevice *device = findDevice();
  ASSERT_TRUE(device);
  expectBitsOfWindows(describe(*device), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Stored, CudaStreamTest,
                         testing::Values("ecg_convnet.keras", "cnn1d.keras"),
                         nameAfterFile);

} // namespace
