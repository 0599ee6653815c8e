//===- JoinedPositionsTest.cpp - Strides as channels ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/JoinedPositions.h"
#include "mlir/IR/Verifier.h"
#include "tests/unit/SequenceModel.h"
#include "gtest/gtest.h"

using namespace frieze::nn;

namespace {
/// With a border.
struct StridedConv : SequenceModel<ConvOp> {
  StridedConv(int64_t length, const WindowShape &shape)
      : SequenceModel(length, shape, [](SequenceModel &model) {
          return mlir::NamedAttribute(
              mlir::StringAttr::get(&model.context, "border"),
              model.draw({channels}));
        }) {}
};

// Whether taps and padding are multiples of the stride or not.
TEST(JoinedPositionsTest, ComputesTheSame) {
  for (int64_t stride : {2, 3})
    for (int64_t taps : {1, 2, 4, 5, 9})
      for (int64_t left : {0, 1, 2, 4})
        for (int64_t right : {0, 3}) {
          StridedConv model(12, {taps, stride, left, right});
          std::vector<double> before = model.run<double>();
          JoinedPositions joined(model.op);
          ASSERT_TRUE(joined.getConv());
          ASSERT_TRUE(mlir::succeeded(joined.replace()));
          EXPECT_TRUE(mlir::succeeded(mlir::verify(*model.module)));
          std::vector<double> after = model.run<double>();
          ASSERT_EQ(before.size(), after.size());
          for (size_t i = 0; i < before.size(); ++i)
            EXPECT_NEAR(before[i], after[i], 1e-12)
                << stride << " " << taps << " " << left << " " << right;
        }
}

// Positions that do not fill the last one, no stride, a dilation and groups.
TEST(JoinedPositionsTest, MustNotFire) {
  EXPECT_FALSE(JoinedPositions(StridedConv(13, {3, 2, 0, 0}).op).getConv());
  for (const WindowShape &shape :
       {WindowShape{3, 1, 0, 0}, WindowShape{3, 2, 0, 0, /*dilation=*/2},
        WindowShape{3, 2, 0, 0, /*dilation=*/1, /*groups=*/2}}) {
    StridedConv model(12, shape);
    EXPECT_FALSE(JoinedPositions(model.op).getConv());
  }
}

// One that is not used leaves nothing.
TEST(JoinedPositionsTest, ErasesWhatItMade) {
  StridedConv model(12, {3, 2, 0, 0});
  JoinedPositions(model.op).erase();
  // Module, function, convolution, return.
  EXPECT_EQ(model.countOps(), 4);
}
} // namespace
