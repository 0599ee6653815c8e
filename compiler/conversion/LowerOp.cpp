//===- LowerOp.cpp - The lowering of each op --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/Lowerings.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

void frieze::lowerOp(KernelBuilder &kernel, Operation *op) {
  llvm::TypeSwitch<Operation *>(op)
      .Case<ConvOp>([&](auto op) { lowerConv(kernel, op); })
      .Case<ConvTransposeOp>([&](auto op) { lowerConvTranspose(kernel, op); })
      .Case<DenseOp>([&](auto op) { lowerDense(kernel, op); })
      .Case<MatmulOp>([&](auto op) { lowerMatmul(kernel, op); })
      .Case<MaxPoolOp>([&](auto op) { lowerMaxPool(kernel, op); })
      .Case<AvgPoolOp>([&](auto op) { lowerAvgPool(kernel, op); })
      .Case<GlobalPoolOp>([&](auto op) { lowerGlobalPool(kernel, op); })
      .Case<ReduceOp>([&](auto op) { lowerReduce(kernel, op); })
      .Case<NormalizeOp>([&](auto op) { lowerNormalize(kernel, op); })
      .Case<ActivationOp>([&](auto op) { lowerActivation(kernel, op); })
      .Case<AddOp, SubOp, MulOp, DivOp, MaximumOp, MinimumOp>(
          [&](auto op) { lowerBinary(kernel, op, op.kind); })
      .Case<AffineOp>([&](auto op) { lowerAffine(kernel, op); })
      .Case<PreluOp>([&](auto op) { lowerPrelu(kernel, op); })
      .Case<SoftmaxOp>([&](auto op) { lowerSoftmax(kernel, op); })
      .Case<PadOp>([&](auto op) { lowerPad(kernel, op); })
      .Case<ResizeOp>([&](auto op) { lowerResize(kernel, op); })
      .Case<SliceOp>([&](auto op) { lowerSlice(kernel, op); })
      .Case<TransposeOp>([&](auto op) { lowerTranspose(kernel, op); })
      .Case<IdentityOp>([&](auto op) { lowerIdentity(kernel, op); })
      .Case<ConcatOp>([&](auto op) { lowerConcat(kernel, op); })
      .Case<WindowsOp>([&](auto op) { lowerWindows(kernel, op); })
      .Case<EmbeddingOp>([&](auto op) { lowerEmbedding(kernel, op); })
      .Case<GRUOp>([&](auto op) { lowerGRU(kernel, op); })
      .Case<LSTMOp>([&](auto op) { lowerLSTM(kernel, op); })
      .Case<RNNOp>([&](auto op) { lowerRNN(kernel, op); })
      .Default([](Operation *) { llvm_unreachable("an op without lowering"); });
}
