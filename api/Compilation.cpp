//===- Compilation.cpp - One model on its way to artefacts ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "api/Compilation.h"
#include "api/CallBuffers.h"
#include "api/LayerSequence.h"
#include "api/LoadModule.h"
#include "compiler/IsolatedLayers.h"
#include "compiler/KernelOps.h"
#include "compiler/Options.h"
#include "compiler/TableInputs.h"
#include "compiler/codegen/package/Artefact.h"
#include "compiler/codegen/package/Package.h"
#include "dialect/Identifier.h"
#include "dialect/LayerName.h"
#include "dialect/NNOps.h"
#include "dialect/Steps.h"
#include "dialect/TemporaryWeights.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <cmath>

using namespace mlir;
using namespace frieze;
using namespace frieze::api;

/// Layers compile on the thread of the caller, who may have many.
Compilation::Compilation(Progress::Report report)
    : context(getCompilerDialects(), MLIRContext::Threading::DISABLED),
      handler(&context,
              [this](const Message &message) { messages.push_back(message); }) {
  if (report)
    progress.emplace(&context, std::move(report));
}

bool Compilation::fail(llvm::Error error) {
  Message message;
  message.file = file;
  message.text = llvm::toString(std::move(error));
  messages.push_back(std::move(message));
  return false;
}

bool Compilation::setOption(StringRef name, StringRef value) {
  if (llvm::Error error = frieze::setOption(options, name, value))
    return fail(std::move(error));
  hasName |= name == "name";
  hasTarget |= name == "target";
  return true;
}

/// `ops` as one layer: the first, and what it computes along with itself.
static Layer describeLayer(ArrayRef<Operation *> ops) {
  auto type = cast<ShapedType>(ops.back()->getResult(0).getType());
  Layer layer{nn::findLayerName(ops.front()->getLoc()).str(),
              ops.front()->getName().stripDialect().str(),
              {type.getShape().begin(), type.getShape().end()},
              0,
              0};
  for (Operation *op : ops) {
    layer.macs += nn::countMACs(op);
    layer.parameterBytes += countParameterBytes(op);
  }
  return layer;
}

/// Those of the model of `module` that `findOps` makes of its ops; none of one
/// of which it finds none.
static std::vector<Layer> describeLayers(
    ModuleOp module,
    llvm::function_ref<SmallVector<Operation *>(Operation *)> findOps) {
  std::vector<Layer> layers;
  auto model = module.lookupSymbol<func::FuncOp>("model");
  for (Operation &op : model.getBody().front().without_terminator())
    if (SmallVector<Operation *> ops = findOps(&op); !ops.empty())
      layers.push_back(describeLayer(ops));
  return layers;
}

bool Compilation::importFile(StringRef path) {
  file = path.str();
  llvm::Expected<std::string> bytes = readModel(path);
  return bytes ? importBytes(path, *bytes) : fail(bytes.takeError());
}

bool Compilation::importBytes(StringRef path, StringRef bytes) {
  file = path.str();
  if (llvm::Error error = checkOptions(options))
    return fail(std::move(error));
  if (!hasName)
    options.name = getIdentifier(llvm::sys::path::stem(path));
  imported = importNN(path, bytes, options.import, &context, &sourceSHA256);
  if (!imported)
    return false;
  summary.addImported(*imported);
  importedLayers = describeLayers(
      *imported, [](Operation *op) { return SmallVector<Operation *>{op}; });
  OwningOpRef<ModuleOp> module = imported->clone();
  if (failed(lowerModule(*module, Stage::NN, Stage::NNOpt, options)))
    return false;
  optimised = std::move(module);
  summary.addOptimised(*optimised);
  optimisedLayers = describeLayers(*optimised, findKernelOps);
  return true;
}

std::optional<CompileOptions> Compilation::getOptions(Stage stage) {
  if (progress)
    progress->restart();
  if (!optimised) {
    fail(llvm::createStringError("expects a model without errors"));
    return std::nullopt;
  }
  CompileOptions wanted = options;
  if (!hasTarget)
    wanted.target = findTarget(getDefaultTarget(stage));
  if (llvm::Error error = checkStage(stage, wanted)) {
    fail(std::move(error));
    return std::nullopt;
  }
  return wanted;
}

OwningOpRef<ModuleOp> Compilation::lower(Stage stage,
                                         const CompileOptions &options) {
  OwningOpRef<ModuleOp> module = optimised->clone();
  if (failed(lowerModule(*module, Stage::NNOpt, stage, options, sourceSHA256)))
    return nullptr;
  return module;
}

const Compilation::Object *
Compilation::getObject(const CompileOptions &options) {
  if (object && object->target == options.target)
    return &*object;
  object.reset();
  nn::TemporaryWeights packed(&context);
  OwningOpRef<ModuleOp> module = lower(Stage::LLVM, options);
  if (!module)
    return nullptr;
  Object made{options.target, {}, {}, nn::InterfaceAttr::find(*module)};
  made.code = generateCode(*module, Stage::Obj, options, made.figures);
  if (made.code.empty())
    return nullptr;
  if (llvm::Error error = checkRAM(made.interface, made.figures.getStackBytes(),
                                   options.ramBytes)) {
    fail(std::move(error));
    return nullptr;
  }
  object = std::move(made);
  return &*object;
}

ModelObject Compilation::describe(const Object &object) const {
  return {{object.code.data(), object.code.size()},
          /*file=*/nullptr,
          object.figures,
          object.interface,
          options.name,
          object.target->getHost(),
          sourceSHA256};
}

std::string Compilation::getFileName(Stage stage) const {
  return options.name + frieze::describe(stage).extension.str();
}

std::optional<ModelSummary> Compilation::getSummary() {
  std::optional<CompileOptions> wanted = getOptions(Stage::Obj);
  const Object *made = wanted ? getObject(*wanted) : nullptr;
  if (!made)
    return std::nullopt;
  ModelSummary whole = summary;
  whole.arenaBytes = made->interface.getArenaBytes();
  whole.addCode(made->figures, options.name);
  return whole;
}

std::optional<std::string> Compilation::emit(Stage stage) {
  std::optional<CompileOptions> wanted = getOptions(stage);
  if (!wanted)
    return std::nullopt;
  std::string bytes;
  llvm::raw_string_ostream os(bytes);
  if (stage <= Stage::NNOpt) {
    printMLIR(stage == Stage::NN ? *imported : *optimised,
              /*withWeights=*/true, os);
    return bytes;
  }
  if (stage >= Stage::Obj) {
    const Object *made = getObject(*wanted);
    if (!made)
      return std::nullopt;
    if (llvm::Error error =
            packageObject(stage, describe(*made), getFileName(stage),
                          [&](Printer print) { return print(os); })) {
      fail(std::move(error));
      return std::nullopt;
    }
    return bytes;
  }
  Stage lowered = getMLIRStage(stage);
  nn::TemporaryWeights packed(&context);
  OwningOpRef<ModuleOp> module = lower(lowered, *wanted);
  if (!module)
    return std::nullopt;
  if (stage == lowered) {
    printMLIR(*module, /*withWeights=*/true, os);
    return bytes;
  }
  CodeFigures figures;
  llvm::SmallVector<char, 0> code =
      generateCode(*module, stage, *wanted, figures);
  if (code.empty())
    return std::nullopt;
  return std::string(code.begin(), code.end());
}

std::optional<std::string> Compilation::emitCompanion(Stage stage,
                                                      StringRef extension) {
  std::optional<CompileOptions> wanted = getOptions(stage);
  const Object *made = wanted ? getObject(*wanted) : nullptr;
  if (!made)
    return std::nullopt;
  for (const Companion &companion : getCompanions(stage))
    if (companion.extension == extension) {
      std::string bytes;
      llvm::raw_string_ostream os(bytes);
      companion.print(describe(*made), getFileName(stage), os);
      return bytes;
    }
  llvm_unreachable("expects an extension of the stage");
}

std::optional<CompileOptions> Compilation::getOwnOptions() {
  std::optional<CompileOptions> wanted = getOptions(Stage::Obj);
  if (!wanted || isOwnArchitecture(wanted->target->getHost()))
    return wanted;
  fail(llvm::createStringError("cannot run code for " + wanted->target->name +
                               " here"));
  return std::nullopt;
}

std::optional<LoadedModel> Compilation::loadCode(ArrayRef<char> code) {
  llvm::Expected<LoadedModel> model =
      LoadedModel::load({code.data(), code.size()});
  if (model)
    return std::move(*model);
  fail(model.takeError());
  return std::nullopt;
}

std::optional<LoadedModel> Compilation::load(const CompileOptions &options) {
  const Object *made = getObject(options);
  return made ? loadCode(made->code) : std::nullopt;
}

std::optional<LoadedModel> Compilation::load() {
  std::optional<CompileOptions> wanted = getOwnOptions();
  return wanted ? load(*wanted) : std::nullopt;
}

std::optional<Profile> Compilation::profile(double seconds) {
  if (!(seconds > 0) || !std::isfinite(seconds)) {
    fail(llvm::createStringError(llvm::formatv(
        "expects a positive time to measure for, but got {0} s", seconds)));
    return std::nullopt;
  }
  std::optional<CompileOptions> wanted = getOwnOptions();
  if (!wanted)
    return std::nullopt;
  if (wanted->target->device) {
    fail(llvm::createStringError(
        "expects a processor to measure kernels on, but got " +
        wanted->target->name + "; frieze-bench measures a device"));
    return std::nullopt;
  }
  std::optional<LoadedModel> model = load(*wanted);
  if (!model)
    return std::nullopt;
  // Compiling the kernels takes most of the time.
  constexpr double compiled = 0.8, called = 0.9;
  auto enter = [&](double begin, double end) {
    if (progress)
      progress->enterPart("profile", begin, end);
  };
  auto goesOn = [&](double done) {
    context.executeAction<StepAction>([] {}, {}, double(done));
    return !isCancelled(&context);
  };
  wanted->target = findOwnTarget(wanted->target);
  std::vector<int64_t> tableRows = countTableRows(*optimised);
  std::vector<IsolatedLayer> isolated = isolateLayers(*optimised);
  std::vector<LoadedLayer> layers;
  for (auto [number, layer] : llvm::enumerate(isolated)) {
    enter(compiled * number / isolated.size(),
          compiled * (number + 1) / isolated.size());
    nn::TemporaryWeights packed(&context);
    OwningOpRef<ModuleOp> module = std::move(layer.module);
    if (failed(lowerModule(*module, Stage::NNOpt, Stage::LLVM, *wanted)))
      return std::nullopt;
    llvm::SmallVector<char, 0> code = emitObject(*module, *wanted);
    std::optional<LoadedModel> loaded =
        code.empty() ? std::nullopt : loadCode(code);
    if (!loaded)
      return std::nullopt;
    layers.push_back(
        {std::move(*loaded), std::move(layer.operands), layer.result});
  }
  CallBuffers buffers(**model, tableRows);
  enter(compiled, called);
  CallTimes call = measureCalls([&] { buffers.run(); }, seconds / 2, goesOn);
  enter(called, 1);
  std::vector<CallTimes> kernels =
      measureInSequence(layers, seconds / 2, goesOn);
  if (goesOn(1))
    return Profile{call, std::move(kernels)};
  fail(llvm::createStringError("cancelled"));
  return std::nullopt;
}
