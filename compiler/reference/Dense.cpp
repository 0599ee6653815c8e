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

template <typename T>
Tensor<T> reference::dense(DenseOp op, const Tensor<T> &x) {
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
        chain = std::fma(x.values[row * inputs + k], kernel[k * outputs + f],
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

#define FRIEZE_INSTANTIATE(T)                                                  \
  template Tensor<T> reference::dense(DenseOp, const Tensor<T> &);
FRIEZE_INSTANTIATE(float)
FRIEZE_INSTANTIATE(double)
