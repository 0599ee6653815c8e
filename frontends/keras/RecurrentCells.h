//===- RecurrentCells.h - What a recurrent step computes --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_RECURRENTCELLS_H
#define FRIEZE_FRONTENDS_KERAS_RECURRENTCELLS_H

#include "frontends/keras/Layer.h"

namespace frieze::keras {

/// A recurrent layer, or the cell of one.
struct RecurrentClass {
  RecurrentKind kind;
  /// Whether its weights are laid out for cuDNN, which has no options.
  bool isCuDNN = false;
};

/// What a step computes with, but for its weights. The parameters have what all
/// steps have in common as well.
struct Cell {
  RecurrentClass recurrentClass;
  int64_t units = 1;
  bool useBias = true;
  RecurrentParameters parameters{};
  /// Where its weights are within the layer: a part, or steps to it.
  llvm::StringRef part = "cell";
  LayerPath path = {};

  size_t countStates() const {
    return recurrentClass.kind == RecurrentKind::LSTM ? 2 : 1;
  }
};

/// The recurrent layer, or cell, of that name.
std::optional<RecurrentClass> findRecurrentClass(llvm::StringRef className);

/// Takes what a cell has of its own.
Cell takeCell(Layer &layer, RecurrentClass recurrentClass);

/// Takes the cells of `object`, a cell or StackedRNNCells, of which each takes
/// the states of the one before. Reports those that are not known, and leaves
/// them out.
llvm::SmallVector<Cell, 1> takeCells(Layer &layer,
                                     const nlohmann::json *object);

/// Reads the weights of a cell on `channels` channels into its parameters.
mlir::LogicalResult readParameters(Layer &layer, Cell &cell, int64_t channels);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_RECURRENTCELLS_H
