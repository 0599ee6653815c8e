//===- Operations.cpp - Operations between Keras layers ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a model computes with its tensors directly: `keras.ops` of Keras 3, here
// `ops.Reshape`, and TensorFlow's functions in Keras 2, `tf.reshape`.
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"
#include "llvm/ADT/StringExtras.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

/// The name of a parameter that Keras 3 and TensorFlow name differently.
static StringRef findKey(const Layer &layer, StringRef key, StringRef other) {
  return layer.config.getObject().contains(key) ? key : other;
}

static Value reshapeTo(Layer &layer, Value input, ArrayRef<int64_t> shape) {
  return layer.builder.reshape(layer.name, input, shape.drop_front());
}

//===----------------------------------------------------------------------===//
// Operations that move elements
//===----------------------------------------------------------------------===//

static Value importReshape(Layer &layer) {
  SmallVector<int64_t> shape =
      layer.config.takeIntList(findKey(layer, "newshape", "shape"), -1);
  if (!layer.getInput() || layer.config.hasFailed())
    return {};
  if (!layer.checkBatch(
          !shape.empty() &&
          llvm::is_contained({int64_t(-1), layer.getInputShape().front()},
                             shape.front())))
    return {};
  return reshapeTo(layer, layer.getInput(), shape);
}

static Value importExpandDims(Layer &layer) {
  if (!layer.getInput())
    return {};
  SmallVector<int64_t> shape(layer.getInputShape());
  auto axes = layer.takeAxes("axis", shape.size() + 1);
  if (!axes || axes->size() != 1 || !layer.checkBatch(axes->front() != 0))
    return {};
  shape.insert(shape.begin() + axes->front(), 1);
  return reshapeTo(layer, layer.getInput(), shape);
}

static Value importSqueeze(Layer &layer) {
  if (!layer.getInput())
    return {};
  ArrayRef<int64_t> shape = layer.getInputShape();
  auto axes = layer.takeAxes("axis", shape.size());
  if (!axes)
    return {};
  SmallVector<int64_t> squeezed;
  for (auto [axis, size] : enumerate(shape)) {
    bool isNamed = llvm::is_contained(*axes, int64_t(axis));
    if (isNamed && size != 1) {
      layer.emitError() << "expects axis " << axis
                        << " to have size 1, but got " << size;
      return {};
    }
    // Without axes all go but the batch, whose size is not known to Keras.
    if (!isNamed && (!axes->empty() || size != 1 || axis == 0))
      squeezed.push_back(size);
  }
  if (!layer.checkBatch(!llvm::is_contained(*axes, 0)))
    return {};
  return reshapeTo(layer, layer.getInput(), squeezed);
}

static Value importTranspose(Layer &layer) {
  layer.config.expectOnly("conjugate", false);
  if (!layer.getInput())
    return {};
  // Without axes their order is reversed, which moves the batch.
  auto permutation = layer.takeAxes(findKey(layer, "axes", "perm"),
                                    layer.getInputShape().size());
  if (!permutation ||
      !layer.checkBatch(!permutation->empty() && permutation->front() == 0))
    return {};
  return layer.builder.transpose(layer.name, layer.getInput(), *permutation);
}

/// One axis, which is not the batch; -1 where none is given.
static std::optional<int64_t> takeOneAxis(Layer &layer, int64_t rank,
                                          int64_t fallback) {
  auto axes = layer.takeAxes("axis", rank);
  if (!axes || axes->size() > 1)
    return std::nullopt;
  int64_t axis = axes->empty() ? fallback : axes->front();
  if (!layer.checkBatch(axis != 0))
    return std::nullopt;
  return axis;
}

static Value importConcat(Layer &layer) {
  if (llvm::is_contained(layer.inputs, Value()))
    return {};
  int64_t rank = layer.getInputShape().size();
  std::optional<int64_t> axis = takeOneAxis(layer, rank, rank - 1);
  return axis ? layer.builder.concat(layer.name, layer.inputs, *axis) : Value();
}

static Value importStack(Layer &layer) {
  if (llvm::is_contained(layer.inputs, Value()))
    return {};
  std::optional<int64_t> axis =
      takeOneAxis(layer, layer.getInputShape().size() + 1, 0);
  if (!axis)
    return {};
  SmallVector<Value> parts;
  for (Value input : layer.inputs) {
    SmallVector<int64_t> shape(getShape(input));
    shape.insert(shape.begin() + *axis, 1);
    parts.push_back(reshapeTo(layer, input, shape));
  }
  return layer.builder.concat(layer.name, parts, *axis);
}

/// A list of a pair for each axis.
static Value importPad(Layer &layer) {
  const json *value =
      layer.config.take(findKey(layer, "pad_width", "paddings"));
  std::string mode = layer.config.takeString("mode", "constant");
  double constant = layer.config.takeNumber("constant_values", 0.0);
  if (StringRef(mode).lower() != "constant")
    layer.emitError() << "unsupported padding mode '" << mode << "'";
  if (!layer.getInput() || layer.config.hasFailed())
    return {};
  SmallVector<int64_t> low, high;
  if (value && value->is_array())
    for (const json &axis : *value)
      if (axis.is_array() && axis.size() == 2 && axis[0].is_number_unsigned() &&
          axis[1].is_number_unsigned() &&
          axis[0].get<uint64_t>() <= maxElements &&
          axis[1].get<uint64_t>() <= maxElements) {
        low.push_back(axis[0].get<int64_t>());
        high.push_back(axis[1].get<int64_t>());
      }
  if (!value || low.size() != layer.getInputShape().size() ||
      low.size() != value->size()) {
    layer.emitError() << "expects a pair of paddings for each of "
                      << layer.getInputShape().size() << " axes";
    return {};
  }
  if (!layer.checkBatch(low.front() == 0 && high.front() == 0))
    return {};
  return layer.builder.pad(layer.name, layer.getInput(), low, high, constant);
}

//===----------------------------------------------------------------------===//
// Functions of single elements
//===----------------------------------------------------------------------===//

/// What changes no value.
static Value importSame(Layer &layer) {
  return layer.builder.activation(layer.name, layer.getInput(),
                                  nn::ActivationKind::Linear);
}

/// The same of several; what computes their gradients is not in the file.
static Value importSameOfEach(Layer &layer) {
  for (Value input : ArrayRef(layer.inputs).drop_front())
    layer.moreOutputs.push_back(input);
  return importSame(layer);
}

/// The activation that an operation of Keras or TensorFlow is: that of its
/// name, but for the exponential.
static std::string getFunctionName(StringRef className) {
  StringRef operation = className.rsplit('.').second;
  return operation.lower() == "exp" ? "exponential"
                                    : convertToSnakeFromCamelCase(operation);
}

static Value importFunction(Layer &layer) {
  // Of tf.nn.silu: x * sigmoid(beta * x).
  layer.config.expectOnly("beta", 1.0);
  if (layer.config.hasFailed())
    return {};
  return getActivation(layer, getFunctionName(layer.className))
      .apply(layer, layer.getInput());
}

static Value importOne(Layer &layer, nn::ActivationKind kind,
                       double alpha = 0.0, double beta = 0.0) {
  if (layer.config.hasFailed())
    return {};
  return layer.builder.activation(layer.name, layer.getInput(), kind, alpha,
                                  beta);
}

static Value importElu(Layer &layer) {
  return importOne(layer, nn::ActivationKind::Elu,
                   layer.config.takeNumber("alpha", 1.0));
}

static Value importLeakyRelu(Layer &layer) {
  double alpha = layer.config.takeNumber("alpha", 0.2);
  return importOne(layer, nn::ActivationKind::LeakyRelu,
                   layer.config.takeNumber("negative_slope", alpha));
}

/// Keras approximates by default, TensorFlow does not.
static Value importGelu(Layer &layer) {
  bool isApproximate = layer.config.takeBool(
      "approximate", StringRef(layer.className).starts_with("ops."));
  return importOne(layer, isApproximate ? nn::ActivationKind::GeluTanh
                                        : nn::ActivationKind::Gelu);
}

static Value importClip(Layer &layer) {
  bool isKeras = StringRef(layer.className).starts_with("ops.");
  double low =
      layer.config.takeNumber(isKeras ? "x_min" : "clip_value_min", {});
  double high =
      layer.config.takeNumber(isKeras ? "x_max" : "clip_value_max", {});
  return importOne(layer, nn::ActivationKind::Clip, low, high);
}

static Value importSoftmax(Layer &layer) {
  std::optional<int64_t> axis = layer.resolveAxis(layer.takeAxis());
  if (!axis || layer.config.hasFailed() || !layer.checkBatch(*axis != 0))
    return {};
  return layer.builder.softmax(layer.name, layer.getInput(), *axis);
}

static Value importLogSoftmax(Layer &layer) {
  std::optional<int64_t> axis = layer.resolveAxis(layer.takeAxis());
  if (!axis || layer.config.hasFailed() || !layer.checkBatch(*axis != 0))
    return {};
  Activation activation = getActivation(layer, "log_softmax");
  activation.axes = {*axis};
  return activation.apply(layer, layer.getInput());
}

static Value importCelu(Layer &layer) {
  return importOne(layer, nn::ActivationKind::Celu,
                   layer.config.takeNumber("alpha", 1.0));
}

/// (x + sqrt(x^2 + b)) / 2
static Value importSquarePlus(Layer &layer) {
  double shift = layer.config.takeNumber("b", 4.0);
  if (!layer.getInput() || layer.config.hasFailed())
    return {};
  ModelBuilder &builder = layer.builder;
  Value square = builder.activation(layer.name, layer.getInput(),
                                    nn::ActivationKind::Square);
  Value root = builder.activation(
      layer.name, builder.scaleAndShift(layer.name, square, 1.0, shift),
      nn::ActivationKind::Sqrt);
  return builder.scaleAndShift(
      layer.name,
      builder.binary(layer.name, nn::BinaryKind::Add, layer.getInput(), root),
      0.5, 0.0);
}

ArrayRef<LayerClass> keras::getOperations() {
  static const LayerClass classes[] = {
      {"ops.Celu", importCelu, false, "x,alpha"},
      {"ops.Clip", importClip, false, "x,x_min,x_max"},
      {"ops.Concatenate", importConcat, true, "xs,axis"},
      {"ops.Elu", importElu, false, "x,alpha"},
      {"ops.Exp", importFunction, false, "x"},
      {"ops.ExpandDims", importExpandDims, false, "x,axis"},
      {"ops.Gelu", importGelu, false, "x,approximate"},
      {"ops.HardSigmoid", importFunction, false, "x"},
      {"ops.HardSilu", importFunction, false, "x"},
      {"ops.HardTanh", importFunction, false, "x"},
      {"ops.LeakyRelu", importLeakyRelu, false, "x,negative_slope"},
      {"ops.LogSigmoid", importFunction, false, "x"},
      {"ops.LogSoftmax", importLogSoftmax, false, "x,axis"},
      {"ops.Pad", importPad, false, "x,pad_width,mode,constant_values"},
      {"ops.Relu", importFunction, false, "x"},
      {"ops.Relu6", importFunction, false, "x"},
      {"ops.Reshape", importReshape, false, "x,newshape"},
      {"ops.Selu", importFunction, false, "x"},
      {"ops.Sigmoid", importFunction, false, "x"},
      {"ops.Silu", importFunction, false, "x"},
      {"ops.Softmax", importSoftmax, false, "x,axis"},
      {"ops.Softplus", importFunction, false, "x"},
      {"ops.Softsign", importFunction, false, "x"},
      {"ops.SparseSigmoid", importFunction, false, "x"},
      {"ops.Squareplus", importSquarePlus, false, "x,b"},
      {"ops.Squeeze", importSqueeze, false, "x,axis"},
      {"ops.Stack", importStack, true, "xs,axis"},
      {"ops.StopGradient", importSame, false, "variable"},
      {"ops.Tanh", importFunction, false, "x"},
      {"ops.TanhShrink", importFunction, false, "x"},
      {"ops.Transpose", importTranspose, false, "x,axes"},
      {"tf.clip_by_value", importClip, false,
       "t,clip_value_min,clip_value_max"},
      {"tf.concat", importConcat, true, "values,axis"},
      {"tf.expand_dims", importExpandDims, false, "input,axis"},
      {"tf.identity", importSame, false, "input"},
      {"tf.identity_n", importSameOfEach, true, "input"},
      {"tf.math.exp", importFunction, false, "x"},
      {"tf.math.sigmoid", importFunction, false, "x"},
      {"tf.math.softplus", importFunction, false, "features"},
      {"tf.math.tanh", importFunction, false, "x"},
      {"tf.nn.elu", importElu, false, "features"},
      {"tf.nn.gelu", importGelu, false, "features,approximate"},
      {"tf.nn.leaky_relu", importLeakyRelu, false, "features,alpha"},
      {"tf.nn.log_softmax", importLogSoftmax, false, "logits,axis"},
      {"tf.nn.relu", importFunction, false, "features"},
      {"tf.nn.relu6", importFunction, false, "features"},
      {"tf.nn.selu", importFunction, false, "features"},
      {"tf.nn.silu", importFunction, false, "features,beta"},
      {"tf.nn.softmax", importSoftmax, false, "logits,axis"},
      {"tf.nn.softsign", importFunction, false, "features"},
      {"tf.pad", importPad, false, "tensor,paddings,mode,constant_values"},
      {"tf.reshape", importReshape, false, "tensor,shape"},
      {"tf.squeeze", importSqueeze, false, "input,axis"},
      {"tf.stack", importStack, true, "values,axis"},
      {"tf.stop_gradient", importSame, false, "input"},
      {"tf.transpose", importTranspose, false, "a,perm"},
  };
  return classes;
}
