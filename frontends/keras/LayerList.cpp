//===- LayerList.cpp - The Keras layers that can be imported ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/KerasModel.h"
#include "frontends/keras/Layer.h"
#include "frontends/keras/RawOperations.h"
#include "llvm/ADT/StringExtras.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

/// The attributes that the importer of a class asks for: what it reads from a
/// config without any, and of an unknown input.
static std::vector<std::string> findAttributes(MLIRContext *context,
                                               const LayerClass &layerClass) {
  ModelBuilder builder("", {}, context);
  ModelContext model{builder, nullptr, /*kerasVersion=*/llvm::VersionTuple(3)};
  // An operation has its parameters in the table.
  if (!layerClass.parameters.empty()) {
    std::vector<std::string> parameters;
    for (StringRef parameter : llvm::split(layerClass.parameters, ','))
      parameters.push_back(parameter.str());
    return parameters;
  }
  json empty = json::object();
  ObjectReader config(empty, [&] { return builder.emitError(); });
  Layer layer{model, builder, config, "", {}, {Value()}};
  layer.className = layerClass.name.str();
  layerClass.import(layer);
  std::vector<std::string> attributes = config.getReadKeys().vec();
  // The other layout is turned into this one before.
  llvm::replace(attributes, std::string("data_format=channels_last"),
                std::string("data_format"));
  return attributes;
}

std::vector<LayerDescription> frieze::listKerasLayers(MLIRContext *context) {
  ScopedDiagnosticHandler silence(context, [](Diagnostic &) {});
  std::vector<LayerDescription> layers;
  for (const LayerClass *layerClass : getLayerClasses())
    layers.push_back({"Keras", layerClass->name.str(),
                      findAttributes(context, *layerClass)});
  // They are no layers of their own, but ways to import another.
  for (const char *wrapper : {"SpectralNormalization", "TimeDistributed"})
    layers.push_back({"Keras", wrapper, {"layer"}});
  llvm::append_range(layers, listRawOperations());
  llvm::sort(layers,
             [](const auto &a, const auto &b) { return a.name < b.name; });
  return layers;
}
