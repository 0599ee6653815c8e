//===- ReplacedLayers.h - Keras layers with a replacement -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_REPLACEDLAYERS_H
#define FRIEZE_FRONTENDS_KERAS_REPLACEDLAYERS_H

#include "frontends/json/Replacements.h"
#include "frontends/keras/LayerImporter.h"

namespace frieze::keras {

/// Imports the layers of one model that the options replace.
class ReplacedLayers {
public:
  explicit ReplacedLayers(ModelContext &model)
      : model(model), replacements(model.builder) {
    model.replacements = &replacements;
  }

  /// The replacement of a layer, or null.
  const Replacement *find(const LayerEntry &entry, const LayerPath &path);
  /// The outputs of a call: none where they aren't known, because of a problem
  /// already reported. A mask of an input is one, as nobody knows what the
  /// layer does with it; `layerImporter` has them.
  llvm::SmallVector<mlir::Value> import(const Replacement &replacement,
                                        const LayerEntry &entry,
                                        const LayerPath &path,
                                        llvm::ArrayRef<CallArgument> arguments,
                                        const LayerImporter &layerImporter);
  /// Reports replacements that no layer uses.
  void finish() { replacements.finish(); }

private:
  bool checkFunction(const Replacement &replacement, const LayerEntry &entry);

  ModelContext &model;
  Replacements replacements;
  /// The first Lambda layer of each replacement.
  llvm::DenseMap<const Replacement *, LayerEntry> lambdas;
};

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_REPLACEDLAYERS_H
