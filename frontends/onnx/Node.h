//===- Node.h - One node of an ONNX graph being imported --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ONNX_NODE_H
#define FRIEZE_FRONTENDS_ONNX_NODE_H

#include "frontends/OperandNode.h"
#include "frontends/onnx/Tensor.h"
#include "llvm/ADT/StringMap.h"

namespace onnx {
class AttributeProto;
class GraphProto;
class ModelProto;
class NodeProto;
} // namespace onnx

namespace frieze::onnx {

/// What messages call a node: its name, or where it has none its first output.
std::string getNodeName(const ::onnx::NodeProto &proto);

class Node;

/// Imports `graph`, which stands in an attribute of `node`, with `inputs`, and
/// returns its outputs: none where it does not take so many, else null ones
/// where a problem was reported. Its layers have `label` in their names.
using ImportGraphFn = llvm::function_ref<Tensors(
    Node &node, const ::onnx::GraphProto &graph, llvm::ArrayRef<Tensor> inputs,
    llvm::StringRef label)>;

/// One node being imported: what its importer reads from and builds with. It
/// keeps account of the attributes, so that none is ignored by mistake; one of
/// the wrong kind is reported, and a usable value returned in its place.
class Node : public OperandNode {
public:
  /// `prefix` goes before the name: that of the graph around it.
  Node(ModelBuilder &builder, const ::onnx::NodeProto &proto, int64_t opset,
       llvm::StringRef folder, Tensors inputs,
       llvm::SmallVector<bool> usedOutputs, llvm::StringRef prefix = "",
       ImportGraphFn importGraphFn = nullptr);

  const ::onnx::NodeProto &proto;
  /// The version of ONNX's operators that the model is written for.
  const int64_t opset;

  //===--------------------------------------------------------------------===//
  // Attributes
  //===--------------------------------------------------------------------===//

  int64_t takeInt(llvm::StringRef key, int64_t fallback,
                  int64_t minimum = -maxElements,
                  int64_t maximum = maxElements);
  bool takeBool(llvm::StringRef key, bool fallback);
  double takeFloat(llvm::StringRef key, double fallback);
  std::string takeString(llvm::StringRef key, llvm::StringRef fallback);
  /// Nothing where absent.
  std::optional<llvm::SmallVector<int64_t>> takeInts(llvm::StringRef key);
  llvm::SmallVector<double> takeFloats(llvm::StringRef key);
  llvm::SmallVector<std::string> takeStrings(llvm::StringRef key);
  /// An empty tensor where absent, or where it cannot be read.
  Tensor takeTensor(llvm::StringRef key);
  /// `count` integers from `minimum`, or so many of `fallback` where absent.
  llvm::SmallVector<int64_t> takeInts(llvm::StringRef key, size_t count,
                                      int64_t fallback, int64_t minimum = 1);
  bool hasAttribute(llvm::StringRef key) const;
  /// The same of one that is read where it is there.
  bool canTake(llvm::StringRef key);
  /// The outputs of the graph that is the attribute `key`; see ImportGraphFn.
  Tensors importGraph(llvm::StringRef key, llvm::ArrayRef<Tensor> inputs,
                      llvm::StringRef label);
  /// Reports the attribute unless it is absent or equal to `value`.
  void expectOnly(llvm::StringRef key, int64_t value);
  void ignore(llvm::StringRef key) { take(key); }
  /// Reports the attributes that were neither taken nor ignored.
  void finish();

  //===--------------------------------------------------------------------===//
  // Inputs and outputs
  //===--------------------------------------------------------------------===//

  /// A list of integers that is input `index` from opset `since` on and the
  /// attribute `key` before. Nothing where absent or, in which case it is
  /// reported, not constant.
  std::optional<llvm::SmallVector<int64_t>>
  takeIntegers(llvm::StringRef key, size_t index, int64_t since);
  /// The input as a value of the model, which a constant becomes.
  mlir::Value getValue(size_t index = 0);
  /// Whether the node has output `index`, read or not.
  bool hasOutput(size_t index) const;
  /// Whether anything reads output `index`.
  bool isUsed(size_t index) const {
    return index < usedOutputs.size() && usedOutputs[index];
  }

  /// Takes `axis` of the first input.
  std::optional<int64_t> takeAxis(int64_t fallback);

  /// The attributes asked for so far, in their order; those with one supported
  /// value as `key=value`.
  llvm::ArrayRef<std::string> getReadKeys() const { return readKeys; }

private:
  const ::onnx::AttributeProto *take(llvm::StringRef key);
  void noteRead(llvm::StringRef key);
  void reportKind(llvm::StringRef key, llvm::StringRef kind);

  llvm::StringRef folder;
  llvm::SmallVector<bool> usedOutputs;
  llvm::StringSet<> taken;
  llvm::SmallVector<std::string> readKeys;
  llvm::StringSet<> noted;
  ImportGraphFn importGraphFn;
};

/// Which types a node's inputs may have where they are no constants, and what
/// its results have then. nn has all values as float32.
enum class ValueTypes {
  /// float32 alone.
  Float,
  /// Integers too, on which it computes what it does on other numbers; results
  /// have the type of the first value.
  Whole,
  /// All, as it moves elements; results have the type of the first value.
  Any,
  /// All; the importer says what its results have.
  Own,
};

/// Imports a node: reads all of its attributes and returns its outputs, null
/// ones where a problem was reported.
using ImportNodeFn = Tensors (*)(Node &node);

struct Operator {
  llvm::StringLiteral name;
  ImportNodeFn import;
  /// How many inputs there must be, and can be.
  size_t minimumInputs = 1, maximumInputs = 1;
  ValueTypes types = ValueTypes::Float;
};

/// The operators of each family.
llvm::ArrayRef<Operator> getActivationOperators();
llvm::ArrayRef<Operator> getArithmeticOperators();
llvm::ArrayRef<Operator> getConstantOperators();
llvm::ArrayRef<Operator> getConvolutionOperators();
llvm::ArrayRef<Operator> getFusedOperators();
llvm::ArrayRef<Operator> getGatheringOperators();
llvm::ArrayRef<Operator> getIndexingOperators();
llvm::ArrayRef<Operator> getLearningOperators();
llvm::ArrayRef<Operator> getLogicOperators();
llvm::ArrayRef<Operator> getMatrixOperators();
llvm::ArrayRef<Operator> getNormalizationOperators();
llvm::ArrayRef<Operator> getPaddingOperators();
llvm::ArrayRef<Operator> getPoolingOperators();
llvm::ArrayRef<Operator> getPositionOperators();
llvm::ArrayRef<Operator> getRecurrentOperators();
llvm::ArrayRef<Operator> getReductionOperators();
llvm::ArrayRef<Operator> getResizeOperators();
llvm::ArrayRef<Operator> getShapeOperators();
llvm::ArrayRef<Operator> getSpectrumOperators();
llvm::ArrayRef<Operator> getSubgraphOperators();

/// The operator of that name, with its domain and `::` in front where that is
/// not ONNX's own; or null.
const Operator *findOperator(llvm::StringRef name);
std::vector<const Operator *> getOperators();

/// Whether that is ONNX's own.
bool isOwnDomain(llvm::StringRef domain);
/// The name of a node's operator in the table of operators.
std::string getOperatorName(const ::onnx::NodeProto &proto);

/// What to do about an operator without an importer, as the end of a message.
std::string getWayOut(llvm::StringRef name);

/// Whether importers know that version of ONNX's operators; reported if not, as
/// a problem of `layer`.
bool checkOpset(ModelBuilder &builder, int64_t version, llvm::StringRef layer);
/// The version of ONNX's operators that a model is written for. Nothing, and
/// reported, where it is none that importers know.
std::optional<int64_t> readOpset(ModelBuilder &builder,
                                 const ::onnx::ModelProto &model);

/// Imports a node of an operator that findOperator() knows: checks its inputs
/// and the attributes that are left. None where a problem was reported.
Tensors importOperator(Node &node);

/// Windows from the attributes of a convolution or a pooling of `spatialRank`
/// axes, but for the padding.
WindowGeometry takeWindow(Node &node, llvm::ArrayRef<int64_t> window,
                          size_t spatialRank);
/// Takes `auto_pad`, beside which there must be no `pads`.
std::string takeAutoPad(Node &node, llvm::ArrayRef<int64_t> pads);
/// Takes the padding into `geometry`, of windows on an input of `shape`
/// (channels first).
void takePadding(Node &node, WindowGeometry &geometry,
                 llvm::ArrayRef<int64_t> shape);

} // namespace frieze::onnx

#endif // FRIEZE_FRONTENDS_ONNX_NODE_H
