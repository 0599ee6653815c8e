//===- Layer.h - One Keras layer being imported -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_LAYER_H
#define FRIEZE_FRONTENDS_KERAS_LAYER_H

#include "frontends/Json.h"
#include "frontends/ModelBuilder.h"
#include "frontends/keras/Masks.h"
#include "frontends/keras/WeightSource.h"
#include "llvm/ADT/StringMap.h"

#include <functional>

namespace frieze {
class Replacements;
} // namespace frieze

namespace frieze::keras {

/// What all layers of a model share.
struct ModelContext {
  ModelBuilder &builder;
  /// Null where there are none.
  WeightSource *weights;
  /// Version of the Keras that wrote the file, from 1 on.
  llvm::VersionTuple kerasVersion;
  /// What the options say of functions that Frieze doesn't know.
  Replacements *replacements = nullptr;
  /// Whether the lack of weights has been reported.
  bool reportedWeights = false;
  /// The weights of layers read before, by getPathKey() and part.
  llvm::StringMap<llvm::SmallVector<mlir::ElementsAttr>> weightsByPath = {};
};

/// What a call passes to a layer by keyword.
struct CallArgument {
  std::string keyword;
  /// Null where tensors are passed.
  const nlohmann::json *constant;
  llvm::SmallVector<mlir::Value> tensors;
  bool isTaken = false;
};

/// One layer being imported: what its importer reads from and builds with.
struct Layer {
  ModelContext &model;
  ModelBuilder &builder;
  ObjectReader &config;
  std::string name;
  LayerPath path;
  /// The tensors passed by position; to an operation, those of its first
  /// parameter.
  llvm::SmallVector<mlir::Value> inputs;
  /// Of an operation, also what is passed by position, with the names of its
  /// parameters; its constants are members of `config` instead.
  llvm::SmallVector<CallArgument> arguments = {};
  /// The outputs behind the one that the importer returns.
  llvm::SmallVector<mlir::Value> moreOutputs = {};
  /// As in LayerClass.
  std::string className = "";
  /// Whether the file has its channels first; the importer has them last.
  bool isChannelsFirst = false;
  /// Of the first input, and that which the layer makes of it.
  SharedMask mask = nullptr, madeMask = nullptr;
  /// Whether the layer computes with masks, by takeMask() or getStepsOf().
  bool takesMask = false;
  /// The mask of a tensor of the model; null where there is no way to tell.
  std::function<SharedMask(mlir::Value)> findMask = nullptr;

  /// The first input, mostly the only one; null where there is none.
  mlir::Value getInput() const {
    return inputs.empty() ? mlir::Value() : inputs.front();
  }
  /// Its shape, or an empty one where it is null.
  llvm::ArrayRef<int64_t> getInputShape() const;
  /// Begins the report of a problem of this layer.
  mlir::InFlightDiagnostic emitError() { return config.emitError(); }

  /// The tensors passed by keyword; none where it is absent. What is not taken
  /// is reported.
  llvm::ArrayRef<mlir::Value> takeTensors(llvm::StringRef keyword);
  /// The mask that is passed by keyword, else that of the first input: (batch,
  /// steps), 1 where a step counts. Null where there is none, or it has another
  /// shape, which is reported.
  mlir::Value takeMask();
  /// Leaves out `training`, whatever it is: for a layer whose default is true,
  /// which Keras 3 writes down, and leaves out itself when it predicts.
  void ignoreTraining();
  /// The mask that `input` has: (batch, steps), 1 where a step counts. Null
  /// where there is none, or it was merged with others, which is reported.
  mlir::Value getStepsOf(mlir::Value input);
  /// Whether the call passes `True` by keyword.
  bool takeFlag(llvm::StringRef keyword);
  /// Reports the arguments not taken, unless they are null or false.
  /// `isMasked` says that an input has a mask, which is passed on by keyword.
  void checkArguments(bool isMasked);

  /// Whether the input has a rank from `minimum` to `maximum`, with the batch.
  /// Reports if not. Fails for a null input.
  bool checkRank(size_t minimum, size_t maximum);
  /// The axis of the input that `axis` means, which may count from the end.
  /// Nothing for a null input, or where the config failed.
  std::optional<int64_t> resolveAxis(int64_t axis);
  /// The axes of the input that `axes` mean, in ascending order. Nothing where
  /// one is none or there twice, which is reported, and for a null input.
  std::optional<llvm::SmallVector<int64_t>>
  resolveAxes(llvm::ArrayRef<int64_t> axes);
  /// Takes `axis`: an integer or a list of one.
  int64_t takeAxis();
  /// Takes axes of `rank`: an integer or a list of them, none where absent.
  /// Reports what is neither, and returns nothing.
  std::optional<llvm::SmallVector<int64_t>> takeAxes(llvm::StringRef key,
                                                     int64_t rank);
  /// Takes `axis`: those of a reduction of the input, in ascending order.
  /// Reports the batch among them, and none, and returns nothing.
  std::optional<llvm::SmallVector<int64_t>> takeReducedAxes();
  /// Takes `axis`, an integer or a list, as it stands in the file.
  llvm::SmallVector<int64_t> takeAxisList();
  /// Returns whether the batch stays axis 0, and reports if not.
  bool checkBatch(bool staysFirst);

  /// Reads the weights `specs`, in the order in which Keras creates them.
  /// Placeholders where that fails; null attributes where the config did. A
  /// second call of the layer gets the same ones. `part` as in WeightSource.
  llvm::SmallVector<mlir::ElementsAttr>
  readWeights(llvm::ArrayRef<WeightSpec> specs, llvm::StringRef part = "");
  /// The same, before they become attributes. Empty where that fails.
  std::vector<DoubleArray> readArrays(llvm::ArrayRef<WeightSpec> specs,
                                      llvm::StringRef part = "");
  /// The kernels `specs`, and the bias of `outputs` elements or null. Nothing
  /// where the config failed.
  llvm::SmallVector<mlir::ElementsAttr>
  readKernelsAndBias(llvm::SmallVector<WeightSpec> specs, int64_t outputs,
                     bool useBias);
};

/// Imports a layer: reads its whole config and returns its output, null where
/// a problem was reported.
using ImportLayerFn = mlir::Value (*)(Layer &layer);

struct LayerClass {
  /// `ops.` precedes that of an operation, which may be that of a layer too,
  /// and `tf.` that of a function of TensorFlow.
  llvm::StringLiteral name;
  ImportLayerFn import;
  /// Whether it takes any number of inputs, and not just one.
  bool takesMany = false;
  /// Of an operation, or a layer that takes tensors by keyword: its parameters
  /// in their order, with commas between.
  llvm::StringLiteral parameters = "";
};

/// The layer classes of each family.
llvm::ArrayRef<LayerClass> getActivationLayers();
llvm::ArrayRef<LayerClass> getArithmetic();
llvm::ArrayRef<LayerClass> getAttentionLayers();
llvm::ArrayRef<LayerClass> getConvLSTMs();
llvm::ArrayRef<LayerClass> getConvolutionLayers();
llvm::ArrayRef<LayerClass> getCoreLayers();
llvm::ArrayRef<LayerClass> getImageOperations();
llvm::ArrayRef<LayerClass> getLocallyConnectedLayers();
llvm::ArrayRef<LayerClass> getLogic();
llvm::ArrayRef<LayerClass> getMergeLayers();
llvm::ArrayRef<LayerClass> getNormalizationLayers();
llvm::ArrayRef<LayerClass> getOperations();
llvm::ArrayRef<LayerClass> getPoolingLayers();
llvm::ArrayRef<LayerClass> getPreprocessing();
llvm::ArrayRef<LayerClass> getProducts();
llvm::ArrayRef<LayerClass> getRearrangements();
llvm::ArrayRef<LayerClass> getRecurrentLayers();
llvm::ArrayRef<LayerClass> getReductions();
llvm::ArrayRef<LayerClass> getSequenceLayers();
llvm::ArrayRef<LayerClass> getShapeLayers();
llvm::ArrayRef<LayerClass> getSlices();

/// All of them.
std::vector<const LayerClass *> getLayerClasses();

/// The class of that name, or null.
const LayerClass *findLayerClass(llvm::StringRef className);

/// What the argument `activation` of a layer means.
struct Activation {
  /// One after the other; none for `linear`.
  llvm::SmallVector<nn::ActivationAttr, 2> functions;
  /// What is no pointwise function of its own, such as softmax, or null. Axes
  /// are those of the file, and may count from the end.
  std::function<mlir::Value(Layer &layer, mlir::Value input,
                            llvm::ArrayRef<int64_t> axes)>
      compose = nullptr;
  llvm::SmallVector<int64_t, 1> axes = {-1};

  mlir::Value apply(Layer &layer, mlir::Value input) const;
};

/// The activation of that name. Reports an unknown one.
Activation getActivation(Layer &layer, llvm::StringRef name);

/// Takes an activation: a name, or a layer or function with its config.
Activation takeActivation(Layer &layer, llvm::StringRef key);

/// Ignores the attributes that mean nothing at inference (initializers,
/// regularizers, ...). Reports a dtype or a policy that is neither of
/// floating-point numbers nor, where `allowIntegers`, of integers or bool, and
/// notes one other than float32.
void ignoreHarmless(ModelBuilder &builder, ObjectReader &config,
                    bool allowIntegers = false);

/// Reports a layout other than `channels_last`.
void expectChannelsLast(Layer &layer);

/// Whether all options were taken, and the input has `spatialRank` axes between
/// its samples and its channels; reports that.
bool checkSpatialLayer(Layer &layer, size_t spatialRank);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_LAYER_H
