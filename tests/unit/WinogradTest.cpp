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
#include <random>

using namespace frieze::nn;

namespace {
template <typename T> struct NumberOps {
  using Value = T;
  T constant(float value) { return value; }
  T add(T a, T b) { return a + b; }
  T sub(T a, T b) { return a - b; }
  T fma(T a, T b, T c) { return std::fma(a, b, c); }
};

template <typename T> using Grid = std::vector<std::vector<T>>;

/// Applies `transform` to each column of `grid`, or to each row.
template <typename T, typename Transform>
void applyTo(Grid<T> &grid, bool toColumns, Transform transform) {
  size_t lines = toColumns ? grid[0].size() : grid.size();
  for (size_t line = 0; line < lines; ++line) {
    llvm::SmallVector<T> values;
    for (size_t i = 0; i < (toColumns ? grid.size() : grid[0].size()); ++i)
      values.push_back(toColumns ? grid[i][line] : grid[line][i]);
    transform(llvm::MutableArrayRef<T>(values));
    for (size_t i = 0; i < values.size(); ++i)
      (toColumns ? grid[i][line] : grid[line][i]) = values[i];
  }
}

/// Root mean square errors, relative to that of the results, of many tiles of
/// `height` x `width` over `channels` channels in type T: by minimal filtering,
/// and by the direct sum.
struct Errors {
  double winograd, direct;
};

template <typename T>
Errors measure(WinogradForm height, WinogradForm width, int64_t channels) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  NumberOps<T> ops;
  double winograd = 0, direct = 0, power = 0;
  int64_t rows = height.getPoints(), columns = width.getPoints();
  for (int tile = 0; tile < 200; ++tile) {
    Grid<T> products(rows, std::vector<T>(columns, 0));
    Grid<T> sums(height.outputs, std::vector<T>(width.outputs, 0));
    Grid<double> exact(height.outputs, std::vector<double>(width.outputs, 0));
    for (int64_t c = 0; c < channels; ++c) {
      Grid<T> inputs(rows, std::vector<T>(columns));
      for (auto &row : inputs)
        for (T &value : row)
          value = normal(random);
      Grid<T> kernel(height.taps, std::vector<T>(width.taps));
      for (auto &row : kernel)
        for (T &value : row)
          value = normal(random);
      for (int64_t i = 0; i < height.outputs; ++i)
        for (int64_t j = 0; j < width.outputs; ++j)
          for (int64_t h = 0; h < height.taps; ++h)
            for (int64_t w = 0; w < width.taps; ++w) {
              exact[i][j] += double(inputs[i + h][j + w]) * kernel[h][w];
              sums[i][j] =
                  std::fma(inputs[i + h][j + w], kernel[h][w], sums[i][j]);
            }
      applyTo(inputs, true, [&](llvm::MutableArrayRef<T> values) {
        height.transformInput(ops, values);
      });
      applyTo(inputs, false, [&](llvm::MutableArrayRef<T> values) {
        width.transformInput(ops, values);
      });
      for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j < columns; ++j) {
          double weight = 0;
          for (int64_t h = 0; h < height.taps; ++h)
            for (int64_t w = 0; w < width.taps; ++w)
              weight += height.getKernelTransform()[i * height.taps + h] *
                        width.getKernelTransform()[j * width.taps + w] *
                        kernel[h][w];
          products[i][j] = std::fma(inputs[i][j], T(weight), products[i][j]);
        }
    }
    applyTo(products, false, [&](llvm::MutableArrayRef<T> values) {
      width.transformOutput(ops, values);
    });
    applyTo(products, true, [&](llvm::MutableArrayRef<T> values) {
      height.transformOutput(ops, values);
    });
    for (int64_t i = 0; i < height.outputs; ++i)
      for (int64_t j = 0; j < width.outputs; ++j) {
        winograd += std::pow(products[i][j] - exact[i][j], 2);
        direct += std::pow(sums[i][j] - exact[i][j], 2);
        power += std::pow(exact[i][j], 2);
      }
  }
  return {std::sqrt(winograd / power), std::sqrt(direct / power)};
}

constexpr WinogradForm single{1, 1}, f22{2, 2}, f23{2, 3}, f43{4, 3};

TEST(WinogradTest, FormsComputeConvolutions) {
  for (WinogradForm form : {single, f22, f23, f43}) {
    EXPECT_LT(measure<double>(single, form, 3).winograd, 1e-14);
    EXPECT_LT(measure<double>(form, form, 3).winograd, 1e-14);
  }
  EXPECT_LT(measure<double>(f22, f43, 3).winograd, 1e-14);
}

TEST(WinogradTest, TwoOutputsRoundNoMoreThanTheDirectSum) {
  for (WinogradForm form : {f22, f23}) {
    Errors one = measure<float>(single, form, winogradBlock);
    EXPECT_LT(one.winograd, 1.1 * one.direct);
    Errors two = measure<float>(form, form, winogradBlock);
    EXPECT_LT(two.winograd, 1.1 * two.direct);
  }
}

// The errors that nn-choose-winograd counts on, for the longest sums.
TEST(WinogradTest, FourOutputsRoundAsStated) {
  double one = measure<float>(single, f43, winogradBlock).winograd;
  EXPECT_LT(one, 4.5e-7);
  EXPECT_GT(one, 2e-7);
  double two = measure<float>(f43, f43, winogradBlock).winograd;
  EXPECT_LT(two, 1.1e-6);
  EXPECT_GT(two, 5e-7);
}

TEST(WinogradTest, LastTileEndsWithTheResult) {
  WinogradAxis axis{{4, 3}, 2, 2, 13};
  ASSERT_TRUE(axis.isValid());
  EXPECT_EQ(axis.getTileExtent(), 2);
  EXPECT_EQ(axis.getTileCount(), 7);
  EXPECT_EQ(axis.getTileStart(5), 10);
  EXPECT_EQ(axis.getTileStart(6), 11);
  // A window of 3 does not fit into tiles of 4, nor windows with gaps.
  EXPECT_FALSE((WinogradAxis{{4, 3}, 3, 3, 13}.isValid()));
  EXPECT_FALSE((WinogradAxis{{4, 3}, 2, 3, 13}.isValid()));
  EXPECT_TRUE((WinogradAxis{{2, 2}, 2, 3, 13}.isValid()));
  // The results that two windows share would be those of two tiles.
  EXPECT_FALSE((WinogradAxis{{4, 3}, 4, 2, 13}.isValid()));
}

/// A convolution of 1 x `length` x `channels`, or of a square of that length,
/// in a model of its own.
class FilteredConv {
public:
  FilteredConv(int64_t axes, int64_t taps, int64_t outputs, int64_t length,
               int64_t channels, int64_t filters)
      : module(mlir::ModuleOp::create(mlir::UnknownLoc::get(&context))) {
    context.loadDialect<NNDialect, mlir::func::FuncDialect>();
    mlir::OpBuilder builder(&context);
    builder.setInsertionPointToStart(module->getBody());
    mlir::Type f32 = builder.getF32Type();
    llvm::SmallVector<int64_t> input{1}, kernel;
    for (int64_t axis = 0; axis < axes; ++axis) {
      input.push_back(length);
      kernel.push_back(taps);
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
         builder.getNamedAttr("winograd",
                              builder.getDenseI64ArrayAttr(
                                  llvm::SmallVector<int64_t>(axes, outputs)))});
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
  std::mt19937 random{1};
};

// The promise of the remark holds for every sample, far larger than its
// neighbours or not, and says something.
TEST(WinogradTest, ErrorsAreWithinTheBound) {
  for (int64_t axes : {1, 2})
    for (auto [taps, outputs] : {std::pair(2, 2), {3, 2}, {3, 4}})
      for (int64_t channels : {3, 70}) {
        FilteredConv filtered(axes, taps, outputs, 11, channels, 5);
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
            worst = std::max(worst, std::fabs(actual[i] - exact[i]) /
                                        (bound * largest));
        }
        EXPECT_LE(worst, 1) << axes << " axes, F(" << outputs << ", " << taps
                            << "), " << channels << " channels";
        EXPECT_GE(worst, 1e-4);
      }
}

// A result of F(2, .) is made from what its window reads, and from nothing
// else.
TEST(WinogradTest, TwoOutputsReadNoMoreThanTheirWindow) {
  constexpr int64_t length = 12, channels = 4, filters = 3;
  for (int64_t axes : {1, 2})
    for (int64_t taps : {2, 3})
      for (float spike : {1e6f, (float)INFINITY, NAN}) {
        FilteredConv filtered(axes, taps, 2, length, channels, filters);
        std::vector<float> input = filtered.draw();
        auto clean = filtered.run<float>(input);
        int64_t at = 5, results = length - taps + 1;
        int64_t position = axes == 1 ? at : at * length + at;
        input[position * channels + 1] = spike;
        auto spoiled = filtered.run<float>(input);
        auto reads = [&](int64_t result) {
          return result <= at && at < result + taps;
        };
        for (size_t i = 0; i < clean.size(); ++i) {
          int64_t place = i / filters;
          bool isRead = axes == 1
                            ? reads(place)
                            : reads(place / results) && reads(place % results);
          if (!isRead)
            EXPECT_EQ(clean[i], spoiled[i]) << "result " << i;
          else if (!std::isfinite(spike))
            EXPECT_FALSE(std::isfinite(spoiled[i]));
        }
      }
}

TEST(WinogradTest, FourOutputsReachBeyondTheirWindow) {
  EXPECT_FALSE(
      WinogradTiling::get(FilteredConv(2, 3, 2, 8, 1, 1).conv).reachesBeyond());
  EXPECT_TRUE(
      WinogradTiling::get(FilteredConv(2, 3, 4, 8, 1, 1).conv).reachesBeyond());
}
} // namespace
