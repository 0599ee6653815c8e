//===- ModelBuilder.h - The module of one model, layer by layer -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_MODELBUILDER_H
#define FRIEZE_FRONTENDS_MODELBUILDER_H

#include "dialect/NNOps.h"
#include "frontends/Array.h"
#include "frontends/Import.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

#include <set>

namespace frieze {

/// Where a window stands on each spatial axis.
struct WindowGeometry {
  llvm::SmallVector<int64_t> window, strides, dilations;
  /// Low and high of each axis in turn.
  llvm::SmallVector<int64_t> padding;
};

/// The padding that `mode` means on an input of `shape`, with the batch:
/// `valid` (none), `causal` (low alone, so that no window sees what follows
/// it), or TensorFlow's `same` (windows start at all multiples of the stride;
/// where the padding is odd, high gets one more than low).
llvm::SmallVector<int64_t> getPadding(llvm::StringRef mode,
                                      llvm::ArrayRef<int64_t> shape,
                                      const WindowGeometry &geometry);

/// The same for a transposed convolution, where `valid` and `same` leave out of
/// the result what a convolution of those modes would add to its input: a size
/// of M becomes `M * stride` with `same`, and at least that with `valid`.
/// `outputPadding`, which may be empty, fixes how much there is beyond what the
/// last window needs.
llvm::SmallVector<int64_t>
getTransposedPadding(llvm::StringRef mode, const WindowGeometry &geometry,
                     llvm::ArrayRef<int64_t> outputPadding = {});

enum class RecurrentKind { GRU, LSTM, RNN };

/// What a recurrent layer consists of; gates in the order of nn.lstm and
/// nn.gru.
struct RecurrentParameters {
  /// `bias` may be null. `recurrentBias`, which may be null too, and
  /// `resetAfter` are for nn.gru alone.
  mlir::ElementsAttr kernel, recurrent, bias, recurrentBias;
  /// nn.rnn has no recurrent activation.
  nn::ActivationAttr activation, recurrentActivation;
  bool resetAfter = false, sequences = false, backwards = false,
       reversed = false, zeroMasked = false;
  /// Not 0 where a step counts: (batch, steps); null where all do.
  mlir::Value mask = {};
  /// Before the first step: (batch, units), or null for zeros. `initialCell` is
  /// for nn.lstm alone, as the next two, which may be null, and `cellClip` are.
  mlir::Value initial = {}, initialCell = {};
  mlir::ElementsAttr peephole = {};
  nn::ActivationAttr cellActivation = {};
  std::optional<double> clip = std::nullopt, cellClip = std::nullopt;
};

/// What a recurrent layer gives: the state of each step, with `sequences`, or
/// the last one; that after the last step; and the cell of nn.lstm then. The
/// last two are (batch, units).
struct RecurrentResults {
  mlir::Value output, state, cell;
};

/// Builds the module of one model. What the layers of a file have in common,
/// whatever its format: checks, locations, and leaving out what is default.
///
/// A null value or attribute stands for one that could not be built, because of
/// a problem already reported. Whatever takes it yields a null value again, so
/// that an importer reads on and finds all problems of its file.
class ModelBuilder {
public:
  ModelBuilder(llvm::StringRef path, const ImportOptions &options,
               mlir::MLIRContext *context);

  /// Begins the report of a problem of `layer`, or of the file where empty.
  mlir::InFlightDiagnostic emitError(llvm::StringRef layer = "");
  /// Begins a warning of what `layer` means in another way elsewhere.
  mlir::InFlightDiagnostic emitWarning(llvm::StringRef layer);
  /// Reports each part of `error`.
  void report(llvm::StringRef layer, llvm::Error error);

  /// An input of `shape`, whose axis 0 is the batch. A size is kDynamic where
  /// the file leaves it open, and may have a name in `dimensionNames`, which is
  /// empty or has one for each axis; the options then tell it. Reports those
  /// that they don't.
  mlir::Value addInput(llvm::StringRef name, llvm::ArrayRef<int64_t> shape,
                       llvm::ArrayRef<std::string> dimensionNames = {});
  /// The layers that are to be the model's outputs; none for its own. A format
  /// that does not ask has none to choose from, which finish() reports.
  llvm::ArrayRef<std::string> takeOutputLayers() {
    tookOutputLayers = true;
    return options.outputLayers;
  }
  /// What replaces layers. A format that does not ask has none that could be,
  /// which finish() reports.
  llvm::ArrayRef<LayerReplacement> takeReplacements() {
    tookReplacements = true;
    return options.replacements;
  }
  /// Tells the options what was read beside the model file.
  void noteRead(llvm::StringRef bytes) const {
    if (options.onRead)
      options.onRead(bytes);
  }
  /// Whether `value` is an input whose axis 0 was taken for a batch of one, as
  /// the file leaves it open and no option says what it is.
  bool isOpenBatch(mlir::Value value) const {
    return openBatches.contains(value);
  }
  /// An output, with a number appended to a name that another one has.
  void addOutput(llvm::StringRef name, mlir::Value value);
  /// Notes that the file computes in `type`, a floating-point type other than
  /// float32, which the module does not; finish() says so in one remark.
  void noteType(llvm::StringRef type) { otherTypes.insert(type.str()); }
  /// The module, or null if any problem was reported.
  mlir::OwningOpRef<mlir::ModuleOp> finish();

  /// `array` as the parameter `<layer>.<parameter>`, of f32, or of f64 where
  /// that has more digits. Reports what is not finite. Equal arrays, as
  /// of a layer that is called several times, and of the rounds of a loop that
  /// is written out, are one parameter, named after the first, but for those
  /// whose elements are all alike.
  mlir::ElementsAttr addWeights(llvm::StringRef layer,
                                llvm::StringRef parameter,
                                const DoubleArray &array);
  /// The same of numbers that may be infinite, as those of masks are.
  mlir::ElementsAttr addMask(llvm::StringRef layer, llvm::StringRef parameter,
                             const DoubleArray &array);
  /// The same with elements of f64.
  mlir::ElementsAttr addWeights(llvm::StringRef layer,
                                llvm::StringRef parameter,
                                llvm::ArrayRef<double> values);

  /// Stands for weights of `shape` that could not be read, so that the layers
  /// behind them are still checked.
  mlir::ElementsAttr getPlaceholder(llvm::ArrayRef<int64_t> shape);

  /// Convolutions and poolings have one to three spatial axes.
  mlir::Value conv(llvm::StringRef layer, mlir::Value input,
                   mlir::ElementsAttr kernel, mlir::ElementsAttr bias,
                   const WindowGeometry &geometry, int64_t groups);
  /// `groups` and `geometry` as in nn.conv_transpose.
  mlir::Value convTranspose(llvm::StringRef layer, mlir::Value input,
                            mlir::ElementsAttr kernel, mlir::ElementsAttr bias,
                            const WindowGeometry &geometry, int64_t groups);
  mlir::Value dense(llvm::StringRef layer, mlir::Value input,
                    mlir::ElementsAttr kernel, mlir::ElementsAttr bias);
  mlir::Value batchNorm(llvm::StringRef layer, mlir::Value input, int64_t axis,
                        mlir::ElementsAttr gamma, mlir::ElementsAttr beta,
                        mlir::ElementsAttr mean, mlir::ElementsAttr variance,
                        double epsilon);
  mlir::Value affine(llvm::StringRef layer, mlir::Value input, int64_t axis,
                     mlir::ElementsAttr scale, mlir::ElementsAttr shift);
  mlir::Value activation(llvm::StringRef layer, mlir::Value input,
                         nn::ActivationAttr function);
  /// Reports parameters that the function cannot have.
  mlir::Value activation(llvm::StringRef layer, mlir::Value input,
                         nn::ActivationKind kind, double alpha = 0.0,
                         double beta = 0.0);
  mlir::Value softmax(llvm::StringRef layer, mlir::Value input, int64_t axis);
  mlir::Value dropout(llvm::StringRef layer, mlir::Value input, double rate);
  mlir::Value pool(llvm::StringRef layer, nn::PoolKind kind, mlir::Value input,
                   const WindowGeometry &geometry);
  mlir::Value globalPool(llvm::StringRef layer, nn::PoolKind kind,
                         mlir::Value input, bool keepDims);
  /// The axes `axes`, with the batch as 0, combined into one value each.
  mlir::Value reduce(llvm::StringRef layer, nn::ReduceKind kind,
                     mlir::Value input, llvm::ArrayRef<int64_t> axes,
                     bool keepDims);
  /// Leaky ReLU whose slopes have the rank of the input.
  mlir::Value prelu(llvm::StringRef layer, mlir::Value input,
                    mlir::ElementsAttr slope);
  /// Normalisation over `axes`, with the batch as 0.
  mlir::Value normalize(llvm::StringRef layer, nn::NormalizeKind kind,
                        mlir::Value input, llvm::ArrayRef<int64_t> axes,
                        double epsilon);
  /// The product of the matrices on the last two axes.
  mlir::Value matmul(llvm::StringRef layer, mlir::Value lhs, mlir::Value rhs);
  /// Values of one rank, repeated along axes of size 1.
  mlir::Value binary(llvm::StringRef layer, nn::BinaryKind kind,
                     mlir::Value lhs, mlir::Value rhs);
  /// `chosen` where `condition` is not 0, else `other`; of one rank, repeated
  /// along axes of size 1.
  mlir::Value select(llvm::StringRef layer, mlir::Value condition,
                     mlir::Value chosen, mlir::Value other);
  /// The sum of `inputs`, from the first to the last.
  mlir::Value add(llvm::StringRef layer, mlir::ValueRange inputs);
  /// A value of the weights' shape, which has an axis for the batch.
  mlir::Value constant(llvm::StringRef layer, mlir::ElementsAttr value);
  /// `scale * input + shift`, for all elements.
  mlir::Value scaleAndShift(llvm::StringRef layer, mlir::Value input,
                            double scale, double shift);
  /// `input` combined with the weights `array`, repeated along axes of size 1
  /// and those that it lacks in front. `isFirst`: they are the first operand.
  /// An affine, which folds, where they depend on one axis at most. A mask that
  /// is added may be minus infinity where it depends on several.
  mlir::Value binaryWithWeights(llvm::StringRef layer, nn::BinaryKind kind,
                                mlir::Value input, const DoubleArray &array,
                                bool isFirst = false);
  mlir::Value concat(llvm::StringRef layer, mlir::ValueRange inputs,
                     int64_t axis);
  /// `fromEnd`: numbers below zero count from the last row on.
  mlir::Value embedding(llvm::StringRef layer, mlir::Value input,
                        mlir::ElementsAttr table, bool fromEnd = false);
  mlir::Value recurrent(llvm::StringRef layer, RecurrentKind kind,
                        mlir::Value input,
                        const RecurrentParameters &parameters);
  /// The same layer with what it has after its last step.
  RecurrentResults recurrentWithState(llvm::StringRef layer, RecurrentKind kind,
                                      mlir::Value input,
                                      RecurrentParameters parameters);
  mlir::Value pad(llvm::StringRef layer, mlir::Value input,
                  llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
                  double value, nn::PadMode mode = nn::PadMode::Constant);
  /// `shape` without the batch; one size may be -1, which stands for what is
  /// left.
  mlir::Value reshape(llvm::StringRef layer, mlir::Value input,
                      llvm::ArrayRef<int64_t> shape);
  /// `shape` with the batch, of as many elements as `input` has.
  mlir::Value reshapeWithBatch(llvm::StringRef layer, mlir::Value input,
                               llvm::ArrayRef<int64_t> shape);
  /// The steps of a sequence, axis 1, as samples.
  mlir::Value mergeStepsIntoBatch(llvm::StringRef layer, mlir::Value input);
  /// The reverse, for `batch` samples.
  mlir::Value splitStepsFromBatch(llvm::StringRef layer, mlir::Value input,
                                  int64_t batch);
  mlir::Value flatten(llvm::StringRef layer, mlir::Value input);
  /// `sizes` of the spatial axes; `scales` may be empty, `rounding` is for
  /// `nearest`.
  mlir::Value resize(llvm::StringRef layer, mlir::Value input,
                     nn::ResizeKind kind, llvm::ArrayRef<int64_t> sizes,
                     nn::Coordinates coordinates, nn::Rounding rounding,
                     llvm::ArrayRef<double> scales);
  /// With the batch, as in nn.slice.
  mlir::Value slice(llvm::StringRef layer, mlir::Value input,
                    llvm::ArrayRef<int64_t> begin, llvm::ArrayRef<int64_t> size,
                    llvm::ArrayRef<int64_t> strides);
  mlir::Value transpose(llvm::StringRef layer, mlir::Value input,
                        llvm::ArrayRef<int64_t> permutation);

  mlir::OpBuilder &getBuilder() { return builder; }

private:
  /// Creates an op unless an operand is null, and checks the size of its
  /// result.
  template <typename OpT>
  mlir::Value create(llvm::StringRef layer, mlir::ValueRange operands,
                     llvm::ArrayRef<mlir::NamedAttribute> attributes);
  llvm::SmallVector<mlir::NamedAttribute>
  getConvAttributes(mlir::ElementsAttr kernel, mlir::ElementsAttr bias,
                    const WindowGeometry &geometry, int64_t groups);
  template <typename OpT>
  mlir::Value createRecurrent(llvm::StringRef layer, mlir::Value input,
                              const RecurrentParameters &parameters,
                              bool withCells);
  mlir::Value createRecurrent(llvm::StringRef layer, RecurrentKind kind,
                              mlir::Value input,
                              const RecurrentParameters &parameters,
                              bool withCells);
  mlir::Location getLoc(llvm::StringRef layer);
  mlir::NamedAttribute ints(llvm::StringRef name,
                            llvm::ArrayRef<int64_t> values);
  template <typename T>
  void checkWeights(llvm::StringRef layer, llvm::StringRef parameter,
                    llvm::ArrayRef<T> values, bool mayBeInfinite = false);
  mlir::ElementsAttr addArray(llvm::StringRef layer, llvm::StringRef parameter,
                              const DoubleArray &array, bool mayBeInfinite);

  std::optional<int64_t> findSize(llvm::StringRef input, size_t axis,
                                  llvm::StringRef dimensionName);
  void checkDimensions();

  std::string path;
  const ImportOptions options;
  mlir::OpBuilder builder;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::func::FuncOp function;
  llvm::SmallVector<mlir::Value> outputs;
  llvm::SmallVector<mlir::DictionaryAttr> inputNames, outputNames;
  llvm::StringSet<> usedOutputNames, usedDimensions;
  std::set<std::string> otherTypes;
  int64_t weightCount = 0;
  /// What addWeights() made, by its elements and shape.
  llvm::StringMap<mlir::ElementsAttr> arrays;
  /// The inputs whose axis 0 the file leaves open and nothing says.
  llvm::DenseSet<mlir::Value> openBatches;
  bool failed = false, tookOutputLayers = false, tookReplacements = false;
};

/// The shape of a value of a model.
llvm::ArrayRef<int64_t> getShape(mlir::Value value);

template <typename OpT>
mlir::Value
ModelBuilder::create(llvm::StringRef layer, mlir::ValueRange operands,
                     llvm::ArrayRef<mlir::NamedAttribute> attributes) {
  if (llvm::is_contained(operands, mlir::Value()))
    return {};
  mlir::FailureOr<mlir::Value> result =
      nn::createChecked<OpT>(builder, getLoc(layer), operands, attributes);
  if (mlir::failed(result)) {
    failed = true;
    return {};
  }
  if (!countElements(getShape(*result))) {
    emitError(layer) << "expects a result of at most " << maxElements
                     << " elements, but got " << result->getType();
    return {};
  }
  return *result;
}

} // namespace frieze

#endif // FRIEZE_FRONTENDS_MODELBUILDER_H
