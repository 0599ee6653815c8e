//===- ModelInputs.cpp - The inputs of a Keras model ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/ModelInputs.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

const json *keras::findInputShape(ModelBuilder &builder, const json &config,
                                  ArrayRef<LayerEntry> layers) {
  for (const char *key : {"batch_shape", "batch_input_shape"})
    if (const json *shape = findMember(*layers.front().config, key))
      return shape;
  if (const json *shape = findMember(config, "build_input_shape"))
    return shape;
  if (const json *build = findMember(config, "build_config"))
    if (const json *shape = findMember(*build, "input_shape"))
      return shape;
  // That of a model in front is known to its own first layer.
  if (!isModelClass(layers.front().className))
    return nullptr;
  std::vector<LayerEntry> nested = readLayers(builder, *layers.front().config);
  return nested.empty()
             ? nullptr
             : findInputShape(builder, *layers.front().config, nested);
}

Value keras::importInput(ModelBuilder &builder, const LayerEntry &first,
                         const json *shape) {
  std::string name = first.step.name + (first.isInput() ? "" : "_input");
  if (first.isInput()) {
    ObjectReader config(*first.config, [&] { return builder.emitError(name); });
    // Indices and truth values are passed as float32.
    ignoreHarmless(builder, config, /*allowIntegers=*/true);
    config.expectOnly("sparse", false);
    config.expectOnly("ragged", false);
    config.expectOnly("optional", false);
    config.finish();
  }
  if (!shape || !shape->is_array() || shape->empty()) {
    builder.emitError(name) << "expects an input with a known shape";
    return {};
  }
  // The batch of training, if any, is not that of inference.
  SmallVector<int64_t> sizes{ShapedType::kDynamic};
  for (size_t axis = 1; axis < shape->size(); ++axis) {
    const json &size = (*shape)[axis];
    if (size.is_null()) {
      sizes.push_back(ShapedType::kDynamic);
      continue;
    }
    if (!size.is_number_integer() || size.get<double>() < 1 ||
        size.get<double>() > double(maxElements)) {
      builder.emitError(name) << "expects an input of positive size, but got "
                              << formatJson(size) << " for axis " << axis;
      return {};
    }
    sizes.push_back(size.get<int64_t>());
  }
  return builder.addInput(name, sizes);
}
