//===- Replacements.cpp - What layers of other formats compute --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/json/Replacements.h"
#include "frontends/Files.h"
#include "frontends/OutputLayers.h"
#include "frontends/json/JsonGraph.h"
#include "frontends/json/LayerAccounts.h"
#include "llvm/ADT/StringExtras.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nlohmann::json;

/// A file that was read, and what it is used for.
struct frieze::Replacement {
  std::string layer, path;
  json root = {};
  JsonGraph graph = {};
  /// What layers have beside what it reads, by the names there; a name stands
  /// for all that is nested in it.
  std::vector<std::string> ignoredConfig = {}, ignoredWeights = {};
  bool isValid = false, isUsed = false;
  /// What the name of the option means in the model.
  std::set<std::string> names = {}, classes = {};

  /// Before what is wrong with it.
  std::string getOrigin() const { return "in '" + path + "': "; }
};

std::string frieze::suggestReplacement(StringRef layer) {
  std::string file;
  bool isPlain = true;
  for (char c : layer) {
    bool isWord = isAlnum(c) || c == '_' || c == '-';
    if (isWord || c == '.')
      file += c == '.' ? '_' : toLower(c);
    isPlain &= isWord || c == '.' || c == ':' || c == '/';
  }
  StringRef quote = isPlain ? "" : "'";
  return ("; say what it computes, as in --replace-layer " + quote + layer +
          "=" + (file.empty() ? "layer" : file) + ".json" + quote +
          " (docs/ModelFormat.md)")
      .str();
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

/// Takes a list of names.
static std::vector<std::string> takeNames(ObjectReader &reader, StringRef key) {
  const json *value = reader.take(key);
  auto names = value ? readStrings(*value) : std::nullopt;
  if (value && !names)
    reader.emitError() << "expects '" << key << "' to be a list of names";
  return names.value_or(std::vector<std::string>());
}

/// Reads the file, and reports what is wrong with it.
static void read(ModelBuilder &builder, Replacement &replacement) {
  auto emitError = [&] {
    InFlightDiagnostic diagnostic = builder.emitError();
    diagnostic << "--replace-layer=" << replacement.layer << ": "
               << replacement.getOrigin();
    return diagnostic;
  };
  Expected<std::string> text = readFile(replacement.path);
  if (!text) {
    emitError() << toString(text.takeError());
    return;
  }
  builder.noteRead(*text);
  Expected<json> root = parseJson(*text);
  if (!root) {
    emitError() << toString(root.takeError());
    return;
  }
  replacement.root = std::move(*root);
  ObjectReader reader(replacement.root, emitError);
  if (!replacement.root.is_object() ||
      reader.takeString("format", "") != "frieze-model") {
    emitError() << "expects a Frieze model (\"format\": \"frieze-model\")";
    return;
  }
  if (reader.takeInt("version", {}) != 1)
    reader.emitError() << "expects version 1";
  reader.ignore("$schema");
  replacement.graph = readJsonGraph(reader);
  replacement.ignoredConfig = takeNames(reader, "ignored_config");
  replacement.ignoredWeights = takeNames(reader, "ignored_weights");
  if (reader.take("weights"))
    reader.emitError() << "expects no 'weights', as those of the layer are in "
                          "the file of the model";
  reader.finish();
  replacement.isValid = !reader.hasFailed();
}

Replacements::Replacements(ModelBuilder &builder) : builder(builder) {
  for (const LayerReplacement &option : builder.takeReplacements()) {
    replacements.push_back(
        std::make_unique<Replacement>(Replacement{option.layer, option.path}));
    read(builder, *replacements.back());
  }
}

Replacements::~Replacements() = default;

//===----------------------------------------------------------------------===//
// Layers that they are for
//===----------------------------------------------------------------------===//

/// What stands behind the package of a class or the domain of an operator.
static StringRef getPlainClass(StringRef className) {
  for (StringRef separator : {">", "::"})
    if (size_t place = className.rfind(separator); place != StringRef::npos)
      return className.drop_front(place + separator.size());
  return className;
}

const Replacement *Replacements::find(StringRef className, StringRef path) {
  if (replacements.empty())
    return nullptr;
  if (knownClasses.insert(className).second)
    classes.push_back(className.str());
  Replacement *found = nullptr;
  bool isNamed = false;
  for (auto &replacement : replacements) {
    StringRef layer = replacement->layer;
    bool isName = isEndOf(layer, path);
    if (!isName && layer != className && layer != getPlainClass(className))
      continue;
    if (isName)
      replacement->names.insert(path.str());
    else
      replacement->classes.insert(className.str());
    if (found && isName == isNamed)
      builder.emitError(path.drop_front())
          << "expects one --replace-layer, but got both of '" << found->layer
          << "' and '" << layer << "'";
    if (!found || isName)
      found = replacement.get();
    isNamed |= isName;
  }
  if (found)
    found->isUsed = true;
  return found;
}

/// `'a', 'b'` of the first few.
static std::string list(const std::set<std::string> &names) {
  return listNames(llvm::to_vector_of<StringRef>(names));
}

void Replacements::finish() {
  // A file that is refused as a whole has no layers.
  if (classes.empty())
    return;
  for (auto &replacement : replacements) {
    StringRef layer = replacement->layer;
    const auto &[names, meant] =
        std::tie(replacement->names, replacement->classes);
    if (names.empty() && meant.empty())
      builder.emitError()
          << "expects --replace-layer to name a class or a layer of the model, "
             "but there is no '"
          << layer << "'; its classes are "
          << listNames(llvm::to_vector_of<StringRef>(classes), 20);
    else if (!replacement->isUsed)
      builder.emitError() << "expects --replace-layer=" << layer
                          << " to be used, but layers of that class have "
                             "replacements of their own";
    else if (names.size() > 1)
      builder.emitError() << "expects --replace-layer to name one layer, but '"
                          << layer << "' can be any of " << list(names)
                          << "; give one of these";
    else if (!names.empty() && !meant.empty())
      builder.emitError()
          << "expects --replace-layer to name a class or a layer, but '"
          << layer << "' can be layer " << list(names) << " and class "
          << list(meant) << "; give /" << layer << " for the layer";
    else if (meant.size() > 1)
      builder.emitError() << "expects --replace-layer to name one class, but '"
                          << layer << "' can be any of " << list(meant)
                          << "; give one of these";
  }
}

//===----------------------------------------------------------------------===//
// What they compute
//===----------------------------------------------------------------------===//

/// `[null, 8]`
static std::string formatSizes(ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : ", ") +
            (ShapedType::isDynamic(size) ? "null" : std::to_string(size));
  return "[" + text + "]";
}

/// Whether `given`, with the batch, is what an input says; reported if not.
static bool checkShape(const JsonInput &input, ArrayRef<int64_t> given,
                       llvm::function_ref<InFlightDiagnostic()> emitError) {
  if (!input.shape)
    return true;
  bool fits =
      input.shape->size() + 1 == given.size() &&
      llvm::all_of(llvm::zip_equal(*input.shape, given.drop_front()),
                   [](auto pair) {
                     auto [expected, size] = pair;
                     return ShapedType::isDynamic(expected) || expected == size;
                   });
  if (!fits)
    emitError() << "expects input '" << input.name << "' of shape "
                << formatSizes(*input.shape) << " without the batch, but got "
                << (given.empty() ? "a scalar"
                                  : formatSizes(given.drop_front()));
  return fits;
}

/// The inputs of the layer under the names that the replacement has for them.
/// Nothing where they are others, which is reported.
static std::optional<StringMap<Tensor>>
bindInputs(const Replacement &replacement, const ReplacedLayer &layer,
           llvm::function_ref<InFlightDiagnostic()> emitError) {
  const std::vector<JsonInput> &inputs = replacement.graph.inputs;
  StringMap<Tensor> tensors;
  for (const ReplacedLayer::Input &given : layer.inputs)
    if (!given.keyword.empty())
      tensors[given.keyword] = given.tensor;
  auto next = layer.inputs.begin();
  for (const JsonInput &input : inputs) {
    if (tensors.contains(input.name))
      continue;
    while (next != layer.inputs.end() && !next->keyword.empty())
      ++next;
    if (next != layer.inputs.end())
      tensors[input.name] = next++->tensor;
  }
  if (tensors.size() != inputs.size() || layer.inputs.size() != inputs.size() ||
      !llvm::all_of(inputs, [&](const JsonInput &input) {
        return tensors.contains(input.name);
      })) {
    InFlightDiagnostic diagnostic = emitError();
    diagnostic << "expects the replacement to have the layer's inputs, which "
                  "are "
               << layer.inputs.size();
    for (const ReplacedLayer::Input &given : layer.inputs)
      if (!given.keyword.empty())
        diagnostic << ", one called '" << given.keyword << "'";
    diagnostic << ", but got " << inputs.size();
    return std::nullopt;
  }
  bool fits = true;
  for (const JsonInput &input : inputs) {
    const Tensor &tensor = tensors[input.name];
    fits &= !tensor || checkShape(input, tensor.getShape(), emitError);
  }
  return fits ? std::optional(std::move(tensors)) : std::nullopt;
}

/// Reports what the layer has and the replacement neither reads nor ignores.
static void checkUnread(ArrayRef<std::string> unread, StringRef what,
                        StringRef reference, StringRef key,
                        llvm::function_ref<InFlightDiagnostic()> emitError) {
  for (const std::string &name : unread)
    emitError() << "expects the replacement to read " << what << " '" << name
                << "' of the layer by {\"" << reference << "\": \"" << name
                << "\"}, or to list it in '" << key << "'";
}

SmallVector<Value> Replacements::import(const Replacement &replacement,
                                        const ReplacedLayer &layer) {
  if (!replacement.isValid)
    return {};
  auto emitError = [&] {
    InFlightDiagnostic diagnostic = builder.emitError(layer.name);
    diagnostic << replacement.getOrigin();
    return diagnostic;
  };
  auto tensors = bindInputs(replacement, layer, emitError);
  if (!tensors)
    return {};
  LayerConfig config(layer.config);
  LayerWeights weights(layer.weights);
  JsonContext context{builder, &weights, layer.name + "/",
                      replacement.getOrigin(),
                      [&](StringRef key) { return config.find(key); }};
  importJsonLayers(context, replacement.graph, *tensors);
  checkUnread(config.findUnread(replacement.ignoredConfig), "the config",
              "config", "ignored_config", emitError);
  checkUnread(weights.findUnread(replacement.ignoredWeights), "the weight",
              "weight", "ignored_weights", emitError);
  SmallVector<Value> outputs;
  for (const std::string &name : replacement.graph.outputs) {
    auto found = tensors->find(name);
    if (found == tensors->end())
      emitError() << "expects 'outputs' to be layers, but got '" << name << "'";
    else if (found->second.constant)
      emitError() << "unsupported output that depends on no input";
    outputs.push_back(found == tensors->end() ? Value() : found->second.value);
  }
  if (llvm::is_contained(outputs, Value()))
    return {};
  return outputs;
}
