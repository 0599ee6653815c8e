//===- OnnxModel.h - ONNX model files ---------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ONNX_ONNXMODEL_H
#define FRIEZE_FRONTENDS_ONNX_ONNXMODEL_H

#include "frontends/ModelFile.h"

namespace frieze {

/// Whether `bytes` begin as an ONNX model does. The format has no magic number:
/// they are the fields of a ModelProto, up to its graph.
bool isOnnx(llvm::StringRef bytes);

/// Imports an ONNX model. Tensors stored outside of the file are read from its
/// folder.
mlir::OwningOpRef<mlir::ModuleOp> importOnnx(const ModelFile &file);

/// The operators that importOnnx() knows, by name.
std::vector<LayerDescription> listOnnxOperators(mlir::MLIRContext *context);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_ONNX_ONNXMODEL_H
