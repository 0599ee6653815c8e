//===- RecurrentPlan.h - How recurrent layers are computed ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_RECURRENTPLAN_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_RECURRENTPLAN_H

#include "compiler/conversion/plan/KernelPlan.h"
#include "dialect/NNOps.h"

namespace frieze {

/// The length of a vector of all units, in groups that the widest vector of the
/// target holds, the last one padded like columns.
int64_t padUnits(const Target &target, int64_t units);

/// Vectors of all units in scratch memory: what a layer keeps from step to step
/// or within one, then the states before and after a step.
int64_t countUnitVectors(nn::LSTMOp op);
int64_t countUnitVectors(nn::RNNOp op);
int64_t countUnitVectors(nn::GRUOp op);

/// Elements of the state that `op`, a recurrent layer, carries from call to
/// call: h, and behind it c of nn.lstm.
int64_t countCarriedElements(mlir::Operation *op);

/// The tile of each product: a vector of units for every gate, so many times.
KernelPlan planLSTM(const Target &target, const Machine &machine,
                    nn::LSTMOp op);
KernelPlan planGRU(const Target &target, const Machine &machine, nn::GRUOp op);
KernelPlan planRNN(const Target &target, const Machine &machine, nn::RNNOp op);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_RECURRENTPLAN_H
