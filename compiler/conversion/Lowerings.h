//===- Lowerings.h - One lowering for each op family ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_LOWERINGS_H
#define FRIEZE_COMPILER_CONVERSION_LOWERINGS_H

#include "compiler/conversion/KernelBuilder.h"
#include "dialect/NNOps.h"

namespace frieze {

/// Whether lowerOp knows `op`.
bool hasLowering(mlir::Operation *op);

/// Emits the kernel of `op`.
void lowerOp(KernelBuilder &kernel, mlir::Operation *op);

/// Each emits the kernel of one op, from the buffers of its operands to the
/// buffer of its result. Parameters hold their data and have type f32.
void lowerConv(KernelBuilder &kernel, nn::ConvOp op);
void lowerConvTranspose(KernelBuilder &kernel, nn::ConvTransposeOp op);
void lowerDense(KernelBuilder &kernel, nn::DenseOp op);
/// The same for the rows of `calls` calls in one product; buffers then hold all
/// of them, one after the other. More than one output.
void lowerSharedDense(KernelBuilder &kernel, nn::DenseOp op, int64_t calls);
void lowerMatmul(KernelBuilder &kernel, nn::MatmulOp op);
void lowerMaxPool(KernelBuilder &kernel, nn::MaxPoolOp op);
void lowerAvgPool(KernelBuilder &kernel, nn::AvgPoolOp op);
void lowerGlobalPool(KernelBuilder &kernel, nn::GlobalPoolOp op);
void lowerReduce(KernelBuilder &kernel, nn::ReduceOp op);
void lowerNormalize(KernelBuilder &kernel, nn::NormalizeOp op);
void lowerActivation(KernelBuilder &kernel, nn::ActivationOp op);
/// Of an elementwise op of two operands.
void lowerBinary(KernelBuilder &kernel, mlir::Operation *op,
                 nn::BinaryKind kind);
void lowerAffine(KernelBuilder &kernel, nn::AffineOp op);
void lowerPrelu(KernelBuilder &kernel, nn::PreluOp op);
void lowerSoftmax(KernelBuilder &kernel, nn::SoftmaxOp op);
void lowerPad(KernelBuilder &kernel, nn::PadOp op);
void lowerResize(KernelBuilder &kernel, nn::ResizeOp op);
void lowerSlice(KernelBuilder &kernel, nn::SliceOp op);
void lowerTranspose(KernelBuilder &kernel, nn::TransposeOp op);

void lowerIdentity(KernelBuilder &kernel, nn::IdentityOp op);
void lowerConcat(KernelBuilder &kernel, nn::ConcatOp op);
void lowerWindows(KernelBuilder &kernel, nn::WindowsOp op);
void lowerEmbedding(KernelBuilder &kernel, nn::EmbeddingOp op);
void lowerGRU(KernelBuilder &kernel, nn::GRUOp op);
void lowerLSTM(KernelBuilder &kernel, nn::LSTMOp op);
void lowerRNN(KernelBuilder &kernel, nn::RNNOp op);

/// The windows that `op` reads where they lie in their time line, or null:
/// those of all positions and channels, where every chain of the sums stays
/// within its channels.
nn::WindowsOp findWindowsInPlace(nn::DenseOp op);

/// Elements of scratch memory that an op needs while it runs, on any target.
int64_t getConvScratchElements(nn::ConvOp op);
int64_t getConvTransposeScratchElements(nn::ConvTransposeOp op);
/// 0 where the op is no recurrent layer.
int64_t getRecurrentScratchElements(mlir::Operation *op);
int64_t getMatmulScratchElements(nn::MatmulOp op);
inline int64_t getScratchElements(mlir::Operation *op) {
  if (auto conv = llvm::dyn_cast<nn::ConvOp>(op))
    return getConvScratchElements(conv);
  if (auto conv = llvm::dyn_cast<nn::ConvTransposeOp>(op))
    return getConvTransposeScratchElements(conv);
  if (auto matmul = llvm::dyn_cast<nn::MatmulOp>(op))
    return getMatmulScratchElements(matmul);
  return getRecurrentScratchElements(op);
}

/// Copies `count` elements.
void emitCopy(KernelBuilder &kernel, mlir::Value from, mlir::Value fromAt,
              mlir::Value to, mlir::Value toAt, int64_t count);

/// Writes `input` of `shape` into `output` with `low` and `high` positions
/// around it of `value`, or of `border`, with one value per channel, where
/// given.
void emitPad(KernelBuilder &kernel, mlir::Value input,
             llvm::ArrayRef<int64_t> shape, mlir::Value output,
             llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
             float value, mlir::Value border);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_LOWERINGS_H
