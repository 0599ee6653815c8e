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

namespace frieze {
class ModelBuilder;
}

namespace frieze::onnx {

/// ONNX's element types, by their numbers in TensorProto::DataType; those that
/// importers name.
enum class DataType : int {
  Float = 1,
  Int32 = 6,
  Int64 = 7,
  Bool = 9,
  Double = 11
};

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

/// ONNX's element type `type`, a TensorProto::DataType. Nothing where its
/// elements are no numbers, or of a kind that is not read.
std::optional<DataType> getDataType(int type);
/// What ONNX calls the element type `type`, or its number.
std::string getTypeName(int type);
inline std::string getTypeName(DataType type) { return getTypeName(int(type)); }

/// Notes that values of `type` are computed in float32, where that is another
/// type of floating-point numbers.
void noteType(ModelBuilder &builder, DataType type);

/// A scalar, or a vector of integers.
Constant makeInteger(int64_t value);
Constant makeIntegers(llvm::ArrayRef<int64_t> values);

/// The elements of a stored tensor. One with its data in another file reads it
/// from `folder`, and from nowhere outside of it.
llvm::Expected<Constant> readTensor(const ::onnx::TensorProto &proto,
                                    llvm::StringRef folder);

} // namespace frieze::onnx

#endif // FRIEZE_FRONTENDS_ONNX_TENSOR_H
