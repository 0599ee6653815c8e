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

class NN_RecurrentOp<string mnemonic> : NN_InferredOp<mnemonic,
    [NN_EpilogueOpInterface, AttrSizedOperandSegments]> {
  let results = (outs NN_TensorOfRank<[2, 3]>:$output);
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis) { return axis == 0 && !getCarried(); }
    int64_t countMACs();
    int64_t getUnits() { return getRecurrent().getShapedType().getDimSize(0); }
    ::frieze::nn::RecurrentFunctions getFunctions();
  }];
}

def NN_GRUOp : NN_RecurrentOp<"gru"> {
  let summary = "gated recurrent unit";
  let description = [{
    For each step t, with h as `initial` before the first:
    `x = bias + x[n, t, :] kernel` is split into x_z, x_r, x_g, and the recurrent
    kernel into U_z, U_r, U_g; `z = r(x_z + h U_z)`, `s = r(x_r + h U_r)`,
    `g = a(x_g + (s * h) U_g)`, or with `reset_after`
    `g = a(x_g + s * (h U_g + recurrent_bias))`, and `h = z * h + (1 - z) * g`,
    where `a` is `activation` and `r` is `recurrent_activation` (Cho et al., 2014;
    with `reset_after`, as in cuDNN). The result, the mask, `initial`, `clip`,
    `sequences`, `backwards`, `reversed`, `zero_masked` and `carried` are as in
    `nn.lstm`.

    Input `(N, T, C)`, mask `(N, T)`, initial `(N, H)` or `(1, H)`, kernel
    `(C, 3H)`, recurrent `(H, 3H)`, bias `(3H)`, recurrent_bias `(H)`, result
    `(N, T, H)` or `(N, H)`.

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
    - (C8) an initial state has an entry per unit, of one sample or of each, and the
      input's element type.
    - (C9) `clip` is finite and positive.
    - (C10) only a layer that runs forwards on one sample, from no initial state,
      has a state that is `carried`, whose number is not negative.
    - (C11) a recurrent bias has one entry per unit, and `reset_after` is there.
  }];
  let arguments = (ins NN_TensorOfRank<[3]>:$input,
      Optional<NN_TensorOfRank<[2]>>:$mask,
      Optional<NN_TensorOfRank<[2]>>:$initial, NN_Weights:$kernel,
      NN_Weights:$recurrent, OptionalAttr<NN_Weights>:$bias,
      OptionalAttr<NN_Weights>:$recurrent_bias,
      NN_ActivationAttr:$activation, NN_ActivationAttr:$recurrent_activation,
      OptionalAttr<F64Attr>:$clip, UnitAttr:$reset_after, UnitAttr:$sequences,
      UnitAttr:$backwards, UnitAttr:$reversed, UnitAttr:$zero_masked,
      OptionalAttr<I64Attr>:$carried, OptionalAttr<NN_Epilogue>:$epilogue);
  let assemblyFormat = [{
    $input (`mask` `(` $mask^ `:` type($mask) `)`)?
    (`initial` `(` $initial^ `:` type($initial) `)`)?
    `kernel` `(` $kernel `)` `recurrent` `(` $recurrent `)`
    (`bias` `(` $bias^ `)`)? (`recurrent_bias` `(` $recurrent_bias^ `)`)?
    `activation` `(` custom<Function>($activation) `)`
    `recurrent_activation` `(` custom<Function>($recurrent_activation) `)`
    (`clip` `=` $clip^)? (`reset_after` $reset_after^)?
    (`sequences` $sequences^)? (`backwards` $backwards^)? (`reversed` $reversed^)?
    (`zero_masked` $zero_masked^)? (`carried` `=` $carried^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
}

def NN_LSTMOp : NN_RecurrentOp<"lstm"> {
  let summary = "long short-term memory";
  let description = [{
    For each step t, with h as `initial` and c as `initial_cell` before the first:
    `z = bias + x[n, t, :] kernel + h recurrent`, split into z_i, z_f, z_g, z_o;
    `c = r(z_f) * c + r(z_i) * a(z_g)` and `h = r(z_o) * b(c)`, where `a` is
    `activation`, `r` is `recurrent_activation` (Hochreiter and Schmidhuber, 1997;
    Gers et al., 2000), and `b` is `cell_activation`, else `a`. With `peephole`, in
    the order i, f, o, the gates see the cell: `peephole * c` is added to z_i and
    z_f, and to z_o with the new c (Gers et al., 2002). With `clip`, what r and a
    are taken of is cut off there in both directions; b is not. With `cell_clip`, c
    is cut off there before anything reads it, but `initial_cell` is not.

    The state before the first step is zero where it is left out. With `carried`,
    it is what the last step of the call before left, in a function that is called
    for one piece of a recording after the other, and zero in the first call; the
    number tells the layers of such a function apart.

    The result is epilogue(h) of every step with `sequences`, else of the last;
    with `with_cells`, h and behind it c are its channels. With `backwards` the
    steps run from the last to the first. Results stand in the order of the steps,
    with `reversed` in the opposite one: with both, each stands where its input
    does.

    A step whose mask is zero leaves c and h as they were, whatever its input is;
    its result is epilogue(h), with `zero_masked` epilogue(0).

    Input `(N, T, C)`, mask `(N, T)`, initial and initial_cell `(N, H)` or `(1, H)`,
    kernel `(C, 4H)`, recurrent `(H, 4H)`, bias `(4H)`, peephole `(3H)`, result
    `(N, T, H)` or `(N, H)`, or with 2H channels.

    In f32 each entry of z starts from the bias and takes the terms of the
    kernel, then those of the recurrent kernel, in order, and last that of the
    cell, by fused multiply-add. With `tanh` and `sigmoid`, c and h are then one
    division each, of products of the numerators and denominators of these
    functions; with others `c` is one fused multiply-add,
    `fma(r(z_f), c, r(z_i) * a(z_g))`. Both are spelled in `updateCell` of
    `dialect/ElementaryFunctions.h`.

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
    - (C8) an initial state and cell have an entry per unit, of one sample or of each,
      and the input's element type.
    - (C9) `clip` is finite and positive.
    - (C10) only a layer that runs forwards on one sample, from no initial state,
      has a state that is `carried`, whose number is not negative.
    - (C11) a peephole has one entry per unit for each of three gates.
    - (C12) `cell_clip` is finite and positive.
  }];
  let arguments = (ins NN_TensorOfRank<[3]>:$input,
      Optional<NN_TensorOfRank<[2]>>:$mask,
      Optional<NN_TensorOfRank<[2]>>:$initial,
      Optional<NN_TensorOfRank<[2]>>:$initial_cell, NN_Weights:$kernel,
      NN_Weights:$recurrent, OptionalAttr<NN_Weights>:$bias,
      OptionalAttr<NN_Weights>:$peephole,
      NN_ActivationAttr:$activation, NN_ActivationAttr:$recurrent_activation,
      OptionalAttr<NN_ActivationAttr>:$cell_activation,
      OptionalAttr<F64Attr>:$clip, OptionalAttr<F64Attr>:$cell_clip,
      UnitAttr:$sequences, UnitAttr:$with_cells, UnitAttr:$backwards,
      UnitAttr:$reversed, UnitAttr:$zero_masked,
      OptionalAttr<I64Attr>:$carried, OptionalAttr<NN_Epilogue>:$epilogue);
  let assemblyFormat = [{
    $input (`mask` `(` $mask^ `:` type($mask) `)`)?
    (`initial` `(` $initial^ `:` type($initial) `)`)?
    (`initial_cell` `(` $initial_cell^ `:` type($initial_cell) `)`)?
    `kernel` `(` $kernel `)` `recurrent` `(` $recurrent `)`
    (`bias` `(` $bias^ `)`)? (`peephole` `(` $peephole^ `)`)?
    `activation` `(` custom<Function>($activation) `)`
    `recurrent_activation` `(` custom<Function>($recurrent_activation) `)`
    (`cell_activation` `(` custom<Function>($cell_activation)^ `)`)?
    (`clip` `=` $clip^)? (`cell_clip` `=` $cell_clip^)?
    (`sequences` $sequences^)? (`with_cells` $with_cells^)?
    (`backwards` $backwards^)? (`reversed` $reversed^)?
    (`zero_masked` $zero_masked^)? (`carried` `=` $carried^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
}

def NN_RNNOp : NN_RecurrentOp<"rnn"> {
  let summary = "recurrent layer without gates";
  let description = [{
    For each step t, with h as `initial` before the first:
    `h = activation(bias + x[n, t, :] kernel + h recurrent)` (Elman, 1990). The
    result, the mask, `initial`, `clip`, `sequences`, `backwards`, `reversed`,
    `zero_masked` and `carried` are as in `nn.lstm`.

    Input `(N, T, C)`, mask `(N, T)`, initial `(N, H)` or `(1, H)`, kernel `(C, H)`,
    recurrent `(H, H)`, bias `(H)`, result `(N, T, H)` or `(N, H)`.

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
    - (C8) an initial state has an entry per unit, of one sample or of each, and the
      input's element type.
    - (C9) `clip` is finite and positive.
    - (C10) only a layer that runs forwards on one sample, from no initial state,
      has a state that is `carried`, whose number is not negative.
  }];
  let arguments = (ins NN_TensorOfRank<[3]>:$input,
      Optional<NN_TensorOfRank<[2]>>:$mask,
      Optional<NN_TensorOfRank<[2]>>:$initial, NN_Weights:$kernel,
      NN_Weights:$recurrent, OptionalAttr<NN_Weights>:$bias,
      NN_ActivationAttr:$activation, OptionalAttr<F64Attr>:$clip,
      UnitAttr:$sequences, UnitAttr:$backwards, UnitAttr:$reversed,
      UnitAttr:$zero_masked, OptionalAttr<I64Attr>:$carried,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let assemblyFormat = [{
    $input (`mask` `(` $mask^ `:` type($mask) `)`)?
    (`initial` `(` $initial^ `:` type($initial) `)`)?
    `kernel` `(` $kernel `)` `recurrent` `(` $recurrent `)`
    (`bias` `(` $bias^ `)`)? `activation` `(` custom<Function>($activation) `)`
    (`clip` `=` $clip^)? (`sequences` $sequences^)?
    (`backwards` $backwards^)? (`reversed` $reversed^)?
    (`zero_masked` $zero_masked^)? (`carried` `=` $carried^)?
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($input) `->` type($output)
  }];
}

#endif // FRIEZE_DIALECT_NNSEQUENCEOPS_TD
