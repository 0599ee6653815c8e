//===- frieze-compile.cpp - Compile a model file ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Options.h"
#include "compiler/Progress.h"
#include "compiler/Summary.h"
#include "frontends/Files.h"
#include "mlir/IR/AsmState.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "tools/CommandLine.h"
#include "tools/CompilerContext.h"
#include "tools/ModelOptions.h"
#include "tools/ProgressBar.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/PrettyStackTrace.h"

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
  cl::opt<bool> list(
      "list-layers", cl::cat(category),
      cl::desc("Print the layers that models may have, with their\n"
               "attributes, as key=value where only one is read"));
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
  cl::opt<std::string> cubins(
      "cubin", cl::value_desc("sm_80,..."), cl::cat(category),
      cl::desc("Put machine code for these GPUs beside the PTX, with ptxas\n"
               "of CUDA's toolkit"));
  cl::HideUnrelatedOptions(category);
  // Dumps between passes leave out weights, unless the user says otherwise.
  llvm::SmallVector<const char *> arguments(argv, argv + argc);
  arguments.insert(arguments.begin() + 1,
                   "--mlir-elide-resource-strings-if-larger=64");
  cl::ParseCommandLineOptions(
      arguments.size(), arguments.data(),
      "Compiles a trained model (.keras, .h5, .onnx, .tflite, .pt2, .json, "
      ".mlir)\n"
      "to machine code. MLIR's flags work too, such as "
      "--mlir-print-ir-after-all (--help-hidden).\n");

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
  for (const cl::opt<std::string> *flag : {&weightsSection, &ram, &cubins})
    if (flag->getNumOccurrences())
      if (llvm::Error error = setOption(*options, flag->ArgStr, *flag))
        return failWith("frieze-compile", llvm::toString(std::move(error)));
  if (llvm::Error error = checkOptions(*options))
    return failWith("frieze-compile", llvm::toString(std::move(error)));
  if (llvm::Error error = checkStage(stage->stage, *options))
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
  ProgressBar bar(llvm::sys::path::filename(modelPath),
                  std::chrono::seconds(1));
  CompilerContext context(remarks, &bar);
  std::optional<Progress> progress;
  // A plan is written past the context.
  if (!plan)
    progress.emplace(context, [&](llvm::StringRef, double done) {
      bar.update(static_cast<uint64_t>(done * 1000), 1000);
      return true;
    });
  if (failed(compileFile(stage->stage, modelPath, output, *options, context)))
    return 1;
  bar.clear();
  if (remarks == RemarkFormat::JSON)
    summary.printJSON(llvm::errs());
  else if (remarks == RemarkFormat::Text)
    summary.printText(llvm::errs());
  return 0;
}

int main(int argc, char **argv) { return runTool(argc, argv, compile); }
