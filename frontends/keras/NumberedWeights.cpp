//===- NumberedWeights.cpp - Weights by class and number --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/WeightLayouts.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::keras;

namespace {
/// `layers/dense_1/vars/0`: groups are named by class and counted per
/// container, weights are numbered in order of creation.
class NumberedWeights : public WeightSource {
public:
  explicit NumberedWeights(std::unique_ptr<Hdf5File> file)
      : file(std::move(file)) {}

  Expected<std::vector<DoubleArray>> read(const LayerPath &layer,
                                          ArrayRef<WeightSpec> specs,
                                          StringRef part) override {
    std::string group = findGroup(layer);
    // Keras 2 named parts by attributes that were private.
    if (!part.empty() && file->isGroup(group + ("/_" + part).str()))
      group += ("/_" + part).str();
    else if (!part.empty())
      group += ("/" + part).str();
    group += "/vars";
    return readArrays(specs, [&](size_t index, const WeightSpec &spec) {
      return readArray(*file, group + "/" + Twine(index), spec);
    });
  }

  std::vector<StoredWeight> list(const LayerPath &layer) override {
    std::vector<StoredWeight> weights;
    collect(findGroup(layer), "", weights);
    return weights;
  }

  Expected<DoubleArray> read(const StoredWeight &weight) override {
    return file->readDataset(weight.dataset);
  }

private:
  std::string findGroup(const LayerPath &layer) {
    std::string group;
    for (const LayerStep &step : layer)
      group = step.isMember ? group + "/" + step.group : findStep(group, step);
    return group;
  }

  /// Adds the weights of `group`, which is `prefix` in the layer. A layer that
  /// stores its weights itself gives them names.
  void collect(const std::string &group, const std::string &prefix,
               std::vector<StoredWeight> &weights) {
    for (const std::string &child : file->getChildren(group + "/vars")) {
      bool isOwnNumber = prefix.empty() && llvm::all_of(child, isDigit);
      weights.push_back({isOwnNumber ? child : "",
                         isOwnNumber ? "" : prefix + child,
                         group + "/vars/" + child});
    }
    for (const std::string &child : file->getChildren(group))
      if (child != "vars" && file->isGroup(group + "/" + child))
        collect(group + "/" + child, prefix + child + "/", weights);
  }

  /// The groups in a container's group, and the ways to find them.
  struct Container {
    std::string prefix;
    /// By layer name, where Keras noted it; "" where two have the same.
    StringMap<std::string> byName;
    /// By class, in the order of their numbers.
    StringMap<std::vector<std::pair<unsigned, std::string>>> byClass;
    llvm::StringSet<> children;
  };

  const Container &getContainer(StringRef group) {
    auto [entry, isNew] = containers.try_emplace(group);
    Container &container = entry->second;
    if (!isNew)
      return container;
    container.prefix = (group + (group.empty() ? "" : "/") + "layers").str();
    // Keras 2.12 walked another attribute of the model first.
    std::string other =
        container.prefix.substr(0, container.prefix.size() - 6) +
        "_layer_checkpoint_dependencies";
    if (!file->isGroup(container.prefix) && file->isGroup(other))
      container.prefix = other;
    container.prefix += "/";
    for (const std::string &child : file->getChildren(container.prefix)) {
      container.children.insert(child);
      if (auto name =
              file->getString(container.prefix + child + "/vars", "name")) {
        auto [entry, isFirst] = container.byName.try_emplace(*name, child);
        if (!isFirst)
          entry->second = "";
      }
      container.byClass[child].emplace_back(0, child);
      unsigned number;
      auto [base, suffix] = StringRef(child).rsplit('_');
      if (!suffix.getAsInteger(10, number))
        container.byClass[base].emplace_back(number, child);
    }
    for (auto &group : container.byClass)
      llvm::sort(group.second);
    return container;
  }

  /// The group of a layer in the container's group.
  std::string findStep(StringRef group, const LayerStep &step) {
    const Container &container = getContainer(group);
    auto named = container.byName.find(step.name);
    if (named != container.byName.end() && !named->second.empty())
      return container.prefix + named->second;
    // Keras 2.12 counts some layers twice, so numbers may have gaps.
    auto counted = container.byClass.find(step.group);
    if (counted != container.byClass.end() &&
        step.ordinal < counted->second.size())
      return container.prefix + counted->second[step.ordinal].second;
    if (container.children.contains(step.name))
      return container.prefix + step.name;
    return container.prefix + step.group +
           (step.ordinal ? "_" + std::to_string(step.ordinal) : "");
  }

  StringMap<Container> containers;
  std::unique_ptr<Hdf5File> file;
};
} // namespace

std::unique_ptr<WeightSource>
keras::openNumberedWeights(std::unique_ptr<Hdf5File> file) {
  return std::make_unique<NumberedWeights>(std::move(file));
}
