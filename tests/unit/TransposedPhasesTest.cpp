//===- TransposedPhasesTest.cpp - Transposed convolutions -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/TransposedPhases.h"
#include "mlir/IR/Verifier.h"
#include "tests/unit/SequenceModel.h"
#include "gtest/gtest.h"

using namespace frieze::nn;

namespace {
/// With an epilogue.
struct TransposedConv : SequenceModel<ConvTransposeOp> {
  explicit TransposedConv(const WindowShape &shape)
      : SequenceModel(length, shape, [](SequenceModel &model) {
          mlir::Attribute stage = AffineStageAttr::get(
              &model.context, /*axis=*/2, model.draw({filters}),
              model.draw({filters}));
          return mlir::NamedAttribute(
              mlir::StringAttr::get(&model.context, "epilogue"),
              mlir::ArrayAttr::get(&model.context, stage));
        }) {}

  static constexpr int64_t length = 12;
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
          std::vector<float> before = model.run<float>();
          TransposedPhases phases(model.op);
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
          EXPECT_EQ(before, model.run<float>())
              << stride << " " << taps << " " << low << " " << high;
        }
  EXPECT_GT(found, 50);
}

// Results that do not fill the last position, no stride, too many phases, one
// without a tap, inputs that a phase leaves out, a dilation and groups.
TEST(TransposedPhasesTest, MustNotFire) {
  for (const WindowShape &shape :
       {WindowShape{4, 2, 1, 0}, WindowShape{3, 1, 1, 1},
        WindowShape{18, 9, 0, 9}, WindowShape{2, 3, 0, -1},
        WindowShape{3, 2, 4, 1}, WindowShape{3, 2, 1, 0, /*dilation=*/2},
        WindowShape{4, 2, 1, 1, /*dilation=*/1, /*groups=*/2}}) {
    TransposedConv model(shape);
    EXPECT_TRUE(TransposedPhases(model.op).getConvs().empty())
        << shape.taps << " " << shape.stride;
  }
}

// Those that are not used leave nothing.
TEST(TransposedPhasesTest, ErasesWhatItMade) {
  TransposedConv model({4, 2, 1, 1});
  TransposedPhases phases(model.op);
  EXPECT_EQ(phases.getConvs().size(), 2u);
  phases.erase();
  // Module, function, transposed convolution, return.
  EXPECT_EQ(model.countOps(), 4);
}
} // namespace
