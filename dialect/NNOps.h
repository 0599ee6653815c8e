//===- NNOps.h - Operations of the nn dialect -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNOPS_H
#define FRIEZE_DIALECT_NNOPS_H

#include "dialect/Limits.h"
#include "dialect/NNAttrs.h"
#include "dialect/NNDialect.h"
#include "dialect/ShapeInference.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace frieze::nn {

/// What an elementwise op of two operands computes, as `OpT::kind`.
enum class BinaryKind {
  Add,
  Sub,
  Mul,
  Div,
  Maximum,
  Minimum,
  Pow,
  Equal,
  NotEqual,
  Less,
  LessEqual
};

/// Infers the types of the results of `op` anew, from its operands and
/// attributes; those of an op that infers none stay as they are.
mlir::LogicalResult inferResultTypes(mlir::Operation *op);

/// Whether a tensor has at least one element and at most maxElements.
bool hasSupportedShape(mlir::ShapedType type);

} // namespace frieze::nn

#include "dialect/NNInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialect/NNOps.h.inc"

namespace frieze::nn {

/// Multiply-adds of one run of `op`, none of what is no layer.
inline int64_t countMACs(mlir::Operation *op) {
  auto layer = llvm::dyn_cast<LayerOpInterface>(op);
  return layer ? layer.countMACs() : 0;
}

/// The operands of a recurrent layer: an input, and what is not null of the
/// others, with the attribute that tells which are there.
struct RecurrentOperands {
  mlir::Value input, mask, initial;
  /// Of nn.lstm alone.
  mlir::Value initialCell;

  llvm::SmallVector<mlir::Value, 4> getValues() const;
  template <typename OpT>
  mlir::NamedAttribute getSegments(mlir::Builder &builder) const {
    llvm::SmallVector<int32_t> sizes{1, mask ? 1 : 0, initial ? 1 : 0};
    if (std::is_same_v<OpT, LSTMOp>)
      sizes.push_back(initialCell ? 1 : 0);
    return builder.getNamedAttr(OpT::getOperandSegmentSizeAttr(),
                                builder.getDenseI32ArrayAttr(sizes));
  }
};

/// The number of the state that `op`, a recurrent layer, carries from call to
/// call; nothing where it is none or begins anew.
std::optional<int64_t> getCarried(mlir::Operation *op);

/// Creates an op whose result type is inferred, for callers with untrusted
/// operands and attributes: where they do not fit, the constraint violated is
/// reported at `loc` and nothing is created. (The generated builders abort.)
template <typename OpT>
mlir::FailureOr<mlir::Value>
createChecked(mlir::OpBuilder &builder, mlir::Location loc,
              mlir::ValueRange operands,
              llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) {
  mlir::DictionaryAttr dictionary = builder.getDictionaryAttr(attributes);
  typename OpT::Properties properties;
  auto emitError = [&] { return mlir::emitError(loc); };
  llvm::SmallVector<mlir::Type> types;
  if (mlir::failed(
          OpT::setPropertiesFromAttr(properties, dictionary, emitError)))
    return mlir::failure();
  OpT::populateDefaultProperties(
      mlir::OperationName(OpT::getOperationName(), builder.getContext()),
      properties);
  if (mlir::failed(OpT::inferReturnTypes(builder.getContext(), loc, operands,
                                         dictionary, &properties, {}, types)))
    return mlir::failure();
  return OpT::create(builder, loc, types, operands, attributes)->getResult(0);
}

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_NNOPS_H
