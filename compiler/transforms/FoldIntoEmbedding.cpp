//===- FoldIntoEmbedding.cpp - Fold into a table ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Tensor.h"
#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Remarks.h"
#include "dialect/Weights.h"

#include <cmath>

namespace frieze::nn {
#define GEN_PASS_DEF_FOLDINTOEMBEDDINGPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// Whether all are numbers that f32 holds: parameters are, though the results
/// of layers need not be.
static bool areParameters(ArrayRef<double> values) {
  return llvm::all_of(values,
                      [](double value) { return std::isfinite((float)value); });
}

/// Applies `activation` to the table before it: every row of the result is a
/// row of the table. (A row of NaN stays NaN.)
static LogicalResult foldActivation(EmbeddingOp embedding,
                                    ActivationOp activation) {
  auto table = readWeights(embedding.getTable());
  if (failed(table))
    return failure();
  for (double &entry : *table)
    entry = frieze::reference::applyFunction(activation.getFunction(), entry);
  if (!areParameters(*table))
    return failure();
  embedding.setTableAttr(createWeightsLike(
      embedding.getTable(), embedding.getTable().getShapedType().getShape(),
      *table));
  activation.replaceAllUsesWith(embedding.getOutput());
  return success();
}

/// Multiplies the table by the kernel of `dense`, where the new table is not
/// larger than both together.
static LogicalResult foldDense(EmbeddingOp embedding, DenseOp dense) {
  auto table = readWeights(embedding.getTable());
  auto kernel = readWeights(dense.getKernel());
  int64_t rows = embedding.getTable().getShapedType().getDimSize(0);
  int64_t inputs = dense.getKernel().getShapedType().getDimSize(0);
  int64_t outputs = dense.getKernel().getShapedType().getDimSize(1);
  auto bias = readWeightsOrZeros(dense.getBiasAttr(), outputs);
  if (failed(table) || failed(kernel) || failed(bias) ||
      !dense.getEpilogueStages().empty() ||
      rows * outputs > rows * inputs + inputs * outputs)
    return failure();
  SmallVector<double> product;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t o = 0; o < outputs; ++o) {
      double sum = (*bias)[o];
      for (int64_t i = 0; i < inputs; ++i)
        sum += (*table)[row * inputs + i] * (*kernel)[i * outputs + o];
      product.push_back(sum);
    }
  if (!areParameters(product))
    return failure();
  embedding.setTableAttr(
      createWeightsLike(embedding.getTable(), {rows, outputs}, product));
  embedding.getOutput().setType(dense.getType());
  dense.replaceAllUsesWith(embedding.getOutput());
  return success();
}

/// Folds the layer that alone reads the embedding, if it is one of those.
static LogicalResult foldNext(EmbeddingOp embedding) {
  if (!embedding.getEpilogueStages().empty())
    return failure();
  Operation *user = getOnlyUser(embedding.getOutput());
  LogicalResult folded = failure();
  if (auto activation = dyn_cast_or_null<ActivationOp>(user))
    folded = foldActivation(embedding, activation);
  else if (auto dense = dyn_cast_or_null<DenseOp>(user))
    folded = foldDense(embedding, dense);
  if (failed(folded))
    return failure();
  emitDecision(user->getLoc(), "layer",
               "folded into the table of " + getLayerName(embedding));
  user->erase();
  return success();
}

namespace {
struct FoldIntoEmbeddingPass
    : frieze::nn::impl::FoldIntoEmbeddingPassBase<FoldIntoEmbeddingPass> {
  void runOnOperation() override {
    // Not while walking: the layers that disappear come later in the walk.
    SmallVector<EmbeddingOp> embeddings;
    getOperation()->walk([&](EmbeddingOp op) { embeddings.push_back(op); });
    for (EmbeddingOp embedding : embeddings)
      while (succeeded(foldNext(embedding)))
        ++folded;
  }
};
} // namespace
