//===- frieze-compile.cpp - Compile a model file ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compile.h"
#include "compiler/Summary.h"
#include "frontends/Files.h"
#include "mlir/IR/AsmState.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "tools/CommandLine.h"
#include "tools/CompilerContext.h"
#include "tools/ModelOptions.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "llvm/TargetParser/Triple.h"

using namespace frieze;
namespace cl = llvm::cl;

static std::string getEmitHelp() {
  std::string text = "What to write:";
  for (const StageDescription &stage : getStages())
    text += "\n  " + stage.name.str() +
            std::string(8 - stage.name.size(), ' ') + stage.description.str();
  return text;
}

/// The stage that --emit names, or else the output's extension.
static const StageDescription *findStage(llvm::StringRef emit,
                                         llvm::StringRef output) {
  llvm::StringRef extension = llvm::sys::path::extension(output);
  for (const StageDescription &stage : getStages()) {
    bool isWanted = !emit.empty() ? stage.name == emit
                    : extension.empty() || output == "-"
                        ? stage.stage == Stage::Exe && output != "-"
                        : stage.extension == extension;
    if (isWanted)
      return &stage;
  }
  return nullptr;
}

namespace {
/// How a list is printed, if at all.
enum class ListFormat { None, Text, JSON };
} // namespace

static void printLayers(llvm::raw_ostream &os) {
  CompilerContext context;
  for (const LayerDescription &layer : listLayers(context)) {
    os << layer.format << " " << layer.name << ":";
    for (const std::string &attribute : layer.attributes)
      os << " " << attribute;
    os << "\n";
  }
}

/// The number that `text` says, with K or M for 1024 or its square; 0 for "".
static llvm::Expected<int64_t> parseBytes(llvm::StringRef text) {
  llvm::StringRef digits = text;
  int64_t unit = digits.consume_back_insensitive("K")   ? 1 << 10
                 : digits.consume_back_insensitive("M") ? 1 << 20
                                                        : 1;
  int64_t bytes = 0;
  if (text.empty())
    return bytes;
  if (digits.getAsInteger(10, bytes) || bytes < 1 || bytes > INT32_MAX)
    return llvm::createStringError(
        "expects --ram to be bytes, as in 65536 or 64K, but got '" + text +
        "'");
  return bytes * unit;
}

/// The compute capabilities of GPUs that are called as in sm_80.
static llvm::Expected<llvm::SmallVector<unsigned>>
parseCubins(llvm::ArrayRef<std::string> names) {
  llvm::SmallVector<unsigned> architectures;
  for (llvm::StringRef name : names) {
    llvm::StringRef digits = name;
    unsigned architecture;
    if (!digits.consume_front("sm_") || digits.getAsInteger(10, architecture) ||
        architecture < 80 || llvm::is_contained(architectures, architecture))
      return llvm::createStringError(
          "expects --cubin to be different GPUs, as in sm_80,sm_90, from sm_80 "
          "on, but got '" +
          name + "'");
    architectures.push_back(architecture);
  }
  return architectures;
}

/// Whether every object format and linker script takes `name`.
static bool isSectionName(llvm::StringRef name) {
  return llvm::all_of(name, [](char c) {
    return llvm::isAlnum(c) || c == '.' || c == '_' || c == '$';
  });
}

/// The target of a stage that only one has.
static llvm::StringRef getDefaultTarget(Stage stage) {
  switch (stage) {
  case Stage::Wasm:
    return "wasm32";
  case Stage::GPU:
  case Stage::PTX:
    return "cuda";
  case Stage::SPIRV:
    return "vulkan";
  default:
    return "x86-64";
  }
}

/// An error where a device has nothing of a kind, or nothing else has it.
static llvm::Error checkDevice(const StageDescription &stage,
                               const CompileOptions &options) {
  const Target &target = *options.target;
  auto refuse = [&](const llvm::Twine &what, llvm::StringRef hint) {
    return llvm::createStringError("expects a target with " + what +
                                   ", but got '" + target.name + "'; " + hint);
  };
  llvm::StringRef list = "see --print-targets";
  const Device *device = target.device;
  if (!options.cubins.empty() && (!device || device->kind != DeviceKind::CUDA ||
                                  stage.stage < Stage::LLVM))
    return llvm::createStringError(
        "expects --target=cuda and an object, a static or a shared library for "
        "--cubin");
  bool isOther = (stage.stage == Stage::PTX && device &&
                  device->kind != DeviceKind::CUDA) ||
                 (stage.stage == Stage::SPIRV && device &&
                  device->kind != DeviceKind::Vulkan);
  if (isDeviceStage(stage.stage) && (!device || isOther))
    return refuse("the stage " + stage.name, list);
  if (!device)
    return llvm::Error::success();
  if (stage.stage == Stage::Exe)
    return refuse("executables of its own",
                  "a shared library has the code of a device");
  if (stage.stage == Stage::Wasm)
    return refuse("modules of WebAssembly", list);
  if (options.ramBytes)
    return refuse("a bound for --ram", list);
  if (!options.weightsSection.empty())
    return refuse("one copy of the weights for --weights-section", list);
  return llvm::Error::success();
}

static int compile(int argc, char **argv) {
  llvm::setBugReportMsg(
      "please report this crash of frieze-compile, with the model\n");
  // So that --mlir-print-ir-after knows the names of passes.
  registerPassesAndPipelines();
  mlir::registerMLIRContextCLOptions();
  mlir::registerPassManagerCLOptions();
  mlir::registerDefaultTimingManagerCLOptions();
  mlir::registerAsmPrinterCLOptions();
  cl::OptionCategory category("frieze-compile options");
  cl::opt<std::string> modelOption(cl::Positional, cl::desc("MODEL"),
                                   cl::cat(category));
  cl::opt<std::string> outputOption(
      "o", cl::value_desc("file"), cl::init("-"), cl::cat(category),
      cl::desc("Output file, - for standard output. Without --emit, its\n"
               "extension decides: .mlir .ll .s .o .a .so .wasm .ptx .spv\n"
               ".h, none: exe"));
  std::string emitHelp = getEmitHelp();
  cl::opt<std::string> emit("emit", cl::value_desc("stage"), cl::desc(emitHelp),
                            cl::cat(category));
  ModelOptions modelOptions(category);
  cl::opt<RemarkFormat> remarksOption(
      "remarks", cl::cat(category), cl::init(RemarkFormat::None),
      cl::ValueOptional,
      cl::desc("Tell what became of each layer, and why, on standard error"),
      cl::values(
          clEnumValN(RemarkFormat::Text, "", ""),
          clEnumValN(RemarkFormat::JSON, "json", "one JSON object a line")));
  cl::opt<bool> list("list-layers", cl::cat(category),
                     cl::desc("Print the layers that models may have, with\n"
                              "their attributes"));
  cl::opt<ListFormat> targets(
      "print-targets", cl::cat(category), cl::init(ListFormat::None),
      cl::ValueOptional,
      cl::desc("Print what --target may be, with its machines"),
      cl::values(clEnumValN(ListFormat::Text, "", ""),
                 clEnumValN(ListFormat::JSON, "json", "one JSON array")));
  cl::opt<bool> plan(
      "print-plan", cl::cat(category),
      cl::desc("Tell how each kernel is computed on each machine,\n"
               "on standard error"));
  cl::opt<std::string> weightsSection(
      "weights-section", cl::value_desc("name"), cl::cat(category),
      cl::desc("Section of the object for the weights, which a linker\n"
               "script can place"));
  cl::opt<std::string> ram(
      "ram", cl::value_desc("bytes"), cl::cat(category),
      cl::desc("Refuse code that takes more memory for a call, arena and\n"
               "stack, as in 65536 or 64K"));
  cl::list<std::string> cubins(
      "cubin", cl::value_desc("sm_80,..."), cl::CommaSeparated,
      cl::cat(category),
      cl::desc("Put machine code for these GPUs beside the PTX, with ptxas\n"
               "of CUDA's toolkit"));
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter(
      [](llvm::raw_ostream &os) { os << "frieze " FRIEZE_VERSION "\n"; });
  // Dumps between passes leave out weights, unless the user says otherwise.
  llvm::SmallVector<const char *> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1,
                   "--mlir-elide-resource-strings-if-larger=64");
  cl::ParseCommandLineOptions(
      arguments.size(), arguments.data(),
      "Compiles a trained model (.keras, .h5, .onnx, .json, .mlir) to machine "
      "code.\n"
      "MLIR's flags work too, such as --mlir-print-ir-after-all "
      "(--help-hidden).\n");

  if (list) {
    printLayers(llvm::outs());
    return 0;
  }
  if (targets != ListFormat::None) {
    if (targets == ListFormat::JSON)
      printTargetsAsJSON(llvm::outs());
    else
      printTargets(llvm::outs());
    return 0;
  }
  // lld clears the options of the process before it links.
  const std::string modelPath = modelOption, output = outputOption;
  const RemarkFormat remarks = remarksOption;
  if (modelPath.empty())
    return failWith("frieze-compile", "expects a model file; see --help");

  const StageDescription *stage = findStage(emit, output);
  llvm::StringRef base =
      llvm::sys::path::stem(isStream(output) ? modelPath : output);
  llvm::StringRef name = base == "-" ? "model" : base;
  llvm::Expected<CompileOptions> options =
      stage ? modelOptions.get(name, getDefaultTarget(stage->stage))
            : modelOptions.get(name);
  if (!options)
    return failWith("frieze-compile", llvm::toString(options.takeError()));
  if (!stage)
    return failWith("frieze-compile",
                    !emit.empty() ? "unknown stage '" + emit + "'; see --help"
                    : output == "-"
                        ? std::string("expects --emit or -o; see --help")
                        : "unknown extension of '" + output + "'; see --help");

  options->printPlan = plan;
  llvm::Expected<int64_t> ramBytes = parseBytes(ram);
  if (!ramBytes)
    return failWith("frieze-compile", llvm::toString(ramBytes.takeError()));
  options->ramBytes = *ramBytes;
  options->weightsSection = weightsSection;
  if (llvm::Error error = parseCubins(cubins).moveInto(options->cubins))
    return failWith("frieze-compile", llvm::toString(std::move(error)));
  if (!isSectionName(weightsSection))
    return failWith("frieze-compile",
                    "expects --weights-section to be of letters, digits, '.', "
                    "'_' and '$', but got '" +
                        weightsSection + "'");
  if (!weightsSection.empty() &&
      llvm::Triple(options->target->toolchain.triple).isOSBinFormatMachO())
    return failWith("frieze-compile",
                    "expects a target with linker scripts for "
                    "--weights-section, but got " +
                        options->target->name.str());
  if (llvm::Error error = checkDevice(*stage, *options))
    return failWith("frieze-compile", llvm::toString(std::move(error)));
  options->configure = [](mlir::PassManager &pm) {
    mlir::applyDefaultTimingPassManagerCLOptions(pm);
    return mlir::applyPassManagerCLOptions(pm);
  };
  options->ownsContext = true;
  ModelSummary summary;
  options->onImport = [&](mlir::ModuleOp module) {
    summary.addImported(module);
  };
  options->onNNOpt = [&](mlir::ModuleOp module) {
    summary.addOptimised(module);
    if (stage->stage <= Stage::NNOpt)
      summary.planArena(module, *options->target);
  };
  options->onObject = [&](llvm::StringRef, const CodeFigures &figures) {
    summary.addCode(figures, options->name);
  };
  options->onLowered = [&](nn::InterfaceAttr interface) {
    summary.arenaBytes = interface.getArenaBytes();
  };
  CompilerContext context(remarks);
  if (failed(compileFile(stage->stage, modelPath, output, *options, context)))
    return 1;
  if (remarks == RemarkFormat::JSON)
    summary.printJSON(llvm::errs());
  else if (remarks == RemarkFormat::Text)
    summary.printText(llvm::errs());
  return 0;
}

int main(int argc, char **argv) { return runTool(argc, argv, compile); }
