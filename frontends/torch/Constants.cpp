//===- Constants.cpp - PyTorch's constants and copies -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;

/// What says where and how a tensor is stored.
static void ignoreStorage(Node &node) {
  for (StringRef key : {"layout", "device", "pin_memory", "memory_format",
                        "non_blocking", "copy", "requires_grad"})
    node.ignore(key);
}

static Tensor fill(Node &node, ArrayRef<int64_t> shape, double value,
                   DataType type) {
  if (!checkFolded(node, shape))
    return {};
  return Constant{
      type, SmallVector<int64_t>(shape),
      std::vector<double>(*countElements(shape), roundTo(value, type))};
}

/// Of `size`, filled with one number; -1 is the argument `fill_value`.
template <int number> static Tensors importFull(Node &node) {
  ignoreStorage(node);
  auto size = node.takeInts("size");
  double value =
      number < 0 ? node.takeNumber("fill_value", std::nullopt) : number;
  auto type = node.takeType("dtype", DataType::Float);
  if (!size || !type || node.hasFailed())
    return {{}};
  return {fill(node, *size, value, *type)};
}

/// The same of the shape and type of `self`.
template <int number> static Tensors importFullLike(Node &node) {
  ignoreStorage(node);
  Tensor input = node.takeTensor("self");
  double value =
      number < 0 ? node.takeNumber("fill_value", std::nullopt) : number;
  if (!input)
    return {{}};
  auto type = node.takeType("dtype", input.getType());
  // Of those with a shape of their own.
  SmallVector<int64_t> shape(input.getShape());
  if (node.has("size"))
    shape = node.takeInts("size").value_or(shape);
  if (!type || node.hasFailed())
    return {{}};
  return {fill(node, shape, value, *type)};
}

/// `self` with all elements one number, which is a constant.
static Tensors importFill(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  Tensor value = node.takeOperand("value", input);
  if (!value || node.hasFailed())
    return {{}};
  if (!value.constant || value.constant->values.size() != 1) {
    node.emitError() << "unsupported 'value' of " << node.target
                     << ", expects a constant number";
    return {{}};
  }
  return {fill(node, input.getShape(), value.constant->values.front(),
               input.getType())};
}

static Tensors importZero(Node &node) {
  Tensor input = node.takeTensor("self");
  return {input ? fill(node, input.getShape(), 0.0, input.getType())
                : Tensor()};
}

/// `src` with the shape of `self`, whose elements do not matter.
static Tensors importCopyInto(Node &node) {
  ignoreStorage(node);
  Tensor input = node.takeTensor("self"), source = node.takeTensor("src");
  if (!input || !source)
    return {{}};
  if (source.getType() != input.getType()) {
    node.emitError() << "unsupported conversion of 'src' of copy, expects the "
                        "type of 'self'";
    return {{}};
  }
  if (!broadcast(source.getShape(), input.getShape())) {
    node.emitError() << "expects 'src' to fit shape "
                     << formatShape(input.getShape()) << ", but got "
                     << formatShape(source.getShape());
    return {{}};
  }
  return {repeat(node, source, input.getShape())};
}

/// Of constants alone: the rest of a division with the sign of `self`.
static Tensors importFmod(Node &node) {
  auto input = node.takeConstant("self");
  if (!input)
    return {{}};
  Tensor divisor = node.takeOperand("other", Tensor(Constant(*input)));
  if (!divisor || !divisor.constant) {
    if (!node.hasFailed())
      node.emitError() << "unsupported 'other' of fmod, expects a constant";
    return {{}};
  }
  if (llvm::is_contained(divisor.constant->values, 0.0)) {
    node.emitError() << "expects 'other' of fmod to be other than zero";
    return {{}};
  }
  return {combineConstants(node, std::fmod, *input, *divisor.constant)};
}

static Tensors importScalar(Node &node) {
  ignoreStorage(node);
  double value = node.takeNumber("s", std::nullopt);
  auto type = node.takeType("dtype", DataType::Float);
  return {type ? Tensor(Constant{*type, {}, {roundTo(value, *type)}})
               : Tensor()};
}

static Tensors importArange(Node &node) {
  ignoreStorage(node);
  // Numbers with a point make all of them such.
  bool isWhole = true;
  auto take = [&](StringRef key, double fallback) {
    if (!node.has(key) && key != "end")
      return fallback;
    Tensor number = node.takeOperand(key, Tensor());
    if (!number.constant || number.constant->values.size() != 1)
      return fallback;
    isWhole &= !isFloat(number.getType());
    return number.constant->values.front();
  };
  double start = take("start", 0.0), end = take("end", 0.0),
         step = take("step", 1.0);
  auto type =
      node.takeType("dtype", isWhole ? DataType::Int64 : DataType::Float);
  double count = std::max(0.0, std::ceil((end - start) / step));
  if (!type || node.hasFailed())
    return {{}};
  // Not a number where the step is zero.
  if (!(count <= double(maxElements)) || !checkFolded(node, {int64_t(count)})) {
    if (!node.hasFailed())
      node.emitError() << "expects fewer numbers from " << start << " to "
                       << end;
    return {{}};
  }
  Constant result{*type, {int64_t(count)}, {}};
  for (int64_t i = 0; i < int64_t(count); ++i)
    result.values.push_back(roundTo(start + i * step, *type));
  return {result};
}

/// What copies or only names a tensor.
static Tensors importCopy(Node &node) {
  ignoreStorage(node);
  return {node.takeTensor("self")};
}

/// Of values, to the types that are computed with.
static Tensors importConversion(Node &node) {
  ignoreStorage(node);
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  auto type = node.takeType("dtype", input.getType());
  if (!type)
    return {{}};
  if (input.constant) {
    Constant result = *input.constant;
    result.type = *type;
    for (double &value : result.values) {
      if (!isInRange(value, *type)) {
        node.emitError() << "expects numbers that the type has, but got "
                         << value;
        return {{}};
      }
      value = roundTo(value, *type);
    }
    return {result};
  }
  DataType from = input.valueType;
  if (*type == from || *type == DataType::Float ||
      ((*type == DataType::Int32 || *type == DataType::Int64) &&
       !isFloat(from)))
    return {Tensor(input.value, *type)};
  if (*type == DataType::Bool)
    return {Tensor(node.builder.binaryWithWeights(node.name,
                                                  nn::BinaryKind::NotEqual,
                                                  input.value, {{}, {0.0}}),
                   *type)};
  // What follows the point goes. What these types lack has no defined result.
  if (*type == DataType::Int32 || *type == DataType::Int64)
    return {Tensor(node.builder.activation(node.name, input.value,
                                           nn::ActivationKind::Trunc),
                   *type)};
  node.emitError() << "unsupported conversion of a value computed from the "
                      "model's inputs, expects one to float32"
                   << (isFloat(*type) ? "; export the module in float32" : "");
  return {{}};
}

ArrayRef<Operator> frieze::torch::getConstantOperators() {
  static const Operator operators[] = {
      {"_to_copy.default", importConversion, ValueTypes::Own},
      {"alias.default", importCopy, ValueTypes::View},
      {"arange.default", importArange},
      {"arange.start", importArange},
      {"arange.start_step", importArange},
      {"clone.default", importCopy, ValueTypes::Any},
      {"contiguous.default", importCopy, ValueTypes::View},
      {"detach.default", importCopy, ValueTypes::View},
      {"detach_.default", importCopy, ValueTypes::View},
      {"copy.default", importCopyInto, ValueTypes::Own},
      {"fill.Scalar", importFill, ValueTypes::Own},
      {"fill.Tensor", importFill, ValueTypes::Own},
      {"fmod.Scalar", importFmod},
      {"fmod.Tensor", importFmod},
      {"full.default", importFull<-1>},
      {"full_like.default", importFullLike<-1>, ValueTypes::Own},
      {"lift_fresh_copy.default", importCopy, ValueTypes::Any},
      {"new_full.default", importFullLike<-1>, ValueTypes::Own},
      {"new_ones.default", importFullLike<1>, ValueTypes::Own},
      {"new_zeros.default", importFullLike<0>, ValueTypes::Own},
      {"ones.default", importFull<1>},
      {"ones_like.default", importFullLike<1>, ValueTypes::Own},
      {"scalar_tensor.default", importScalar},
      {"to.dtype", importConversion, ValueTypes::Own},
      {"to.dtype_layout", importConversion, ValueTypes::Own},
      {"zero.default", importZero, ValueTypes::Own},
      {"zeros.default", importFull<0>},
      {"zeros_like.default", importFullLike<0>, ValueTypes::Own},
  };
  return operators;
}
