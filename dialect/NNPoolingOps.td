//===- NNPoolingOps.td - Pooling ---------------------------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNPOOLINGOPS_TD
#define FRIEZE_DIALECT_NNPOOLINGOPS_TD

include "dialect/NNOpBase.td"

class NN_PoolOp<string mnemonic>
    : NN_InferredOp<mnemonic, [NN_EpilogueOpInterface, NN_WindowOpInterface]> {
  let arguments = (ins NN_TensorOfRank<[3, 4]>:$input,
      DenseI64ArrayAttr:$window, OptionalAttr<DenseI64ArrayAttr>:$strides,
      OptionalAttr<DenseI64ArrayAttr>:$padding,
      OptionalAttr<DenseI64ArrayAttr>:$dilations,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_TensorOfRank<[3, 4]>:$output);
  let assemblyFormat = [{
    $input `window` `=` $window (`strides` `=` $strides^)?
    (`padding` `=` $padding^)? (`dilations` `=` $dilations^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    ::llvm::SmallVector<int64_t> getWindowSizes() {
      return ::llvm::SmallVector<int64_t>(getWindow());
    }
    /// Left out, those of windows beside each other.
    ::llvm::SmallVector<int64_t> getStrideValues() {
      return ::llvm::SmallVector<int64_t>(getStrides().value_or(getWindow()));
    }
    bool keepsPositionsApart(int64_t axis) {
      return axis == 0 || axis == getType().getRank() - 1;
    }
  }];
}

def NN_MaxPoolOp : NN_PoolOp<"max_pool"> {
  let summary = "maximum over a sliding window";
  let description = [{
    `y[n, o, c] = max over k of x[n, o * stride + k * dilation - padding, c]`; positions in
    the padding do not take part. `strides` is `window` where left out.

    In the order of memory: NaN wins, and of two zeros the later.

    Example:

    ```mlir
    %y = nn.max_pool %x window = [2] strides = [3] : tensor<1x143x32xf32> -> tensor<1x48x32xf32>
    ```

    Constraints:
    - (C1) `window`, `strides` and `dilations` have one positive entry per spatial
      axis, and `padding` two that are not negative.
    - (C2) padding is smaller than the window, and none where there is dilation.
    - (C3) the window fits into the padded input.
  }];
}

def NN_AvgPoolOp : NN_PoolOp<"avg_pool"> {
  let summary = "mean over a sliding window";
  let description = [{
    `y[n, o, c] = (sum over k of x[n, o * stride + k * dilation - padding, c]) * (1 / count)`
    where positions in the padding neither take part nor count. `strides` is
    `window` where left out. In f32 the sum takes its terms in the order of the
    input's memory, and `1 / count` is rounded to f32.

    Example:

    ```mlir
    %y = nn.avg_pool %x window = [2, 2] : tensor<1x28x28x6xf32> -> tensor<1x14x14x6xf32>
    ```

    Constraints:
    - (C1) `window`, `strides` and `dilations` have one positive entry per spatial
      axis, and `padding` two that are not negative.
    - (C2) padding is smaller than the window, and none where there is dilation.
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
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis) {
      return axis == 0 || (getKeepDims() && axis == getType().getRank() - 1);
    }
  }];
}

def NN_ReduceOp : NN_InferredOp<"reduce"> {
  let summary = "mean, sum, product, maximum or minimum over some axes";
  let description = [{
    Each result combines all elements that differ in the axes `axes` only. With
    `keep_dims` these axes stay, of length 1.

    In f32 the elements are taken in the order of memory. Where the last axis is
    not among `axes`, that is one sum. Where it is, the last axes that are form a
    run, whose element k goes to partial sum k modulo 16; neighbouring partial
    sums are then added pairwise. (Axes of size 1 count neither way.) The mean is
    the sum times `1 / count`, rounded to f32. Products are multiplied, and maximum
    and minimum, those of `nn.maximum` and `nn.minimum`, are taken in the same
    order.

    Example:

    ```mlir
    %y = nn.reduce mean %x axes = [1] keep_dims : tensor<1x9x4xf32> -> tensor<1x1x4xf32>
    ```

    Constraints:
    - (C1) `axes` are different axes of the input, in ascending order.
  }];
  let arguments = (ins NN_ReduceKindAttr:$kind, NN_Tensor:$input,
      DenseI64ArrayAttr:$axes, UnitAttr:$keep_dims);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $kind $input `axes` `=` $axes (`keep_dims` $keep_dims^)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis);
    bool canPermuteAxes(::llvm::ArrayRef<int64_t>) { return getKeepDims(); }
    void permuteAxes(::llvm::ArrayRef<int64_t> permutation);
  }];
}

#endif // FRIEZE_DIALECT_NNPOOLINGOPS_TD
