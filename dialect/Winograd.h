//===- Winograd.h - Minimal filtering -------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_WINOGRAD_H
#define FRIEZE_DIALECT_WINOGRAD_H

#include "dialect/NNOps.h"
#include "dialect/WinogradForms.h"

namespace frieze::nn {

/// How the outputs of a convolution along one axis are divided into tiles.
/// With a pooling in the epilogue, tiles hold whole windows of it. A dilation
/// of d makes d convolutions, each of every d-th position, with tiles of their
/// own, one convolution after the other. The last tile of each is moved back
/// to end at its last output, and where tiles overlap, the later one counts.
/// Of a window in pieces, each piece reads the tile behind that of the piece
/// before it: tiles stay where they are, some of their results may not exist,
/// and each convolution ends with tiles that have none.
struct WinogradAxis {
  /// Of a tile, before pooling.
  int64_t outputs;
  /// Window and stride of the pooling, or 1.
  int64_t window, stride;
  /// Results after pooling.
  int64_t extent;
  int64_t dilation = 1;
  int64_t pieces = 1;

  /// Results after pooling of one tile.
  int64_t getTileExtent() const { return outputs / window; }
  /// Tiles of each of `dilation` convolutions. Some may need one less, and
  /// then compute their last one twice.
  int64_t getTilesOfPhase() const {
    return llvm::divideCeil(llvm::divideCeil(extent, dilation),
                            getTileExtent()) +
           pieces - 1;
  }
  int64_t getTileCount() const { return dilation * getTilesOfPhase(); }
  /// First result of tile `tile`.
  int64_t getTileStart(int64_t tile) const {
    int64_t phase = tile / getTilesOfPhase();
    int64_t start = tile % getTilesOfPhase() * getTileExtent();
    if (pieces == 1)
      start = std::min<int64_t>(
          start, llvm::divideCeil(extent - phase, dilation) - getTileExtent());
    return phase + dilation * start;
  }
  /// Whether tiles are next to each other, none is moved back, and all of their
  /// results exist, but for those of the tiles at the end.
  bool isEven() const { return extent % (dilation * getTileExtent()) == 0; }
  /// Whether tiles hold whole windows, next to each other where more than one
  /// or where the filter has pieces, and no two tiles parts of one.
  bool isValid() const {
    return outputs % window == 0 && stride >= window &&
           (stride == window || (outputs == window && pieces == 1)) &&
           (window == 1 || dilation == 1) &&
           extent / dilation >= getTileExtent();
  }
};

/// Terms of a block of a sum, at most.
constexpr int64_t winogradBlock = 64;

/// A conv's spatial axes, in tiles; those of a sequence are an image of height
/// 1. Inputs, taps and results of a tile have places in rows and columns. Those
/// of an image are its own. In a sequence each row is `columns.outputs` further
/// than the one before, of a scheme within another; inputs then have several
/// places.
struct WinogradTiling {
  const WinogradScheme *scheme;
  WinogradAxis height, width;
  /// Positions behind the input that the last tile reads: for taps that a
  /// scheme has beyond those of the window, and for results that do not exist.
  int64_t behind;

  /// What `op` has of it is not looked at. Nothing where `scheme` cannot
  /// compute `op` (see constraint C9 of nn.conv).
  static std::optional<WinogradTiling> find(ConvOp op,
                                            const WinogradScheme &scheme);
  /// By the scheme with so many outputs and products along each axis.
  static std::optional<WinogradTiling>
  find(ConvOp op, llvm::ArrayRef<int64_t> outputs,
       std::optional<llvm::ArrayRef<int64_t>> products);
  static WinogradTiling get(ConvOp op) {
    return *find(op, *op.getWinograd(), op.getProducts());
  }

  const WinogradForm &getRows() const { return *scheme->rows; }
  const WinogradForm &getColumns() const { return *scheme->columns; }
  bool isNested() const { return scheme->kind == WinogradScheme::Kind::Nested; }
  /// Products of a tile and a piece of the window for each pair of an input and
  /// an output channel.
  int64_t getPoints() const { return scheme->getPoints(); }
  /// Parts of the window that are filtered by the scheme, and added up before
  /// the results are made.
  int64_t getPieces() const { return width.pieces; }
  /// From one piece to the next, in positions.
  int64_t getPieceDistance() const { return width.outputs * width.dilation; }
  llvm::SmallVector<int64_t> getProducts() const {
    return scheme->getProducts(getPieces());
  }
  /// Input channels of a block: sums over the pieces and the input channels are
  /// made in blocks of so many channels, which are then added in order.
  int64_t getBlockChannels() const {
    return std::max<int64_t>(1, winogradBlock / getPieces());
  }
  /// Whether a result depends on inputs of its tile that its own window does
  /// not read.
  bool reachesBeyond() const { return behind || scheme->reachesBeyond(); }
  /// The product whose sum starts from the bias.
  int64_t getBiasPoint() const {
    return getRows().getBiasPoint() * getColumns().getPoints() +
           getColumns().getBiasPoint();
  }
  int64_t getTileCount() const {
    return height.getTileCount() * width.getTileCount();
  }

  /// How far the place in row `i` and column `j` of a tile is from its first,
  /// along height and width.
  std::pair<int64_t, int64_t> getPlace(int64_t i, int64_t j) const {
    if (isNested())
      return {0, (i * getColumns().outputs + j) * width.dilation};
    return {i * height.dilation, j * width.dilation};
  }

  /// The points of a tile from its inputs, both row after row: along rows
  /// first, and then along columns.
  template <typename Ops>
  llvm::SmallVector<typename Ops::Value>
  transformInputs(Ops &ops, llvm::ArrayRef<typename Ops::Value> inputs) const {
    return applyToRows(ops, getColumns().getInputTransform(),
                       llvm::ArrayRef(applyToColumns(
                           ops, getRows().getInputTransform(), inputs)));
  }
  /// The results of a tile from the sums of its points, both row after row:
  /// along columns first, and then along rows.
  template <typename Ops>
  llvm::SmallVector<typename Ops::Value>
  transformOutputs(Ops &ops, llvm::ArrayRef<typename Ops::Value> sums) const {
    return applyToColumns(ops, getRows().getOutputTransform(),
                          llvm::ArrayRef(applyToRows(
                              ops, getColumns().getOutputTransform(), sums)));
  }

private:
  template <typename Ops, typename Value>
  static llvm::SmallVector<Value> applyToRows(Ops &ops,
                                              const LinearTransform &transform,
                                              llvm::ArrayRef<Value> values) {
    llvm::SmallVector<Value> results;
    for (; !values.empty(); values = values.drop_front(transform.getInputs()))
      llvm::append_range(
          results,
          transform.apply(ops, values.take_front(transform.getInputs())));
    return results;
  }
  template <typename Ops, typename Value>
  static llvm::SmallVector<Value>
  applyToColumns(Ops &ops, const LinearTransform &transform,
                 llvm::ArrayRef<Value> values) {
    int64_t columns = values.size() / transform.getInputs();
    llvm::SmallVector<Value> results(transform.getResults() * columns);
    for (int64_t j = 0; j < columns; ++j) {
      llvm::SmallVector<Value> column;
      for (int64_t i = 0; i < transform.getInputs(); ++i)
        column.push_back(values[i * columns + j]);
      transform.apply<Ops>(ops, column, [&](int64_t i, Value value) {
        results[i * columns + j] = value;
      });
    }
    return results;
  }
};

/// G g G^T for the kernel of `op`, computed in double, perhaps rounded then:
/// (points, pieces, input channels, output channels), row after row.
template <typename T = double> llvm::SmallVector<T> transformKernel(ConvOp op);

/// How far the results of `op`, which has `winograd`, before their epilogue,
/// can lie from the exact sums of its kernel in f32, for inputs of magnitude at
/// most 1 in a tile: n u / (1 - n u) times what the algorithm adds up without
/// signs, where n roundings lie on the longest way from an input to a result,
/// and u is 2^-24 (Higham, "Accuracy and Stability of Numerical Algorithms",
/// section 3.1). The bias counts with its own magnitude. Nothing where weights
/// are elided.
std::optional<double> boundError(ConvOp op);

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_WINOGRAD_H
