//===- NNAttrs.td - Attributes of the nn dialect -----------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNATTRS_TD
#define FRIEZE_DIALECT_NNATTRS_TD

include "dialect/NNDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def NN_ActivationKind : I32EnumAttr<"ActivationKind", "pointwise function", [
    I32EnumAttrCase<"Linear", 0, "linear">,
    I32EnumAttrCase<"Relu", 1, "relu">,
    I32EnumAttrCase<"LeakyRelu", 2, "leaky_relu">,
    I32EnumAttrCase<"Clip", 3, "clip">,
    I32EnumAttrCase<"Elu", 4, "elu">,
    I32EnumAttrCase<"Selu", 5, "selu">,
    I32EnumAttrCase<"Exp", 6, "exp">,
    I32EnumAttrCase<"Sigmoid", 7, "sigmoid">,
    I32EnumAttrCase<"HardSigmoid", 8, "hard_sigmoid">,
    I32EnumAttrCase<"Silu", 9, "silu">,
    I32EnumAttrCase<"HardSilu", 10, "hard_silu">,
    I32EnumAttrCase<"Tanh", 11, "tanh">,
    I32EnumAttrCase<"Softplus", 12, "softplus">,
    I32EnumAttrCase<"Softsign", 13, "softsign">,
    I32EnumAttrCase<"Gelu", 14, "gelu">,
    I32EnumAttrCase<"GeluTanh", 15, "gelu_tanh">,
    I32EnumAttrCase<"ThresholdedRelu", 16, "thresholded_relu">,
    I32EnumAttrCase<"Celu", 17, "celu">,
    I32EnumAttrCase<"Mish", 18, "mish">,
    I32EnumAttrCase<"Abs", 19, "abs">,
    I32EnumAttrCase<"Square", 20, "square">,
    I32EnumAttrCase<"Sqrt", 21, "sqrt">,
    I32EnumAttrCase<"Reciprocal", 22, "reciprocal">,
    I32EnumAttrCase<"Log", 23, "log">,
    I32EnumAttrCase<"Erf", 24, "erf">,
    I32EnumAttrCase<"Sign", 25, "sign">,
    I32EnumAttrCase<"Floor", 26, "floor">,
    I32EnumAttrCase<"Ceil", 27, "ceil">,
    I32EnumAttrCase<"Round", 28, "round">,
    I32EnumAttrCase<"Trunc", 29, "trunc">]> {
  let cppNamespace = "::frieze::nn";
  let genSpecializedAttr = 0;
}

def NN_PoolKind : I32EnumAttr<"PoolKind", "reduction of a pooling window", [
    I32EnumAttrCase<"Max", 0, "max">,
    I32EnumAttrCase<"Avg", 1, "avg">]> {
  let cppNamespace = "::frieze::nn";
  let genSpecializedAttr = 0;
}
def NN_PoolKindAttr : EnumAttr<NN_Dialect, NN_PoolKind, "pool_kind">;

def NN_ReduceKind : I32EnumAttr<"ReduceKind", "reduction of axes", [
    I32EnumAttrCase<"Mean", 0, "mean">,
    I32EnumAttrCase<"Sum", 1, "sum">,
    I32EnumAttrCase<"Max", 2, "max">,
    I32EnumAttrCase<"Min", 3, "min">,
    I32EnumAttrCase<"Prod", 4, "prod">]> {
  let cppNamespace = "::frieze::nn";
  let genSpecializedAttr = 0;
}
def NN_ReduceKindAttr : EnumAttr<NN_Dialect, NN_ReduceKind, "reduce_kind">;

def NN_NormalizeKind : I32EnumAttr<"NormalizeKind", "normalisation of axes", [
    I32EnumAttrCase<"Standard", 0, "standard">,
    I32EnumAttrCase<"Deviation", 1, "deviation">,
    I32EnumAttrCase<"Rms", 2, "rms">,
    I32EnumAttrCase<"L2", 3, "l2">]> {
  let cppNamespace = "::frieze::nn";
  let genSpecializedAttr = 0;
}
def NN_NormalizeKindAttr : EnumAttr<NN_Dialect, NN_NormalizeKind, "normalize_kind">;

def NN_PadMode : I32EnumAttr<"PadMode", "what padding holds", [
    I32EnumAttrCase<"Constant", 0, "constant">,
    I32EnumAttrCase<"Edge", 1, "edge">,
    I32EnumAttrCase<"Reflect", 2, "reflect">]> {
  let cppNamespace = "::frieze::nn";
  let genSpecializedAttr = 0;
}
def NN_PadModeAttr : EnumAttr<NN_Dialect, NN_PadMode, "pad_mode">;

def NN_ResizeKind : I32EnumAttr<"ResizeKind", "values between samples", [
    I32EnumAttrCase<"Nearest", 0, "nearest">,
    I32EnumAttrCase<"Linear", 1, "linear">]> {
  let cppNamespace = "::frieze::nn";
  let genSpecializedAttr = 0;
}
def NN_ResizeKindAttr : EnumAttr<NN_Dialect, NN_ResizeKind, "resize_kind">;

def NN_Coordinates : I32EnumAttr<"Coordinates", "where samples lie", [
    I32EnumAttrCase<"HalfPixel", 0, "half_pixel">,
    I32EnumAttrCase<"PytorchHalfPixel", 1, "pytorch_half_pixel">,
    I32EnumAttrCase<"Asymmetric", 2, "asymmetric">,
    I32EnumAttrCase<"AlignCorners", 3, "align_corners">]> {
  let cppNamespace = "::frieze::nn";
  let genSpecializedAttr = 0;
}
def NN_CoordinatesAttr : EnumAttr<NN_Dialect, NN_Coordinates, "coordinates">;

def NN_Rounding : I32EnumAttr<"Rounding", "which sample is the nearest", [
    I32EnumAttrCase<"Floor", 0, "floor">,
    I32EnumAttrCase<"Ceil", 1, "ceil">,
    I32EnumAttrCase<"RoundPreferFloor", 2, "round_prefer_floor">,
    I32EnumAttrCase<"RoundPreferCeil", 3, "round_prefer_ceil">]> {
  let cppNamespace = "::frieze::nn";
  let genSpecializedAttr = 0;
}
def NN_RoundingAttr : EnumAttr<NN_Dialect, NN_Rounding, "rounding">;

/// A stage of an epilogue (see the ops that have one).
def NN_ActivationAttr : AttrDef<NN_Dialect, "Activation"> {
  let mnemonic = "activation";
  let summary = "A pointwise function with its parameters";
  let description = [{
    Prints as a keyword, with its parameters (f64, rounded to the element type
    of the graph where they are used) in parentheses:

    | keyword | f(x) |
    |---|---|
    | `linear` | x |
    | `relu` | x if x > 0, else 0 |
    | `leaky_relu(a)` | x if x > 0, else a x |
    | `clip(a, b)` | min(max(x, a), b) |
    | `elu(a)` | x if x > 0, else a (exp(x) - 1) |
    | `selu` | 1.0507009873554805 elu(1.6732632423543772) |
    | `exp` | exp(x) |
    | `sigmoid` | 1 / (1 + exp(-x)) |
    | `hard_sigmoid(a, b)` | clip(a x + b, 0, 1) |
    | `silu` | x sigmoid(x) |
    | `hard_silu` | x hard_sigmoid(1/6, 1/2) |
    | `tanh` | tanh(x) |
    | `softplus` | log(1 + exp(x)) |
    | `softsign` | x / (1 + abs(x)) |
    | `gelu` | x (1 + erf(x / sqrt 2)) / 2 |
    | `gelu_tanh` | x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2 |
    | `thresholded_relu(a, b)` | x if x > b, else a (x - b) |
    | `celu(a)` | x if x > 0, else a (exp(x / a) - 1) |
    | `mish` | x tanh(log(1 + exp(x))) |
    | `abs` | abs(x) |
    | `square` | x^2 |
    | `sqrt` | sqrt(x) |
    | `reciprocal` | 1 / x |
    | `log` | log(x), the natural logarithm |
    | `erf` | erf(x) |
    | `sign` | 1 if x > 0, -1 if x < 0, else x |
    | `floor` | the largest whole number that is not above x |
    | `ceil` | the smallest whole number that is not below x |
    | `round` | the whole number nearest to x, of two the even one |
    | `trunc` | x without what follows its point |

    NaN propagates through each of them. Zeros that `sign` and the functions of
    whole numbers make have the sign of x.

    Example:

    ```mlir
    %y = nn.identity %x epilogue(leaky_relu(0.1), clip(-1.0, 1.0), exp) : tensor<1x4xf32>
    ```
  }];
  let parameters = (ins
      EnumParameter<NN_ActivationKind>:$kind,
      APFloatParameter<"first parameter, or 0">:$alphaValue,
      APFloatParameter<"second parameter, or 0">:$betaValue);
  let builders = [AttrBuilder<(ins "ActivationKind":$kind,
      CArg<"double", "0.0">:$alpha, CArg<"double", "0.0">:$beta), [{
    return $_get($_ctxt, kind, ::llvm::APFloat(alpha), ::llvm::APFloat(beta));
  }]>];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// How many of `alpha` and `beta` the kind has: 0, 1 or 2.
    static unsigned getNumParameters(ActivationKind kind);
    double getAlpha() const { return getAlphaValue().convertToDouble(); }
    double getBeta() const { return getBetaValue().convertToDouble(); }
  }];
}

def NN_AffineStageAttr : AttrDef<NN_Dialect, "AffineStage"> {
  let mnemonic = "affine_stage";
  let summary = "A per-channel scale and shift, as a stage of an epilogue";
  let description = [{
    `y = scale * x + shift` along axis `axis` (of the op's result); see
    `nn.affine`. Prints as `affine(axis, scale, shift)`.

    Example:

    ```mlir
    %y = nn.identity %x epilogue(affine(1, dense<2.0> : tensor<4xf32>, dense<0.5> : tensor<4xf32>))
           : tensor<1x4xf32>
    ```
  }];
  let genVerifyDecl = 1;
  let parameters = (ins "int64_t":$axis, "::mlir::ElementsAttr":$scale,
      "::mlir::ElementsAttr":$shift);
  let hasCustomAssemblyFormat = 1;
}

def NN_PoolStageAttr : AttrDef<NN_Dialect, "PoolStage"> {
  let mnemonic = "pool_stage";
  let summary = "A pooling without padding, as a stage of an epilogue";
  let description = [{
    See `nn.max_pool` and `nn.avg_pool`. Prints as
    `max_pool(window, strides)` or `avg_pool(window, strides)`. Values that no
    window reads are not computed.

    Example:

    ```mlir
    %y = nn.conv %x kernel(dense<0.5> : tensor<2x1x4xf32>) epilogue(relu, max_pool([2], [3]))
           : tensor<1x9x1xf32> -> tensor<1x3x4xf32>
    ```
  }];
  let parameters = (ins EnumParameter<NN_PoolKind>:$kind,
      "::mlir::DenseI64ArrayAttr":$window, "::mlir::DenseI64ArrayAttr":$strides);
  let hasCustomAssemblyFormat = 1;
}

#endif // FRIEZE_DIALECT_NNATTRS_TD
