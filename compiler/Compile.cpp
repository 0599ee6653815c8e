//===- Compile.cpp - From a model file to an artefact -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compile.h"
#include "compiler/codegen/Backend.h"
#include "compiler/codegen/llvm/EmitObject.h"
#include "compiler/codegen/package/Header.h"
#include "compiler/codegen/package/Package.h"
#include "dialect/NNDialect.h"
#include "frontends/Files.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/AsmState.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;
using namespace frieze;

void frieze::registerCompilerDialects(DialectRegistry &registry) {
  registry.insert<nn::NNDialect, func::FuncDialect, LLVM::LLVMDialect>();
  registerLLVMTranslations(registry);
}

/// In lower-case hexadecimal.
static std::string hash(StringRef bytes) {
  auto digest = llvm::SHA256::hash(llvm::arrayRefFromStringRef(bytes));
  return llvm::toHex(digest, /*LowerCase=*/true);
}

LogicalResult frieze::lowerModule(ModuleOp module, Stage from, Stage to,
                                  const CompileOptions &options,
                                  StringRef sourceSHA256) {
  auto passes = [&](Stage stage) { return from < stage && stage <= to; };
  PassManager pm(module.getContext());
  if (options.configure && failed(options.configure(pm)))
    return failure();
  // A hundred ops for each layer, which LLVM verifies in the end.
  if (to > Stage::NNOpt)
    pm.enableVerifier(false);
  if (passes(Stage::NNOpt)) {
    NNOptPipelineOptions nnOpt;
    nnOpt.exact = options.exact;
    nnOpt.streamHop = options.streamHop;
    nnOpt.streamBlock = options.streamBlock;
    buildNNOptPipeline(pm, nnOpt);
  }
  if (passes(Stage::Loops)) {
    LoopsPipelineOptions loops;
    loops.name = options.name;
    loops.target = options.target;
    loops.printPlan = options.printPlan;
    buildLoopsPipeline(pm, loops);
  }
  if (passes(Stage::LLVM)) {
    LLVMPipelineOptions llvm;
    llvm.target = options.target;
    llvm.sourceSHA256 = sourceSHA256.str();
    llvm.weightsSection = options.weightsSection;
    buildLLVMPipeline(pm, llvm);
  }
  return pm.run(module);
}

OwningOpRef<ModuleOp> frieze::compileTo(Stage stage, StringRef path,
                                        StringRef bytes,
                                        const CompileOptions &options,
                                        MLIRContext *context) {
  OwningOpRef<ModuleOp> module =
      importModel(path, bytes, options.import, context);
  if (!module)
    return nullptr;
  if (options.onImport)
    options.onImport(*module);
  if (stage == Stage::NN)
    return module;
  if (failed(lowerModule(*module, Stage::NN, Stage::NNOpt, options)))
    return nullptr;
  if (options.onNNOpt)
    options.onNNOpt(*module);
  if (stage == Stage::NNOpt)
    return module;
  if (failed(lowerModule(*module, Stage::NNOpt, stage, options,
                         stage == Stage::LLVM ? hash(bytes) : "")))
    return nullptr;
  if (options.onLowered)
    options.onLowered(nn::InterfaceAttr::find(*module));
  return module;
}

static void printMLIR(ModuleOp module, bool withWeights,
                      llvm::raw_ostream &os) {
  OpPrintingFlags flags;
  if (withWeights)
    flags.elideLargeResourceString(std::numeric_limits<int64_t>::max());
  else
    flags.elideLargeElementsAttrs().elideLargeResourceString(0);
  std::string text;
  llvm::raw_string_ostream textStream(text);
  module.print(textStream, flags);
  // MLIR prints a frame for resources even where all of them are elided.
  StringRef trimmed = text;
  trimmed.consume_back("\n{-#\n\n#-}\n");
  os << trimmed;
}

/// Reports `error` at the file it concerns.
static LogicalResult report(llvm::Error error, StringRef file,
                            MLIRContext *context) {
  if (!error)
    return success();
  return emitError(getLayerLocation(context, file))
         << llvm::toString(std::move(error));
}

/// An error where a call needs more memory than there is.
static llvm::Error checkRAM(nn::InterfaceAttr interface, int64_t stackBytes,
                            int64_t ramBytes) {
  nn::StreamInterfaceAttr stream = interface.getStream();
  int64_t arena = interface.getArenaBytes();
  int64_t state = stream ? stream.getState() : 0;
  int64_t needed = std::max(arena, state) + stackBytes;
  if (ramBytes == 0 || needed <= ramBytes)
    return llvm::Error::success();
  return llvm::createStringError(llvm::formatv(
      "needs {0:n} bytes of RAM, {1:n} of them for the {2} and {3:n} for the "
      "stack, but --ram is {4:n}; a smaller model, or a chip with more memory, "
      "fits",
      needed, needed - stackBytes, arena < state ? "stream" : "arena",
      stackBytes, ramBytes));
}

/// What the back end writes of `module`, which is at Stage::LLVM; empty after a
/// diagnostic.
static SmallVector<char, 0> generateCode(ModuleOp module, Stage stage,
                                         const CompileOptions &options,
                                         CodeFigures &figures) {
  SmallVector<char, 0> code;
  const Backend &backend = Backend::get(*options.target);
  if (failed(backend.emit(module, *options.target, stage, code, figures)))
    return {};
  if (stage == Stage::Obj && options.onObject)
    options.onObject(StringRef(code.data(), code.size()), figures);
  return code;
}

SmallVector<char, 0> frieze::emitObject(ModuleOp module,
                                        const CompileOptions &options) {
  CodeFigures figures;
  return generateCode(module, Stage::Obj, options, figures);
}

llvm::Expected<std::string> frieze::linkModule(ModuleOp module,
                                               const CompileOptions &options) {
  SmallVector<char, 0> code = emitObject(module, options);
  if (code.empty())
    return llvm::createStringError("cannot be compiled");
  return linkSharedLibrary(StringRef(code.data(), code.size()), options.name,
                           options.name + ".so", *options.target);
}

/// The bytes of `stage`, the object or what it is packaged in, for `output`.
static llvm::Expected<std::string> package(Stage stage, StringRef object,
                                           StringRef output,
                                           const CompileOptions &options) {
  switch (stage) {
  case Stage::Static:
    return makeStaticLibrary(object, options.name);
  case Stage::Shared:
    return linkSharedLibrary(object, options.name,
                             isStream(output)
                                 ? options.name + ".so"
                                 : llvm::sys::path::filename(output).str(),
                             *options.target);
  case Stage::Exe:
    return linkExecutable(object, options.name, *options.target);
  default:
    return object.str();
  }
}

LogicalResult frieze::compileFile(Stage stage, StringRef path, StringRef output,
                                  const CompileOptions &options,
                                  MLIRContext *context) {
  SmallString<128> header(output);
  llvm::sys::path::replace_extension(header, "h");
  // A header goes beside a file, not beside a device or a stream.
  bool hasHeader = stage == Stage::Static && !isStream(output);
  if (hasHeader && header == output)
    return report(llvm::createStringError(
                      "expects another extension than .h for a static "
                      "library, as its header goes there"),
                  output, context);
  // Before the work.
  if (failed(report(checkWritable(output), getOutputName(output), context)) ||
      (hasHeader && failed(report(checkWritable(header), header, context))))
    return failure();
  llvm::Expected<std::string> bytes = readModel(path);
  if (!bytes)
    return report(bytes.takeError(), path, context);
  OwningOpRef<ModuleOp> module =
      compileTo(std::min(stage, Stage::LLVM), path, *bytes, options, context);
  if (!module)
    return failure();
  auto write = [&](StringRef file,
                   llvm::function_ref<void(llvm::raw_ostream &)> print) {
    FileKind kind = stage == Stage::Shared || stage == Stage::Exe
                        ? FileKind::Executable
                        : FileKind::Data;
    return report(writeFile(file, print, kind), getOutputName(file), context);
  };
  if (stage <= Stage::LLVM)
    return write(output, [&](llvm::raw_ostream &os) {
      printMLIR(*module, output != "-", os);
    });

  CodeFigures figures;
  SmallVector<char, 0> code =
      generateCode(*module, std::min(stage, Stage::Obj), options, figures);
  if (code.empty())
    return failure();
  if (llvm::Error error = checkRAM(nn::InterfaceAttr::find(*module),
                                   figures.getStackBytes(), options.ramBytes))
    return report(std::move(error), path, context);
  auto writeHeader = [&](llvm::raw_ostream &os) {
    printHeader(nn::InterfaceAttr::find(*module), figures, os);
  };
  if (stage == Stage::Header)
    return write(output, writeHeader);
  llvm::Expected<std::string> packaged =
      package(stage, StringRef(code.data(), code.size()), output, options);
  if (!packaged)
    return report(packaged.takeError(), getOutputName(output), context);
  if (failed(write(output, [&](llvm::raw_ostream &os) { os << *packaged; })))
    return failure();
  return hasHeader ? write(header, writeHeader) : success();
}
