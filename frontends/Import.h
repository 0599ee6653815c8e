//===- Import.h - A model file becomes nn IR --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_IMPORT_H
#define FRIEZE_FRONTENDS_IMPORT_H

#include "frontends/ReadModel.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace frieze {

/// A size for a dimension of an input that the file leaves open.
struct DimensionSize {
  /// The dimension's name in the file, or `INPUT:AXIS`: an input by name or by
  /// index from 0, and an axis of it in the file's own layout, where 0 is the
  /// batch.
  std::string dimension;
  int64_t size;
};

/// What a layer computes, for one that Frieze doesn't know.
struct LayerReplacement {
  /// A class or an operator, or the name of one layer. See
  /// frontends/json/Replacements.h for how they are named.
  std::string layer;
  /// A file of Frieze's JSON.
  std::string path;
};

struct ImportOptions {
  /// A file with the weights, for a model file without.
  std::string weightsPath;
  /// Size of axis 0 of every input. Without, the file's, and 1 where it leaves
  /// it open.
  std::optional<int64_t> batch;
  std::vector<DimensionSize> dimensions;
  /// Layers whose results the model gives, in this order, in place of its own
  /// outputs; what these do not depend on is not imported. Empty for the
  /// model's own. See frontends/OutputLayers.h for how they are named.
  std::vector<std::string> outputLayers;
  std::vector<LayerReplacement> replacements;
  /// Gets the bytes of all that is read beside the model file, in the order of
  /// reading: of a file of weights or of a replacement, and of each tensor that
  /// an ONNX model has in another file.
  std::function<void(llvm::StringRef bytes)> onRead;
};

/// Reads the model file at `path`, which holds `bytes`. They decide the format:
/// a Keras zip archive (.keras), a Keras HDF5 file (.h5), an ONNX model
/// (.onnx), an exported program of PyTorch (.pt2), a TensorFlow Lite model
/// (.tflite), JSON (our spec, or Keras's `to_json()`), or MLIR text.
///
/// The module holds one public function, `@model`, with one argument per input
/// and one result per output, each with its name in the attribute `nn.name`.
/// Every op has a NameLoc with the layer's name over a FileLineColLoc with the
/// path. Problems, all of them at once, are reported as diagnostics of the
/// context at such locations; then the result is null.
mlir::OwningOpRef<mlir::ModuleOp> importModel(llvm::StringRef path,
                                              llvm::StringRef bytes,
                                              const ImportOptions &options,
                                              mlir::MLIRContext *context);

/// A layer or operator that models may have.
struct LayerDescription {
  /// The format of the file: `Keras`, `ONNX`, `PyTorch` or `TFLite`.
  std::string format;
  std::string name;
  /// The attributes that are read, in the order of reading; one that must have
  /// a certain value as `key=value`. All others are refused. None for PyTorch
  /// and TFLite, whose operators have those of their schemas.
  std::vector<std::string> attributes;
};

/// All that importModel() knows, by format and name.
std::vector<LayerDescription> listLayers(mlir::MLIRContext *context);

/// The location of layer `layer` of the file, or of the file itself.
mlir::Location getLayerLocation(mlir::MLIRContext *context,
                                llvm::StringRef path,
                                llvm::StringRef layer = "");

} // namespace frieze

#endif // FRIEZE_FRONTENDS_IMPORT_H
