//===- JsonGraph.h - The layers of a model in Frieze's JSON -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_JSON_JSONGRAPH_H
#define FRIEZE_FRONTENDS_JSON_JSONGRAPH_H

#include "frontends/json/JsonLayer.h"
#include "llvm/ADT/StringMap.h"

namespace frieze {

/// An input of a model.
struct JsonInput {
  std::string name;
  /// Without the batch; kDynamic where a size is open. Nothing where the file
  /// tells none.
  std::optional<llvm::SmallVector<int64_t>> shape;
};

/// What a file says of a model, but for its weights.
struct JsonGraph {
  std::vector<JsonInput> inputs;
  /// A list of one or more; null where there is none, which is reported.
  const nlohmann::json *layers = nullptr;
  /// The names of layers: the last one's where the file names none.
  std::vector<std::string> outputs;
};

/// Takes `input` or `inputs`, `layers` and `outputs`.
JsonGraph readJsonGraph(ObjectReader &root);

/// The name of a layer, or "" where it has none.
std::string getJsonName(const nlohmann::json &layer);

/// The names that `outputs` depend on, among layers and inputs.
llvm::StringSet<> findNeeded(const JsonGraph &graph,
                             llvm::ArrayRef<std::string> outputs);

/// Imports the layers on `tensors`, which has the inputs by their names, and
/// adds their results. `needed`: those alone, or all where it is null.
void importJsonLayers(JsonContext &model, const JsonGraph &graph,
                      llvm::StringMap<Tensor> &tensors,
                      const llvm::StringSet<> *needed = nullptr);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_JSON_JSONGRAPH_H
