//===- GraphInputs.cpp - The inputs of an ONNX graph ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/GraphImporter.h"
#include "frontends/onnx/onnx.pb.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

Tensor frieze::onnx::importInput(ModelBuilder &builder,
                                 const ::onnx::ValueInfoProto &input) {
  const std::string &name = input.name();
  const auto &type = input.type().tensor_type();
  int elementType = type.elem_type();
  std::optional<DataType> dataType = getDataType(elementType);
  if (!input.type().has_tensor_type() || !type.has_shape() ||
      type.shape().dim_size() == 0 || !dataType) {
    builder.emitError(name)
        << "expects an input of known rank, with a batch, and of element "
           "type float, double, float16, bfloat16, bool or an integer type"
        << (dataType ? "" : ", but got type " + getTypeName(elementType));
    // What is behind one of another type is still checked.
    if (!type.has_shape() || type.shape().dim_size() == 0)
      return {};
  }
  SmallVector<int64_t> shape;
  SmallVector<std::string> names;
  for (const auto &dimension : type.shape().dim()) {
    names.push_back(dimension.dim_param());
    // Some exporters write 0 or -1 for what is open.
    shape.push_back(dimension.dim_value() > 0 ? dimension.dim_value()
                                              : ShapedType::kDynamic);
  }
  Tensor tensor(builder.addInput(name, shape, names),
                dataType.value_or(DataType::Float));
  noteType(builder, tensor.valueType);
  return tensor;
}
