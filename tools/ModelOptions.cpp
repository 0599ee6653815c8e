//===- ModelOptions.cpp - Options that describe a model ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/ModelOptions.h"
#include "compiler/Options.h"
#include "dialect/Identifier.h"

using namespace frieze;
namespace cl = llvm::cl;

ModelOptions::ModelOptions(cl::OptionCategory &category)
    : weights("weights", cl::value_desc("file"), cl::cat(category),
              cl::desc("Weights for a model file that has none")),
      name("name", cl::value_desc("symbol"), cl::cat(category),
           cl::desc("Prefix of the symbols (default: the file's base name)")),
      target("target", cl::value_desc("name"), cl::cat(category),
             cl::desc("Machine (default: x86-64), of frieze-compile "
                      "--print-targets")),
      batch("batch", cl::value_desc("N"), cl::cat(category),
            cl::desc("Samples of one call (default: what the file fixes, "
                     "else 1)")),
      dimensions("dim", cl::value_desc("dimension=N"), cl::cat(category),
                 cl::desc("Size of an open dimension: by its name, or as\n"
                          "INPUT:AXIS, by name or index; axis 0 is the batch")),
      outputLayers("output-layer", cl::value_desc("layer,..."),
                   cl::cat(category),
                   cl::desc("Cut the model at these layers, its outputs then")),
      replacements("replace-layer", cl::value_desc("name=file"),
                   cl::cat(category),
                   cl::desc("What a layer, or all of a class, computes: a "
                            "model in JSON")),
      exact("exact", cl::cat(category),
            cl::desc("Compute every convolution as the sum it is, without\n"
                     "minimal filtering (Winograd)")),
      streamHop(
          "stream-hop", cl::value_desc("N"), cl::cat(category),
          cl::desc("Compile for windows that move along a recording by "
                   "N\nsamples too, sharing their work; implies --exact")),
      streamSteps(
          "stream-steps", cl::cat(category),
          cl::desc("Compile for steps of an endless sequence too; implies "
                   "--exact")),
      streamBlock(
          "stream-block", cl::value_desc("N"), cl::cat(category),
          cl::desc("Windows or steps computed together in a long recording\n"
                   "(default: those that begin in 512 samples)")) {}

llvm::Expected<CompileOptions>
ModelOptions::get(llvm::StringRef defaultName,
                  llvm::StringRef defaultTarget) const {
  CompileOptions options;
  options.name = getIdentifier(defaultName);
  options.target = findTarget(defaultTarget);
  options.exact = exact;
  options.streamSteps = streamSteps;
  for (const cl::opt<std::string> *flag :
       {&weights, &name, &target, &batch, &streamHop, &streamBlock})
    if (flag->getNumOccurrences())
      if (llvm::Error error = setOption(options, flag->ArgStr, *flag))
        return std::move(error);
  for (const cl::list<std::string> &flag :
       {std::cref(dimensions), std::cref(outputLayers),
        std::cref(replacements)})
    for (llvm::StringRef value : flag)
      if (llvm::Error error = setOption(options, flag.ArgStr, value))
        return std::move(error);
  if (llvm::Error error = checkOptions(options))
    return std::move(error);
  return options;
}
