//===- GraphImporter.h - Import of an ONNX graph ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ONNX_GRAPHIMPORTER_H
#define FRIEZE_FRONTENDS_ONNX_GRAPHIMPORTER_H

#include "frontends/ModelBuilder.h"
#include "frontends/onnx/Tensor.h"

namespace onnx {
class FunctionProto;
class GraphProto;
class ModelProto;
class ValueInfoProto;
} // namespace onnx

namespace frieze::onnx {

/// Reports the names that `graph`, or a graph in an attribute of a node,
/// defines twice, whether anything reads them or not.
void checkNames(ModelBuilder &builder, const ::onnx::GraphProto &graph);
void checkNames(ModelBuilder &builder, const ::onnx::FunctionProto &function);

/// Adds an input of the model. Null, and reported, where its rank is not known.
Tensor importInput(ModelBuilder &builder, const ::onnx::ValueInfoProto &input);

/// Builds `model` with `builder`. Tensors stored in other files are read from
/// `folder`.
void importGraph(ModelBuilder &builder, const ::onnx::ModelProto &model,
                 llvm::StringRef folder);

} // namespace frieze::onnx

#endif // FRIEZE_FRONTENDS_ONNX_GRAPHIMPORTER_H
