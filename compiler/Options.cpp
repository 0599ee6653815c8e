//===- Options.cpp - Compilations as their users describe them --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Options.h"
#include "dialect/Identifier.h"
#include "dialect/Limits.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/TargetParser/Triple.h"

using namespace frieze;
using llvm::StringRef;

using Setter = llvm::Error (*)(CompileOptions &options, StringRef value);

static llvm::Error refuse(const llvm::Twine &expected, StringRef value) {
  return llvm::createStringError("expects " + expected + ", but got '" + value +
                                 "'");
}

static llvm::Error setName(CompileOptions &options, StringRef value) {
  if (!isIdentifier(value))
    return refuse("--name to be a C identifier", value);
  options.name = value.str();
  return llvm::Error::success();
}

static llvm::Error setTarget(CompileOptions &options, StringRef value) {
  options.target = findTarget(value);
  if (!options.target)
    return llvm::createStringError("unknown target '" + value +
                                   "'; see --print-targets");
  return llvm::Error::success();
}

static llvm::Error setWeights(CompileOptions &options, StringRef value) {
  options.import.weightsPath = value.str();
  return llvm::Error::success();
}

static llvm::Error setPositive(int64_t &number, StringRef flag,
                               StringRef value) {
  if (value.getAsInteger(10, number) || number < 1 || number > maxElements)
    return llvm::createStringError("expects --" + flag +
                                   " to be positive, but got " + value);
  return llvm::Error::success();
}

static llvm::Error setTruth(bool &truth, StringRef flag, StringRef value) {
  if (value != "true" && value != "false")
    return llvm::createStringError("expects --" + flag +
                                   " to be true or false, but got " + value);
  truth = value == "true";
  return llvm::Error::success();
}

static llvm::Error setBatch(CompileOptions &options, StringRef value) {
  return setPositive(options.import.batch.emplace(), "batch", value);
}

static llvm::Error setStreamHop(CompileOptions &options, StringRef value) {
  return setPositive(options.streamHop, "stream-hop", value);
}

static llvm::Error setStreamSteps(CompileOptions &options, StringRef value) {
  return setTruth(options.streamSteps, "stream-steps", value);
}

static llvm::Error setStreamBlock(CompileOptions &options, StringRef value) {
  return setPositive(options.streamBlock, "stream-block", value);
}

static llvm::Error setDimension(CompileOptions &options, StringRef value) {
  auto [dimension, text] = value.rsplit('=');
  int64_t size;
  if (dimension.empty() || text.getAsInteger(10, size) || size < 1 ||
      size > maxElements)
    return refuse("--dim to be NAME=N or INPUT:AXIS=N with a positive N",
                  value);
  options.import.dimensions.push_back({dimension.str(), size});
  return llvm::Error::success();
}

static llvm::Error setOutputLayers(CompileOptions &options, StringRef value) {
  for (StringRef layer : llvm::split(value, ',')) {
    if (layer.empty())
      return refuse("--output-layer to be names of layers", value);
    options.import.outputLayers.push_back(layer.str());
  }
  return llvm::Error::success();
}

static llvm::Error setReplacement(CompileOptions &options, StringRef value) {
  auto [layer, path] = value.split('=');
  if (layer.empty() || path.empty())
    return refuse("--replace-layer to be CLASS=FILE or NAME=FILE", value);
  for (const LayerReplacement &known : options.import.replacements)
    if (known.layer == layer)
      return llvm::createStringError("expects --replace-layer to name each "
                                     "class or layer once, but got '" +
                                     layer + "' again");
  options.import.replacements.push_back({layer.str(), path.str()});
  return llvm::Error::success();
}

static llvm::Error setExact(CompileOptions &options, StringRef value) {
  return setTruth(options.exact, "exact", value);
}

/// Whether every object format and linker script takes it.
static llvm::Error setWeightsSection(CompileOptions &options, StringRef value) {
  if (!llvm::all_of(value, [](char c) {
        return llvm::isAlnum(c) || c == '.' || c == '_' || c == '$';
      }))
    return refuse(
        "--weights-section to be of letters, digits, '.', '_' and '$'", value);
  options.weightsSection = value.str();
  return llvm::Error::success();
}

/// With K or M for 1024 or its square.
static llvm::Error setRAM(CompileOptions &options, StringRef value) {
  StringRef digits = value;
  int64_t unit = digits.consume_back_insensitive("K")   ? 1 << 10
                 : digits.consume_back_insensitive("M") ? 1 << 20
                                                        : 1;
  int64_t bytes;
  if (digits.getAsInteger(10, bytes) || bytes < 1 || bytes > INT32_MAX)
    return refuse("--ram to be bytes, as in 65536 or 64K", value);
  options.ramBytes = bytes * unit;
  return llvm::Error::success();
}

static llvm::Error setCubins(CompileOptions &options, StringRef value) {
  for (StringRef name : llvm::split(value, ',')) {
    StringRef digits = name;
    unsigned architecture;
    if (!digits.consume_front("sm_") || digits.getAsInteger(10, architecture) ||
        architecture < 80 || llvm::is_contained(options.cubins, architecture))
      return refuse("--cubin to be different GPUs, as in sm_80,sm_90, from "
                    "sm_80 on",
                    name);
    options.cubins.push_back(architecture);
  }
  return llvm::Error::success();
}

static const std::pair<StringRef, Setter> setters[] = {
    {"name", setName},
    {"target", setTarget},
    {"weights", setWeights},
    {"batch", setBatch},
    {"dim", setDimension},
    {"output-layer", setOutputLayers},
    {"replace-layer", setReplacement},
    {"exact", setExact},
    {"stream-hop", setStreamHop},
    {"stream-steps", setStreamSteps},
    {"stream-block", setStreamBlock},
    {"weights-section", setWeightsSection},
    {"ram", setRAM},
    {"cubin", setCubins}};

llvm::Error frieze::setOption(CompileOptions &options, StringRef name,
                              StringRef value) {
  for (auto [known, set] : setters)
    if (known == name)
      return set(options, value);
  return llvm::createStringError(
      "unknown option '" + name + "'; there are " +
      llvm::join(llvm::make_first_range(setters), ", "));
}

llvm::Error frieze::checkOptions(const CompileOptions &options) {
  if (options.streamSteps && options.streamHop)
    return llvm::createStringError("expects either --stream-hop, for windows "
                                   "that move along a recording, or "
                                   "--stream-steps");
  if (options.streamBlock && !options.streamHop && !options.streamSteps)
    return llvm::createStringError("expects --stream-hop or --stream-steps "
                                   "with --stream-block");
  const Target &host = options.target->getHost();
  if (!options.weightsSection.empty() &&
      llvm::Triple(host.toolchain.triple).isOSBinFormatMachO())
    return llvm::createStringError("expects a target with linker scripts for "
                                   "--weights-section, but got " +
                                   options.target->name);
  return llvm::Error::success();
}

StringRef frieze::getDefaultTarget(Stage stage) {
  switch (stage) {
  case Stage::Wasm:
    return "wasm32";
  case Stage::GPU:
  case Stage::PTX:
    return "cuda";
  case Stage::SPIRV:
    return "vulkan";
  default:
    return getTargets().front().name;
  }
}

llvm::Error frieze::checkStage(Stage stage, const CompileOptions &options) {
  const Target &target = *options.target;
  auto refuse = [&](const llvm::Twine &what, StringRef hint) {
    return llvm::createStringError("expects a target with " + what +
                                   ", but got '" + target.name + "'; " + hint);
  };
  StringRef list = "see --print-targets";
  const Device *device = target.device;
  if (!options.cubins.empty() &&
      (!device || device->kind != DeviceKind::CUDA || stage < Stage::LLVM))
    return llvm::createStringError(
        "expects --target=cuda and an object, a static or a shared library for "
        "--cubin");
  bool isOther =
      (stage == Stage::PTX && device && device->kind != DeviceKind::CUDA) ||
      (stage == Stage::SPIRV && device && device->kind != DeviceKind::Vulkan);
  if (isDeviceStage(stage) && (!device || isOther))
    return refuse("the stage " + describe(stage).name, list);
  if (!device)
    return llvm::Error::success();
  if (stage == Stage::Exe)
    return refuse("executables of its own",
                  "a shared library has the code of a device");
  if (stage == Stage::Wasm)
    return refuse("modules of WebAssembly", list);
  if (options.ramBytes)
    return refuse("a bound for --ram", list);
  if (!options.weightsSection.empty())
    return refuse("one copy of the weights for --weights-section", list);
  return llvm::Error::success();
}
