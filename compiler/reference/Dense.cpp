//===- Dense.cpp - Dense layers ---------------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/OpAccess.h"

using namespace frieze;
using namespace frieze::nn;
using namespace frieze::reference;

template <typename T> static Tensor<T> dense(DenseOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<DenseOp, T>(op);
  size_t inputs = x.shape.back(), outputs = y.shape.back();
  auto kernel = read<T>(op.getKernel());
  auto bias = readOr<T>(op.getBiasAttr(), outputs, 0);
  for (size_t row = 0; row < y.values.size() / outputs; ++row)
    for (size_t f = 0; f < outputs; ++f) {
      std::vector<T> chains(op.getChains(), T(0));
      chains[0] = bias[f];
      for (size_t k = 0; k < inputs; ++k) {
        T &chain = chains[k % chains.size()];
        chain = multiplyAdd(x.values[row * inputs + k], kernel[k * outputs + f],
                            chain);
      }
      while (chains.size() > 1) {
        for (size_t c = 0; c < chains.size() / 2; ++c)
          chains[c] = chains[2 * c] + chains[2 * c + 1];
        chains.resize(chains.size() / 2);
      }
      y.values[row * outputs + f] = chains[0];
    }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

template <typename T>
static Tensor<T> matmul(MatmulOp op, const Tensor<T> &x, const Tensor<T> &y) {
  Tensor<T> z = makeResult<MatmulOp, T>(op);
  size_t rank = z.shape.size();
  size_t rows = z.shape[rank - 2], columns = z.shape[rank - 1],
         terms = x.shape[rank - 1];
  /// The number of an operand's matrix where the result's is `matrix`.
  auto findMatrix = [&](const Tensor<T> &operand, size_t matrix) {
    size_t number = 0, stride = 1;
    for (size_t axis = rank - 2; axis-- > 0; matrix /= z.shape[axis]) {
      if (operand.shape[axis] != 1)
        number += matrix % z.shape[axis] * stride;
      stride *= operand.shape[axis];
    }
    return number;
  };
  for (size_t matrix = 0; matrix < z.values.size() / (rows * columns);
       ++matrix) {
    const T *a = &x.values[findMatrix(x, matrix) * rows * terms];
    const T *b = &y.values[findMatrix(y, matrix) * terms * columns];
    for (size_t i = 0; i < rows; ++i)
      for (size_t j = 0; j < columns; ++j) {
        T sum = 0;
        for (size_t k = 0; k < terms; ++k)
          sum = multiplyAdd(a[i * terms + k], b[k * columns + j], sum);
        z.values[(matrix * rows + i) * columns + j] = sum;
      }
  }
  return applyEpilogue(op.getEpilogueStages(), std::move(z));
}

void reference::addDenseSemantics(SemanticsTable &table) {
  table.add<DenseOp>(
      [](auto op, auto operands) { return dense(op, operands[0]); });
  table.add<MatmulOp>([](auto op, auto operands) {
    return matmul(op, operands[0], operands[1]);
  });
}
