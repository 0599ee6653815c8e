//===- Ops.h - One plain function per nn op ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_REFERENCE_OPS_H
#define FRIEZE_COMPILER_REFERENCE_OPS_H

#include "dialect/NNOps.h"

#include <vector>

namespace frieze::reference {

/// Elements row major. T = double is the truth: plain loops and libm. T = float
/// is what compiled code must equal in every bit: sums in the order that the
/// op's description gives, by multiplyAdd of Arithmetic.h, and functions from
/// dialect/ElementaryFunctions.h.
template <typename T> struct Tensor {
  std::vector<int64_t> shape;
  std::vector<T> values;
};

/// The parameters of `op` were checked to hold their data.
template <typename T> Tensor<T> conv(nn::ConvOp op, const Tensor<T> &x);
template <typename T>
Tensor<T> convTranspose(nn::ConvTransposeOp op, const Tensor<T> &x);
template <typename T> Tensor<T> dense(nn::DenseOp op, const Tensor<T> &x);
template <typename T>
Tensor<T> matmul(nn::MatmulOp op, const Tensor<T> &x, const Tensor<T> &y);
template <typename T>
Tensor<T> batchNorm(nn::BatchNormOp op, const Tensor<T> &x);
template <typename T> Tensor<T> affine(nn::AffineOp op, const Tensor<T> &x);
template <typename T>
Tensor<T> activation(nn::ActivationOp op, const Tensor<T> &x);
/// `x` and `y` combined as `kind` says, along axes of size 1 repeated.
template <typename T>
Tensor<T> binary(nn::BinaryKind kind, const Tensor<T> &x, const Tensor<T> &y);
template <typename T> Tensor<T> prelu(nn::PreluOp op, const Tensor<T> &x);
template <typename T> Tensor<T> softmax(nn::SoftmaxOp op, const Tensor<T> &x);
template <typename T> Tensor<T> maxPool(nn::MaxPoolOp op, const Tensor<T> &x);
template <typename T> Tensor<T> avgPool(nn::AvgPoolOp op, const Tensor<T> &x);
template <typename T>
Tensor<T> globalPool(nn::GlobalPoolOp op, const Tensor<T> &x);
template <typename T> Tensor<T> reduce(nn::ReduceOp op, const Tensor<T> &x);
template <typename T>
Tensor<T> normalize(nn::NormalizeOp op, const Tensor<T> &x);
template <typename T> Tensor<T> pad(nn::PadOp op, const Tensor<T> &x);
template <typename T> Tensor<T> resize(nn::ResizeOp op, const Tensor<T> &x);
template <typename T> Tensor<T> slice(nn::SliceOp op, const Tensor<T> &x);
template <typename T>
Tensor<T> transpose(nn::TransposeOp op, const Tensor<T> &x);

template <typename T> Tensor<T> windows(nn::WindowsOp op, const Tensor<T> &x);

template <typename T>
Tensor<T> embedding(nn::EmbeddingOp op, const Tensor<T> &x);
template <typename T> Tensor<T> gru(nn::GRUOp op, const Tensor<T> &x);
template <typename T> Tensor<T> lstm(nn::LSTMOp op, const Tensor<T> &x);
template <typename T> Tensor<T> rnn(nn::RNNOp op, const Tensor<T> &x);
template <typename T>
Tensor<T> concat(nn::ConcatOp op, llvm::ArrayRef<const Tensor<T> *> inputs);

/// `x` through the stages of an epilogue.
template <typename T>
Tensor<T> applyEpilogue(llvm::ArrayRef<mlir::Attribute> stages, Tensor<T> x);

/// One element of `activation`.
template <typename T> T applyFunction(nn::ActivationAttr function, T x);

} // namespace frieze::reference

#endif // FRIEZE_COMPILER_REFERENCE_OPS_H
