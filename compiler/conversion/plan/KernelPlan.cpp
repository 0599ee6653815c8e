//===- KernelPlan.cpp - How a kernel is computed ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/KernelPlan.h"
#include "dialect/LayerName.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace frieze;

void KernelPlan::print(llvm::raw_ostream &os) const {
  os << form;
  for (const MatrixTile &tile : products) {
    os << llvm::formatv(", tile {0} x {1} x {2}", tile.rows, tile.vectors,
                        tile.lanes);
    if (tile.chains > 1)
      os << llvm::formatv(" x {0} chains", tile.chains);
    else if (tile.terms > 1)
      os << llvm::formatv(", {0} terms a round", tile.terms);
  }
  if (columnsOverWidth)
    os << llvm::formatv(", {0} channels in tiles {1} x {2} x {3} x {4}",
                        columnsOverWidth, widthTile.columns, widthTile.rows,
                        widthTile.vectors, widthTile.lanes);
  if (panel)
    os << llvm::formatv(", kernel in panels of {0}", panel);
  if (prefetchedLines)
    os << llvm::formatv(", fetched {0} lines ahead", prefetchedLines);
  if (elementsBehind)
    os << llvm::formatv(", fetches {0} elements behind it", elementsBehind);
  if (termBlock)
    os << llvm::formatv(", blocks of {0} terms", termBlock);
  if (winograd)
    os << llvm::formatv(", blocks of {0} tiles", winograd->tiles);
  if (samplesTogether > 1)
    os << llvm::formatv(", {0} samples together", samplesTogether);
  if (blockSteps) {
    os << llvm::formatv(", inputs of {0} steps together", blockSteps);
    for (const MatrixTile &tile : inputProducts)
      os << llvm::formatv(", tile {0} x {1} x {2}", tile.rows, tile.vectors,
                          tile.lanes);
  }
  if (turnsBack)
    os << ", forth and back";
  if (scratchElements)
    os << llvm::formatv(", {0} elements of scratch memory", scratchElements);
}

const KernelPlan *KernelPlans::find(Operation *op,
                                    const Machine &machine) const {
  auto found = plans.find(op);
  if (found == plans.end())
    return nullptr;
  return &found->second[&machine - target.machines.data()];
}

bool KernelPlans::padsInput(Operation *op) const {
  auto found = plans.find(op);
  return found != plans.end() &&
         llvm::any_of(found->second,
                      [](const KernelPlan &plan) { return plan.padsInput; });
}

int64_t KernelPlans::getScratchElements(Operation *op) const {
  int64_t most = 0;
  if (auto found = plans.find(op); found != plans.end())
    for (const KernelPlan &plan : found->second)
      most = std::max(most, plan.scratchElements);
  return most;
}

void KernelPlans::print(func::FuncOp function, llvm::raw_ostream &os) const {
  os << "@" << function.getName() << "\n";
  for (Operation &op : function.getBody().front()) {
    auto found = plans.find(&op);
    if (found == plans.end())
      continue;
    if (StringRef layer = nn::findLayerName(op.getLoc()); !layer.empty())
      os << "  " << layer << ": ";
    else
      os << "  ";
    os << op.getName() << "\n";
    for (auto [machine, plan] : llvm::zip(target.machines, found->second)) {
      os << "    " << machine.name << ": ";
      plan.print(os);
      os << "\n";
    }
  }
}
