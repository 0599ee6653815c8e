//===- Functions.h - Functions of an ONNX model -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ONNX_FUNCTIONS_H
#define FRIEZE_FRONTENDS_ONNX_FUNCTIONS_H

#include "frontends/onnx/Node.h"
#include "frontends/onnx/onnx.pb.h"

namespace frieze::onnx {

using NodeList = google::protobuf::RepeatedPtrField<::onnx::NodeProto>;

/// The nodes of `function` as `call` has them: attributes that name one of the
/// function's have its value, that of the call or the default, or are absent.
/// Reports attributes of the call that the function does not have.
NodeList fillInAttributes(Node &call, const ::onnx::FunctionProto &function);

} // namespace frieze::onnx

#endif // FRIEZE_FRONTENDS_ONNX_FUNCTIONS_H
