//===- ConvTranspose.cpp - Lowering of transposed convolutions --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/RegisterTile.h"
#include "compiler/conversion/ImageShape.h"
#include "compiler/conversion/Lowerings.h"
#include "dialect/Weights.h"

#include <numeric>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// Neighbouring phases of an axis that meet the same positions of the input.
/// Phase p has the results `q * stride + p`.
struct Phases {
  int64_t first, count;
  /// Results of each.
  int64_t results;
  /// Taps of each, and the position of the input that the first one meets for
  /// q = 0. The positions of further ones follow `PhasedAxis::inputStep` apart.
  int64_t taps, firstInput;
};

/// One axis of a transposed convolution as convolutions, one for each phase.
struct PhasedAxis {
  PhasedAxis(int64_t input, int64_t output, int64_t window, int64_t stride,
             int64_t dilation, int64_t low);

  /// The tap number `number` of phase `phase`: the last of the kernel first.
  int64_t getTap(int64_t phase, int64_t number) const {
    return taps.lookup(phase).last - number * tapStep;
  }

  int64_t stride, window;
  /// From one tap of a phase to the next, in the kernel and in the input.
  int64_t tapStep, inputStep;
  SmallVector<Phases> parts;
  /// By phase: how many taps of the kernel it has, and the last of them.
  struct PhaseTaps {
    int64_t count = 0, last = 0;
  };
  llvm::DenseMap<int64_t, PhaseTaps> taps;
  /// Positions before and after the input that some tap meets.
  int64_t before = 0, after = 0;
};

/// Columns that are worth joining: more fill the registers by themselves.
constexpr int64_t mostJoined = 512;

/// The geometry of a transposed convolution, in terms of groups.
struct TransposedShape {
  explicit TransposedShape(ConvTransposeOp op);

  bool isDepthwise() const {
    return groups > 1 && groups == input.channels && groups == output.channels;
  }
  int64_t getProducts() const { return isDepthwise() ? 1 : groups; }
  int64_t getInputChannels() const { return input.channels / groups; }
  /// Output channels of a product.
  int64_t getFilters() const { return output.channels / getProducts(); }
  /// Whether neighbouring phases along the width are columns of one product:
  /// their results are neighbours in memory.
  bool joinsPhases() const {
    return groups == 1 && columns.stride * output.channels <= mostJoined;
  }
  int64_t countJoined(const Phases &part) const {
    return joinsPhases() ? part.count : 1;
  }
  int64_t getPaddedElements() const {
    if (!rows.before && !rows.after && !columns.before && !columns.after)
      return 0;
    return input.batch * getPaddedHeight() * getPaddedRowElements();
  }
  int64_t getPaddedHeight() const {
    return input.height + rows.before + rows.after;
  }
  int64_t getPaddedRowElements() const {
    return (input.width + columns.before + columns.after) * input.channels;
  }

  ImageShape input, output;
  int64_t groups;
  PhasedAxis rows, columns;
};

/// Emits one transposed convolution.
class TransposeEmitter {
public:
  TransposeEmitter(KernelBuilder &kernel, ConvTransposeOp op)
      : kernel(kernel), op(op), shape(op) {}
  void emit();

private:
  Value padInput();
  /// All phases of a part of the rows and one of the columns.
  void emitParts(MatrixProduct &product, const Phases &rows,
                 const Phases &columns, StringRef name);
  /// The taps that they meet, as (group, phase row, phase column, terms, padded
  /// columns).
  SmallVector<double> packKernel(const Phases &rows, const Phases &columns);
  /// The epilogue for columns that are channels of joined phases.
  SmallVector<EpilogueStage> loadEpilogue();

  KernelBuilder &kernel;
  ConvTransposeOp op;
  TransposedShape shape;
};
} // namespace

PhasedAxis::PhasedAxis(int64_t input, int64_t output, int64_t window,
                       int64_t stride, int64_t dilation, int64_t low)
    : stride(stride), window(window),
      tapStep(stride / std::gcd(stride, dilation)),
      inputStep(dilation / std::gcd(stride, dilation)) {
  for (int64_t tap = 0; tap < window; ++tap) {
    int64_t phase = (tap * dilation - low) % stride;
    PhaseTaps &found = taps[phase < 0 ? phase + stride : phase];
    found = {found.count + 1, tap};
  }
  for (int64_t phase = 0; phase < std::min(stride, output); ++phase) {
    PhaseTaps found = taps.lookup(phase);
    Phases part{phase, 1, (int64_t)llvm::divideCeil(output - phase, stride),
                found.count, 0};
    if (found.count > 0) {
      part.firstInput = (phase + low - found.last * dilation) / stride;
      int64_t last = part.firstInput + (found.count - 1) * inputStep;
      before = std::max(before, -part.firstInput);
      after = std::max(after, last + part.results - input);
    }
    auto continues = [&](const Phases &other) {
      return other.results == part.results && other.taps == part.taps &&
             other.firstInput == part.firstInput;
    };
    if (!parts.empty() && continues(parts.back()))
      ++parts.back().count;
    else
      parts.push_back(part);
  }
}

static PhasedAxis getAxis(ConvTransposeOp op, int64_t axis) {
  return PhasedAxis(op.getInput().getType().getDimSize(axis + 1),
                    op.getType().getDimSize(axis + 1),
                    op.getKernel().getShapedType().getDimSize(axis),
                    op.getStrideValues()[axis], op.getDilationValues()[axis],
                    op.getPaddingValues()[2 * axis]);
}

TransposedShape::TransposedShape(ConvTransposeOp op)
    : input(op.getInput().getType().getShape()),
      output(op.getType().getShape()), groups(op.getGroups()),
      rows(op.getSpatialRank() == 2 ? getAxis(op, 0)
                                    : PhasedAxis(1, 1, 1, 1, 1, 0)),
      columns(getAxis(op, op.getSpatialRank() - 1)) {}

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
              packed.append(llvm::alignTo(used, getColumnPadding(used)) - used,
                            0.0);
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

void TransposeEmitter::emitParts(MatrixProduct &product, const Phases &rows,
                                 const Phases &columns, StringRef name) {
  int64_t joined = shape.countJoined(columns), pixel = shape.input.channels;
  int64_t channels = shape.getInputChannels();
  product.columns = joined * shape.getFilters();
  int64_t padded =
      llvm::alignTo(product.columns, getColumnPadding(product.columns));
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
          product.biasBase = kernel.mul(
              group, llvm::alignTo(shape.getFilters(),
                                   getColumnPadding(shape.getFilters())));
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
            emitMatrixProduct(kernel, product);
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
    packedBias.append(
        llvm::alignTo(filters, getColumnPadding(filters)) - filters, 0.0);
  }
  if (shape.joinsPhases()) {
    packedBias.clear();
    for (int64_t phase = 0; phase < shape.columns.stride; ++phase)
      llvm::append_range(packedBias, bias);
    packedBias.resize(llvm::alignTo(packedBias.size(), 16), 0.0);
  }
  product.bias = kernel.loadConstants(op, "bias", packedBias);

  for (const Phases &rows : shape.rows.parts)
    for (const Phases &columns : shape.columns.parts) {
      // Named by the first phase, as each part has weights of its own.
      std::string name = "kernel_" + std::to_string(rows.first) + "_" +
                         std::to_string(columns.first);
      emitParts(product, rows, columns, name);
    }
}

void frieze::lowerConvTranspose(KernelBuilder &kernel, ConvTransposeOp op) {
  TransposeEmitter(kernel, op).emit();
}

int64_t frieze::getConvTransposeScratchElements(ConvTransposeOp op) {
  return TransposedShape(op).getPaddedElements();
}
