//===- NNSequenceOps.td - Layers over sequences ------------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNSEQUENCEOPS_TD
#define FRIEZE_DIALECT_NNSEQUENCEOPS_TD

include "dialect/NNOpBase.td"

def NN_EmbeddingOp : NN_InferredOp<"embedding", [NN_EpilogueOpInterface]> {
  let summary = "rows of a table, by number";
  let description = [{
    `y[n, ..., :] = epilogue(table[trunc(x[n, ...]), :])`; a row of NaN where the
    number, truncated towards zero, is no row of the table. With `from_end`,
    numbers below zero count from the end: -1 is the last row.

    Example:

    ```mlir
    %y = nn.embedding %x table(dense<0.5> : tensor<100x16xf32>)
           : tensor<1x20xf32> -> tensor<1x20x16xf32>
    ```

    Constraints:
    - (C1) the table has rank 2.
    - (C2) the table has fewer than 2^24 rows, as float32 numbers no more.
  }];
  let arguments = (ins NN_Tensor:$input, NN_Weights:$table,
      UnitAttr:$from_end, OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `table` `(` $table `)` (`from_end` $from_end^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    /// The last axis is that of a row of the table.
    bool keepsPositionsApart(int64_t axis) { return axis < getType().getRank() - 1; }
  }];
}

def NN_GRUOp : NN_InferredOp<"gru", [NN_EpilogueOpInterface]> {
  let summary = "gated recurrent unit, from a state of zero";
  let description = [{
    For each step t, with h zero before the first: `x = bias + x[n, t, :] kernel`
    is split into x_z, x_r, x_g, and the recurrent kernel into U_z, U_r, U_g;
    `z = r(x_z + h U_z)`, `s = r(x_r + h U_r)`,
    `g = a(x_g + (s * h) U_g)`, or with `reset_after`
    `g = a(x_g + s * (h U_g + recurrent_bias))`, and `h = z * h + (1 - z) * g`,
    where `a` is `activation` and `r` is `recurrent_activation` (Cho et al., 2014;
    with `reset_after`, as in cuDNN). The result, the mask, `sequences`,
    `backwards`, `reversed` and `zero_masked` are as in `nn.lstm`.

    Input `(N, T, C)`, kernel `(C, 3H)`, recurrent `(H, 3H)`, bias `(3H)`,
    recurrent_bias `(H)`, result `(N, T, H)` or `(N, H)`.

    In f32 each sum starts from the bias and takes the terms of the kernel, then
    those of the recurrent kernel, in order, by fused multiply-add. With
    `reset_after`, those of U_g start from recurrent_bias in a sum u of their own,
    and the argument of `a` is one fused multiply-add of s, u and x_g. With `tanh`
    and `sigmoid`, s and h are one division each, h of products of the numerators
    and denominators of these functions; with others `h` is one fused
    multiply-add, `fma(z, h, (1 - z) * g)`. Both are spelled in `resetGate` and
    `updateState` of `dialect/ElementaryFunctions.h`.

    Example:

    ```mlir
    %y = nn.gru %x kernel(dense<0.1> : tensor<8x96xf32>) recurrent(dense<0.1> : tensor<32x96xf32>)
           bias(dense<0.0> : tensor<96xf32>) recurrent_bias(dense<0.0> : tensor<32xf32>)
           activation(tanh) recurrent_activation(sigmoid) reset_after
           : tensor<1x60x8xf32> -> tensor<1x32xf32>
    ```

    Constraints:
    - (C1) the input has rank 3, and at least one step.
    - (C2) the recurrent kernel has three times as many columns as rows.
    - (C3) the kernel has a row per input channel and the recurrent kernel's columns.
    - (C4) the bias has one entry per column.
    - (C5) only `sequences` are `reversed`.
    - (C6) a mask has an entry per step, and the input's type.
    - (C7) only `sequences` with a mask are `zero_masked`.
    - (C8) a recurrent bias has one entry per unit, and `reset_after` is there.
  }];
  let arguments = (ins NN_TensorOfRank<[3]>:$input,
      Optional<NN_TensorOfRank<[2]>>:$mask, NN_Weights:$kernel,
      NN_Weights:$recurrent, OptionalAttr<NN_Weights>:$bias,
      OptionalAttr<NN_Weights>:$recurrent_bias,
      NN_ActivationAttr:$activation, NN_ActivationAttr:$recurrent_activation,
      UnitAttr:$reset_after, UnitAttr:$sequences, UnitAttr:$backwards,
      UnitAttr:$reversed, UnitAttr:$zero_masked,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_TensorOfRank<[2, 3]>:$output);
  let assemblyFormat = [{
    $input (`mask` `(` $mask^ `:` type($mask) `)`)? `kernel` `(` $kernel `)` `recurrent` `(` $recurrent `)`
    (`bias` `(` $bias^ `)`)? (`recurrent_bias` `(` $recurrent_bias^ `)`)?
    `activation` `(` custom<Function>($activation) `)`
    `recurrent_activation` `(` custom<Function>($recurrent_activation) `)`
    (`reset_after` $reset_after^)? (`sequences` $sequences^)?
    (`backwards` $backwards^)? (`reversed` $reversed^)?
    (`zero_masked` $zero_masked^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis) { return axis == 0; }
    int64_t countMACs();
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
    the first. Results stand in the order of the steps, with `reversed` in the
    opposite one: with both, each stands where its input does.

    A step whose mask is zero leaves c and h as they were, whatever its input is;
    its result is epilogue(h), with `zero_masked` epilogue(0).

    Input `(N, T, C)`, mask `(N, T)`, kernel `(C, 4H)`, recurrent `(H, 4H)`, bias
    `(4H)`, result `(N, T, H)` or `(N, H)`.

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
    - (C5) only `sequences` are `reversed`.
    - (C6) a mask has an entry per step, and the input's type.
    - (C7) only `sequences` with a mask are `zero_masked`.
  }];
  let arguments = (ins NN_TensorOfRank<[3]>:$input,
      Optional<NN_TensorOfRank<[2]>>:$mask, NN_Weights:$kernel,
      NN_Weights:$recurrent, OptionalAttr<NN_Weights>:$bias,
      NN_ActivationAttr:$activation, NN_ActivationAttr:$recurrent_activation,
      UnitAttr:$sequences, UnitAttr:$backwards, UnitAttr:$reversed,
      UnitAttr:$zero_masked, OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_TensorOfRank<[2, 3]>:$output);
  let assemblyFormat = [{
    $input (`mask` `(` $mask^ `:` type($mask) `)`)? `kernel` `(` $kernel `)` `recurrent` `(` $recurrent `)`
    (`bias` `(` $bias^ `)`)? `activation` `(` custom<Function>($activation) `)`
    `recurrent_activation` `(` custom<Function>($recurrent_activation) `)`
    (`sequences` $sequences^)? (`backwards` $backwards^)? (`reversed` $reversed^)?
    (`zero_masked` $zero_masked^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis) { return axis == 0; }
    int64_t countMACs();
  }];
}

def NN_RNNOp : NN_InferredOp<"rnn", [NN_EpilogueOpInterface]> {
  let summary = "recurrent layer without gates, from a state of zero";
  let description = [{
    For each step t, with h zero before the first:
    `h = activation(bias + x[n, t, :] kernel + h recurrent)` (Elman, 1990). The
    result, the mask, `sequences`, `backwards`, `reversed` and `zero_masked` are as
    in `nn.lstm`.

    Input `(N, T, C)`, kernel `(C, H)`, recurrent `(H, H)`, bias `(H)`, result
    `(N, T, H)` or `(N, H)`.

    In f32 each sum starts from the bias and takes the terms of the kernel, then
    those of the recurrent kernel, in order, by fused multiply-add.

    Example:

    ```mlir
    %y = nn.rnn %x kernel(dense<0.1> : tensor<8x32xf32>) recurrent(dense<0.1> : tensor<32x32xf32>)
           bias(dense<0.0> : tensor<32xf32>) activation(tanh) : tensor<1x60x8xf32> -> tensor<1x32xf32>
    ```

    Constraints:
    - (C1) the input has rank 3, and at least one step.
    - (C2) the recurrent kernel has as many columns as rows.
    - (C3) the kernel has a row per input channel and the recurrent kernel's columns.
    - (C4) the bias has one entry per column.
    - (C5) only `sequences` are `reversed`.
    - (C6) a mask has an entry per step, and the input's type.
    - (C7) only `sequences` with a mask are `zero_masked`.
  }];
  let arguments = (ins NN_TensorOfRank<[3]>:$input,
      Optional<NN_TensorOfRank<[2]>>:$mask, NN_Weights:$kernel,
      NN_Weights:$recurrent, OptionalAttr<NN_Weights>:$bias,
      NN_ActivationAttr:$activation, UnitAttr:$sequences, UnitAttr:$backwards,
      UnitAttr:$reversed, UnitAttr:$zero_masked,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_TensorOfRank<[2, 3]>:$output);
  let assemblyFormat = [{
    $input (`mask` `(` $mask^ `:` type($mask) `)`)? `kernel` `(` $kernel `)` `recurrent` `(` $recurrent `)`
    (`bias` `(` $bias^ `)`)? `activation` `(` custom<Function>($activation) `)`
    (`sequences` $sequences^)? (`backwards` $backwards^)? (`reversed` $reversed^)?
    (`zero_masked` $zero_masked^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis) { return axis == 0; }
    int64_t countMACs();
  }];
}

#endif // FRIEZE_DIALECT_NNSEQUENCEOPS_TD
