//===- Node.h - One operator of a TensorFlow Lite file ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TFLITE_NODE_H
#define FRIEZE_FRONTENDS_TFLITE_NODE_H

#include "frontends/OperandNode.h"
#include "frontends/tflite/FlatTable.h"

namespace frieze::tflite {

/// A field of the options of an operator, by its number in the schema.
struct Field {
  unsigned number;
  llvm::StringLiteral name;
};

/// One operator being imported. It keeps account of the fields of its options,
/// so that none is ignored by mistake.
class Node : public OperandNode {
public:
  Node(ModelBuilder &builder, std::string name, llvm::StringRef operatorName,
       FlatTable options, Tensors inputs, size_t numOutputs)
      : OperandNode(builder, std::move(name), operatorName, std::move(inputs)),
        options(options), numOutputs(numOutputs) {}

  /// The outputs of another graph for `inputs`; `round` ends the names of its
  /// layers.
  llvm::function_ref<Tensors(int64_t number, llvm::ArrayRef<Tensor> inputs,
                             llvm::StringRef round)>
      callGraph;
  /// Whether anything reads the first output as something else than the numbers
  /// of rows.
  bool isReadAsNumber = true;
  /// That of the first output.
  DataType outputType = DataType::Float;

  int64_t takeInt(Field field, int32_t fallback);
  /// From 1 on.
  int64_t takeSize(Field field, int32_t fallback);
  /// An enumerator, which takes a byte.
  int64_t takeEnum(Field field, int8_t fallback = 0);
  bool takeBool(Field field, bool fallback = false);
  double takeFloat(Field field, float fallback);
  llvm::SmallVector<int64_t> takeInts(Field field);
  void ignore(Field field) { taken.push_back(field.number); }
  /// Reports the fields that were neither taken nor ignored.
  void finish();

  size_t getNumOutputs() const { return numOutputs; }
  /// The input as a value of the model, which a constant becomes.
  mlir::Value getValue(size_t index = 0) { return makeValue(getInput(index)); }

private:
  FlatTable options;
  size_t numOutputs;
  llvm::SmallVector<unsigned> taken;
};

/// Imports an operator: reads all of its options and returns its outputs, null
/// ones where a problem was reported.
using ImportNodeFn = Tensors (*)(Node &node);

/// What values, which are no constants, may be. nn has all as float32.
enum class ValueTypes {
  /// float32.
  Float,
  /// Integers too, on which it computes what it does on other numbers; results
  /// have the type of the first value.
  Whole,
  /// All, as it moves elements; results have the type of the first value.
  Any,
  /// All; the importer says what its results have.
  Own
};

struct Operator {
  llvm::StringLiteral name;
  /// Which table of options it has, by its number in the schema's union.
  unsigned optionsType;
  ImportNodeFn import;
  /// How many inputs there must be, and can be.
  size_t minimumInputs = 1, maximumInputs = 1;
  ValueTypes types = ValueTypes::Float;
};

/// The operators of each family.
llvm::ArrayRef<Operator> getActivationOperators();
llvm::ArrayRef<Operator> getArithmeticOperators();
llvm::ArrayRef<Operator> getControlFlowOperators();
llvm::ArrayRef<Operator> getConvolutionOperators();
llvm::ArrayRef<Operator> getIndexingOperators();
llvm::ArrayRef<Operator> getLogicOperators();
llvm::ArrayRef<Operator> getReductionOperators();
llvm::ArrayRef<Operator> getRecurrentOperators();
llvm::ArrayRef<Operator> getShapeOperators();
llvm::ArrayRef<Operator> getSpaceToBatchOperators();

/// The operator of that name, or null.
const Operator *findOperator(llvm::StringRef name);

/// Imports a node of an operator: checks its inputs, the number of its table of
/// options, 0 for none, and the options that are left. None where a problem was
/// reported.
Tensors importOperator(Node &node, const Operator &known, unsigned optionsType);

/// What the schema calls operator `code`, or its number.
std::string getOperatorName(int64_t code);
/// What the schema calls the type of elements `type`, or its number.
std::string getTypeName(int64_t type);
/// The type of elements that importers know it as. Nothing for others, such as
/// those of quantised tensors.
std::optional<DataType> getDataType(int64_t type);

/// Takes the function that the options have in `number`, and applies it.
mlir::Value takeActivation(Node &node, unsigned number, mlir::Value value);

} // namespace frieze::tflite

#endif // FRIEZE_FRONTENDS_TFLITE_NODE_H
