//===- NNSequenceOps.cpp - Shapes of layers over sequences ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNOps.h"
#include "dialect/ShapeInference.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace frieze::nn;

LogicalResult EmbeddingOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  ArrayRef<int64_t> table = adaptor.getTable().getShapedType().getShape();
  if (table.size() != 2) // C1
    return emitOptionalError(loc, "expects a table of rank 2, but got rank ",
                             table.size());
  if (table[0] >= int64_t(1) << 24) // C2
    return emitOptionalError(loc, "expects a table of fewer than ",
                             int64_t(1) << 24, " rows, but got ", table[0]);
  SmallVector<int64_t> shape(input.getShape());
  shape.push_back(table[1]);
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(shape, input.getElementType()),
                       types);
}

static bool isBound(std::optional<APFloat> clip) {
  return !clip || (clip->isFiniteNonZero() && !clip->isNegative());
}

/// The type of a recurrent layer with `gates` sums for each unit. `multiple`
/// says that number in words. `hasCells`: the result has these, too.
template <typename OpT>
static LogicalResult
inferRecurrent(std::optional<Location> loc, typename OpT::Adaptor &adaptor,
               int64_t gates, StringRef multiple, bool hasCells,
               SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (input.getRank() != 3 || input.getDimSize(1) < 1) // C1
    return emitOptionalError(loc,
                             "expects an input of rank 3 with at least one "
                             "step, but got ",
                             input);
  ArrayRef<int64_t> kernel = adaptor.getKernel().getShapedType().getShape();
  ArrayRef<int64_t> recurrent =
      adaptor.getRecurrent().getShapedType().getShape();
  if (recurrent.size() != 2 || recurrent[0] < 1 ||
      recurrent[1] % recurrent[0] != 0 ||
      recurrent[1] / recurrent[0] != gates) // C2
    return emitOptionalError(loc, "expects a recurrent kernel with ", multiple,
                             " many columns as rows, but got ",
                             adaptor.getRecurrent().getShapedType());
  if (kernel.size() != 2 || kernel[0] != input.getDimSize(2) ||
      kernel[1] != recurrent[1]) // C3
    return emitOptionalError(loc, "expects a kernel of ", input.getDimSize(2),
                             " rows and ", recurrent[1], " columns, but got ",
                             adaptor.getKernel().getShapedType());
  if (failed(
          verifyParameter(loc, "bias", adaptor.getBiasAttr(), kernel[1]))) // C4
    return failure();
  if (adaptor.getReversed() && !adaptor.getSequences()) // C5
    return emitOptionalError(loc, "expects sequences, to be reversed");
  Value mask = adaptor.getMask();
  auto maskType = RankedTensorType::get(input.getShape().drop_back(),
                                        input.getElementType());
  if (mask && mask.getType() != maskType) // C6
    return emitOptionalError(loc, "expects a mask of type ", maskType,
                             ", but got ", mask.getType());
  if (adaptor.getZeroMasked() && !(mask && adaptor.getSequences())) // C7
    return emitOptionalError(loc, "expects sequences and a mask, to have zeros "
                                  "where that is zero");
  SmallVector<Value, 2> states{adaptor.getInitial()};
  if constexpr (std::is_same_v<OpT, LSTMOp>)
    states.push_back(adaptor.getInitialCell());
  for (Value state : states) {
    auto ofSamples = [&](int64_t samples) {
      return RankedTensorType::get({samples, recurrent[0]},
                                   input.getElementType());
    };
    RankedTensorType ofEach = ofSamples(input.getDimSize(0));
    if (state && state.getType() != ofEach &&
        state.getType() != ofSamples(1)) // C8
      return emitOptionalError(loc, "expects an initial state of type ", ofEach,
                               ", or of one sample, but got ", state.getType());
  }
  if (!isBound(adaptor.getClip())) // C9
    return emitOptionalError(loc, "expects a finite and positive clip");
  bool startsFromZero =
      llvm::all_of(states, [](Value state) { return !state; });
  if (auto carried = adaptor.getCarried();
      carried && (adaptor.getBackwards() || adaptor.getReversed() ||
                  input.getDimSize(0) != 1 || !startsFromZero ||
                  int64_t(*carried) < 0)) // C10
    return emitOptionalError(
        loc, "expects a layer that runs forwards on one sample, from no "
             "initial state, to carry a state whose number is not negative");
  SmallVector<int64_t> shape{input.getDimSize(0)};
  if (adaptor.getSequences())
    shape.push_back(input.getDimSize(1));
  shape.push_back(recurrent[0] * (hasCells ? 2 : 1));
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(shape, input.getElementType()),
                       types);
}

LogicalResult GRUOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  if (failed(inferRecurrent<GRUOp>(loc, adaptor, 3, "three times as",
                                   /*hasCells=*/false, types)))
    return failure();
  ElementsAttr recurrentBias = adaptor.getRecurrentBiasAttr();
  int64_t units = adaptor.getRecurrent().getShapedType().getDimSize(0);
  if (failed(
          verifyParameter(loc, "recurrent bias", recurrentBias, units))) // C11
    return failure();
  if (recurrentBias && !adaptor.getResetAfter()) // C11
    return emitOptionalError(loc, "expects reset_after with a recurrent bias");
  return success();
}

LogicalResult LSTMOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> loc,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  if (failed(inferRecurrent<LSTMOp>(loc, adaptor, 4, "four times as",
                                    adaptor.getWithCells(), types)))
    return failure();
  if (!isBound(adaptor.getCellClip())) // C12
    return emitOptionalError(loc, "expects a finite and positive cell clip");
  int64_t units = adaptor.getRecurrent().getShapedType().getDimSize(0);
  return verifyParameter(loc, "peephole weight", adaptor.getPeepholeAttr(),
                         3 * units); // C11
}

LogicalResult RNNOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferRecurrent<RNNOp>(loc, adaptor, 1, "as", /*hasCells=*/false,
                               types);
}

/// Multiply-adds of a recurrent layer: both kernels, at each step.
template <typename OpT> static int64_t countRecurrent(OpT op) {
  ArrayRef<int64_t> shape = op.getInput().getType().getShape();
  return shape[0] * shape[1] *
         (op.getKernel().getNumElements() + op.getRecurrent().getNumElements());
}

int64_t GRUOp::countMACs() { return countRecurrent(*this); }
int64_t LSTMOp::countMACs() { return countRecurrent(*this); }
int64_t RNNOp::countMACs() { return countRecurrent(*this); }

static std::optional<float> toFloat(std::optional<llvm::APFloat> clip) {
  return clip ? std::optional<float>(clip->convertToDouble()) : std::nullopt;
}

RecurrentFunctions GRUOp::getFunctions() {
  return {getRecurrentActivation(), getActivation(), {}, toFloat(getClip())};
}

RecurrentFunctions LSTMOp::getFunctions() {
  return {getRecurrentActivation(), getActivation(),
          getCellActivation().value_or(getActivation()), toFloat(getClip()),
          toFloat(getCellClip())};
}

RecurrentFunctions RNNOp::getFunctions() {
  return {{}, getActivation(), {}, toFloat(getClip())};
}

SmallVector<Value, 4> RecurrentOperands::getValues() const {
  SmallVector<Value, 4> values;
  for (Value value : {input, mask, initial, initialCell})
    if (value)
      values.push_back(value);
  return values;
}

std::optional<int64_t> frieze::nn::getCarried(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<int64_t>>(op)
      .Case<GRUOp, LSTMOp, RNNOp>([](auto layer) { return layer.getCarried(); })
      .Default(std::nullopt);
}
