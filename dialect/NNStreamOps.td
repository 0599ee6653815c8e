//===- NNStreamOps.td - Windows sliding over a recording ---*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNSTREAMOPS_TD
#define FRIEZE_DIALECT_NNSTREAMOPS_TD

include "dialect/NNOpBase.td"

def NN_HistoryOp : NN_InferredOp<"history"> {
  let summary = "rows of this call and of the calls before";
  let description = [{
    In a function that is called for one piece of a recording after the other, the
    input's rows `x[0, 0, ...]`, `x[0, 1, ...]`, ... of all calls are one long time
    line. On it, row 0 is the first of this call, and negative rows are of earlier
    calls; the result is the rows from `rows[0]` up to and without `rows[1]`. Rows
    before the first call are zero. `timeline` tells the values of a function that
    are remembered apart; functions that continue each other number them alike.

    Example:

    ```mlir
    %y = nn.history %x timeline = 1 rows = [-3, 4] : tensor<1x4x32xf32> -> tensor<1x7x32xf32>
    ```

    Constraints:
    - (C1) the input has rank 2 or 3, and a batch of 1.
    - (C2) `rows` has two entries, in ascending order, the second at most the
      number of rows, neither farther than 2^28 from 0.
    - (C3) `timeline` is not negative.
  }];
  let arguments = (ins NN_TensorOfRank<[2, 3]>:$input, I64Attr:$timeline,
      DenseI64ArrayAttr:$rows);
  let results = (outs NN_TensorOfRank<[2, 3]>:$output);
  let assemblyFormat = [{
    $input `timeline` `=` $timeline `rows` `=` $rows attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    /// What it gives is remembered already.
    bool isKernel() { return false; }
  }];
}

def NN_WindowsOp : NN_InferredOp<"windows"> {
  let summary = "the windows of a time line, as a batch";
  let description = [{
    `y[n, i, ...] = x[0, n * stride + i * dilation, ...]` for i below `length`, for
    all windows that fit.

    Example:

    ```mlir
    %y = nn.windows %x length = 4 dilation = 2 stride = 1 : tensor<1x9x32xf32> -> tensor<3x4x32xf32>
    ```

    Constraints:
    - (C1) the input has rank 2 or 3, and a batch of 1.
    - (C2) `length`, `dilation` and `stride` are positive.
    - (C3) a window fits into the input.
  }];
  let arguments = (ins NN_TensorOfRank<[2, 3]>:$input, I64Attr:$length,
      I64Attr:$dilation, I64Attr:$stride);
  let results = (outs NN_TensorOfRank<[2, 3]>:$output);
  let assemblyFormat = [{
    $input `length` `=` $length `dilation` `=` $dilation `stride` `=` $stride
    attr-dict `:` type($input) `->` type($output)
  }];
}

#endif // FRIEZE_DIALECT_NNSTREAMOPS_TD
