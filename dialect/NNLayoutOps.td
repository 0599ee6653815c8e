//===- NNLayoutOps.td - Layers that move elements ----------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNLAYOUTOPS_TD
#define FRIEZE_DIALECT_NNLAYOUTOPS_TD

include "dialect/NNOpBase.td"

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
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis) { return axis != int64_t(getAxis()); }
    bool canPermuteAxes(::llvm::ArrayRef<int64_t> permutation);
    void permuteAxes(::llvm::ArrayRef<int64_t> permutation);
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

    Constraints:
    - (C1) all affines of the epilogue have one axis.
  }];
  let arguments = (ins NN_Tensor:$input, OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` custom<SameType>(type($input), type($output))
  }];
  let extraClassDeclaration = [{
    bool isElementwise() { return true; }
  }];
}

def NN_PadOp : NN_InferredOp<"pad"> {
  let summary = "padding with a constant, or with the input itself";
  let description = [{
    Surrounds the input with `low` positions before and `high` after, for each
    axis. They hold `value` where `mode` is `constant`, the nearest element of
    the input where it is `edge`, and the input mirrored at its first and last
    element, which are not repeated, where it is `reflect`.

    Example:

    ```mlir
    %y = nn.pad %x low = [0, 1, 0] high = [0, 2, 0] value = 0.0
           : tensor<1x9x4xf32> -> tensor<1x12x4xf32>
    ```

    Constraints:
    - (C1) `low` and `high` have one entry per axis, none negative.
    - (C2) with `reflect`, they are smaller than the axis.
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$low,
      DenseI64ArrayAttr:$high,
      DefaultValuedAttr<NN_PadModeAttr, "::frieze::nn::PadMode::Constant">:$mode,
      DefaultValuedAttr<F64Attr, "::llvm::APFloat(0.0)">:$value);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `low` `=` $low `high` `=` $high (`mode` `=` $mode^)?
    (`value` `=` $value^)? attr-dict `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis);
    bool canPermuteAxes(::llvm::ArrayRef<int64_t>) { return true; }
    void permuteAxes(::llvm::ArrayRef<int64_t> permutation);
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
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis);
    bool isKernel() { return false; }
  }];
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def NN_ResizeOp : NN_InferredOp<"resize", [NN_EpilogueOpInterface]> {
  let summary = "the nearest samples, or linear interpolation between them";
  let description = [{
    Position `o` of a spatial axis of the result, of size `M`, is position `p`
    of the input's, of size `N`. With `s`, the axis's entry in `scales`, or
    `M / N` where left out:

    | `coordinates` | p |
    |---|---|
    | `half_pixel` | (o + 1/2) / s - 1/2 |
    | `pytorch_half_pixel` | the same, but 0 where M = 1 |
    | `asymmetric` | o / s |
    | `align_corners` | o (N - 1) / (M - 1), 0 where M = 1 |

    `nearest` takes the element at p, rounded as `rounding` says, and `linear`
    interpolates between its two neighbours, each within the input. Positions and
    weights are computed in double (`dialect/ResizeAxis.h`) and weights rounded
    to the element type. In f32, `a` and `b` at weight `w` give
    `fma(w, b - a, a)`, along the width first, then along the height. An axis
    whose positions p all are those of elements is not interpolated: neighbours
    that are not finite stay out of its results.

    Example:

    ```mlir
    %y = nn.resize nearest %x sizes = [18] coordinates = asymmetric
           : tensor<1x9x4xf32> -> tensor<1x18x4xf32>
    ```

    Constraints:
    - (C1) `sizes` has one positive entry per spatial axis.
    - (C2) axes have at most 2^24 positions.
    - (C3) `scales` has one positive number per spatial axis.
    - (C4) `rounding` is `floor` unless the kind is `nearest`.
  }];
  let arguments = (ins NN_ResizeKindAttr:$kind, NN_TensorOfRank<[3, 4]>:$input,
      DenseI64ArrayAttr:$sizes,
      DefaultValuedAttr<NN_CoordinatesAttr,
          "::frieze::nn::Coordinates::HalfPixel">:$coordinates,
      DefaultValuedAttr<NN_RoundingAttr,
          "::frieze::nn::Rounding::Floor">:$rounding,
      OptionalAttr<DenseF64ArrayAttr>:$scales,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_TensorOfRank<[3, 4]>:$output);
  let assemblyFormat = [{
    $kind $input `sizes` `=` $sizes (`coordinates` `=` $coordinates^)?
    (`rounding` `=` $rounding^)? (`scales` `=` $scales^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis) {
      return axis == 0 || axis == getType().getRank() - 1;
    }
  }];
  let hasFolder = 1;
}

def NN_SliceOp : NN_InferredOp<"slice", [NN_EpilogueOpInterface]> {
  let summary = "every so many-th element of a part of each axis";
  let description = [{
    `y[i, j, ...] = epilogue(x[begin[0] + strides[0] * i, begin[1] + strides[1] * j, ...])`
    with `size` positions along each axis. Strides are 1 where left out; a
    negative one runs backwards.

    Example:

    ```mlir
    %y = nn.slice %x begin = [0, 8, 0] size = [1, 4, 4] strides = [1, -2, 1]
           : tensor<1x9x4xf32> -> tensor<1x4x4xf32>
    ```

    Constraints:
    - (C1) `begin`, `size` and `strides` have one entry per axis.
    - (C2) sizes are positive, and strides not zero.
    - (C3) all positions lie within the input.
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$begin,
      DenseI64ArrayAttr:$size, OptionalAttr<DenseI64ArrayAttr>:$strides,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `begin` `=` $begin `size` `=` $size (`strides` `=` $strides^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis);
    bool canPermuteAxes(::llvm::ArrayRef<int64_t>) { return true; }
    void permuteAxes(::llvm::ArrayRef<int64_t> permutation);
    /// One entry per axis.
    ::llvm::SmallVector<int64_t> getStrideValues();
  }];
  let hasFolder = 1;
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
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis) { return getPermutation()[axis] == axis; }
  }];
  let hasFolder = 1;
}

#endif // FRIEZE_DIALECT_NNLAYOUTOPS_TD
