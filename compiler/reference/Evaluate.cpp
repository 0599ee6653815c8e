//===- Evaluate.cpp - The naive evaluator of nn IR --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Evaluate.h"
#include "compiler/reference/OpAccess.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;
using namespace frieze::reference;

static LogicalResult checkWeights(Operation &op) {
  return forEachWeights(&op, [&](StringRef name, ElementsAttr weights) {
    if (succeeded(readWeights(weights)))
      return success();
    op.emitOpError("expects ")
        << name << " with its data, but the data is elided";
    return failure();
  });
}

template <typename T>
FailureOr<std::vector<Tensor<T>>>
reference::evaluate(func::FuncOp function, ArrayRef<Tensor<T>> inputs,
                    Arithmetic arithmetic) {
  ScopedArithmetic scope(arithmetic);
  llvm::DenseMap<Value, Tensor<T>> values;
  for (auto [argument, input] :
       llvm::zip_equal(function.getArguments(), inputs))
    values[argument] = input;

  std::vector<Tensor<T>> results;
  for (Operation &op : function.getBody().front()) {
    if (auto terminator = dyn_cast<func::ReturnOp>(op)) {
      for (Value operand : terminator.getOperands())
        results.push_back(values[operand]);
      return results;
    }
    if (failed(checkWeights(op)))
      return failure();
    auto operand = [&](unsigned index) -> const Tensor<T> & {
      return values[op.getOperand(index)];
    };
    auto unknown = [](Operation *op) -> FailureOr<Tensor<T>> {
      return op->emitOpError("has no reference semantics");
    };
    auto result =
        llvm::TypeSwitch<Operation *, FailureOr<Tensor<T>>>(&op)
            .template Case<ConvOp>(
                [&](auto op) { return conv<T>(op, operand(0)); })
            .template Case<ConvTransposeOp>(
                [&](auto op) { return convTranspose<T>(op, operand(0)); })
            .template Case<DenseOp>(
                [&](auto op) { return dense<T>(op, operand(0)); })
            .template Case<MatmulOp>(
                [&](auto op) { return matmul<T>(op, operand(0), operand(1)); })
            .template Case<BatchNormOp>(
                [&](auto op) { return batchNorm<T>(op, operand(0)); })
            .template Case<AffineOp>(
                [&](auto op) { return affine<T>(op, operand(0)); })
            .template Case<ActivationOp>(
                [&](auto op) { return activation<T>(op, operand(0)); })
            .template Case<AddOp, SubOp, MulOp, DivOp, MaximumOp, MinimumOp>(
                [&](auto op) {
                  return applyEpilogue(
                      op.getEpilogueStages(),
                      binary<T>(op.kind, operand(0), operand(1)));
                })
            .template Case<ConstantOp>([&](auto op) {
              return Tensor<T>{op.getType().getShape().vec(),
                               read<T>(op.getValue())};
            })
            .template Case<PreluOp>(
                [&](auto op) { return prelu<T>(op, operand(0)); })
            .template Case<SoftmaxOp>(
                [&](auto op) { return softmax<T>(op, operand(0)); })
            .template Case<MaxPoolOp>(
                [&](auto op) { return maxPool<T>(op, operand(0)); })
            .template Case<AvgPoolOp>(
                [&](auto op) { return avgPool<T>(op, operand(0)); })
            .template Case<GlobalPoolOp>(
                [&](auto op) { return globalPool<T>(op, operand(0)); })
            .template Case<ReduceOp>(
                [&](auto op) { return reduce<T>(op, operand(0)); })
            .template Case<NormalizeOp>(
                [&](auto op) { return normalize<T>(op, operand(0)); })
            .template Case<PadOp>(
                [&](auto op) { return pad<T>(op, operand(0)); })
            .template Case<ResizeOp>(
                [&](auto op) { return resize<T>(op, operand(0)); })
            .template Case<SliceOp>(
                [&](auto op) { return slice<T>(op, operand(0)); })
            .template Case<TransposeOp>(
                [&](auto op) { return transpose<T>(op, operand(0)); })
            .template Case<WindowsOp>(
                [&](auto op) { return windows<T>(op, operand(0)); })
            .template Case<EmbeddingOp>(
                [&](auto op) { return embedding<T>(op, operand(0)); })
            .template Case<GRUOp>(
                [&](auto op) { return gru<T>(op, operand(0)); })
            .template Case<LSTMOp>(
                [&](auto op) { return lstm<T>(op, operand(0)); })
            .template Case<RNNOp>(
                [&](auto op) { return rnn<T>(op, operand(0)); })
            .template Case<ConcatOp>([&](auto op) {
              std::vector<const Tensor<T> *> inputs;
              for (Value input : op.getInputs())
                inputs.push_back(&values[input]);
              return concat<T>(op, inputs);
            })
            .template Case<IdentityOp>([&](auto op) {
              return applyEpilogue(op.getEpilogueStages(), operand(0));
            })
            .template Case<DropoutOp>([&](auto) { return operand(0); })
            .template Case<ReshapeOp>([&](auto op) {
              return Tensor<T>{op.getType().getShape().vec(),
                               operand(0).values};
            })
            .Default(unknown);
    if (failed(result))
      return failure();
    values[op.getResult(0)] = std::move(*result);
  }
  return function.emitOpError("expects a return");
}

template FailureOr<std::vector<Tensor<float>>>
    reference::evaluate(func::FuncOp, ArrayRef<Tensor<float>>, Arithmetic);
template FailureOr<std::vector<Tensor<double>>>
    reference::evaluate(func::FuncOp, ArrayRef<Tensor<double>>, Arithmetic);
