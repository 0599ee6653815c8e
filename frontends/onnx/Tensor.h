//===- Tensor.h - Stored tensors of ONNX ------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ONNX_TENSOR_H
#define FRIEZE_FRONTENDS_ONNX_TENSOR_H

#include "frontends/Tensor.h"

namespace onnx {
class TensorProto;
}

namespace frieze {
class ModelBuilder;
}

namespace frieze::onnx {

/// ONNX's element type `type`, a TensorProto::DataType. Nothing where its
/// elements are no numbers, or of a kind that is not read.
std::optional<DataType> getDataType(int type);
/// What ONNX calls the element type `type`, or its number.
std::string getTypeName(int type);
inline std::string getTypeName(DataType type) { return getTypeName(int(type)); }

/// Notes that values of `type` are computed in float32, where that is another
/// type of floating-point numbers.
void noteType(ModelBuilder &builder, DataType type);

/// The elements of a stored tensor. One with its data in another file reads it
/// from `folder`, and from nowhere outside of it.
llvm::Expected<Constant> readTensor(const ModelBuilder &builder,
                                    const ::onnx::TensorProto &proto,
                                    llvm::StringRef folder);

} // namespace frieze::onnx

#endif // FRIEZE_FRONTENDS_ONNX_TENSOR_H
