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

/// The kernel of a convolution or dense layer if it is packed and a resource,
/// else null.
static DenseResourceElementsAttr findKernel(Operation *op) {
  ElementsAttr kernel;
  if (auto conv = dyn_cast<ConvOp>(op))
    kernel = conv.getKernel();
  // A single output is a dot product, whose kernel is as it is.
  if (auto dense = dyn_cast<DenseOp>(op);
      dense && dense.getType().getShape().back() > 1)
    kernel = dense.getKernel();
  return dyn_cast_or_null<DenseResourceElementsAttr>(kernel);
}

PackedKernels::PackedKernels(func::FuncOp function, const KernelPlans &kernels,
                             const MicroBatch &microBatch) {
  llvm::StringMap<int> uses = countUses(function);
  for (Operation &layer : function.getBody().front()) {
    Operation *op = &layer;
    DenseResourceElementsAttr kernel = findKernel(op);
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
    freed.add(findKernel(op));
}
