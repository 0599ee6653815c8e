//===- KernelPlan.h - How a kernel is computed ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_KERNELPLAN_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_KERNELPLAN_H

#include "compiler/conversion/plan/MatrixTile.h"
#include "compiler/conversion/plan/WidthTile.h"
#include "compiler/conversion/plan/WinogradPlan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>

namespace frieze {

/// How one op is computed on one machine: the form of its kernel, the tiles of
/// its sums and the memory that it needs while it runs. A kernel is planned
/// once; what emits it asks for nothing else.
struct KernelPlan {
  /// For people: "matrix product", "over width", …
  llvm::StringRef form = "vectors";
  /// Of its matrix products, in the order in which they are emitted.
  llvm::SmallVector<MatrixTile, 1> products;
  /// Of a convolution: output channels of each product, the last ones, that
  /// have vectors along the width and not along the channels; their tile; and
  /// whether they read a planar copy of the input.
  int64_t columnsOverWidth = 0;
  WidthTile widthTile;
  bool copiesToPlanes = false;
  /// Of a depthwise convolution: whether its tiles read the input where it is,
  /// and have the padding in registers.
  bool isInPlace = false;
  /// Of a convolution: whether it reads a copy of its input, with the padding
  /// around it, where that has no room for it.
  bool padsInput = false;
  /// Of a convolution or dense layer: columns whose weights are packed
  /// together, in the order in which a tile reads them.
  int64_t panel = 0;
  /// Cache lines that the weights of its product are fetched ahead.
  int64_t prefetchedLines = 0;
  /// Elements behind its weights, those of later kernels, that its product
  /// fetches meanwhile.
  int64_t elementsBehind = 0;
  /// Terms whose weights all rows read before those of the next terms, as they
  /// come from memory; 0: all.
  int64_t termBlock = 0;
  /// Of a convolution by minimal filtering.
  std::optional<WinogradPlan> winograd;
  /// Of a recurrent layer: units whose weights are packed together.
  int64_t packedUnits = 0;
  /// Samples that take a step together, and share weights as the rows of a
  /// tile.
  int64_t samplesTogether = 1;
  /// Steps whose input sums are computed together, as one
  /// matrix product of their own, `inputProducts` with their tiles; 0 where
  /// each step computes its own.
  int64_t blockSteps = 0;
  llvm::SmallVector<MatrixTile, 1> inputProducts;
  /// Whether every other step takes the tiles in the opposite order, to begin
  /// with the weights that the last one has left in the first-level cache.
  bool turnsBack = false;
  /// Elements of scratch memory.
  int64_t scratchElements = 0;

  /// Of a dense layer, or a convolution of either kind: columns that are packed
  /// together; 0: all.
  int64_t getPanel() const { return winograd ? winograd->panel : panel; }

  void print(llvm::raw_ostream &os) const;
};

/// The plans of the kernels of some functions, for every machine of a target.
class KernelPlans {
public:
  explicit KernelPlans(const Target &target) : target(target) {}

  const Target &getTarget() const { return target; }
  /// Adds the plan of `op` for the next machine.
  void add(mlir::Operation *op, KernelPlan plan) {
    plans[op].push_back(std::move(plan));
  }
  /// The plan of `op` for a machine of the target; null where it is no kernel.
  const KernelPlan *find(mlir::Operation *op, const Machine &machine) const;
  /// Whether `op` has KernelPlan::padsInput on any machine.
  bool padsInput(mlir::Operation *op) const;
  /// Elements of scratch memory that `op` needs on any machine.
  int64_t getScratchElements(mlir::Operation *op) const;

  /// Prints the plans of `function`, a line for each kernel and machine: the
  /// tiles of its sums as rows x vectors x lanes, and what else was chosen.
  void print(mlir::func::FuncOp function, llvm::raw_ostream &os) const;

private:
  const Target &target;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<KernelPlan, 3>> plans;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_KERNELPLAN_H
