//===- MemoryPlanTest.cpp - Tests of the arena's plan -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/MemoryPlan.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "dialect/NNOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace frieze;

namespace {
/// The plan of `@model` in a piece of MLIR, and its ops by number.
class MemoryPlanTest : public testing::Test {
protected:
  MemoryPlanTest() { context.loadDialect<func::FuncDialect, nn::NNDialect>(); }

  void plan(StringRef text) {
    module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module);
    function = module->lookupSymbol<func::FuncOp>("model");
    result = planMemory();
  }
  MemoryPlan planMemory(int64_t calls = 1) {
    KernelPlans kernels(getTargets().front());
    planKernels(function, kernels);
    return MemoryPlan::create(function, kernels,
                              MicroBatch(function, kernels, calls));
  }
  Operation *getOp(unsigned number) {
    return &*std::next(function.getBody().front().begin(), number);
  }
  Value getValue(unsigned number) { return getOp(number)->getResult(0); }
  bool hasSlot(unsigned number) {
    return result.values.contains(getValue(number));
  }
  ArenaSlot getSlot(unsigned number) {
    return result.values.lookup(getValue(number));
  }
  static bool overlap(ArenaSlot a, ArenaSlot b) {
    return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  func::FuncOp function;
  MemoryPlan result;
};
} // namespace

TEST_F(MemoryPlanTest, InputsAndOutputsAreTheCallers) {
  plan(R"(
    func.func @model(%x: tensor<1x16xf32>) -> tensor<1x16xf32> {
      %0 = nn.activation relu %x : tensor<1x16xf32>
      return %0 : tensor<1x16xf32>
    })");
  EXPECT_EQ(result.arenaBytes, 0);
  EXPECT_TRUE(result.values.empty());
  EXPECT_TRUE(result.scratch.empty());
  ASSERT_TRUE(result.outputs.contains(getValue(0)));
  EXPECT_EQ(result.outputs.lookup(getValue(0)), 0u);
}

TEST_F(MemoryPlanTest, SlotsAreMultiplesOfTheAlignment) {
  plan(R"(
    func.func @model(%x: tensor<1x17xf32>) -> tensor<1x17xf32> {
      %0 = nn.activation relu %x : tensor<1x17xf32>
      %1 = nn.activation tanh %0 : tensor<1x17xf32>
      return %1 : tensor<1x17xf32>
    })");
  // 17 numbers are 68 bytes.
  EXPECT_EQ(getSlot(0).bytes, 128);
  EXPECT_EQ(getSlot(0).offset % getTargets().front().layout.alignment, 0);
  EXPECT_EQ(result.arenaBytes, 128);
}

TEST_F(MemoryPlanTest, ValuesOfAChainAlternate) {
  plan(R"(
    func.func @model(%x: tensor<1x16xf32>) -> tensor<1x16xf32> {
      %0 = nn.softmax %x axis = 1 : tensor<1x16xf32>
      %1 = nn.softmax %0 axis = 1 : tensor<1x16xf32>
      %2 = nn.softmax %1 axis = 1 : tensor<1x16xf32>
      %3 = nn.softmax %2 axis = 1 : tensor<1x16xf32>
      %4 = nn.softmax %3 axis = 1 : tensor<1x16xf32>
      return %4 : tensor<1x16xf32>
    })");
  EXPECT_EQ(result.arenaBytes, 128);
  for (unsigned number = 0; number + 1 < 4; ++number)
    EXPECT_FALSE(overlap(getSlot(number), getSlot(number + 1))) << number;
  EXPECT_EQ(getSlot(0).offset, getSlot(2).offset);
}

TEST_F(MemoryPlanTest, AnElementwiseResultReplacesItsOperand) {
  plan(R"(
    func.func @model(%x: tensor<1x4x8xf32>, %s: tensor<1x1x8xf32>) -> tensor<1x32xf32> {
      %0 = nn.activation relu %x : tensor<1x4x8xf32>
      %1 = nn.activation tanh %s : tensor<1x1x8xf32>
      %2 = nn.mul %1, %0 : tensor<1x1x8xf32>, tensor<1x4x8xf32> -> tensor<1x4x8xf32>
      %3 = nn.reshape %2 : tensor<1x4x8xf32> -> tensor<1x32xf32>
      %4 = nn.activation tanh %3 : tensor<1x32xf32>
      %5 = nn.softmax %4 axis = 1 : tensor<1x32xf32>
      return %5 : tensor<1x32xf32>
    })");
  // Not the shorter operand.
  EXPECT_EQ(getSlot(2).offset, getSlot(0).offset);
  EXPECT_FALSE(overlap(getSlot(1), getSlot(0)));
  EXPECT_EQ(getSlot(4).offset, getSlot(0).offset);
  EXPECT_EQ(result.arenaBytes, 128 + 64);
}

TEST_F(MemoryPlanTest, WhatIsReadLaterIsNotReplaced) {
  plan(R"(
    func.func @model(%x: tensor<1x16xf32>) -> tensor<1x16xf32> {
      %0 = nn.softmax %x axis = 1 : tensor<1x16xf32>
      %1 = nn.activation exp %0 : tensor<1x16xf32>
      %2 = nn.softmax %1 axis = 1 : tensor<1x16xf32>
      %3 = nn.add %2, %0 : tensor<1x16xf32>
      %4 = nn.softmax %3 axis = 1 : tensor<1x16xf32>
      return %4 : tensor<1x16xf32>
    })");
  EXPECT_FALSE(overlap(getSlot(0), getSlot(1)));
  EXPECT_FALSE(overlap(getSlot(0), getSlot(2)));
  EXPECT_EQ(getSlot(3).offset, getSlot(2).offset);
}

TEST_F(MemoryPlanTest, SumsThatAreAddedAtOnceHaveNoPlace) {
  plan(R"(
    func.func @model(%x: tensor<1x16xf32>) -> tensor<1x16xf32> {
      %0 = nn.softmax %x axis = 1 : tensor<1x16xf32>
      %1 = nn.dense %0 kernel(dense<0.5> : tensor<16x16xf32>) : tensor<1x16xf32> -> tensor<1x16xf32>
      %2 = nn.softmax %x axis = 1 : tensor<1x16xf32>
      %3 = nn.add %1, %0 : tensor<1x16xf32>
      %4 = nn.softmax %3 axis = 1 : tensor<1x16xf32>
      %5 = nn.add %2, %4 : tensor<1x16xf32>
      return %5 : tensor<1x16xf32>
    })");
  EXPECT_FALSE(hasSlot(1));
  // The sum is there when the dense layer runs, and what it reads no longer
  // when the next op does.
  EXPECT_FALSE(overlap(getSlot(3), getSlot(0)));
  EXPECT_FALSE(overlap(getSlot(3), getSlot(2)));
  EXPECT_EQ(getSlot(2).offset, getSlot(0).offset);
}

TEST_F(MemoryPlanTest, ALongLifeKeepsItsPlace) {
  plan(R"(
    func.func @model(%x: tensor<1x16xf32>) -> tensor<1x16xf32> {
      %0 = nn.activation relu %x : tensor<1x16xf32>
      %1 = nn.softmax %0 axis = 1 : tensor<1x16xf32>
      %2 = nn.softmax %1 axis = 1 : tensor<1x16xf32>
      %3 = nn.add %2, %0 : tensor<1x16xf32>
      return %3 : tensor<1x16xf32>
    })");
  EXPECT_EQ(result.arenaBytes, 192);
  EXPECT_FALSE(overlap(getSlot(0), getSlot(1)));
  EXPECT_FALSE(overlap(getSlot(0), getSlot(2)));
  EXPECT_FALSE(overlap(getSlot(1), getSlot(2)));
}

TEST_F(MemoryPlanTest, AReshapeIsItsInput) {
  plan(R"(
    func.func @model(%x: tensor<1x16xf32>) -> tensor<1x16xf32> {
      %0 = nn.activation relu %x : tensor<1x16xf32>
      %1 = nn.reshape %0 : tensor<1x16xf32> -> tensor<1x4x4xf32>
      %2 = nn.reshape %1 : tensor<1x4x4xf32> -> tensor<1x2x8xf32>
      %3 = nn.activation tanh %x : tensor<1x16xf32>
      %4 = nn.reshape %2 : tensor<1x2x8xf32> -> tensor<1x16xf32>
      %5 = nn.add %3, %4 : tensor<1x16xf32>
      return %5 : tensor<1x16xf32>
    })");
  EXPECT_EQ(MemoryPlan::getStorage(getValue(2)), getValue(0));
  EXPECT_EQ(MemoryPlan::getStorage(getValue(3)), getValue(3));
  EXPECT_FALSE(hasSlot(1));
  EXPECT_FALSE(hasSlot(2));
  // The first value is read through a reshape at the end.
  EXPECT_FALSE(overlap(getSlot(0), getSlot(3)));
}

TEST_F(MemoryPlanTest, AReshapedInputIsTheInput) {
  plan(R"(
    func.func @model(%x: tensor<1x16xf32>) -> tensor<1x4x4xf32> {
      %0 = nn.reshape %x : tensor<1x16xf32> -> tensor<1x4x4xf32>
      return %0 : tensor<1x4x4xf32>
    })");
  EXPECT_EQ(MemoryPlan::getStorage(getValue(0)), function.getArgument(0));
  // It is copied to the output at the end.
  EXPECT_TRUE(result.outputs.empty());
  EXPECT_EQ(result.arenaBytes, 0);
}

TEST_F(MemoryPlanTest, AConstantHasNoMemory) {
  plan(R"(
    func.func @model(%x: tensor<1x16xf32>) -> (tensor<1x16xf32>, tensor<1x16xf32>) {
      %0 = nn.constant value(dense<1.0> : tensor<1x16xf32>) : tensor<1x16xf32>
      %1 = nn.add %x, %0 : tensor<1x16xf32>
      return %1, %0 : tensor<1x16xf32>, tensor<1x16xf32>
    })");
  EXPECT_FALSE(hasSlot(0));
  // It is copied to the output at the end.
  EXPECT_FALSE(result.outputs.contains(getValue(0)));
  EXPECT_EQ(result.arenaBytes, 0);
}

TEST_F(MemoryPlanTest, AValueIsOneOutputOnly) {
  plan(R"(
    func.func @model(%x: tensor<1x16xf32>) -> (tensor<1x16xf32>, tensor<1x4x4xf32>, tensor<1x16xf32>) {
      %0 = nn.activation relu %x : tensor<1x16xf32>
      %1 = nn.reshape %0 : tensor<1x16xf32> -> tensor<1x4x4xf32>
      %2 = nn.activation tanh %0 : tensor<1x16xf32>
      return %2, %1, %0 : tensor<1x16xf32>, tensor<1x4x4xf32>, tensor<1x16xf32>
    })");
  EXPECT_EQ(result.outputs.lookup(getValue(2)), 0u);
  EXPECT_EQ(result.outputs.lookup(getValue(0)), 1u);
  EXPECT_EQ(result.arenaBytes, 0);
}

TEST_F(MemoryPlanTest, ScratchLivesWhileItsOpRuns) {
  plan(R"(
    func.func @model(%x: tensor<1x1x8x4xf32>) -> tensor<1x1x8x4xf32> {
      %0 = nn.activation relu %x : tensor<1x1x8x4xf32>
      %1 = nn.conv %0 kernel(dense<0.5> : tensor<1x3x4x4xf32>) padding = [0, 0, 1, 1] : tensor<1x1x8x4xf32> -> tensor<1x1x8x4xf32>
      %2 = nn.conv %1 kernel(dense<0.5> : tensor<1x3x4x4xf32>) padding = [0, 0, 1, 1] : tensor<1x1x8x4xf32> -> tensor<1x1x8x4xf32>
      return %2 : tensor<1x1x8x4xf32>
    })");
  ASSERT_TRUE(result.scratch.contains(getOp(1)));
  ArenaSlot scratch = result.scratch.lookup(getOp(1));
  // 10 padded positions of 4 channels, 160 bytes.
  EXPECT_EQ(scratch.bytes, 192);
  EXPECT_FALSE(overlap(scratch, getSlot(0)));
  EXPECT_FALSE(overlap(scratch, getSlot(1)));
  // The second conv's may take its place.
  EXPECT_EQ(result.scratch.lookup(getOp(2)).offset, scratch.offset);
  EXPECT_EQ(result.arenaBytes, 192 + 128 + 128);
}

TEST_F(MemoryPlanTest, APaddedSequenceHasRoomForIt) {
  // 1 position of 12 channels before it, whole cache lines, and 2 behind it; of
  // what it replaces as well. Nothing is copied.
  plan(R"(
    func.func @model(%x: tensor<1x8x12xf32>) -> tensor<1x8x12xf32> {
      %0 = nn.softmax %x axis = 2 : tensor<1x8x12xf32>
      %1 = nn.activation exp %0 : tensor<1x8x12xf32>
      %2 = nn.conv %1 kernel(dense<0.5> : tensor<4x12x12xf32>) padding = [1, 2] : tensor<1x8x12xf32> -> tensor<1x8x12xf32>
      %3 = nn.softmax %2 axis = 2 : tensor<1x8x12xf32>
      return %3 : tensor<1x8x12xf32>
    })");
  EXPECT_EQ(result.rooms.lookup(getValue(0)).before, 48);
  EXPECT_EQ(result.rooms.lookup(getValue(1)).before, 48);
  EXPECT_EQ(result.rooms.lookup(getValue(1)).behind, 96);
  EXPECT_EQ(getSlot(0).offset, 64);
  EXPECT_EQ(getSlot(1).offset, 64);
  EXPECT_TRUE(result.scratch.empty());
  EXPECT_GE(getSlot(2).offset, 64 + 384 + 96);
  EXPECT_EQ(result.arenaBytes, 64 + 512 + 384);
}

TEST_F(MemoryPlanTest, WhatIsNoRunWithItsPaddingHasNoRoom) {
  // An input, two sequences, and an image.
  plan(R"(
    func.func @model(%x: tensor<1x8x16xf32>, %y: tensor<2x8x16xf32>, %z: tensor<1x4x4x16xf32>)
        -> (tensor<1x8x16xf32>, tensor<2x8x16xf32>, tensor<1x4x4x16xf32>) {
      %0 = nn.conv %x kernel(dense<0.5> : tensor<3x16x16xf32>) padding = [1, 1] : tensor<1x8x16xf32> -> tensor<1x8x16xf32>
      %1 = nn.softmax %y axis = 2 : tensor<2x8x16xf32>
      %2 = nn.conv %1 kernel(dense<0.5> : tensor<3x16x16xf32>) padding = [1, 1] : tensor<2x8x16xf32> -> tensor<2x8x16xf32>
      %3 = nn.softmax %z axis = 3 : tensor<1x4x4x16xf32>
      %4 = nn.conv %3 kernel(dense<0.5> : tensor<1x3x16x16xf32>) padding = [0, 0, 1, 1] : tensor<1x4x4x16xf32> -> tensor<1x4x4x16xf32>
      return %0, %2, %4 : tensor<1x8x16xf32>, tensor<2x8x16xf32>, tensor<1x4x4x16xf32>
    })");
  EXPECT_TRUE(result.rooms.empty());
  EXPECT_TRUE(result.scratch.contains(getOp(0)));
  EXPECT_TRUE(result.scratch.contains(getOp(2)));
  EXPECT_TRUE(result.scratch.contains(getOp(4)));
}

TEST_F(MemoryPlanTest, AnUnreadResultHasAPlace) {
  plan(R"(
    func.func @model(%x: tensor<1x16xf32>) -> tensor<1x16xf32> {
      %0 = nn.activation relu %x : tensor<1x16xf32>
      %1 = nn.activation tanh %0 : tensor<1x16xf32>
      %2 = nn.activation exp %0 : tensor<1x16xf32>
      return %2 : tensor<1x16xf32>
    })");
  EXPECT_FALSE(overlap(getSlot(0), getSlot(1)));
}

TEST_F(MemoryPlanTest, MicroBatchesKeepWhatCrossesASharedLayerForEachCall) {
  // Ops 1 and 2 live within a call, and 0 is read on both sides of op 3.
  plan(R"(
    func.func @model(%x: tensor<1x64xf32>) -> tensor<1x128xf32> {
      %0 = nn.activation relu %x : tensor<1x64xf32>
      %1 = nn.activation tanh %0 : tensor<1x64xf32>
      %2 = nn.activation tanh %1 : tensor<1x64xf32>
      %3 = nn.dense %2 kernel(dense<0.5> : tensor<64x128xf32>)
          : tensor<1x64xf32> -> tensor<1x128xf32>
      %4 = nn.concat %0, %0 axis = 1
          : tensor<1x64xf32>, tensor<1x64xf32> -> tensor<1x128xf32>
      %5 = nn.add %3, %4 : tensor<1x128xf32>
      return %5 : tensor<1x128xf32>
    })");
  result = planMemory(/*calls=*/8);
  EXPECT_EQ(getSlot(0).bytes, 8 * 256);
  EXPECT_EQ(getSlot(1).bytes, 256);
  EXPECT_EQ(getSlot(2).bytes, 8 * 256);
  EXPECT_EQ(getSlot(3).bytes, 8 * 512);
  EXPECT_EQ(getSlot(4).bytes, 512);
  // The next call writes 1 while the results of this one are kept.
  EXPECT_FALSE(overlap(getSlot(1), getSlot(0)));
  EXPECT_FALSE(overlap(getSlot(1), getSlot(2)));
  EXPECT_FALSE(overlap(getSlot(4), getSlot(3)));
  EXPECT_FALSE(overlap(getSlot(4), getSlot(0)));
}
