//===- TfliteModel.cpp - TensorFlow Lite model files ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/TfliteModel.h"
#include "frontends/tflite/GraphImporter.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

/// What follows the offset of the first table.
static constexpr StringLiteral identifier = "TFL3";

bool frieze::isTflite(StringRef bytes) {
  return bytes.substr(4).starts_with(identifier);
}

OwningOpRef<ModuleOp> frieze::importTflite(const ModelFile &file) {
  ModelBuilder builder(file.path, file.options, file.context);
  if (!file.options.weightsPath.empty()) {
    builder.emitError() << "expects no --weights, as a TensorFlow Lite model "
                           "holds its own";
    return {};
  }
  tflite::FlatBuffer buffer(file.bytes);
  tflite::importGraph(builder, tflite::FlatTable::getRoot(buffer));
  if (buffer.isDamaged())
    builder.emitError()
        << "expects a TensorFlow Lite model, but the file is damaged";
  return builder.finish();
}
