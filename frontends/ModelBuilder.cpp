//===- ModelBuilder.cpp - Builds the module of a model ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/ModelBuilder.h"
#include "dialect/Remarks.h"
#include "dialect/Weights.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;

/// Weights of a whole model, all layers together.
static constexpr int64_t maxModelWeights = int64_t(1) << 29;

ArrayRef<int64_t> frieze::getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
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

/// Bytes that nothing but an equal array has.
static std::string digest(const DoubleArray &array) {
  auto bytes = llvm::BLAKE3::hash(
      ArrayRef<uint8_t>(reinterpret_cast<const uint8_t *>(array.values.data()),
                        array.values.size() * sizeof(double)));
  return (llvm::toStringRef(bytes) + formatShape(array.shape)).str();
}

ElementsAttr ModelBuilder::addArray(StringRef layer, StringRef parameter,
                                    const DoubleArray &array,
                                    bool mayBeInfinite) {
  checkWeights(layer, parameter, ArrayRef(array.values), mayBeInfinite);
  if (failed) // Saves the memory: the module will not be used.
    return getPlaceholder(array.shape);
  ElementsAttr own;
  // Zeros and ones are equal in layers that have nothing to do with each other.
  ElementsAttr &made =
      llvm::all_equal(array.values) ? own : arrays[digest(array)];
  if (made)
    return made;
  std::string name = (layer + "." + parameter).str();
  bool isSingle = llvm::all_of(
      array.values, [](double value) { return double(float(value)) == value; });
  if (isSingle)
    made = nn::createRoundedWeights(
        name, RankedTensorType::get(array.shape, builder.getF32Type()),
        llvm::to_vector_of<float>(ArrayRef(array.values)));
  else
    made = nn::createWeights(
        name, RankedTensorType::get(array.shape, builder.getF64Type()),
        llvm::to_vector(ArrayRef(array.values)));
  return made;
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
