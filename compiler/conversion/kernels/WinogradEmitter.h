//===- WinogradEmitter.h - Emission of minimal filtering --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_KERNELS_WINOGRADEMITTER_H
#define FRIEZE_COMPILER_CONVERSION_KERNELS_WINOGRADEMITTER_H

#include "compiler/conversion/emit/BinaryStage.h"
#include "compiler/conversion/plan/ConvShape.h"
#include "compiler/conversion/plan/KernelPlan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace frieze {

/// Emits the kernel of one conv by minimal filtering, in one of three forms,
/// each with a file of its own.
class WinogradEmitter {
public:
  WinogradEmitter(KernelBuilder &kernel, nn::ConvOp op, mlir::Value input,
                  const KernelPlan &plan)
      : kernel(kernel), blocking(*plan.winograd), tiling(blocking.tiling),
        productTile(plan.products.front()),
        prefetchedLines(plan.prefetchedLines), input(input),
        output(kernel.buffers[op.getOutput()]),
        outputShape(ConvShape(op, kernel.target).output),
        scratch(kernel.scratch[op]),
        epilogue(kernel.loadEpilogue(op, op.getEpilogueStages())),
        binary(findBinaryStage(kernel, op)) {
    loadParameters(op);
  }

  void emit() {
    if (blocking.isAtOnce)
      emitAtOnce();
    else if (blocking.isInRegisters)
      emitInRegisters();
    else
      emitInPhases();
  }

private:
  const BinaryStage *getBinaryStage() const {
    return binary ? &*binary : nullptr;
  }
  /// All tiles and points of a block at once, on a device.
  void emitAtOnce();
  /// With the sums of all points of a tile in registers.
  void emitInRegisters();
  /// One phase of a block after the other, through memory.
  void emitInPhases();

  void loadParameters(nn::ConvOp op);
  /// A tile: its number in its block, and where its inputs and results start.
  struct Tile {
    mlir::Value number, input, output;
    /// How many of its rows and columns are results that exist, and are no
    /// other tile's where tiles are worked on at once; null for all.
    mlir::Value ownRows, ownColumns;
  };
  Tile findTile(mlir::Value block, mlir::Value number);
  /// The first result of a tile along an axis.
  mlir::Value findStart(const nn::WinogradAxis &axis, mlir::Value tile);
  /// Results of the dilation's convolution that has position `phase`.
  mlir::Value countResults(const nn::WinogradAxis &axis, mlir::Value phase);
  /// How many results of a tile are its own, of a window in pieces.
  mlir::Value countExisting(const nn::WinogradAxis &axis, mlir::Value tile);
  /// Rows and columns of the results of a tile.
  int64_t getResultRows() const {
    return tiling.getRows().outputs / tiling.height.window;
  }
  int64_t getResultColumns() const {
    return tiling.getColumns().outputs / tiling.width.window;
  }
  /// Stores a result of a tile, from the window that is pooled.
  void store(const Tile &tile, llvm::SmallVector<mlir::Value> window,
             int64_t row, mlir::Value column, mlir::Value filter,
             int64_t lanes);
  void emitIf(mlir::arith::CmpIPredicate predicate, mlir::Value a,
              mlir::Value b, llvm::function_ref<void()> body);

  /// The inputs of a tile, transformed, to its row of each point.
  void transformInputs(const Tile &tile);
  /// The products of all points of a block.
  void multiply();
  /// The results of a tile from its row of each point.
  void finish(const Tile &tile);
  /// One after the other where they go through memory that they share.
  void forEachVector(int64_t count, KernelBuilder::VectorBody body) {
    if (blocking.isTwoDimensional())
      kernel.inOrderVectors(count, body);
    else
      kernel.forEachVector(count, body);
  }
  /// The products of a block, and its results from them.
  void multiplyInRegisters(mlir::Value block);
  /// As the two above, without memory between the axes.
  void transformInputsAtOnce(const Tile &tile);
  void finishAtOnce(const Tile &tile);

  KernelBuilder &kernel;
  const WinogradPlan &blocking;
  const nn::WinogradTiling &tiling;
  const MatrixTile &productTile;
  int64_t prefetchedLines;
  mlir::Value input, output;
  ImageShape outputShape;
  mlir::Value scratch;
  llvm::SmallVector<EpilogueStage> epilogue;
  std::optional<BinaryStage> binary;
  mlir::Value kernelConstants, biasConstants;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_KERNELS_WINOGRADEMITTER_H
