//===- Passes.td - Passes from nn to nn --------------------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TRANSFORMS_PASSES_TD
#define FRIEZE_COMPILER_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def DropInferenceNoOpsPass : Pass<"nn-drop-inference-no-ops"> {
  let summary = "Remove layers that do nothing at inference";
  let description = [{
    Replaces each dropout (which stands for noise layers too), each `linear`
    activation and each padding by nothing with its input.

    ```mlir
    %0 = nn.dropout %x rate = 0.1 : tensor<1x4xf32>
    %1 = nn.dense %0 kernel(...) : tensor<1x4xf32> -> tensor<1x2xf32>
    ```
    ==>
    ```mlir
    %0 = nn.dense %x kernel(...) : tensor<1x4xf32> -> tensor<1x2xf32>
    ```
  }];
  let statistics = [Statistic<"dropped", "layers dropped", "Layers removed">];
}

def LowerBatchNormPass : Pass<"nn-lower-batch-norm"> {
  let summary = "Rewrite inference batch norm as a per-channel affine";
  let description = [{
    `scale = gamma / sqrt(variance + epsilon)` and `shift = beta - mean * scale`,
    in double (Ioffe and Szegedy, "Batch Normalization", 2015, algorithm 2).
    Variance plus epsilon must be positive, and every parameter finite.

    ```mlir
    %0 = nn.batch_norm %x axis = 1 gamma(dense<4.0>...) beta(dense<1.0>...)
           mean(dense<0.5>...) variance(dense<3.0>...) epsilon = 1.0 : tensor<1x2xf32>
    ```
    ==>
    ```mlir
    %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>)
           shift(dense<0.0> : tensor<2xf64>) : tensor<1x2xf32>
    ```
  }];
  let statistics = [Statistic<"lowered", "batch norms lowered",
                              "Batch norms rewritten as affines">];
}

def FoldAffineBackwardPass : Pass<"nn-fold-affine-backward"> {
  let summary = "Fold an affine into the weights of the layer before it";
  let description = [{
    `s * (w x + b) + t = (s w) x + (s b + t)`: an affine over the output channels
    of a conv (of any groups) or dense moves into kernel and bias. It does not
    where something non-linear lies between or the raw result has another use.
    Products are kept in double; see `nn-round-parameters`.

    ```mlir
    %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) bias(dense<1.0> : tensor<4xf32>)
           : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
    %1 = nn.affine %0 axis = 2 scale(dense<2.0> : tensor<4xf64>)
           shift(dense<0.5> : tensor<4xf64>) : tensor<1x8x4xf32>
    ```
    ==>
    ```mlir
    %0 = nn.conv %x kernel(dense<2.0> : tensor<2x1x4xf64>) bias(dense<2.5> : tensor<4xf64>)
           : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
    ```
  }];
  let statistics = [Statistic<"folded", "affines folded",
                              "Affines folded into the layer before">];
}

def FuseActivationPass : Pass<"nn-fuse-activation"> {
  let summary = "Move an activation into the epilogue of its producer";
  let description = [{
    The activation then runs on results still in registers. It stays where the
    raw result has another use.

    ```mlir
    %0 = nn.dense %x kernel(...) : tensor<1x4xf32> -> tensor<1x2xf32>
    %1 = nn.activation relu %0 : tensor<1x2xf32>
    ```
    ==>
    ```mlir
    %0 = nn.dense %x kernel(...) epilogue(relu) : tensor<1x4xf32> -> tensor<1x2xf32>
    ```
  }];
  let statistics = [Statistic<"fused", "activations fused",
                              "Activations moved into an epilogue">];
}

def SplitSumsPass : Pass<"nn-split-sums"> {
  let summary = "Choose the number of partial sums of each dense layer";
  let description = [{
    One chain of dependent additions leaves most of a machine idle when a layer
    has a single row per sample. The split is part of the meaning in f32
    (`chains` of `nn.dense`), so it is chosen here, once for all targets, from
    the shape of one sample: 32 chains for a single output (which then
    vectorises over its inputs), 4 for a single row, 1 for several rows.

    ```mlir
    %0 = nn.dense %x kernel(dense<1.0> : tensor<64x8xf32>) : tensor<1x64xf32> -> tensor<1x8xf32>
    ```
    ==>
    ```mlir
    %0 = nn.dense %x kernel(dense<1.0> : tensor<64x8xf32>) chains = 4 : tensor<1x64xf32> -> tensor<1x8xf32>
    ```
  }];
  let statistics = [Statistic<"split", "sums split",
                              "Dense layers with more than one chain">];
}

def RoundParametersPass : Pass<"nn-round-parameters"> {
  let summary = "Round parameters to the element type of the graph";
  let description = [{
    Folds keep their products in double; this pass rounds each once, last. A
    parameter that is not finite after rounding is an error.

    ```mlir
    %0 = nn.affine %x axis = 1 scale(dense<0.1> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x2xf32>
    ```
    ==>
    ```mlir
    %0 = nn.affine %x axis = 1 scale(dense<0.1> : tensor<2xf32>) shift(dense<0.0> : tensor<2xf32>) : tensor<1x2xf32>
    ```
  }];
  let statistics = [Statistic<"rounded", "parameters rounded",
                              "Parameters rounded to the element type">];
}

#endif // FRIEZE_COMPILER_TRANSFORMS_PASSES_TD
