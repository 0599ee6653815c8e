//===- TransposedPhasesTest.cpp - Transposed convolutions -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/TransposedPhases.h"
#include "compiler/reference/Evaluate.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace frieze::nn;

namespace {
/// What a transposed convolution of a sequence has.
struct Shape {
  int64_t taps, stride, low, high;
  int64_t dilation = 1, groups = 1;
};

/// A model of one, on two samples, with bias and epilogue.
class TransposedConv {
public:
  explicit TransposedConv(const Shape &shape)
      : module(mlir::ModuleOp::create(mlir::UnknownLoc::get(&context))) {
    context.loadDialect<NNDialect, mlir::func::FuncDialect>();
    mlir::OpBuilder builder(&context);
    builder.setInsertionPointToStart(module->getBody());
    mlir::Location loc = builder.getUnknownLoc();
    auto input = mlir::RankedTensorType::get({2, length, channels},
                                             builder.getF32Type());
    auto function = mlir::func::FuncOp::create(
        builder, loc, "model", builder.getFunctionType(input, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
    auto integers = [&](llvm::StringRef name, llvm::ArrayRef<int64_t> values) {
      return builder.getNamedAttr(name, builder.getDenseI64ArrayAttr(values));
    };
    auto stage = AffineStageAttr::get(&context, 2, draw({4}), draw({4}));
    auto result = createChecked<ConvTransposeOp>(
        builder, loc, function.getArgument(0),
        {builder.getNamedAttr("kernel",
                              draw({shape.taps, channels / shape.groups, 4})),
         builder.getNamedAttr("bias", draw({4})),
         builder.getNamedAttr("epilogue", builder.getArrayAttr(stage)),
         integers("strides", shape.stride),
         integers("padding", {shape.low, shape.high}),
         integers("dilations", shape.dilation),
         builder.getNamedAttr("groups",
                              builder.getI64IntegerAttr(shape.groups))});
    mlir::func::ReturnOp::create(builder, loc, *result);
    function.setFunctionType(builder.getFunctionType(input, result->getType()));
    conv = result->getDefiningOp<ConvTransposeOp>();
  }

  std::vector<float> run() {
    auto function = *module->getOps<mlir::func::FuncOp>().begin();
    frieze::reference::Tensor<float> x{{2, length, channels}, {}};
    for (int64_t i = 0; i < 2 * length * channels; ++i)
      x.values.push_back(std::sin(i * i));
    return (*frieze::reference::evaluate<float>(function, x))[0].values;
  }

  static constexpr int64_t length = 12, channels = 2;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  ConvTransposeOp conv;

private:
  mlir::DenseElementsAttr draw(llvm::ArrayRef<int64_t> shape) {
    std::normal_distribution<float> normal;
    llvm::SmallVector<float> values(mlir::ShapedType::getNumElements(shape));
    for (float &value : values)
      value = normal(random);
    return mlir::DenseElementsAttr::get(
        mlir::RankedTensorType::get(shape, mlir::Float32Type::get(&context)),
        llvm::ArrayRef<float>(values));
  }
  std::mt19937 random{1};
};

// Taps and what is left out at either end may be multiples of the stride or
// not, and what is computed has the same bits, as long as the stride divides
// the results and each phase has a tap.
TEST(TransposedPhasesTest, ComputesTheSame) {
  int found = 0;
  for (int64_t stride : {2, 3, 4})
    for (int64_t taps : {2, 3, 4, 5, 7, 9})
      for (int64_t low = 0; low < taps; ++low)
        for (int64_t high = -2; high < taps; ++high) {
          int64_t results =
              (TransposedConv::length - 1) * stride + taps - low - high;
          TransposedConv model({taps, stride, low, high});
          std::vector<float> before = model.run();
          TransposedPhases phases(model.conv);
          // With two taps in each phase and this little left out, each meets
          // the first and the last input.
          if (results % stride == 0 && taps >= 2 * stride && low < stride &&
              high >= 0 && high < stride)
            EXPECT_EQ((int64_t)phases.getConvs().size(), stride);
          if (phases.getConvs().empty())
            continue;
          ++found;
          ASSERT_EQ(results % stride, 0);
          ASSERT_TRUE(mlir::succeeded(phases.replace()));
          EXPECT_TRUE(mlir::succeeded(mlir::verify(*model.module)));
          EXPECT_EQ(before, model.run())
              << stride << " " << taps << " " << low << " " << high;
        }
  EXPECT_GT(found, 50);
}

// Results that do not fill the last position, no stride, too many phases, one
// without a tap, inputs that a phase leaves out, a dilation and groups.
TEST(TransposedPhasesTest, MustNotFire) {
  for (const Shape &shape :
       {Shape{4, 2, 1, 0}, Shape{3, 1, 1, 1}, Shape{18, 9, 0, 9},
        Shape{2, 3, 0, -1}, Shape{3, 2, 4, 1},
        Shape{3, 2, 1, 0, /*dilation=*/2},
        Shape{4, 2, 1, 1, /*dilation=*/1, /*groups=*/2}}) {
    TransposedConv model(shape);
    EXPECT_TRUE(TransposedPhases(model.conv).getConvs().empty())
        << shape.taps << " " << shape.stride;
  }
}

// Those that are not used leave nothing.
TEST(TransposedPhasesTest, ErasesWhatItMade) {
  TransposedConv model({4, 2, 1, 1});
  TransposedPhases phases(model.conv);
  EXPECT_EQ(phases.getConvs().size(), 2u);
  phases.erase();
  int64_t ops = 0;
  model.module->walk([&](mlir::Operation *) { ++ops; });
  // Module, function, transposed convolution, return.
  EXPECT_EQ(ops, 4);
}
} // namespace
