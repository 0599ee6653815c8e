//===- Operands.h - Inputs of ONNX nodes as operands ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ONNX_OPERANDS_H
#define FRIEZE_FRONTENDS_ONNX_OPERANDS_H

#include "frontends/onnx/Node.h"

namespace frieze::onnx {

/// The shape that all inputs broadcast to. Reported where they do not fit.
std::optional<llvm::SmallVector<int64_t>> broadcastInputs(Node &node);

/// Input `index` as a value of `rank`. `isMask`: a constant may be infinite.
mlir::Value getOperand(Node &node, size_t index, size_t rank,
                       bool isMask = false);

/// Values of `type` that differ in size along `axis` at most, one behind the
/// other.
Tensor concatValues(Node &node, llvm::ArrayRef<mlir::Value> values,
                    int64_t axis, DataType type);

} // namespace frieze::onnx

#endif // FRIEZE_FRONTENDS_ONNX_OPERANDS_H
