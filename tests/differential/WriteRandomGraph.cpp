//===- WriteRandomGraph.cpp - A random graph in files -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// For machines that run no compiler: writes the random graph of a seed to
// FOLDER/graph.mlir, inputs to inputs.bin, and to outputs.bin what the
// reference evaluator makes of them, both as float32, one array after the
// other.
//
//   WriteRandomGraph SEED FOLDER

#include "compiler/Compile.h"
#include "compiler/reference/Evaluate.h"
#include "frontends/Files.h"
#include "tests/differential/RandomBuilder.h"
#include "tests/differential/RandomGraph.h"
#include "tests/differential/RandomKernels.h"

using namespace mlir;
using namespace frieze;
using reference::Tensor;

static std::string getBytes(ArrayRef<Tensor<float>> tensors) {
  std::string bytes;
  for (const Tensor<float> &tensor : tensors)
    bytes.append(reinterpret_cast<const char *>(tensor.values.data()),
                 tensor.values.size() * sizeof(float));
  return bytes;
}

int main(int argc, char **argv) {
  llvm::ExitOnError exitOnError("WriteRandomGraph: error: ");
  uint64_t seed;
  if (argc != 3 || StringRef(argv[1]).getAsInteger(10, seed)) {
    llvm::errs() << "WriteRandomGraph: error: expects a seed and a folder\n";
    return 1;
  }
  auto write = [&](StringRef name, StringRef bytes) {
    exitOnError(writeFile((argv[2] + Twine("/") + name).str(),
                          [&](llvm::raw_ostream &os) { os << bytes; }));
  };

  MLIRContext context(getCompilerDialects());
  context.loadAllAvailableDialects();
  // Layers as nn-opt leaves them, and as files have them.
  OwningOpRef<ModuleOp> graph =
      seed % 2 ? createRandomKernels(&context, seed, KernelGraphKind::Any)
               : createRandomGraph(&context, seed, Float32Type::get(&context));
  std::string text;
  llvm::raw_string_ostream(text) << *graph;
  write("graph.mlir", text);

  auto getModel = [](ModuleOp module) {
    return module.lookupSymbol<func::FuncOp>("model");
  };
  std::vector<Tensor<float>> inputs;
  for (const Tensor<double> &input : createRandomInputs(
           getModel(*graph), seed, /*hasExtremes=*/seed % 5 == 0))
    inputs.push_back({input.shape, {input.values.begin(), input.values.end()}});
  write("inputs.bin", getBytes(inputs));

  OwningOpRef<ModuleOp> optimised =
      compileTo(Stage::NNOpt, "graph.mlir", text, CompileOptions(), &context);
  if (!optimised)
    return 1;
  auto outputs = reference::evaluate<float>(getModel(*optimised), inputs);
  if (failed(outputs))
    return 1;
  write("outputs.bin", getBytes(*outputs));
  return 0;
}
