//===- Node.h - One node of an exported program -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TORCH_NODE_H
#define FRIEZE_FRONTENDS_TORCH_NODE_H

#include "frontends/GraphNode.h"
#include "frontends/torch/Program.h"

namespace frieze::torch {

/// The tensors and the sizes that a program has computed so far, by name. A
/// tensor that is null could not be built, because of a problem already
/// reported.
struct Environment {
  llvm::StringMap<Tensor> tensors;
  llvm::StringMap<int64_t> integers;
};

/// One call of an operator being imported. It keeps account of the arguments,
/// so that none is ignored by mistake; one of the wrong kind is reported, and a
/// usable value returned in its place. Arguments that are absent have the
/// defaults of PyTorch's schemas.
class Node : public GraphNode {
public:
  Node(ModelBuilder &builder, std::string name, std::string target,
       const nlohmann::json &call, const Environment &environment,
       size_t numOutputs, std::vector<bool> usedOutputs);

  /// What is called, such as `conv2d.default`.
  const std::string target;

  bool has(llvm::StringRef key) const;
  /// Null, and reported, where it is none or absent.
  Tensor takeTensor(llvm::StringRef key);
  /// Null, and not reported, where it is absent or None.
  Tensor takeOptional(llvm::StringRef key);
  /// A list, in which what is None is null.
  Tensors takeTensors(llvm::StringRef key);
  /// A tensor that must be constant. Null, and reported, where it isn't.
  std::shared_ptr<const Constant> takeConstant(llvm::StringRef key);
  /// A tensor, or a number as a constant of rank 0, of the type of `beside`.
  Tensor takeOperand(llvm::StringRef key, const Tensor &beside);

  int64_t takeInt(llvm::StringRef key, std::optional<int64_t> fallback);
  double takeNumber(llvm::StringRef key, std::optional<double> fallback);
  bool takeBool(llvm::StringRef key, bool fallback);
  std::string takeString(llvm::StringRef key, llvm::StringRef fallback);
  /// Nothing where absent or None.
  std::optional<llvm::SmallVector<int64_t>> takeInts(llvm::StringRef key);
  /// `count` integers from `minimum`, of which one may stand for all; or so
  /// many of `fallback`.
  llvm::SmallVector<int64_t> takeInts(llvm::StringRef key, size_t count,
                                      int64_t fallback, int64_t minimum = 1);
  std::optional<llvm::SmallVector<double>> takeNumbers(llvm::StringRef key);
  /// An axis of a tensor of `rank`.
  std::optional<int64_t> takeAxis(llvm::StringRef key,
                                  std::optional<int64_t> fallback, size_t rank);
  /// A type of elements; `fallback` where absent or None.
  std::optional<DataType> takeType(llvm::StringRef key, DataType fallback);
  void ignore(llvm::StringRef key) { taken.insert(key); }
  /// Reports the argument unless it is absent, None or false.
  void expectAbsent(llvm::StringRef key);
  /// Reports the arguments that were neither taken nor ignored.
  void finish();

  size_t getNumOutputs() const { return numOutputs; }
  bool isUsed(size_t index) const {
    return index < usedOutputs.size() && usedOutputs[index];
  }
  /// Reports outputs from `first` on that something reads.
  void expectUnused(size_t first);

private:
  /// The value of the argument, whose kind (`as_int`, ...) is in `kind`.
  const nlohmann::json *take(llvm::StringRef key, std::string &kind);
  std::optional<int64_t> readInteger(const nlohmann::json &value,
                                     llvm::StringRef kind);
  Tensor readTensor(llvm::StringRef key, const nlohmann::json &value);
  void reportKind(llvm::StringRef key, llvm::StringRef expected);

  llvm::StringMap<const nlohmann::json *> arguments;
  const Environment &environment;
  size_t numOutputs;
  std::vector<bool> usedOutputs;
  llvm::StringSet<> taken;
};

/// Imports a call: reads all of its arguments and returns its outputs, null
/// ones where a problem was reported.
using ImportNodeFn = Tensors (*)(Node &node);

/// What values, which are no constants, may be. nn has all as float32.
enum class ValueTypes {
  /// float32.
  Float,
  /// All, as it moves elements; results have the type of the first value.
  Any,
  /// The same, where results may be views of the first argument.
  View,
  /// All; the importer says what its results have.
  Own
};

struct Operator {
  /// Without `torch.ops.aten.`.
  llvm::StringLiteral name;
  ImportNodeFn import;
  ValueTypes types = ValueTypes::Float;
};

/// The operators of each family.
llvm::ArrayRef<Operator> getActivationOperators();
llvm::ArrayRef<Operator> getArithmeticOperators();
llvm::ArrayRef<Operator> getBlockOperators();
llvm::ArrayRef<Operator> getConstantOperators();
llvm::ArrayRef<Operator> getConvolutionOperators();
llvm::ArrayRef<Operator> getLogicOperators();
llvm::ArrayRef<Operator> getMatrixOperators();
llvm::ArrayRef<Operator> getNormalizationOperators();
llvm::ArrayRef<Operator> getPaddingOperators();
llvm::ArrayRef<Operator> getPartOperators();
llvm::ArrayRef<Operator> getPoolingOperators();
llvm::ArrayRef<Operator> getRecurrentOperators();
llvm::ArrayRef<Operator> getReductionOperators();
llvm::ArrayRef<Operator> getShapeOperators();
llvm::ArrayRef<Operator> getVectorOperators();

/// The operator of that name, or null.
const Operator *findOperator(llvm::StringRef name);

/// The size that a call computes from those of tensors, all of which are known;
/// `target` is whole. Nothing where a problem was reported.
std::optional<int64_t> computeSize(Node &node);

/// combineAny(), where a constant of an integer and a number with a point has a
/// point.
Tensor combinePromoted(Node &node, nn::BinaryKind kind, const Tensor &lhs,
                       const Tensor &rhs);
/// A tensor multiplied by a number.
Tensor scale(Node &node, const Tensor &input, double factor);
/// Softmax along an axis, also along that of the batch.
Tensor addSoftmax(Node &node, const Tensor &input, int64_t axis, bool isLog);

} // namespace frieze::torch

#endif // FRIEZE_FRONTENDS_TORCH_NODE_H
