//===- TfliteModel.h - TensorFlow Lite model files --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TFLITE_TFLITEMODEL_H
#define FRIEZE_FRONTENDS_TFLITE_TFLITEMODEL_H

#include "frontends/ModelFile.h"

namespace frieze {

/// Whether `bytes` begin as a TensorFlow Lite model does.
bool isTflite(llvm::StringRef bytes);

mlir::OwningOpRef<mlir::ModuleOp> importTflite(const ModelFile &file);

/// The operators that there are importers for, in alphabetic order.
std::vector<LayerDescription> listTfliteOperators();

} // namespace frieze

#endif // FRIEZE_FRONTENDS_TFLITE_TFLITEMODEL_H
