//===- LayerImporter.h - Layers that are no models --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_LAYERIMPORTER_H
#define FRIEZE_FRONTENDS_KERAS_LAYERIMPORTER_H

#include "frontends/keras/ModelGraph.h"

namespace frieze::keras {

/// Imports the layers of one model that are no models themselves.
class LayerImporter {
public:
  explicit LayerImporter(ModelContext &model) : model(model) {}

  /// The outputs of a call of a layer: none where they aren't known, because of
  /// a problem already reported.
  llvm::SmallVector<mlir::Value> import(const LayerEntry &entry,
                                        const LayerPath &path,
                                        llvm::ArrayRef<CallArgument> arguments);

  SharedMask findMask(mlir::Value value) const { return masks.lookup(value); }
  void setMask(mlir::Value value, SharedMask mask) {
    masks[value] = std::move(mask);
  }

private:
  /// Gives a mask to the outputs of a layer that passes it on, or makes one,
  /// and reports a mask that the layer would compute with.
  void passMask(const LayerEntry &entry, const Layer &layer,
                llvm::ArrayRef<mlir::Value> outputs);

  ModelContext &model;
  /// Layers with problems that a further call would only report again.
  llvm::StringSet<> failedLayers;
  llvm::DenseMap<mlir::Value, SharedMask> masks;
};

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_LAYERIMPORTER_H
