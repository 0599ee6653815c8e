//===- KerasModel.cpp - Import of Keras models ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/KerasModel.h"
#include "frontends/Files.h"
#include "frontends/ForeignFiles.h"
#include "frontends/Json.h"
#include "frontends/ZipArchive.h"
#include "frontends/keras/ModelImporter.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

/// No archive holds more weights, optimizer state included.
static constexpr size_t maxWeightBytes = size_t(1) << 31;

static constexpr char weightsAlone[] =
    "weights alone; give the architecture as MODEL, the text of "
    "model.to_json(), and this file by --weights";

static OwningOpRef<ModuleOp> fail(const ModelFile &file, Error error) {
  handleAllErrors(std::move(error), [&](const ErrorInfoBase &info) {
    emitError(getLayerLocation(file.context, file.path)) << info.message();
  });
  return {};
}

/// The major version and the minor one, if any, or `fallback`.
static VersionTuple parseVersion(StringRef version, unsigned fallback) {
  unsigned major = 0, minor = 0;
  auto [first, rest] = version.split('.');
  if (first.getAsInteger(10, major) || major < 1)
    return VersionTuple(fallback);
  if (rest.split('.').first.getAsInteger(10, minor))
    return VersionTuple(major);
  return VersionTuple(major, minor);
}

static VersionTuple getVersion(const json &object, unsigned fallback) {
  if (object.is_object() && object.contains("keras_version") &&
      object["keras_version"].is_string())
    return parseVersion(object["keras_version"].get_ref<const std::string &>(),
                        fallback);
  return VersionTuple(fallback);
}

/// Opens weights in HDF5, which may lie in an archive.
static Expected<std::unique_ptr<WeightSource>>
openWeightBytes(StringRef bytes) {
  std::string member;
  if (isZip(bytes)) {
    Expected<ZipArchive> archive = ZipArchive::open(bytes);
    if (!archive)
      return archive.takeError();
    if (!archive->contains("model.weights.h5"))
      if (ForeignFile foreign = recognizeFile("", bytes);
          !foreign.wayOut.empty())
        return makeError("expects weights in HDF5, but got " + foreign.kind);
    if (Error error =
            archive->read("model.weights.h5", maxWeightBytes).moveInto(member))
      return std::move(error);
    bytes = member;
  }
  if (!isHdf5(bytes))
    return makeError("expects weights in HDF5, but got " +
                     recognizeFile("", bytes).kind);
  Expected<std::unique_ptr<Hdf5File>> file = Hdf5File::open(bytes);
  if (!file)
    return file.takeError();
  return openWeights(std::move(*file));
}

/// Opens the file of `--weights`, if there is one, and else `bytes`.
static Expected<std::unique_ptr<WeightSource>>
openWeightFile(const ModelFile &file, StringRef bytes) {
  const std::string &path = file.options.weightsPath;
  if (path.empty())
    return openWeightBytes(bytes);
  auto inFile = [&](Error error) {
    return makeError("weights '" + path + "': " + toString(std::move(error)));
  };
  Expected<std::string> own = readFile(path);
  if (!own)
    return inFile(own.takeError());
  if (file.options.onRead)
    file.options.onRead(*own);
  auto weights = openWeightBytes(*own);
  if (!weights)
    return inFile(weights.takeError());
  return weights;
}

OwningOpRef<ModuleOp> frieze::importKerasArchive(const ModelFile &file) {
  Expected<ZipArchive> archive = ZipArchive::open(file.bytes);
  if (!archive)
    return fail(file, archive.takeError());
  if (!archive->contains("config.json"))
    return fail(file,
                makeError("expects a Keras archive, with a member "
                          "'config.json', but got " +
                          recognizeFile(file.path, file.bytes).describe()));
  std::string config;
  if (Error error = archive->read("config.json", maxJsonBytes).moveInto(config))
    return fail(file, std::move(error));
  Expected<json> root = parseJson(config);
  if (!root)
    return fail(file, root.takeError());

  VersionTuple version(3);
  if (archive->contains("metadata.json")) {
    std::string text;
    if (Error error = archive->read("metadata.json", 1 << 16).moveInto(text))
      return fail(file, std::move(error));
    Expected<json> metadata = parseJson(text);
    if (!metadata)
      return fail(file, metadata.takeError());
    version = getVersion(*metadata, 3);
  }
  auto weights = openWeightFile(file, file.bytes);
  if (!weights)
    return fail(file, weights.takeError());
  return importConfig(file, std::move(*root), weights->get(), version);
}

OwningOpRef<ModuleOp> frieze::importKerasHdf5(const ModelFile &file) {
  Expected<std::unique_ptr<Hdf5File>> hdf5 = Hdf5File::open(file.bytes);
  if (!hdf5)
    return fail(file, hdf5.takeError());
  std::optional<std::string> config = (*hdf5)->getString("", "model_config");
  if (!config) {
    auto weights = openWeights(std::move(*hdf5));
    bool areWeights = bool(weights);
    if (!areWeights)
      consumeError(weights.takeError());
    return fail(
        file, makeError("expects a whole Keras model, with an attribute "
                        "'model_config', but got " +
                        Twine(areWeights ? weightsAlone : "other HDF5 data")));
  }
  Expected<json> root = parseJson(*config);
  if (!root)
    return fail(file, root.takeError());
  // Keras 1 noted no version at first.
  VersionTuple version =
      parseVersion((*hdf5)->getString("", "keras_version").value_or(""), 1);
  auto weights = file.options.weightsPath.empty()
                     ? openWeights(std::move(*hdf5))
                     : openWeightFile(file, "");
  if (!weights)
    return fail(file, weights.takeError());
  return importConfig(file, std::move(*root), weights->get(), version);
}

OwningOpRef<ModuleOp> frieze::importKerasJson(const ModelFile &file,
                                              const json &root) {
  // Keras 3 writes no version, but where a class comes from; Keras 2.13 both.
  VersionTuple version = getVersion(root, root.contains("module") ? 3 : 1);
  if (file.options.weightsPath.empty())
    return importConfig(file, root, nullptr, version);
  auto weights = openWeightFile(file, "");
  if (!weights)
    return fail(file, weights.takeError());
  return importConfig(file, root, weights->get(), version);
}
