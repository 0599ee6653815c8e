//===- Keras1.cpp - What Keras 1 called attributes --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Keras1.h"
#include "llvm/ADT/StringSwitch.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace frieze;
using nlohmann::json;

namespace {
struct Renaming {
  StringLiteral from, to;
  /// Only in layers whose class begins so.
  StringLiteral className = "";
};
} // namespace

static constexpr Renaming renamings[] = {
    {"nb_filter", "filters"},
    {"filter_length", "kernel_size"},
    {"border_mode", "padding"},
    {"subsample", "strides"},
    {"subsample_length", "strides"},
    {"pool_length", "pool_size"},
    {"stride", "strides"},
    {"length", "size", "UpSampling1D"},
    {"atrous_rate", "dilation_rate"},
    {"dim_ordering", "data_format"},
    {"bias", "use_bias"},
    {"output_dim", "units", "Dense"},
    {"output_dim", "units", "GRU"},
    {"output_dim", "units", "LSTM"},
    {"output_dim", "units", "SimpleRNN"},
    {"inner_activation", "recurrent_activation"},
    {"dropout_W", "dropout"},
    {"dropout_U", "recurrent_dropout"},
    {"p", "rate"},
    {"sigma", "stddev"},
};

/// Initial values, hints for training, and what the shape of the input tells.
static bool isHarmless(StringRef key, StringRef className) {
  bool isEmbedding = className == "Embedding";
  return key == "init" || key.ends_with("_init") || key == "weights" ||
         key == "consume_less" || key == "input_length" ||
         (key == "input_dim" && !isEmbedding) ||
         ((key == "dropout" || key == "input_dtype") && isEmbedding);
}

static void rename(json &config, StringRef className) {
  auto move = [&](StringRef from, StringRef to) {
    auto member = config.find(from);
    if (member == config.end() || config.contains(to))
      return;
    json value = std::move(*member);
    config.erase(member);
    config[to.str()] = std::move(value);
  };
  for (const Renaming &renaming : renamings)
    if (className.starts_with(renaming.className))
      move(renaming.from, renaming.to);
  if (config.contains("nb_row") && config.contains("nb_col") &&
      !config.contains("kernel_size")) {
    config["kernel_size"] = {config["nb_row"], config["nb_col"]};
    config.erase("nb_row");
    config.erase("nb_col");
  }
  if (auto format = config.find("data_format"); format != config.end()) {
    if (*format == "tf" || *format == "default")
      *format = "channels_last";
    else if (*format == "th")
      *format = "channels_first";
  }
  // Top, bottom, left and right.
  if (auto padding = config.find("padding");
      className == "ZeroPadding2D" && padding != config.end() &&
      padding->is_array() && padding->size() == 4)
    *padding = {{(*padding)[0], (*padding)[1]}, {(*padding)[2], (*padding)[3]}};
  for (auto member = config.begin(); member != config.end();)
    member =
        isHarmless(member.key(), className) ? config.erase(member) : ++member;
}

/// The class as later versions call it.
static StringRef renameClass(StringRef className) {
  return StringSwitch<StringRef>(className)
      .Cases({"Convolution1D", "AtrousConvolution1D"}, "Conv1D")
      .Cases({"Convolution2D", "AtrousConvolution2D"}, "Conv2D")
      .Case("SeparableConvolution2D", "SeparableConv2D")
      .Default(className);
}

static void renameAttributes(json &model) {
  if (model.is_structured())
    for (json &member : model)
      renameAttributes(member);
  if (!model.is_object() || !model.contains("class_name") ||
      !model["class_name"].is_string() || !model.contains("config"))
    return;
  std::string className =
      renameClass(model["class_name"].get_ref<const std::string &>()).str();
  if (model["config"].is_object())
    rename(model["config"], className);
  model["class_name"] = className;
}

//===----------------------------------------------------------------------===//
// Sequential models that begin with a Merge
//===----------------------------------------------------------------------===//

namespace {
/// Makes one functional model of a Sequential one and those that the Merge at
/// its beginning joins.
class MergedModel {
public:
  /// Adds the layers of a Sequential model. Returns the name of the last one,
  /// or an empty one where the model isn't as expected.
  std::string add(const json &sequence);
  json finish(const std::string &output);

private:
  void addLayer(json layer, const std::string &name, json inputs);

  json layers = json::array(), inputs = json::array();
};
} // namespace

static const json *findList(const json &object, const char *key) {
  auto member = object.find(key);
  return member != object.end() && member->is_array() && !member->empty()
             ? &*member
             : nullptr;
}

/// The models that the first layer of a Sequential one joins, or null.
static const json *findMerged(const json &sequence) {
  if (!sequence.is_array() || sequence.empty())
    return nullptr;
  const json &first = sequence.front();
  return first.is_object() && first.value("class_name", json()) == "Merge" &&
                 first.contains("config") && first["config"].is_object()
             ? findList(first["config"], "layers")
             : nullptr;
}

void MergedModel::addLayer(json layer, const std::string &name, json inputs) {
  layer["name"] = name;
  layer["inbound_nodes"] = json::array();
  if (!inputs.empty())
    layer["inbound_nodes"].push_back(std::move(inputs));
  layers.push_back(std::move(layer));
}

std::string MergedModel::add(const json &sequence) {
  if (!sequence.is_array())
    return "";
  std::string last;
  for (const json &layer : sequence) {
    if (!layer.is_object() || !layer.contains("config") ||
        !layer["config"].is_object() ||
        !layer["config"].value("name", json()).is_string())
      return "";
    json copy = layer, from = json::array();
    std::string name = copy["config"]["name"];
    const json *merged = last.empty() ? findMerged(sequence) : nullptr;
    if (merged) {
      copy["config"].erase("layers");
      for (const json &branch : *merged) {
        if (!branch.is_object() ||
            branch.value("class_name", json()) != "Sequential")
          return "";
        std::string end = add(branch.value("config", json()));
        if (end.empty())
          return "";
        from.push_back({end, 0, 0});
      }
    } else if (last.empty()) {
      const json *shape = findList(copy["config"], "batch_input_shape");
      if (!shape)
        return "";
      last = name + "_input";
      inputs.push_back({last, 0, 0});
      addLayer({{"class_name", "InputLayer"},
                {"config", {{"name", last}, {"batch_input_shape", *shape}}}},
               last, json::array());
    }
    if (!merged)
      from.push_back({last, 0, 0});
    last = name;
    addLayer(std::move(copy), name, std::move(from));
  }
  return last;
}

json MergedModel::finish(const std::string &output) {
  return {{"class_name", "Model"},
          {"config",
           {{"layers", std::move(layers)},
            {"input_layers", std::move(inputs)},
            {"output_layers", {{output, 0, 0}}}}}};
}

json keras::updateKeras1(json model) {
  renameAttributes(model);
  if (!model.is_object() || !model.contains("config") ||
      !findMerged(model["config"]))
    return model;
  MergedModel merged;
  std::string output = merged.add(model["config"]);
  return output.empty() ? model : merged.finish(output);
}
