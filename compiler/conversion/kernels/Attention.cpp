//===- Attention.cpp - Lowering of attention --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/emit/TransposedBlocks.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/AttentionPlan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

#include <limits>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// Emits the steps of one block. Queries are columns, so that what belongs to
/// one stays in its lane from its scores to its results.
class BlockEmitter {
public:
  BlockEmitter(KernelBuilder &kernel, AttentionOp op, const KernelPlan &plan)
      : kernel(kernel), op(op), plan(plan), shape(op, kernel.target),
        scratch(kernel.scratch[op]) {}

  void emitBlocks();

private:
  void emitBlock(Value number, Value firstQuery, Value base);
  void copyQueries(Value queriesAt, Value base);
  /// `output = input * weights`, both of which are rows of the block.
  void emitProduct(const MatrixTile &tile, Value input, Value inputBase,
                   int64_t inputRowStride, int64_t rows, ReductionLoop terms,
                   Value weightBase, Value outputBase);
  /// Makes weights of the scores of queries in `width` lanes.
  void emitWeights(Value base, Value lane, int64_t width);
  void storeResults(Value base, Value resultsAt);

  Value findRow(Value base, int64_t part, Value row, Value lane) {
    return kernel.add(kernel.add(base, part),
                      kernel.add(kernel.mul(row, shape.rowStride), lane));
  }

  KernelBuilder &kernel;
  AttentionOp op;
  const KernelPlan &plan;
  AttentionShape shape;
  Value scratch;
};
} // namespace

void BlockEmitter::copyQueries(Value queriesAt, Value base) {
  auto scaleElements = [&](Value elements, Value) {
    int64_t width = cast<VectorType>(elements.getType()).getDimSize(0);
    return kernel.mulFloat(
        elements, kernel.constant(op.getScale().convertToDouble(), width));
  };
  emitTransposed(kernel,
                 {kernel.buffers[op.getQuery()], queriesAt, shape.terms},
                 {scratch, base, shape.rowStride}, shape.block, shape.terms,
                 scaleElements);
}

void BlockEmitter::emitProduct(const MatrixTile &tile, Value input,
                               Value inputBase, int64_t inputRowStride,
                               int64_t rows, ReductionLoop terms,
                               Value weightBase, Value outputBase) {
  MatrixProduct product;
  product.input = input;
  product.inputBase = inputBase;
  product.inputRowStride = inputRowStride;
  product.weights = product.output = scratch;
  product.weightBase = weightBase;
  product.bias = kernel.loadConstants(
      op, "bias", SmallVector<double>(shape.rowStride, 0.0));
  product.biasBase = product.channelBase = kernel.index(0);
  product.outputBase = outputBase;
  product.outputRowStride = shape.rowStride;
  product.rows = rows;
  product.columns = shape.block;
  product.terms = {terms};
  emitMatrixProduct(kernel, product, tile);
}

void BlockEmitter::emitWeights(Value base, Value lane, int64_t width) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  // A NaN that is passed over here is met again in the sum.
  auto greater = [&](Value a, Value b) {
    return kernel.select(arith::CmpFPredicate::OGT, a, b, a, b);
  };
  auto findScore = [&](Value key) {
    return findRow(base, shape.getScoresAt(), key, lane);
  };
  auto loadScore = [&](Value key) {
    return kernel.loadVector(scratch, findScore(key), width);
  };
  // Maxima wait for one another, so that several meet before they join in.
  constexpr int64_t together = 4;
  int64_t rounds = shape.keys / together;
  auto takeGreatest = [&](Value first, int64_t count, Value largest) {
    SmallVector<Value> scores;
    for (int64_t i = 0; i < count; ++i)
      scores.push_back(loadScore(kernel.add(first, i)));
    while (scores.size() > 1) {
      for (size_t i = 0; i < scores.size() / 2; ++i)
        scores[i] = greater(scores[2 * i], scores[2 * i + 1]);
      if (scores.size() % 2)
        scores[scores.size() / 2] = scores.back();
      scores.resize(llvm::divideCeil(scores.size(), 2));
    }
    return scores.empty() ? largest : greater(largest, scores.front());
  };
  Value largest =
      kernel.constant(-std::numeric_limits<float>::infinity(), width);
  largest =
      kernel.reduce(rounds, largest, [&](Value round, ValueRange carried) {
        return SmallVector<Value>{takeGreatest(kernel.mul(round, together),
                                               together, carried.front())};
      })[0];
  largest = takeGreatest(kernel.index(rounds * together), shape.keys % together,
                         largest);
  Value sum = kernel.reduce(
      shape.keys, kernel.constant(0.0f, width),
      [&](Value key, ValueRange carried) {
        Value weight = kernel.expOfNonPositive(
            arith::SubFOp::create(builder, loc, loadScore(key), largest));
        kernel.storeVector(weight, scratch, findScore(key), width);
        return SmallVector<Value>{kernel.addFloat(carried.front(), weight)};
      })[0];
  kernel.storeVector(sum, scratch,
                     findRow(base, shape.getSumsAt(), kernel.index(0), lane),
                     width);
}

void BlockEmitter::storeResults(Value base, Value resultsAt) {
  auto divide = [&](Value elements, Value lane) -> Value {
    int64_t width = cast<VectorType>(elements.getType()).getDimSize(0);
    Value sum = kernel.loadVector(
        scratch, findRow(base, shape.getSumsAt(), kernel.index(0), lane),
        width);
    return arith::DivFOp::create(kernel.builder, kernel.getLocation(), elements,
                                 sum);
  };
  emitTransposed(
      kernel,
      {scratch, kernel.add(base, shape.getResultsAt()), shape.rowStride},
      {kernel.buffers[op.getOutput()], resultsAt, shape.values}, shape.values,
      shape.block, divide);
}

void BlockEmitter::emitBlock(Value number, Value firstQuery, Value base) {
  Value query = kernel.add(kernel.mul(number, shape.queries), firstQuery);
  copyQueries(kernel.mul(query, shape.terms), base);
  Value scoresAt = kernel.add(base, shape.getScoresAt());
  emitProduct(plan.products[0], kernel.buffers[op.getKey()],
              kernel.mul(number, shape.keys * shape.terms), shape.terms,
              shape.keys, {shape.terms, 1, shape.rowStride}, base, scoresAt);
  kernel.forEachVector(shape.block, [&](Value lane, int64_t width) {
    emitWeights(base, lane, width);
  });
  emitProduct(plan.products[1], kernel.buffers[op.getValue()],
              kernel.mul(number, shape.keys * shape.values), 1, shape.values,
              {shape.keys, shape.values, shape.rowStride}, scoresAt,
              kernel.add(base, shape.getResultsAt()));
  storeResults(base, kernel.mul(query, shape.values));
}

void BlockEmitter::emitBlocks() {
  // Blocks share scratch memory, or have their own.
  auto forEach =
      shape.isAtOnce ? &KernelBuilder::forEach : &KernelBuilder::inOrder;
  int64_t blocks = shape.countBlocks();
  (kernel.*forEach)(shape.products, [&](Value number) {
    (kernel.*forEach)(blocks, [&](Value block) {
      Value base = kernel.index(0);
      if (shape.isAtOnce)
        base = kernel.mul(kernel.add(kernel.mul(number, blocks), block),
                          shape.getBlockElements());
      emitBlock(number, kernel.getChunkStart(block, shape.queries, shape.block),
                base);
    });
  });
}

static void lowerAttention(KernelBuilder &kernel, AttentionOp op,
                           const KernelPlan &plan) {
  BlockEmitter(kernel, op, plan).emitBlocks();
}

void frieze::addAttentionLowerings(LoweringTable &table) {
  table.add<AttentionOp, planAttention, lowerAttention>();
}
