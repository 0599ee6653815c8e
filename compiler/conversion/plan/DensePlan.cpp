//===- DensePlan.cpp - How dense layers are computed ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/DensePlan.h"
#include "compiler/conversion/plan/FetchAhead.h"
#include "compiler/conversion/plan/Panels.h"
#include "compiler/conversion/plan/WindowsInPlace.h"
#include "llvm/ADT/bit.h"

using namespace frieze;
using namespace frieze::nn;

/// A layer with one output runs along its inputs, chains as lanes, for a power
/// of two of rows at a time where there are.
/// On a device, each chain of each row is summed by a thread.
static KernelPlan planDotProduct(const Target &target, const Machine &machine,
                                 DenseOp op) {
  KernelPlan plan;
  plan.form = "dot product";
  MatrixTile tile;
  int64_t chains = op.getChains();
  if (target.device)
    plan.scratchElements = op.getType().getNumElements() * chains;
  tile.lanes = std::min(machine.lanes, chains);
  int64_t accumulators = machine.registers * 3 / 4;
  tile.chains = std::min<int64_t>(
      chains, tile.lanes * llvm::bit_floor<uint64_t>(accumulators));
  tile.vectors = tile.chains / tile.lanes;
  int64_t fitting = std::clamp<int64_t>(accumulators / tile.vectors, 1, 8);
  tile.rows = llvm::bit_floor<uint64_t>(std::min(fitting, tile.lanes));
  plan.products.push_back(tile);
  return plan;
}

KernelPlan frieze::planDense(const Target &target, const Machine &machine,
                             DenseOp op) {
  if (op.getType().getShape().back() == 1)
    return planDotProduct(target, machine, op);
  KernelPlan plan;
  plan.form = "matrix product";
  ProductShape shape;
  int64_t outputs = op.getType().getShape().back();
  shape.columns = outputs;
  shape.rows = op.getType().getNumElements() / outputs;
  shape.terms = op.getInput().getType().getShape().back();
  shape.chains = op.getChains();
  int64_t kernelBytes = shape.terms * shape.columns * sizeof(float);
  if (shape.columns > panelColumns)
    plan.panel = shape.columns = panelColumns;
  MatrixTile tile = chooseMatrixTile(machine, shape);
  plan.products.push_back(tile);
  plan.prefetchedLines = countLinesAhead(
      machine, kernelBytes,
      shape.rows <= tile.rows ? KernelReads::Once : KernelReads::Often);
  // Windows that are read in place are several loops of terms.
  if (op.getChains() == 1 && outputs % machine.lanes == 0 && !target.device &&
      !findWindowsInPlace(op))
    plan.termBlock = chooseTermBlock(machine, kernelBytes, shape.terms,
                                     shape.rows, tile.rows);
  return plan;
}

KernelPlan frieze::planMatmul(const Target &target, const Machine &machine,
                              MatmulOp op) {
  KernelPlan plan;
  plan.form = "matrix product";
  llvm::ArrayRef<int64_t> result = op.getType().getShape();
  ProductShape shape;
  shape.columns = result.back();
  shape.rows = result[result.size() - 2];
  shape.terms = op.getLhs().getType().getShape().back();
  plan.products.push_back(chooseMatrixTile(machine, shape));
  // Where rows of the second operand would be read beyond their last column,
  // they are copied.
  if (int64_t padded = target.padColumns(shape.columns);
      padded != shape.columns)
    plan.scratchElements = shape.terms * padded;
  return plan;
}
