//===- frieze-opt.cpp - Run passes on nn IR ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compile.h"
#include "compiler/Pipelines.h"
#include "frontends/Files.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "tools/CommandLine.h"

using namespace frieze;

static int optimise(int argc, char **argv) {
  mlir::DialectRegistry registry = getCompilerDialects();
  mlir::registerAllDialects(registry);
  mlir::registerAllPasses();
  registerPassesAndPipelines();
  auto [input, output] = mlir::registerAndParseCLIOptions(
      argc, argv, "Frieze's optimiser driver\n", registry);
  // MLIR would leave a part of a file that it cannot write.
  llvm::Expected<MemoryFile> result = MemoryFile::create();
  if (!result)
    return failWith(getOutputName(output), llvm::toString(result.takeError()));
  std::string text;
  if (failed(mlir::MlirOptMain(argc, argv, input, result->getPath(), registry)))
    return 1;
  llvm::Error error = readFile(result->getPath()).moveInto(text);
  if (!error)
    error = writeFile(output, [&](llvm::raw_ostream &os) { os << text; });
  return error
             ? failWith(getOutputName(output), llvm::toString(std::move(error)))
             : 0;
}

int main(int argc, char **argv) { return runTool(argc, argv, optimise); }
