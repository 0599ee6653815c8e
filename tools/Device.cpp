//===- Device.cpp - Models on a device, for the tools -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/Device.h"
#include "llvm/Support/raw_ostream.h"

using namespace frieze;
namespace cl = llvm::cl;

DeviceOption::DeviceOption(cl::OptionCategory &category,
                           cl::SubCommand &command)
    : device("device", cl::value_desc("device"), cl::cat(category),
             cl::sub(command),
             cl::desc("Run on a GPU: cuda, vulkan, or one of several, such as\n"
                      "cuda:1; with ',cpu' behind it on the CPU where that\n"
                      "fails. A model file is compiled for it")) {}

llvm::Expected<std::optional<DeviceChoice>> DeviceOption::get() const {
  if (!device.getNumOccurrences())
    return std::nullopt;
  llvm::StringRef name = device;
  DeviceChoice choice;
  choice.allowsCPU = name.consume_back(",cpu");
  if (frieze_device_parse(name.str().c_str(), &choice.kind, &choice.index))
    return llvm::createStringError(
        "expects cuda, vulkan, cuda:N or vulkan:N for --device, perhaps with "
        "',cpu' behind it, but got '" +
        device + "'");
  return choice;
}

llvm::Expected<OpenDevice> OpenDevice::open(const DeviceChoice &choice) {
  frieze_device *device;
  frieze_device_error error;
  if (frieze_device_open(choice.kind, choice.index, &device, &error))
    return llvm::createStringError(error.text);
  return OpenDevice(device);
}

llvm::Error OpenDevice::load(const frieze_model &description) {
  frieze_device_model *loaded;
  frieze_device_error error;
  if (frieze_device_load(device.get(), &description, &loaded, &error))
    return llvm::createStringError(error.text);
  model.reset(loaded);
  return llvm::Error::success();
}

void frieze::warnOfCPU(llvm::StringRef tool, llvm::StringRef problem) {
  llvm::errs() << tool << ": warning: the CPU runs the model: " << problem
               << '\n';
}

llvm::Expected<std::optional<OpenDevice>>
frieze::openDevice(llvm::StringRef tool,
                   const std::optional<DeviceChoice> &choice) {
  if (!choice)
    return std::nullopt;
  llvm::Expected<OpenDevice> device = OpenDevice::open(*choice);
  if (device)
    return std::move(*device);
  if (!choice->allowsCPU)
    return device.takeError();
  warnOfCPU(tool, llvm::toString(device.takeError()));
  return std::nullopt;
}

llvm::Error frieze::loadOnDevice(llvm::StringRef tool,
                                 const frieze_model &model,
                                 const DeviceChoice &choice,
                                 std::optional<OpenDevice> &device) {
  llvm::Error error = device->load(model);
  if (!error || !choice.allowsCPU)
    return error;
  warnOfCPU(tool, llvm::toString(std::move(error)));
  device.reset();
  return llvm::Error::success();
}
