//===- OperatorList.cpp - The ONNX operators that are imported --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Node.h"
#include "frontends/onnx/OnnxModel.h"
#include "frontends/onnx/onnx.pb.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// An input of all ones: a constant, or a value of the model.
static Tensor makeInput(ModelBuilder &builder, ArrayRef<int64_t> shape,
                        bool isConstant, DataType type = DataType::Float) {
  if (!isConstant)
    return {builder.addInput("x", shape), type};
  return Constant{type, SmallVector<int64_t>(shape),
                  std::vector<double>(*countElements(shape), 1.0)};
}

/// The attributes that the importer of `known` asks for, of a node without any
/// but a window: which ones depends on its inputs, so that it gets different
/// ones.
static std::vector<std::string> findAttributes(MLIRContext *context,
                                               const Operator &known) {
  // Of the first input, and of the others.
  static const std::pair<SmallVector<int64_t>, SmallVector<int64_t>> shapes[] =
      {{{1, 4, 4, 4}, {4, 4, 1, 1}},
       {{1, 4, 4, 4}, {4}},
       {{1, 4, 4}, {4, 4, 1}},
       {{1, 4, 4}, {4}},
       {{1, 4, 4}, {1, 16, 4}},
       {{1, 4}, {4}},
       {{4}, {1}}};
  size_t count = std::min<size_t>(known.maximumInputs, 5);
  std::vector<std::string> attributes;
  ::onnx::NodeProto proto;
  proto.set_op_type(known.name.str());
  proto.add_output("y");
  // Windows need a size.
  ::onnx::AttributeProto &window = *proto.add_attribute();
  window.set_name("kernel_shape");
  window.set_type(::onnx::AttributeProto::INTS);
  auto ask = [&](int64_t opset, ArrayRef<int64_t> first, bool isFirstConstant,
                 ArrayRef<int64_t> others, DataType type) {
    window.clear_ints();
    for (size_t axis = 2; axis < first.size(); ++axis)
      window.add_ints(1);
    ModelBuilder builder("", {}, context);
    Tensors inputs;
    for (size_t index = 0; index < count; ++index)
      inputs.push_back(index == 0 ? makeInput(builder, first, isFirstConstant)
                                  : makeInput(builder, others, true, type));
    Node node(builder, proto, opset, "", std::move(inputs), {true});
    known.import(node);
    for (const std::string &key : node.getReadKeys())
      if (!llvm::is_contained(attributes, key))
        attributes.push_back(key);
  };
  for (const auto &[first, others] : shapes)
    for (int64_t opset : {7, 23})
      for (bool isConstant : {false, true})
        for (DataType type : {DataType::Float, DataType::Int64})
          ask(opset, first, isConstant, others, type);
  return attributes;
}

std::vector<LayerDescription> frieze::listOnnxOperators(MLIRContext *context) {
  ScopedDiagnosticHandler silence(context, [](Diagnostic &) {});
  std::vector<LayerDescription> operators;
  for (const Operator *known : getOperators())
    operators.push_back(
        {"ONNX", known->name.str(), findAttributes(context, *known)});
  llvm::sort(operators,
             [](const auto &a, const auto &b) { return a.name < b.name; });
  return operators;
}
