//===- WinogradTest.cpp - Minimal filtering ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Winograd.h"
#include "compiler/reference/Evaluate.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <map>
#include <random>

using namespace frieze::nn;

namespace {
template <typename T> struct NumberOps {
  using Value = T;
  T constant(float value) { return value; }
  T add(T a, T b) { return a + b; }
  T sub(T a, T b) { return a - b; }
  T mul(T a, T b) { return a * b; }
  T fma(T a, T b, T c) { return std::fma(a, b, c); }
};

std::string describe(const WinogradScheme &scheme) {
  std::string text;
  llvm::raw_string_ostream os(text);
  switch (scheme.kind) {
  case WinogradScheme::Kind::Sequence:
    os << "sequence";
    break;
  case WinogradScheme::Kind::Image:
    os << "image";
    break;
  case WinogradScheme::Kind::Nested:
    os << "nested";
    break;
  }
  os << " F(" << scheme.rows->outputs << "x" << scheme.columns->outputs << ", "
     << scheme.rows->taps << "x" << scheme.columns->taps << ") in "
     << scheme.rows->getPoints() << "x" << scheme.columns->getPoints();
  return text;
}

/// Of many tiles over `channels` channels and `pieces` pieces of a window in
/// type T, with results of unit variance: root mean square and largest error,
/// the latter in units of 1e-5 + 1e-5 |y|.
struct Errors {
  double mean, largest;
};

template <typename T>
Errors measure(const WinogradScheme &scheme, int64_t channels,
               int64_t pieces = 1) {
  constexpr int64_t filters = 8, results = 20000;
  const WinogradForm &rows = *scheme.rows, &columns = *scheme.columns;
  // Of a dilation or a pooling nothing is seen within a tile.
  WinogradTiling tiling{&scheme, {1, 1, 1, 1}, {1, 1, 1, 1}, 0};
  int64_t points = scheme.getPoints(), taps = rows.taps * columns.taps;
  int64_t outputs = rows.outputs * columns.outputs;
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  // Terms are the channels of a piece after those of the one before.
  int64_t terms = pieces * channels;
  std::vector<T> kernel(terms * taps * filters);
  for (T &weight : kernel)
    weight = normal(random) / std::sqrt(float(terms * taps));
  auto weightAt = [&](int64_t term, int64_t h, int64_t w) {
    return &kernel[(term * taps + h * columns.taps + w) * filters];
  };
  std::vector<double> transformed(terms * points * filters);
  for (int64_t c = 0; c < terms; ++c)
    for (int64_t point = 0; point < points; ++point)
      for (int64_t h = 0; h < rows.taps; ++h)
        for (int64_t w = 0; w < columns.taps; ++w)
          for (int64_t f = 0; f < filters; ++f)
            transformed[(c * points + point) * filters + f] +=
                rows.getKernelTransform()[point / columns.getPoints() *
                                              rows.taps +
                                          h] *
                columns.getKernelTransform()[point % columns.getPoints() *
                                                 columns.taps +
                                             w] *
                weightAt(c, h, w)[f];
  NumberOps<T> ops;
  double squares = 0, largest = 0, count = 0;
  while (count < results) {
    std::vector<std::vector<T>> sums(filters, std::vector<T>(points, 0));
    std::vector<double> exact(outputs * filters, 0);
    // Places of a sequence that are one position have one value.
    std::vector<std::map<std::pair<int64_t, int64_t>, T>> values(channels);
    for (int64_t c = 0; c < terms; ++c) {
      llvm::SmallVector<T> inputs;
      for (int64_t i = 0; i < rows.getInputs(); ++i)
        for (int64_t j = 0; j < columns.getInputs(); ++j) {
          auto [h, w] = tiling.getPlace(i, j);
          inputs.push_back(
              values[c % channels]
                  .try_emplace({h, c / channels * outputs + w}, normal(random))
                  .first->second);
        }
      for (int64_t output = 0; output < outputs; ++output)
        for (int64_t h = 0; h < rows.taps; ++h)
          for (int64_t w = 0; w < columns.taps; ++w)
            for (int64_t f = 0; f < filters; ++f)
              exact[output * filters + f] +=
                  double(inputs[(output / columns.outputs + h) *
                                    columns.getInputs() +
                                output % columns.outputs + w]) *
                  weightAt(c, h, w)[f];
      inputs = tiling.transformInputs(ops, llvm::ArrayRef<T>(inputs));
      for (int64_t f = 0; f < filters; ++f)
        for (int64_t point = 0; point < points; ++point)
          sums[f][point] = std::fma(
              inputs[point], T(transformed[(c * points + point) * filters + f]),
              sums[f][point]);
    }
    for (int64_t f = 0; f < filters; ++f)
      for (auto [output, value] : llvm::enumerate(
               tiling.transformOutputs(ops, llvm::ArrayRef<T>(sums[f])))) {
        double y = exact[output * filters + f], error = std::fabs(value - y);
        squares += error * error;
        largest = std::max(largest, error / (1e-5 + 1e-5 * std::fabs(y)));
        ++count;
      }
  }
  return {std::sqrt(squares / count), largest};
}

TEST(WinogradTest, SchemesComputeConvolutions) {
  for (const WinogradScheme &scheme : getWinogradSchemes())
    for (int pieces : {1, scheme.hasPieces() ? 3 : 1})
      EXPECT_LT(measure<double>(scheme, 3, pieces).mean, 1e-14)
          << describe(scheme);
}

// The errors that nn-choose-winograd counts on, for the longest sums.
TEST(WinogradTest, SchemesRoundAsStated) {
  for (const WinogradScheme &scheme : getWinogradSchemes()) {
    // Along one axis, a sequence stands for images.
    if (scheme.kind == WinogradScheme::Kind::Image &&
        (scheme.rows->taps == 1 || scheme.columns->taps == 1))
      continue;
    Errors errors = measure<float>(scheme, winogradBlock);
    EXPECT_LE(errors.mean, scheme.error) << describe(scheme);
    EXPECT_GE(errors.mean, 0.9 * scheme.error) << describe(scheme);
    EXPECT_LE(errors.largest, scheme.largest) << describe(scheme);
    EXPECT_GE(errors.largest, 0.6 * scheme.largest) << describe(scheme);
  }
}

// Pieces add no error, as a block has fewer channels of each.
TEST(WinogradTest, PiecesRoundAsStated) {
  int64_t tried = 0;
  for (const WinogradScheme &scheme : getWinogradSchemes())
    for (int64_t pieces = 2; scheme.hasPieces() && pieces <= 3; ++pieces) {
      Errors errors = measure<float>(scheme, winogradBlock / pieces, pieces);
      EXPECT_LE(errors.mean, scheme.error) << describe(scheme) << pieces;
      EXPECT_LE(errors.largest, scheme.largest) << describe(scheme) << pieces;
      ++tried;
    }
  EXPECT_GT(tried, 4);
}

TEST(WinogradTest, LastTileEndsWithTheResult) {
  WinogradAxis axis{4, 2, 2, 13};
  ASSERT_TRUE(axis.isValid());
  EXPECT_EQ(axis.getTileExtent(), 2);
  EXPECT_EQ(axis.getTileCount(), 7);
  EXPECT_EQ(axis.getTileStart(5), 10);
  EXPECT_EQ(axis.getTileStart(6), 11);
  // A window of 3 does not fit into tiles of 4, nor windows with gaps.
  EXPECT_FALSE((WinogradAxis{4, 3, 3, 13}.isValid()));
  EXPECT_FALSE((WinogradAxis{4, 2, 3, 13}.isValid()));
  EXPECT_TRUE((WinogradAxis{2, 2, 3, 13}.isValid()));
  // The results that two windows share would be those of two tiles.
  EXPECT_FALSE((WinogradAxis{4, 4, 2, 13}.isValid()));
}

// Of 13 results, phases of a dilation of 3 have 5, 4 and 4.
TEST(WinogradTest, EachPhaseOfADilationEndsWithItsResults) {
  WinogradAxis axis{2, 1, 1, 13, 3};
  ASSERT_TRUE(axis.isValid());
  EXPECT_EQ(axis.getTileCount(), 9);
  std::vector<int64_t> starts;
  for (int64_t tile = 0; tile < axis.getTileCount(); ++tile)
    starts.push_back(axis.getTileStart(tile));
  EXPECT_EQ(starts, (std::vector<int64_t>{0, 6, 9, 1, 7, 7, 2, 8, 8}));
  // The shortest phase holds a tile, and no window of a pooling.
  EXPECT_FALSE((WinogradAxis{5, 1, 1, 13, 3}.isValid()));
  EXPECT_FALSE((WinogradAxis{2, 2, 2, 13, 3}.isValid()));
}

// Of 13 results, the last of four tiles has one, and two pieces more read the
// tiles behind it.
TEST(WinogradTest, TilesOfPiecesStayWhereTheyAre) {
  WinogradAxis axis{4, 1, 1, 13, 1, 3};
  ASSERT_TRUE(axis.isValid());
  EXPECT_EQ(axis.getTileCount(), 6);
  for (int64_t tile = 0; tile < axis.getTileCount(); ++tile)
    EXPECT_EQ(axis.getTileStart(tile), 4 * tile);
  EXPECT_FALSE(axis.isEven());
  EXPECT_TRUE((WinogradAxis{4, 1, 1, 12, 1, 3}.isEven()));
  // Of a dilation, each convolution has its own.
  EXPECT_EQ((WinogradAxis{4, 1, 1, 13, 2, 3}.getTileStart(5)), 9);
  // Tiles under a pooling that leaves some out are not next to each other.
  EXPECT_FALSE((WinogradAxis{2, 2, 3, 13, 1, 2}.isValid()));
}

/// A convolution of some more results than a tile has along each axis, in a
/// model of its own. The last taps of a scheme may be left out.
class FilteredConv {
public:
  FilteredConv(const WinogradScheme &scheme, int64_t channels, int64_t filters,
               int64_t tapsLeftOut = 0, int64_t pieces = 1)
      : module(mlir::ModuleOp::create(mlir::UnknownLoc::get(&context))) {
    context.loadDialect<NNDialect, mlir::func::FuncDialect>();
    mlir::OpBuilder builder(&context);
    builder.setInsertionPointToStart(module->getBody());
    mlir::Type f32 = builder.getF32Type();
    int64_t rows = scheme.rows->taps, columns = scheme.columns->taps;
    window = {pieces * rows * columns - tapsLeftOut};
    if (scheme.kind == WinogradScheme::Kind::Image)
      window = {rows, columns};
    llvm::SmallVector<int64_t> input{1}, kernel(window);
    for (auto [taps, outputs] : llvm::zip_equal(window, scheme.getOutputs())) {
      results.push_back(outputs + 5);
      input.push_back(outputs + taps + 4);
    }
    input.push_back(channels);
    kernel.append({channels, filters});
    auto type = mlir::RankedTensorType::get(input, f32);
    auto function =
        mlir::func::FuncOp::create(builder, builder.getUnknownLoc(), "model",
                                   builder.getFunctionType(type, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
    std::normal_distribution<float> normal(0, 0.2f);
    llvm::SmallVector<float> weights(mlir::ShapedType::getNumElements(kernel));
    for (float &weight : weights)
      weight = normal(random);
    auto value = createChecked<ConvOp>(
        builder, builder.getUnknownLoc(), function.getArgument(0),
        {builder.getNamedAttr("kernel",
                              mlir::DenseElementsAttr::get(
                                  mlir::RankedTensorType::get(kernel, f32),
                                  llvm::ArrayRef<float>(weights))),
         builder.getNamedAttr(
             "winograd", builder.getDenseI64ArrayAttr(scheme.getOutputs())),
         builder.getNamedAttr("products", builder.getDenseI64ArrayAttr(
                                              scheme.getProducts(pieces)))});
    mlir::func::ReturnOp::create(builder, builder.getUnknownLoc(), *value);
    conv = value->getDefiningOp<ConvOp>();
  }

  std::vector<float> draw() {
    std::normal_distribution<float> normal;
    std::vector<float> input(conv.getInput().getType().getNumElements());
    for (float &value : input)
      value = normal(random);
    return input;
  }
  /// Results in f32, and, from the direct sum, in double.
  template <typename T> std::vector<T> run(const std::vector<float> &input) {
    auto shape = conv.getInput().getType().getShape();
    frieze::reference::Tensor<T> x{shape.vec(),
                                   std::vector<T>(input.begin(), input.end())};
    auto results = frieze::reference::evaluate<T>(
        conv->getParentOfType<mlir::func::FuncOp>(), x);
    return (*results)[0].values;
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  ConvOp conv;
  llvm::SmallVector<int64_t> window, results;
  std::mt19937 random{1};
};

// The IR has results and products of a tile, and the window.
TEST(WinogradTest, ResultsAndProductsTellSchemesApart) {
  for (const WinogradScheme &scheme : getWinogradSchemes())
    for (int64_t pieces = 1; pieces <= (scheme.hasPieces() ? 4 : 1); ++pieces) {
      FilteredConv filtered(scheme, 1, 1, /*tapsLeftOut=*/0, pieces);
      WinogradTiling tiling = WinogradTiling::get(filtered.conv);
      EXPECT_EQ(tiling.scheme, &scheme) << describe(scheme);
      EXPECT_EQ(tiling.getPieces(), pieces) << describe(scheme);
    }
}

// The promise of the remark holds for every sample, far larger than its
// neighbours or not, and says something.
TEST(WinogradTest, ErrorsAreWithinTheBound) {
  for (const WinogradScheme &scheme : getWinogradSchemes())
    for (int64_t channels : {3, 70}) {
      bool isNested = scheme.kind == WinogradScheme::Kind::Nested;
      int64_t pieces = scheme.hasPieces() && channels == 70 ? 2 : 1;
      FilteredConv filtered(scheme, channels, 5, isNested, pieces);
      double bound = *boundError(filtered.conv), worst = 0;
      for (float size : {1.0f, 1e2f, 3e4f, 1e6f}) {
        std::vector<float> input = filtered.draw();
        for (int i = 0; i < 3; ++i)
          input[filtered.random() % input.size()] *= size;
        double largest = 0;
        for (float value : input)
          largest = std::max(largest, std::fabs((double)value));
        auto actual = filtered.run<float>(input);
        auto exact = filtered.run<double>(input);
        for (size_t i = 0; i < exact.size(); ++i)
          worst = std::max(worst,
                           std::fabs(actual[i] - exact[i]) / (bound * largest));
      }
      EXPECT_LE(worst, 1) << describe(scheme) << ", " << channels;
      EXPECT_GE(worst, 2e-5) << describe(scheme) << ", " << channels;
    }
}

// A scheme reaches beyond the windows of results, or each result is made from
// what its window reads, and from nothing else.
TEST(WinogradTest, ReachIsAsStated) {
  constexpr int64_t channels = 4, filters = 3;
  int64_t within = 0;
  for (const WinogradScheme &scheme : getWinogradSchemes())
    for (float spike : {1e6f, (float)INFINITY, NAN}) {
      FilteredConv filtered(scheme, channels, filters);
      std::vector<float> input = filtered.draw();
      auto clean = filtered.run<float>(input);
      auto shape = filtered.conv.getInput().getType().getShape();
      // The last input of the first tile, which all of it might read.
      llvm::SmallVector<int64_t> at;
      for (auto [taps, outputs] :
           llvm::zip_equal(filtered.window, scheme.getOutputs()))
        at.push_back(taps + outputs - 2);
      int64_t position = at.size() == 1 ? at[0] : at[0] * shape[2] + at[1];
      input[position * channels + 1] = spike;
      auto spoiled = filtered.run<float>(input);
      bool reachesBeyond = false;
      for (size_t i = 0; i < clean.size(); ++i) {
        int64_t place = i / filters, last = filtered.results.back();
        auto reads = [&](size_t axis, int64_t result) {
          return result <= at[axis] &&
                 at[axis] < result + filtered.window[axis];
        };
        bool isRead = at.size() == 1
                          ? reads(0, place)
                          : reads(0, place / last) && reads(1, place % last);
        if (!isRead)
          reachesBeyond |= std::memcmp(&clean[i], &spoiled[i], 4) != 0;
        else if (!std::isfinite(spike))
          EXPECT_FALSE(std::isfinite(spoiled[i])) << describe(scheme);
      }
      bool isStated = WinogradTiling::get(filtered.conv).reachesBeyond();
      EXPECT_LE(reachesBeyond, isStated) << describe(scheme);
      within += !isStated;
    }
  EXPECT_GT(within, 10);
}
} // namespace
