//===- ModelGraph.h - The calls of a functional model --------- -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_MODELGRAPH_H
#define FRIEZE_FRONTENDS_KERAS_MODELGRAPH_H

#include "frontends/keras/ModelConfig.h"

#include <nlohmann/json_fwd.hpp>

namespace frieze::keras {

/// Which calls of its layers a functional model consists of.
struct ModelGraph {
  /// An output of a call; a call outside the graph stands for one that could
  /// not be found, which has been reported.
  struct Tensor {
    size_t call, output;
  };

  /// An argument of a call: a structure of tensors, or a constant.
  struct Argument {
    /// Empty where it is given by position.
    std::string keyword;
    /// Null for tensors, which are `count` of the call's inputs from `first`.
    const nlohmann::json *constant = nullptr;
    size_t first = 0, count = 0;
  };

  /// A call of a layer, which may have several.
  struct Call {
    const LayerEntry *layer;
    /// Which of the layer's calls it is, from 0 on, and how many there are.
    size_t number = 0, count = 1;
    /// The tensors of all arguments.
    llvm::SmallVector<Tensor> inputs = {};
    llvm::SmallVector<Argument> arguments = {};
  };

  std::vector<Call> calls;
  /// The calls, each after those that it depends on.
  std::vector<size_t> order;
  llvm::SmallVector<Tensor> inputs, outputs;
};

/// Reads the graph of a model with `layers` and the members `input_layers` and
/// `output_layers` of `config`. Reports what is wrong, and leaves it out.
ModelGraph readModelGraph(ModelBuilder &builder,
                          llvm::ArrayRef<LayerEntry> layers,
                          const nlohmann::json &config);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_MODELGRAPH_H
