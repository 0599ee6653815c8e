//===- StreamLayers.cpp - Layers that windows share  ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/StreamBuilder.h"
#include "dialect/Axes.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Whether the stages treat all positions alike.
static bool isAlongChannels(ArrayRef<Attribute> stages, int64_t rank) {
  return llvm::all_of(stages, [&](Attribute stage) {
    auto affine = dyn_cast<AffineStageAttr>(stage);
    return !affine || affine.getAxis() == rank - 1;
  });
}

bool StreamBuilder::isValid(Operation *op, ArrayRef<int64_t> padding) {
  if (llvm::all_of(padding, [](int64_t size) { return size == 0; }))
    return true;
  op->emitError("expects valid padding to be shared between windows");
  failed = true;
  return false;
}

std::optional<TimeLine> StreamBuilder::shareConv(ConvOp op,
                                                 const TimeLine &input) {
  if (op.getSpatialRank() != 1 || !isAlongChannels(op.getEpilogueStages(), 3))
    return std::nullopt;
  int64_t stride = op.getStrideValues()[0],
          dilation = op.getDilationValues()[0];
  int64_t span =
      (op.getKernel().getShapedType().getDimSize(0) - 1) * dilation + 1;
  int64_t step = input.step * stride;
  int64_t length = op.getType().getDimSize(1), resultStep = step;

  ArrayRef<Attribute> stages = op.getEpilogueStages();
  const auto *poolAt =
      llvm::find_if(stages, [](Attribute s) { return isa<PoolStageAttr>(s); });
  PoolStageAttr pool;
  bool isFused = false;
  if (poolAt != stages.end()) {
    pool = cast<PoolStageAttr>(*poolAt);
    resultStep *= pool.getStrides()[0];
    // Else the conv would be computed more than once, or its rows lie apart.
    isFused = getUnit(step) == step &&
              getUnit(resultStep) / getUnit(step) >= pool.getWindow()[0];
  }
  if (!overlaps(length, resultStep))
    return std::nullopt;
  if (!isValid(op, op.getPaddingValues()))
    return std::nullopt;
  if (op.getWinograd()) {
    op.emitError("expects a direct sum to be shared between windows, whose "
                 "tiles begin elsewhere");
    failed = true;
    return std::nullopt;
  }

  int64_t convLength = (input.length - span) / stride + 1;
  Sliding sliding{0, stride, span};
  int64_t unit = getUnit(step), unitIn = getUnit(input.step);
  if (isFused) {
    int64_t poolStride = pool.getStrides()[0];
    sliding = {0, stride * poolStride,
               (pool.getWindow()[0] - 1) * stride + span};
    convLength = length;
    unit = getUnit(resultStep);
  }
  Value rows = takeRows(input, convLength, unit, sliding);
  Operation *conv = cloneOp(op, rows, [&](Operation *copy) {
    auto conv = cast<ConvOp>(copy);
    conv.setStridesAttr(spacing(getUnit(step) / unitIn));
    conv.setDilationsAttr(spacing(dilation * (input.step / unitIn)));
    SmallVector<Attribute> kept(stages.begin(), stages.end());
    size_t poolIndex = poolAt - stages.begin();
    if (isFused)
      kept[poolIndex] = PoolStageAttr::get(
          op.getContext(), pool.getKind(), pool.getWindow(),
          builder.getDenseI64ArrayAttr({unit / getUnit(step)}));
    else
      kept.resize(std::min(poolIndex, kept.size()));
    conv.setEpilogueAttr(kept.empty() ? nullptr : builder.getArrayAttr(kept));
  });
  TimeLine result{conv->getResult(0), convLength, step};
  if (!pool || isFused)
    return TimeLine{result.rows, length, resultStep};

  // The pooling on its own.
  int64_t window = pool.getWindow()[0];
  Value poolRows = takeRows(result, length, getUnit(resultStep),
                            {0, pool.getStrides()[0], window});
  ArrayAttr rest;
  if (ArrayRef<Attribute> after =
          stages.drop_front(poolAt - stages.begin() + 1);
      !after.empty())
    rest = builder.getArrayAttr(after);
  auto strides =
      builder.getDenseI64ArrayAttr({getUnit(resultStep) / getUnit(step)});
  DenseI64ArrayAttr dilations = spacing(step / getUnit(step));
  Value pooled;
  if (pool.getKind() == PoolKind::Max)
    pooled = MaxPoolOp::create(builder, op.getLoc(), poolRows, pool.getWindow(),
                               strides, nullptr, dilations, rest);
  else
    pooled = AvgPoolOp::create(builder, op.getLoc(), poolRows, pool.getWindow(),
                               strides, nullptr, dilations, rest);
  return TimeLine{pooled, length, resultStep};
}

template <typename PoolOpT>
std::optional<TimeLine> StreamBuilder::sharePool(PoolOpT op,
                                                 const TimeLine &input) {
  if (op.getWindow().size() != 1 || !isAlongChannels(op.getEpilogueStages(), 3))
    return std::nullopt;
  int64_t stride = op.getStrideValues()[0],
          dilation = op.getDilationValues()[0];
  int64_t step = input.step * stride, length = op.getType().getDimSize(1);
  if (!overlaps(length, step))
    return std::nullopt;
  if (!isValid(op, op.getPaddingValues()))
    return std::nullopt;
  int64_t unitIn = getUnit(input.step);
  Value rows = takeRows(input, length, getUnit(step),
                        {0, stride, (op.getWindow()[0] - 1) * dilation + 1});
  Operation *pool = cloneOp(op, rows, [&](Operation *copy) {
    auto pool = cast<PoolOpT>(copy);
    pool.setStridesAttr(builder.getDenseI64ArrayAttr({getUnit(step) / unitIn}));
    pool.setDilationsAttr(spacing(dilation * (input.step / unitIn)));
  });
  return TimeLine{pool->getResult(0), length, step};
}

std::optional<TimeLine> StreamBuilder::shareSlice(SliceOp op,
                                                  const TimeLine &input) {
  int64_t rank = op.getType().getRank();
  int64_t length = op.getSize()[1], stride = op.getStrideValues()[1];
  if (!isAlongChannels(op.getEpilogueStages(), rank) || stride < 0 ||
      !overlaps(length, input.step * stride))
    return std::nullopt;
  int64_t step = input.step * stride;
  // Where all rows are there, the slice takes its own.
  Value rows = input.rows;
  int64_t first = op.getBegin()[1] * (input.step / getUnit(input.step));
  if (given == StreamInput::NewSamples) {
    rows =
        takeRows(input, length, getUnit(step), {op.getBegin()[1], stride, 1});
    first = 0;
  }
  Operation *slice = cloneOp(op, rows, [&](Operation *copy) {
    auto slice = cast<SliceOp>(copy);
    SmallVector<int64_t> begin(slice.getBegin()), size(slice.getSize()),
        strides = slice.getStrideValues();
    begin[1] = first;
    size[1] = countRows(length, step);
    strides[1] = getUnit(step) / getUnit(input.step);
    slice.setBegin(begin);
    slice.setSize(size);
    slice.setStrides(strides);
  });
  return TimeLine{slice->getResult(0), length, step};
}

/// Whether `op` computes each position of a window from that position alone,
/// and all of them alike.
static bool isPointwise(Operation *op) {
  // Time lines have a batch of 1, rows, and at most channels.
  return cast<ShapedType>(op->getResult(0).getType()).getRank() <= 3 &&
         keepsSamplesApart(op) && keepsPositionsApart(op, 1);
}

/// Whether `value` is a parameter that is the same at all positions.
static bool isSameEverywhere(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant && constant.getType().getRank() > 1 &&
         constant.getType().getDimSize(1) == 1;
}

std::optional<TimeLine> StreamBuilder::sharePointwise(Operation *op) {
  if (!isPointwise(op))
    return std::nullopt;
  std::optional<TimeLine> common;
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    auto line = timeLines.find(operand);
    if (line == timeLines.end()) {
      if (!isSameEverywhere(operand))
        return std::nullopt;
      operands.push_back(perWindow.lookup(operand));
      continue;
    }
    if (common && (common->length != line->second.length ||
                   common->step != line->second.step))
      return std::nullopt;
    common = line->second;
    operands.push_back(line->second.rows);
  }
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!overlaps(common->length, common->step) ||
      type.getDimSize(1) != common->length)
    return std::nullopt;
  // Some may have more rows than windows read.
  int64_t rows = std::numeric_limits<int64_t>::max();
  for (Value operand : operands)
    if (!isSameEverywhere(operand))
      rows = std::min(rows, cast<ShapedType>(operand.getType()).getDimSize(1));
  for (Value &operand : operands)
    if (!isSameEverywhere(operand))
      operand = takeFirst(operand, rows);
  Operation *copy = cloneOp(op, operands);
  if (isa<ReshapeOp>(op)) {
    SmallVector<int64_t> shape(type.getShape());
    shape[1] = rows;
    copy->getResult(0).setType(type.clone(shape));
  }
  return TimeLine{copy->getResult(0), common->length, common->step};
}

std::optional<TimeLine> StreamBuilder::share(Operation *op) {
  if (op->getNumResults() != 1 || op->getNumOperands() == 0 ||
      llvm::none_of(op->getOperands(),
                    [&](Value operand) { return timeLines.contains(operand); }))
    return std::nullopt;
  auto input = timeLines.find(op->getOperand(0));
  if (input != timeLines.end()) {
    TimeLine line = input->second;
    if (auto conv = dyn_cast<ConvOp>(op))
      return shareConv(conv, line);
    if (auto pool = dyn_cast<MaxPoolOp>(op))
      return sharePool(pool, line);
    if (auto pool = dyn_cast<AvgPoolOp>(op))
      return sharePool(pool, line);
    if (auto slice = dyn_cast<SliceOp>(op))
      return shareSlice(slice, line);
    if (isa<PadOp>(op) && overlaps(line.length, line.step)) {
      op->emitError("expects no padding to be shared between windows");
      failed = true;
      return std::nullopt;
    }
  }
  return sharePointwise(op);
}
