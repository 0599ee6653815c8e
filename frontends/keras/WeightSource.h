//===- WeightSource.h - Where a Keras layer's weights are -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_WEIGHTSOURCE_H
#define FRIEZE_FRONTENDS_KERAS_WEIGHTSOURCE_H

#include "frontends/Hdf5File.h"

namespace frieze::keras {

/// A layer within its container (a model, or a layer that holds others).
struct LayerStep {
  std::string name;
  /// The class in snake case, by which Keras 3 names groups; of a member, its
  /// name as an attribute.
  std::string group;
  /// How many layers of the class precede it in the container.
  unsigned ordinal = 0;
  /// Whether it is an attribute of the layer before: the `layer` of a wrapper,
  /// or the `forward_layer` or `backward_layer` of one with both directions.
  bool isMember = false;
};

/// The way from the model to a layer: one step, or more in nested models.
using LayerPath = llvm::SmallVector<LayerStep>;

/// A string that differs for different layers.
std::string getPathKey(const LayerPath &layer);

/// A weight that a layer needs.
struct WeightSpec {
  llvm::StringRef name;
  /// In the file.
  llvm::SmallVector<int64_t> shape;
  /// In the op, where it differs; the elements are the same.
  llvm::SmallVector<int64_t> opShape = {};
  /// Orders of axes that the file may have instead of `shape`, of which the
  /// first that fits counts: its axis i is axis `[i]` of `shape`, or one of
  /// size one where that is negative.
  llvm::SmallVector<llvm::SmallVector<int64_t>> layouts = {};
  /// How many axes in front are those of a window.
  size_t windowAxes = 0;
};

/// A weight of a layer that Frieze doesn't know, as the file has it.
struct StoredWeight {
  /// Its place among the weights of the layer itself, or of all where the file
  /// has those of the layers in it in order; "" where it has none.
  std::string number;
  /// Behind the layers in it that have it: `dense/kernel`, `dense/0`. "" where
  /// it is the layer's own and has no name.
  std::string name;
  /// Where the HDF5 file has it.
  std::string dataset;
};

/// The weights of a model's layers.
class WeightSource {
public:
  virtual ~WeightSource() = default;

  /// The weights `specs` of a layer, given in the order in which Keras creates
  /// them. `part` is the part of the layer that they belong to, if any: the
  /// `cell` of a recurrent layer, the `query_dense` of an attention. An error,
  /// one part for each weight concerned, names the place in the file and the
  /// shape expected there.
  virtual llvm::Expected<std::vector<DoubleArray>>
  read(const LayerPath &layer, llvm::ArrayRef<WeightSpec> specs,
       llvm::StringRef part) = 0;

  /// All weights of a layer, and of the layers in it.
  virtual std::vector<StoredWeight> list(const LayerPath &layer) = 0;
  /// A weight that list() gave, of whatever shape it has.
  virtual llvm::Expected<DoubleArray> read(const StoredWeight &weight) = 0;
};

/// The weights in an HDF5 file: in Keras 3's layout (`layers/dense/vars/0`), in
/// that of older versions (`model_weights/dense/dense/kernel:0`), or in that of
/// a file with weights only, which has no `model_weights` above.
llvm::Expected<std::unique_ptr<WeightSource>>
openWeights(std::unique_ptr<Hdf5File> file);

/// Keras's snake case: `MaxPooling1D` is `max_pooling1d`.
std::string toSnakeCase(llvm::StringRef className);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_WEIGHTSOURCE_H
