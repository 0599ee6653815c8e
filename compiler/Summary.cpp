//===- Summary.cpp - What compiling a model saved ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Summary.h"
#include "compiler/KernelOps.h"
#include "compiler/conversion/CallsPerRun.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "compiler/conversion/plan/MicroBatch.h"
#include "dialect/NNOps.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace frieze;

static int64_t getBytes(Attribute attribute) {
  if (auto weights = dyn_cast<ElementsAttr>(attribute))
    return weights.getNumElements() *
           weights.getElementType().getIntOrFloatBitWidth() / 8;
  if (auto affine = dyn_cast<nn::AffineStageAttr>(attribute))
    return getBytes(affine.getScale()) + getBytes(affine.getShift());
  int64_t bytes = 0;
  if (auto array = dyn_cast<ArrayAttr>(attribute))
    for (Attribute element : array)
      bytes += getBytes(element);
  return bytes;
}

int64_t frieze::countParameterBytes(Operation *op) {
  int64_t bytes = 0;
  for (NamedAttribute attribute : op->getAttrs())
    bytes += getBytes(attribute.getValue());
  return bytes;
}

void ModelSummary::addImported(ModuleOp module) {
  module.walk([&](Operation *op) {
    if (!isa_and_nonnull<nn::NNDialect>(op->getDialect()))
      return;
    ++layers;
    macs += nn::countMACs(op);
  });
}

void ModelSummary::planArena(ModuleOp optimised, const Target &target) {
  auto model = optimised.lookupSymbol<func::FuncOp>("model");
  OwningOpRef<func::FuncOp> call;
  if (!target.device)
    call = separateSamples(model, target);
  if (call)
    model = *call;
  KernelPlans plans(target);
  planKernels(model, plans);
  arenaBytes =
      MemoryPlan::create(model, plans, planMicroBatch(model, plans)).arenaBytes;
}

void ModelSummary::addOptimised(ModuleOp module) {
  auto model = module.lookupSymbol<func::FuncOp>("model");
  model.walk([&](Operation *op) {
    if (!isa_and_nonnull<nn::NNDialect>(op->getDialect()))
      return;
    kernels += !findKernelOps(op).empty();
    liveMACs += nn::countMACs(op);
    weightsBytes += countParameterBytes(op);
  });
}

void ModelSummary::addCode(const CodeFigures &figures, StringRef name) {
  codeBytes = figures.codeBytes;
  constantBytes = figures.constantBytes;
  stackBytes = figures.getStackBytes();
  instructions = figures.countInstructions((name + "_run").str());
}

void ModelSummary::printText(llvm::raw_ostream &os) const {
  os << llvm::formatv(
      "summary: {0} layers in, {1} kernels out; {2:n} MACs in, {3:n} "
      "live MACs out; {4:n} bytes of weights, {5:n} of arena\n",
      layers, kernels, macs, liveMACs, weightsBytes, arenaBytes);
  if (codeBytes == 0)
    return;
  os << llvm::formatv("code: {0:n} bytes of flash, {1:n} of instructions and "
                      "{2:n} of constants; {3:n} of stack",
                      codeBytes + constantBytes, codeBytes, constantBytes,
                      stackBytes);
  if (instructions)
    os << llvm::formatv("; {0:n} instructions a call, {1:f2} a live MAC",
                        instructions,
                        double(instructions) / std::max<int64_t>(liveMACs, 1));
  os << "\n";
}

void ModelSummary::printJSON(llvm::raw_ostream &os) const {
  llvm::json::Object object{{"layers", layers},
                            {"kernels", kernels},
                            {"macs", macs},
                            {"live_macs", liveMACs},
                            {"weights_bytes", weightsBytes},
                            {"arena_bytes", arenaBytes}};
  if (codeBytes) {
    object["code_bytes"] = codeBytes;
    object["constant_bytes"] = constantBytes;
    object["stack_bytes"] = stackBytes;
  }
  if (instructions)
    object["instructions"] = instructions;
  os << llvm::json::Value(std::move(object)) << "\n";
}
