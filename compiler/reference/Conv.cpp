//===- Conv.cpp - Convolution, directly or by minimal filtering -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/OpAccess.h"
#include "compiler/reference/ScalarOps.h"
#include "dialect/Winograd.h"

#include <cmath>

using namespace frieze::nn;
using namespace frieze::reference;

/// The products of one tile, whose transformed inputs are (points, pieces,
/// channels), with the transformed kernel: (points, filters).
static std::vector<float> multiplyTile(llvm::ArrayRef<float> inputs,
                                       llvm::ArrayRef<float> kernel,
                                       llvm::ArrayRef<float> bias,
                                       const WinogradTiling &tiling) {
  int64_t filters = bias.size(), pieces = tiling.getPieces();
  int64_t channels = inputs.size() / (tiling.getPoints() * pieces);
  std::vector<float> products(tiling.getPoints() * filters);
  auto sumBlock = [&](int64_t point, int64_t f, int64_t first, int64_t end,
                      float sum) {
    for (int64_t piece = 0; piece < pieces; ++piece)
      for (int64_t c = first; c < end; ++c) {
        int64_t term = (point * pieces + piece) * channels + c;
        sum = multiplyAdd(inputs[term], kernel[term * filters + f], sum);
      }
    return sum;
  };
  int64_t size = tiling.getBlockChannels();
  for (int64_t point = 0; point < tiling.getPoints(); ++point)
    for (int64_t f = 0; f < filters; ++f)
      for (int64_t block = 0; block < channels; block += size) {
        bool fromBias = point == tiling.getBiasPoint() && block == 0;
        float sum = sumBlock(point, f, block, std::min(channels, block + size),
                             fromBias ? bias[f] : 0);
        float &product = products[point * filters + f];
        product = block == 0 ? sum : product + sum;
      }
  return products;
}

/// The convolution of `op` by minimal filtering; what no tile holds stays 0,
/// and no pooling reads it. `read(n, h, w, c)` is an input, or the padding.
static Tensor<float> convolveByWinograd(
    ConvOp op,
    llvm::function_ref<float(int64_t, int64_t, int64_t, int64_t)> read) {
  WinogradTiling tiling = WinogradTiling::get(op);
  const WinogradForm &rows = tiling.getRows(), &columns = tiling.getColumns();
  mlir::RankedTensorType type = op.getConvType();
  Tensor<float> y{type.getShape().vec(),
                  std::vector<float>(type.getNumElements())};
  Image out(y.shape);
  int64_t channels = op.getInput().getType().getShape().back();
  int64_t filters = out.channels;
  llvm::SmallVector<double> exactKernel = transformKernel(op);
  std::vector<float> kernel(exactKernel.begin(), exactKernel.end());
  auto bias = readOr<float>(op.getBiasAttr(), filters, 0);
  ScalarOps ops;

  int64_t pieces = tiling.getPieces();
  auto transformInputs = [&](int64_t n, int64_t top, int64_t left,
                             int64_t piece, std::vector<float> &inputs) {
    for (int64_t c = 0; c < channels; ++c) {
      llvm::SmallVector<float> tile;
      for (int64_t i = 0; i < rows.getInputs(); ++i)
        for (int64_t j = 0; j < columns.getInputs(); ++j) {
          auto [h, w] = tiling.getPlace(i, j);
          tile.push_back(read(n, top + h, left + w, c));
        }
      tile = tiling.transformInputs(ops, llvm::ArrayRef<float>(tile));
      for (int64_t point = 0; point < tiling.getPoints(); ++point)
        inputs[(point * pieces + piece) * channels + c] = tile[point];
    }
  };
  auto computeTile = [&](int64_t n, int64_t top, int64_t left) {
    std::vector<float> inputs(tiling.getPoints() * pieces * channels);
    for (int64_t piece = 0; piece < pieces; ++piece)
      transformInputs(n, top, left + piece * tiling.getPieceDistance(), piece,
                      inputs);
    std::vector<float> products = multiplyTile(inputs, kernel, bias, tiling);
    for (int64_t f = 0; f < filters; ++f) {
      llvm::SmallVector<float> tile;
      for (int64_t point = 0; point < tiling.getPoints(); ++point)
        tile.push_back(products[point * filters + f]);
      tile = tiling.transformOutputs(ops, llvm::ArrayRef<float>(tile));
      for (int64_t i = 0; i < rows.outputs; ++i)
        for (int64_t j = 0; j < columns.outputs; ++j) {
          auto [h, w] = tiling.getPlace(i, j);
          if (left + w < out.width)
            y.values[out.at(n, top + h, left + w, f)] =
                tile[i * columns.outputs + j];
        }
    }
  };
  for (int64_t n = 0; n < out.batch; ++n)
    for (int64_t h = 0; h < tiling.height.getTileCount(); ++h)
      for (int64_t w = 0; w < tiling.width.getTileCount(); ++w)
        computeTile(n, tiling.height.getTileStart(h) * tiling.height.stride,
                    tiling.width.getTileStart(w) * tiling.width.stride);
  return y;
}

namespace {
/// Of a convolution, transposed or not. Sequences are images of height 1.
template <typename T> struct Parameters {
  template <typename OpT>
  explicit Parameters(OpT op) : kernel(read<T>(op.getKernel())) {
    llvm::ArrayRef<int64_t> shape = op.getKernel().getShapedType().getShape();
    llvm::ArrayRef<int64_t> window = shape.drop_back(2);
    auto strides = op.getStrideValues(), dilations = op.getDilationValues();
    auto padding = op.getPaddingValues();
    windowHeight = heightOf(window, 1), windowWidth = widthOf(window);
    strideHeight = heightOf(strides, 1), strideWidth = widthOf(strides);
    dilationHeight = heightOf(dilations, 1), dilationWidth = widthOf(dilations);
    top = padding.size() == 4 ? padding[0] : 0;
    left = padding[padding.size() - 2];
    channelsPerGroup = shape[shape.size() - 2];
    filtersPerGroup = shape.back() / op.getGroups();
    bias = readOr<T>(op.getBiasAttr(), shape.back(), 0);
  }

  /// The first input channel that filter `f` meets.
  int64_t getFirstChannel(int64_t f) const {
    return f / filtersPerGroup * channelsPerGroup;
  }

  int64_t windowHeight, windowWidth, strideHeight, strideWidth, dilationHeight,
      dilationWidth, top, left, channelsPerGroup, filtersPerGroup;
  std::vector<T> kernel, bias;
};
} // namespace

template <typename T> static Tensor<T> conv(ConvOp op, const Tensor<T> &x) {
  mlir::RankedTensorType type = op.getConvType();
  Tensor<T> y{type.getShape().vec(), std::vector<T>(type.getNumElements())};
  Image in(x.shape), out(y.shape);
  Parameters<T> parameters(op);
  auto border = readOr<T>(op.getBorderAttr(), in.channels, 0);
  // Of the padded input.
  auto readInput = [&](int64_t n, int64_t h, int64_t w, int64_t c) {
    h -= parameters.top;
    w -= parameters.left;
    bool inside = h >= 0 && h < in.height && w >= 0 && w < in.width;
    return inside ? x.values[in.at(n, h, w, c)] : border[c];
  };
  // In float64, all ways to compute it mean the same.
  if constexpr (std::is_same_v<T, float>)
    if (op.getWinograd())
      return applyEpilogue(op.getEpilogueStages(),
                           convolveByWinograd(op, readInput));

  for (int64_t n = 0; n < out.batch; ++n)
    for (int64_t oh = 0; oh < out.height; ++oh)
      for (int64_t ow = 0; ow < out.width; ++ow)
        for (int64_t f = 0; f < out.channels; ++f) {
          T sum = parameters.bias[f];
          const T *weight = parameters.kernel.data() + f;
          for (int64_t kh = 0; kh < parameters.windowHeight; ++kh)
            for (int64_t kw = 0; kw < parameters.windowWidth; ++kw) {
              int64_t h =
                  oh * parameters.strideHeight + kh * parameters.dilationHeight;
              int64_t w =
                  ow * parameters.strideWidth + kw * parameters.dilationWidth;
              int64_t firstChannel = parameters.getFirstChannel(f);
              for (int64_t c = 0; c < parameters.channelsPerGroup; ++c) {
                sum = multiplyAdd(readInput(n, h, w, firstChannel + c), *weight,
                                  sum);
                weight += out.channels;
              }
            }
          y.values[out.at(n, oh, ow, f)] = sum;
        }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

template <typename T>
static Tensor<T> convTranspose(ConvTransposeOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<ConvTransposeOp, T>(op);
  Image in(x.shape), out(y.shape);
  Parameters<T> parameters(op);
  auto addPixel = [&](T sum, int64_t n, int64_t h, int64_t w, int64_t tap,
                      int64_t f) {
    bool inside = h >= 0 && h < in.height && w >= 0 && w < in.width;
    int64_t firstChannel = parameters.getFirstChannel(f);
    for (int64_t c = 0; c < parameters.channelsPerGroup; ++c) {
      T value = inside ? x.values[in.at(n, h, w, firstChannel + c)] : T(0);
      T weight =
          parameters
              .kernel[(tap * parameters.channelsPerGroup + c) * out.channels +
                      f];
      sum = multiplyAdd(value, weight, sum);
    }
    return sum;
  };
  for (int64_t n = 0; n < out.batch; ++n)
    for (int64_t oh = 0; oh < out.height; ++oh)
      for (int64_t ow = 0; ow < out.width; ++ow)
        for (int64_t f = 0; f < out.channels; ++f) {
          T sum = parameters.bias[f];
          // The last tap meets the first position.
          for (int64_t kh = parameters.windowHeight - 1; kh >= 0; --kh)
            for (int64_t kw = parameters.windowWidth - 1; kw >= 0; --kw) {
              int64_t h = oh + parameters.top - kh * parameters.dilationHeight;
              int64_t w = ow + parameters.left - kw * parameters.dilationWidth;
              if (h % parameters.strideHeight == 0 &&
                  w % parameters.strideWidth == 0)
                sum = addPixel(sum, n, h / parameters.strideHeight,
                               w / parameters.strideWidth,
                               kh * parameters.windowWidth + kw, f);
            }
          y.values[out.at(n, oh, ow, f)] = sum;
        }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

void frieze::reference::addConvSemantics(SemanticsTable &table) {
  table.add<ConvOp>(
      [](auto op, auto operands) { return conv(op, operands[0]); });
  table.add<ConvTransposeOp>(
      [](auto op, auto operands) { return convTranspose(op, operands[0]); });
}
