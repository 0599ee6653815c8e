//===- Device.h - Models on a device, for the tools -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_DEVICE_H
#define FRIEZE_TOOLS_DEVICE_H

#include "frieze/device.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <optional>
#include <string>

namespace frieze {

/// The value of --device.
struct DeviceChoice {
  int32_t kind;
  uint32_t index;
  /// Whether the CPU may take over where the device fails.
  bool allowsCPU;

  /// The target that models are compiled for.
  llvm::StringRef getTarget() const {
    return kind == FRIEZE_CUDA ? "cuda" : "vulkan";
  }
};

/// The option --device of a tool. Construct one before the command line is
/// parsed.
class DeviceOption {
public:
  DeviceOption(
      llvm::cl::OptionCategory &category,
      llvm::cl::SubCommand &command = llvm::cl::SubCommand::getTopLevel());

  /// What the command line says; nothing where it does not name a device.
  llvm::Expected<std::optional<DeviceChoice>> get() const;

private:
  llvm::cl::opt<std::string> device;
};

/// A device that is open, and at most one model on it.
class OpenDevice {
public:
  static llvm::Expected<OpenDevice> open(const DeviceChoice &choice);

  /// Loads a model, which has to outlive this object, and tests it.
  llvm::Error load(const frieze_model &model);

  /// Releases the model, before it goes.
  void unload() { model.reset(); }

  frieze_device *get() const { return device.get(); }
  frieze_device_model *getModel() const { return model.get(); }

private:
  explicit OpenDevice(frieze_device *device)
      : device(device, frieze_device_close),
        model(nullptr, frieze_device_unload) {}

  std::unique_ptr<frieze_device, decltype(&frieze_device_close)> device;
  /// Released before the device.
  std::unique_ptr<frieze_device_model, decltype(&frieze_device_unload)> model;
};

/// Opens the device that the command line names. Where that fails and the CPU
/// may take over, or none is named, there is none; a warning tells the former.
llvm::Expected<std::optional<OpenDevice>>
openDevice(llvm::StringRef tool, const std::optional<DeviceChoice> &choice);

/// The same for a model on it: the device goes where the CPU takes over.
llvm::Error loadOnDevice(llvm::StringRef tool, const frieze_model &model,
                         const DeviceChoice &choice,
                         std::optional<OpenDevice> &device);

/// Prints that the CPU takes over, and why.
void warnOfCPU(llvm::StringRef tool, llvm::StringRef problem);

} // namespace frieze

#endif // FRIEZE_TOOLS_DEVICE_H
