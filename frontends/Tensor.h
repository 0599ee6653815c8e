//===- Tensor.h - A tensor of a graph being imported ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TENSOR_H
#define FRIEZE_FRONTENDS_TENSOR_H

#include "frontends/Array.h"
#include "mlir/IR/Value.h"

#include <memory>

namespace frieze {

/// Types of elements, by the numbers that ONNX's TensorProto::DataType gives
/// them.
enum class DataType : int {
  Float = 1,
  UInt8,
  Int8,
  UInt16,
  Int16,
  Int32,
  Int64,
  Bool = 9,
  Half,
  Double,
  UInt32,
  UInt64,
  BFloat = 16
};

/// How files store elements of `type`. Nothing for a number that is no type
/// above.
std::optional<ElementType> getElementType(DataType type);
/// Elements as files store them, little endian: whole ones of a type that
/// isSupported() knows.
std::vector<double> decodeNumbers(llvm::StringRef bytes, ElementType type);

bool isFloat(DataType type);
bool isInteger(DataType type);

/// `value` as `type` has it: floating-point numbers are rounded to the nearest,
/// integers of up to 32 bits lose their higher bits.
double roundTo(double value, DataType type);

/// Whether `value` without what follows its point is a number of `type`.
bool isInRange(double value, DataType type);

/// A tensor whose elements are known at import, row major, each as its type has
/// it; but integers beyond 2^53 are rounded, which only the "to the end" of
/// slices are in practice. Bools are 0 and 1.
struct Constant {
  DataType type = DataType::Float;
  llvm::SmallVector<int64_t> shape;
  std::vector<double> values;

  /// The values as integers, saturated.
  llvm::SmallVector<int64_t> getIntegers() const;
  DoubleArray toArray() const;
};

/// What a name in a graph stands for: a constant, a value of the model, or,
/// where both are null, one that could not be built (a reported problem) or an
/// optional input that is absent.
struct Tensor {
  std::shared_ptr<const Constant> constant;
  mlir::Value value;
  /// That of the value in the file. nn has all of them as float32, so that
  /// operators must leave the others exact; see ValueTypes.
  DataType valueType = DataType::Float;

  Tensor() = default;
  Tensor(mlir::Value value, DataType valueType = DataType::Float)
      : value(value), valueType(valueType) {}
  Tensor(Constant constant)
      : constant(std::make_shared<Constant>(std::move(constant))) {}

  explicit operator bool() const { return constant || value; }
  llvm::ArrayRef<int64_t> getShape() const;
  DataType getType() const { return constant ? constant->type : valueType; }
};

/// A scalar, or a vector of integers.
Constant makeInteger(int64_t value);
Constant makeIntegers(llvm::ArrayRef<int64_t> values);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_TENSOR_H
