//===- ChosenLayers.h - Outputs chosen in a Keras model ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_CHOSENLAYERS_H
#define FRIEZE_FRONTENDS_KERAS_CHOSENLAYERS_H

#include "frontends/keras/ModelGraph.h"

namespace frieze::keras {

/// The path of a call, as OutputCandidate has it: call `number` of the `count`
/// of a layer, in the model at `container`, which is "" for the outermost.
std::string getCallPath(llvm::StringRef container, llvm::StringRef layer,
                        size_t number, size_t count);

/// What is needed of a call: nothing, what is chosen in the model that it
/// calls, or its results.
enum class Need { Nothing, Inside, Results };

/// The calls of layers whose results are to be the outputs of a model.
class ChosenLayers {
public:
  /// None: the model keeps its own outputs.
  ChosenLayers() = default;
  /// Finds those that the options name in the model `className` with `config`;
  /// reports names that are none's.
  ChosenLayers(ModelBuilder &builder, llvm::StringRef className,
               const nlohmann::json &config);

  /// Whether the model is cut, and not as it is in the file.
  bool isCut() const { return cut; }
  /// What is chosen of a call.
  Need getNeed(llvm::StringRef path) const;
  /// Which calls matter of a model at `path` of which `need` is needed: where
  /// nothing is cut, all but the operations that Keras 3 writes down for the
  /// masks that it passes on to layers that have no use for them.
  std::vector<Need> findNeeds(const ModelGraph &graph, llvm::StringRef path,
                              Need need) const;
  /// Takes the results of a call, if it is chosen.
  void note(llvm::StringRef path, llvm::ArrayRef<mlir::Value> results);
  /// Makes them the outputs, under the names of their layers.
  void addOutputs(ModelBuilder &builder) const;

private:
  struct Call {
    std::string path, layer;
    llvm::SmallVector<mlir::Value> results;
  };
  std::vector<Call> calls;
  bool cut = false;
};

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_CHOSENLAYERS_H
