//===- ReferenceTest.cpp - Tests of the reference evaluator -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each op against values worked out by hand, in float and in double.
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Evaluate.h"
#include "dialect/NNDialect.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using frieze::reference::Tensor;

namespace {
template <typename T> class ReferenceTest : public testing::Test {
protected:
  using Values = std::vector<T>;

  ReferenceTest() {
    context.loadDialect<func::FuncDialect, frieze::nn::NNDialect>();
  }

  /// The results of a function `signature` with the body `body` on `inputs`.
  std::vector<Tensor<T>> runAll(const std::string &signature,
                                const std::string &body,
                                ArrayRef<Values> inputs) {
    auto module = parseSourceString<ModuleOp>(
        "func.func @model" + signature + " {\n" + body + "\n}", &context);
    if (!module) {
      ADD_FAILURE() << "expects valid MLIR";
      return {{}};
    }
    auto function = module->lookupSymbol<func::FuncOp>("model");
    std::vector<Tensor<T>> arguments;
    for (auto [type, values] :
         llvm::zip_equal(function.getArgumentTypes(), inputs))
      arguments.push_back({cast<ShapedType>(type).getShape().vec(), values});
    auto results = frieze::reference::evaluate<T>(function, arguments);
    if (failed(results)) {
      ADD_FAILURE() << "expects semantics";
      return {{}};
    }
    return *results;
  }

  /// The values of `%y = <op> : type -> result` on one input.
  Values run(const std::string &op, const std::string &type,
             const std::string &result, const Values &input) {
    return runAll("(%x: " + type + ") -> " + result,
                  "%y = " + op + " : " + type + " -> " + result +
                      "\n return %y : " + result,
                  {input})[0]
        .values;
  }
  /// The same for an op with one type.
  Values run(const std::string &op, const std::string &type,
             const Values &input) {
    return runAll("(%x: " + type + ") -> " + type,
                  "%y = " + op + " : " + type + "\n return %y : " + type,
                  {input})[0]
        .values;
  }

  MLIRContext context;
};
} // namespace

using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(ReferenceTest, Types);
template <typename T> using Values = std::vector<T>;

//===----------------------------------------------------------------------===//
// Layers with weights
//===----------------------------------------------------------------------===//

TYPED_TEST(ReferenceTest, Conv) {
  // Two taps of one channel into two filters: x0 + 2 x1 and 10 x0 + 20 x1 + 5.
  EXPECT_EQ(this->run("nn.conv %x kernel(dense<[[[1.0, 10.0]], [[2.0, 20.0]]]> "
                      ": tensor<2x1x2xf32>)"
                      " bias(dense<[0.0, 5.0]> : tensor<2xf32>)",
                      "tensor<1x3x1xf32>", "tensor<1x2x2xf32>", {1, 2, 3}),
            Values<TypeParam>({5, 55, 8, 85}));
}

TYPED_TEST(ReferenceTest, ConvPadsStridesAndDilates) {
  // Positions -1 and 1, then 1 and 3; outside is zero.
  const char *conv =
      "nn.conv %x kernel(dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32>)"
      " strides = [2] padding = [1, 0]";
  EXPECT_EQ(this->run(std::string(conv) + " dilations = [2]",
                      "tensor<1x4x1xf32>", "tensor<1x2x1xf32>", {1, 2, 3, 4}),
            Values<TypeParam>({4, 10}));
  // Outside is 100.
  EXPECT_EQ(
      this->run(std::string(conv) +
                    " border(dense<100.0> : tensor<1xf32>) dilations = [2]",
                "tensor<1x4x1xf32>", "tensor<1x2x1xf32>", {1, 2, 3, 4}),
      Values<TypeParam>({104, 10}));
}

TYPED_TEST(ReferenceTest, ConvOfGroups) {
  // Two groups of one channel, one with filters 1 and 2, one with 3 and 4.
  EXPECT_EQ(this->run("nn.conv %x kernel(dense<[[[1.0, 2.0, 3.0, 4.0]]]> : "
                      "tensor<1x1x4xf32>) groups = 2",
                      "tensor<1x1x2xf32>", "tensor<1x1x4xf32>", {10, 100}),
            Values<TypeParam>({10, 20, 300, 400}));
}

TYPED_TEST(ReferenceTest, ConvIn2D) {
  // The window [1 2; 3 4] on 2 x 3 pixels.
  EXPECT_EQ(this->run("nn.conv %x kernel(dense<[[[[1.0]], [[2.0]]], [[[3.0]], "
                      "[[4.0]]]]> : tensor<2x2x1x1xf32>)",
                      "tensor<1x2x3x1xf32>", "tensor<1x1x2x1xf32>",
                      {1, 2, 3, 4, 5, 6}),
            Values<TypeParam>({37, 47}));
}

TYPED_TEST(ReferenceTest, ConvAppliesItsEpilogueInOrder) {
  // -x, relu, pooled by two, doubled and one more.
  EXPECT_EQ(
      this->run(
          "nn.conv %x kernel(dense<-1.0> : tensor<1x1x1xf32>) epilogue(relu, "
          "max_pool([2], [3]),"
          " affine(2, dense<2.0> : tensor<1xf32>, dense<1.0> : tensor<1xf32>))",
          "tensor<1x5x1xf32>", "tensor<1x2x1xf32>", {-1, -4, -9, 5, -3}),
      Values<TypeParam>({9, 7}));
}

TYPED_TEST(ReferenceTest, Dense) {
  EXPECT_EQ(
      this->run("nn.dense %x kernel(dense<[[1.0, 2.0], [3.0, 4.0]]> : "
                "tensor<2x2xf32>)"
                " bias(dense<[0.5, -100.0]> : tensor<2xf32>) epilogue(relu)",
                "tensor<1x2x2xf32>", "tensor<1x2x2xf32>", {1, 1, 0, 30}),
      Values<TypeParam>({4.5, 0, 90.5, 20}));
}

TYPED_TEST(ReferenceTest, BatchNorm) {
  // (x - 1) * 4 / sqrt(3 + 1) + 5, and x - 2 where gamma and beta are left out.
  EXPECT_EQ(this->run("nn.batch_norm %x axis = 1 gamma(dense<4.0> : "
                      "tensor<2xf32>) beta(dense<5.0> : tensor<2xf32>)"
                      " mean(dense<1.0> : tensor<2xf32>) variance(dense<3.0> : "
                      "tensor<2xf32>) epsilon = 1.0",
                      "tensor<1x2xf32>", {1, 3}),
            Values<TypeParam>({5, 9}));
  EXPECT_EQ(this->run("nn.batch_norm %x axis = 1 mean(dense<2.0> : "
                      "tensor<2xf32>) variance(dense<1.0> : tensor<2xf32>)"
                      " epsilon = 0.0",
                      "tensor<1x2xf32>", {1, 3}),
            Values<TypeParam>({-1, 1}));
}

TYPED_TEST(ReferenceTest, AffineAlongEachAxis) {
  const char *parameters = " scale(dense<[1.0, 10.0]> : tensor<2xf32>) "
                           "shift(dense<[0.5, 0.0]> : tensor<2xf32>)";
  EXPECT_EQ(this->run(std::string("nn.affine %x axis = 2") + parameters,
                      "tensor<1x2x2xf32>", {1, 2, 3, 4}),
            Values<TypeParam>({1.5, 20, 3.5, 40}));
  EXPECT_EQ(this->run(std::string("nn.affine %x axis = 1") + parameters,
                      "tensor<1x2x2xf32>", {1, 2, 3, 4}),
            Values<TypeParam>({1.5, 2.5, 30, 40}));
}

//===----------------------------------------------------------------------===//
// Pointwise layers
//===----------------------------------------------------------------------===//

TYPED_TEST(ReferenceTest, ExactActivations) {
  auto apply = [&](const std::string &function) {
    return this->run("nn.activation " + function + " %x", "tensor<1x4xf32>",
                     {-4, -0.5, 0.5, 4});
  };
  EXPECT_EQ(apply("linear"), Values<TypeParam>({-4, -0.5, 0.5, 4}));
  EXPECT_EQ(apply("relu"), Values<TypeParam>({0, 0, 0.5, 4}));
  EXPECT_EQ(apply("leaky_relu(0.25)"), Values<TypeParam>({-1, -0.125, 0.5, 4}));
  EXPECT_EQ(apply("clip(-1.0, 2.0)"), Values<TypeParam>({-1, -0.5, 0.5, 2}));
  EXPECT_EQ(apply("hard_sigmoid(0.25, 0.5)"),
            Values<TypeParam>({0, 0.375, 0.625, 1}));
}

TYPED_TEST(ReferenceTest, ApproximatedActivations) {
  double tolerance = std::is_same_v<TypeParam, float> ? 4e-7 : 1e-15;
  auto apply = [&](const std::string &function, TypeParam x) {
    return this->run("nn.activation " + function + " %x", "tensor<1xf32>",
                     {x})[0];
  };
  // e, 1 / (1 + 1/e), ...
  const std::pair<const char *, double> atOne[] = {
      {"exp", 2.718281828459045},
      {"sigmoid", 0.7310585786300049},
      {"tanh", 0.7615941559557649},
      {"softplus", 1.3132616875182228},
      {"softsign", 0.5},
      {"silu", 0.7310585786300049},
      {"hard_silu", 0.6666666666666666},
      {"gelu", 0.8413447460685429},
      {"gelu_tanh", 0.8411919906082768},
      {"selu", 1.0507009873554805}};
  for (auto [function, expected] : atOne)
    EXPECT_NEAR(apply(function, 1), expected, tolerance) << function;
  EXPECT_NEAR(apply("elu(2.0)", -1), -1.2642411176571153, tolerance);
}

TYPED_TEST(ReferenceTest, AddDropoutAndIdentity) {
  const char *type = "tensor<1x2xf32>";
  auto results =
      this->runAll("(%x: tensor<1x2xf32>, %z: tensor<1x2xf32>) -> "
                   "(tensor<1x2xf32>, tensor<1x2xf32>)",
                   "%0 = nn.add %x, %z epilogue(relu) : tensor<1x2xf32>\n"
                   "%1 = nn.dropout %x rate = 0.5 : tensor<1x2xf32>\n"
                   "return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>",
                   {{1, 2}, {10, -20}});
  EXPECT_EQ(results[0].values, Values<TypeParam>({11, 0}));
  EXPECT_EQ(results[1].values, Values<TypeParam>({1, 2}));
  EXPECT_EQ(this->run("nn.identity %x epilogue(affine(1, dense<2.0> : "
                      "tensor<2xf32>, dense<1.0> : tensor<2xf32>), relu)",
                      type, {1, -2}),
            Values<TypeParam>({3, 0}));
}

TYPED_TEST(ReferenceTest, BinaryOpsRepeatAxesOfSizeOne) {
  auto check = [&](const std::string &op, const Values<TypeParam> &expected) {
    auto results = this->runAll(
        "(%x: tensor<1x2x3xf32>, %z: tensor<1x2x1xf32>) -> tensor<1x2x3xf32>",
        "%0 = nn." + op +
            " %x, %z : tensor<1x2x3xf32>, tensor<1x2x1xf32> -> "
            "tensor<1x2x3xf32>\n"
            "return %0 : tensor<1x2x3xf32>",
        {{1, 2, 3, 4, 6, 8}, {2, 4}});
    EXPECT_EQ(results[0].values, expected) << op;
  };
  check("add", {3, 4, 5, 8, 10, 12});
  check("sub", {-1, 0, 1, 0, 2, 4});
  check("mul", {2, 4, 6, 16, 24, 32});
  check("div", {0.5, 1, 1.5, 1, 1.5, 2});
  check("maximum", {2, 2, 3, 4, 6, 8});
  check("minimum", {1, 2, 2, 4, 4, 4});
}

TYPED_TEST(ReferenceTest, ExtremesKeepNaNAndTheSecondZero) {
  const TypeParam nan = std::numeric_limits<TypeParam>::quiet_NaN();
  for (const char *op : {"maximum", "minimum"}) {
    auto results = this->runAll(
        "(%x: tensor<1x4xf32>, %z: tensor<1x4xf32>) -> tensor<1x4xf32>",
        std::string("%0 = nn.") + op +
            " %x, %z : tensor<1x4xf32>\nreturn %0 : tensor<1x4xf32>",
        {{nan, 1, 0.0, -0.0}, {1, nan, -0.0, 0.0}});
    EXPECT_TRUE(std::isnan(results[0].values[0])) << op;
    EXPECT_TRUE(std::isnan(results[0].values[1])) << op;
    EXPECT_TRUE(std::signbit(results[0].values[2])) << op;
    EXPECT_FALSE(std::signbit(results[0].values[3])) << op;
  }
}

TYPED_TEST(ReferenceTest, ReducesAnyAxes) {
  const char *type = "tensor<1x2x3xf32>";
  Values<TypeParam> x{1, 2, 3, 4, 6, 8};
  EXPECT_EQ(
      this->run("nn.reduce sum %x axes = [2]", type, "tensor<1x2xf32>", x),
      Values<TypeParam>({6, 18}));
  EXPECT_EQ(this->run("nn.reduce sum %x axes = [1] keep_dims", type,
                      "tensor<1x1x3xf32>", x),
            Values<TypeParam>({5, 8, 11}));
  EXPECT_EQ(
      this->run("nn.reduce mean %x axes = [1, 2]", type, "tensor<1xf32>", x),
      Values<TypeParam>({TypeParam(24) * (1 / TypeParam(6))}));
  EXPECT_EQ(
      this->run("nn.reduce max %x axes = [1]", type, "tensor<1x3xf32>", x),
      Values<TypeParam>({4, 6, 8}));
  EXPECT_EQ(
      this->run("nn.reduce min %x axes = [2]", type, "tensor<1x2xf32>", x),
      Values<TypeParam>({1, 4}));
  EXPECT_EQ(
      this->run("nn.reduce prod %x axes = [2]", type, "tensor<1x2xf32>", x),
      Values<TypeParam>({6, 192}));
  // Element 0 and element 16 are in one chain: 2^24 takes up 1 only with its
  // neighbour of 1.
  auto sum = [&](unsigned other) {
    Values<TypeParam> row(17, 0);
    row[1] = 1 << 24;
    row[0] = row[other] = 1;
    return this->run("nn.reduce sum %x axes = [1]", "tensor<1x17xf32>",
                     "tensor<1xf32>", row)[0];
  };
  EXPECT_EQ(sum(16), (1 << 24) + 2);
  EXPECT_EQ(sum(2), (1 << 24) + (std::is_same_v<TypeParam, float> ? 0 : 2));
}

TYPED_TEST(ReferenceTest, PowRepeatsAndAppliesItsEpilogue) {
  // 2^3, (-2)^3, 0^3, and the same to the power of -1.
  auto y = this->runAll(
      "(%x: tensor<1x1x3xf32>, %y: tensor<1x2x1xf32>) -> tensor<1x2x3xf32>",
      "%0 = nn.pow %x, %y epilogue(clip(-5.0, 7.0)) : tensor<1x1x3xf32>, "
      "tensor<1x2x1xf32> -> tensor<1x2x3xf32>\nreturn %0 : tensor<1x2x3xf32>",
      {{2, -2, 0}, {3, -1}});
  EXPECT_EQ(y[0].values, Values<TypeParam>({7, -5, 0, 0.5, -0.5, 7}));
}

TYPED_TEST(ReferenceTest, PreluRepeatsSlopes) {
  EXPECT_EQ(this->run("nn.prelu %x slope(dense<[[[0.5, 0.25]]]> : "
                      "tensor<1x1x2xf32>) epilogue(clip(-1.0, 2.0))",
                      "tensor<1x2x2xf32>", {-1, -2, 3, -8}),
            Values<TypeParam>({-0.5, -0.5, 2, -1}));
}

TYPED_TEST(ReferenceTest, NormalizeByEachStatistic) {
  // The mean is 3, the variance 4, the mean of squares 13 and their sum 26.
  const char *type = "tensor<1x2xf32>";
  auto run = [&](const char *kind) {
    return this->run(std::string("nn.normalize ") + kind +
                         " %x axes = [1] epsilon = 0.0",
                     type, {1, 5});
  };
  const double tolerance = 1e-6;
  EXPECT_EQ(run("standard"), Values<TypeParam>({-1, 1}));
  EXPECT_EQ(run("deviation"), Values<TypeParam>({0.5, 2.5}));
  EXPECT_NEAR(run("rms")[1], 5 / std::sqrt(13.0), tolerance);
  EXPECT_NEAR(run("l2")[0], 1 / std::sqrt(26.0), tolerance);
  // Over positions, and with what keeps the divisor from zero.
  EXPECT_EQ(this->run("nn.normalize standard %x axes = [1] epsilon = 5.0 "
                      "epilogue(affine(2, dense<2.0> : tensor<2xf32>, "
                      "dense<1.0> : tensor<2xf32>))",
                      "tensor<1x2x2xf32>", {1, 7, 5, 7}),
            Values<TypeParam>({TypeParam(-2) * (1 / TypeParam(3)) * 2 + 1, 1,
                               TypeParam(2) * (1 / TypeParam(3)) * 2 + 1, 1}));
  EXPECT_EQ(
      this->run("nn.normalize l2 %x axes = [1] epsilon = 4.0", type, {0, 2}),
      Values<TypeParam>({0, 0.5}));
}

TYPED_TEST(ReferenceTest, MatmulRepeatsMatrices) {
  auto results = this->runAll(
      "(%x: tensor<1x2x2xf32>, %z: tensor<2x2x1xf32>) -> tensor<2x2x1xf32>",
      "%0 = nn.matmul %x, %z epilogue(relu) : tensor<1x2x2xf32>, "
      "tensor<2x2x1xf32> -> tensor<2x2x1xf32>\n"
      "return %0 : tensor<2x2x1xf32>",
      {{1, 2, 3, 4}, {10, 20, 1, -1}});
  EXPECT_EQ(results[0].values, Values<TypeParam>({50, 110, 0, 0}));
}

TYPED_TEST(ReferenceTest, AttentionWeighsValues) {
  // Scores of 0 and log 3, so that weights are a quarter and three.
  auto results = this->runAll(
      "(%q: tensor<1x1x1xf32>, %k: tensor<1x2x1xf32>, %v: tensor<1x2x2xf32>) "
      "-> tensor<1x1x2xf32>",
      "%0 = nn.attention %q, %k, %v scale = 0.5 : tensor<1x1x1xf32>, "
      "tensor<1x2x1xf32>, tensor<1x2x2xf32> -> tensor<1x1x2xf32>\n"
      "return %0 : tensor<1x1x2xf32>",
      {{2}, {0, std::log(TypeParam(3))}, {4, 8, 12, -8}});
  EXPECT_NEAR(results[0].values[0], 10, 1e-5);
  EXPECT_NEAR(results[0].values[1], -4, 1e-5);
}

TYPED_TEST(ReferenceTest, SoftmaxAlongEachAxis) {
  // Exponentials of 0 and log 3 are 1 and 3; of large numbers, their difference
  // counts.
  TypeParam log3 = std::log(TypeParam(3));
  auto check = [&](const std::string &axis, const Values<TypeParam> &input,
                   const Values<TypeParam> &expected) {
    auto y =
        this->run("nn.softmax %x axis = " + axis, "tensor<1x2x2xf32>", input);
    for (size_t i = 0; i < y.size(); ++i)
      EXPECT_NEAR(y[i], expected[i], 3e-7)
          << "axis " << axis << ", element " << i;
  };
  check("2", {0, log3, 5, 5}, {0.25, 0.75, 0.5, 0.5});
  check("1", {0, 7, log3, 7}, {0.25, 0.5, 0.75, 0.5});
  check("2", {1000, 1000, -1000, 0}, {0.5, 0.5, 0, 1});
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

TYPED_TEST(ReferenceTest, MaxPool) {
  EXPECT_EQ(this->run("nn.max_pool %x window = [2] strides = [3]",
                      "tensor<1x5x1xf32>", "tensor<1x2x1xf32>",
                      {1, 2, 9, -4, -3}),
            Values<TypeParam>({2, -3}));
  // Padding takes no part, even where all else is negative.
  EXPECT_EQ(this->run("nn.max_pool %x window = [2] padding = [1, 0]",
                      "tensor<1x3x1xf32>", "tensor<1x2x1xf32>", {-5, -2, -3}),
            Values<TypeParam>({-5, -2}));
  // NaN wins, from either side, and +0 over -0.
  TypeParam nan = std::nan("");
  auto y = this->run("nn.max_pool %x window = [2]", "tensor<1x6x1xf32>",
                     "tensor<1x3x1xf32>", {nan, 1, 1, nan, -0.0, 0.0});
  EXPECT_TRUE(std::isnan(y[0]) && std::isnan(y[1]));
  EXPECT_FALSE(std::signbit(y[2]));
}

TYPED_TEST(ReferenceTest, ConvTranspose) {
  // Each of 1, 2, 3 adds 1, 10, 100, two positions after the one before.
  EXPECT_EQ(this->run("nn.conv_transpose %x kernel(dense<[[[1.0]], [[10.0]], "
                      "[[100.0]]]> : tensor<3x1x1xf32>) bias(dense<0.5> : "
                      "tensor<1xf32>) strides = [2]",
                      "tensor<1x3x1xf32>", "tensor<1x7x1xf32>", {1, 2, 3}),
            Values<TypeParam>({1.5, 10.5, 102.5, 20.5, 203.5, 30.5, 300.5}));
  // Without the first two, and one more that only the bias reaches.
  EXPECT_EQ(this->run("nn.conv_transpose %x kernel(dense<[[[1.0]], [[10.0]], "
                      "[[100.0]]]> : tensor<3x1x1xf32>) bias(dense<0.5> : "
                      "tensor<1xf32>) strides = [2] padding = [2, -1] "
                      "epilogue(relu)",
                      "tensor<1x3x1xf32>", "tensor<1x6x1xf32>", {1, 2, -3}),
            Values<TypeParam>({102.5, 20.5, 197.5, 0, 0, 0.5}));
  // Rows 3 apart by a dilation; two groups of one channel.
  EXPECT_EQ(this->run("nn.conv_transpose %x kernel(dense<[[[[1.0, 10.0]]], "
                      "[[[2.0, 20.0]]]]> : tensor<2x1x1x2xf32>) dilations = "
                      "[3, 1] groups = 2",
                      "tensor<1x1x1x2xf32>", "tensor<1x4x1x2xf32>", {5, 7}),
            Values<TypeParam>({5, 70, 0, 0, 0, 0, 10, 140}));
}

TYPED_TEST(ReferenceTest, AvgPool) {
  EXPECT_EQ(this->run("nn.avg_pool %x window = [2, 2]", "tensor<1x2x4x1xf32>",
                      "tensor<1x1x2x1xf32>", {1, 2, 10, 20, 3, 4, 30, 40}),
            Values<TypeParam>({2.5, 25}));
  // Padding does not count: (1), (1 + 2) / 2, (2).
  EXPECT_EQ(
      this->run("nn.avg_pool %x window = [2] strides = [1] padding = [1, 1]",
                "tensor<1x2x1xf32>", "tensor<1x3x1xf32>", {1, 2}),
      Values<TypeParam>({1, 1.5, 2}));
}

TYPED_TEST(ReferenceTest, PadModes) {
  EXPECT_EQ(this->run("nn.pad %x low = [0, 2, 0] high = [0, 1, 1] mode = edge",
                      "tensor<1x2x1xf32>", "tensor<1x5x2xf32>", {1, 2}),
            Values<TypeParam>({1, 1, 1, 1, 1, 1, 2, 2, 2, 2}));
  EXPECT_EQ(
      this->run("nn.pad %x low = [0, 2, 0] high = [0, 1, 1] mode = reflect",
                "tensor<1x3x2xf32>", "tensor<1x6x3xf32>", {1, 2, 3, 4, 5, 6}),
      Values<TypeParam>(
          {5, 6, 5, 3, 4, 3, 1, 2, 1, 3, 4, 3, 5, 6, 5, 3, 4, 3}));
}

TYPED_TEST(ReferenceTest, Slice) {
  EXPECT_EQ(this->run("nn.slice %x begin = [0, 3, 1] size = [1, 2, 1] strides "
                      "= [1, -2, 1] epilogue(relu)",
                      "tensor<1x4x2xf32>", "tensor<1x2x1xf32>",
                      {1, 2, 3, 4, 5, 6, 7, -8}),
            Values<TypeParam>({0, 4}));
}

TYPED_TEST(ReferenceTest, ResizeNearest) {
  auto resize = [&](const std::string &options, int64_t size) {
    return this->run("nn.resize nearest %x sizes = [" + std::to_string(size) +
                         "] " + options,
                     "tensor<1x3x1xf32>",
                     "tensor<1x" + std::to_string(size) + "x1xf32>", {1, 2, 3});
  };
  EXPECT_EQ(resize("coordinates = asymmetric", 6),
            Values<TypeParam>({1, 1, 2, 2, 3, 3}));
  // At 0, 0.75, 1.5, 2.25.
  EXPECT_EQ(resize("coordinates = asymmetric", 4),
            Values<TypeParam>({1, 1, 2, 3}));
  EXPECT_EQ(resize("coordinates = asymmetric rounding = ceil", 4),
            Values<TypeParam>({1, 2, 3, 3}));
  // At -0.25, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75 where the scale is 2.
  EXPECT_EQ(resize("rounding = round_prefer_floor scales = [2.0]", 7),
            Values<TypeParam>({1, 1, 2, 2, 3, 3, 3}));
  // At 0, 0.5, 1, 1.5, 2.
  EXPECT_EQ(
      resize("coordinates = align_corners rounding = round_prefer_floor", 5),
      Values<TypeParam>({1, 1, 2, 2, 3}));
  EXPECT_EQ(
      resize("coordinates = align_corners rounding = round_prefer_ceil", 5),
      Values<TypeParam>({1, 2, 2, 3, 3}));
  // At 1, and at 0 by definition.
  EXPECT_EQ(resize("", 1), Values<TypeParam>({2}));
  EXPECT_EQ(resize("coordinates = pytorch_half_pixel", 1),
            Values<TypeParam>({1}));
}

TYPED_TEST(ReferenceTest, ResizeLinear) {
  // At -0.25, 0.25, 0.75, 1.25.
  EXPECT_EQ(this->run("nn.resize linear %x sizes = [4] epilogue(relu)",
                      "tensor<1x2x1xf32>", "tensor<1x4x1xf32>", {4, -4}),
            Values<TypeParam>({4, 2, 0, 0}));
  EXPECT_EQ(this->run("nn.resize linear %x sizes = [3, 2] coordinates = "
                      "align_corners",
                      "tensor<1x2x2x1xf32>", "tensor<1x3x2x1xf32>",
                      {1, 2, 3, 8}),
            Values<TypeParam>({1, 2, 2, 5, 3, 8}));
}

TYPED_TEST(ReferenceTest, GlobalPool) {
  Values<TypeParam> image{1, -10, 2, -20, 3, -30, 6, -40};
  EXPECT_EQ(this->run("nn.global_pool avg %x", "tensor<1x2x2x2xf32>",
                      "tensor<1x2xf32>", image),
            Values<TypeParam>({3, -25}));
  EXPECT_EQ(this->run("nn.global_pool max %x keep_dims epilogue(relu)",
                      "tensor<1x2x2x2xf32>", "tensor<1x1x1x2xf32>", image),
            Values<TypeParam>({6, 0}));
}

//===----------------------------------------------------------------------===//
// Sequences
//===----------------------------------------------------------------------===//

TYPED_TEST(ReferenceTest, Embedding) {
  auto y = this->run("nn.embedding %x table(dense<[[1.0, 2.0], [3.0, 4.0]]> : "
                     "tensor<2x2xf32>)",
                     "tensor<1x4xf32>", "tensor<1x4x2xf32>", {1, 0.75, 2, -1});
  // Numbers are truncated; what is no row is NaN.
  EXPECT_EQ(Values<TypeParam>(y.begin(), y.begin() + 4),
            Values<TypeParam>({3, 4, 1, 2}));
  for (size_t i = 4; i < 8; ++i)
    EXPECT_TRUE(std::isnan(y[i])) << i;
}

TYPED_TEST(ReferenceTest, EmbeddingFromEnd) {
  auto y = this->run("nn.embedding %x table(dense<[[1.0], [2.0], [3.0]]> : "
                     "tensor<3x1xf32>) from_end",
                     "tensor<1x7xf32>", "tensor<1x7x1xf32>",
                     {-1, -3, 2, -0.5, -2.5, -4, 3});
  // Truncated first: -0.5 is row 0, and -2.5 the second from the end.
  EXPECT_EQ(Values<TypeParam>(y.begin(), y.begin() + 5),
            Values<TypeParam>({3, 1, 3, 1, 2}));
  EXPECT_TRUE(std::isnan(y[5]) && std::isnan(y[6]));
}

TYPED_TEST(ReferenceTest, LSTM) {
  // Gates of slope 1: i = x, f = 1 (bias), g = 2 x, o = 1 (bias), so that
  // c = c + x * 2 x, and h = c: 2, then 2 + 8, then 10 + 18.
  const std::string lstm =
      "nn.lstm %x kernel(dense<[[1.0, 0.0, 2.0, 0.0]]> : tensor<1x4xf32>)"
      " recurrent(dense<0.0> : tensor<1x4xf32>) bias(dense<[0.0, 1.0, 0.0, "
      "1.0]> : tensor<4xf32>)"
      " activation(linear) recurrent_activation(linear)";
  EXPECT_EQ(this->run(lstm, "tensor<1x3x1xf32>", "tensor<1x1xf32>", {1, 2, 3}),
            Values<TypeParam>({28}));
  EXPECT_EQ(this->run(lstm + " sequences", "tensor<1x3x1xf32>",
                      "tensor<1x3x1xf32>", {1, 2, 3}),
            Values<TypeParam>({2, 10, 28}));
  EXPECT_EQ(this->run(lstm + " sequences backwards", "tensor<1x3x1xf32>",
                      "tensor<1x3x1xf32>", {1, 2, 3}),
            Values<TypeParam>({18, 26, 28}));
  EXPECT_EQ(this->run(lstm + " sequences backwards reversed",
                      "tensor<1x3x1xf32>", "tensor<1x3x1xf32>", {1, 2, 3}),
            Values<TypeParam>({28, 26, 18}));
  // Cells beside the states, and behind a function of their own.
  EXPECT_EQ(this->run(lstm + " cell_activation(square) sequences with_cells",
                      "tensor<1x3x1xf32>", "tensor<1x3x2xf32>", {1, 2, 3}),
            Values<TypeParam>({4, 2, 100, 10, 784, 28}));
  // The cell in the gates. o = 1 + c, of the new one: 3 * 2, then 11 * 10.
  const std::string peephole =
      "nn.lstm %x kernel(dense<[[1.0, 0.0, 2.0, 0.0]]> : tensor<1x4xf32>)"
      " recurrent(dense<0.0> : tensor<1x4xf32>) bias(dense<[0.0, 1.0, 0.0, "
      "1.0]> : tensor<4xf32>)";
  const std::string linear = " activation(linear) recurrent_activation(linear)";
  EXPECT_EQ(this->run(peephole +
                          " peephole(dense<[0.0, 0.0, 1.0]> : tensor<3xf32>)" +
                          linear + " sequences",
                      "tensor<1x2x1xf32>", "tensor<1x2x1xf32>", {1, 2}),
            Values<TypeParam>({6, 110}));
  // i = x + c and f = 1 + 2 c, of the old one: c = 2, then 5 * 2 + 4 * 4.
  EXPECT_EQ(this->run(peephole +
                          " peephole(dense<[1.0, 2.0, 0.0]> : tensor<3xf32>)" +
                          linear + " sequences",
                      "tensor<1x2x1xf32>", "tensor<1x2x1xf32>", {1, 2}),
            Values<TypeParam>({2, 26}));
  // Sums are cut off, the cell is not: 1 * 1.5, then 1.5 + 1.5 * 1.5.
  EXPECT_EQ(this->run(lstm + " clip = 1.5 sequences", "tensor<1x2x1xf32>",
                      "tensor<1x2x1xf32>", {1, 2}),
            Values<TypeParam>({1.5, 3.75}));
  // The cell c + x is cut off for its output and for the next step: 3, then 4
  // for 3 + 3, then 4 - 1.
  EXPECT_EQ(
      this->run(
          "nn.lstm %x kernel(dense<[[0.0, 0.0, 1.0, 0.0]]> : tensor<1x4xf32>)"
          " recurrent(dense<0.0> : tensor<1x4xf32>) bias(dense<[1.0, 1.0, 0.0, "
          "1.0]> : tensor<4xf32>)" +
              linear + " cell_clip = 4.0 sequences",
          "tensor<1x3x1xf32>", "tensor<1x3x1xf32>", {3, 3, -1}),
      Values<TypeParam>({3, 4, 3}));
  // h goes back into the output gate: o = 1 + h, so that h = 2, then 10 * 3.
  EXPECT_EQ(
      this->run(
          "nn.lstm %x kernel(dense<[[1.0, 0.0, 2.0, 0.0]]> : tensor<1x4xf32>)"
          " recurrent(dense<[[0.0, 0.0, 0.0, 1.0]]> : tensor<1x4xf32>)"
          " bias(dense<[0.0, 1.0, 0.0, 1.0]> : tensor<4xf32>)"
          " activation(linear) recurrent_activation(linear)",
          "tensor<1x2x1xf32>", "tensor<1x1xf32>", {1, 2}),
      Values<TypeParam>({30}));
}

TYPED_TEST(ReferenceTest, GRU) {
  // Gates of slope 1: z = 2 (bias), s = h, and g = x + s * (3 h + 1), so that
  // h = 2 h - g: -1; s = -1, g = 2 - (-2) = 4, h = -6; s = -6,
  // g = 3 - 6 * (-17) = 105, h = -117.
  const std::string gru =
      "nn.gru %x kernel(dense<[[0.0, 0.0, 1.0]]> : tensor<1x3xf32>)"
      " recurrent(dense<[[0.0, 1.0, 3.0]]> : tensor<1x3xf32>)"
      " bias(dense<[2.0, 0.0, 0.0]> : tensor<3xf32>)";
  const std::string linear = " activation(linear) recurrent_activation(linear)";
  EXPECT_EQ(this->run(gru + " recurrent_bias(dense<1.0> : tensor<1xf32>)" +
                          linear + " reset_after sequences",
                      "tensor<1x3x1xf32>", "tensor<1x3x1xf32>", {1, 2, 3}),
            Values<TypeParam>({-1, -6, -117}));
  // g = x + 3 s h: -1; s h = 1, g = 5, h = -7; s h = 49, g = 150, h = -164.
  EXPECT_EQ(this->run(gru + linear + " sequences", "tensor<1x3x1xf32>",
                      "tensor<1x3x1xf32>", {1, 2, 3}),
            Values<TypeParam>({-1, -7, -164}));
  EXPECT_EQ(this->run(gru + linear + " backwards", "tensor<1x3x1xf32>",
                      "tensor<1x1xf32>", {3, 2, 1}),
            Values<TypeParam>({-164}));
}

TYPED_TEST(ReferenceTest, RecurrentLayerWithoutGates) {
  // h = relu(1 + 2 x - h): 3, then 2, then 5; a second sample starts from zero.
  const std::string rnn = "nn.rnn %x kernel(dense<2.0> : tensor<1x1xf32>)"
                          " recurrent(dense<-1.0> : tensor<1x1xf32>)"
                          " bias(dense<1.0> : tensor<1xf32>) activation(relu)";
  EXPECT_EQ(this->run(rnn + " sequences", "tensor<2x3x1xf32>",
                      "tensor<2x3x1xf32>", {1, 2, 3, -5, 0, 1}),
            Values<TypeParam>({3, 2, 5, 0, 1, 2}));
  EXPECT_EQ(this->run(rnn + " sequences reversed", "tensor<1x3x1xf32>",
                      "tensor<1x3x1xf32>", {1, 2, 3}),
            Values<TypeParam>({5, 2, 3}));
  // The sum is cut off in both directions: 2, then -2, and relu.
  EXPECT_EQ(this->run(rnn + " clip = 2.0 sequences", "tensor<1x2x1xf32>",
                      "tensor<1x2x1xf32>", {1, -9}),
            Values<TypeParam>({2, 0}));
}

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

TYPED_TEST(ReferenceTest, PadReshapeAndTranspose) {
  EXPECT_EQ(this->run("nn.pad %x low = [0, 1, 0] high = [0, 0, 1] value = -1.0",
                      "tensor<1x2x2xf32>", "tensor<1x3x3xf32>", {1, 2, 3, 4}),
            Values<TypeParam>({-1, -1, -1, 1, 2, -1, 3, 4, -1}));
  EXPECT_EQ(this->run("nn.reshape %x", "tensor<1x2x3xf32>", "tensor<1x6xf32>",
                      {1, 2, 3, 4, 5, 6}),
            Values<TypeParam>({1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(this->run("nn.transpose %x permutation = [0, 2, 1]",
                      "tensor<1x2x3xf32>", "tensor<1x3x2xf32>",
                      {1, 2, 3, 4, 5, 6}),
            Values<TypeParam>({1, 4, 2, 5, 3, 6}));
}

TYPED_TEST(ReferenceTest, ConcatAlongEachAxis) {
  auto concat = [&](const std::string &axis, const std::string &type,
                    const std::string &result) {
    return this
        ->runAll("(%x: " + type + ", %z: " + type + ") -> " + result,
                 "%y = nn.concat %x, %z axis = " + axis + " : " + type + ", " +
                     type + " -> " + result + "\n return %y : " + result,
                 {{1, 2, 3, 4}, {5, 6, 7, 8}})[0]
        .values;
  };
  EXPECT_EQ(concat("1", "tensor<1x2x2xf32>", "tensor<1x4x2xf32>"),
            Values<TypeParam>({1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(concat("2", "tensor<1x2x2xf32>", "tensor<1x2x4xf32>"),
            Values<TypeParam>({1, 2, 5, 6, 3, 4, 7, 8}));
}

//===----------------------------------------------------------------------===//
// The order of float32
//===----------------------------------------------------------------------===//

namespace {
class ReferenceOrderTest : public ReferenceTest<float> {};
} // namespace

// 2^24 + 1 is no float32: added to it one by one, ones are lost.
TEST_F(ReferenceOrderTest, ConvSumsFromTheBiasInOrder) {
  EXPECT_EQ(run("nn.conv %x kernel(dense<1.0> : tensor<3x1x1xf32>) "
                "bias(dense<16777216.0> : tensor<1xf32>)",
                "tensor<1x3x1xf32>", "tensor<1x1x1xf32>", {1, 1, -16777216}),
            std::vector<float>({0}));
}

TEST_F(ReferenceOrderTest, DenseSumsInChains) {
  const std::string dense = "nn.dense %x kernel(dense<1.0> : tensor<4x1xf32>)";
  std::vector<float> x{16777216, 1, 1, -16777216};
  auto sum = [&](const std::string &chains) {
    return run(dense + chains, "tensor<1x4xf32>", "tensor<1x1xf32>", x)[0];
  };
  // ((2^24 + 1) + 1) - 2^24
  EXPECT_EQ(sum(""), 0.0f);
  // (2^24 + 1) + (1 - 2^24): the second chain is exact.
  EXPECT_EQ(sum(" chains = 2"), 1.0f);
  // (2^24 + 1) + (1 - 2^24), pairwise.
  EXPECT_EQ(sum(" chains = 4"), 1.0f);
}

// 3 * 0.1f rounds, and so does its difference from 0.3f; fused, the exact
// product is what is subtracted from.
TEST_F(ReferenceOrderTest, AffineIsFused) {
  float expected = std::fma(3.0f, 0.1f, -0.3f);
  ASSERT_NE(expected, 3.0f * 0.1f - 0.3f);
  EXPECT_EQ(run("nn.affine %x axis = 1 scale(dense<0.1> : tensor<1xf32>) "
                "shift(dense<-0.3> : tensor<1xf32>)",
                "tensor<1x1xf32>", {3}),
            std::vector<float>({expected}));
}

//===----------------------------------------------------------------------===//
// What cannot be evaluated
//===----------------------------------------------------------------------===//

TEST(Reference, ElidedWeightsAndForeignOpsFail) {
  MLIRContext context;
  context.loadDialect<func::FuncDialect, frieze::nn::NNDialect>();
  auto getError = [&](StringRef text) {
    std::string message;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        message = diagnostic.str();
    });
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    Tensor<float> input{{1, 1}, {0}};
    EXPECT_TRUE(failed(frieze::reference::evaluate<float>(
        module->lookupSymbol<func::FuncOp>("model"), {input})));
    return message;
  };
  EXPECT_NE(
      getError("func.func @model(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {\n"
               "  %0 = nn.dense %x kernel(dense_resource<__elided__> : "
               "tensor<1x1xf32>)"
               " : tensor<1x1xf32> -> tensor<1x1xf32>\n"
               "  return %0 : tensor<1x1xf32>\n}")
          .find("data is elided"),
      std::string::npos);
  EXPECT_NE(
      getError(
          "func.func private @other(tensor<1x1xf32>) -> tensor<1x1xf32>\n"
          "func.func @model(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {\n"
          "  %0 = func.call @other(%x) : (tensor<1x1xf32>) -> tensor<1x1xf32>\n"
          "  return %0 : tensor<1x1xf32>\n}")
          .find("has no reference semantics"),
      std::string::npos);
}
