//===- Library.cpp - The C ABI of the compiler ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "api/Compilation.h"
#include "frieze/compiler.h"

#include <cstring>
#include <new>

using namespace frieze;
using namespace frieze::api;

struct frieze_compilation : Compilation {
  using Compilation::Compilation;

  /// Of frieze_profile.
  std::vector<double> kernelSeconds;
};

struct frieze_library {
  LoadedModel model;
};

uint32_t frieze_compiler_abi_version(void) {
  return FRIEZE_COMPILER_ABI_VERSION;
}

const char *frieze_version(void) { return FRIEZE_VERSION; }

static void give(std::string bytes, frieze_bytes *to) {
  auto *owner = new std::string(std::move(bytes));
  *to = {owner->data(), owner->size(), owner};
}

void frieze_bytes_free(frieze_bytes *bytes) {
  delete static_cast<std::string *>(bytes->owner);
  *bytes = {};
}

//===----------------------------------------------------------------------===//
// Compilations
//===----------------------------------------------------------------------===//

frieze_compilation *frieze_compile(const frieze_source *source) {
  frieze_source known = {};
  std::memcpy(&known, source,
              std::min<uint64_t>(source->struct_size, sizeof(known)));
  Progress::Report report;
  if (known.progress)
    report = [known](llvm::StringRef what, double done) {
      return known.progress(known.progress_data, what.str().c_str(), done) == 0;
    };
  auto *compilation = new (std::nothrow) frieze_compilation(std::move(report));
  if (!compilation)
    return nullptr;
  for (const frieze_option &option :
       llvm::ArrayRef(known.options, known.option_count))
    if (!compilation->setOption(option.name, option.value))
      return compilation;
  if (known.bytes)
    compilation->importBytes(
        known.file, {static_cast<const char *>(known.bytes), known.size});
  else
    compilation->importFile(known.file);
  return compilation;
}

/// A source without progress.
static frieze_source makeSource(const char *file, const frieze_option *options,
                                size_t optionCount) {
  frieze_source source = {};
  source.struct_size = sizeof(source);
  source.file = file;
  source.options = options;
  source.option_count = optionCount;
  return source;
}

frieze_compilation *frieze_compile_file(const char *path,
                                        const frieze_option *options,
                                        size_t optionCount) {
  frieze_source source = makeSource(path, options, optionCount);
  return frieze_compile(&source);
}

frieze_compilation *frieze_compile_bytes(const void *bytes, size_t size,
                                         const char *file,
                                         const frieze_option *options,
                                         size_t optionCount) {
  frieze_source source = makeSource(file, options, optionCount);
  // No bytes are an empty file, not one to be read.
  source.bytes = bytes ? bytes : "";
  source.size = size;
  return frieze_compile(&source);
}

void frieze_compilation_free(frieze_compilation *compilation) {
  delete compilation;
}

int frieze_compilation_succeeded(const frieze_compilation *compilation) {
  return compilation->hasModel();
}

size_t
frieze_compilation_diagnostic_count(const frieze_compilation *compilation) {
  return compilation->getMessages().size();
}

static int32_t getSeverity(mlir::DiagnosticSeverity severity) {
  switch (severity) {
  case mlir::DiagnosticSeverity::Error:
    return FRIEZE_ERROR;
  case mlir::DiagnosticSeverity::Warning:
    return FRIEZE_WARNING;
  case mlir::DiagnosticSeverity::Note:
    return FRIEZE_NOTE;
  case mlir::DiagnosticSeverity::Remark:
    return FRIEZE_REMARK;
  }
  llvm_unreachable("covered switch");
}

frieze_diagnostic
frieze_compilation_diagnostic(const frieze_compilation *compilation,
                              size_t index) {
  const Message &message = compilation->getMessages()[index];
  return {getSeverity(message.severity),
          message.line,
          message.column,
          0,
          message.file.c_str(),
          message.layer.c_str(),
          message.text.c_str(),
          message.subject.c_str(),
          message.rule.c_str(),
          message.why.c_str()};
}

static const std::vector<Layer> &
getLayers(const frieze_compilation *compilation, int list) {
  return list == FRIEZE_OPTIMISED ? compilation->getOptimised()
                                  : compilation->getImported();
}

size_t frieze_compilation_layer_count(const frieze_compilation *compilation,
                                      int list) {
  return getLayers(compilation, list).size();
}

frieze_layer frieze_compilation_layer(const frieze_compilation *compilation,
                                      int list, size_t index) {
  const Layer &layer = getLayers(compilation, list)[index];
  return {layer.name.c_str(),
          layer.op.c_str(),
          layer.shape.size(),
          layer.shape.data(),
          static_cast<uint64_t>(layer.macs),
          static_cast<uint64_t>(layer.parameterBytes)};
}

int frieze_compilation_costs(frieze_compilation *compilation,
                             frieze_costs *costs) {
  std::optional<ModelSummary> summary = compilation->getSummary();
  if (!summary)
    return 1;
  uint64_t size = costs->struct_size;
  frieze_costs known = {};
  known.struct_size = size;
  for (auto [to, from] : {std::make_pair(&known.layers, summary->layers),
                          {&known.macs, summary->macs},
                          {&known.kernels, summary->kernels},
                          {&known.live_macs, summary->liveMACs},
                          {&known.weights_bytes, summary->weightsBytes},
                          {&known.arena_bytes, summary->arenaBytes},
                          {&known.code_bytes, summary->codeBytes},
                          {&known.constant_bytes, summary->constantBytes},
                          {&known.stack_bytes, summary->stackBytes},
                          {&known.instructions, summary->instructions}})
    *to = from;
  std::memcpy(costs, &known, std::min<uint64_t>(size, sizeof(known)));
  return 0;
}

int frieze_compilation_profile(frieze_compilation *compilation,
                               double maxSeconds, frieze_profile *profile) {
  std::optional<Profile> measured = compilation->profile(maxSeconds);
  if (!measured)
    return 1;
  std::vector<double> &kernels = compilation->kernelSeconds;
  kernels.clear();
  for (const CallTimes &times : measured->kernels)
    kernels.push_back(times.median * 1e-6);
  const frieze_profile known = {profile->struct_size,
                                measured->call.median * 1e-6, kernels.size(),
                                kernels.data()};
  std::memcpy(profile, &known,
              std::min<uint64_t>(profile->struct_size, sizeof(known)));
  return 0;
}

/// The artefact of that name; nothing after a message.
static std::optional<std::string> emit(frieze_compilation &compilation,
                                       llvm::StringRef name) {
  if (name == "js")
    return compilation.emitCompanion(Stage::Wasm, "mjs");
  if (name == "types")
    return compilation.emitCompanion(Stage::Wasm, "d.ts");
  for (const StageDescription &stage : getStages())
    if (stage.name == name)
      return compilation.emit(stage.stage);
  compilation.fail(llvm::createStringError("unknown stage '" + name + "'"));
  return std::nullopt;
}

int frieze_compilation_emit(frieze_compilation *compilation, const char *stage,
                            frieze_bytes *bytes) {
  *bytes = {};
  std::optional<std::string> artefact = emit(*compilation, stage);
  if (!artefact)
    return 1;
  give(std::move(*artefact), bytes);
  return 0;
}

//===----------------------------------------------------------------------===//
// Models in this process
//===----------------------------------------------------------------------===//

frieze_library *frieze_compilation_load(frieze_compilation *compilation) {
  std::optional<LoadedModel> model = compilation->load();
  return model ? new frieze_library{std::move(*model)} : nullptr;
}

frieze_library *frieze_load(const void *bytes, size_t size,
                            frieze_bytes *error) {
  *error = {};
  llvm::Expected<LoadedModel> model =
      LoadedModel::load({static_cast<const char *>(bytes), size});
  if (model)
    return new frieze_library{std::move(*model)};
  give(llvm::toString(model.takeError()), error);
  return nullptr;
}

void frieze_library_free(frieze_library *library) { delete library; }

const frieze_model *frieze_library_model(const frieze_library *library) {
  return &*library->model;
}
