//===- Layer.cpp - One Keras layer being imported ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"
#include "frontends/keras/ModelConfig.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

std::vector<const LayerClass *> keras::getLayerClasses() {
  std::vector<const LayerClass *> classes;
  for (ArrayRef<LayerClass> family : {getCoreLayers(),
                                      getConvolutionLayers(),
                                      getLocallyConnectedLayers(),
                                      getNormalizationLayers(),
                                      getActivationLayers(),
                                      getAttentionLayers(),
                                      getPoolingLayers(),
                                      getPreprocessing(),
                                      getShapeLayers(),
                                      getLogic(),
                                      getMergeLayers(),
                                      getSequenceLayers(),
                                      getRecurrentLayers(),
                                      getConvLSTMs(),
                                      getImageOperations(),
                                      getOperations(),
                                      getArithmetic(),
                                      getProducts(),
                                      getRearrangements(),
                                      getReductions(),
                                      getSlices()})
    for (const LayerClass &layerClass : family)
      classes.push_back(&layerClass);
  return classes;
}

const LayerClass *keras::findLayerClass(StringRef className) {
  static const StringMap<const LayerClass *> classes = [] {
    StringMap<const LayerClass *> map;
    for (const LayerClass *layerClass : getLayerClasses())
      map[layerClass->name] = layerClass;
    return map;
  }();
  return classes.lookup(className);
}

ArrayRef<int64_t> Layer::getInputShape() const {
  return getInput() ? getShape(getInput()) : ArrayRef<int64_t>();
}

ArrayRef<Value> Layer::takeTensors(StringRef keyword) {
  for (CallArgument &argument : arguments)
    if (argument.keyword == keyword && !argument.constant) {
      argument.isTaken = true;
      return argument.tensors;
    }
  return {};
}

void Layer::ignoreTraining() {
  for (CallArgument &argument : arguments)
    argument.isTaken |= argument.keyword == "training" && argument.constant;
}

void Layer::checkArguments(bool isMasked) {
  for (const CallArgument &argument : arguments) {
    StringRef keyword = argument.keyword;
    const json *constant = argument.constant;
    if (argument.isTaken || (isMasked && isMaskKeyword(keyword) && !constant) ||
        (constant &&
         (constant->is_null() || *constant == false || *constant == 0)))
      continue;
    if (keyword.empty() && constant) {
      emitError() << "expects tensors of the model, but got "
                  << formatJson(*constant);
      continue;
    }
    InFlightDiagnostic diagnostic = emitError();
    diagnostic << "unsupported argument '" << keyword << "' of a call";
    if (constant)
      diagnostic << ", with value " << formatJson(*constant);
  }
}

/// The steps of `mask`, unless it was merged, which is reported.
static Value readSteps(Layer &layer, const SharedMask &mask) {
  layer.takesMask = true;
  if (!mask || mask->mergedBy.empty())
    return mask ? getSteps(layer.builder, *mask) : Value();
  layer.emitError() << "unsupported mask, made by layer '" << mask->origin
                    << "' and merged by layer '" << mask->mergedBy
                    << "' with another one or none, which versions of Keras do "
                       "in different ways; pass a mask to the layer";
  return {};
}

Value Layer::getStepsOf(Value input) {
  return readSteps(*this, findMask ? findMask(input) : nullptr);
}

bool Layer::takeFlag(StringRef keyword) {
  for (CallArgument &argument : arguments)
    if (argument.keyword == keyword && argument.constant &&
        *argument.constant == true) {
      argument.isTaken = true;
      return true;
    }
  return false;
}

Value Layer::takeMask() {
  Value steps;
  if (ArrayRef<Value> given = takeTensors("mask"); !given.empty()) {
    takesMask = true;
    steps = buildTruth(builder, name, given.front());
  } else {
    steps = readSteps(*this, mask);
  }
  ArrayRef<int64_t> shape = getInputShape();
  if (!steps || shape.size() < 2 || getShape(steps) == shape.take_front(2))
    return steps;
  emitError() << "expects a mask of shape " << formatShape(shape.take_front(2))
              << ", but got " << formatShape(getShape(steps));
  return {};
}

bool Layer::checkRank(size_t minimum, size_t maximum) {
  if (!getInput())
    return false;
  size_t rank = getInputShape().size();
  if (rank >= minimum && rank <= maximum)
    return true;
  InFlightDiagnostic diagnostic = emitError();
  diagnostic << "expects an input of rank " << minimum;
  if (maximum != minimum)
    diagnostic << " to " << maximum;
  diagnostic << ", but got shape " << formatShape(getInputShape());
  return false;
}

std::optional<int64_t> Layer::resolveAxis(int64_t axis) {
  if (!getInput() || config.hasFailed())
    return std::nullopt;
  int64_t rank = getInputShape().size();
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  emitError() << "expects an axis from " << -rank << " to " << rank - 1
              << ", but got " << axis;
  return std::nullopt;
}

std::optional<SmallVector<int64_t>> Layer::takeAxes(StringRef key,
                                                    int64_t rank) {
  const json *value = config.take(key);
  json list = json::array();
  if (value && value->is_array())
    list = *value;
  else if (value)
    list.push_back(*value);
  SmallVector<int64_t> axes;
  for (const json &axis : list) {
    double number = axis.is_number_integer() ? axis.get<double>() : rank;
    if (number < -rank || number >= rank) {
      emitError() << "expects '" << key << "' to be axes from " << -rank
                  << " to " << rank - 1 << ", but got " << formatJson(*value);
      return std::nullopt;
    }
    axes.push_back(int64_t(number) + (number < 0 ? rank : 0));
  }
  return axes;
}

bool Layer::checkBatch(bool staysFirst) {
  if (!staysFirst)
    emitError() << "expects axis 0, the batch, to stay as it is";
  return staysFirst;
}

std::optional<SmallVector<int64_t>> Layer::resolveAxes(ArrayRef<int64_t> axes) {
  SmallVector<int64_t> resolved;
  for (int64_t axis : axes) {
    std::optional<int64_t> position = resolveAxis(axis);
    if (!position)
      return std::nullopt;
    if (llvm::is_contained(resolved, *position)) {
      emitError() << "expects different axes, but got " << axis << " twice";
      return std::nullopt;
    }
    resolved.push_back(*position);
  }
  llvm::sort(resolved);
  return resolved;
}

std::optional<SmallVector<int64_t>> Layer::takeReducedAxes() {
  auto axes = takeAxes("axis", getInputShape().size());
  if (!axes || config.hasFailed())
    return std::nullopt;
  llvm::sort(*axes);
  if (!axes->empty() && axes->front() != 0)
    return axes;
  emitError() << "expects a reduction of axes other than the batch";
  return std::nullopt;
}

SmallVector<int64_t> Layer::takeAxisList() {
  const json *axis = config.take("axis");
  if (!axis || !axis->is_array())
    return {takeAxis()};
  return config.takeIntList("axis", -int64_t(maxRank));
}

int64_t Layer::takeAxis() {
  const int64_t limit = maxRank;
  const json *axis = config.take("axis");
  if (axis && axis->is_array() && axis->size() == 1)
    return config.takeInts("axis", -1, 1, -limit).front();
  return config.takeInt("axis", -1, -limit, limit);
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

std::vector<DoubleArray> Layer::readArrays(ArrayRef<WeightSpec> specs,
                                           StringRef part) {
  if (config.hasFailed())
    return {};
  if (!model.weights) {
    // One report is enough for a model without any.
    if (!model.reportedWeights)
      builder.emitError() << "expects weights in a file of their own, given by "
                             "--weights";
    model.reportedWeights = true;
    return {};
  }
  Expected<std::vector<DoubleArray>> arrays =
      model.weights->read(path, specs, part);
  if (arrays)
    return std::move(*arrays);
  builder.report(name, arrays.takeError());
  return {};
}

/// The shape of a weight in the op.
static ArrayRef<int64_t> getOpShape(const WeightSpec &spec) {
  return spec.opShape.empty() ? spec.shape : spec.opShape;
}

SmallVector<ElementsAttr> Layer::readWeights(ArrayRef<WeightSpec> specs,
                                             StringRef part) {
  SmallVector<ElementsAttr> attributes(specs.size());
  if (config.hasFailed())
    return attributes;
  // Of other shapes where the layer is called on another kind of input, which
  // the file's own shapes then tell.
  SmallVector<ElementsAttr> &known =
      model.weightsByPath[getPathKey(path) + part.str()];
  if (known.size() == specs.size() &&
      llvm::all_of(llvm::zip_equal(known, specs), [](auto pair) {
        auto [weights, spec] = pair;
        return weights &&
               weights.getShapedType().getShape() == getOpShape(spec);
      }))
    return known;
  std::vector<DoubleArray> arrays = readArrays(specs, part);
  for (auto [index, spec] : llvm::enumerate(specs)) {
    ArrayRef<int64_t> shape = getOpShape(spec);
    // Keras's moving_mean is the mean of nn.batch_norm.
    StringRef parameter = spec.name;
    parameter.consume_front("moving_");
    if (arrays.empty()) {
      attributes[index] = builder.getPlaceholder(shape);
    } else {
      arrays[index].shape.assign(shape.begin(), shape.end());
      attributes[index] = builder.addWeights(name, parameter, arrays[index]);
    }
  }
  known = attributes;
  return attributes;
}

SmallVector<ElementsAttr>
Layer::readKernelsAndBias(SmallVector<WeightSpec> specs, int64_t outputs,
                          bool useBias) {
  if (useBias)
    specs.push_back({"bias", {outputs}});
  SmallVector<ElementsAttr> weights = readWeights(specs);
  if (llvm::is_contained(weights, ElementsAttr()))
    return {};
  if (!useBias)
    weights.push_back(nullptr);
  return weights;
}

//===----------------------------------------------------------------------===//
// Masks
//===----------------------------------------------------------------------===//

//===----------------------------------------------------------------------===//
// Attributes of several families
//===----------------------------------------------------------------------===//

/// Checks a dtype: a name, a policy with one, or a policy for each of several
/// layers inside.
static void checkDtype(ModelBuilder &builder, ObjectReader &config,
                       const json &dtype, bool allowIntegers) {
  const json *className = findMember(dtype, "class_name");
  const json *policy = className ? findMember(dtype, "config") : &dtype;
  if (policy && className && *className == "DTypePolicyMap") {
    if (const json *common = findMember(*policy, "default_policy"))
      checkDtype(builder, config, *common, allowIntegers);
    if (const json *map = findMember(*policy, "policy_map"))
      for (const json &inner : *map)
        checkDtype(builder, config, inner, allowIntegers);
    return;
  }
  static const llvm::StringSet<> policies{"DTypePolicy", "FloatDTypePolicy",
                                          "Policy", "PolicyV1"};
  std::string kind =
      className && className->is_string() ? className->get<std::string>() : "";
  bool isPolicy = policies.contains(kind);
  if (policy && isPolicy && findMember(*policy, "name"))
    policy = findMember(*policy, "name");
  std::string name = policy && policy->is_string() && (isPolicy || !className)
                         ? policy->get<std::string>()
                     : kind.empty() ? formatJson(dtype)
                                    : kind;
  // Keras 2 inferred a type from the inputs, which are float32.
  if (name == "float32" || name == "_infer")
    return;
  StringRef computed = name;
  computed.consume_front("mixed_");
  if (computed == "float16" || computed == "bfloat16" || name == "float64") {
    builder.noteType(computed);
    return;
  }
  static const llvm::StringSet<> integers{"bool",   "int8",   "int16",
                                          "int32",  "int64",  "uint8",
                                          "uint16", "uint32", "uint64"};
  if (allowIntegers && integers.contains(name))
    return;
  bool isQuantized =
      StringRef(name).contains("Quantized") || (className && !isPolicy);
  config.emitError() << "unsupported dtype '" << name
                     << "', expects one of float32, float16, bfloat16 and "
                        "float64"
                     << (isQuantized ? "; save the model before it is quantized"
                                     : "");
}

void keras::ignoreHarmless(ModelBuilder &builder, ObjectReader &config,
                           bool allowIntegers) {
  // What is cast to the type of a layer stays as it is.
  for (StringRef key :
       {"name", "trainable", "batch_input_shape", "batch_shape", "build_config",
        "registered_name", "module", "autocast"})
    config.ignore(key);
  for (StringRef suffix : {"_initializer", "_regularizer", "_constraint"})
    config.ignoreSuffix(suffix);
  for (StringRef key : {"dtype", "input_dtype"})
    if (const json *dtype = config.take(key))
      checkDtype(builder, config, *dtype, allowIntegers);
}

void keras::expectChannelsLast(Layer &layer) {
  layer.config.expectOnly("data_format", "channels_last");
}

bool keras::checkSpatialLayer(Layer &layer, size_t spatialRank) {
  return layer.checkRank(spatialRank + 2, spatialRank + 2) &&
         !layer.config.hasFailed();
}
