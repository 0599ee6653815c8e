//===- Sequence.cpp - Embeddings and recurrent layers -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/OpAccess.h"
#include "compiler/reference/ScalarOps.h"
#include "dialect/ElementaryFunctions.h"

#include <array>
#include <tuple>

using namespace frieze;
using namespace frieze::nn;
using namespace frieze::reference;

template <typename T>
static Tensor<T> embedding(EmbeddingOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<EmbeddingOp, T>(op);
  auto table = read<T>(op.getTable());
  int64_t rows = op.getTable().getShapedType().getDimSize(0);
  int64_t lowest = op.getFromEnd() ? -rows : 0;
  size_t width = op.getTable().getShapedType().getDimSize(1);
  for (size_t i = 0; i < x.values.size(); ++i) {
    T number = x.values[i];
    bool isRow = number > T(lowest - 1) && number < T(rows);
    int64_t row = isRow ? int64_t(number) : 0;
    row += row < 0 ? rows : 0;
    for (size_t c = 0; c < width; ++c)
      y.values[i * width + c] =
          isRow ? table[row * width + c] : std::numeric_limits<T>::quiet_NaN();
  }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

namespace {
/// What a recurrent layer has before a step: the state, and the input's sums.
template <typename T> struct Step {
  std::vector<T> state, sums;
};
} // namespace

/// Adds the products of `factors` and the rows of a matrix to the entries of
/// `sums` from `low` below `high`, in order.
template <typename T>
static void addProducts(const T *factors, int64_t rows,
                        const std::vector<T> &matrix, std::vector<T> &sums,
                        int64_t low, int64_t high) {
  for (int64_t k = 0; k < rows; ++k)
    for (int64_t j = low; j < high; ++j)
      sums[j] = multiplyAdd(factors[k], matrix[k * sums.size() + j], sums[j]);
}

/// The values of one of the operands that may be left out: `values`, MLIR's, of
/// which a layer has one or none. Null where there is none.
template <typename T>
static const Tensor<T> *find(mlir::OperandRange values, Operands<T> operands) {
  return values.empty() ? nullptr : &operands[values.getBeginOperandIndex()];
}

/// A state before the first step of sample `n`.
template <typename T>
static std::vector<T> readState(const Tensor<T> *initial, int64_t n,
                                int64_t units) {
  if (!initial)
    return std::vector<T>(units, 0);
  auto first =
      initial->values.begin() + (initial->shape[0] > 1 ? n * units : 0);
  return std::vector<T>(first, first + units);
}

/// Calls `update(step)` for each step that is not masked, to make the new state
/// from the old one and the sums of the bias and the terms of the input.
/// `start(n)` begins sample n. `operands` are those of the op; `cells` follow
/// the state in the result, if not null.
template <typename T, typename OpT>
static Tensor<T> runSteps(OpT op, Operands<T> operands,
                          llvm::function_ref<void(int64_t)> start,
                          llvm::function_ref<void(Step<T> &)> update,
                          const std::vector<T> *cells = nullptr) {
  const Tensor<T> &x = operands[0];
  Tensor<T> y = makeResult<OpT, T>(op);
  int64_t batch = x.shape[0], steps = x.shape[1], channels = x.shape[2];
  int64_t units = op.getUnits(), width = y.shape.back();
  const Tensor<T> *mask = find(op.getODSOperands(1), operands);
  const Tensor<T> *initial = find(op.getODSOperands(2), operands);
  auto kernel = read<T>(op.getKernel());
  auto bias = readOr<T>(op.getBiasAttr(), kernel.size() / channels, 0);
  for (int64_t n = 0; n < batch; ++n) {
    Step<T> step{readState(initial, n, units), {}};
    start(n);
    for (int64_t number = 0; number < steps; ++number) {
      int64_t t = op.getBackwards() ? steps - 1 - number : number;
      bool isMasked = mask && mask->values[n * steps + t] == 0;
      if (!isMasked) {
        step.sums = bias;
        addProducts(&x.values[(n * steps + t) * channels], channels, kernel,
                    step.sums, 0, bias.size());
        update(step);
      }
      int64_t place = op.getReversed() ? steps - 1 - number : number;
      int64_t row = op.getSequences() ? n * steps + place : n;
      if (isMasked && op.getZeroMasked())
        continue;
      auto result = std::copy(step.state.begin(), step.state.end(),
                              y.values.begin() + row * width);
      if (cells)
        std::copy(cells->begin(), cells->end(), result);
    }
  }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

static double cutOff(std::optional<float> clip, double x) {
  double bound = clip.value_or(HUGE_VALF);
  return x > bound ? bound : x < -bound ? -bound : x;
}
static float cutOff(std::optional<float> clip, float x) {
  ScalarOps ops;
  return ElementaryFunctions<ScalarOps>(ops).cutOff(x, clip);
}

static double resetGate(const RecurrentFunctions &functions, double sum) {
  return applyFunction(functions.recurrentActivation,
                       cutOff(functions.clip, sum));
}
static float resetGate(const RecurrentFunctions &functions, float sum) {
  ScalarOps ops;
  return ElementaryFunctions<ScalarOps>(ops).resetGate(functions, sum);
}

/// The new state of one unit, from the sums of update and candidate.
static double updateState(const RecurrentFunctions &functions, double updateSum,
                          double candidateSum, double state) {
  double update = applyFunction(functions.recurrentActivation,
                                cutOff(functions.clip, updateSum));
  return update * state +
         (1 - update) * applyFunction(functions.activation,
                                      cutOff(functions.clip, candidateSum));
}
static float updateState(const RecurrentFunctions &functions, float updateSum,
                         float candidateSum, float state) {
  ScalarOps ops;
  return ElementaryFunctions<ScalarOps>(ops).updateState(functions, updateSum,
                                                         candidateSum, state);
}

template <typename T> static Tensor<T> gru(GRUOp op, Operands<T> operands) {
  auto recurrent = read<T>(op.getRecurrent());
  int64_t units = op.getUnits();
  auto recurrentBias = readOr<T>(op.getRecurrentBiasAttr(), units, 0);
  RecurrentFunctions functions = op.getFunctions();
  return runSteps<T>(
      op, operands, [](int64_t) {},
      [&](Step<T> &step) {
        std::vector<T> &h = step.state, &z = step.sums;
        addProducts(h.data(), units, recurrent, z, 0, 2 * units);
        std::vector<T> reset;
        for (int64_t j = 0; j < units; ++j)
          reset.push_back(resetGate(functions, z[units + j]));
        if (op.getResetAfter()) {
          std::vector<T> u(3 * units);
          std::copy(recurrentBias.begin(), recurrentBias.end(),
                    u.begin() + 2 * units);
          addProducts(h.data(), units, recurrent, u, 2 * units, 3 * units);
          for (int64_t j = 0; j < units; ++j)
            z[2 * units + j] =
                multiplyAdd(reset[j], u[2 * units + j], z[2 * units + j]);
        } else {
          for (int64_t j = 0; j < units; ++j)
            reset[j] *= h[j];
          addProducts(reset.data(), units, recurrent, z, 2 * units, 3 * units);
        }
        for (int64_t j = 0; j < units; ++j)
          h[j] = updateState(functions, z[j], z[2 * units + j], h[j]);
      });
}

/// The new cell and state of one unit, from its sums z_i, z_f, z_g, z_o, and
/// its three weights of the cell, if any.
static std::pair<double, double> updateCell(const RecurrentFunctions &functions,
                                            const std::array<double, 4> &z,
                                            double cell,
                                            llvm::ArrayRef<double> peephole) {
  auto gate = [&](double sum, size_t number) {
    if (!peephole.empty())
      sum += peephole[number] * cell;
    return applyFunction(functions.recurrentActivation,
                         cutOff(functions.clip, sum));
  };
  cell = gate(z[1], 1) * cell +
         gate(z[0], 0) *
             applyFunction(functions.activation, cutOff(functions.clip, z[2]));
  cell = cutOff(functions.cellClip, cell);
  return {cell, gate(z[3], 2) * applyFunction(functions.cellActivation, cell)};
}
static std::pair<float, float> updateCell(const RecurrentFunctions &functions,
                                          const std::array<float, 4> &z,
                                          float cell,
                                          llvm::ArrayRef<float> peephole) {
  ScalarOps ops;
  auto updated = ElementaryFunctions<ScalarOps>(ops).updateCell(functions, z,
                                                                cell, peephole);
  return {updated.cell, updated.state};
}

template <typename T> static Tensor<T> lstm(LSTMOp op, Operands<T> operands) {
  auto recurrent = read<T>(op.getRecurrent());
  int64_t units = op.getUnits();
  auto peephole = readOr<T>(op.getPeepholeAttr(), 0, 0);
  const Tensor<T> *initial = find(op.getODSOperands(3), operands);
  RecurrentFunctions functions = op.getFunctions();
  std::vector<T> c;
  return runSteps<T>(
      op, operands, [&](int64_t n) { c = readState(initial, n, units); },
      [&](Step<T> &step) {
        std::vector<T> &h = step.state, &z = step.sums;
        addProducts(h.data(), units, recurrent, z, 0, 4 * units);
        for (int64_t j = 0; j < units; ++j) {
          std::array<T, 4> sums;
          for (int64_t gate = 0; gate < 4; ++gate)
            sums[gate] = z[gate * units + j];
          std::vector<T> weights;
          for (size_t at = j; at < peephole.size(); at += units)
            weights.push_back(peephole[at]);
          std::tie(c[j], h[j]) = updateCell(functions, sums, c[j], weights);
        }
      },
      op.getWithCells() ? &c : nullptr);
}

template <typename T> static Tensor<T> rnn(RNNOp op, Operands<T> operands) {
  auto recurrent = read<T>(op.getRecurrent());
  RecurrentFunctions functions = op.getFunctions();
  return runSteps<T>(
      op, operands, [](int64_t) {},
      [&](Step<T> &step) {
        addProducts(step.state.data(), step.state.size(), recurrent, step.sums,
                    0, step.sums.size());
        for (size_t j = 0; j < step.state.size(); ++j)
          step.state[j] = applyFunction<T>(
              functions.activation, cutOff(functions.clip, step.sums[j]));
      });
}

void reference::addSequenceSemantics(SemanticsTable &table) {
  table.add<EmbeddingOp>(
      [](auto op, auto operands) { return embedding(op, operands[0]); });
  table.add<GRUOp>([](auto op, auto operands) { return gru(op, operands); });
  table.add<LSTMOp>([](auto op, auto operands) { return lstm(op, operands); });
  table.add<RNNOp>([](auto op, auto operands) { return rnn(op, operands); });
}
