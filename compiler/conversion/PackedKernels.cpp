//===- PackedKernels.cpp - Kernels that are read once -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/PackedKernels.h"
#include "dialect/NNOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// How many parameters of the ops of `function` have the data of each resource.
static llvm::StringMap<int> countUses(func::FuncOp function) {
  llvm::StringMap<int> uses;
  for (Operation &op : function.getBody().front())
    (void)forEachWeights(&op, [&](StringRef, ElementsAttr weights) {
      if (auto resource = dyn_cast<DenseResourceElementsAttr>(weights))
        ++uses[resource.getRawHandle().getKey()];
      return success();
    });
  return uses;
}

PackedKernels::PackedKernels(func::FuncOp function, const KernelPlans &kernels,
                             const MicroBatch &microBatch) {
  llvm::StringMap<int> uses = countUses(function);
  for (auto op : function.getOps<ConvOp>()) {
    auto kernel = dyn_cast<DenseResourceElementsAttr>(op.getKernel());
    if (!kernel || uses.lookup(kernel.getRawHandle().getKey()) > 1)
      continue;
    llvm::SmallSet<int64_t, 2> panels;
    for (const Machine &machine : kernels.getTarget().machines) {
      panels.insert(kernels.find(op, machine)->getPanel());
      if (Operation *together = microBatch.findTogether(op))
        panels.insert(microBatch.plans.find(together, machine)->getPanel());
    }
    if (panels.size() == 1)
      readOnce.insert(op);
  }
}

void PackedKernels::free(Operation *op) {
  if (readOnce.erase(op))
    freed.add(cast<DenseResourceElementsAttr>(cast<ConvOp>(op).getKernel()));
}
