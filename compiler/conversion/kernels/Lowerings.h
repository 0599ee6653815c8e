//===- Lowerings.h - The kernels of nn ops ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_KERNELS_LOWERINGS_H
#define FRIEZE_COMPILER_CONVERSION_KERNELS_LOWERINGS_H

#include "compiler/conversion/emit/KernelBuilder.h"
#include "compiler/conversion/plan/MicroBatch.h"
#include "dialect/NNOps.h"

namespace frieze {

/// How an op becomes a kernel: what plans it for a machine, and what emits it
/// as planned, from the buffers of its operands to the buffer of its result.
/// Parameters hold their data.
struct Lowering {
  KernelPlan (*plan)(const Target &, const Machine &, mlir::Operation *);
  void (*lower)(KernelBuilder &, mlir::Operation *, const KernelPlan &);
};

/// The lowerings, by op. Each file of this folder adds its own.
class LoweringTable {
public:
  /// Loops over vectors, which leave nothing to plan.
  template <typename OpT, void (*lower)(KernelBuilder &, OpT)> void add() {
    lowerings[mlir::TypeID::get<OpT>()] = {
        [](const Target &, const Machine &, mlir::Operation *) {
          return KernelPlan();
        },
        [](KernelBuilder &kernel, mlir::Operation *op, const KernelPlan &) {
          lower(kernel, llvm::cast<OpT>(op));
        }};
  }
  template <typename OpT,
            KernelPlan (*plan)(const Target &, const Machine &, OpT),
            void (*lower)(KernelBuilder &, OpT, const KernelPlan &)>
  void add() {
    lowerings[mlir::TypeID::get<OpT>()] = {
        [](const Target &target, const Machine &machine, mlir::Operation *op) {
          return plan(target, machine, llvm::cast<OpT>(op));
        },
        [](KernelBuilder &kernel, mlir::Operation *op, const KernelPlan &how) {
          lower(kernel, llvm::cast<OpT>(op), how);
        }};
  }

  /// The lowering of `op`; null where it has none.
  const Lowering *find(mlir::Operation *op) const;

private:
  llvm::DenseMap<mlir::TypeID, Lowering> lowerings;
};

/// Every op that has a kernel.
const LoweringTable &getLowerings();

/// The plans of all kernels of `function`, for each machine of the target of
/// `plans`.
void planKernels(mlir::func::FuncOp function, KernelPlans &plans);

/// Bytes of the arena of one call of `function` on `target`.
int64_t planArena(mlir::func::FuncOp function, const Target &target);

/// The calls of `function`, whose kernels are planned, that run together: as
/// many as a machine of the target takes, or fewer where the arena would grow
/// by more than the limit of arenas, and 1 where little would be shared.
MicroBatch planMicroBatch(mlir::func::FuncOp function,
                          const KernelPlans &plans);

// One a file.
void addAttentionLowerings(LoweringTable &table);
void addConvLowerings(LoweringTable &table);
void addConvTransposeLowerings(LoweringTable &table);
void addDenseLowerings(LoweringTable &table);
void addElementwiseLowerings(LoweringTable &table);
void addEmbeddingLowerings(LoweringTable &table);
void addLayoutLowerings(LoweringTable &table);
void addMatmulLowerings(LoweringTable &table);
void addPoolingLowerings(LoweringTable &table);
void addRecurrentLowerings(LoweringTable &table);
void addReductionLowerings(LoweringTable &table);
void addResizeLowerings(LoweringTable &table);
void addSoftmaxLowerings(LoweringTable &table);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_KERNELS_LOWERINGS_H
