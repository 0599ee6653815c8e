//===- LowerOp.cpp - The lowering of each op --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/Lowerings.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

using Lowering = void (*)(KernelBuilder &, Operation *);

template <typename OpT, void (*lower)(KernelBuilder &, OpT)>
static std::pair<TypeID, Lowering> row() {
  return {TypeID::get<OpT>(), [](KernelBuilder &kernel, Operation *op) {
            lower(kernel, cast<OpT>(op));
          }};
}

template <typename OpT> static std::pair<TypeID, Lowering> binaryRow() {
  return {TypeID::get<OpT>(), [](KernelBuilder &kernel, Operation *op) {
            lowerBinary(kernel, op, OpT::kind);
          }};
}

/// The lowering of `op`; null where it has none.
static Lowering findLowering(Operation *op) {
  static const std::pair<TypeID, Lowering> rows[] = {
      row<ConvOp, lowerConv>(),
      row<ConvTransposeOp, lowerConvTranspose>(),
      row<DenseOp, lowerDense>(),
      row<MatmulOp, lowerMatmul>(),
      row<MaxPoolOp, lowerMaxPool>(),
      row<AvgPoolOp, lowerAvgPool>(),
      row<GlobalPoolOp, lowerGlobalPool>(),
      row<ReduceOp, lowerReduce>(),
      row<NormalizeOp, lowerNormalize>(),
      row<ActivationOp, lowerActivation>(),
      binaryRow<AddOp>(),
      binaryRow<SubOp>(),
      binaryRow<MulOp>(),
      binaryRow<DivOp>(),
      binaryRow<MaximumOp>(),
      binaryRow<MinimumOp>(),
      row<AffineOp, lowerAffine>(),
      row<PreluOp, lowerPrelu>(),
      row<SoftmaxOp, lowerSoftmax>(),
      row<PadOp, lowerPad>(),
      row<ResizeOp, lowerResize>(),
      row<SliceOp, lowerSlice>(),
      row<TransposeOp, lowerTranspose>(),
      row<IdentityOp, lowerIdentity>(),
      row<ConcatOp, lowerConcat>(),
      row<WindowsOp, lowerWindows>(),
      row<EmbeddingOp, lowerEmbedding>(),
      row<GRUOp, lowerGRU>(),
      row<LSTMOp, lowerLSTM>(),
      row<RNNOp, lowerRNN>()};
  static const llvm::DenseMap<TypeID, Lowering> lowerings(std::begin(rows),
                                                          std::end(rows));
  return lowerings.lookup(op->getName().getTypeID());
}

bool frieze::hasLowering(Operation *op) { return findLowering(op); }

void frieze::lowerOp(KernelBuilder &kernel, Operation *op) {
  findLowering(op)(kernel, op);
}
