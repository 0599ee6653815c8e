//===- GraphImporter.h - Import of a TensorFlow Lite graph ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TFLITE_GRAPHIMPORTER_H
#define FRIEZE_FRONTENDS_TFLITE_GRAPHIMPORTER_H

#include "frontends/tflite/Node.h"

namespace frieze::tflite {

/// Builds the graph of `model`, a table Model of the schema.
void importGraph(ModelBuilder &builder, const FlatTable &model);

} // namespace frieze::tflite

#endif // FRIEZE_FRONTENDS_TFLITE_GRAPHIMPORTER_H
