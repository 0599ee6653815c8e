//===- PlanarConv.h - Convolutions along the width --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_PLANARCONV_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_PLANARCONV_H

#include "compiler/conversion/emit/BinaryStage.h"
#include "compiler/conversion/plan/WidthTile.h"

namespace frieze {

/// One image and group of a convolution, whose input is planar: the positions
/// of a row of one channel lie together, those with the same number modulo
/// `shape.getPhases()` one after the other, so that the inputs of neighbouring
/// outputs are neighbours whatever the strides. `lanes - 1` elements after the
/// last must be readable.
struct PlanarConv {
  const ConvShape &shape;
  WidthTile tile;
  mlir::Value input, inputBase;
  /// Elements from one row, channel or phase of the input to the next.
  int64_t rowStride, channelStride, phaseStride;
  /// Weights of output channel `column` from `weightBase + column`, and
  /// elements from one term of the sum to the next.
  mlir::Value weights, weightBase;
  int64_t weightStride;
  mlir::Value bias, biasBase;
  /// Channels-last.
  mlir::Value output, outputBase;
  /// Output channels.
  int64_t columns;
  llvm::ArrayRef<EpilogueStage> epilogue;
  /// What follows it, or null.
  const BinaryStage *binary;
  /// Channel of the first column, for the epilogue.
  mlir::Value channelBase;
};

/// Emits all rows of `conv`. At the edges, tiles overlap: some outputs are
/// computed twice, and nothing outside is read or written.
void emitPlanarConv(KernelBuilder &kernel, const PlanarConv &conv);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_PLANARCONV_H
