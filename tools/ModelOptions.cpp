//===- ModelOptions.cpp - Options that describe a model ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/ModelOptions.h"
#include "compiler/target/Target.h"
#include "dialect/Identifier.h"
#include "frontends/Array.h"

using namespace frieze;
namespace cl = llvm::cl;

/// `heading`, then a line for each entry of a table with name and description.
ModelOptions::ModelOptions(cl::OptionCategory &category)
    : weights("weights", cl::value_desc("file"), cl::cat(category),
              cl::desc("Weights for a model file that has none")),
      name("name", cl::value_desc("symbol"), cl::cat(category),
           cl::desc("Prefix of the symbols (default: the file's base name)")),
      target("target", cl::value_desc("name"), cl::cat(category),
             cl::desc("What to compile for (default: x86-64); frieze-compile\n"
                      "--print-targets lists them")),
      batch("batch", cl::value_desc("N"), cl::cat(category),
            cl::desc("Samples of one call (default: what the file fixes, "
                     "else 1)")),
      dimensions("dim", cl::value_desc("dimension=N"), cl::cat(category),
                 cl::desc("Size of a dimension that the file leaves open: by\n"
                          "its name, or as INPUT:AXIS, with the name or index\n"
                          "of an input and an axis, where 0 is the batch")),
      exact("exact", cl::cat(category),
            cl::desc("Compute every convolution as the sum it is, without\n"
                     "minimal filtering (Winograd)")),
      streamHop(
          "stream-hop", cl::value_desc("N"), cl::cat(category),
          cl::desc("Compile for windows that move along a recording by "
                   "N\nsamples too, sharing their work; implies --exact")),
      streamBlock("stream-block", cl::value_desc("N"), cl::cat(category),
                  cl::desc("Windows computed together in a long recording\n"
                           "(default: those that begin in 512 samples)")) {}

llvm::Expected<CompileOptions>
ModelOptions::get(llvm::StringRef defaultName,
                  llvm::StringRef defaultTarget) const {
  CompileOptions options;
  options.import.weightsPath = weights;
  options.name = name.empty() ? getIdentifier(defaultName) : name.getValue();
  llvm::StringRef targetName =
      target.getNumOccurrences() ? llvm::StringRef(target) : defaultTarget;
  options.target = findTarget(targetName);
  options.exact = exact;
  for (auto [flag, value] : {std::make_pair(&streamHop, &options.streamHop),
                             {&streamBlock, &options.streamBlock}}) {
    if (!flag->getNumOccurrences())
      continue;
    *value = *flag;
    if (*value < 1 || *value > maxElements)
      return llvm::createStringError("expects --" + flag->ArgStr +
                                     " to be positive, but got " +
                                     llvm::Twine(*value));
  }
  if (options.streamBlock && !options.streamHop)
    return llvm::createStringError("expects --stream-hop with --stream-block");
  if (batch.getNumOccurrences()) {
    options.import.batch = batch;
    if (batch < 1)
      return llvm::createStringError(
          "expects --batch to be positive, but got " + llvm::Twine(batch));
  }
  for (llvm::StringRef argument : dimensions) {
    auto [dimension, text] = argument.rsplit('=');
    int64_t size;
    if (dimension.empty() || text.getAsInteger(10, size) || size < 1 ||
        size > maxElements)
      return llvm::createStringError(
          "expects --dim to be NAME=N or INPUT:AXIS=N with a positive N, but "
          "got '" +
          argument + "'");
    options.import.dimensions.push_back({dimension.str(), size});
  }
  if (!options.target)
    return llvm::createStringError("unknown target '" + targetName +
                                   "'; see --print-targets");
  if (!isIdentifier(options.name))
    return llvm::createStringError(
        "expects --name to be a C identifier, but got '" + options.name + "'");
  return options;
}
