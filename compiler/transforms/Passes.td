//===- Passes.td - Passes from nn to nn --------------------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TRANSFORMS_PASSES_TD
#define FRIEZE_COMPILER_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def DropInferenceNoOpsPass : Pass<"nn-drop-inference-no-ops"> {
  let summary = "Remove layers that do nothing at inference";
  let description = [{
    Replaces each dropout (which stands for noise layers too), each `linear`
    activation and each padding by nothing with its input.

    ```mlir
    %0 = nn.dropout %x rate = 0.1 : tensor<1x4xf32>
    %1 = nn.dense %0 kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
    ```
    ==>
    ```mlir
    %1 = nn.dense %x kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
    ```
  }];
  let statistics = [Statistic<"dropped", "layers dropped", "Layers removed">];
}

def MoveTransposesPass : Pass<"nn-move-transposes"> {
  let summary = "Move transposes to where they end";
  let description = [{
    `f(transpose(x)) = transpose(f(x))` for whatever works on elements alone, or
    along axes that can be renamed: each transpose moves down through activations,
    affines, batch norms and other normalisations, sums, concatenations, paddings,
    slices, softmax, dense layers that leave its last axis alone, and reshapes that
    join and split neighbours
    only, until another one undoes it. An op with several operands is passed where
    that leaves fewer transposes than before. What remains after an input of the
    model moves up to it, and where only axes of size 1 move it is a reshape.
    Constants are transposed at once. An affine that treats all elements alike
    then gets the last axis, and a mean or maximum over all axes between batch and
    channels is a global pooling.

    Models with channels first are imported as channels-last layers between two
    transposes; this makes them one channels-last model.

    ```mlir
    %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
    %1 = nn.activation relu %0 : tensor<1x4x9xf32>
    %2 = nn.transpose %1 permutation = [0, 2, 1] : tensor<1x4x9xf32> -> tensor<1x9x4xf32>
    ```
    ==>
    ```mlir
    %2 = nn.activation relu %x : tensor<1x9x4xf32>
    ```
  }];
  let statistics = [Statistic<"moved", "transposes moved",
                              "Moves of a transpose past an op">];
}

def FoldTransposeIntoDensePass : Pass<"nn-fold-transpose-into-dense"> {
  let summary = "Order the rows of a kernel and not its input";
  let description = [{
    Where a transposed value is flattened for a dense layer, the rows of its
    kernel change places instead: a sum of the same terms in another order. On the
    way to the dense layer may be activations, and affines, batch norms and
    concatenations along the last axis, whose parameters change places as well. It
    does not where something else reads a value on the way.

    ```mlir
    %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
    %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
    %2 = nn.dense %1 kernel(dense<[[1.0], [2.0], [3.0], [4.0]]> : tensor<4x1xf32>) : tensor<1x4xf32> -> tensor<1x1xf32>
    ```
    ==>
    ```mlir
    %1 = nn.reshape %x : tensor<1x2x2xf32> -> tensor<1x4xf32>
    %2 = nn.dense %1 kernel(dense<[[1.0], [3.0], [2.0], [4.0]]> : tensor<4x1xf64>) : tensor<1x4xf32> -> tensor<1x1xf32>
    ```
  }];
  let statistics = [Statistic<"folded", "transposes folded",
                              "Dense layers whose rows changed places">];
}

def MoveReshapesPass : Pass<"nn-move-reshapes"> {
  let summary = "Move reshapes behind pointwise ops";
  let description = [{
    `f(reshape(x)) = reshape(f(x))` for what works on elements alone: activations,
    sums and products of values that are reshaped alike, and affines and batch
    norms of an axis that is there before the reshape as well. The layer before
    the reshape can then take them, and two reshapes in a row are one. It does
    not where something else reads the reshaped value.

    Files have convolutions over one axis as convolutions over two, of which one
    has size 1, between reshapes.

    ```mlir
    %0 = nn.reshape %x : tensor<1x1x9x4xf32> -> tensor<1x9x4xf32>
    %1 = nn.activation relu %0 : tensor<1x9x4xf32>
    ```
    ==>
    ```mlir
    %0 = nn.activation relu %x : tensor<1x1x9x4xf32>
    %1 = nn.reshape %0 : tensor<1x1x9x4xf32> -> tensor<1x9x4xf32>
    ```
  }];
  let statistics = [Statistic<"moved", "reshapes moved",
                              "Moves of a reshape past an op">];
}

def LowerBatchNormPass : Pass<"nn-lower-batch-norm"> {
  let summary = "Rewrite inference batch norm as a per-channel affine";
  let description = [{
    `scale = gamma / sqrt(variance + epsilon)` and `shift = beta - mean * scale`,
    in double (Ioffe and Szegedy, "Batch Normalization", 2015, algorithm 2).
    Variance plus epsilon must be positive, and every parameter finite.

    ```mlir
    %0 = nn.batch_norm %x axis = 1 gamma(dense<4.0> : tensor<2xf32>) beta(dense<1.0> : tensor<2xf32>)
           mean(dense<0.5> : tensor<2xf32>) variance(dense<3.0> : tensor<2xf32>)
           epsilon = 1.0 : tensor<1x2xf32>
    ```
    ==>
    ```mlir
    %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>)
           shift(dense<0.0> : tensor<2xf64>) : tensor<1x2xf32>
    ```
  }];
  let statistics = [Statistic<"lowered", "batch norms lowered",
                              "Batch norms rewritten as affines">];
}

def ComposeAffinesPass : Pass<"nn-compose-affines"> {
  let summary = "Make one affine of two in a row";
  let description = [{
    `s2 (s1 x + t1) + t2 = (s2 s1) x + (s2 t1 + t2)`: input normalisation before
    batch norm, or batch norm after batch norm, along the same axis. It does not
    where something else reads the first.

    ```mlir
    %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<4xf64>) shift(dense<1.0> : tensor<4xf64>) : tensor<1x4xf32>
    %1 = nn.affine %0 axis = 1 scale(dense<3.0> : tensor<4xf64>) shift(dense<0.5> : tensor<4xf64>) : tensor<1x4xf32>
    ```
    ==>
    ```mlir
    %1 = nn.affine %x axis = 1 scale(dense<6.0> : tensor<4xf64>) shift(dense<3.5> : tensor<4xf64>) : tensor<1x4xf32>
    ```
  }];
  let statistics = [Statistic<"composed", "affines composed", "Affines composed with the next">];
}

def FoldAffineBackwardPass : Pass<"nn-fold-affine-backward"> {
  let summary = "Fold an affine into the weights of the layer before it";
  let description = [{
    `s * (w x + b) + t = (s w) x + (s b + t)`: an affine over the output channels
    of a conv (of any groups) or dense moves into kernel and bias, one over the
    columns of an embedding into its table. It passes poolings that take a mean,
    and a flattening where the parameters of a channel agree at all its
    positions. It does not fold where something non-linear lies between or a
    value on the way has another use. Products are kept in double; see
    `nn-round-parameters`.

    ```mlir
    %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) bias(dense<1.0> : tensor<4xf32>)
           : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
    %1 = nn.affine %0 axis = 2 scale(dense<2.0> : tensor<4xf64>)
           shift(dense<0.5> : tensor<4xf64>) : tensor<1x8x4xf32>
    ```
    ==>
    ```mlir
    %0 = nn.conv %x kernel(dense<2.0> : tensor<2x1x4xf64>) bias(dense<2.5> : tensor<4xf64>)
           : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
    ```
  }];
  let options = [Option<"freesWeights", "frees-weights", "bool",
      /*default=*/"false",
      "Free the data of parameters that are replaced; nothing else in the "
      "context names them">];
  let statistics = [Statistic<"folded", "affines folded",
                              "Affines folded into the layer before">];
}

def MoveBeforeConcatPass : Pass<"nn-move-before-concat"> {
  let summary = "Move an affine or activation from a concatenation to its parts";
  let description = [{
    `f(concat(x, y)) = concat(f(x), f(y))`: an affine or activation behind a
    concatenation moves before it, where the layers that make all the parts are
    conv, conv_transpose or dense, which take it into their weights or their
    epilogue, and nothing else reads the parts. An affine along the axis that is
    concatenated is split. One along another axis than the channels stays.

    ```mlir
    %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
    %1 = nn.conv %x kernel(dense<2.0> : tensor<2x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
    %2 = nn.concat %0, %1 axis = 2 : tensor<1x8x4xf32>, tensor<1x8x4xf32> -> tensor<1x8x8xf32>
    %3 = nn.activation relu %2 : tensor<1x8x8xf32>
    ```
    ==>
    ```mlir
    %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
    %1 = nn.conv %x kernel(dense<2.0> : tensor<2x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
    %2 = nn.activation relu %0 : tensor<1x8x4xf32>
    %3 = nn.activation relu %1 : tensor<1x8x4xf32>
    %4 = nn.concat %2, %3 axis = 2 : tensor<1x8x4xf32>, tensor<1x8x4xf32> -> tensor<1x8x8xf32>
    ```
  }];
  let statistics = [Statistic<"moved", "layers moved",
                              "Affines and activations moved to the parts">];
}

def FoldAffineForwardPass : Pass<"nn-fold-affine-forward"> {
  let summary = "Fold an affine into the weights of the layer after it";
  let description = [{
    `w (s x + t) + b = (w s) x + (w t + b)`: an affine moves down through
    flattening (expanded per position), average pooling, concatenation (the other
    operands' channels get the identity) and max pooling (channels with s >= 0
    only: `max(s x + t) = s max(x) + t`) into the next conv, the next dense layer
    or the input kernel of a recurrent one. Into a conv with padding only where the border
    is exact: it must see `0` after the affine, which is `-t/s` before it, so s
    is not zero, and `-t/s` and `s w` are normal float32 numbers. Channels that
    cannot go stay behind in an affine of their own; the others fold.

    ```mlir
    %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
    %1 = nn.conv %0 kernel(dense<3.0> : tensor<2x1x1xf32>) : tensor<1x4x1xf32> -> tensor<1x3x1xf32>
    ```
    ==>
    ```mlir
    %1 = nn.conv %x kernel(dense<6.0> : tensor<2x1x1xf64>) bias(dense<6.0> : tensor<1xf64>)
           : tensor<1x4x1xf32> -> tensor<1x3x1xf32>
    ```
  }];
  let options = [Option<"zeroBorders", "zero-borders", "bool",
      /*default=*/"false",
      "Leave behind what would change the padding of a convolution">];
  let statistics = [Statistic<"folded", "affines folded",
                              "Affines folded into the layer after, wholly or in part">];
}

def FoldScaleThroughReluPass : Pass<"nn-fold-scale-through-relu"> {
  let summary = "Move a positive scale before a ReLU";
  let description = [{
    `s relu(x) + t = relu(s x) + t` for s > 0, and likewise for leaky ReLU and
    the absolute value: where all scales are positive and a conv or dense layer
    makes x, the scales move before the activation, from where they fold backward,
    and only the shift stays.

    ```mlir
    %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
    %1 = nn.activation relu %0 : tensor<1x2xf32>
    %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
    ```
    ==>
    ```mlir
    %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
    %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x2xf32>
    %2 = nn.activation relu %1 : tensor<1x2xf32>
    %3 = nn.affine %2 axis = 1 scale(dense<1.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
    ```
  }];
  let statistics = [Statistic<"moved", "scales moved", "Scales moved before an activation">];
}

def FuseAffinePass : Pass<"nn-fuse-affine"> {
  let summary = "Move an affine into the epilogue of its producer";
  let description = [{
    The last resort, always legal: one fused multiply-add on results still in
    registers. Where no kernel makes the input, or something else reads it, the
    affine becomes the epilogue of an `nn.identity`, a kernel of its own.

    ```mlir
    %0 = nn.add %x, %y : tensor<1x4xf32>
    %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<4xf64>) shift(dense<0.5> : tensor<4xf64>) : tensor<1x4xf32>
    ```
    ==>
    ```mlir
    %0 = nn.add %x, %y epilogue(affine(1, dense<2.0> : tensor<4xf64>, dense<0.5> : tensor<4xf64>)) : tensor<1x4xf32>
    ```
  }];
  let statistics = [Statistic<"fused", "affines fused", "Affines moved into an epilogue">];
}

def FuseActivationPass : Pass<"nn-fuse-activation"> {
  let summary = "Move an activation into the epilogue of its producer";
  let description = [{
    The activation then runs on results still in registers. It stays where the
    raw result has another use.

    ```mlir
    %0 = nn.dense %x kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
    %1 = nn.activation relu %0 : tensor<1x2xf32>
    ```
    ==>
    ```mlir
    %0 = nn.dense %x kernel(dense<0.5> : tensor<4x2xf32>) epilogue(relu) : tensor<1x4xf32> -> tensor<1x2xf32>
    ```
  }];
  let statistics = [Statistic<"fused", "activations fused",
                              "Activations moved into an epilogue">];
}

def FusePadPass : Pass<"nn-fuse-pad"> {
  let summary = "Move padding with a constant into a conv or max pooling";
  let description = [{
    Padding of spatial axes becomes that of the conv behind it, with `border` for
    a value other than zero, and that of a max pooling where the value never is
    the maximum: minus infinity, or no more than the function before it gives. It
    stays where the conv has padding of its own with another value,
    where a window of the pooling would be all padding, and for other readers.

    ```mlir
    %0 = nn.pad %x low = [0, 1, 0] high = [0, 1, 0] : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
    %1 = nn.conv %0 kernel(dense<0.5> : tensor<3x4x4xf32>) : tensor<1x9x4xf32> -> tensor<1x7x4xf32>
    ```
    ==>
    ```mlir
    %1 = nn.conv %x kernel(dense<0.5> : tensor<3x4x4xf32>) padding = [1, 1] : tensor<1x7x4xf32> -> tensor<1x7x4xf32>
    ```
  }];
  let statistics = [Statistic<"fused", "paddings fused",
                              "Uses of a padding moved into the layer behind it">];
}

def FusePoolPass : Pass<"nn-fuse-pool"> {
  let summary = "Move a pooling into the epilogue of a conv";
  let description = [{
    The conv then computes just the positions that some window reads (two in
    three, where a window of 2 moves by 3), and stores pooled results only. Not
    with padding or overlapping windows, and not where the raw result has another
    use.

    ```mlir
    %0 = nn.conv %x kernel(dense<0.5> : tensor<2x1x4xf32>) epilogue(relu) : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
    %1 = nn.max_pool %0 window = [2] strides = [3] : tensor<1x8x4xf32> -> tensor<1x3x4xf32>
    ```
    ==>
    ```mlir
    %0 = nn.conv %x kernel(dense<0.5> : tensor<2x1x4xf32>) epilogue(relu, max_pool([2], [3]))
           : tensor<1x9x1xf32> -> tensor<1x3x4xf32>
    ```
  }];
  let statistics = [Statistic<"fused", "poolings fused", "Poolings moved into a conv">];
}

def FuseAttentionPass : Pass<"nn-fuse-attention"> {
  let summary = "Compute scores, softmax and means as one op";
  let description = [{
    A product, a softmax along its last axis and the product of that with values
    are an `nn.attention`, which writes no matrix of scores: a block of queries
    goes through all three before the next. One factor for all scores is its
    scale. It does not where something else reads scores or weights, where an
    epilogue does more, where matrices are repeated along a leading axis, or with
    fewer than 8 queries, as they lie in the lanes of vectors.

    ```mlir
    %s = nn.matmul %q, %k : tensor<1x9x4xf32>, tensor<1x4x7xf32> -> tensor<1x9x7xf32>
    %w = nn.softmax %s axis = 2 : tensor<1x9x7xf32>
    %y = nn.matmul %w, %v : tensor<1x9x7xf32>, tensor<1x7x3xf32> -> tensor<1x9x3xf32>
    ```
    ==>
    ```mlir
    %0 = nn.transpose %k permutation = [0, 2, 1] : tensor<1x4x7xf32> -> tensor<1x7x4xf32>
    %y = nn.attention %q, %0, %v : tensor<1x9x4xf32>, tensor<1x7x4xf32>, tensor<1x7x3xf32> -> tensor<1x9x3xf32>
    ```
  }];
  let statistics = [Statistic<"fused", "attentions fused",
                              "Softmaxes that became part of an attention">];
}

def ComposeLinearPass : Pass<"nn-compose-linear"> {
  let summary = "Make one dense layer of two in a row";
  let description = [{
    `(x A + a) B + b = x (A B) + (a B + b)`, where nothing non-linear lies between,
    nothing else reads the first result, and it takes fewer products.

    ```mlir
    %0 = nn.dense %x kernel(dense<1.0> : tensor<8x4xf32>) : tensor<1x8xf32> -> tensor<1x4xf32>
    %1 = nn.dense %0 kernel(dense<2.0> : tensor<4x1xf32>) : tensor<1x4xf32> -> tensor<1x1xf32>
    ```
    ==>
    ```mlir
    %1 = nn.dense %x kernel(dense<8.0> : tensor<8x1xf64>) bias(dense<0.0> : tensor<1xf64>) : tensor<1x8xf32> -> tensor<1x1xf32>
    ```
  }];
  let statistics = [Statistic<"composed", "layers composed", "Dense layers composed with the next">];
}

def FoldIntoEmbeddingPass : Pass<"nn-fold-into-embedding"> {
  let summary = "Apply what follows an embedding to its table";
  let description = [{
    Every row of the result is a row of the table, so that activations and dense
    layers (where the new table is no larger than the old one and the kernel) can
    be applied to the table before. See `nn-fold-affine-backward` for affines.

    ```mlir
    %0 = nn.embedding %x table(dense<-1.0> : tensor<8x4xf32>) : tensor<1x5xf32> -> tensor<1x5x4xf32>
    %1 = nn.activation relu %0 : tensor<1x5x4xf32>
    ```
    ==>
    ```mlir
    %0 = nn.embedding %x table(dense<0.0> : tensor<8x4xf64>) : tensor<1x5xf32> -> tensor<1x5x4xf32>
    ```
  }];
  let statistics = [Statistic<"folded", "layers folded", "Layers folded into a table">];
}

def FoldConstantChannelsPass : Pass<"nn-fold-constant-channels"> {
  let summary = "Fold channels that are constant into the next bias";
  let description = [{
    A channel of a conv or dense layer is constant where its weights are all zero,
    or where a ReLU follows that never opens for the range of the layer's input.
    Its value, through the activations that follow, times the next layer's weights
    goes into the next bias, and the channel disappears. Before a conv with padding
    only where the border has the same value, and not where the channel is an
    output.

    ```mlir
    %0 = nn.dense %x kernel(dense<[[0.0, 1.0]]> : tensor<1x2xf32>) bias(dense<[3.0, 0.0]> : tensor<2xf32>)
           : tensor<1x1xf32> -> tensor<1x2xf32>
    %1 = nn.activation relu %0 : tensor<1x2xf32>
    %2 = nn.dense %1 kernel(dense<[[2.0], [1.0]]> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
    ```
    ==>
    ```mlir
    %0 = nn.dense %x kernel(dense<1.0> : tensor<1x1xf64>) bias(dense<0.0> : tensor<1xf64>)
           : tensor<1x1xf32> -> tensor<1x1xf32>
    %1 = nn.activation relu %0 : tensor<1x1xf32>
    %2 = nn.dense %1 kernel(dense<1.0> : tensor<1x1xf64>) bias(dense<6.0> : tensor<1xf64>) : tensor<1x1xf32> -> tensor<1x1xf32>
    ```
  }];
  let statistics = [Statistic<"folded", "channels folded", "Constant channels removed">];
}

def DropUnreadOutputsPass : Pass<"nn-drop-unread-outputs"> {
  let summary = "Do not compute positions that nothing reads";
  let description = [{
    Where a conv or pooling with a window of one skips positions, the conv before
    it takes over the stride. (Positions that a wider pooling skips are dropped by
    `nn-fuse-pool`.) A recurrent layer of whose sequence only the last step is read
    gives that step.

    ```mlir
    %0 = nn.conv %x kernel(dense<1.0> : tensor<3x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x7x4xf32>
    %1 = nn.conv %0 kernel(dense<1.0> : tensor<1x4x2xf32>) strides = [2] : tensor<1x7x4xf32> -> tensor<1x4x2xf32>
    ```
    ==>
    ```mlir
    %0 = nn.conv %x kernel(dense<1.0> : tensor<3x1x4xf32>) strides = [2] : tensor<1x9x1xf32> -> tensor<1x4x4xf32>
    %1 = nn.conv %0 kernel(dense<1.0> : tensor<1x4x2xf32>) strides = [1] : tensor<1x4x4xf32> -> tensor<1x4x2xf32>
    ```
  }];
  let statistics = [Statistic<"moved", "strides moved", "Strides and last steps moved to the layer before">];
}

def PoolBeforeActivationPass : Pass<"nn-pool-before-activation"> {
  let summary = "Take a maximum before an activation instead of after it";
  let description = [{
    `max(f(x)) = f(max(x))` where f never decreases: an activation before a max
    pooling, and read by nothing else, moves behind it, where there are fewer
    elements. It does not where f is not monotonic (silu, gelu).

    ```mlir
    %0 = nn.activation tanh %x : tensor<1x8x4xf32>
    %1 = nn.max_pool %0 window = [2] strides = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
    ```
    ==>
    ```mlir
    %0 = nn.max_pool %x window = [2] strides = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
    %1 = nn.activation tanh %0 : tensor<1x4x4xf32>
    ```
  }];
  let statistics = [Statistic<"swapped", "activations moved",
                              "Activations moved behind a max pooling">];
}

def EstimateRangesPass : Pass<"nn-estimate-ranges"> {
  let summary = "Estimate what convolutions add up from trained statistics";
  let description = [{
    Batch norms tell the mean and variance of what they read, also where that
    was concatenated, and of what they make, and some functions are bounded.
    From these follow the means and variances of other values, as if channels
    were independent and normally distributed. Each conv, or transposed conv,
    whose input, or whose result, the model tells of so gets `nn.amplification`:
    the root mean square of the sum of its terms, without their signs, over 1 +
    that of its result, at worst of all filters, and of all sets of taps that
    meet in a result.
    It is below 1 where terms are independent, and large where they cancel: a
    constant offset of the input that the kernel takes out, for one. For
    `nn-choose-winograd`, which removes it.

    ```mlir
    %0 = nn.conv %x kernel(dense<0.125> : tensor<3x16x16xf32>)
           : tensor<1x34x16xf32> -> tensor<1x32x16xf32>
    %1 = nn.batch_norm %0 axis = 2 mean(dense<0.0> : tensor<16xf32>) variance(dense<1.0> : tensor<16xf32>)
           epsilon = 0.0 : tensor<1x32x16xf32>
    ```
    ==>
    ```mlir
    %0 = nn.conv %x kernel(dense<0.125> : tensor<3x16x16xf32>) {nn.amplification = 0.5 : f64}
           : tensor<1x34x16xf32> -> tensor<1x32x16xf32>
    %1 = nn.batch_norm %0 axis = 2 mean(dense<0.0> : tensor<16xf32>) variance(dense<1.0> : tensor<16xf32>)
           epsilon = 0.0 : tensor<1x32x16xf32>
    ```
  }];
  let statistics = [Statistic<"known", "convs of known range",
                              "Convs that the model tells the range of">];
}

def FlattenImagesPass : Pass<"nn-flatten-images"> {
  let summary = "Compute images as sequences where one axis says it all";
  let description = [{
    Tiles of a kernel are rows of an image, and minimal filtering along one axis
    is for sequences. An image is made one, between two reshapes, where its
    elements then stand as they do, and so do the terms of every sum:

    - a convolution or pooling along whose other axis the image and the window
      have size 1;
    - a convolution whose windows are as wide as the image: a row is a position
      with more channels;
    - a convolution without strides whose windows have width 1: the positions of
      all rows are one row, and those above and below are a row's length away,
      which is the dilation. It does not where a pooling in the epilogue knows
      rows from columns.

    ```mlir
    %y = nn.conv %x kernel(dense<0.5> : tensor<1x1x3x2xf32>) : tensor<1x4x5x3xf32> -> tensor<1x4x5x2xf32>
    ```
    ==>
    ```mlir
    %0 = nn.reshape %x : tensor<1x4x5x3xf32> -> tensor<1x20x3xf32>
    %1 = nn.conv %0 kernel(dense<0.5> : tensor<1x3x2xf32>) : tensor<1x20x3xf32> -> tensor<1x20x2xf32>
    %y = nn.reshape %1 : tensor<1x20x2xf32> -> tensor<1x4x5x2xf32>
    ```
  }];
  let statistics = [Statistic<"flattened", "images flattened",
                              "Ops that became ops over a sequence">];
}

def ChooseWinogradPass : Pass<"nn-choose-winograd"> {
  let summary = "Compute convolutions with fewer products";
  let description = [{
    Chooses minimal filtering (Winograd) for each conv in f32 where it pays: a
    scheme of the table in dialect/WinogradForms.cpp (`winograd` and `products`
    of `nn.conv`) for any number of taps along one axis, the longest in pieces,
    or up to 5 along two, also under a pooling or with a dilation, by the number
    of products, the cost of the transforms and the size of the kernel. A stride
    of s along a sequence becomes a reshape to positions with s times the
    channels where that pays, and a transposed convolution with a stride of s
    becomes s convolutions, whose results lie side by side. The choice is part of the meaning in f32, so it is
    made here, once for all targets, from the shape of one sample.

    Error, as the root mean square relative to that of a layer's results: the
    direct sum of K products has about 1.8e-8 sqrt(K), and a scheme what the
    table says. What a scheme has counts if it is more than the direct sum of
    the layer has, by a tenth. All schemes of a model whose error counts may
    have 2e-6 together, spent where it saves most; a layer for which that does
    not suffice has the best scheme for which it does. Schemes with large errors
    are not used where a result of the model shows theirs unsummed.

    A result of a scheme with two outputs along each axis is made from the
    inputs that the direct sum reads and no others. One of any other has its
    share of the rounding errors of all inputs of its tile: a sample far larger
    than its neighbours spoils the results beside it, and infinities and NaN
    spread. It is therefore used only where the model tells the range of its
    values, and that their terms do not cancel: `nn.amplification`, left by
    `nn-estimate-ranges`, at most 4. The remark gives the bound that holds for
    every input.

    ```mlir
    %0 = nn.conv %x kernel(dense<1.0> : tensor<3x64x64xf32>)
           : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
    ```
    ==>
    ```mlir
    %0 = nn.conv %x kernel(dense<1.0> : tensor<3x64x64xf32>) winograd = [2]
           : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
    ```
  }];
  let options = [Option<"exact", "exact", "bool", /*default=*/"false",
      "Choose the direct sum for every conv, whatever it has">];
  let statistics = [Statistic<"chosen", "convs by minimal filtering",
                              "Convs that get a winograd attribute">];
}

def SplitSumsPass : Pass<"nn-split-sums"> {
  let summary = "Choose the number of partial sums of each dense layer";
  let description = [{
    One chain of dependent additions leaves most of a machine idle when a layer
    has a single row per sample. The split is part of the meaning in f32
    (`chains` of `nn.dense`), so it is chosen here, once for all targets, from
    the shape of one sample: 32 chains for a single output (which then
    vectorises over its inputs), 8 for a single row of at least 256 inputs, 4 for
    a shorter one, 1 for several rows. Shorter chains also round less.

    ```mlir
    %0 = nn.dense %x kernel(dense<1.0> : tensor<64x8xf32>) : tensor<1x64xf32> -> tensor<1x8xf32>
    ```
    ==>
    ```mlir
    %0 = nn.dense %x kernel(dense<1.0> : tensor<64x8xf32>) chains = 4 : tensor<1x64xf32> -> tensor<1x8xf32>
    ```
  }];
  let statistics = [Statistic<"split", "sums split",
                              "Dense layers with more than one chain">];
}

def RoundParametersPass : Pass<"nn-round-parameters"> {
  let summary = "Round parameters to the element type of the graph";
  let description = [{
    Folds keep their products in double; this pass rounds each once, last. A
    parameter that is not finite after rounding is an error.

    ```mlir
    %0 = nn.affine %x axis = 1 scale(dense<0.1> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x2xf32>
    ```
    ==>
    ```mlir
    %0 = nn.affine %x axis = 1 scale(dense<0.1> : tensor<2xf32>) shift(dense<0.0> : tensor<2xf32>) : tensor<1x2xf32>
    ```
  }];
  let options = [Option<"freesWeights", "frees-weights", "bool",
      /*default=*/"false",
      "Free the data of parameters that are replaced; nothing else in the "
      "context names them">];
  let statistics = [Statistic<"rounded", "parameters rounded",
                              "Parameters rounded to the element type">];
}

def ShareWindowsPass : Pass<"nn-share-windows", "::mlir::ModuleOp"> {
  let summary = "Compute once what overlapping windows of a recording share";
  let description = [{
    The model's window of `W` samples moves along a recording by `hop` samples.
    What a convolution or a pooling gives at one position of a window is a function
    of the samples there, the same for all windows, until a flattening, a dense
    layer or a pooling over the whole window joins its positions. Beside `@model`
    this pass makes functions for the next windows of a recording, given `hop` new
    samples for each: `@stream_window` for one, and `@stream_block` for `block` of
    them. They compute each shared value only where it is new, and take the rest
    from `nn.history`.

    A value whose positions in a window are `step` samples apart has one row for
    every gcd(hop, step) samples. So strides become dilations of the layers behind
    them: a pooling of stride 3 is computed at every sample for a hop of 1, and what
    reads its result takes every third row. A pooling leaves the epilogue of a conv
    where its windows overlap then. From the first value with so few positions that
    windows do not overlap in it, every window is computed for itself
    (`nn.windows`), as a batch.

    Every sum has the terms that it has in `@model`, in the same order, so that the
    results have the same bits. A layer with zero padding would see zeros within the
    recording: an error. With a `block` of 0, it is as many windows as begin in 512
    samples.

    With `hop=2 block=2`:

    ```mlir
    func.func @model(%x: tensor<1x8x1xf32>) -> tensor<1x14xf32> {
      %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x2xf32>) : tensor<1x8x1xf32> -> tensor<1x7x2xf32>
      %1 = nn.reshape %0 : tensor<1x7x2xf32> -> tensor<1x14xf32>
      return %1 : tensor<1x14xf32>
    }
    ```
    ==>
    ```mlir
    func.func @model(%x: tensor<1x8x1xf32>) -> tensor<1x14xf32> {
      %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x2xf32>) : tensor<1x8x1xf32> -> tensor<1x7x2xf32>
      %1 = nn.reshape %0 : tensor<1x7x2xf32> -> tensor<1x14xf32>
      return %1 : tensor<1x14xf32>
    }
    func.func @stream_window(%x: tensor<1x2x1xf32>) -> tensor<1x14xf32> {
      %0 = nn.history %x timeline = 0 rows = [-1, 2] : tensor<1x2x1xf32> -> tensor<1x3x1xf32>
      %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x1x2xf32>) : tensor<1x3x1xf32> -> tensor<1x2x2xf32>
      %2 = nn.history %1 timeline = 1 rows = [-5, 2] : tensor<1x2x2xf32> -> tensor<1x7x2xf32>
      %3 = nn.windows %2 length = 7 dilation = 1 stride = 2 : tensor<1x7x2xf32> -> tensor<1x7x2xf32>
      %4 = nn.reshape %3 : tensor<1x7x2xf32> -> tensor<1x14xf32>
      return %4 : tensor<1x14xf32>
    }
    func.func @stream_block(%x: tensor<1x4x1xf32>) -> tensor<2x14xf32> {
      %0 = nn.history %x timeline = 0 rows = [-1, 4] : tensor<1x4x1xf32> -> tensor<1x5x1xf32>
      %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x1x2xf32>) : tensor<1x5x1xf32> -> tensor<1x4x2xf32>
      %2 = nn.history %1 timeline = 1 rows = [-5, 4] : tensor<1x4x2xf32> -> tensor<1x9x2xf32>
      %3 = nn.windows %2 length = 7 dilation = 1 stride = 2 : tensor<1x9x2xf32> -> tensor<2x7x2xf32>
      %4 = nn.reshape %3 : tensor<2x7x2xf32> -> tensor<2x14xf32>
      return %4 : tensor<2x14xf32>
    }
    ```
  }];
  let options = [
    Option<"hop", "hop", "int64_t", /*default=*/"1",
           "Samples from one window to the next">,
    Option<"block", "block", "int64_t", /*default=*/"0",
           "Windows that are computed together, 0 to choose">];
  let dependentDialects = ["::mlir::func::FuncDialect"];
  let statistics = [Statistic<"shared", "ops shared",
                              "Ops computed once for all windows">];
}

def CarryStatesPass : Pass<"nn-carry-states", "::mlir::ModuleOp"> {
  let summary = "Take the steps of a sequence one call after the other";
  let description = [{
    The model's first layers compute each step of a sequence from that step and
    those before it: recurrent layers that run forwards, causal convolutions, and
    what keeps steps apart. From the first value that is the last step's alone,
    any layers follow. Beside `@model` this pass makes functions for the next steps
    of a sequence that has no end: `@stream_window` for one, and `@stream_block`
    for `block` of them, whose results are those of `@model` on all steps so far,
    for each new one. Recurrent layers have a `carried` state in them, and
    convolutions read steps of earlier calls from `nn.history`, where what is
    before the first step is zero, as the padding is.

    Every sum has the terms that it has in `@model`, in the same order, so that the
    results have the same bits. What would read steps to come, or all of them, is
    an error. The attribute `nn.steps` tells their functions from those of windows.
    With a `block` of 0, it has 512 steps.

    With `block=2`:

    ```mlir
    func.func @model(%x: tensor<1x9x1xf32>) -> tensor<1x2xf32> {
      %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x2xf32>) padding = [1, 0] : tensor<1x9x1xf32> -> tensor<1x9x2xf32>
      %1 = nn.rnn %0 kernel(dense<0.1> : tensor<2x2xf32>) recurrent(dense<0.1> : tensor<2x2xf32>) activation(tanh) : tensor<1x9x2xf32> -> tensor<1x2xf32>
      return %1 : tensor<1x2xf32>
    }
    ```
    ==>
    ```mlir
    func.func @model(%x: tensor<1x9x1xf32>) -> tensor<1x2xf32> {
      %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x2xf32>) padding = [1, 0] : tensor<1x9x1xf32> -> tensor<1x9x2xf32>
      %1 = nn.rnn %0 kernel(dense<0.1> : tensor<2x2xf32>) recurrent(dense<0.1> : tensor<2x2xf32>) activation(tanh) : tensor<1x9x2xf32> -> tensor<1x2xf32>
      return %1 : tensor<1x2xf32>
    }
    func.func @stream_window(%x: tensor<1x1x1xf32>) -> tensor<1x2xf32> attributes {nn.steps} {
      %0 = nn.history %x timeline = 0 rows = [-1, 1] : tensor<1x1x1xf32> -> tensor<1x2x1xf32>
      %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x1x2xf32>) : tensor<1x2x1xf32> -> tensor<1x1x2xf32>
      %2 = nn.rnn %1 kernel(dense<0.1> : tensor<2x2xf32>) recurrent(dense<0.1> : tensor<2x2xf32>) activation(tanh) sequences carried = 0 : tensor<1x1x2xf32> -> tensor<1x1x2xf32>
      %3 = nn.reshape %2 : tensor<1x1x2xf32> -> tensor<1x2xf32>
      return %3 : tensor<1x2xf32>
    }
    func.func @stream_block(%x: tensor<1x2x1xf32>) -> tensor<2x2xf32> attributes {nn.steps} {
      %0 = nn.history %x timeline = 0 rows = [-1, 2] : tensor<1x2x1xf32> -> tensor<1x3x1xf32>
      %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x1x2xf32>) : tensor<1x3x1xf32> -> tensor<1x2x2xf32>
      %2 = nn.rnn %1 kernel(dense<0.1> : tensor<2x2xf32>) recurrent(dense<0.1> : tensor<2x2xf32>) activation(tanh) sequences carried = 0 : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
      %3 = nn.reshape %2 : tensor<1x2x2xf32> -> tensor<2x2xf32>
      return %3 : tensor<2x2xf32>
    }
    ```
  }];
  let options = [Option<"block", "block", "int64_t", /*default=*/"0",
                        "Steps that are computed together, 0 to choose">];
  let dependentDialects = ["::mlir::func::FuncDialect"];
  let statistics = [Statistic<"carried", "states carried",
                              "Recurrent layers that go on from call to call">];
}

#endif // FRIEZE_COMPILER_TRANSFORMS_PASSES_TD
