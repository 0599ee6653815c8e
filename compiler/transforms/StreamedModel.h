//===- StreamedModel.h - A model that streams are made of -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the passes have in common that add functions of a stream to a model.
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TRANSFORMS_STREAMEDMODEL_H
#define FRIEZE_COMPILER_TRANSFORMS_STREAMEDMODEL_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace frieze::nn {

/// Function @model of `module`, of one block and one input of shape (1, axis)
/// or (1, axis, channels). `axis` and `use` say in the message of another model
/// what is streamed.
mlir::FailureOr<mlir::func::FuncOp> getStreamedModel(mlir::ModuleOp module,
                                                     llvm::StringRef axis,
                                                     llvm::StringRef use);

/// The functions of a stream, each with the number of windows, or of steps,
/// that it takes: one for one, and one for `together` where these are more.
llvm::SmallVector<std::pair<llvm::StringRef, int64_t>>
getStreamFunctions(int64_t together);

} // namespace frieze::nn

#endif // FRIEZE_COMPILER_TRANSFORMS_STREAMEDMODEL_H
