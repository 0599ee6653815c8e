//===- NNNormalizationOps.td - Normalisations --------------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNNORMALIZATIONOPS_TD
#define FRIEZE_DIALECT_NNNORMALIZATIONOPS_TD

include "dialect/NNOpBase.td"

def NN_BatchNormOp : NN_InferredOp<"batch_norm"> {
  let summary = "batch normalisation with the statistics of training";
  let description = [{
    `y = gamma * (x - mean) / sqrt(variance + epsilon) + beta`, each parameter
    with one entry per channel, that is, per position of axis `axis`; `gamma` is
    1 and `beta` 0 where left out. (Ioffe and Szegedy, "Batch Normalization",
    2015, inference form.)

    Example:

    ```mlir
    %y = nn.batch_norm %x axis = 2 gamma(dense<1.0> : tensor<4xf32>) beta(dense<0.0> : tensor<4xf32>)
           mean(dense<0.5> : tensor<4xf32>) variance(dense<2.0> : tensor<4xf32>)
           epsilon = 1.0e-3 : tensor<1x9x4xf32>
    ```

    Constraints:
    - (C1) `axis` is an axis of the input.
    - (C2) each parameter has one entry per channel.
  }];
  let arguments = (ins NN_Tensor:$input, I64Attr:$axis,
      OptionalAttr<NN_Weights>:$gamma, OptionalAttr<NN_Weights>:$beta,
      NN_Weights:$mean, NN_Weights:$variance, F64Attr:$epsilon);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `axis` `=` $axis (`gamma` `(` $gamma^ `)`)? (`beta` `(` $beta^ `)`)?
    `mean` `(` $mean `)` `variance` `(` $variance `)` `epsilon` `=` $epsilon
    attr-dict `:` custom<SameType>(type($input), type($output))
  }];
}

def NN_AffineOp : NN_InferredOp<"affine"> {
  let summary = "per-channel scale and shift";
  let description = [{
    `y = scale * x + shift`, with one scale and shift per position of axis
    `axis`. In f32: one fused multiply-add.

    Example:

    ```mlir
    %y = nn.affine %x axis = 2 scale(dense<2.0> : tensor<4xf64>) shift(dense<0.5> : tensor<4xf64>)
           : tensor<1x9x4xf32>
    ```

    Constraints:
    - (C1) `axis` is an axis of the input.
    - (C2) scale and shift have one entry per channel.
  }];
  let arguments = (ins NN_Tensor:$input, I64Attr:$axis, NN_Weights:$scale,
      NN_Weights:$shift);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `axis` `=` $axis `scale` `(` $scale `)` `shift` `(` $shift `)`
    attr-dict `:` custom<SameType>(type($input), type($output))
  }];
}

#endif // FRIEZE_DIALECT_NNNORMALIZATIONOPS_TD
