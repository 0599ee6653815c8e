//===- Embedding.cpp - Lowering of embeddings -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/kernels/Lowerings.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include <limits>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

static void lowerEmbedding(KernelBuilder &kernel, EmbeddingOp op) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  ArrayRef<int64_t> shape = op.getTable().getShapedType().getShape();
  Value table = kernel.loadConstants(op, "table", *readWeights(op.getTable()));
  Value input = kernel.buffers[op.getInput()];
  Value output = kernel.buffers[op.getOutput()];
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());
  auto scalar = [&](float value) -> Value {
    return arith::ConstantFloatOp::create(builder, loc, builder.getF32Type(),
                                          llvm::APFloat(value));
  };
  kernel.forEach(op.getInput().getType().getNumElements(), [&](Value i) {
    Value number = memref::LoadOp::create(builder, loc, input, i);
    auto compare = [&](arith::CmpFPredicate predicate, float bound) -> Value {
      return arith::CmpFOp::create(builder, loc, predicate, number,
                                   scalar(bound));
    };
    float below = op.getFromEnd() ? -shape[0] - 1 : -1;
    Value isRow = arith::AndIOp::create(
        builder, loc, compare(arith::CmpFPredicate::OGT, below),
        compare(arith::CmpFPredicate::OLT, shape[0]));
    // What is no row must not reach the conversion, which would be undefined.
    Value safe =
        arith::SelectOp::create(builder, loc, isRow, number, scalar(0.0f));
    Value row =
        arith::FPToSIOp::create(builder, loc, builder.getI32Type(), safe);
    row = arith::IndexCastOp::create(builder, loc, builder.getIndexType(), row);
    if (op.getFromEnd()) {
      Value isBelowZero = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::slt, row, kernel.index(0));
      row = arith::SelectOp::create(builder, loc, isBelowZero,
                                    kernel.add(row, shape[0]), row);
    }
    Value from = kernel.mul(row, shape[1]), to = kernel.mul(i, shape[1]);
    kernel.forEachVector(shape[1], [&](Value channel, int64_t width) {
      Value entry = kernel.loadVector(table, kernel.add(from, channel), width);
      Value missing =
          kernel.constant(std::numeric_limits<float>::quiet_NaN(), width);
      entry = arith::SelectOp::create(builder, loc, isRow, entry, missing);
      kernel.storeVector(kernel.applyEpilogue(epilogue, entry, channel), output,
                         kernel.add(to, channel), width);
    });
  });
}

void frieze::addEmbeddingLowerings(LoweringTable &table) {
  table.add<EmbeddingOp, lowerEmbedding>();
}
