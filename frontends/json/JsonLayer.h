//===- JsonLayer.h - One layer of Frieze's JSON being imported --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_JSON_JSONLAYER_H
#define FRIEZE_FRONTENDS_JSON_JSONLAYER_H

#include "frontends/GraphNode.h"
#include "frontends/Json.h"
#include "frontends/json/WeightFile.h"

#include <nlohmann/json_fwd.hpp>

namespace frieze {

/// What all layers of a model share.
struct JsonContext {
  ModelBuilder &builder;
  /// Null where there is none.
  const WeightFile *weights;
  /// Of a replacement (Replacements.h), what goes before the names of its
  /// layers, and before the problems with them.
  std::string prefix = "", origin = "";
  /// Of a replacement, the value of a key of the config, or null.
  std::function<const nlohmann::json *(llvm::StringRef key)> findConfig =
      nullptr;
};

/// One layer being imported.
struct JsonLayer {
  JsonContext &model;
  ModelBuilder &builder;
  ObjectReader &attributes;
  /// As the module has it, with the prefix of the context.
  std::string name;
  Tensors inputs;
  /// The only input as a value; null where it is not known, and of layers of
  /// several inputs.
  mlir::Value input = {};

  /// Whether the layer can be built: it has an input of a rank from `minimum`
  /// to `maximum`, with the batch, and the attributes so far are fine.
  bool checkReady(size_t minimum, size_t maximum);
  /// The shape of the input, or an empty one where it is null.
  llvm::ArrayRef<int64_t> getInputShape() const;
  /// Takes a list of `count` integers, or one for all, as ObjectReader does;
  /// of any length where the input, whose axes they are for, is not known.
  llvm::SmallVector<int64_t> takeInts(llvm::StringRef key,
                                      std::optional<int64_t> fallback,
                                      size_t count, int64_t minimum = 1);
  /// Takes `axis`, which counts the batch as 0 and may count from the end.
  std::optional<int64_t> takeAxis();
  /// Takes the list `key` of different axes, not the batch, in ascending order.
  std::optional<llvm::SmallVector<int64_t>> takeAxes(llvm::StringRef key);
  /// Takes the weights `parameter`: the values, nested or flat; the name of an
  /// array in the weight file, alone or as `{"weight": name}`; or `true` for
  /// the name `<layer>.<parameter>`, which is meant where a mandatory parameter
  /// is absent. Null if an optional one is absent and where checkReady() did
  /// not hold; a placeholder where this parameter itself is wrong.
  mlir::ElementsAttr takeWeights(llvm::StringRef parameter,
                                 llvm::ArrayRef<int64_t> shape,
                                 bool isOptional = false);

  bool isReady = false;
};

/// Reads all attributes of a layer and returns its output, null where a problem
/// was reported.
using ImportJsonLayerFn = Tensor (*)(JsonLayer &layer);

struct JsonLayerType {
  llvm::StringLiteral name;
  ImportJsonLayerFn import;
  /// How many inputs there must be, and can be.
  size_t minimumInputs = 1, maximumInputs = 1;
  /// Whether it takes constants as they are, and not as values of the model.
  bool takesConstants = false;
};

/// The type of that name, or null.
const JsonLayerType *findJsonLayer(llvm::StringRef type);
/// Those that combine several values, or move elements of one.
llvm::ArrayRef<JsonLayerType> getJsonOperations();

/// The name of the array that `value` means by `{"weight": ...}`: a name, or
/// the number of a weight of a replaced layer. Nothing where it is something
/// else.
std::optional<std::string> getWeightName(const nlohmann::json &value);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_JSON_JSONLAYER_H
