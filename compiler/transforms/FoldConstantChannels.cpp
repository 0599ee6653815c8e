//===- FoldConstantChannels.cpp - Remove constant channels ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Tensor.h"
#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Activations.h"
#include "dialect/Remarks.h"
#include "dialect/Weights.h"

#include <cmath>
#include <limits>

namespace frieze::nn {
#define GEN_PASS_DEF_FOLDCONSTANTCHANNELSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

namespace {
/// A conv or dense layer, in terms of rows (of which `inputs` in a row belong
/// to the input channels) and columns (output channels) of its kernel.
struct Layer {
  Operation *op;
  ElementsAttr kernelAttr, biasAttr;
  SmallVector<double> kernel, bias;
  /// What a conv with padding sees around its input, by channel; else empty.
  SmallVector<double> border;
  int64_t inputs, outputs;

  static FailureOr<Layer> read(Operation *op);
  /// Keeps some rows (input channels) or columns (output channels) only.
  void select(ArrayRef<int64_t> keptInputs, ArrayRef<int64_t> keptOutputs);
  void write();
};
} // namespace

FailureOr<Layer> Layer::read(Operation *op) {
  Layer layer;
  layer.op = op;
  if (auto conv = dyn_cast<ConvOp>(op)) {
    if (conv.getGroups() != 1)
      return failure();
    layer.kernelAttr = conv.getKernel();
    layer.biasAttr = conv.getBiasAttr();
  } else if (auto dense = dyn_cast<DenseOp>(op)) {
    layer.kernelAttr = dense.getKernel();
    layer.biasAttr = dense.getBiasAttr();
  } else {
    return failure();
  }
  ArrayRef<int64_t> shape = layer.kernelAttr.getShapedType().getShape();
  layer.inputs = shape[shape.size() - 2];
  layer.outputs = shape.back();
  auto kernel = readWeights(layer.kernelAttr);
  auto bias = readWeightsOrZeros(layer.biasAttr, layer.outputs);
  if (failed(kernel) || failed(bias))
    return failure();
  layer.kernel = std::move(*kernel);
  layer.bias = std::move(*bias);
  auto conv = dyn_cast<ConvOp>(op);
  if (conv &&
      llvm::any_of(conv.getPaddingValues(), [](int64_t p) { return p != 0; })) {
    auto border = readWeightsOrZeros(conv.getBorderAttr(), layer.inputs);
    if (failed(border))
      return failure();
    layer.border = std::move(*border);
  }
  return layer;
}

void Layer::select(ArrayRef<int64_t> keptInputs,
                   ArrayRef<int64_t> keptOutputs) {
  SmallVector<double> selected, selectedBias;
  for (int64_t row = 0; row < (int64_t)kernel.size() / outputs; ++row)
    if (llvm::is_contained(keptInputs, row % inputs))
      for (int64_t column : keptOutputs)
        selected.push_back(kernel[row * outputs + column]);
  for (int64_t column : keptOutputs)
    selectedBias.push_back(bias[column]);
  kernel = std::move(selected);
  bias = std::move(selectedBias);
  inputs = keptInputs.size();
  outputs = keptOutputs.size();
}

void Layer::write() {
  SmallVector<int64_t> shape(kernelAttr.getShapedType().getShape());
  shape[shape.size() - 2] = inputs;
  shape.back() = outputs;
  Attribute newKernel = createWeightsLike(kernelAttr, shape, kernel);
  Attribute newBias = replaceWeights(biasAttr, kernelAttr, {outputs}, bias);
  op->setAttr("kernel", newKernel);
  op->setAttr("bias", newBias);
}

/// Smallest and largest value that an activation yields, for any input.
static std::pair<double, double> getRange(Value value) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  while (Operation *op = value.getDefiningOp()) {
    if (auto activation = dyn_cast<ActivationOp>(op)) {
      ActivationFacts facts = getFacts(activation.getFunction());
      return {facts.low, facts.high};
    }
    if (!isa<MaxPoolOp, AvgPoolOp, GlobalPoolOp, ReshapeOp, ResizeOp>(op) ||
        (isa<EpilogueOpInterface>(op) &&
         !cast<EpilogueOpInterface>(op).getEpilogueStages().empty()))
      break;
    value = op->getOperand(0);
  }
  return {-infinity, infinity};
}

/// The value of output channel `column` before activations, where it is the
/// same for every input: no weights, or a ReLU that follows never opens.
static std::optional<double> findConstant(const Layer &layer, int64_t column,
                                          bool reluFollows) {
  auto [low, high] = getRange(layer.op->getOperand(0));
  for (double border : layer.border) {
    low = std::min(low, border);
    high = std::max(high, border);
  }
  double largest = layer.bias[column];
  bool hasWeights = false;
  for (int64_t row = 0; row < (int64_t)layer.kernel.size() / layer.outputs;
       ++row) {
    double weight = layer.kernel[row * layer.outputs + column];
    if (weight == 0)
      continue;
    hasWeights = true;
    largest += std::max(weight * low, weight * high);
  }
  if (!hasWeights)
    return layer.bias[column];
  if (reluFollows && largest <= 0)
    return 0.0;
  return std::nullopt;
}

namespace {
/// From a layer to the next one, with only pointwise functions, pooling and
/// flattening between, each read by the next alone.
struct Link {
  SmallVector<Operation *> between;
  Operation *consumer = nullptr;
  /// Positions that flattening puts side by side, of `channels` each.
  int64_t positions = 1;
};
} // namespace

static std::optional<Link> findLink(Operation *layer) {
  Link link;
  Value value = layer->getResult(0);
  while (Operation *user = getOnlyUser(value)) {
    if (auto kernel = dyn_cast<EpilogueOpInterface>(user);
        kernel && !kernel.getEpilogueStages().empty() &&
        !isa<ConvOp, DenseOp>(user))
      return std::nullopt;
    if (isa<ConvOp, DenseOp>(user)) {
      link.consumer = user;
      return link;
    }
    if (auto reshape = dyn_cast<ReshapeOp>(user)) {
      RankedTensorType from = reshape.getInput().getType(),
                       to = reshape.getType();
      if (to.getRank() != 2 || from.getDimSize(0) != to.getDimSize(0) ||
          link.positions != 1)
        return std::nullopt;
      link.positions = to.getDimSize(1) / from.getShape().back();
    } else if (!isa<ActivationOp, MaxPoolOp, AvgPoolOp, GlobalPoolOp, ResizeOp>(
                   user)) {
      return std::nullopt;
    }
    link.between.push_back(user);
    value = user->getResult(0);
  }
  return std::nullopt;
}

/// Gives each op between the layers its new number of channels.
static void updateTypes(Operation *layer, const Link &link, int64_t channels) {
  auto update = [&](Operation *op) {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    SmallVector<int64_t> shape(type.getShape());
    bool isFlat =
        isa<ReshapeOp>(op) ||
        (link.positions != 1 && type.getRank() == 2 && isa<ActivationOp>(op) &&
         shape.back() % link.positions == 0 &&
         isa_and_present<ReshapeOp, ActivationOp>(
             op->getOperand(0).getDefiningOp()) &&
         cast<ShapedType>(op->getOperand(0).getType()).getRank() == 2);
    shape.back() =
        isFlat
            ? cast<ShapedType>(op->getOperand(0).getType()).getNumElements() /
                  shape[0]
            : channels;
    op->getResult(0).setType(
        RankedTensorType::get(shape, type.getElementType()));
  };
  update(layer);
  for (Operation *op : link.between)
    update(op);
}

static int64_t foldConstants(Operation *op) {
  FailureOr<Layer> layer = Layer::read(op);
  std::optional<Link> link = findLink(op);
  if (failed(layer) || !link ||
      !cast<EpilogueOpInterface>(op).getEpilogueStages().empty())
    return 0;
  FailureOr<Layer> consumer = Layer::read(link->consumer);
  if (failed(consumer) || consumer->inputs != layer->outputs * link->positions)
    return 0;
  auto conv = dyn_cast<ConvOp>(link->consumer);

  auto firstFunction = link->between.empty()
                           ? ActivationOp()
                           : dyn_cast<ActivationOp>(link->between[0]);
  bool reluFollows = firstFunction && firstFunction.getFunction().getKind() ==
                                          ActivationKind::Relu;
  SmallVector<int64_t> kept, keptInputs, all;
  SmallVector<std::optional<double>> constants;
  for (int64_t c = 0; c < layer->outputs; ++c) {
    std::optional<double> value = findConstant(*layer, c, reluFollows);
    if (value)
      for (Operation *between : link->between)
        if (auto activation = dyn_cast<ActivationOp>(between))
          value = frieze::reference::applyFunction(activation.getFunction(),
                                                   *value);
    // A bias is finite, where the logarithm of a constant may not be.
    if (value && !std::isfinite(*value))
      value.reset();
    // Constant means the border, too.
    if (value && !consumer->border.empty() && *value != consumer->border[c])
      value.reset();
    constants.push_back(value);
    if (!value)
      kept.push_back(c);
  }
  // A layer without channels is no layer.
  if (kept.empty())
    kept.push_back(0), constants[0].reset();
  int64_t count = layer->outputs - kept.size();
  if (count == 0)
    return 0;
  for (int64_t row = 0;
       row < (int64_t)consumer->kernel.size() / consumer->outputs; ++row)
    if (std::optional<double> value =
            constants[row % consumer->inputs % layer->outputs])
      for (int64_t o = 0; o < consumer->outputs; ++o)
        consumer->bias[o] +=
            *value * consumer->kernel[row * consumer->outputs + o];
  for (int64_t position = 0; position < link->positions; ++position)
    for (int64_t c : kept)
      keptInputs.push_back(position * layer->outputs + c);
  for (int64_t o = 0; o < consumer->outputs; ++o)
    all.push_back(o);
  SmallVector<int64_t> allInputs;
  for (int64_t i = 0; i < layer->inputs; ++i)
    allInputs.push_back(i);
  layer->select(allInputs, kept);
  consumer->select(keptInputs, all);
  layer->write();
  consumer->write();
  if (conv && conv.getBorderAttr()) {
    SmallVector<double> keptBorder;
    if (!consumer->border.empty())
      for (int64_t c : kept)
        keptBorder.push_back(consumer->border[c]);
    // Without padding, a border is seen by nothing.
    conv.setBorderAttr(keptBorder.empty()
                           ? nullptr
                           : createWeightsLike(conv.getBorderAttr(),
                                               {(int64_t)kept.size()},
                                               keptBorder));
  }
  updateTypes(op, *link, kept.size());
  emitDecision(op->getLoc(), "channels",
               std::to_string(count) +
                   " constant ones folded into the bias of " +
                   getLayerName(link->consumer));
  return count;
}

namespace {
struct FoldConstantChannelsPass
    : frieze::nn::impl::FoldConstantChannelsPassBase<FoldConstantChannelsPass> {
  void runOnOperation() override {
    SmallVector<Operation *> layers;
    getOperation()->walk([&](Operation *op) {
      if (isa<ConvOp, DenseOp>(op))
        layers.push_back(op);
    });
    for (Operation *op : layers)
      folded += foldConstants(op);
  }
};
} // namespace
