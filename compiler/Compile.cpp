//===- Compile.cpp - From a model file to an artefact -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compile.h"
#include "compiler/codegen/Header.h"
#include "compiler/codegen/Package.h"
#include "compiler/codegen/cpu/EmitObject.h"
#include "dialect/NNDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/AsmState.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

using namespace mlir;
using namespace frieze;

void frieze::registerCompilerDialects(DialectRegistry &registry) {
  registry.insert<nn::NNDialect, func::FuncDialect, LLVM::LLVMDialect>();
  registerLLVMTranslations(registry);
}

std::string frieze::getIdentifier(StringRef text) {
  std::string identifier = text.str();
  for (char &c : identifier)
    if (!llvm::isAlnum(c))
      c = '_';
  if (identifier.empty() || llvm::isDigit(identifier.front()))
    identifier.insert(0, "_");
  return identifier;
}

/// Lower-case hexadecimal, or "" for what cannot be read a second time.
static std::string hashFile(StringRef path) {
  if (path == "-")
    return "";
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return "";
  auto digest = llvm::SHA256::hash(llvm::arrayRefFromStringRef((*buffer)->getBuffer()));
  return llvm::toHex(digest, /*LowerCase=*/true);
}

OwningOpRef<ModuleOp> frieze::compileTo(Stage stage, StringRef path,
                                        const CompileOptions &options,
                                        MLIRContext *context) {
  OwningOpRef<ModuleOp> module = importModel(path, options.import, context);
  if (!module || stage == Stage::NN)
    return module;
  PassManager pm(context);
  if (options.configure && failed(options.configure(pm)))
    return nullptr;
  buildNNOptPipeline(pm);
  if (stage >= Stage::Loops) {
    LoopsPipelineOptions loops;
    loops.name = options.name;
    loops.target = options.target;
    buildLoopsPipeline(pm, loops);
  }
  if (stage >= Stage::LLVM) {
    LLVMPipelineOptions llvm;
    llvm.sourceSHA256 = hashFile(path);
    buildLLVMPipeline(pm, llvm);
  }
  if (failed(pm.run(*module)))
    return nullptr;
  return module;
}

static void printMLIR(ModuleOp module, bool withWeights, llvm::raw_ostream &os) {
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

LogicalResult frieze::compileFile(Stage stage, StringRef path, StringRef output,
                                  const CompileOptions &options,
                                  MLIRContext *context) {
  Stage lastPassStage = stage == Stage::Header ? Stage::Loops
                                               : std::min(stage, Stage::LLVM);
  OwningOpRef<ModuleOp> module = compileTo(lastPassStage, path, options, context);
  if (!module)
    return failure();
  if (stage <= Stage::LLVM)
    return report(writeFile(output,
                            [&](llvm::raw_ostream &os) {
                              printMLIR(*module, output != "-", os);
                            }),
                  output, context);
  if (stage == Stage::Header)
    return report(writeFile(output,
                            [&](llvm::raw_ostream &os) {
                              printHeader(*module, os);
                            }),
                  output, context);

  const Target &target = *findTarget(options.target);
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> llvmModule =
      translateToLLVMIR(*module, target, llvmContext);
  if (!llvmModule)
    return failure();
  if (stage == Stage::LLVMIR)
    return report(writeFile(output,
                            [&](llvm::raw_ostream &os) {
                              llvmModule->print(os, nullptr);
                            }),
                  output, context);
  SmallVector<char, 0> code;
  llvm::raw_svector_ostream codeStream(code);
  if (failed(emitMachineCode(*llvmModule, target, stage == Stage::Asm, codeStream)))
    return emitError(getLayerLocation(context, path)) << "cannot emit machine code";
  StringRef object(code.data(), code.size());
  auto write = [&]() -> llvm::Error {
    switch (stage) {
    case Stage::Static:
      return writeStaticLibrary(object, options.name, output);
    case Stage::Shared:
      return linkSharedLibrary(object, options.name, output);
    case Stage::Exe:
      return linkExecutable(object, options.name, output);
    default:
      return writeFile(output, [&](llvm::raw_ostream &os) { os << object; });
    }
  };
  if (failed(report(write(), output, context)))
    return failure();
  if (stage != Stage::Static || output == "-")
    return success();
  SmallString<128> header(output);
  llvm::sys::path::replace_extension(header, "h");
  return compileFile(Stage::Header, path, header, options, context);
}
