//===- Subject.cpp - A model or a layer that is measured --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-bench/Subject.h"
#include "compiler/IsolatedLayers.h"
#include "compiler/TableInputs.h"
#include "compiler/target/Target.h"
#include "dialect/Identifier.h"
#include "tools/CompilerContext.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/Path.h"

using namespace frieze;

uint64_t Subject::getBytesTouched() const {
  uint64_t elements = 0;
  for (const frieze_tensor &tensor :
       llvm::ArrayRef(model->inputs, model->input_count))
    elements += tensor.elements;
  for (const frieze_tensor &tensor :
       llvm::ArrayRef(model->outputs, model->output_count))
    elements += tensor.elements;
  return model->weights_bytes + elements * sizeof(float);
}

//===----------------------------------------------------------------------===//
// Machine code
//===----------------------------------------------------------------------===//

namespace {
/// An object or a shared library, and what is known of its spills.
struct MachineCode {
  llvm::SmallVector<char, 0> bytes;
  std::optional<SpillCounts> spills;
};
} // namespace

/// The machine of the target that this processor is, or else the last one.
static llvm::StringRef findMachine(llvm::StringRef targetName) {
  const Target *target = findTarget(targetName);
  if (!target)
    return "";
  const Machine *own = findOwnMachine(*target);
  return (own ? *own : target->machines.back()).name;
}

/// Fills in the code size and the spills of `subject`.
static llvm::Error addCodeStatistics(Subject &subject,
                                     const MachineCode &code) {
  auto file = llvm::object::ObjectFile::createELFObjectFile(
      {llvm::StringRef(code.bytes.data(), code.bytes.size()), subject.name});
  if (!file)
    return file.takeError();
  std::string function =
      (subject.model->name + llvm::Twine("_") + getIdentifier(subject.machine))
          .str();
  for (const llvm::object::ELFSymbolRef symbol : (*file)->symbols()) {
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    if (*name == function)
      subject.codeBytes = symbol.getSize();
  }
  if (code.spills)
    subject.spills = code.spills->lookup(function);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

/// Compiles `module`, which is at Stage::NNOpt.
static llvm::Expected<Subject> compileSubject(const std::string &name,
                                              mlir::ModuleOp module,
                                              CompileOptions options) {
  MachineCode code;
  options.onObject = [&](llvm::StringRef object, const CodeFigures &figures) {
    code.bytes.assign(object.begin(), object.end());
    code.spills = figures.spills;
  };
  std::vector<int64_t> tableRows = countTableRows(module);
  llvm::Expected<LoadedModel> model = loadModule(module, options);
  if (!model)
    return model.takeError();
  Subject subject{name,
                  std::move(*model),
                  0,
                  std::nullopt,
                  findMachine((*model)->target),
                  std::move(tableRows)};
  if (llvm::Error error = addCodeStatistics(subject, code))
    return std::move(error);
  return subject;
}

static llvm::Expected<Subject> loadArtefactSubject(llvm::StringRef path,
                                                   llvm::StringRef bytes) {
  llvm::Expected<LoadedModel> model = LoadedModel::open(path, bytes);
  if (!model)
    return model.takeError();
  Subject subject{llvm::sys::path::stem(path).str(), std::move(*model), 0,
                  std::nullopt, findMachine((*model)->target)};
  if (llvm::Error error = addCodeStatistics(
          subject, {{bytes.begin(), bytes.end()}, std::nullopt}))
    return std::move(error);
  return subject;
}

llvm::Expected<std::vector<Subject>>
frieze::loadSubjects(llvm::StringRef path, bool withLayers,
                     const CompileOptions &options) {
  std::vector<Subject> subjects;
  llvm::Expected<std::string> bytes = readModel(path);
  if (!bytes)
    return bytes.takeError();
  if (isArtefact(*bytes)) {
    if (withLayers)
      return llvm::createStringError(
          "expects a model file for --layers, but got an artefact");
    llvm::Expected<Subject> subject = loadArtefactSubject(path, *bytes);
    if (!subject)
      return subject.takeError();
    subjects.push_back(std::move(*subject));
    return subjects;
  }

  CompilerContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module =
      compileTo(Stage::NNOpt, path, *bytes, options, context);
  if (!module)
    return llvm::createStringError("cannot be compiled");
  // Lowering changes a module in place, so the layers are copied out first.
  std::vector<IsolatedLayer> layers;
  if (withLayers)
    layers = isolateLayers(*module);
  llvm::Expected<Subject> whole =
      compileSubject(llvm::sys::path::stem(path).str(), *module, options);
  if (!whole)
    return whole.takeError();
  subjects.push_back(std::move(*whole));
  CompileOptions ofLayers = options;
  ofLayers.target = findOwnTarget(options.target);
  for (IsolatedLayer &layer : layers) {
    llvm::Expected<Subject> subject =
        compileSubject(layer.name, *layer.module, ofLayers);
    if (!subject)
      return subject.takeError();
    subject->operands = std::move(layer.operands);
    subject->result = layer.result;
    subjects.push_back(std::move(*subject));
  }
  return subjects;
}
