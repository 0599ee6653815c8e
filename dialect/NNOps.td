//===- NNOps.td - Operations of the nn dialect -------------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNOPS_TD
#define FRIEZE_DIALECT_NNOPS_TD

include "dialect/NNAttrs.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

//===----------------------------------------------------------------------===//
// Shared constraints
//===----------------------------------------------------------------------===//

def NN_Tensor : ConfinedType<StaticShapeTensorOf<[F32, F64]>,
    [CPred<"::frieze::nn::hasSupportedShape("
           "::llvm::cast<::mlir::ShapedType>($_self))">],
    "statically shaped f32 or f64 tensor of 1 to 2^28 elements",
    "::mlir::RankedTensorType">;

class NN_TensorOfRank<list<int> ranks> : ConfinedType<NN_Tensor,
    [HasAnyRankOfPred<ranks>],
    "statically shaped f32 or f64 tensor of rank " # !interleave(ranks, " or "),
    "::mlir::RankedTensorType">;

def NN_Weights : ConfinedAttr<ElementsAttr, [AttrConstraint<
    CPred<"::llvm::isa<::mlir::Float32Type, ::mlir::Float64Type>("
          "::llvm::cast<::mlir::ElementsAttr>($_self).getElementType())">,
    "with f32 or f64 elements">]>;

def NN_EpilogueStage : AnyAttrOf<[NN_ActivationAttr, NN_AffineStageAttr, NN_PoolStageAttr],
    "stage of an epilogue">;
def NN_Epilogue : TypedArrayAttrBase<NN_EpilogueStage, "epilogue stages">;

def NN_EpilogueOpInterface : OpInterface<"EpilogueOpInterface"> {
  let cppNamespace = "::frieze::nn";
  let description = [{
    A kernel whose results pass through the stages of its epilogue while they are
    still in registers: activations, affines along an axis of the result, and, for
    conv only, one pooling. The stages apply in the order in which they stand.
  }];
  let methods = [
    InterfaceMethod<"The stages, or null.", "::mlir::ArrayAttr", "getEpilogueAttr">,
    InterfaceMethod<"Replaces the stages.", "void", "setEpilogueAttr",
                    (ins "::mlir::ArrayAttr":$stages)>];
  let extraClassDeclaration = [{
    /// Adds a stage after the last.
    void appendEpilogueStage(::mlir::Attribute stage);
  }];
  let extraSharedClassDeclaration = [{
    /// The stages, none where there is no epilogue.
    ::llvm::ArrayRef<::mlir::Attribute> getEpilogueStages() {
      ::mlir::ArrayAttr stages = $_op.getEpilogueAttr();
      return stages ? stages.getValue() : ::llvm::ArrayRef<::mlir::Attribute>();
    }
  }];
}

class NN_Op<string mnemonic, list<Trait> traits = []>
    : Op<NN_Dialect, mnemonic, !listconcat([Pure], traits)>;

/// An op whose result type follows from its operands and attributes. The
/// constraints C1... of its description are checked there, which the verifier
/// calls too.
class NN_InferredOp<string mnemonic, list<Trait> traits = []>
    : NN_Op<mnemonic, !listconcat([InferTypeOpAdaptor], traits)>;

//===----------------------------------------------------------------------===//
// Layers with weights
//===----------------------------------------------------------------------===//

def NN_ConvOp : NN_InferredOp<"conv", [NN_EpilogueOpInterface]> {
  let summary = "1-D or 2-D convolution (cross-correlation) with an epilogue";
  let description = [{
    `y[n, o, f] = epilogue(bias[f] + sum over k, c of
                  x[n, o * stride + k * dilation - padding, g * C/G + c] * kernel[k, c, f])`
    where `o` and `k` run over one or two spatial axes, `g = f / (F/G)` is the
    group of output channel `f`, and `x` is zero outside its bounds, or
    `border[c]` where given. A pooling in the epilogue changes the spatial
    sizes.

    Input `(N, spatial..., C)`, kernel `(window..., C/groups, F)`, bias `(F)`,
    result `(N, spatial'..., F)`. `padding` lists low and high of each spatial
    axis in turn. A depthwise convolution has `groups = C`.

    In f32 the sum starts from the bias and takes its terms in the order of the
    kernel's memory (window axes, then channel) by fused multiply-add; padding
    takes part as zeros.

    With `winograd = [m, ...]`, one entry per spatial axis, results are computed
    in tiles of so many by minimal filtering F(m, window) along each axis (see
    dialect/Winograd.h): the input's transform runs along the height first, then
    along the width, that of the products along the width first. A product's sum
    takes the channels in order by fused multiply-add, in blocks of 64 that are
    then added in order; the first block at the point 1 (of both axes) starts
    from the bias, every other from zero. The transformed kernel is computed in
    double and rounded once.

    Example:

    ```mlir
    %y = nn.conv %x kernel(dense<0.5> : tensor<2x1x4xf32>) bias(dense<0.0> : tensor<4xf32>)
           strides = [2] epilogue(relu) : tensor<1x9x1xf32> -> tensor<1x4x4xf32>
    ```

    Constraints:
    - (C1) the kernel has the rank of the input.
    - (C2) `strides` and `dilations` have one positive entry per spatial axis,
      and `padding` two that are not negative.
    - (C3) `groups` is positive and divides input and output channels.
    - (C4) the kernel's channels are the input's, divided by `groups`.
    - (C5) the bias has one entry per output channel.
    - (C6) the dilated window fits into the padded input.
    - (C7) `border` has one entry per input channel.
    - (C8) the epilogue has at most one pooling, whose window fits, and its
      affines have one entry per channel.
    - (C9) `winograd` has one entry per spatial axis, each 1 for a window of 1,
      2 for 2, 2 or 4 for 3; strides, dilations and groups are 1; a tile fits
      into the result and holds whole windows of a pooling.
  }];
  let arguments = (ins NN_TensorOfRank<[3, 4]>:$input, NN_Weights:$kernel,
      OptionalAttr<NN_Weights>:$bias,
      OptionalAttr<DenseI64ArrayAttr>:$strides,
      OptionalAttr<DenseI64ArrayAttr>:$padding,
      OptionalAttr<NN_Weights>:$border,
      OptionalAttr<DenseI64ArrayAttr>:$dilations,
      DefaultValuedAttr<I64Attr, "1">:$groups,
      OptionalAttr<DenseI64ArrayAttr>:$winograd,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_TensorOfRank<[3, 4]>:$output);
  let assemblyFormat = [{
    $input `kernel` `(` $kernel `)` (`bias` `(` $bias^ `)`)?
    (`strides` `=` $strides^)? (`padding` `=` $padding^)?
    (`border` `(` $border^ `)`)? (`dilations` `=` $dilations^)? (`groups` `=` $groups^)?
    (`winograd` `=` $winograd^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    /// Type of the convolution itself, before a pooling in the epilogue.
    ::mlir::RankedTensorType getConvType();
    /// Number of spatial axes: 1 or 2.
    int64_t getSpatialRank() { return getInput().getType().getRank() - 2; }
    /// One entry per spatial axis (padding: low and high of each in turn).
    ::llvm::SmallVector<int64_t> getStrideValues();
    ::llvm::SmallVector<int64_t> getPaddingValues();
    ::llvm::SmallVector<int64_t> getDilationValues();
    /// Whether minimal filtering with `outputs` results in a tile, one entry
    /// per spatial axis, can compute this op (C9).
    bool allowsWinograd(::llvm::ArrayRef<int64_t> outputs);
  }];
  let hasVerifier = 1;
}

def NN_DenseOp : NN_InferredOp<"dense", [NN_EpilogueOpInterface]> {
  let summary = "fully connected layer over the last axis, with an epilogue";
  let description = [{
    `y[..., f] = epilogue(bias[f] + sum over k of x[..., k] * kernel[k, f])`

    Input `(N, ..., K)`, kernel `(K, F)`, bias `(F)`, result `(N, ..., F)`.

    In f32 the sum is split into `chains` partial sums: chain c takes the terms
    with k = c modulo `chains`, in order, by fused multiply-add. Chain 0 starts
    from the bias, the others from zero. Neighbours are then added pairwise until
    one is left: `(c0 + c1) + (c2 + c3)` for four.

    Example:

    ```mlir
    %y = nn.dense %x kernel(dense<0.5> : tensor<8x2xf32>) bias(dense<0.0> : tensor<2xf32>)
           chains = 4 epilogue(sigmoid) : tensor<1x8xf32> -> tensor<1x2xf32>
    ```

    Constraints:
    - (C1) the kernel has rank 2 and as many rows as the input's last axis is long.
    - (C2) the bias has one entry per column of the kernel.
    - (C3) `chains` is a power of two from 1 to 64.
  }];
  let arguments = (ins NN_Tensor:$input, NN_Weights:$kernel,
      OptionalAttr<NN_Weights>:$bias,
      DefaultValuedAttr<I64Attr, "1">:$chains,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `kernel` `(` $kernel `)` (`bias` `(` $bias^ `)`)?
    (`chains` `=` $chains^)? (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
}

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

//===----------------------------------------------------------------------===//
// Pointwise layers
//===----------------------------------------------------------------------===//

def NN_ActivationOp : NN_InferredOp<"activation"> {
  let summary = "a pointwise function";
  let description = [{
    `y = f(x)` for each element; see `#nn.activation` for the functions.

    Example:

    ```mlir
    %y = nn.activation leaky_relu(0.3) %x : tensor<1x9x4xf32>
    ```

    Constraints: none beyond the types.
  }];
  let arguments = (ins NN_Tensor:$input, NN_ActivationAttr:$function);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    custom<Function>($function) $input attr-dict
    `:` custom<SameType>(type($input), type($output))
  }];
}

def NN_AddOp : NN_InferredOp<"add", [Commutative, NN_EpilogueOpInterface]> {
  let summary = "elementwise sum of two tensors";
  let description = [{
    `z = epilogue(x + y)`

    Example:

    ```mlir
    %z = nn.add %x, %y : tensor<1x9x4xf32>
    ```

    Constraints:
    - (C1) both operands have the same type.
  }];
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` custom<SameTypes>(type($lhs), type($rhs), type($output))
  }];
}

def NN_DropoutOp : NN_InferredOp<"dropout"> {
  let summary = "a layer that acts in training only";
  let description = [{
    `y = x` at inference. Dropout and noise layers are imported as this op, so
    that the imported IR shows every layer of the file; `rate` is informative.

    Example:

    ```mlir
    %y = nn.dropout %x rate = 0.1 : tensor<1x9x4xf32>
    ```

    Constraints: none beyond the types.
  }];
  let arguments = (ins NN_Tensor:$input, F64Attr:$rate);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `rate` `=` $rate attr-dict
    `:` custom<SameType>(type($input), type($output))
  }];
}

def NN_SoftmaxOp : NN_InferredOp<"softmax"> {
  let summary = "softmax along one axis";
  let description = [{
    `y = exp(x - m) / sum(exp(x - m))` with `m = max(x)`, maximum and sum over
    axis `axis`. In f32 the sum takes its terms in the order of the axis.

    Example:

    ```mlir
    %y = nn.softmax %x axis = 1 : tensor<1x10xf32>
    ```

    Constraints:
    - (C1) `axis` is an axis of the input and not the batch.
  }];
  let arguments = (ins NN_Tensor:$input, I64Attr:$axis);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `axis` `=` $axis attr-dict
    `:` custom<SameType>(type($input), type($output))
  }];
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

class NN_PoolOp<string mnemonic> : NN_InferredOp<mnemonic, [NN_EpilogueOpInterface]> {
  let arguments = (ins NN_TensorOfRank<[3, 4]>:$input,
      DenseI64ArrayAttr:$window, OptionalAttr<DenseI64ArrayAttr>:$strides,
      OptionalAttr<DenseI64ArrayAttr>:$padding,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_TensorOfRank<[3, 4]>:$output);
  let assemblyFormat = [{
    $input `window` `=` $window (`strides` `=` $strides^)?
    (`padding` `=` $padding^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    /// One entry per spatial axis; the window where left out.
    ::llvm::SmallVector<int64_t> getStrideValues();
    /// Low and high of each spatial axis in turn; zero where left out.
    ::llvm::SmallVector<int64_t> getPaddingValues();
  }];
}

def NN_MaxPoolOp : NN_PoolOp<"max_pool"> {
  let summary = "maximum over a sliding window";
  let description = [{
    `y[n, o, c] = max over k of x[n, o * stride + k - padding, c]`; positions in
    the padding do not take part. `strides` is `window` where left out.

    In the order of memory: NaN wins, and of two zeros the later.

    Example:

    ```mlir
    %y = nn.max_pool %x window = [2] strides = [3] : tensor<1x143x32xf32> -> tensor<1x48x32xf32>
    ```

    Constraints:
    - (C1) `window` and `strides` have one positive entry per spatial axis, and
      `padding` two that are not negative.
    - (C2) padding is smaller than the window.
    - (C3) the window fits into the padded input.
  }];
}

def NN_AvgPoolOp : NN_PoolOp<"avg_pool"> {
  let summary = "mean over a sliding window";
  let description = [{
    `y[n, o, c] = (sum over k of x[n, o * stride + k - padding, c]) * (1 / count)`
    where positions in the padding neither take part nor count. `strides` is
    `window` where left out. In f32 the sum takes its terms in the order of the
    input's memory, and `1 / count` is rounded to f32.

    Example:

    ```mlir
    %y = nn.avg_pool %x window = [2, 2] : tensor<1x28x28x6xf32> -> tensor<1x14x14x6xf32>
    ```

    Constraints:
    - (C1) `window` and `strides` have one positive entry per spatial axis, and
      `padding` two that are not negative.
    - (C2) padding is smaller than the window.
    - (C3) the window fits into the padded input.
  }];
}

def NN_GlobalPoolOp : NN_InferredOp<"global_pool", [NN_EpilogueOpInterface]> {
  let summary = "maximum or mean over all spatial axes";
  let description = [{
    `y[n, c]` is the maximum (as of `nn.max_pool`) or the mean (sum in the
    order of memory, times the rounded `1 / count`) of `x[n, :, c]`. With
    `keep_dims` the spatial axes stay, of length 1.

    Example:

    ```mlir
    %y = nn.global_pool avg %x : tensor<1x24x64xf32> -> tensor<1x64xf32>
    ```

    Constraints: none beyond the types.
  }];
  let arguments = (ins NN_PoolKindAttr:$kind, NN_TensorOfRank<[3, 4]>:$input,
      UnitAttr:$keep_dims, OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $kind $input (`keep_dims` $keep_dims^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
}

//===----------------------------------------------------------------------===//
// Sequences
//===----------------------------------------------------------------------===//

def NN_EmbeddingOp : NN_InferredOp<"embedding", [NN_EpilogueOpInterface]> {
  let summary = "rows of a table, by number";
  let description = [{
    `y[n, ..., :] = epilogue(table[trunc(x[n, ...]), :])`; a row of NaN where the
    number, truncated towards zero, is no row of the table.

    Example:

    ```mlir
    %y = nn.embedding %x table(dense<0.5> : tensor<100x16xf32>)
           : tensor<1x20xf32> -> tensor<1x20x16xf32>
    ```

    Constraints:
    - (C1) the table has rank 2.
  }];
  let arguments = (ins NN_Tensor:$input, NN_Weights:$table,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `table` `(` $table `)`
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
}

def NN_LSTMOp : NN_InferredOp<"lstm", [NN_EpilogueOpInterface]> {
  let summary = "long short-term memory, from a state of zero";
  let description = [{
    For each step t, with h and c zero before the first:
    `z = bias + x[n, t, :] kernel + h recurrent`, split into z_i, z_f, z_g, z_o;
    `c = r(z_f) * c + r(z_i) * a(z_g)` and `h = r(z_o) * a(c)`, where `a` is
    `activation` and `r` is `recurrent_activation` (Hochreiter and Schmidhuber,
    1997; Gers et al., 2000). The result is epilogue(h) of every step with
    `sequences`, else of the last. With `backwards` the steps run from the last to
    the first (and results stand in that order).

    Input `(N, T, C)`, kernel `(C, 4H)`, recurrent `(H, 4H)`, bias `(4H)`, result
    `(N, T, H)` or `(N, H)`.

    In f32 each entry of z starts from the bias and takes the terms of the
    kernel, then those of the recurrent kernel, in order, by fused multiply-add.
    With `tanh` and `sigmoid`, c and h are then one division each, of products of
    the numerators and denominators of these functions; with others `c` is one
    fused multiply-add, `fma(r(z_f), c, r(z_i) * a(z_g))`. Both are spelled in
    `updateCell` of `dialect/ElementaryFunctions.h`.

    Example:

    ```mlir
    %y = nn.lstm %x kernel(dense<0.1> : tensor<8x128xf32>) recurrent(dense<0.1> : tensor<32x128xf32>)
           bias(dense<0.0> : tensor<128xf32>) activation(tanh) recurrent_activation(sigmoid)
           : tensor<1x60x8xf32> -> tensor<1x32xf32>
    ```

    Constraints:
    - (C1) the input has rank 3, and at least one step.
    - (C2) the recurrent kernel has four times as many columns as rows.
    - (C3) the kernel has a row per input channel and the recurrent kernel's columns.
    - (C4) the bias has one entry per column.
  }];
  let arguments = (ins NN_TensorOfRank<[3]>:$input, NN_Weights:$kernel,
      NN_Weights:$recurrent, OptionalAttr<NN_Weights>:$bias,
      NN_ActivationAttr:$activation, NN_ActivationAttr:$recurrent_activation,
      UnitAttr:$sequences, UnitAttr:$backwards,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_TensorOfRank<[2, 3]>:$output);
  let assemblyFormat = [{
    $input `kernel` `(` $kernel `)` `recurrent` `(` $recurrent `)`
    (`bias` `(` $bias^ `)`)? `activation` `(` custom<Function>($activation) `)`
    `recurrent_activation` `(` custom<Function>($recurrent_activation) `)`
    (`sequences` $sequences^)? (`backwards` $backwards^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
}

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

def NN_ConcatOp : NN_InferredOp<"concat", [NN_EpilogueOpInterface]> {
  let summary = "tensors one after the other along an axis";
  let description = [{
    `y = epilogue(x_0, x_1, ... along axis)`

    Example:

    ```mlir
    %y = nn.concat %a, %b axis = 2 : tensor<1x9x4xf32>, tensor<1x9x2xf32> -> tensor<1x9x6xf32>
    ```

    Constraints:
    - (C1) there is an operand, and `axis` is an axis of it and not the batch.
    - (C2) the operands differ in size along `axis` only.
  }];
  let arguments = (ins Variadic<NN_Tensor>:$inputs, I64Attr:$axis,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $inputs `axis` `=` $axis
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($inputs) `->` type($output)
  }];
}

def NN_IdentityOp : NN_InferredOp<"identity", [NN_EpilogueOpInterface]> {
  let summary = "a kernel that is nothing but its epilogue";
  let description = [{
    `y = epilogue(x)`, for stages that have no kernel before them: batch norm on
    the input of a model, or on a value that is also used as it is.

    Example:

    ```mlir
    %y = nn.identity %x epilogue(affine(1, dense<2.0> : tensor<4xf32>, dense<0.5> : tensor<4xf32>), relu)
           : tensor<1x4xf32>
    ```

    Constraints: none beyond the types.
  }];
  let arguments = (ins NN_Tensor:$input, OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` custom<SameType>(type($input), type($output))
  }];
}

def NN_PadOp : NN_InferredOp<"pad"> {
  let summary = "padding with a constant";
  let description = [{
    Surrounds the input with `value`: `low` positions before and `high` after,
    for each axis.

    Example:

    ```mlir
    %y = nn.pad %x low = [0, 1, 0] high = [0, 2, 0] value = 0.0
           : tensor<1x9x4xf32> -> tensor<1x12x4xf32>
    ```

    Constraints:
    - (C1) `low` and `high` have one entry per axis, none negative.
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$low,
      DenseI64ArrayAttr:$high, F64Attr:$value);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `low` `=` $low `high` `=` $high `value` `=` $value attr-dict
    `:` type($input) `->` type($output)
  }];
}

def NN_ReshapeOp : NN_Op<"reshape"> {
  let summary = "the same elements, in the same order, under another shape";
  let description = [{
    Flattening is a reshape to `(batch, elements)`.

    Example:

    ```mlir
    %y = nn.reshape %x : tensor<1x47x32xf32> -> tensor<1x1504xf32>
    ```

    Constraints:
    - (C1) input and result have the same number of elements and element type.
  }];
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($output)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def NN_TransposeOp : NN_InferredOp<"transpose"> {
  let summary = "permutation of axes";
  let description = [{
    Axis `i` of the result is axis `permutation[i]` of the input.

    Example:

    ```mlir
    %y = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
    ```

    Constraints:
    - (C1) `permutation` lists every axis of the input once.
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `permutation` `=` $permutation attr-dict
    `:` type($input) `->` type($output)
  }];
  let hasFolder = 1;
}

#endif // FRIEZE_DIALECT_NNOPS_TD
