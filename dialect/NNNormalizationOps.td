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
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis) { return axis != int64_t(getAxis()); }
    bool canPermuteAxes(::llvm::ArrayRef<int64_t>) { return true; }
    void permuteAxes(::llvm::ArrayRef<int64_t> permutation);
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
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis) { return axis != int64_t(getAxis()); }
    bool canPermuteAxes(::llvm::ArrayRef<int64_t>) { return true; }
    void permuteAxes(::llvm::ArrayRef<int64_t> permutation);
  }];
}

def NN_NormalizeOp : NN_InferredOp<"normalize", [NN_EpilogueOpInterface]> {
  let summary = "normalisation by the statistics of the input itself";
  let description = [{
    Of all elements that differ in the axes `axes` only, n of them, with mean m
    and variance v (the mean of `(x - m)^2`), y is the epilogue of

    | kind | y |
    |---|---|
    | `standard` | `(x - m) / sqrt(v + epsilon)` |
    | `deviation` | `x / sqrt(v + epsilon)` |
    | `rms` | `x / sqrt(mean of x^2 + epsilon)` |
    | `l2` | `x / max(sqrt(sum of x^2), epsilon)` |

    Layer, group and instance normalisation are of this kind, with an affine
    behind them. (Ba et al., "Layer Normalization", 2016; Zhang and Sennrich,
    "Root Mean Square Layer Normalization", 2019.)

    In f32 sums have the order of `nn.reduce`, and squares are added by fused
    multiply-add; means are sums times `1 / n`, rounded to f32. Then elements
    (less m) are multiplied by the reciprocal of the root, which is one division.

    Example:

    ```mlir
    %y = nn.normalize standard %x axes = [2] epsilon = 1.0e-3 : tensor<1x9x4xf32>
    ```

    Constraints:
    - (C1) `axes` are different axes of the input, in ascending order, and at
      least one.
    - (C2) `epsilon` is finite and not negative.
  }];
  let arguments = (ins NN_NormalizeKindAttr:$kind, NN_Tensor:$input,
      DenseI64ArrayAttr:$axes, F64Attr:$epsilon,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $kind $input `axes` `=` $axes `epsilon` `=` $epsilon
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` custom<SameType>(type($input), type($output))
  }];
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis);
    bool canPermuteAxes(::llvm::ArrayRef<int64_t>) { return true; }
    void permuteAxes(::llvm::ArrayRef<int64_t> permutation);
  }];
}

#endif // FRIEZE_DIALECT_NNNORMALIZATIONOPS_TD
