//===- NamedWeights.cpp - Weights by layer name -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/WeightLayouts.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::keras;

namespace {
/// `model_weights/dense/dense/kernel:0`: a group for each layer of the model,
/// whose attribute `weight_names` lists the datasets in order of creation.
class NamedWeights : public WeightSource {
public:
  NamedWeights(std::unique_ptr<Hdf5File> file, StringRef root)
      : file(std::move(file)), root(root),
        isTheano(this->file->getString(root, "backend") == "theano") {}

  Expected<std::vector<DoubleArray>> read(const LayerPath &layer,
                                          ArrayRef<WeightSpec> specs,
                                          StringRef part) override {
    std::string group = root + layer.front().name;
    std::vector<std::string> names = file->getStrings(group, "weight_names")
                                         .value_or(std::vector<std::string>());
    size_t members = countMembers(layer);
    ArrayRef<LayerStep> path = ArrayRef(layer).drop_back(members);
    if (path.size() > 1) {
      size_t parts = members + !part.empty();
      std::vector<std::string> selected =
          selectLayer(names, path, parts, /*isNumbered=*/false);
      // TensorFlow 1 numbered names that it had seen before.
      if (selected.empty())
        selected = selectLayer(names, path, parts, /*isNumbered=*/true);
      names = std::move(selected);
    }
    bool hasDirections = llvm::any_of(layer, [](const LayerStep &step) {
      return step.group == "forward_layer" || step.group == "backward_layer";
    });
    size_t gates = countGates(specs), own = specs.size();
    bool areApart =
        gates > 1 && names.size() == own * gates * (hasDirections ? 2 : 1);
    if (areApart)
      own *= gates;
    // The weights of both directions follow one another.
    for (const LayerStep &step : layer) {
      if (step.group == "forward_layer" && names.size() > own)
        names.resize(own);
      if (step.group == "backward_layer" && names.size() > own)
        names.erase(names.begin(), names.end() - own);
    }
    if (areApart)
      return readGates(group, names, specs, gates);
    names = selectPart(names, part);
    // Cells that follow one another have names of their own.
    for (auto [before, step] : llvm::zip(layer, ArrayRef(layer).drop_front()))
      if (before.group == "cells") {
        names = selectStep(names, step.name);
        if (names.size() > specs.size())
          return createStringError("expects cells of different names, but got "
                                   "several of '" +
                                   step.name + "'");
      }
    return readArrays(specs, [&](size_t index, const WeightSpec &spec) {
      const std::string *name = find(names, index, specs.size(), spec.name);
      Expected<DoubleArray> array = readArray(
          *file, group + "/" + (name ? StringRef(*name) : spec.name), spec);
      if (array && isTheano && spec.windowAxes > 0)
        turnWindow(*array, spec.windowAxes);
      return array;
    });
  }

  std::vector<StoredWeight> list(const LayerPath &layer) override {
    std::string group = root + layer.front().name;
    std::vector<std::string> names = file->getStrings(group, "weight_names")
                                         .value_or(std::vector<std::string>());
    ArrayRef<LayerStep> path = ArrayRef(layer).drop_back(countMembers(layer));
    if (path.size() > 1)
      names = selectWithin(names, path.drop_front());
    std::vector<StoredWeight> weights;
    for (auto [index, name] : enumerate(names))
      weights.push_back({std::to_string(index),
                         StringRef(name).split(':').first.str(),
                         group + "/" + name});
    return weights;
  }

  Expected<DoubleArray> read(const StoredWeight &weight) override {
    return file->readDataset(weight.dataset);
  }

private:
  /// How many steps at the end are attributes of the layers before.
  static size_t countMembers(const LayerPath &layer) {
    size_t members = 0;
    while (layer[layer.size() - 1 - members].isMember)
      ++members;
    return members;
  }

  /// The number of gates of a recurrent layer with a bias, whose weights Keras
  /// 1 stored for each gate; of any other layer, one.
  static size_t countGates(ArrayRef<WeightSpec> specs) {
    return specs.size() == 3 && specs[1].name == "recurrent_kernel"
               ? specs[1].shape.back() / specs[1].shape.front()
               : 1;
  }

  /// Joins the columns of the gates, in whose order the candidate of an LSTM
  /// came before the forget gate.
  Expected<std::vector<DoubleArray>> readGates(StringRef group,
                                               ArrayRef<std::string> names,
                                               ArrayRef<WeightSpec> specs,
                                               size_t gates) {
    std::vector<DoubleArray> arrays;
    for (auto [index, spec] : enumerate(specs)) {
      WeightSpec part{spec.name, spec.shape};
      part.shape.back() /= gates;
      std::vector<DoubleArray> parts;
      for (size_t gate = 0; gate < gates; ++gate) {
        size_t stored =
            gates == 4 && (gate == 1 || gate == 2) ? 3 - gate : gate;
        Expected<DoubleArray> array = readArray(
            *file, group + "/" + names[stored * specs.size() + index], part);
        if (!array)
          return array.takeError();
        parts.push_back(std::move(*array));
      }
      DoubleArray joined{spec.shape, {}};
      size_t columns = part.shape.back();
      for (size_t row = 0; row < parts.front().values.size(); row += columns)
        for (const DoubleArray &array : parts)
          joined.values.insert(joined.values.end(), array.values.begin() + row,
                               array.values.begin() + row + columns);
      arrays.push_back(std::move(joined));
    }
    return arrays;
  }

  /// The last part of a name without TensorFlow's output number: `kernel` of
  /// `dense/kernel:0`.
  static StringRef getLeaf(StringRef name) {
    return getLastPart(name).split(':').first;
  }

  static StringRef getLastPart(StringRef name) {
    return name.substr(name.rfind('/') + 1);
  }

  /// The group of a nested model lists the weights of all its layers, as
  /// `inner/dense/kernel` or, in Keras 2, without the models:
  /// `dense/kernel:0`. Up to `parts` more names follow for its members and a
  /// part of it: `bidirectional/forward_lstm/lstm_cell/kernel`.
  static std::vector<std::string> selectLayer(ArrayRef<std::string> names,
                                              ArrayRef<LayerStep> path,
                                              size_t parts, bool isNumbered) {
    std::vector<std::string> selected;
    // Models within the nested one may have layers of the same name: of all
    // candidates, those with most of the layer's models count, and then those
    // with fewest others.
    std::pair<int64_t, int64_t> best{-1, 0};
    for (const std::string &name : names) {
      StringRef prefix = getPrefix(name);
      for (size_t i = 0;
           i < parts && !endsWithStep(prefix, path.back().name, isNumbered);
           ++i)
        prefix = getPrefix(prefix);
      if (!endsWithStep(prefix, path.back().name, isNumbered))
        continue;
      int64_t models = 0;
      for (const LayerStep &step : path.drop_back())
        models += ("/" + prefix).str().find("/" + step.name + "/") !=
                  std::string::npos;
      std::pair<int64_t, int64_t> score{models, -int64_t(prefix.count('/'))};
      if (score > best)
        selected.clear();
      best = std::max(best, score);
      if (score == best)
        selected.push_back(name);
    }
    return selected;
  }

  /// The names of a layer of a nested model, and of any layers in it. `path`
  /// leads from that model to it; names have the models or, in Keras 2, not.
  static std::vector<std::string> selectWithin(ArrayRef<std::string> names,
                                               ArrayRef<LayerStep> path) {
    std::vector<std::string> selected;
    for (; !path.empty() && selected.empty(); path = path.drop_front()) {
      std::string infix = "/";
      for (const LayerStep &step : path)
        infix += step.name + "/";
      // Layers that are called so within others stand further behind.
      size_t first = std::string::npos;
      for (const std::string &name : names) {
        size_t place = ("/" + name).find(infix);
        if (place < first)
          selected.clear();
        first = std::min(first, place);
        if (place == first && place != std::string::npos)
          selected.push_back(name);
      }
    }
    return selected;
  }

  /// What precedes the last part of a name.
  static StringRef getPrefix(StringRef name) {
    size_t slash = name.rfind('/');
    return slash == StringRef::npos ? "" : name.substr(0, slash);
  }

  /// Whether the last step of `prefix` is the layer, whose name may have
  /// slashes. `isNumbered`: with a number behind.
  static bool endsWithStep(StringRef prefix, StringRef layer, bool isNumbered) {
    if (isNumbered) {
      StringRef base = prefix.rtrim("0123456789");
      if (base.size() == prefix.size() || !base.consume_back("_"))
        return false;
      prefix = base;
    }
    return prefix.consume_back(layer) &&
           (prefix.empty() || prefix.ends_with("/"));
  }

  /// The weights of a part of a layer that has several, which are dense layers:
  /// `attention/query/kernel`. Otherwise all.
  static std::vector<std::string> selectPart(ArrayRef<std::string> names,
                                             StringRef part) {
    StringRef step = part == "output_dense" ? "attention_output" : part;
    if (!step.consume_back("_dense") && part != "output_dense")
      return names;
    return selectStep(names, step);
  }

  /// The names with the step `step` on their way.
  static std::vector<std::string> selectStep(ArrayRef<std::string> names,
                                             StringRef step) {
    std::string infix = ("/" + step + "/").str();
    std::vector<std::string> selected;
    llvm::copy_if(names, std::back_inserter(selected),
                  [&](StringRef name) { return name.contains(infix); });
    return selected;
  }

  /// The name of weight `index` of `count`: by its last part, or else by its
  /// position (Keras 1 wrote `dense_1_W`, depthwise layers `depthwise_kernel`).
  static const std::string *find(ArrayRef<std::string> names, size_t index,
                                 size_t count, StringRef weight) {
    for (const std::string &name : names)
      if (getLeaf(name) == weight)
        return &name;
    if (names.size() == count)
      return &names[index];
    return nullptr;
  }

  /// Theano moves its windows backwards. Reverses the first `axes` axes.
  static void turnWindow(DoubleArray &kernel, size_t axes) {
    size_t taps = 1;
    for (int64_t size : ArrayRef(kernel.shape).take_front(axes))
      taps *= size;
    size_t tapSize = kernel.values.size() / taps;
    for (size_t tap = 0; tap < taps / 2; ++tap)
      std::swap_ranges(kernel.values.begin() + tap * tapSize,
                       kernel.values.begin() + (tap + 1) * tapSize,
                       kernel.values.end() - (tap + 1) * tapSize);
  }

  std::unique_ptr<Hdf5File> file;
  std::string root;
  bool isTheano;
};
} // namespace

std::unique_ptr<WeightSource>
keras::openNamedWeights(std::unique_ptr<Hdf5File> file, StringRef root) {
  return std::make_unique<NamedWeights>(std::move(file), root);
}
