//===- NNLinearOps.td - Convolutions and dense layers ------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNLINEAROPS_TD
#define FRIEZE_DIALECT_NNLINEAROPS_TD

include "dialect/NNOpBase.td"

def NN_ConvOp : NN_InferredOp<"conv",
    [NN_EpilogueOpInterface, NN_WindowOpInterface]> {
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
    in tiles of so many by minimal filtering (see dialect/Winograd.h), the scheme
    of that many `products` along each axis, by default the fewest, those of
    F(m, window): the input's transform runs along the height first, then along
    the width, that of the products along the width first; of a nested scheme,
    the outer one is the height. A product's sum takes the channels in order by
    fused multiply-add, in blocks of 64 that are then added in order; the first
    block at the point 1 (of both axes) starts from the bias, every other from
    zero. The transformed kernel is computed in double and rounded once. Taps
    that a scheme has beyond the window are zero, and meet padding. More taps
    than a nested scheme has are several pieces of its taps, each for the inputs
    of the next tile: a block has the channels of 64 terms, and takes them piece
    by piece. Tiles then stay where they are, and results beyond the last are
    left out.

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
      affines run along the channels, with one entry for each.
    - (C9) `winograd`, and `products` with it, have one entry per spatial axis,
      which a scheme for the window has; strides and groups are 1; a tile fits
      into the result, of which a dilation leaves every so many positions, and
      holds whole windows of a pooling, which do not overlap and have no
      dilation before them.
  }];
  let arguments = (ins NN_TensorOfRank<[3, 4]>:$input, NN_Weights:$kernel,
      OptionalAttr<NN_Weights>:$bias,
      OptionalAttr<DenseI64ArrayAttr>:$strides,
      OptionalAttr<DenseI64ArrayAttr>:$padding,
      OptionalAttr<NN_Weights>:$border,
      OptionalAttr<DenseI64ArrayAttr>:$dilations,
      DefaultValuedAttr<I64Attr, "1">:$groups,
      OptionalAttr<DenseI64ArrayAttr>:$winograd,
      OptionalAttr<DenseI64ArrayAttr>:$products,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_TensorOfRank<[3, 4]>:$output);
  let assemblyFormat = [{
    $input `kernel` `(` $kernel `)` (`bias` `(` $bias^ `)`)?
    (`strides` `=` $strides^)? (`padding` `=` $padding^)?
    (`border` `(` $border^ `)`)? (`dilations` `=` $dilations^)? (`groups` `=` $groups^)?
    (`winograd` `=` $winograd^)? (`products` `=` $products^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    /// Type of the convolution itself, before a pooling in the epilogue.
    ::mlir::RankedTensorType getConvType();
    ::llvm::SmallVector<int64_t> getWindowSizes();
    bool keepsPositionsApart(int64_t axis) { return axis == 0; }
    int64_t countMACs();
  }];
  let hasVerifier = 1;
}

def NN_ConvTransposeOp : NN_InferredOp<"conv_transpose",
    [NN_EpilogueOpInterface, NN_WindowOpInterface]> {
  let summary = "1-D or 2-D transposed convolution with an epilogue";
  let description = [{
    `y[n, o, f] = epilogue(bias[f] + sum over i, k, c with
                  i * stride + k * dilation - padding = o of
                  x[n, i, g * C/G + c] * kernel[k, c, f])`
    where `i`, `k` and `o` run over one or two spatial axes and `g = f / (F/G)` is
    the group of output channel `f`: each position of the input adds the kernel
    to the result, `stride` positions after the one before.

    Input `(N, spatial..., C)`, kernel `(window..., C/groups, F)`, bias `(F)`,
    result `(N, spatial'..., F)`. `padding` lists low and high of each spatial
    axis in turn: positions that are left out of the result, or, where negative,
    positions beyond it, which only the bias reaches. A size of `M` becomes
    `(M - 1) * stride + (window - 1) * dilation + 1 - low - high`.

    In f32 the sum starts from the bias and takes its terms in the order of the
    input's memory (spatial axes, then channel) by fused multiply-add; positions
    beyond the input that a tap of the kernel meets take part as zeros.

    Example:

    ```mlir
    %y = nn.conv_transpose %x kernel(dense<0.5> : tensor<3x4x2xf32>) bias(dense<0.0> : tensor<2xf32>)
           strides = [2] padding = [0, 1] epilogue(relu) : tensor<1x9x4xf32> -> tensor<1x18x2xf32>
    ```

    Constraints:
    - (C1) the kernel has the rank of the input, and no empty axis.
    - (C2) `strides` and `dilations` have one positive entry per spatial axis,
      and `padding` two; with a dilation, a stride is at most 16.
    - (C3) `groups` is positive and divides input and output channels.
    - (C4) the kernel's channels are the input's, divided by `groups`.
    - (C5) the bias has one entry per output channel.
    - (C6) the padding leaves something of the result.
    - (C7) the epilogue has no pooling, and its affines have one entry per channel.
  }];
  let arguments = (ins NN_TensorOfRank<[3, 4]>:$input, NN_Weights:$kernel,
      OptionalAttr<NN_Weights>:$bias,
      OptionalAttr<DenseI64ArrayAttr>:$strides,
      OptionalAttr<DenseI64ArrayAttr>:$padding,
      OptionalAttr<DenseI64ArrayAttr>:$dilations,
      DefaultValuedAttr<I64Attr, "1">:$groups,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_TensorOfRank<[3, 4]>:$output);
  let assemblyFormat = [{
    $input `kernel` `(` $kernel `)` (`bias` `(` $bias^ `)`)?
    (`strides` `=` $strides^)? (`padding` `=` $padding^)?
    (`dilations` `=` $dilations^)? (`groups` `=` $groups^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    ::llvm::SmallVector<int64_t> getWindowSizes();
    bool keepsPositionsApart(int64_t axis) { return axis == 0; }
    int64_t countMACs();
  }];
  let hasCanonicalizer = 1;
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
  let extraClassDeclaration = [{
    /// The last axis is that of the sums.
    bool keepsPositionsApart(int64_t axis) { return axis < getType().getRank() - 1; }
    bool canPermuteAxes(::llvm::ArrayRef<int64_t> permutation) {
      return permutation.back() == int64_t(permutation.size()) - 1;
    }
    int64_t countMACs();
  }];
}

def NN_MatmulOp : NN_InferredOp<"matmul", [NN_EpilogueOpInterface]> {
  let summary = "matrix product of two values";
  let description = [{
    `z[..., i, j] = epilogue(sum over k of x[..., i, k] * y[..., k, j])`, for each
    index of the leading axes; along one where an operand has size 1, it is
    repeated. In f32 the sum starts from zero and takes its terms in order by
    fused multiply-add.

    Example:

    ```mlir
    %z = nn.matmul %x, %y : tensor<1x9x4xf32>, tensor<1x4x7xf32> -> tensor<1x9x7xf32>
    ```

    Constraints:
    - (C1) both operands have one rank, of at least 2, and one element type;
      sizes of leading axes are equal or 1.
    - (C2) x has as many columns as y has rows.
  }];
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` custom<BinaryTypes>(type($lhs), type($rhs), type($output))
  }];
  let extraClassDeclaration = [{
    /// The last two axes are those of the matrices.
    bool keepsPositionsApart(int64_t axis) { return axis < getType().getRank() - 2; }
    int64_t countMACs();
  }];
}

def NN_AttentionOp : NN_InferredOp<"attention"> {
  let summary = "means of values, weighted by how queries meet keys";
  let description = [{
    For each index of the leading axes, query i, key j, term k and value e:
    `y[i, e] = sum over j of w[i, j] * value[j, e]` with
    `w[i, j] = exp(s[i, j] - max over j of s[i, j])`, divided by their sum over j,
    and `s[i, j] = sum over k of (scale * query[i, k]) * key[j, k]`. (Vaswani et
    al., "Attention Is All You Need", 2017.)

    In f32 `scale` is rounded. A score starts from zero and takes its terms in
    order by fused multiply-add, and so does the sum of weights times values, in
    the order of the keys. The sum of the weights has that order, too, and
    divides the result.

    Example:

    ```mlir
    %y = nn.attention %q, %k, %v scale = 0.5
           : tensor<1x9x4xf32>, tensor<1x7x4xf32>, tensor<1x7x3xf32> -> tensor<1x9x3xf32>
    ```

    Constraints:
    - (C1) operands have one rank, of at least 2, one element type, and the same
      leading sizes.
    - (C2) queries and keys have as many terms, and there are as many values as
      keys.
    - (C3) `scale` is finite.
  }];
  let arguments = (ins NN_Tensor:$query, NN_Tensor:$key, NN_Tensor:$value,
      DefaultValuedAttr<F64Attr, "1.0">:$scale);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $query `,` $key `,` $value (`scale` `=` $scale^)? attr-dict
    `:` type($query) `,` type($key) `,` type($value) `->` type($output)
  }];
  let extraClassDeclaration = [{
    /// The last two axes are those of the matrices.
    bool keepsPositionsApart(int64_t axis) { return axis < getType().getRank() - 2; }
    int64_t countMACs();
  }];
}

#endif // FRIEZE_DIALECT_NNLINEAROPS_TD
