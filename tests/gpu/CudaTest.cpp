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
    llvm::Expected<OpenDevice> opened =
        OpenDevice::open({FRIEZE_CUDA, 0, false});
    if (!opened) {
      ADD_FAILURE() << llvm::toString(opened.takeError());
      return std::nullopt;
    }
    return std::move(*opened);
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
