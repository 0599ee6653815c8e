//===- Dense.cpp - Lowering of fully connected layers -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/RegisterTile.h"
#include "compiler/conversion/Lowerings.h"
#include "compiler/conversion/Reduction.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// A dense layer with one output: chains are lanes, so that it runs along its
/// inputs.
static void lowerDotProduct(KernelBuilder &kernel, DenseOp op, Value weights,
                            Value bias) {
  int64_t inputs = op.getInput().getType().getShape().back();
  int64_t chains = op.getChains();
  int64_t lanes = std::min(kernel.target.lanes, chains);
  Value input = kernel.buffers[op.getInput()];
  Value output = kernel.buffers[op.getOutput()];
  OpBuilder &builder = kernel.builder;
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());

  /// The next `count` terms, at most one for each chain.
  auto multiply = [&](SmallVector<Value> sums, Value at, Value weightAt,
                      int64_t count) {
    for (int64_t v = 0; v * lanes < count; ++v) {
      int64_t width = std::min(lanes, count - v * lanes);
      Value sum = sums[v];
      if (width < lanes)
        sum = vector::ExtractStridedSliceOp::create(
            builder, kernel.getLocation(), sum, ArrayRef<int64_t>{0},
            ArrayRef<int64_t>{width}, ArrayRef<int64_t>{1});
      sum = kernel.fma(
          kernel.loadVector(input, kernel.add(at, v * lanes), width),
          kernel.loadVector(weights, kernel.add(weightAt, v * lanes), width),
          sum);
      if (width < lanes)
        sum = vector::InsertStridedSliceOp::create(
            builder, kernel.getLocation(), sum, sums[v], ArrayRef<int64_t>{0},
            ArrayRef<int64_t>{1});
      sums[v] = sum;
    }
    return sums;
  };

  kernel.forEach(op.getType().getNumElements(), [&](Value row) {
    Value at = kernel.mul(row, inputs);
    SmallVector<Value> sums(chains / lanes, kernel.constant(0.0f, lanes));
    Value start = kernel.loadVector(bias, kernel.index(0), 1);
    sums[0] = vector::InsertStridedSliceOp::create(
        builder, kernel.getLocation(), start, sums[0], ArrayRef<int64_t>{0},
        ArrayRef<int64_t>{1});
    int64_t rounds = inputs / chains;
    sums = kernel.reduce(rounds, sums, [&](Value i, ValueRange carried) {
      Value first = kernel.mul(i, chains);
      return multiply(llvm::to_vector(carried), kernel.add(at, first), first,
                      chains);
    });
    sums = multiply(sums, kernel.add(at, rounds * chains),
                    kernel.index(rounds * chains), inputs % chains);
    for (Value &sum : sums)
      sum = combineNeighbours(
          kernel, sum, [&](Value a, Value b) { return kernel.addFloat(a, b); });
    for (size_t count = sums.size(); count > 1; count /= 2)
      for (size_t i = 0; i < count / 2; ++i)
        sums[i] = kernel.addFloat(sums[2 * i], sums[2 * i + 1]);
    kernel.storeVector(kernel.applyEpilogue(epilogue, sums[0], kernel.index(0)),
                       output, row, 1);
  });
}

static SmallVector<double> readBias(DenseOp op) {
  if (ElementsAttr attribute = op.getBiasAttr())
    return *readWeights(attribute);
  return SmallVector<double>(op.getType().getShape().back(), 0.0);
}

/// Whether an epilogue has so many instructions that each tile with a copy of
/// them would make the code longer than the time that it saves is worth.
static bool isLong(ArrayRef<Attribute> epilogue) {
  return llvm::any_of(epilogue, [](Attribute stage) {
    auto function = dyn_cast<ActivationAttr>(stage);
    return function && !llvm::is_contained(
                           {ActivationKind::Linear, ActivationKind::Relu,
                            ActivationKind::LeakyRelu, ActivationKind::Clip},
                           function.getKind());
  });
}

void frieze::lowerDense(KernelBuilder &kernel, DenseOp op) {
  if (op.getType().getShape().back() > 1)
    return lowerSharedDense(kernel, op, /*calls=*/1);
  lowerDotProduct(
      kernel, op,
      kernel.loadConstants(op, "kernel", *readWeights(op.getKernel())),
      kernel.loadConstants(op, "bias", readBias(op)));
}

void frieze::lowerSharedDense(KernelBuilder &kernel, DenseOp op,
                              int64_t calls) {
  int64_t inputs = op.getInput().getType().getShape().back();
  int64_t outputs = op.getType().getShape().back();
  SmallVector<double> weights = *readWeights(op.getKernel());
  SmallVector<double> bias = readBias(op);
  int64_t padded = llvm::alignTo(outputs, getColumnPadding(outputs));
  bias.resize(padded, 0.0);

  MatrixProduct product;
  product.input = kernel.buffers[op.getInput()];
  product.inputBase = kernel.index(0);
  product.inputRowStride = inputs;
  product.weights =
      kernel.loadConstants(op, "kernel", padColumns(weights, inputs, padded));
  product.weightBase = kernel.index(0);
  product.bias = kernel.loadConstants(op, "bias", bias);
  product.biasBase = kernel.index(0);
  product.output = kernel.buffers[op.getOutput()];
  product.outputBase = kernel.index(0);
  product.outputRowStride = outputs;
  product.rows = calls * op.getType().getNumElements() / outputs;
  product.columns = outputs;
  product.terms = {{inputs, 1, padded}};
  product.chains = op.getChains();
  product.channelBase = kernel.index(0);
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());
  if (!isLong(op.getEpilogueStages())) {
    product.epilogue = epilogue;
    emitMatrixProduct(kernel, product);
    return;
  }
  emitMatrixProduct(kernel, product);
  kernel.forEach(product.rows, [&](Value row) {
    Value first = kernel.mul(row, outputs);
    kernel.forEachVector(outputs, [&](Value channel, int64_t width) {
      Value at = kernel.add(first, channel);
      Value sum = kernel.loadVector(product.output, at, width);
      kernel.storeVector(kernel.applyEpilogue(epilogue, sum, channel),
                         product.output, at, width);
    });
  });
}

/// Columns of the second operand with those behind its last that a product may
/// read.
static int64_t getPaddedColumns(MatmulOp op) {
  int64_t columns = op.getType().getShape().back();
  return llvm::alignTo(columns, getColumnPadding(columns));
}

int64_t frieze::getMatmulScratchElements(MatmulOp op) {
  int64_t columns = op.getType().getShape().back();
  int64_t padded = getPaddedColumns(op);
  return padded == columns ? 0
                           : op.getLhs().getType().getShape().back() * padded;
}

void frieze::lowerMatmul(KernelBuilder &kernel, MatmulOp op) {
  ArrayRef<int64_t> shape = op.getType().getShape();
  ArrayRef<int64_t> lhs = op.getLhs().getType().getShape();
  ArrayRef<int64_t> rhs = op.getRhs().getType().getShape();
  int64_t rank = shape.size(), terms = lhs.back();
  int64_t rows = shape[rank - 2], columns = shape[rank - 1];
  int64_t padded = getPaddedColumns(op);
  MatrixProduct product;
  product.input = kernel.buffers[op.getLhs()];
  product.inputRowStride = terms;
  product.bias =
      kernel.loadConstants(op, "bias", SmallVector<double>(padded, 0.0));
  product.biasBase = kernel.index(0);
  product.output = kernel.buffers[op.getOutput()];
  product.outputRowStride = columns;
  product.rows = rows;
  product.columns = columns;
  product.terms = {{terms, 1, padded}};
  product.epilogue = kernel.loadEpilogue(op, op.getEpilogueStages());
  product.channelBase = kernel.index(0);

  auto emitProduct = [&](Value lhsBase, Value rhsBase, Value outputBase) {
    product.inputBase = lhsBase;
    product.outputBase = outputBase;
    product.weights = kernel.buffers[op.getRhs()];
    product.weightBase = rhsBase;
    if (padded != columns) {
      // Rows are read beyond their last column, into what is stored nowhere.
      Value copy = kernel.scratch[op];
      kernel.forEach(terms, [&](Value k) {
        emitCopy(kernel, product.weights,
                 kernel.add(rhsBase, kernel.mul(k, columns)), copy,
                 kernel.mul(k, padded), columns);
      });
      product.weights = copy;
      product.weightBase = kernel.index(0);
    }
    emitMatrixProduct(kernel, product);
  };
  auto emitLoops = [&](auto &self, int64_t axis, Value lhsMatrix,
                       Value rhsMatrix, Value outputMatrix) -> void {
    if (axis == rank - 2)
      return emitProduct(kernel.mul(lhsMatrix, rows * terms),
                         kernel.mul(rhsMatrix, terms * columns),
                         kernel.mul(outputMatrix, rows * columns));
    kernel.forEach(shape[axis], [&](Value i) {
      auto move = [&](Value matrix, int64_t size) {
        matrix = kernel.mul(matrix, size);
        return size == 1 ? matrix : kernel.add(matrix, i);
      };
      self(self, axis + 1, move(lhsMatrix, lhs[axis]),
           move(rhsMatrix, rhs[axis]), move(outputMatrix, shape[axis]));
    });
  };
  Value zero = kernel.index(0);
  emitLoops(emitLoops, 0, zero, zero, zero);
}
