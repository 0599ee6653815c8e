//===- Subject.cpp - A model or a layer that is measured --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-bench/Subject.h"
#include "compiler/KernelOps.h"
#include "compiler/target/Target.h"
#include "dialect/Identifier.h"
#include "dialect/LayerName.h"
#include "dialect/NNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "tools/CompilerContext.h"
#include "tools/frieze-bench/MachinePeak.h"
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

/// The first machine of the target that this processor is, as code that is
/// loaded chooses it.
static llvm::StringRef findMachine(llvm::StringRef targetName) {
  const Target *target = findTarget(targetName);
  if (!target)
    return "";
  for (const Machine &machine : target->machines)
    if (machine.lanes <= getVectorLanes())
      return machine.name;
  return target->machines.back().name;
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
  llvm::Expected<LoadedModel> model = loadModule(module, options);
  if (!model)
    return model.takeError();
  Subject subject{name, std::move(*model), 0, std::nullopt,
                  findMachine((*model)->target)};
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

namespace {
/// A layer of nn-opt IR, as a model of its own.
struct IsolatedLayer {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// What it reads and writes in its model.
  llvm::SmallSetVector<mlir::Value, 2> operands;
  mlir::Value result;
};
} // namespace

/// What one kernel computes.
static IsolatedLayer isolateLayer(llvm::ArrayRef<mlir::Operation *> ops) {
  mlir::Location loc = ops.front()->getLoc();
  IsolatedLayer layer;
  for (mlir::Operation *part : ops)
    for (mlir::Value operand : part->getOperands())
      if (!llvm::is_contained(ops, operand.getDefiningOp()))
        layer.operands.insert(operand);
  layer.result = ops.back()->getResult(0);
  mlir::OpBuilder builder(loc.getContext());
  layer.module = mlir::ModuleOp::create(loc);
  builder.setInsertionPointToStart(layer.module->getBody());
  mlir::ValueRange operands = layer.operands.getArrayRef();
  auto function = mlir::func::FuncOp::create(
      builder, loc, "model",
      builder.getFunctionType(operands.getTypes(), layer.result.getType()));
  mlir::Block *body = function.addEntryBlock();
  builder.setInsertionPointToStart(body);
  mlir::IRMapping mapping;
  mapping.map(operands, body->getArguments());
  for (mlir::Operation *part : ops)
    builder.clone(*part, mapping);
  mlir::func::ReturnOp::create(builder, loc, mapping.lookup(layer.result));
  return layer;
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
  struct Part {
    std::string name;
    mlir::OwningOpRef<mlir::ModuleOp> module;
    std::vector<unsigned> operands = {};
    unsigned result = 0;
  };
  std::vector<Part> layers;
  llvm::DenseMap<mlir::Value, unsigned> numbers;
  auto getNumber = [&](mlir::Value value) {
    return numbers.try_emplace(value, numbers.size()).first->second;
  };
  auto function = module->lookupSymbol<mlir::func::FuncOp>("model");
  if (withLayers && function)
    for (mlir::Operation &op :
         function.getBody().front().without_terminator()) {
      // Makes no values of its own.
      if (auto reshape = llvm::dyn_cast<nn::ReshapeOp>(op)) {
        unsigned input = getNumber(reshape.getInput());
        numbers[reshape] = input;
        continue;
      }
      llvm::SmallVector<mlir::Operation *> ops = findKernelOps(&op);
      if (ops.empty())
        continue;
      llvm::StringRef name = nn::findLayerName(op.getLoc());
      IsolatedLayer layer = isolateLayer(ops);
      layers.push_back(
          {(name.empty() ? op.getName().getStringRef() : name).str(),
           std::move(layer.module)});
      for (mlir::Value operand : layer.operands)
        layers.back().operands.push_back(getNumber(operand));
      layers.back().result = getNumber(layer.result);
    }
  layers.insert(layers.begin(),
                Part{llvm::sys::path::stem(path).str(), std::move(module)});
  for (Part &part : layers) {
    llvm::Expected<Subject> subject =
        compileSubject(part.name, *part.module, options);
    if (!subject)
      return subject.takeError();
    subject->operands = std::move(part.operands);
    subject->result = part.result;
    subjects.push_back(std::move(*subject));
  }
  return subjects;
}
