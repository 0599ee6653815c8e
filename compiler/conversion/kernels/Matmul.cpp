//===- Matmul.cpp - Lowering of products of two tensors ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/Copies.h"
#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/DensePlan.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

static void lowerMatmul(KernelBuilder &kernel, MatmulOp op,
                        const KernelPlan &plan) {
  ArrayRef<int64_t> shape = op.getType().getShape();
  ArrayRef<int64_t> lhs = op.getLhs().getType().getShape();
  ArrayRef<int64_t> rhs = op.getRhs().getType().getShape();
  int64_t rank = shape.size(), terms = lhs.back();
  int64_t rows = shape[rank - 2], columns = shape[rank - 1];
  int64_t padded = kernel.target.padColumns(columns);
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
    emitMatrixProduct(kernel, product, plan.products.front());
  };
  auto emitLoops = [&](auto &self, int64_t axis, Value lhsMatrix,
                       Value rhsMatrix, Value outputMatrix) -> void {
    if (axis == rank - 2)
      return emitProduct(kernel.mul(lhsMatrix, rows * terms),
                         kernel.mul(rhsMatrix, terms * columns),
                         kernel.mul(outputMatrix, rows * columns));
    auto forEach = plan.scratchElements ? &KernelBuilder::inOrder
                                        : &KernelBuilder::forEach;
    (kernel.*forEach)(shape[axis], [&](Value i) {
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

void frieze::addMatmulLowerings(LoweringTable &table) {
  table.add<MatmulOp, planMatmul, lowerMatmul>();
}
