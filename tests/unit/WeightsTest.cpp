//===- WeightsTest.cpp - Reading and writing weights ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Weights.h"
#include "dialect/NNDialect.h"
#include "dialect/NNOps.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace frieze::nn;

namespace {
class WeightsTest : public testing::Test {
protected:
  ElementsAttr parse(StringRef text) {
    return cast<ElementsAttr>(parseAttribute(text, &context));
  }
  RankedTensorType getType(ArrayRef<int64_t> shape, bool isDouble = false) {
    return RankedTensorType::get(shape, isDouble ? builder.getF64Type()
                                                 : builder.getF32Type());
  }
  static std::vector<double> read(ElementsAttr weights) {
    auto values = readWeights(weights);
    EXPECT_TRUE(succeeded(values));
    return {values->begin(), values->end()};
  }
  static std::string getKey(ElementsAttr weights) {
    return cast<DenseResourceElementsAttr>(weights)
        .getRawHandle()
        .getKey()
        .str();
  }

  MLIRContext context;
  Builder builder{&context};
};
} // namespace

using Values = std::vector<double>;

TEST_F(WeightsTest, ReadsLiterals) {
  EXPECT_EQ(read(parse("dense<[[1.0, 2.0], [3.0, -0.5]]> : tensor<2x2xf32>")),
            Values({1, 2, 3, -0.5}));
  EXPECT_EQ(read(parse("dense<0.1> : tensor<2xf64>")), Values({0.1, 0.1}));
  // An f32 stays what it is.
  EXPECT_EQ(read(parse("dense<0.1> : tensor<1xf32>")), Values({double(0.1f)}));
}

TEST_F(WeightsTest, ReadsFloats) {
  ElementsAttr literal = parse("dense<[0.1, 1.0e-300]> : tensor<2xf64>");
  ElementsAttr resource =
      createWeights("fc.bias", getType({2}, /*isDouble=*/true), {0.1, 1e-300});
  for (ElementsAttr weights : {literal, resource}) {
    auto values = readWeights<float>(weights);
    ASSERT_TRUE(succeeded(values));
    EXPECT_EQ(*values, SmallVector<float>({0.1f, 0.0f}));
  }
}

TEST_F(WeightsTest, TakesFloatsOver) {
  SmallVector<float> values(1000, 0.1f);
  const float *data = values.data();
  auto weights = cast<DenseResourceElementsAttr>(
      createRoundedWeights("fc.bias", getType({1000}), std::move(values)));
  EXPECT_EQ((const void *)weights.getRawHandle().getBlob()->getData().data(),
            (const void *)data);
  EXPECT_EQ(read(weights), Values(1000, 0.1f));
}

TEST_F(WeightsTest, FreesWhatIsGiven) {
  ElementsAttr kept = createWeights("kept", getType({2}), {1, 2});
  // More than what is returned to the system at once.
  int64_t many = 5 << 20;
  ElementsAttr freed =
      createWeights("freed", getType({many}), SmallVector<double>(many, 1.0));
  FreedWeights().add(cast<DenseResourceElementsAttr>(freed));
  EXPECT_FALSE(hasData(freed));
  EXPECT_EQ(read(kept), Values({1, 2}));
}

// Only what no op names any more, and only what the module that is given lacks.
TEST_F(WeightsTest, FreesWhatIsUnused) {
  context.loadDialect<NNDialect, func::FuncDialect>();
  constexpr char text[] = R"mlir(
    func.func @model(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
      %0 = nn.affine %x axis = 1 scale(dense_resource<named> : tensor<2xf32>)
             shift(dense<0.0> : tensor<2xf32>) : tensor<1x2xf32>
      return %0 : tensor<1x2xf32>
    }
    {-# dialect_resources: { builtin: {
      named: "0x040000000000803F00000040" } } #-}
  )mlir";
  auto module = parseSourceString<ModuleOp>(text, &context);
  ASSERT_TRUE(module);
  ElementsAttr named;
  module->walk([&](AffineOp op) { named = op.getScale(); });
  ElementsAttr unused = createWeights("unused", getType({2}), {3.0, 4.0});
  UnusedWeights weights(*module);
  weights.add(unused);
  EXPECT_EQ(read(unused), Values({3, 4})) << "little is not worth the search";
  weights.free();
  EXPECT_TRUE(failed(readWeights(unused)));
  EXPECT_EQ(read(named), Values({1, 2}));
}

TEST_F(WeightsTest, WritesResources) {
  ElementsAttr weights =
      createWeights("fc.kernel", getType({2, 2}), {1, 2, 3, 0.1});
  EXPECT_EQ(weights.getShapedType(), getType({2, 2}));
  EXPECT_EQ(getKey(weights), "fc.kernel");
  EXPECT_EQ(read(weights), Values({1, 2, 3, double(0.1f)}));
  EXPECT_EQ(
      read(createWeights("fc.bias", getType({1}, /*isDouble=*/true), {0.1})),
      Values({0.1}));
}

TEST_F(WeightsTest, NumbersKeysThatAreTaken) {
  ElementsAttr first = createWeights("fc.kernel", getType({1}), {1});
  ElementsAttr second = createWeights("fc.kernel", getType({1}), {2});
  EXPECT_EQ(getKey(first), "fc.kernel");
  EXPECT_EQ(getKey(second), "fc.kernel_1");
  EXPECT_EQ(read(first), Values({1}));
  EXPECT_EQ(read(second), Values({2}));
}

TEST_F(WeightsTest, NamesLeaveOutTheNumber) {
  for (int copy = 0; copy < 3; ++copy)
    EXPECT_EQ(getWeightsName(createWeights("fc.kernel", getType({1}), {1})),
              "fc.kernel");
  // The number of a layer is part of its name.
  EXPECT_EQ(getWeightsName(createWeights("dense_1.kernel", getType({1}), {1})),
            "dense_1.kernel");
  EXPECT_EQ(getWeightsName(createWeights("dense_1", getType({1}), {1})),
            "dense_1");
  EXPECT_EQ(getWeightsName(parse("dense<1.0> : tensor<1xf32>")), "");
}

TEST_F(WeightsTest, FoldsKeepKindAndName) {
  ElementsAttr literal =
      createWeightsLike(parse("dense<1.0> : tensor<4xf32>"), {2}, {0.1, 0.2});
  EXPECT_TRUE(isa<DenseElementsAttr>(literal));
  EXPECT_EQ(literal.getShapedType(), getType({2}, /*isDouble=*/true));
  EXPECT_EQ(read(literal), Values({0.1, 0.2}));

  ElementsAttr original =
      createWeights("fc.kernel", getType({4}), {1, 2, 3, 4});
  ElementsAttr resource = createWeightsLike(original, {1, 2}, {0.1, 0.2});
  EXPECT_EQ(resource.getShapedType(), getType({1, 2}, /*isDouble=*/true));
  EXPECT_EQ(read(resource), Values({0.1, 0.2}));
  EXPECT_EQ(getWeightsName(resource), "fc.kernel");
  EXPECT_EQ(read(original), Values({1, 2, 3, 4}));
}

TEST_F(WeightsTest, ElidedOrShortDataFails) {
  ElementsAttr elided = parse("dense_resource<__elided__> : tensor<2xf32>");
  EXPECT_TRUE(failed(readWeights(elided)));
  EXPECT_FALSE(hasData(elided));
  auto handle = cast<DenseResourceElementsAttr>(
                    createWeights("fc.kernel", getType({1}), {1}))
                    .getRawHandle();
  EXPECT_TRUE(failed(
      readWeights(DenseResourceElementsAttr::get(getType({2}), handle))));
}
