//===- JoinedPositionsTest.cpp - Strides as channels ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/JoinedPositions.h"
#include "compiler/reference/Evaluate.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace frieze::nn;

namespace {
/// What a strided convolution of a sequence has.
struct Shape {
  int64_t length, taps, stride, left, right;
  int64_t dilation = 1, groups = 1;
};

/// A model of one convolution, with bias and border.
class StridedConv {
public:
  explicit StridedConv(const Shape &shape)
      : module(mlir::ModuleOp::create(mlir::UnknownLoc::get(&context))) {
    context.loadDialect<NNDialect, mlir::func::FuncDialect>();
    mlir::OpBuilder builder(&context);
    builder.setInsertionPointToStart(module->getBody());
    mlir::Location loc = builder.getUnknownLoc();
    auto input = mlir::RankedTensorType::get({2, shape.length, channels},
                                             builder.getF32Type());
    auto function = mlir::func::FuncOp::create(
        builder, loc, "model", builder.getFunctionType(input, {}));
    builder.setInsertionPointToStart(function.addEntryBlock());
    auto integers = [&](llvm::StringRef name, llvm::ArrayRef<int64_t> values) {
      return builder.getNamedAttr(name, builder.getDenseI64ArrayAttr(values));
    };
    auto result = createChecked<ConvOp>(
        builder, loc, function.getArgument(0),
        {builder.getNamedAttr("kernel",
                              draw({shape.taps, channels / shape.groups, 4})),
         builder.getNamedAttr("bias", draw({4})),
         builder.getNamedAttr("border", draw({channels})),
         integers("strides", shape.stride),
         integers("padding", {shape.left, shape.right}),
         integers("dilations", shape.dilation),
         builder.getNamedAttr("groups",
                              builder.getI64IntegerAttr(shape.groups))});
    mlir::func::ReturnOp::create(builder, loc, *result);
    function.setFunctionType(builder.getFunctionType(input, result->getType()));
    conv = result->getDefiningOp<ConvOp>();
  }

  std::vector<double> run(const std::vector<double> &input) {
    auto function = *module->getOps<mlir::func::FuncOp>().begin();
    auto type = llvm::cast<mlir::ShapedType>(function.getArgumentTypes()[0]);
    frieze::reference::Tensor<double> x{type.getShape().vec(), input};
    return (*frieze::reference::evaluate<double>(function, x))[0].values;
  }

  static constexpr int64_t channels = 2;
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  ConvOp conv;

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

// Whether taps and padding are multiples of the stride or not.
TEST(JoinedPositionsTest, ComputesTheSame) {
  for (int64_t stride : {2, 3})
    for (int64_t taps : {1, 2, 4, 5, 9})
      for (int64_t left : {0, 1, 2, 4})
        for (int64_t right : {0, 3}) {
          StridedConv model({12, taps, stride, left, right});
          std::vector<double> input(2 * 12 * StridedConv::channels);
          for (size_t i = 0; i < input.size(); ++i)
            input[i] = std::sin(i * i);
          std::vector<double> before = model.run(input);
          JoinedPositions joined(model.conv);
          ASSERT_TRUE(joined.getConv());
          ASSERT_TRUE(mlir::succeeded(joined.replace()));
          EXPECT_TRUE(mlir::succeeded(mlir::verify(*model.module)));
          std::vector<double> after = model.run(input);
          ASSERT_EQ(before.size(), after.size());
          for (size_t i = 0; i < before.size(); ++i)
            EXPECT_NEAR(before[i], after[i], 1e-12)
                << stride << " " << taps << " " << left << " " << right;
        }
}

// Positions that do not fill the last one, no stride, a dilation and groups.
TEST(JoinedPositionsTest, MustNotFire) {
  for (const Shape &shape :
       {Shape{13, 3, 2, 0, 0}, Shape{12, 3, 1, 0, 0},
        Shape{12, 3, 2, 0, 0, /*dilation=*/2},
        Shape{12, 3, 2, 0, 0, /*dilation=*/1, /*groups=*/2}}) {
    StridedConv model(shape);
    EXPECT_FALSE(JoinedPositions(model.conv).getConv());
  }
}

// One that is not used leaves nothing.
TEST(JoinedPositionsTest, ErasesWhatItMade) {
  StridedConv model({12, 3, 2, 0, 0});
  JoinedPositions(model.conv).erase();
  int64_t ops = 0;
  model.module->walk([&](mlir::Operation *) { ++ops; });
  // Module, function, convolution, return.
  EXPECT_EQ(ops, 4);
}
} // namespace
