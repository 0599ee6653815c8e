//===- ShareWindows.cpp - Share work between windows ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "dialect/Axes.h"
#include "dialect/NNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"

#include <numeric>

namespace frieze::nn {
#define GEN_PASS_DEF_SHAREWINDOWSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Samples that begin the windows of a block, for which the values of an
/// ordinary model fit into the second-level cache.
static constexpr int64_t blockSamples = 512;

namespace {
/// A value that windows share, as the rows that are new in this call.
struct TimeLine {
  Value rows;
  /// Positions of a window, and samples from one to the next.
  int64_t length, step;
};

/// How the positions of a result follow from those of a time line: output i of
/// a window covers `span` positions from `begin + i * stride`.
struct Sliding {
  int64_t begin, stride, span;
};

/// Makes one function for `windows` windows from the model.
class StreamBuilder {
public:
  StreamBuilder(func::FuncOp model, int64_t hop, int64_t windows)
      : model(model), builder(model), hop(hop), windows(windows) {}

  FailureOr<func::FuncOp> build(StringRef name);

  /// Ops whose results all windows share.
  int64_t shared = 0;

private:
  LogicalResult visit(Operation *op);
  /// The result of `op` as a time line, where it has one.
  std::optional<TimeLine> share(Operation *op);
  std::optional<TimeLine> shareConv(ConvOp op, const TimeLine &input);
  template <typename PoolOpT>
  std::optional<TimeLine> sharePool(PoolOpT op, const TimeLine &input);
  std::optional<TimeLine> shareSlice(SliceOp op, const TimeLine &input);
  std::optional<TimeLine> sharePointwise(Operation *op);
  LogicalResult computePerWindow(Operation *op);

  /// Samples from one row of a time line to the next.
  int64_t getUnit(int64_t step) const { return std::gcd(hop, step); }
  int64_t countRows(int64_t step) const {
    return windows * (hop / getUnit(step));
  }
  /// Whether neighbouring windows have positions in common.
  bool overlaps(int64_t length, int64_t step) const {
    return length > hop / getUnit(step);
  }

  /// Whether `op` has no padding; else an error.
  bool isValid(Operation *op, ArrayRef<int64_t> padding);
  /// The rows of `input` from which those of a result of `length` positions,
  /// `unit` samples from one row to the next, are computed.
  Value takeRows(const TimeLine &input, int64_t length, int64_t unit,
                 Sliding sliding);
  /// The value for each window, as a batch.
  Value getWindows(Value modelValue);
  /// For strides or dilations, which are left out where 1.
  DenseI64ArrayAttr spacing(int64_t value) {
    return value == 1 ? nullptr : builder.getDenseI64ArrayAttr({value});
  }
  /// A copy of `op` on other operands; its result type is inferred.
  Operation *cloneOp(Operation *op, ValueRange operands,
                     llvm::function_ref<void(Operation *)> change = nullptr);

  func::FuncOp model;
  OpBuilder builder;
  int64_t hop, windows;
  /// By the values of the model.
  llvm::DenseMap<Value, TimeLine> timeLines;
  llvm::DenseMap<Value, Value> perWindow;
  /// Numbers of the time lines that are remembered, by their rows.
  llvm::DenseMap<Value, int64_t> numbers;
  bool failed = false;
};
} // namespace

Operation *
StreamBuilder::cloneOp(Operation *op, ValueRange operands,
                       llvm::function_ref<void(Operation *)> change) {
  Operation *copy = builder.clone(*op);
  copy->setOperands(operands);
  if (change)
    change(copy);
  failed |= mlir::failed(inferResultTypes(copy));
  return copy;
}

Value StreamBuilder::takeRows(const TimeLine &input, int64_t length,
                              int64_t unit, Sliding sliding) {
  int64_t inputUnit = getUnit(input.step);
  int64_t apart = input.step / inputUnit, stride = unit / inputUnit;
  int64_t last = sliding.begin + (length - 1) * sliding.stride + sliding.span;
  int64_t unread = (input.length - last) * apart;
  int64_t high = countRows(input.step) - unread;
  int64_t low = stride - unread - ((sliding.span - 1) * apart + 1);
  if (low == 0 && high == countRows(input.step))
    return input.rows;
  // Under another shape, the same rows.
  Value stored = input.rows;
  while (auto reshape = stored.getDefiningOp<ReshapeOp>())
    stored = reshape.getInput();
  int64_t number = numbers.try_emplace(stored, numbers.size()).first->second;
  return HistoryOp::create(builder, input.rows.getLoc(), input.rows, number,
                           builder.getDenseI64ArrayAttr({low, high}));
}

Value StreamBuilder::getWindows(Value modelValue) {
  if (Value value = perWindow.lookup(modelValue))
    return value;
  const TimeLine &line = timeLines.find(modelValue)->second;
  Value rows = takeRows(line, /*length=*/1, hop, {0, 1, line.length});
  int64_t unit = getUnit(line.step);
  Value value = WindowsOp::create(builder, modelValue.getLoc(), rows,
                                  line.length, line.step / unit, hop / unit);
  perWindow[modelValue] = value;
  return value;
}

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
  Value rows =
      takeRows(input, length, getUnit(step), {op.getBegin()[1], stride, 1});
  Operation *slice = cloneOp(op, rows, [&](Operation *copy) {
    auto slice = cast<SliceOp>(copy);
    SmallVector<int64_t> begin(slice.getBegin()), size(slice.getSize()),
        strides = slice.getStrideValues();
    begin[1] = 0;
    size[1] = countRows(step);
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
  Operation *copy = cloneOp(op, operands);
  if (isa<ReshapeOp>(op)) {
    SmallVector<int64_t> shape(type.getShape());
    shape[1] = countRows(common->step);
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

LogicalResult StreamBuilder::computePerWindow(Operation *op) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(getWindows(operand));
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto isOneSample = [](Type type) {
    ArrayRef<int64_t> shape = cast<ShapedType>(type).getShape();
    return !shape.empty() && shape.front() == 1;
  };
  if (windows > 1 && !isa<ConstantOp>(op) &&
      (!keepsSamplesApart(op) || !isOneSample(type) ||
       !llvm::all_of(op->getOperandTypes(), isOneSample)))
    return op->emitError("expects a layer that keeps the windows apart, to "
                         "compute several of them together");
  Operation *copy = cloneOp(op, operands, [&](Operation *copy) {
    if (auto slice = dyn_cast<SliceOp>(copy)) {
      SmallVector<int64_t> size(slice.getSize());
      size[0] = windows;
      slice.setSize(size);
    }
  });
  if (isa<ReshapeOp>(op)) {
    SmallVector<int64_t> shape(type.getShape());
    shape[0] = windows;
    copy->getResult(0).setType(type.clone(shape));
  }
  perWindow[op->getResult(0)] = copy->getResult(0);
  return success(!failed);
}

LogicalResult StreamBuilder::visit(Operation *op) {
  if (std::optional<TimeLine> line = share(op)) {
    timeLines[op->getResult(0)] = *line;
    ++shared;
    return success(!failed);
  }
  if (failed)
    return failure();
  return computePerWindow(op);
}

FailureOr<func::FuncOp> StreamBuilder::build(StringRef name) {
  BlockArgument argument = model.getArgument(0);
  auto type = cast<RankedTensorType>(argument.getType());
  SmallVector<int64_t> shape(type.getShape());
  int64_t length = shape[1];
  shape[1] = windows * hop;
  SmallVector<Type> results;
  for (Type result : model.getResultTypes()) {
    auto tensor = cast<RankedTensorType>(result);
    SmallVector<int64_t> sizes(tensor.getShape());
    sizes[0] *= windows;
    results.push_back(tensor.clone(sizes));
  }
  auto function = func::FuncOp::create(
      model.getLoc(), name,
      builder.getFunctionType({type.clone(shape)}, results));
  builder.setInsertionPointToStart(function.addEntryBlock());
  Value rows = function.getArgument(0);
  timeLines[argument] = {rows, length, 1};
  // The samples are the first time line, whether they are remembered or not.
  numbers[rows] = 0;

  Operation *terminator = model.getBody().front().getTerminator();
  for (Operation &op : model.getBody().front().without_terminator())
    if (mlir::failed(visit(&op))) {
      function->erase();
      return failure();
    }
  SmallVector<Value> values;
  for (Value result : terminator->getOperands())
    values.push_back(getWindows(result));
  func::ReturnOp::create(builder, terminator->getLoc(), values);
  if (mlir::failed(verify(function))) {
    function->erase();
    return failure();
  }
  return function;
}

namespace {
struct ShareWindowsPass
    : frieze::nn::impl::ShareWindowsPassBase<ShareWindowsPass> {
  using ShareWindowsPassBase::ShareWindowsPassBase;

  void runOnOperation() override {
    if (mlir::failed(run()))
      signalPassFailure();
  }

  LogicalResult run() {
    ModuleOp module = getOperation();
    auto model = module.lookupSymbol<func::FuncOp>("model");
    if (!model || !llvm::hasSingleElement(model.getBody()))
      return module.emitError("expects a function @model of a single block");
    if (hop < 1 || hop > maxElements || block < 0 || block > maxElements)
      return model.emitError("expects a positive hop, but got ")
             << hop.getValue();
    auto type = model.getNumArguments() == 1
                    ? dyn_cast<RankedTensorType>(model.getArgument(0).getType())
                    : nullptr;
    if (!type || (type.getRank() != 2 && type.getRank() != 3) ||
        type.getDimSize(0) != 1)
      return model.emitError("expects one input of shape (1, samples) or (1, "
                             "samples, channels) to stream");
    WalkResult found = model.walk([](HistoryOp op) -> WalkResult {
      return op.emitError("expects a model of single windows, which has no "
                          "calls before it");
    });
    if (found.wasInterrupted())
      return failure();
    int64_t windows =
        block > 0 ? block : std::max<int64_t>(1, blockSamples / hop);
    SmallVector<std::pair<StringRef, int64_t>> functions{{"stream_window", 1}};
    if (windows > 1)
      functions.push_back({"stream_block", windows});
    for (auto [name, count] : functions) {
      StreamBuilder builder(model, hop, count);
      FailureOr<func::FuncOp> function = builder.build(name);
      if (mlir::failed(function))
        return failure();
      module.push_back(*function);
      shared = builder.shared;
    }
    return success();
  }
};
} // namespace
