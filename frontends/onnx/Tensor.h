//===- Tensor.h - A tensor of an ONNX graph ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ONNX_TENSOR_H
#define FRIEZE_FRONTENDS_ONNX_TENSOR_H

#include "frontends/Array.h"
#include "mlir/IR/Value.h"

#include <memory>

namespace onnx {
class TensorProto;
}

namespace frieze::onnx {

enum class ElementClass { Float, Integer, Bool };

/// A tensor whose elements are known at import, row major. Floating-point ones
/// are float32 values; integers beyond 2^53 are rounded, which only the
/// "to the end" of slices are in practice; bools are 0 and 1.
struct Constant {
  ElementClass elementClass = ElementClass::Float;
  llvm::SmallVector<int64_t> shape;
  std::vector<double> values;

  /// The values as integers, saturated.
  llvm::SmallVector<int64_t> getIntegers() const;
  Array toArray() const;
};

/// What a name in a graph stands for: a constant, a value of the model, or,
/// where both are null, one that could not be built (a reported problem) or an
/// optional input that is absent.
struct Tensor {
  std::shared_ptr<const Constant> constant;
  mlir::Value value;
  /// That of the value: nn computes in float32, but indices stay whole.
  ElementClass valueClass = ElementClass::Float;

  Tensor() = default;
  Tensor(mlir::Value value, ElementClass valueClass = ElementClass::Float)
      : value(value), valueClass(valueClass) {}
  Tensor(Constant constant)
      : constant(std::make_shared<Constant>(std::move(constant))) {}

  explicit operator bool() const { return constant || value; }
  llvm::ArrayRef<int64_t> getShape() const;
  ElementClass getElementClass() const {
    return constant ? constant->elementClass : valueClass;
  }
};

/// The class of ONNX's element type `type`, a TensorProto::DataType. Nothing
/// where its elements are no numbers, or of a kind that is not read.
std::optional<ElementClass> getElementClass(int type);
/// What ONNX calls the element type `type`, or its number.
std::string getTypeName(int type);

/// A scalar, or a vector of integers.
Constant makeInteger(int64_t value);
Constant makeIntegers(llvm::ArrayRef<int64_t> values);

/// The elements of a stored tensor. One with its data in another file reads it
/// from `folder`, and from nowhere outside of it.
llvm::Expected<Constant> readTensor(const ::onnx::TensorProto &proto,
                                    llvm::StringRef folder);

} // namespace frieze::onnx

#endif // FRIEZE_FRONTENDS_ONNX_TENSOR_H
