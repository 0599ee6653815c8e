//===- Compile.cpp - From a model file to an artefact -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compile.h"
#include "compiler/Progress.h"
#include "compiler/codegen/Backend.h"
#include "compiler/codegen/gpu/DeviceCode.h"
#include "compiler/codegen/llvm/EmitObject.h"
#include "compiler/codegen/package/Artefact.h"
#include "compiler/codegen/package/Cubin.h"
#include "dialect/NNDialect.h"
#include "dialect/Weights.h"
#include "frontends/Files.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/AsmState.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace frieze;

DialectRegistry frieze::getCompilerDialects() {
  DialectRegistry registry;
  registry.insert<nn::NNDialect, func::FuncDialect, LLVM::LLVMDialect>();
  registerLLVMTranslations(registry);
  return registry;
}

/// What runs the functions of a model that is compiled for a device.
static CompileOptions getHostOptions(const CompileOptions &options) {
  CompileOptions host = options;
  host.target = &options.target->getHost();
  return host;
}

/// Lowers `module`, at Stage::NNOpt, for the device of `options`.
static FailureOr<DeviceCode> compileForDevice(ModuleOp module,
                                              const CompileOptions &options) {
  OwningOpRef<ModuleOp> kernels = module.clone();
  if (failed(lowerModule(*kernels, Stage::NNOpt, Stage::GPU, options)))
    return failure();
  DeviceCode code = describeDeviceCode(*kernels, *options.target);
  Stage stage = code.kind == DeviceKind::CUDA ? Stage::PTX : Stage::SPIRV;
  CodeFigures figures;
  code.code = generateCode(*kernels, stage, options, figures);
  if (code.code.empty())
    return failure();
  // Text ends with a NUL.
  if (stage == Stage::PTX)
    code.code.push_back('\0');
  for (unsigned architecture : options.cubins) {
    // Without the NUL.
    StringRef ptx(code.code.data(), code.code.size() - 1);
    llvm::Expected<std::string> bytes = assemblePTX(ptx, architecture);
    if (!bytes)
      return module.emitError(llvm::toString(bytes.takeError()));
    code.binaries.push_back({architecture, std::move(*bytes)});
  }
  return code;
}

/// From Stage::NNOpt to Stage::LLVM, with the device's code in the host's.
static LogicalResult lowerWithDevice(ModuleOp module,
                                     const CompileOptions &options,
                                     StringRef sourceSHA256) {
  CompileOptions shared = options;
  // Two modules name weights, and then the device's code does, which none has.
  shared.ownsContext = false;
  FailureOr<DeviceCode> code = compileForDevice(module, shared);
  CompileOptions host = getHostOptions(shared);
  if (failed(code) ||
      failed(lowerModule(module, Stage::NNOpt, Stage::Loops, host)))
    return failure();
  embedDeviceCode(module, *code);
  return lowerModule(module, Stage::Loops, Stage::LLVM, host, sourceSHA256);
}

LogicalResult frieze::lowerModule(ModuleOp module, Stage from, Stage to,
                                  const CompileOptions &options,
                                  StringRef sourceSHA256) {
  if (options.target->device && to >= Stage::LLVM) {
    if (from < Stage::NNOpt &&
        failed(lowerModule(module, from, Stage::NNOpt, options)))
      return failure();
    return lowerWithDevice(module, options, sourceSHA256);
  }
  auto lower = [&](Stage stage,
                   llvm::function_ref<void(OpPassManager &)> build) {
    if (stage <= from || stage > to)
      return success();
    PassManager pm(module.getContext());
    if (options.configure && failed(options.configure(pm)))
      return failure();
    // A hundred ops for each layer, which LLVM verifies in the end.
    if (to > Stage::NNOpt)
      pm.enableVerifier(false);
    build(pm);
    return makeStage(module.getLoc(), stage, pm.size(),
                     [&] { return pm.run(module); });
  };
  auto buildNNOpt = [&](OpPassManager &pm) {
    NNOptPipelineOptions nnOpt;
    nnOpt.exact = options.exact;
    nnOpt.freesWeights = options.ownsContext;
    nnOpt.streamHop = options.streamHop;
    nnOpt.streamSteps = options.streamSteps;
    nnOpt.streamBlock = options.streamBlock;
    buildNNOptPipeline(pm, nnOpt);
  };
  auto buildLoops = [&](OpPassManager &pm) {
    LoopsPipelineOptions loops;
    loops.name = options.name;
    loops.target = options.target;
    loops.printPlan = options.printPlan;
    loops.freesWeights = options.ownsContext;
    buildLoopsPipeline(pm, loops);
  };
  auto buildGPU = [&](OpPassManager &pm) {
    GPUPipelineOptions gpu;
    gpu.target = options.target;
    buildGPUPipeline(pm, gpu);
  };
  auto buildLLVM = [&](OpPassManager &pm) {
    LLVMPipelineOptions llvm;
    llvm.target = options.target;
    llvm.sourceSHA256 = sourceSHA256.str();
    llvm.weightsSection = options.weightsSection;
    buildLLVMPipeline(pm, llvm);
  };
  return success(
      succeeded(lower(Stage::NNOpt, buildNNOpt)) &&
      succeeded(lower(Stage::Loops, buildLoops)) &&
      (!options.target->device || succeeded(lower(Stage::GPU, buildGPU))) &&
      succeeded(lower(Stage::LLVM, buildLLVM)));
}

/// Frees the data of parameters that `module` names no more, where nothing else
/// names them, and returns the memory to the system.
static void releaseMemory(ModuleOp module, const CompileOptions &options) {
  if (!options.ownsContext)
    return;
  nn::UnusedWeights(module).free();
  nn::returnFreedMemory();
}

/// Takes `module`, as imported, up to `stage`, at most Stage::LLVM.
static LogicalResult lowerImported(ModuleOp module, Stage stage,
                                   const CompileOptions &options,
                                   StringRef sourceSHA256) {
  auto lower = [&](Stage from, Stage to) {
    LogicalResult lowered =
        lowerModule(module, from, to, options, sourceSHA256);
    releaseMemory(module, options);
    return lowered;
  };
  if (options.onImport)
    options.onImport(module);
  if (stage == Stage::NN)
    return success();
  if (failed(lower(Stage::NN, Stage::NNOpt)))
    return failure();
  if (options.onNNOpt)
    options.onNNOpt(module);
  if (stage == Stage::NNOpt)
    return success();
  if (failed(lower(Stage::NNOpt, stage)))
    return failure();
  if (options.onLowered)
    options.onLowered(nn::InterfaceAttr::find(module));
  return success();
}

OwningOpRef<ModuleOp> frieze::importNN(StringRef path, StringRef bytes,
                                       const ImportOptions &options,
                                       MLIRContext *context,
                                       std::string *sourceSHA256) {
  ImportOptions observed = options;
  std::vector<std::string> sums;
  if (sourceSHA256) {
    sums.push_back(hashSHA256(bytes));
    observed.onRead = [&](StringRef further) {
      if (options.onRead)
        options.onRead(further);
      sums.push_back(hashSHA256(further));
    };
  }
  OwningOpRef<ModuleOp> module;
  LogicalResult imported =
      makeStage(getLayerLocation(context, path), Stage::NN, /*passes=*/0, [&] {
        module = importModel(path, bytes, observed, context);
        return success(bool(module));
      });
  if (sourceSHA256)
    *sourceSHA256 = sums.size() == 1
                        ? sums.front()
                        : hashSHA256(llvm::join(sums, "\n") + "\n");
  return succeeded(imported) ? std::move(module) : nullptr;
}

OwningOpRef<ModuleOp> frieze::compileTo(Stage stage, StringRef path,
                                        StringRef bytes,
                                        const CompileOptions &options,
                                        MLIRContext *context) {
  std::string sourceSHA256;
  OwningOpRef<ModuleOp> module =
      importNN(path, bytes, options.import, context,
               stage == Stage::LLVM ? &sourceSHA256 : nullptr);
  if (!module || failed(lowerImported(*module, stage, options, sourceSHA256)))
    return nullptr;
  return module;
}

void frieze::printMLIR(ModuleOp module, bool withWeights,
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

llvm::Error frieze::checkRAM(nn::InterfaceAttr interface, int64_t stackBytes,
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

SmallVector<char, 0> frieze::generateCode(ModuleOp module, Stage stage,
                                          const CompileOptions &options,
                                          CodeFigures &figures) {
  SmallVector<char, 0> code;
  const Target &target =
      isDeviceStage(stage) ? *options.target : options.target->getHost();
  LogicalResult made = makeStage(module.getLoc(), stage, /*passes=*/0, [&] {
    return Backend::get(target).emit(module, target, stage, code, figures,
                                     options.ownsContext);
  });
  if (failed(made))
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

/// Where a file beside `output` goes.
static SmallString<128> getPath(const Companion &companion, StringRef output) {
  SmallString<128> path(output);
  llvm::sys::path::replace_extension(path, companion.extension);
  return path;
}

/// Whether the file of a stage and those beside it can be written.
static LogicalResult checkOutputs(StringRef output,
                                  ArrayRef<Companion> companions,
                                  MLIRContext *context) {
  if (failed(report(checkWritable(output), getOutputName(output), context)))
    return failure();
  for (const Companion &companion : companions) {
    SmallString<128> path = getPath(companion, output);
    if (path == output)
      return report(llvm::createStringError("expects another extension than ." +
                                            companion.extension + " for a " +
                                            companion.owner + ", as its " +
                                            companion.kind + " goes there"),
                    output, context);
    if (failed(report(checkWritable(path), path, context)))
      return failure();
  }
  return success();
}

/// The model file `path`, whose bytes are gone then.
static OwningOpRef<ModuleOp> importFile(StringRef path,
                                        const CompileOptions &options,
                                        std::string *sourceSHA256,
                                        MLIRContext *context) {
  llvm::Expected<std::string> bytes = readModel(path);
  if (failed(report(bytes.takeError(), path, context)))
    return nullptr;
  return importNN(path, *bytes, options.import, context, sourceSHA256);
}

LogicalResult frieze::compileFile(Stage stage, StringRef path, StringRef output,
                                  const CompileOptions &options,
                                  MLIRContext *context) {
  // None goes beside a device or a stream.
  ArrayRef<Companion> companions =
      isStream(output) ? ArrayRef<Companion>() : getCompanions(stage);
  // Before the work.
  if (failed(checkOutputs(output, companions, context)))
    return failure();
  Stage lowered = getMLIRStage(stage);
  std::string sourceSHA256;
  OwningOpRef<ModuleOp> module = importFile(
      path, options, stage >= Stage::LLVM ? &sourceSHA256 : nullptr, context);
  if (!module || failed(lowerImported(*module, lowered, options, sourceSHA256)))
    return failure();
  auto write = [&](StringRef file,
                   llvm::function_ref<void(llvm::raw_ostream &)> print) {
    return report(writeFile(file, print), getOutputName(file), context);
  };
  if (stage == lowered)
    return write(output, [&](llvm::raw_ostream &os) {
      printMLIR(*module, output != "-", os);
    });

  CodeFigures figures;
  SmallVector<char, 0> code =
      generateCode(*module, std::min(stage, Stage::Obj), options, figures);
  if (code.empty())
    return failure();
  if (isDeviceStage(stage))
    return write(output, [&](llvm::raw_ostream &os) {
      os << StringRef(code.data(), code.size());
    });
  ModelObject object{{code.data(), code.size()},
                     /*file=*/nullptr,
                     figures,
                     nn::InterfaceAttr::find(*module),
                     options.name,
                     options.target->getHost(),
                     sourceSHA256};
  if (llvm::Error error =
          checkRAM(object.interface, figures.getStackBytes(), options.ramBytes))
    return report(std::move(error), path, context);
  bool isExecutable = stage == Stage::Shared || stage == Stage::Exe;
  llvm::Expected<MemoryFile> file =
      MemoryFile::create(isExecutable ? object.code : "");
  if (!file)
    return report(file.takeError(), getOutputName(output), context);
  if (isExecutable) {
    object.code = "";
    object.file = &*file;
    // An assignment would keep its memory.
    SmallVector<char, 0> freed = std::move(code);
  }
  // The object has the weights.
  module->getBody()->clear();
  releaseMemory(*module, options);
  std::string fileName = isStream(output)
                             ? options.name + ".so"
                             : llvm::sys::path::filename(output).str();
  if (failed(report(packageObject(stage, object, fileName,
                                  [&](Printer print) {
                                    return tryWriteFile(
                                        output, print,
                                        isExecutable ? FileKind::Executable
                                                     : FileKind::Data);
                                  }),
                    getOutputName(output), context)))
    return failure();
  for (const Companion &companion : companions)
    if (failed(write(getPath(companion, output), [&](llvm::raw_ostream &os) {
          companion.print(object, fileName, os);
        })))
      return failure();
  return success();
}
