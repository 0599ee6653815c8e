//===- ModelBuilder.cpp - Builds the module of a model ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/ModelBuilder.h"
#include "dialect/Remarks.h"
#include "dialect/Weights.h"
#include "frontends/VolumeLayers.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;

/// Weights of a whole model, all layers together.
static constexpr int64_t maxModelWeights = int64_t(1) << 29;

ArrayRef<int64_t> frieze::getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

SmallVector<int64_t> frieze::getPadding(StringRef mode, ArrayRef<int64_t> shape,
                                        const WindowGeometry &geometry) {
  SmallVector<int64_t> padding;
  for (size_t axis = 0; axis < geometry.window.size(); ++axis) {
    int64_t size = shape[axis + 1], stride = geometry.strides[axis];
    int64_t reach = (geometry.window[axis] - 1) * geometry.dilations[axis];
    int64_t low = 0, high = 0;
    if (mode == "causal") {
      low = reach;
    } else if (mode == "same") {
      int64_t lastStart = (size - 1) / stride * stride;
      int64_t total = std::max<int64_t>(lastStart + reach + 1 - size, 0);
      low = total / 2;
      high = total - low;
    }
    padding.append({low, high});
  }
  return padding;
}

SmallVector<int64_t>
frieze::getTransposedPadding(StringRef mode, const WindowGeometry &geometry,
                             ArrayRef<int64_t> outputPadding) {
  SmallVector<int64_t> padding;
  for (size_t axis = 0; axis < geometry.window.size(); ++axis) {
    int64_t window = (geometry.window[axis] - 1) * geometry.dilations[axis] + 1;
    int64_t stride = geometry.strides[axis];
    bool isFixed = !outputPadding.empty();
    if (mode == "valid") {
      padding.append({0, isFixed ? -outputPadding[axis]
                                 : -std::max<int64_t>(stride - window, 0)});
      continue;
    }
    int64_t total =
        isFixed ? window / 2 * 2 - outputPadding[axis] : window - stride;
    int64_t low = std::max<int64_t>(total, 0) / 2;
    padding.append({low, total - low});
  }
  return padding;
}

ModelBuilder::ModelBuilder(StringRef path, const ImportOptions &options,
                           MLIRContext *context)
    : path(path), options(options), builder(context) {
  context->loadDialect<func::FuncDialect, nn::NNDialect>();
  Location loc = getLayerLocation(context, path);
  module = ModuleOp::create(loc);
  builder.setInsertionPointToStart(module->getBody());
  function = func::FuncOp::create(builder, loc, "model",
                                  builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
}

Location ModelBuilder::getLoc(StringRef layer) {
  return getLayerLocation(builder.getContext(), path, layer);
}

InFlightDiagnostic ModelBuilder::emitError(StringRef layer) {
  failed = true;
  return mlir::emitError(getLoc(layer));
}

InFlightDiagnostic ModelBuilder::emitWarning(StringRef layer) {
  return mlir::emitWarning(getLoc(layer));
}

void ModelBuilder::report(StringRef layer, Error error) {
  handleAllErrors(std::move(error), [&](const ErrorInfoBase &info) {
    emitError(layer) << info.message();
  });
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

static DictionaryAttr nameAttr(OpBuilder &builder, StringRef name) {
  return builder.getDictionaryAttr(
      builder.getNamedAttr("nn.name", builder.getStringAttr(name)));
}

/// What the options say of an axis of the input added next.
std::optional<int64_t> ModelBuilder::findSize(StringRef input, size_t axis,
                                              StringRef dimensionName) {
  std::string number = std::to_string(axis);
  std::optional<int64_t> size;
  for (const DimensionSize &given : options.dimensions) {
    StringRef dimension = given.dimension;
    if (dimension == input.str() + ":" + number ||
        dimension == std::to_string(inputNames.size()) + ":" + number ||
        (!dimensionName.empty() && dimension == dimensionName)) {
      usedDimensions.insert(dimension);
      size = given.size;
    }
  }
  return size;
}

Value ModelBuilder::addInput(StringRef name, ArrayRef<int64_t> shape,
                             ArrayRef<std::string> dimensionNames) {
  SmallVector<int64_t> sizes(shape);
  bool isKnown = true;
  bool isOpenBatch = false;
  for (auto [axis, size] : enumerate(sizes)) {
    bool isOpen = ShapedType::isDynamic(size);
    StringRef dimensionName =
        dimensionNames.empty() ? StringRef() : StringRef(dimensionNames[axis]);
    std::optional<int64_t> given = findSize(name, axis, dimensionName);
    if (axis == 0 && !given)
      given = options.batch;
    if (axis == 0 && isOpen && !given) {
      isOpenBatch = true;
      given = 1;
    }
    if (given && axis > 0 && !isOpen && *given != size) {
      emitError(name) << "expects --dim for open dimensions, but axis " << axis
                      << " has size " << size << " in the file";
      isKnown = false;
    } else if (given) {
      size = *given;
    } else if (isOpen) {
      emitError(name) << "expects an input of known size, but the file leaves "
                         "axis "
                      << axis << " open; fix it with --dim="
                      << (dimensionName.empty()
                              ? (name + ":" + Twine(axis)).str()
                              : dimensionName.str())
                      << "=N";
      isKnown = false;
    }
  }
  inputNames.push_back(nameAttr(builder, name));
  if (!isKnown)
    return {};
  if (countElements(sizes).value_or(0) == 0) {
    emitError(name) << "expects an input of 1 to " << maxElements
                    << " elements on at most " << maxRank
                    << " axes, but got shape " << formatShape(sizes);
    return {};
  }
  Value input = function.getBody().front().addArgument(
      RankedTensorType::get(sizes, builder.getF32Type()), getLoc(name));
  if (isOpenBatch)
    openBatches.insert(input);
  return input;
}

/// Reports the options that named no dimension of any input.
void ModelBuilder::checkDimensions() {
  for (const DimensionSize &given : options.dimensions)
    if (!usedDimensions.contains(given.dimension))
      emitError() << "expects --dim to name a dimension of an input, but got '"
                  << given.dimension << "'";
}

void ModelBuilder::addOutput(StringRef name, Value value) {
  std::string unique = name.str();
  for (unsigned number = 1; !usedOutputNames.insert(unique).second; ++number)
    unique = (name + "_" + Twine(number)).str();
  outputs.push_back(value);
  outputNames.push_back(nameAttr(builder, unique));
}

OwningOpRef<ModuleOp> ModelBuilder::finish() {
  // A file that is refused as a whole has no inputs.
  if (!failed || !inputNames.empty())
    checkDimensions();
  if (!options.outputLayers.empty() && !tookOutputLayers)
    emitError() << "expects no --output-layer, as the file names no layers";
  if (!options.replacements.empty() && !tookReplacements)
    emitError() << "expects no --replace-layer, which is for models of Keras "
                   "and ONNX";
  if (failed)
    return {};
  if (llvm::is_contained(outputs, Value())) {
    emitError() << "expects a model with known outputs";
    return {};
  }
  func::ReturnOp::create(builder, function.getLoc(), outputs);
  function.setFunctionType(builder.getFunctionType(
      function.getBody().getArgumentTypes(), ValueRange(outputs).getTypes()));
  function.setAllArgAttrs(inputNames);
  function.setAllResultAttrs(outputNames);
  if (mlir::failed(mlir::verify(*module)))
    return {};
  if (!otherTypes.empty())
    nn::emitDecision(function.getLoc(), llvm::join(otherTypes, " and "),
                     "computed in float32",
                     "weights keep their digits until they are rounded once; "
                     "inputs and outputs are float32");
  return std::move(module);
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

template <typename T>
void ModelBuilder::checkWeights(StringRef layer, StringRef parameter,
                                ArrayRef<T> values, bool mayBeInfinite) {
  weightCount += values.size();
  if (weightCount > maxModelWeights)
    emitError(layer) << "expects a model of at most " << maxModelWeights
                     << " weights";
  if (!llvm::all_of(values, [&](T value) {
        return std::isfinite(value) || (mayBeInfinite && std::isinf(value));
      }))
    emitError(layer) << "weights are not finite: " << parameter;
}

ElementsAttr ModelBuilder::addWeights(StringRef layer, StringRef parameter,
                                      const DoubleArray &array) {
  return addArray(layer, parameter, array, /*mayBeInfinite=*/false);
}

ElementsAttr ModelBuilder::addMask(StringRef layer, StringRef parameter,
                                   const DoubleArray &array) {
  return addArray(layer, parameter, array, /*mayBeInfinite=*/true);
}

ElementsAttr ModelBuilder::addArray(StringRef layer, StringRef parameter,
                                    const DoubleArray &array,
                                    bool mayBeInfinite) {
  checkWeights(layer, parameter, ArrayRef(array.values), mayBeInfinite);
  if (failed) // Saves the memory: the module will not be used.
    return getPlaceholder(array.shape);
  std::string name = (layer + "." + parameter).str();
  if (!llvm::all_of(array.values,
                    [](double value) { return double(float(value)) == value; }))
    return nn::createWeights(
        name, RankedTensorType::get(array.shape, builder.getF64Type()),
        llvm::to_vector(ArrayRef(array.values)));
  return nn::createRoundedWeights(
      name, RankedTensorType::get(array.shape, builder.getF32Type()),
      llvm::to_vector_of<float>(ArrayRef(array.values)));
}

ElementsAttr ModelBuilder::addWeights(StringRef layer, StringRef parameter,
                                      ArrayRef<double> values) {
  checkWeights(layer, parameter, values);
  return nn::createWeights(
      (layer + "." + parameter).str(),
      RankedTensorType::get(values.size(), builder.getF64Type()),
      llvm::to_vector(values));
}

ElementsAttr ModelBuilder::getPlaceholder(ArrayRef<int64_t> shape) {
  if (!countElements(shape))
    return {};
  return cast<ElementsAttr>(DenseElementsAttr::get(
      RankedTensorType::get(shape, builder.getF32Type()), 0.0f));
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

NamedAttribute ModelBuilder::ints(StringRef name, ArrayRef<int64_t> values) {
  return builder.getNamedAttr(name, builder.getDenseI64ArrayAttr(values));
}

static bool areAll(ArrayRef<int64_t> values, int64_t value) {
  return llvm::all_of(values, [=](int64_t other) { return other == value; });
}

SmallVector<NamedAttribute>
ModelBuilder::getConvAttributes(ElementsAttr kernel, ElementsAttr bias,
                                const WindowGeometry &geometry,
                                int64_t groups) {
  SmallVector<NamedAttribute> attributes{
      builder.getNamedAttr("kernel", kernel),
      builder.getNamedAttr("groups", builder.getI64IntegerAttr(groups))};
  if (bias)
    attributes.push_back(builder.getNamedAttr("bias", bias));
  if (!areAll(geometry.strides, 1))
    attributes.push_back(ints("strides", geometry.strides));
  if (!areAll(geometry.padding, 0))
    attributes.push_back(ints("padding", geometry.padding));
  if (!areAll(geometry.dilations, 1))
    attributes.push_back(ints("dilations", geometry.dilations));
  return attributes;
}

Value ModelBuilder::conv(StringRef layer, Value input, ElementsAttr kernel,
                         ElementsAttr bias, const WindowGeometry &geometry,
                         int64_t groups) {
  if (!kernel)
    return {};
  if (geometry.window.size() == 3)
    return convVolume(*this, layer, input, kernel, bias, geometry, groups);
  return create<nn::ConvOp>(layer, input,
                            getConvAttributes(kernel, bias, geometry, groups));
}

Value ModelBuilder::convTranspose(StringRef layer, Value input,
                                  ElementsAttr kernel, ElementsAttr bias,
                                  const WindowGeometry &geometry,
                                  int64_t groups) {
  if (!kernel)
    return {};
  if (geometry.window.size() == 3)
    return convTransposeVolume(*this, layer, input, kernel, bias, geometry,
                               groups);
  return create<nn::ConvTransposeOp>(
      layer, input, getConvAttributes(kernel, bias, geometry, groups));
}

Value ModelBuilder::dense(StringRef layer, Value input, ElementsAttr kernel,
                          ElementsAttr bias) {
  if (!kernel)
    return {};
  SmallVector<NamedAttribute> attributes{
      builder.getNamedAttr("kernel", kernel),
      builder.getNamedAttr("chains", builder.getI64IntegerAttr(1))};
  if (bias)
    attributes.push_back(builder.getNamedAttr("bias", bias));
  return create<nn::DenseOp>(layer, input, attributes);
}

Value ModelBuilder::batchNorm(StringRef layer, Value input, int64_t axis,
                              ElementsAttr gamma, ElementsAttr beta,
                              ElementsAttr mean, ElementsAttr variance,
                              double epsilon) {
  if (!mean || !variance)
    return {};
  SmallVector<NamedAttribute> attributes{
      builder.getNamedAttr("axis", builder.getI64IntegerAttr(axis)),
      builder.getNamedAttr("mean", mean),
      builder.getNamedAttr("variance", variance),
      builder.getNamedAttr("epsilon", builder.getF64FloatAttr(epsilon))};
  if (gamma)
    attributes.push_back(builder.getNamedAttr("gamma", gamma));
  if (beta)
    attributes.push_back(builder.getNamedAttr("beta", beta));
  return create<nn::BatchNormOp>(layer, input, attributes);
}

Value ModelBuilder::affine(StringRef layer, Value input, int64_t axis,
                           ElementsAttr scale, ElementsAttr shift) {
  if (!scale || !shift)
    return {};
  return create<nn::AffineOp>(
      layer, input,
      {builder.getNamedAttr("axis", builder.getI64IntegerAttr(axis)),
       builder.getNamedAttr("scale", scale),
       builder.getNamedAttr("shift", shift)});
}

Value ModelBuilder::activation(StringRef layer, Value input,
                               nn::ActivationAttr function) {
  if (!function)
    return {};
  return create<nn::ActivationOp>(layer, input,
                                  builder.getNamedAttr("function", function));
}

Value ModelBuilder::activation(StringRef layer, Value input,
                               nn::ActivationKind kind, double alpha,
                               double beta) {
  return activation(layer, input,
                    nn::ActivationAttr::getChecked(
                        [&] { return emitError(layer); }, builder.getContext(),
                        kind, llvm::APFloat(alpha), llvm::APFloat(beta)));
}

Value ModelBuilder::softmax(StringRef layer, Value input, int64_t axis) {
  return create<nn::SoftmaxOp>(
      layer, input,
      builder.getNamedAttr("axis", builder.getI64IntegerAttr(axis)));
}

Value ModelBuilder::dropout(StringRef layer, Value input, double rate) {
  return create<nn::DropoutOp>(
      layer, input,
      builder.getNamedAttr("rate", builder.getF64FloatAttr(rate)));
}

Value ModelBuilder::pool(StringRef layer, nn::PoolKind kind, Value input,
                         const WindowGeometry &geometry) {
  if (geometry.window.size() == 3)
    return poolVolume(*this, layer, kind, input, geometry);
  SmallVector<NamedAttribute> attributes{ints("window", geometry.window)};
  if (geometry.strides != geometry.window)
    attributes.push_back(ints("strides", geometry.strides));
  if (!areAll(geometry.padding, 0))
    attributes.push_back(ints("padding", geometry.padding));
  if (!areAll(geometry.dilations, 1))
    attributes.push_back(ints("dilations", geometry.dilations));
  return kind == nn::PoolKind::Max
             ? create<nn::MaxPoolOp>(layer, input, attributes)
             : create<nn::AvgPoolOp>(layer, input, attributes);
}

Value ModelBuilder::globalPool(StringRef layer, nn::PoolKind kind, Value input,
                               bool keepDims) {
  if (input && getShape(input).size() == 5)
    return globalPoolVolume(*this, layer, kind, input, keepDims);
  SmallVector<NamedAttribute> attributes{builder.getNamedAttr(
      "kind", nn::PoolKindAttr::get(builder.getContext(), kind))};
  if (keepDims)
    attributes.push_back(
        builder.getNamedAttr("keep_dims", builder.getUnitAttr()));
  return create<nn::GlobalPoolOp>(layer, input, attributes);
}

Value ModelBuilder::concat(StringRef layer, ValueRange inputs, int64_t axis) {
  return create<nn::ConcatOp>(
      layer, inputs,
      builder.getNamedAttr("axis", builder.getI64IntegerAttr(axis)));
}

Value ModelBuilder::embedding(StringRef layer, Value input, ElementsAttr table,
                              bool fromEnd) {
  if (!table)
    return {};
  SmallVector<NamedAttribute> attributes{builder.getNamedAttr("table", table)};
  if (fromEnd)
    attributes.push_back(
        builder.getNamedAttr("from_end", builder.getUnitAttr()));
  return create<nn::EmbeddingOp>(layer, input, attributes);
}

Value ModelBuilder::pad(StringRef layer, Value input, ArrayRef<int64_t> low,
                        ArrayRef<int64_t> high, double value,
                        nn::PadMode mode) {
  return create<nn::PadOp>(
      layer, input,
      {ints("low", low), ints("high", high),
       builder.getNamedAttr("mode",
                            nn::PadModeAttr::get(builder.getContext(), mode)),
       builder.getNamedAttr("value", builder.getF64FloatAttr(value))});
}

Value ModelBuilder::reshape(StringRef layer, Value input,
                            ArrayRef<int64_t> shape) {
  if (!input)
    return {};
  auto type = cast<RankedTensorType>(input.getType());
  int64_t elements = type.getNumElements() / type.getDimSize(0);
  SmallVector<int64_t> sizes(shape);
  int64_t *open = llvm::find(sizes, -1);
  if (open != sizes.end()) {
    *open = 1;
    int64_t others = countElements(sizes).value_or(0);
    if (others > 0 && elements % others == 0)
      *open = elements / others;
  }
  if (countElements(sizes) != elements) {
    emitError(layer) << "expects a shape of " << elements
                     << " elements to match the input, but got "
                     << formatShape(shape);
    return {};
  }
  sizes.insert(sizes.begin(), type.getDimSize(0));
  return reshapeWithBatch(layer, input, sizes);
}

Value ModelBuilder::reshapeWithBatch(StringRef layer, Value input,
                                     ArrayRef<int64_t> shape) {
  if (!input)
    return {};
  auto type = cast<RankedTensorType>(input.getType());
  return nn::ReshapeOp::create(
      builder, getLoc(layer),
      RankedTensorType::get(shape, type.getElementType()), input);
}

Value ModelBuilder::mergeStepsIntoBatch(StringRef layer, Value input) {
  if (!input)
    return {};
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape(type.getShape().drop_front());
  shape[0] *= type.getDimSize(0);
  return reshapeWithBatch(layer, input, shape);
}

Value ModelBuilder::splitStepsFromBatch(StringRef layer, Value input,
                                        int64_t batch) {
  if (!input)
    return {};
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[0] /= batch;
  shape.insert(shape.begin(), batch);
  return reshapeWithBatch(layer, input, shape);
}

Value ModelBuilder::flatten(StringRef layer, Value input) {
  return reshape(layer, input, {-1});
}

Value ModelBuilder::resize(StringRef layer, Value input, nn::ResizeKind kind,
                           ArrayRef<int64_t> sizes, nn::Coordinates coordinates,
                           nn::Rounding rounding, ArrayRef<double> scales) {
  MLIRContext *context = builder.getContext();
  SmallVector<NamedAttribute> attributes{
      builder.getNamedAttr("kind", nn::ResizeKindAttr::get(context, kind)),
      ints("sizes", sizes),
      builder.getNamedAttr("coordinates",
                           nn::CoordinatesAttr::get(context, coordinates)),
      builder.getNamedAttr("rounding",
                           nn::RoundingAttr::get(context, rounding))};
  if (!scales.empty())
    attributes.push_back(
        builder.getNamedAttr("scales", builder.getDenseF64ArrayAttr(scales)));
  return create<nn::ResizeOp>(layer, input, attributes);
}

Value ModelBuilder::slice(StringRef layer, Value input, ArrayRef<int64_t> begin,
                          ArrayRef<int64_t> size, ArrayRef<int64_t> strides) {
  SmallVector<NamedAttribute> attributes{ints("begin", begin),
                                         ints("size", size)};
  if (!areAll(strides, 1))
    attributes.push_back(ints("strides", strides));
  return create<nn::SliceOp>(layer, input, attributes);
}

Value ModelBuilder::transpose(StringRef layer, Value input,
                              ArrayRef<int64_t> permutation) {
  return create<nn::TransposeOp>(layer, input,
                                 ints("permutation", permutation));
}
