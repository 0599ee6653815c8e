//===- ConvTranspose.cpp - Lowering of transposed convolutions --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/Copies.h"
#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/ConvTransposePlan.h"
#include "dialect/Weights.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// Emits one transposed convolution.
class TransposeEmitter {
public:
  TransposeEmitter(KernelBuilder &kernel, ConvTransposeOp op,
                   const KernelPlan &plan)
      : kernel(kernel), op(op), plan(plan), shape(op, kernel.target) {}
  void emit();

private:
  Value padInput();
  /// All phases of a part of the rows and one of the columns.
  void emitParts(MatrixProduct &product, const MatrixTile &tile,
                 const Phases &rows, const Phases &columns, StringRef name);
  /// The taps that they meet, as (group, phase row, phase column, terms, padded
  /// columns).
  SmallVector<double> packKernel(const Phases &rows, const Phases &columns);
  /// The epilogue for columns that are channels of joined phases.
  SmallVector<EpilogueStage> loadEpilogue();

  KernelBuilder &kernel;
  ConvTransposeOp op;
  const KernelPlan &plan;
  TransposedShape shape;
};
} // namespace

Value TransposeEmitter::padInput() {
  Value input = kernel.buffers[op.getInput()];
  if (shape.getPaddedElements() == 0)
    return input;
  const ImageShape &in = shape.input;
  emitPad(kernel, input, {in.batch, in.height, in.width, in.channels},
          kernel.scratch[op], {0, shape.rows.before, shape.columns.before, 0},
          {0, shape.rows.after, shape.columns.after, 0}, 0.0f, Value());
  return kernel.scratch[op];
}

SmallVector<double> TransposeEmitter::packKernel(const Phases &rows,
                                                 const Phases &columns) {
  SmallVector<double> values = *readWeights(op.getKernel()), packed;
  int64_t channels = shape.getInputChannels(), filters = shape.getFilters();
  int64_t joined = shape.countJoined(columns);
  for (int64_t group = 0; group < shape.getProducts(); ++group)
    for (int64_t row = 0; row < rows.count; ++row)
      for (int64_t column = 0; column < columns.count; column += joined)
        for (int64_t i = 0; i < rows.taps; ++i)
          for (int64_t j = 0; j < columns.taps; ++j)
            for (int64_t c = 0; c < channels; ++c) {
              for (int64_t phase = column; phase < column + joined; ++phase) {
                int64_t tap = shape.rows.getTap(rows.first + row, i) *
                                  shape.columns.window +
                              shape.columns.getTap(columns.first + phase, j);
                int64_t first = (tap * channels + c) * shape.output.channels +
                                group * filters;
                packed.append(values.begin() + first,
                              values.begin() + first + filters);
              }
              int64_t used = joined * filters;
              packed.append(kernel.target.padColumns(used) - used, 0.0);
            }
  return packed;
}

SmallVector<EpilogueStage> TransposeEmitter::loadEpilogue() {
  SmallVector<Attribute> stages(op.getEpilogueStages());
  int64_t repeats = shape.joinsPhases() ? shape.columns.stride : 1;
  for (Attribute &stage : stages) {
    auto affine = dyn_cast<AffineStageAttr>(stage);
    if (!affine)
      continue;
    auto repeat = [&](ElementsAttr weights) {
      SmallVector<double> values = *readWeights(weights), repeated;
      for (int64_t i = 0; i < repeats; ++i)
        llvm::append_range(repeated, values);
      return createWeightsLike(weights, {(int64_t)repeated.size()}, repeated);
    };
    stage = AffineStageAttr::get(op.getContext(), affine.getAxis(),
                                 repeat(affine.getScale()),
                                 repeat(affine.getShift()));
  }
  return kernel.loadEpilogue(op, stages);
}

void TransposeEmitter::emitParts(MatrixProduct &product, const MatrixTile &tile,
                                 const Phases &rows, const Phases &columns,
                                 StringRef name) {
  int64_t joined = shape.countJoined(columns), pixel = shape.input.channels;
  int64_t channels = shape.getInputChannels();
  product.columns = joined * shape.getFilters();
  int64_t padded = kernel.target.padColumns(product.columns);
  int64_t rowElements = shape.getPaddedRowElements();
  int64_t columnStep = shape.columns.inputStep;
  product.rows = columns.results;
  product.terms = {{rows.taps, shape.rows.inputStep * rowElements,
                    columns.taps * channels * padded}};
  // Taps that meet neighbours are one run with their channels.
  if (columnStep == 1 && channels == pixel) {
    product.terms.push_back({columns.taps * channels, 1, padded});
  } else {
    product.terms.push_back(
        {columns.taps, columnStep * pixel, channels * padded});
    product.terms.push_back({channels, 1, padded});
  }
  SmallVector<double> packed = packKernel(rows, columns);
  // Phases without taps are all bias.
  packed.resize(std::max<size_t>(packed.size(), padded), 0.0);
  product.weights = kernel.loadConstants(op, name, packed);
  int64_t block = rows.taps * columns.taps * channels * padded;
  int64_t blocksOfRow = columns.count / joined;

  kernel.forEach(shape.input.batch, [&](Value n) {
    kernel.forEach(shape.getProducts(), [&](Value group) {
      kernel.forEach(rows.count, [&](Value phaseRow) {
        kernel.forEach(blocksOfRow, [&](Value phaseColumn) {
          Value number = kernel.add(
              kernel.mul(kernel.add(kernel.mul(group, rows.count), phaseRow),
                         blocksOfRow),
              phaseColumn);
          product.weightBase = kernel.mul(number, block);
          product.channelBase = kernel.mul(group, shape.getFilters());
          product.biasBase =
              kernel.mul(group, kernel.target.padColumns(shape.getFilters()));
          kernel.forEach(rows.results, [&](Value q) {
            Value inputRow =
                kernel.add(kernel.mul(n, shape.getPaddedHeight()),
                           kernel.add(q, rows.firstInput + shape.rows.before));
            product.inputBase =
                kernel.add(kernel.add(kernel.mul(inputRow, rowElements),
                                      kernel.mul(group, channels)),
                           (columns.firstInput + shape.columns.before) * pixel);
            Value outputRow =
                kernel.add(kernel.add(kernel.mul(n, shape.output.height),
                                      kernel.mul(q, shape.rows.stride)),
                           kernel.add(phaseRow, rows.first));
            product.outputBase = kernel.add(
                kernel.add(kernel.mul(outputRow, shape.output.getRowElements()),
                           kernel.mul(kernel.add(phaseColumn, columns.first),
                                      shape.output.channels)),
                kernel.mul(group, shape.getFilters()));
            emitMatrixProduct(kernel, product, tile);
          });
        });
      });
    });
  });
}

void TransposeEmitter::emit() {
  MatrixProduct product;
  product.input = padInput();
  product.inputRowStride = shape.input.channels;
  product.output = kernel.buffers[op.getOutput()];
  product.outputRowStride = shape.columns.stride * shape.output.channels;
  product.inputPerColumn = shape.isDepthwise();
  product.epilogue = loadEpilogue();

  SmallVector<double> bias(shape.output.channels, 0.0), packedBias;
  if (ElementsAttr attribute = op.getBiasAttr())
    bias = *readWeights(attribute);
  int64_t filters = shape.getFilters();
  for (int64_t group = 0; group < shape.getProducts(); ++group) {
    packedBias.append(bias.begin() + group * filters,
                      bias.begin() + (group + 1) * filters);
    packedBias.append(kernel.target.padColumns(filters) - filters, 0.0);
  }
  if (shape.joinsPhases()) {
    packedBias.clear();
    for (int64_t phase = 0; phase < shape.columns.stride; ++phase)
      llvm::append_range(packedBias, bias);
    packedBias.resize(
        llvm::alignTo(packedBias.size(), kernel.target.getWidestLanes()), 0.0);
  }
  product.bias = kernel.loadConstants(op, "bias", packedBias);

  const MatrixTile *tile = plan.products.begin();
  for (const Phases &rows : shape.rows.parts)
    for (const Phases &columns : shape.columns.parts) {
      // Named by the first phase, as each part has weights of its own.
      std::string name = "kernel_" + std::to_string(rows.first) + "_" +
                         std::to_string(columns.first);
      emitParts(product, *tile++, rows, columns, name);
    }
}

static void lowerConvTranspose(KernelBuilder &kernel, ConvTransposeOp op,
                               const KernelPlan &plan) {
  TransposeEmitter(kernel, op, plan).emit();
}

void frieze::addConvTransposeLowerings(LoweringTable &table) {
  table.add<ConvTransposeOp, planConvTranspose, lowerConvTranspose>();
}
