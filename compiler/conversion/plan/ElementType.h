//===- ElementType.h - Sizes of elements ------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_ELEMENTTYPE_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_ELEMENTTYPE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/IR/Value.h"

namespace frieze {

/// Bytes of an element of what is computed with, in scratch memory: float32.
constexpr int64_t accumulatorBytes = 4;

/// Bytes of an element of type `element` in a buffer.
inline int64_t bytesOf(mlir::Type element) {
  return llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
}

/// Of the elements of a buffer or tensor.
inline mlir::Type getElementType(mlir::Value value) {
  return mlir::getElementTypeOrSelf(value.getType());
}

/// The flat buffer of a tensor.
inline mlir::MemRefType getBufferType(mlir::Type tensor) {
  auto shaped = llvm::cast<mlir::ShapedType>(tensor);
  return mlir::MemRefType::get(shaped.getNumElements(),
                               shaped.getElementType());
}

/// Bytes of a tensor as a buffer.
inline int64_t countBytes(mlir::Type tensor) {
  auto shaped = llvm::cast<mlir::ShapedType>(tensor);
  return shaped.getNumElements() * bytesOf(shaped.getElementType());
}

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_ELEMENTTYPE_H
