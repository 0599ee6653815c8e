//===- NNAttrs.h - Attributes of the nn dialect -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNATTRS_H
#define FRIEZE_DIALECT_NNATTRS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpImplementation.h"

#include <optional>

#include "dialect/NNEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/NNAttrs.h.inc"

namespace frieze::nn {

/// The functions of a recurrent layer: r of its gates, a of its candidates,
/// and b of the cells of an LSTM. Those without gates have a alone.
struct RecurrentFunctions {
  ActivationAttr recurrentActivation, activation, cellActivation;
  /// Arguments of r and a are cut off there in both directions.
  std::optional<float> clip;
  /// So are the cells, before anything reads them.
  std::optional<float> cellClip = std::nullopt;
};

/// Prints and parses an activation as its op and epilogues show it: a keyword
/// with its parameters in parentheses, as in `leaky_relu(3.000000e-01)`.
void printActivation(mlir::AsmPrinter &printer, ActivationAttr activation);
mlir::ParseResult parseActivation(mlir::AsmParser &parser,
                                  ActivationAttr &activation);

/// Prints and parses a stage as `epilogue(...)` shows it: an activation,
/// `affine(axis, scale, shift)`, or `max_pool(window, strides)`.
void printEpilogueStage(mlir::AsmPrinter &printer, mlir::Attribute stage);
mlir::ParseResult parseEpilogueStage(mlir::AsmParser &parser,
                                     mlir::Attribute &stage);

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_NNATTRS_H
