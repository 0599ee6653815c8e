//===- WeightSource.cpp - Where a Keras layer's weights are -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/WeightSource.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

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

/// The shape of an array whose axis i is axis `layout[i]` of `shape`, or of
/// size one where that is negative.
static SmallVector<int64_t> permute(ArrayRef<int64_t> shape,
                                    ArrayRef<int64_t> layout) {
  SmallVector<int64_t> permuted;
  for (int64_t axis : layout)
    permuted.push_back(axis < 0 ? 1 : shape[axis]);
  return permuted;
}

/// The array of `shape` that is stored with axes in another order.
static Array restore(const Array &stored, ArrayRef<int64_t> shape,
                     ArrayRef<int64_t> layout) {
  // How far apart neighbours along each axis of the result are stored.
  SmallVector<int64_t> distances(shape.size(), 0), index(shape.size(), 0);
  int64_t distance = 1;
  for (auto [axis, size] :
       llvm::reverse(llvm::zip_equal(layout, stored.shape))) {
    if (axis >= 0)
      distances[axis] = distance;
    distance *= size;
  }
  Array array{SmallVector<int64_t>(shape), {}};
  array.values.reserve(stored.values.size());
  int64_t from = 0;
  while (array.values.size() < stored.values.size()) {
    array.values.push_back(stored.values[from]);
    for (size_t axis = shape.size(); axis-- > 0;) {
      from += distances[axis];
      if (++index[axis] < shape[axis])
        break;
      from -= distances[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return array;
}

/// Reads a dataset whose shape must be that of `spec`, in one of its layouts.
static Expected<Array> readChecked(Hdf5File &file, const Twine &path,
                                   const WeightSpec &spec) {
  std::string name = path.str();
  auto expectation = [&](ArrayRef<int64_t> shape) {
    return ("expects " + spec.name + " of shape " + formatShape(shape) +
            " at " + name + ", but got ")
        .str();
  };
  SmallVector<int64_t> expected =
      spec.layouts.empty() ? spec.shape
                           : permute(spec.shape, spec.layouts.front());
  if (!file.isDataset(name))
    return makeError(expectation(expected) + "none");
  Expected<SmallVector<int64_t>> shape = file.getDatasetShape(name);
  if (!shape)
    return shape.takeError();
  if (spec.layouts.empty() && *shape == spec.shape)
    return file.readDataset(name);
  for (const SmallVector<int64_t> &layout : spec.layouts)
    if (*shape == permute(spec.shape, layout)) {
      Expected<Array> stored = file.readDataset(name);
      if (!stored)
        return stored.takeError();
      return restore(*stored, spec.shape, layout);
    }
  return makeError(expectation(expected) + formatShape(*shape));
}

namespace {

//===----------------------------------------------------------------------===//
// Keras 3 and the archives of Keras 2
//===----------------------------------------------------------------------===//

/// `layers/dense_1/vars/0`: groups are named by class and counted per
/// container, weights are numbered in order of creation.
class NumberedWeights : public WeightSource {
public:
  explicit NumberedWeights(std::unique_ptr<Hdf5File> file)
      : file(std::move(file)) {}

  Expected<std::vector<Array>> read(const LayerPath &layer,
                                    ArrayRef<WeightSpec> specs,
                                    StringRef part) override {
    std::string group;
    for (const LayerStep &step : layer)
      group = step.isMember ? group + "/" + step.group : findStep(group, step);
    // Keras 2 named parts by attributes that were private.
    if (!part.empty() && file->isGroup(group + ("/_" + part).str()))
      group += ("/_" + part).str();
    else if (!part.empty())
      group += ("/" + part).str();
    group += "/vars";
    std::vector<Array> arrays;
    Error errors = Error::success();
    for (auto [index, spec] : enumerate(specs)) {
      Expected<Array> array =
          readChecked(*file, group + "/" + Twine(index), spec);
      if (array)
        arrays.push_back(std::move(*array));
      else
        errors = joinErrors(std::move(errors), array.takeError());
    }
    if (errors)
      return std::move(errors);
    return arrays;
  }

private:
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

//===----------------------------------------------------------------------===//
// Keras 1 and 2, and the .h5 of Keras 3
//===----------------------------------------------------------------------===//

/// `model_weights/dense/dense/kernel:0`: a group for each layer of the model,
/// whose attribute `weight_names` lists the datasets in order of creation.
class NamedWeights : public WeightSource {
public:
  NamedWeights(std::unique_ptr<Hdf5File> file, StringRef root)
      : file(std::move(file)), root(root),
        isTheano(this->file->getString(root, "backend") == "theano") {}

  Expected<std::vector<Array>> read(const LayerPath &layer,
                                    ArrayRef<WeightSpec> specs,
                                    StringRef part) override {
    std::string group = root + layer.front().name;
    std::vector<std::string> names = file->getStrings(group, "weight_names")
                                         .value_or(std::vector<std::string>());
    size_t members = 0;
    while (layer[layer.size() - 1 - members].isMember)
      ++members;
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
    std::vector<Array> arrays;
    Error errors = Error::success();
    for (auto [index, spec] : enumerate(specs)) {
      const std::string *name = find(names, index, specs.size(), spec.name);
      Expected<Array> array = readChecked(
          *file, group + "/" + (name ? StringRef(*name) : spec.name), spec);
      if (array && isTheano && spec.windowAxes > 0)
        turnWindow(*array, spec.windowAxes);
      if (array)
        arrays.push_back(std::move(*array));
      else
        errors = joinErrors(std::move(errors), array.takeError());
    }
    if (errors)
      return std::move(errors);
    return arrays;
  }

private:
  /// The number of gates of a recurrent layer with a bias, whose weights Keras
  /// 1 stored for each gate; of any other layer, one.
  static size_t countGates(ArrayRef<WeightSpec> specs) {
    return specs.size() == 3 && specs[1].name == "recurrent_kernel"
               ? specs[1].shape.back() / specs[1].shape.front()
               : 1;
  }

  /// Joins the columns of the gates, in whose order the candidate of an LSTM
  /// came before the forget gate.
  Expected<std::vector<Array>> readGates(StringRef group,
                                         ArrayRef<std::string> names,
                                         ArrayRef<WeightSpec> specs,
                                         size_t gates) {
    std::vector<Array> arrays;
    for (auto [index, spec] : enumerate(specs)) {
      WeightSpec part{spec.name, spec.shape};
      part.shape.back() /= gates;
      std::vector<Array> parts;
      for (size_t gate = 0; gate < gates; ++gate) {
        size_t stored =
            gates == 4 && (gate == 1 || gate == 2) ? 3 - gate : gate;
        Expected<Array> array = readChecked(
            *file, group + "/" + names[stored * specs.size() + index], part);
        if (!array)
          return array.takeError();
        parts.push_back(std::move(*array));
      }
      Array joined{spec.shape, {}};
      size_t columns = part.shape.back();
      for (size_t row = 0; row < parts.front().values.size(); row += columns)
        for (const Array &array : parts)
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
  static void turnWindow(Array &kernel, size_t axes) {
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

Expected<std::unique_ptr<WeightSource>>
keras::openWeights(std::unique_ptr<Hdf5File> file) {
  if (file->isGroup("model_weights"))
    return std::make_unique<NamedWeights>(std::move(file), "model_weights/");
  if (file->getStrings("", "layer_names"))
    return std::make_unique<NamedWeights>(std::move(file), "");
  if (file->isGroup("layers") ||
      file->isGroup("_layer_checkpoint_dependencies"))
    return std::make_unique<NumberedWeights>(std::move(file));
  return makeError("expects an HDF5 file with weights of a Keras model");
}
