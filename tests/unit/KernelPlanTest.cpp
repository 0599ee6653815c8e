//===- KernelPlanTest.cpp - Tests of plans and machines ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compile.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "compiler/conversion/plan/MicroBatch.h"
#include "dialect/NNOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/Regex.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace frieze;

// A convolution, a dense layer that calls share, and an output.
static constexpr char text[] = R"(
func.func @model(%x: tensor<1x64x3xf32>) -> tensor<1x5xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x12xf32>) padding = [1, 1] : tensor<1x64x3xf32> -> tensor<1x64x12xf32>
  %1 = nn.reshape %0 : tensor<1x64x12xf32> -> tensor<1x768xf32>
  %2 = nn.dense %1 kernel(dense<0.25> : tensor<768x16xf32>) : tensor<1x768xf32> -> tensor<1x16xf32>
  %3 = nn.dense %2 kernel(dense<0.125> : tensor<16x5xf32>) epilogue(tanh) : tensor<1x16xf32> -> tensor<1x5xf32>
  return %3 : tensor<1x5xf32>
})";

static std::string eraseResources(StringRef text) {
  std::string result;
  llvm::Regex resource("dense_resource<[^>]*>");
  SmallVector<StringRef> match;
  while (resource.match(text, &match)) {
    size_t at = match[0].data() - text.data();
    result += text.take_front(at);
    text = text.drop_front(at + match[0].size());
  }
  return result + text.str();
}

namespace {
class KernelPlanTest : public testing::Test {
protected:
  KernelPlanTest() {
    context.appendDialectRegistry(getCompilerDialects());
    context.loadAllAvailableDialects();
    context.loadDialect<arith::ArithDialect, math::MathDialect,
                        memref::MemRefDialect, scf::SCFDialect,
                        vector::VectorDialect>();
    module = parseSourceString<ModuleOp>(text, &context);
    function = module->lookupSymbol<func::FuncOp>("model");
  }

  int64_t getArenaBytes(const Target &target) {
    KernelPlans plans(target);
    planKernels(function, plans);
    return MemoryPlan::create(function, plans, planMicroBatch(function, plans))
        .arenaBytes;
  }
  std::string lower(const Target &target, Stage stage) {
    OwningOpRef<ModuleOp> copy(module->clone());
    CompileOptions options;
    options.target = &target;
    if (failed(lowerModule(*copy, Stage::NNOpt, stage, options)))
      return "";
    // Parameters have names of their own in each module.
    std::string printed;
    llvm::raw_string_ostream os(printed);
    copy->print(
        os,
        OpPrintingFlags().elideLargeElementsAttrs(0).elideLargeResourceString(
            0));
    return eraseResources(printed);
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
};

/// `target` with one machine more, which no table has.
struct MadeUpTarget {
  explicit MadeUpTarget(const Target &like)
      : machines(like.machines.begin(), like.machines.end()), target(like) {
    Machine machine = like.machines.back();
    machine.name = "made-up";
    machine.lanes = 32;
    machine.registers = 64;
    machine.hasFMA = true;
    machines.push_back(machine);
    target.machines = machines;
  }

  std::vector<Machine> machines;
  Target target;
};
} // namespace

// A machine more is planned for in its own target alone: the arenas and the
// code of others do not know of it, and the functions of its neighbours stay
// what they are.
TEST_F(KernelPlanTest, MachinesAreTheirTargetsAlone) {
  const Target &v3 = *findTarget("x86-64-v3");
  int64_t arena = getArenaBytes(v3);
  std::string code = lower(v3, Stage::Loops);
  ASSERT_FALSE(code.empty());
  MadeUpTarget madeUp(v3);
  EXPECT_GE(getArenaBytes(madeUp.target), arena);
  std::string wider = lower(madeUp.target, Stage::Loops);
  EXPECT_NE(wider.find("@model_made_up"), std::string::npos);
  EXPECT_NE(wider.find("vector<32xf32>"), std::string::npos);
  EXPECT_EQ(getArenaBytes(v3), arena);
  EXPECT_TRUE(lower(v3, Stage::Loops) == code);
}

// What runs call by call asks for no memory of several calls.
TEST_F(KernelPlanTest, ArenasAreThoseOfTheirMachines) {
  const Target &v2 = *findTarget("x86-64-v2");
  const Target &v4 = *findTarget("x86-64-v4");
  EXPECT_LT(getArenaBytes(v2), getArenaBytes(v4));
  EXPECT_EQ(getArenaBytes(v4), getArenaBytes(*findTarget("x86-64")));
}

/// Multiply-adds in the text of the kernel of `op` by `plan`.
static int64_t countMultiplyAdds(nn::ConvOp op, const Target &target,
                                 const KernelPlan &plan) {
  OpBuilder builder(op.getContext());
  OwningOpRef<ModuleOp> scratch = ModuleOp::create(op.getLoc());
  builder.setInsertionPointToEnd(scratch->getBody());
  auto buffer = [&](int64_t elements) -> Type {
    return MemRefType::get(elements, builder.getF32Type());
  };
  auto function = func::FuncOp::create(
      builder, op.getLoc(), "kernel",
      builder.getFunctionType({buffer(op.getInput().getType().getNumElements()),
                               buffer(op.getType().getNumElements()),
                               buffer(plan.scratchElements)},
                              {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  ConstantPool constants(*scratch, target);
  KernelBuilder kernel(builder, target.machines.front(), constants);
  kernel.setLocation(op.getLoc());
  kernel.buffers[op.getInput()] = function.getArgument(0);
  kernel.buffers[op.getOutput()] = function.getArgument(1);
  kernel.scratch[op] = function.getArgument(2);
  getLowerings().find(op)->lower(kernel, op, plan);
  int64_t count = 0;
  function.walk([&](math::FmaOp) { ++count; });
  return count;
}

// A lowering emits what its plan says, also where it would be planned
// otherwise.
TEST_F(KernelPlanTest, LoweringsDecideNothing) {
  const Target &target = *findTarget("x86-64-v3");
  auto conv = cast<nn::ConvOp>(function.getBody().front().front());
  KernelPlan plan =
      getLowerings().find(conv)->plan(target, target.machines.front(), conv);
  ASSERT_EQ(plan.products.size(), 1u);
  ASSERT_EQ(plan.columnsOverWidth, 0);
  MatrixTile &tile = plan.products.front();
  EXPECT_GT(tile.rows * tile.vectors, 2);
  tile.rows = 4;
  tile.vectors = 2;
  // 64 positions are 16 tiles.
  EXPECT_EQ(countMultiplyAdds(conv, target, plan), 8);
  tile.rows = 1;
  tile.vectors = 1;
  // A block of 8 channels, and one of 4.
  EXPECT_EQ(countMultiplyAdds(conv, target, plan), 2);
}

// Indices, pointers and the description of the model follow the data layout.
TEST_F(KernelPlanTest, LayoutsAreTheTargets) {
  Target narrow = *findTarget("x86-64-v2");
  narrow.layout = {/*indexBits=*/32, /*pointerBytes=*/4, /*alignment=*/16};
  std::string code = lower(narrow, Stage::LLVM);
  EXPECT_NE(code.find("llvm.mlir.constant(96 : i32)"), std::string::npos);
  EXPECT_NE(code.find("getelementptr"), std::string::npos);
  EXPECT_EQ(lower(*findTarget("x86-64-v2"), Stage::LLVM)
                .find("llvm.mlir.constant(96 : i32)"),
            std::string::npos);
}

// Every target can be found by its name, and has a machine that runs
// everywhere.
TEST(TargetTest, TablesAreConsistent) {
  for (const Target &target : getTargets()) {
    EXPECT_EQ(findTarget(target.name), &target);
    ASSERT_FALSE(target.machines.empty());
    for (const Machine &machine : target.machines) {
      EXPECT_TRUE(llvm::isPowerOf2_64(machine.lanes));
      EXPECT_GE(machine.registers, 8);
      EXPECT_LE(machine.lanes, target.getWidestLanes());
      EXPECT_EQ(target.padColumns(target.getWidestLanes()),
                target.getWidestLanes());
    }
  }
  EXPECT_EQ(findTarget("pdp-11"), nullptr);
}
