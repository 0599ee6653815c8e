//===- ModelsOnDevice.h - Stored models on a device -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_MODELSONDEVICE_H
#define FRIEZE_TESTS_MODELSONDEVICE_H

#include "compiler/reference/Arithmetic.h"
#include "tools/Device.h"
#include "tools/LoadModel.h"

#include "gtest/gtest.h"

namespace frieze {

/// A device of the tests, and what it takes too long for.
struct TestedDevice {
  OpenDevice &device;
  /// What models are compiled for, and how it computes.
  const char *target;
  reference::Arithmetic arithmetic;
  /// Larger code is not run, but that of the reference models.
  uint64_t mostCodeBytes;
  /// Inputs and outputs of a model.
  uint64_t mostArrays;
  /// Of a batch of 1000, those of a stored model and of a reference model.
  uint64_t mostMacs, mostReferenceMacs;
};

/// The first device of enum frieze_device_kind; nothing after a failure.
std::optional<OpenDevice> openDevice(int32_t kind);

/// Files of models that have arrays stored beside them, without the folder.
std::vector<std::string> listModels();

/// The name of a test after its model's.
std::string nameAfterFile(const testing::TestParamInfo<std::string> &info);

/// A stored model, compiled for `target`.
llvm::Expected<LoadedModel> loadStoredModel(const std::string &name,
                                            const char *target);

/// Expects the bits of the reference evaluator, NaN being one value, in batches
/// of one, of a few, of more than a kernel computes together, and of very many,
/// the last two where that takes no time.
void expectReferenceBits(const TestedDevice &tested, const std::string &name);

/// The same of a model in MLIR with one input, for numbers of all sizes.
void expectReferenceBitsOfText(const TestedDevice &tested,
                               llvm::StringRef text);

/// A dense net whose calls share weights, with an output that its kernel reads.
inline constexpr llvm::StringLiteral denseNet = R"(
func.func @model(%x: tensor<1x37xf32>) -> tensor<1x21xf32> {
  %0 = nn.dense %x kernel(dense<0.1> : tensor<37x48xf32>) epilogue(tanh) : tensor<1x37xf32> -> tensor<1x48xf32>
  %1 = nn.dense %0 kernel(dense<0.2> : tensor<48x21xf32>) : tensor<1x48xf32> -> tensor<1x21xf32>
  %2 = nn.softmax %1 axis = 1 : tensor<1x21xf32>
  return %2 : tensor<1x21xf32>
})";

/// Expects that windows along a recording have the bits of each on its own.
void expectBitsOfWindows(const TestedDevice &tested, const std::string &name);

} // namespace frieze

#endif // FRIEZE_TESTS_MODELSONDEVICE_H
