//===- Passes.td - Passes from nn to loops -----------------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PASSES_TD
#define FRIEZE_COMPILER_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ChooseCallsPass : Pass<"nn-choose-calls", "::mlir::ModuleOp"> {
  let summary = "Choose what a call of a device's kernels computes";
  let description = [{
    Calls of a kernel run at once, so that none remembers what another computed.
    For a stream this pass makes of `@model` a function `@stream_call` for a block of
    windows that is given all of their samples: as `nn-share-windows` does, but with
    each row that the windows of the block share computed in the call. It replaces
    `@stream_window` and `@stream_block`; the attribute `nn.hop` of `@model` keeps
    the hop.

    Layers that read a weight for one multiply-add of a sample, dense or recurrent,
    compute several samples as a batch. Where most multiply-adds are in such layers,
    a function `@model_call` takes eight samples, or as many fewer as leave the
    memory of a multiprocessor to four groups. It begins with a copy of its inputs,
    which layers read more than once. Where that does not fit, recurrent layers
    read sequences where they are, and others are left alone.

    A block is doubled as long as that saves a tenth of the multiply-adds of a
    window, where those on values that do not fit the memory of a group count one
    and a half times. Where windows share too little, there is no such function, and
    `@model` computes a window.

    With `target=cuda`:

    ```mlir
    func.func @model(%x: tensor<1x8x1xf32>) -> tensor<1x14xf32> {
      %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x2xf32>) : tensor<1x8x1xf32> -> tensor<1x7x2xf32>
      %1 = nn.reshape %0 : tensor<1x7x2xf32> -> tensor<1x14xf32>
      return %1 : tensor<1x14xf32>
    }
    func.func @stream_window(%x: tensor<1x4x1xf32>) -> tensor<1x14xf32> {
      %0 = nn.history %x timeline = 0 rows = [-4, 4] : tensor<1x4x1xf32> -> tensor<1x8x1xf32>
      %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x1x2xf32>) : tensor<1x8x1xf32> -> tensor<1x7x2xf32>
      %2 = nn.reshape %1 : tensor<1x7x2xf32> -> tensor<1x14xf32>
      return %2 : tensor<1x14xf32>
    }
    ```
    ==>
    ```mlir
    func.func @model(%x: tensor<1x8x1xf32>) -> tensor<1x14xf32> attributes {nn.hop = 4 : i64} {
      %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x2xf32>) : tensor<1x8x1xf32> -> tensor<1x7x2xf32>
      %1 = nn.reshape %0 : tensor<1x7x2xf32> -> tensor<1x14xf32>
      return %1 : tensor<1x14xf32>
    }
    func.func @stream_call(%x: tensor<1x68x1xf32>) -> tensor<16x14xf32> {
      %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x2xf32>) : tensor<1x68x1xf32> -> tensor<1x67x2xf32>
      %1 = nn.windows %0 length = 7 dilation = 1 stride = 4 : tensor<1x67x2xf32> -> tensor<16x7x2xf32>
      %2 = nn.reshape %1 : tensor<16x7x2xf32> -> tensor<16x14xf32>
      return %2 : tensor<16x14xf32>
    }
    ```
  }];
  let options = [
    Option<"target", "target", "const ::frieze::Target *",
           /*default=*/"::frieze::findTarget(\"cuda\")",
           "Device to choose for, as in --target of frieze-compile">];
  let dependentDialects = ["::frieze::nn::NNDialect"];
}

def SeparateSamplesPass : Pass<"nn-separate-samples", "::mlir::ModuleOp"> {
  let summary = "Compute the samples of a batch one after the other";
  let description = [{
    Where `@model` takes several samples and no layer mixes them, it becomes a
    function of one, and the attribute `nn.calls_per_run` tells how many calls
    make a run. The values of a sample then stay in the caches, and a batch needs
    the arena of one sample.

    Where most multiply-adds are of dense layers with one row a sample, which
    read each weight once, a call keeps as many samples as have their values in
    an arena of the target's limit, so that the layers are products of as many
    rows.

    Which elements a result is made from, and in what order, stays the same. Where
    the attribute is there, the choice is made already.

    ```mlir
    func.func @model(%x: tensor<2x8x1xf32>) -> tensor<2x7x4xf32> {
      %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) : tensor<2x8x1xf32> -> tensor<2x7x4xf32>
      return %0 : tensor<2x7x4xf32>
    }
    ```
    ==>
    ```mlir
    func.func @model(%x: tensor<1x8x1xf32>) -> tensor<1x7x4xf32> attributes {nn.calls_per_run = 2 : i64} {
      %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) : tensor<1x8x1xf32> -> tensor<1x7x4xf32>
      return %0 : tensor<1x7x4xf32>
    }
    ```
  }];
  let options = [
    Option<"target", "target", "const ::frieze::Target *",
           /*default=*/"&::frieze::getTargets().front()",
           "Target to choose for, as in --target of frieze-compile">];
  let dependentDialects = ["::frieze::nn::NNDialect"];
}

def NNToLoopsPass : Pass<"nn-to-loops", "::mlir::ModuleOp"> {
  let summary = "Lower nn ops to loops over vectors";
  let description = [{
    Replaces `@model` by one function for each machine of the target,
    `@<name>_<machine>(inputs..., outputs..., arena)`, on flat buffers. How each
    op is computed on each machine is planned first, once (`print-plan`); then
    each becomes loops over vectors. A loop whose iterations are independent is
    an `scf.forall`, one in order an `scf.for`. Parameters are packed into
    constants, which the machines share, and intermediate values get their place
    in the arena. The module attribute `nn.interface` keeps what callers need to
    know.

    Where the model has dense layers of one row whose weights do not fit the
    first-level cache, and a machine gains from it, each function takes a number
    of calls as its first argument, up to what that machine takes together
    (fewer, if their arena would exceed the target's limit), and buffers that
    hold the elements of one call after the other. For that many calls, such
    layers are one product of as many rows, which reads the weights less often;
    all else runs for one call after the other. The order of every sum stays that
    of the op.

    With `target=x86-64-v3`:

    ```mlir
    func.func @model(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
      %0 = nn.activation relu %x : tensor<1x8xf32>
      return %0 : tensor<1x8xf32>
    }
    ```
    ==>
    ```mlir
    module attributes {nn.interface = #nn.interface<
        name = "model", target = "x86-64-v3", macs = 0, weights_bytes = 0,
        arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
        inputs = [<"input0" : tensor<1x8xf32>>], outputs = [<"output0" : tensor<1x8xf32>>],
        variants = [@model_x86_64_v3]>} {
      func.func private @model_x86_64_v3(
          %x: memref<8xf32> {llvm.noalias}, %y: memref<8xf32> {llvm.noalias}, %arena: memref<0xi8> {llvm.noalias})
          attributes {passthrough = [
              ["target-cpu", "x86-64-v3"], ["prefer-vector-width", "256"], ["min-legal-vector-width", "256"],
              "no-builtins", "nounwind"]} {
        %zero = arith.constant dense<0.0> : vector<8xf32>
        %c0 = arith.constant 0 : index
        %0 = vector.load %x[%c0] : memref<8xf32>, vector<8xf32>
        %1 = arith.cmpf ogt, %zero, %0 : vector<8xf32>
        %2 = arith.select %1, %zero, %0 : vector<8xi1>, vector<8xf32>
        vector.store %2, %y[%c0] : memref<8xf32>, vector<8xf32>
        return
      }
    }
    ```
  }];
  let options = [
    Option<"name", "name", "std::string", /*default=*/"\"model\"",
           "Prefix of every symbol">,
    Option<"target", "target", "const ::frieze::Target *",
           /*default=*/"&::frieze::getTargets().front()",
           "Target to lower for, as in --target of frieze-compile">,
    Option<"printPlan", "print-plan", "bool", /*default=*/"false",
           "Print how each kernel is computed on each machine">,
    Option<"freesWeights", "frees-weights", "bool", /*default=*/"false",
           "Free the data of parameters that are packed; nothing else in the "
           "context names them">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::DLTIDialect",
    "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
  let statistics = [Statistic<"kernels", "kernels emitted",
                              "nn ops lowered, once for each machine">];
}

#endif // FRIEZE_COMPILER_CONVERSION_PASSES_TD
