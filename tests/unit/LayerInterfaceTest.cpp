//===- LayerInterfaceTest.cpp - What ops tell of themselves -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An op that says nothing is left alone by every pass, and what the others say
// along axes holds of each op in tests/dialect/ops.mlir, evaluated.
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Evaluate.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Axes.h"
#include "dialect/NNOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using namespace frieze::nn;
using FloatTensor = frieze::reference::Tensor<float>;

namespace frieze::nn::test {
/// An op of the nn dialect that somebody adds, and says nothing about.
class UnknownOp : public Op<UnknownOp, OpTrait::ZeroRegions, OpTrait::OneResult,
                            OpTrait::ZeroSuccessors, OpTrait::OneOperand,
                            LayerOpInterface::Trait> {
public:
  using Op::Op;
  static StringRef getOperationName() { return "nn.unknown"; }
  static ArrayRef<StringRef> getAttributeNames() { return {}; }
};
} // namespace frieze::nn::test
MLIR_DECLARE_EXPLICIT_TYPE_ID(frieze::nn::test::UnknownOp)
MLIR_DEFINE_EXPLICIT_TYPE_ID(frieze::nn::test::UnknownOp)

namespace {
class LayerInterfaceTest : public testing::Test {
protected:
  LayerInterfaceTest() {
    context.loadDialect<func::FuncDialect>();
    RegisteredOperationName::insert<test::UnknownOp>(
        *context.getOrLoadDialect<NNDialect>());
  }

  OwningOpRef<ModuleOp> parse(StringRef body) {
    auto parsed = parseSourceString<ModuleOp>(body, &context);
    EXPECT_TRUE(parsed);
    return parsed;
  }

  static std::string print(ModuleOp op) {
    std::string text;
    llvm::raw_string_ostream(text) << op;
    return text;
  }

  MLIRContext context;
};
} // namespace

//===----------------------------------------------------------------------===//
// An op that says nothing
//===----------------------------------------------------------------------===//

TEST_F(LayerInterfaceTest, AnUnknownOpMixesAllItReads) {
  auto module = parse("func.func @model(%x: tensor<1x4x2xf32>) {\n"
                      "  %0 = \"nn.unknown\"(%x) : (tensor<1x4x2xf32>) -> "
                      "tensor<1x4x2xf32>\n  return\n}");
  module->walk([](test::UnknownOp op) {
    auto layer = cast<LayerOpInterface>(*op);
    EXPECT_FALSE(layer.isElementwise());
    EXPECT_FALSE(layer.canPermuteAxes({0, 1, 2}));
    EXPECT_TRUE(layer.isKernel());
    EXPECT_EQ(layer.countMACs(), 0);
    EXPECT_FALSE(keepsSamplesApart(op));
    for (int64_t axis = -1; axis < 4; ++axis)
      EXPECT_FALSE(keepsPositionsApart(op, axis)) << axis;
  });
}

// Transposes and reshapes stay before it, and a dense layer behind it keeps the
// order of its rows.
TEST_F(LayerInterfaceTest, NothingMovesPastAnUnknownOp) {
  for (StringRef before :
       {"nn.transpose %x permutation = [0, 2, 1]", "nn.reshape %x"}) {
    auto module =
        parse(("func.func @model(%x: tensor<1x4x2xf32>) -> tensor<1x3xf32> {\n"
               "  %0 = " +
               before +
               " : tensor<1x4x2xf32> -> tensor<1x2x4xf32>\n"
               "  %1 = \"nn.unknown\"(%0) : (tensor<1x2x4xf32>) -> "
               "tensor<1x2x4xf32>\n"
               "  %2 = nn.reshape %1 : tensor<1x2x4xf32> -> tensor<1x8xf32>\n"
               "  %3 = nn.dense %2 kernel(dense<0.5> : tensor<8x3xf32>) : "
               "tensor<1x8xf32> -> tensor<1x3xf32>\n"
               "  return %3 : tensor<1x3xf32>\n}")
                  .str());
    std::string text = print(*module);
    PassManager passes(&context);
    passes.addNestedPass<func::FuncOp>(createMoveTransposesPass());
    passes.addNestedPass<func::FuncOp>(createMoveReshapesPass());
    passes.addNestedPass<func::FuncOp>(createFoldTransposeIntoDensePass());
    passes.addNestedPass<func::FuncOp>(createDropUnreadOutputsPass());
    ASSERT_TRUE(succeeded(passes.run(*module)));
    EXPECT_EQ(print(*module), text);
  }
}

TEST_F(LayerInterfaceTest, WindowsMeetNoUnknownOpTogether) {
  auto module = parse(
      "func.func @model(%x: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {\n"
      "  %0 = \"nn.unknown\"(%x) : (tensor<1x4x2xf32>) -> tensor<1x4x2xf32>\n"
      "  return %0 : tensor<1x4x2xf32>\n}");
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      message = diagnostic.str();
  });
  ShareWindowsPassOptions options;
  options.hop = 1;
  options.block = 4;
  PassManager passes(&context);
  passes.addPass(createShareWindowsPass(options));
  EXPECT_TRUE(failed(passes.run(*module)));
  EXPECT_NE(message.find("keeps the windows apart"), std::string::npos)
      << message;
}

TEST_F(LayerInterfaceTest, AnUnknownOpIsNamedWhereItHasNoMeaning) {
  auto module =
      parse("func.func @model(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {\n"
            "  %0 = \"nn.unknown\"(%x) : (tensor<1x2xf32>) -> tensor<1x2xf32>\n"
            "  return %0 : tensor<1x2xf32>\n}");
  std::string message;
  ScopedDiagnosticHandler handler(
      &context, [&](Diagnostic &diagnostic) { message += diagnostic.str(); });
  EXPECT_TRUE(failed(frieze::reference::evaluate<float>(
      module->lookupSymbol<func::FuncOp>("model"),
      FloatTensor{{1, 2}, {1, 2}})));
  EXPECT_EQ(message, "'nn.unknown' op has no reference semantics");
}

//===----------------------------------------------------------------------===//
// What the others say, evaluated
//===----------------------------------------------------------------------===//

namespace {
/// Runs single ops on random inputs.
class LayerClaimsTest : public LayerInterfaceTest {
protected:
  LayerClaimsTest() {
    examples = parseSourceFile<ModuleOp>(
        FRIEZE_SOURCE_DIR "/tests/dialect/ops.mlir", &context);
  }

  /// Calls `function` for each op of the examples whose weights are there, with
  /// random numbers in their place.
  void
  forEachOp(llvm::function_ref<void(Operation *, LayerOpInterface)> function) {
    ASSERT_TRUE(examples);
    unsigned count = 0;
    examples->walk([&](LayerOpInterface layer) {
      Operation *op = layer;
      if (isa<HistoryOp>(op) || !replaceWeights(op))
        return;
      std::string text;
      llvm::raw_string_ostream(text) << *op;
      SCOPED_TRACE(text);
      function(op, layer);
      ++count;
    });
    EXPECT_GT(count, 40u);
  }

  bool replaceWeights(Operation *op) {
    for (NamedAttribute attribute : llvm::to_vector(op->getAttrs())) {
      auto weights = dyn_cast<ElementsAttr>(attribute.getValue());
      if (!weights || !isa<FloatType>(weights.getElementType()))
        continue;
      if (isa<DenseResourceElementsAttr>(weights))
        return false;
      std::vector<double> values = draw(weights.getNumElements());
      SmallVector<APFloat> numbers;
      for (double value : values) {
        bool losesInfo;
        numbers.emplace_back(value);
        numbers.back().convert(
            cast<FloatType>(weights.getElementType()).getFloatSemantics(),
            APFloat::rmNearestTiesToEven, &losesInfo);
      }
      op->setAttr(attribute.getName(),
                  DenseElementsAttr::get(weights.getShapedType(), numbers));
    }
    return true;
  }

  std::vector<double> draw(int64_t count) {
    std::uniform_real_distribution<double> uniform(0.25, 1.75);
    std::vector<double> values(count);
    for (double &value : values)
      value = uniform(random);
    return values;
  }

  FloatTensor draw(ArrayRef<int64_t> shape) {
    std::vector<double> values = draw(ShapedType::getNumElements(shape));
    return {shape.vec(), std::vector<float>(values.begin(), values.end())};
  }

  std::vector<FloatTensor> drawOperands(Operation *op) {
    std::vector<FloatTensor> operands;
    for (Type type : op->getOperandTypes())
      operands.push_back(draw(cast<ShapedType>(type).getShape()));
    return operands;
  }

  /// The result of a copy of `op` on other operands, of `type` where it is not
  /// inferred, after `change`; nothing where the op does not allow them.
  std::optional<FloatTensor>
  run(Operation *op, ArrayRef<FloatTensor> operands, ArrayRef<int64_t> shape,
      llvm::function_ref<void(LayerOpInterface)> change = nullptr) {
    ScopedDiagnosticHandler silence(&context, [](Diagnostic &) {});
    OwningOpRef<ModuleOp> module = ModuleOp::create(op->getLoc());
    OpBuilder builder(module->getBodyRegion());
    auto result = cast<RankedTensorType>(op->getResult(0).getType());
    SmallVector<Type> types;
    for (const FloatTensor &operand : operands)
      types.push_back(
          RankedTensorType::get(operand.shape, result.getElementType()));
    auto function = func::FuncOp::create(
        builder, op->getLoc(), "model",
        builder.getFunctionType(types, result.clone(shape)));
    builder.setInsertionPointToStart(function.addEntryBlock());
    Operation *copy = builder.clone(*op);
    copy->setOperands(function.getArguments());
    if (change)
      change(cast<LayerOpInterface>(copy));
    copy->getResult(0).setType(result.clone(shape));
    func::ReturnOp::create(builder, op->getLoc(), copy->getResults());
    if (failed(mlir::verify(*module)))
      return std::nullopt;
    auto results = frieze::reference::evaluate<float>(
        function, operands, frieze::reference::Arithmetic::Fused);
    EXPECT_TRUE(succeeded(results));
    return (*results)[0];
  }

  std::mt19937 random{1};
  OwningOpRef<ModuleOp> examples;
};
} // namespace

/// `x` with its axes permuted.
static FloatTensor transpose(const FloatTensor &x,
                             ArrayRef<int64_t> permutation) {
  FloatTensor y{{}, {}};
  for (int64_t axis : permutation)
    y.shape.push_back(x.shape[axis]);
  for (size_t i = 0; i < x.values.size(); ++i) {
    std::vector<int64_t> index(x.shape.size());
    size_t rest = i, position = 0;
    for (size_t axis = x.shape.size(); axis-- > 0; rest /= y.shape[axis])
      index[permutation[axis]] = rest % y.shape[axis];
    for (size_t axis = 0; axis < x.shape.size(); ++axis)
      position = position * x.shape[axis] + index[axis];
    y.values.push_back(x.values[position]);
  }
  return y;
}

/// `x` with the positions of `axis` in the opposite order.
static FloatTensor reverse(const FloatTensor &x, int64_t axis) {
  size_t inner = 1, length = x.shape[axis];
  for (size_t i = axis + 1; i < x.shape.size(); ++i)
    inner *= x.shape[i];
  FloatTensor y = x;
  for (size_t i = 0; i < x.values.size(); ++i) {
    size_t block = i / (inner * length), position = i / inner % length;
    y.values[(block * length + length - 1 - position) * inner + i % inner] =
        x.values[i];
  }
  return y;
}

static void expectNear(const FloatTensor &actual, const FloatTensor &expected) {
  EXPECT_EQ(actual.shape, expected.shape);
  ASSERT_EQ(actual.values.size(), expected.values.size());
  for (size_t i = 0; i < actual.values.size(); ++i)
    ASSERT_NEAR(actual.values[i], expected.values[i],
                1e-4 * (1 + std::fabs(expected.values[i])))
        << i;
}

// Positions in the opposite order give the results in the opposite order.
TEST_F(LayerClaimsTest, PositionsThatAreKeptApartMeanTheSameElsewhere) {
  unsigned claims = 0;
  forEachOp([&](Operation *op, LayerOpInterface) {
    ArrayRef<int64_t> shape =
        cast<ShapedType>(op->getResult(0).getType()).getShape();
    for (int64_t axis = 0; axis < int64_t(shape.size()); ++axis) {
      if (!keepsPositionsApart(op, axis))
        continue;
      std::vector<FloatTensor> operands = drawOperands(op), reversed;
      for (const FloatTensor &operand : operands) {
        ASSERT_GT(int64_t(operand.shape.size()), axis);
        reversed.push_back(reverse(operand, axis));
      }
      auto expected = run(op, operands, shape);
      auto actual = run(op, reversed, shape);
      ASSERT_TRUE(expected && actual);
      expectNear(*actual, reverse(*expected, axis));
      claims += shape[axis] > 1;
    }
  });
  EXPECT_GT(claims, 20u);
}

// Several samples give what each gives by itself.
TEST_F(LayerClaimsTest, SamplesThatAreKeptApartAreComputedAlone) {
  unsigned claims = 0;
  forEachOp([&](Operation *op, LayerOpInterface) {
    SmallVector<int64_t> shape(
        cast<ShapedType>(op->getResult(0).getType()).getShape());
    std::vector<FloatTensor> operands = drawOperands(op);
    if (!keepsSamplesApart(op) || shape[0] != 1 || operands.empty() ||
        llvm::any_of(operands, [](const auto &x) { return x.shape[0] != 1; }))
      return;
    std::vector<FloatTensor> others = drawOperands(op), both;
    for (auto [operand, other] : llvm::zip_equal(operands, others)) {
      both.push_back(operand);
      both.back().shape[0] = 2;
      llvm::append_range(both.back().values, other.values);
    }
    auto expected = run(op, operands, shape), more = run(op, others, shape);
    shape[0] = 2;
    // A slice says how many samples it takes.
    auto actual = run(op, both, shape);
    ASSERT_TRUE(expected && more);
    ASSERT_TRUE(actual || isa<SliceOp>(op));
    if (!actual)
      return;
    expected->shape[0] = 2;
    llvm::append_range(expected->values, more->values);
    expectNear(*actual, *expected);
    ++claims;
  });
  EXPECT_GT(claims, 20u);
}

// On operands with their axes permuted, the permuted op gives the result with
// its axes permuted.
TEST_F(LayerClaimsTest, PermutedOpsMeanTheSame) {
  unsigned claims = 0;
  forEachOp([&](Operation *op, LayerOpInterface layer) {
    ArrayRef<int64_t> shape =
        cast<ShapedType>(op->getResult(0).getType()).getShape();
    std::vector<FloatTensor> operands = drawOperands(op);
    auto kernel = dyn_cast<EpilogueOpInterface>(op);
    if (operands.empty() || (kernel && kernel.getEpilogueAttr()))
      return;
    Permutation permutation =
        llvm::to_vector(llvm::seq<int64_t>(0, operands[0].shape.size()));
    do {
      if (!layer.canPermuteAxes(permutation))
        continue;
      Permutation inverse = invert(permutation);
      std::vector<FloatTensor> permuted;
      for (const FloatTensor &operand : operands)
        permuted.push_back(transpose(operand, inverse));
      auto result = run(op, operands, shape);
      ASSERT_TRUE(result);
      FloatTensor expected = transpose(*result, inverse);
      auto actual =
          run(op, permuted, expected.shape,
              [&](LayerOpInterface copy) { copy.permuteAxes(permutation); });
      ASSERT_TRUE(actual);
      expectNear(*actual, expected);
      ++claims;
    } while (std::next_permutation(permutation.begin(), permutation.end()));
  });
  EXPECT_GT(claims, 50u);
}
