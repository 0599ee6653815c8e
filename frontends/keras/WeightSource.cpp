//===- WeightSource.cpp - Where a Keras layer's weights are -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/WeightSource.h"
#include "frontends/keras/WeightLayouts.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::keras;

std::string keras::toSnakeCase(StringRef className) {
  // An underscore before a capital that a lower-case letter follows or
  // precedes, not at the beginning.
  std::string snake;
  for (size_t i = 0; i < className.size(); ++i) {
    char c = className[i];
    if (!isAlnum(c) && c != '_')
      continue;
    bool followed = i + 1 < className.size() && isLower(className[i + 1]);
    bool preceded = i > 0 && isLower(className[i - 1]);
    if (isUpper(c) && !snake.empty() && (followed || preceded))
      snake += '_';
    snake += toLower(c);
  }
  return snake;
}

std::string keras::getPathKey(const LayerPath &layer) {
  std::string key;
  for (const LayerStep &step : layer)
    key += "/" + step.group + "_" + std::to_string(step.ordinal);
  return key;
}

Expected<std::unique_ptr<WeightSource>>
keras::openWeights(std::unique_ptr<Hdf5File> file) {
  if (file->isGroup("model_weights"))
    return openNamedWeights(std::move(file), "model_weights/");
  if (file->getStrings("", "layer_names"))
    return openNamedWeights(std::move(file), "");
  if (file->isGroup("layers") ||
      file->isGroup("_layer_checkpoint_dependencies"))
    return openNumberedWeights(std::move(file));
  return makeError("expects an HDF5 file with weights of a Keras model");
}
