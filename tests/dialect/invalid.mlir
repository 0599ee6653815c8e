// RUN: frieze-opt %s --split-input-file --verify-diagnostics

// Each constraint of each op, under the label that the op's description and its
// verifier give it. Where the result's type is inferred, MLIR adds an error of
// its own.

// conv (C1): the kernel has the rank of the input
func.func @conv_c1(%x: tensor<1x9x4xf32>) -> tensor<1x8x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a kernel of rank 3, but got rank 4}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x2x4x2xf32>) : tensor<1x9x4xf32> -> tensor<1x8x2xf32>
  return %0 : tensor<1x8x2xf32>
}

// -----

// conv (C2): strides have one entry per spatial axis
func.func @conv_c2_count(%x: tensor<1x9x4xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive strides and dilations and 2 non-negative paddings}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) strides = [2, 2] : tensor<1x9x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// conv (C2): strides are positive
func.func @conv_c2_zero(%x: tensor<1x9x4xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive strides and dilations and 2 non-negative paddings}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) strides = [0] : tensor<1x9x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// conv (C2): dilations are positive
func.func @conv_c2_dilations(%x: tensor<1x9x4xf32>) -> tensor<1x8x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive strides and dilations and 2 non-negative paddings}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) dilations = [0] : tensor<1x9x4xf32> -> tensor<1x8x2xf32>
  return %0 : tensor<1x8x2xf32>
}

// -----

// conv (C2): padding has a low and a high entry for each axis
func.func @conv_c2_padding(%x: tensor<1x9x8x4xf32>) -> tensor<1x9x8x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 2 positive strides and dilations and 4 non-negative paddings}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x1x4x2xf32>) padding = [0, 0] : tensor<1x9x8x4xf32> -> tensor<1x9x8x2xf32>
  return %0 : tensor<1x9x8x2xf32>
}

// -----

// conv (C2): padding is not negative
func.func @conv_c2_negative(%x: tensor<1x9x4xf32>) -> tensor<1x7x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive strides and dilations and 2 non-negative paddings}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) padding = [-1, 0] : tensor<1x9x4xf32> -> tensor<1x7x2xf32>
  return %0 : tensor<1x7x2xf32>
}

// -----

// conv (C3): groups divide the input channels
func.func @conv_c3_input(%x: tensor<1x9x4xf32>) -> tensor<1x8x6xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects groups to divide 4 input and 6 output channels, but got 3}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x1x6xf32>) groups = 3 : tensor<1x9x4xf32> -> tensor<1x8x6xf32>
  return %0 : tensor<1x8x6xf32>
}

// -----

// conv (C3): groups divide the output channels
func.func @conv_c3_output(%x: tensor<1x9x4xf32>) -> tensor<1x8x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects groups to divide 4 input and 3 output channels, but got 2}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x2x3xf32>) groups = 2 : tensor<1x9x4xf32> -> tensor<1x8x3xf32>
  return %0 : tensor<1x8x3xf32>
}

// -----

// conv (C3): groups is positive
func.func @conv_c3_zero(%x: tensor<1x9x4xf32>) -> tensor<1x8x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects groups to divide 4 input and 4 output channels, but got 0}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x4xf32>) groups = 0 : tensor<1x9x4xf32> -> tensor<1x8x4xf32>
  return %0 : tensor<1x8x4xf32>
}

// -----

// conv (C4): the kernel's channels are the input's, divided by groups
func.func @conv_c4(%x: tensor<1x9x4xf32>) -> tensor<1x8x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 2 kernel channels to match the input, but got 4}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x4xf32>) groups = 2 : tensor<1x9x4xf32> -> tensor<1x8x4xf32>
  return %0 : tensor<1x8x4xf32>
}

// -----

// conv (C5): the bias has one entry per output channel
func.func @conv_c5(%x: tensor<1x9x4xf32>) -> tensor<1x8x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one bias per channel, that is 2, but got 3}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) bias(dense<0.0> : tensor<3xf32>) : tensor<1x9x4xf32> -> tensor<1x8x2xf32>
  return %0 : tensor<1x8x2xf32>
}

// -----

// conv (C6): the dilated window fits into the padded input
func.func @conv_c6(%x: tensor<1x9x4xf32>) -> tensor<1x1x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects the window to fit into the padded input, but got window 11 on size 10}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x4x2xf32>) padding = [1, 0] dilations = [5] : tensor<1x9x4xf32> -> tensor<1x1x2xf32>
  return %0 : tensor<1x1x2xf32>
}

// -----

// conv (C7): border has one entry per input channel
func.func @conv_c7(%x: tensor<1x9x4xf32>) -> tensor<1x9x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one border value per channel, that is 4, but got 2}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) padding = [1, 0] border(dense<1.0> : tensor<2xf32>) : tensor<1x9x4xf32> -> tensor<1x9x2xf32>
  return %0 : tensor<1x9x2xf32>
}

// -----

// conv (C8): the epilogue has at most one pooling
func.func @conv_c8_twice(%x: tensor<1x9x4xf32>) -> tensor<1x2x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects at most one pooling with 1 positive window sizes and strides in the epilogue of a conv}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) epilogue(max_pool([2], [2]), max_pool([2], [2])) : tensor<1x9x4xf32> -> tensor<1x2x2xf32>
  return %0 : tensor<1x2x2xf32>
}

// -----

// conv (C8): a pooling has one size per spatial axis
func.func @conv_c8_count(%x: tensor<1x9x4xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects at most one pooling with 1 positive window sizes and strides in the epilogue of a conv}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) epilogue(max_pool([2, 2], [2, 2])) : tensor<1x9x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// conv (C8): the window of a pooling fits
func.func @conv_c8_window(%x: tensor<1x9x4xf32>) -> tensor<1x1x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects the window to fit into the padded input, but got window 9 on size 8}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) epilogue(avg_pool([9], [1])) : tensor<1x9x4xf32> -> tensor<1x1x2xf32>
  return %0 : tensor<1x1x2xf32>
}

// -----

// conv (C8): an affine has one entry per channel
func.func @conv_c8_affine(%x: tensor<1x9x4xf32>) -> tensor<1x8x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one scale per channel, that is 2, but got 4}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) epilogue(affine(2, dense<1.0> : tensor<4xf32>, dense<1.0> : tensor<2xf32>)) : tensor<1x9x4xf32> -> tensor<1x8x2xf32>
  return %0 : tensor<1x8x2xf32>
}

// -----

// conv (C8): an affine runs along the channels
func.func @conv_c8_channels(%x: tensor<1x9x4xf32>) -> tensor<1x8x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects affines along axis 2 in the epilogue, but got 1}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) epilogue(affine(1, dense<1.0> : tensor<8xf32>, dense<1.0> : tensor<8xf32>)) : tensor<1x9x4xf32> -> tensor<1x8x2xf32>
  return %0 : tensor<1x8x2xf32>
}

// -----

// an epilogue without pooling: affines run along the last axis
func.func @add_affine(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects affines along axis 2 in the epilogue, but got 1}}
  %0 = nn.add %x, %x epilogue(affine(1, dense<1.0> : tensor<9xf32>, dense<1.0> : tensor<9xf32>)) : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// conv (C8): an affine's axis is one of the result
func.func @conv_c8_axis(%x: tensor<1x9x4xf32>) -> tensor<1x8x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an axis from 0 to 2, but got 3}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) epilogue(affine(3, dense<1.0> : tensor<2xf32>, dense<1.0> : tensor<2xf32>)) : tensor<1x9x4xf32> -> tensor<1x8x2xf32>
  return %0 : tensor<1x8x2xf32>
}

// -----

// conv: the result's type follows from the rest
func.func @conv_result(%x: tensor<1x9x4xf32>) -> tensor<1x9x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<1x8x2xf32>' are incompatible with return type(s) of operation 'tensor<1x9x2xf32>'}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) : tensor<1x9x4xf32> -> tensor<1x9x2xf32>
  return %0 : tensor<1x9x2xf32>
}

// -----

// conv: one or two spatial axes
func.func @conv_rank(%x: tensor<9x4xf32>) -> tensor<8x2xf32> {
  // expected-error @+1 {{operand #0 must be statically shaped f32 or f64 tensor of rank 3 or 4, but got 'tensor<9x4xf32>'}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x2xf32>) : tensor<9x4xf32> -> tensor<8x2xf32>
  return %0 : tensor<8x2xf32>
}

// -----

// conv: weights are f32 or f64
func.func @conv_weights(%x: tensor<1x9x4xf32>) -> tensor<1x8x2xf32> {
  // expected-error @+1 {{attribute 'kernel' failed to satisfy constraint: constant vector/tensor attribute with f32 or f64 elements}}
  %0 = nn.conv %x kernel(dense<1> : tensor<2x4x2xi32>) : tensor<1x9x4xf32> -> tensor<1x8x2xf32>
  return %0 : tensor<1x8x2xf32>
}

// -----

// dense (C1): the kernel has as many rows as the input's last axis is long
func.func @dense_c1_rows(%x: tensor<1x8xf32>) -> tensor<1x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a kernel of rank 2 with one row per input feature, but got 'tensor<4x2xf32>' on 'tensor<1x8xf32>'}}
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x8xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// dense (C1): the kernel has rank 2
func.func @dense_c1_rank(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a kernel of rank 2 with one row per input feature, but got 'tensor<8xf32>' on 'tensor<1x8xf32>'}}
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8xf32>) : tensor<1x8xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// -----

// dense (C2): the bias has one entry per column of the kernel
func.func @dense_c2(%x: tensor<1x8xf32>) -> tensor<1x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one bias per channel, that is 2, but got 8}}
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8x2xf32>) bias(dense<0.0> : tensor<8xf32>) : tensor<1x8xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// dense (C3): chains is a power of two
func.func @dense_c3_power(%x: tensor<1x8xf32>) -> tensor<1x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects chains to be a power of two from 1 to 64, but got 3}}
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8x2xf32>) chains = 3 : tensor<1x8xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// dense (C3): chains is at most 64
func.func @dense_c3_limit(%x: tensor<1x8xf32>) -> tensor<1x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects chains to be a power of two from 1 to 64, but got 128}}
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8x2xf32>) chains = 128 : tensor<1x8xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// dense: an epilogue is a list of activations
func.func @dense_epilogue(%x: tensor<1x8xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{expects an activation, but got 'softmax'}}
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8x2xf32>) epilogue(relu, softmax) : tensor<1x8xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// dense: an epilogue has a stage, if it stands there
func.func @dense_empty_epilogue(%x: tensor<1x8xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{expected valid keyword}}
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8x2xf32>) epilogue() : tensor<1x8xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// dense: no pooling in the epilogue
func.func @dense_pooling(%x: tensor<1x9x8xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects at most one pooling with 1 positive window sizes and strides in the epilogue of a conv}}
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8x2xf32>) epilogue(max_pool([2], [2])) : tensor<1x9x8xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// dense: shapes are static
func.func @dense_dynamic(%x: tensor<?x8xf32>) -> tensor<?x2xf32> {
  // expected-error @+1 {{operand #0 must be statically shaped f32 or f64 tensor of 1 to 2^28 elements, but got 'tensor<?x8xf32>'}}
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8x2xf32>) : tensor<?x8xf32> -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

// batch_norm (C1): axis is an axis of the input
func.func @batch_norm_c1(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an axis from 0 to 2, but got -1}}
  %0 = nn.batch_norm %x axis = -1 mean(dense<0.5> : tensor<4xf32>) variance(dense<2.0> : tensor<4xf32>) epsilon = 1.0e-3 : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// batch_norm (C2): gamma has one entry per channel
func.func @batch_norm_c2_gamma(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one gamma per channel, that is 4, but got 9}}
  %0 = nn.batch_norm %x axis = 2 gamma(dense<1.0> : tensor<9xf32>) mean(dense<0.5> : tensor<4xf32>) variance(dense<2.0> : tensor<4xf32>) epsilon = 1.0e-3 : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// batch_norm (C2): beta has one entry per channel
func.func @batch_norm_c2_beta(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one beta per channel, that is 4, but got 9}}
  %0 = nn.batch_norm %x axis = 2 beta(dense<1.0> : tensor<9xf32>) mean(dense<0.5> : tensor<4xf32>) variance(dense<2.0> : tensor<4xf32>) epsilon = 1.0e-3 : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// batch_norm (C2): mean has one entry per channel
func.func @batch_norm_c2_mean(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one mean per channel, that is 9, but got 4}}
  %0 = nn.batch_norm %x axis = 1 mean(dense<0.5> : tensor<4xf32>) variance(dense<2.0> : tensor<9xf32>) epsilon = 1.0e-3 : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// batch_norm (C2): variance has one entry per channel, in one axis
func.func @batch_norm_c2_variance(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one variance per channel, that is 4, but got 4}}
  %0 = nn.batch_norm %x axis = 2 mean(dense<0.5> : tensor<4xf32>) variance(dense<2.0> : tensor<1x4xf32>) epsilon = 1.0e-3 : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// affine (C1): axis is an axis of the input
func.func @affine_c1(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an axis from 0 to 2, but got 3}}
  %0 = nn.affine %x axis = 3 scale(dense<2.0> : tensor<4xf64>) shift(dense<0.5> : tensor<4xf64>) : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// affine (C2): scale has one entry per channel
func.func @affine_c2_scale(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one scale per channel, that is 4, but got 1}}
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<0.5> : tensor<4xf64>) : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// affine (C2): shift has one entry per channel
func.func @affine_c2_shift(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one shift per channel, that is 4, but got 9}}
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<4xf64>) shift(dense<0.5> : tensor<9xf64>) : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// activation: the functions are known
func.func @activation_unknown(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+1 {{expects an activation, but got 'swish'}}
  %0 = nn.activation swish %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// activation: parameters are not left out
func.func @activation_without_parameter(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+1 {{expected '('}}
  %0 = nn.activation leaky_relu %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// activation: a function has the parameters that it has
func.func @activation_with_parameter(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+1 {{expected SSA operand}}
  %0 = nn.activation relu(0.5) %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// activation: clip needs both of its bounds
func.func @activation_one_bound(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+1 {{expected ','}}
  %0 = nn.activation clip(0.0) %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// activation: clip's bounds are in order
func.func @activation_bounds(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+1 {{expects the lower bound of clip to be at most the upper bound, but got 6.000000e+00 and 0.000000e+00}}
  %0 = nn.activation clip(6.0, 0.0) %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// activation: parameters are not NaN
func.func @activation_nan(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+1 {{expects activation parameters that are not NaN}}
  %0 = nn.activation elu(0x7FF8000000000000) %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// activation: elements are f32 or f64
func.func @activation_type(%x: tensor<1x4xf16>) -> tensor<1x4xf16> {
  // expected-error @+1 {{operand #0 must be statically shaped f32 or f64 tensor of 1 to 2^28 elements, but got 'tensor<1x4xf16>'}}
  %0 = nn.activation relu %x : tensor<1x4xf16>
  return %0 : tensor<1x4xf16>
}

// -----

// add (C1): sizes
func.func @add_c1(%x: tensor<1x4xf32>, %y: tensor<1x3xf32>) -> tensor<1x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects operands whose sizes are equal or 1, but got 'tensor<1x4xf32>' and 'tensor<1x3xf32>'}}
  %0 = "nn.add"(%x, %y) : (tensor<1x4xf32>, tensor<1x3xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// mul (add C1): ranks
func.func @mul_rank(%x: tensor<1x4xf32>, %y: tensor<4xf32>) -> tensor<1x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects operands whose sizes are equal or 1, but got 'tensor<1x4xf32>' and 'tensor<4xf32>'}}
  %0 = "nn.mul"(%x, %y) : (tensor<1x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// sub (add C1): element types
func.func @sub_element(%x: tensor<1x4xf32>, %y: tensor<1x4xf64>) -> tensor<1x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects operands whose sizes are equal or 1, but got 'tensor<1x4xf32>' and 'tensor<1x4xf64>'}}
  %0 = "nn.sub"(%x, %y) : (tensor<1x4xf32>, tensor<1x4xf64>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// div: the result has the larger sizes
func.func @div_result(%x: tensor<1x4xf32>, %y: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<1x4xf32>' are incompatible with return type(s) of operation 'tensor<1x1xf32>'}}
  %0 = "nn.div"(%x, %y) : (tensor<1x4xf32>, tensor<1x1xf32>) -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// constant (C1): another shape
func.func @constant_c1() -> tensor<1x4xf32> {
  // expected-error @+1 {{expects a result of the value's shape, but got 'tensor<1x4xf32>' from 'tensor<4xf32>'}}
  %0 = nn.constant value(dense<0.5> : tensor<4xf32>) : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// reduce (C1): an axis that is none
func.func @reduce_c1(%x: tensor<1x4xf32>) -> tensor<1xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an axis from 0 to 1, but got 2}}
  %0 = "nn.reduce"(%x) <{kind = #nn<reduce_kind mean>, axes = array<i64: 2>}> : (tensor<1x4xf32>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
}

// -----

// reduce (C1): order
func.func @reduce_c1_order(%x: tensor<1x4x4xf32>) -> tensor<1xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects axes in ascending order, but got 1 after 2}}
  %0 = "nn.reduce"(%x) <{kind = #nn<reduce_kind mean>, axes = array<i64: 2, 1>}> : (tensor<1x4x4xf32>) -> tensor<1xf32>
  return %0 : tensor<1xf32>
}

// -----

// activation: celu is none with a parameter of zero
func.func @celu_zero(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+1 {{expects a positive parameter of celu, but got 0.000000e+00}}
  %0 = nn.activation celu(0.0) %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// select (C1): sizes are equal or 1
func.func @select_c1(%c: tensor<1x9x4xf32>, %x: tensor<1x9x4xf32>, %y: tensor<1x3x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects operands whose sizes are equal or 1, but got 'tensor<1x9x4xf32>', 'tensor<1x9x4xf32>' and 'tensor<1x3x4xf32>'}}
  %0 = nn.select %c, %x, %y : tensor<1x9x4xf32>, tensor<1x9x4xf32>, tensor<1x3x4xf32> -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// prelu (C1): slopes of the input's sizes
func.func @prelu_c1(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects slopes whose sizes are the input's or 1, but got 'tensor<1x9x3xf32>' for 'tensor<1x9x4xf32>'}}
  %0 = "nn.prelu"(%x) <{slope = dense<0.5> : tensor<1x9x3xf32>}> : (tensor<1x9x4xf32>) -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// prelu (C1): one slope for all samples
func.func @prelu_c1_batch(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects slopes whose sizes are the input's or 1, but got 'tensor<2x4xf32>' for 'tensor<2x4xf32>'}}
  %0 = "nn.prelu"(%x) <{slope = dense<0.5> : tensor<2x4xf32>}> : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

// normalize (C1): an axis
func.func @normalize_c1(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects at least one axis}}
  %0 = "nn.normalize"(%x) <{kind = #nn<normalize_kind rms>, axes = array<i64>, epsilon = 0.1 : f64}> : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// normalize (C1): axes of the input
func.func @normalize_c1_axis(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an axis from 0 to 1, but got 2}}
  %0 = "nn.normalize"(%x) <{kind = #nn<normalize_kind rms>, axes = array<i64: 2>, epsilon = 0.1 : f64}> : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// normalize (C2): epsilon
func.func @normalize_c2(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a finite epsilon that is not negative, but got -1.000000e-01}}
  %0 = "nn.normalize"(%x) <{kind = #nn<normalize_kind rms>, axes = array<i64: 1>, epsilon = -0.1 : f64}> : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// attention (C1): leading sizes
func.func @attention_c1(%q: tensor<2x9x4xf32>, %k: tensor<1x7x4xf32>, %v: tensor<1x7x3xf32>) -> tensor<2x9x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects queries, keys and values with the same leading sizes, but got 'tensor<2x9x4xf32>', 'tensor<1x7x4xf32>' and 'tensor<1x7x3xf32>'}}
  %0 = "nn.attention"(%q, %k, %v) : (tensor<2x9x4xf32>, tensor<1x7x4xf32>, tensor<1x7x3xf32>) -> tensor<2x9x3xf32>
  return %0 : tensor<2x9x3xf32>
}

// -----

// attention (C2): terms of the keys
func.func @attention_c2(%q: tensor<1x9x4xf32>, %k: tensor<1x7x5xf32>, %v: tensor<1x7x3xf32>) -> tensor<1x9x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects keys with the terms of the queries, and as many values, but got 'tensor<1x9x4xf32>', 'tensor<1x7x5xf32>' and 'tensor<1x7x3xf32>'}}
  %0 = "nn.attention"(%q, %k, %v) : (tensor<1x9x4xf32>, tensor<1x7x5xf32>, tensor<1x7x3xf32>) -> tensor<1x9x3xf32>
  return %0 : tensor<1x9x3xf32>
}

// -----

// attention (C3): scale
func.func @attention_c3(%q: tensor<1x9x4xf32>, %k: tensor<1x7x4xf32>, %v: tensor<1x7x3xf32>) -> tensor<1x9x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a finite scale, but got}}
  %0 = "nn.attention"(%q, %k, %v) <{scale = 0x7FF0000000000000 : f64}> : (tensor<1x9x4xf32>, tensor<1x7x4xf32>, tensor<1x7x3xf32>) -> tensor<1x9x3xf32>
  return %0 : tensor<1x9x3xf32>
}

// -----

// matmul (C1): leading sizes
func.func @matmul_c1(%x: tensor<2x9x4xf32>, %y: tensor<3x4x7xf32>) -> tensor<3x9x7xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects matrices whose leading sizes are equal or 1, but got 'tensor<2x9x4xf32>' and 'tensor<3x4x7xf32>'}}
  %0 = "nn.matmul"(%x, %y) : (tensor<2x9x4xf32>, tensor<3x4x7xf32>) -> tensor<3x9x7xf32>
  return %0 : tensor<3x9x7xf32>
}

// -----

// matmul (C2): rows and columns
func.func @matmul_c2(%x: tensor<1x9x4xf32>, %y: tensor<1x5x7xf32>) -> tensor<1x9x7xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects as many rows as there are columns, 4, but got 5}}
  %0 = "nn.matmul"(%x, %y) : (tensor<1x9x4xf32>, tensor<1x5x7xf32>) -> tensor<1x9x7xf32>
  return %0 : tensor<1x9x7xf32>
}

// -----

// dropout: result and input have one type
func.func @dropout_type(%x: tensor<1x4xf32>) -> tensor<4x1xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<1x4xf32>' are incompatible with return type(s) of operation 'tensor<4x1xf32>'}}
  %0 = "nn.dropout"(%x) <{rate = 0.1 : f64}> : (tensor<1x4xf32>) -> tensor<4x1xf32>
  return %0 : tensor<4x1xf32>
}

// -----

// softmax (C1): axis is an axis of the input
func.func @softmax_c1_range(%x: tensor<1x10xf32>) -> tensor<1x10xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an axis from 0 to 1, but got 2}}
  %0 = nn.softmax %x axis = 2 : tensor<1x10xf32>
  return %0 : tensor<1x10xf32>
}

// -----

// softmax (C1): axis is not the batch
func.func @softmax_c1_batch(%x: tensor<1x10xf32>) -> tensor<1x10xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an axis other than the batch}}
  %0 = nn.softmax %x axis = 0 : tensor<1x10xf32>
  return %0 : tensor<1x10xf32>
}

// -----

// max_pool (C1): the window has one entry per spatial axis
func.func @max_pool_c1_count(%x: tensor<1x9x4xf32>) -> tensor<1x4x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive window sizes, strides and dilations and 2 non-negative paddings}}
  %0 = nn.max_pool %x window = [2, 2] : tensor<1x9x4xf32> -> tensor<1x4x4xf32>
  return %0 : tensor<1x4x4xf32>
}

// -----

// max_pool (C1): strides are positive
func.func @max_pool_c1_strides(%x: tensor<1x9x4xf32>) -> tensor<1x4x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive window sizes, strides and dilations and 2 non-negative paddings}}
  %0 = nn.max_pool %x window = [2] strides = [0] : tensor<1x9x4xf32> -> tensor<1x4x4xf32>
  return %0 : tensor<1x4x4xf32>
}

// -----

// max_pool (C2): padding is smaller than the window
func.func @max_pool_c2(%x: tensor<1x9x4xf32>) -> tensor<1x5x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects padding smaller than the window, but got 2 for window 2}}
  %0 = nn.max_pool %x window = [2] padding = [0, 2] : tensor<1x9x4xf32> -> tensor<1x5x4xf32>
  return %0 : tensor<1x5x4xf32>
}

// -----

// max_pool (C2): no padding where there is dilation
func.func @max_pool_c2_dilation(%x: tensor<1x9x4xf32>) -> tensor<1x8x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects no padding where there is dilation, but got 1}}
  %0 = nn.max_pool %x window = [2] strides = [1] padding = [1, 0] dilations = [2] : tensor<1x9x4xf32> -> tensor<1x8x4xf32>
  return %0 : tensor<1x8x4xf32>
}

// -----

// max_pool (C3): the window fits into the padded input
func.func @max_pool_c3(%x: tensor<1x9x4xf32>) -> tensor<1x1x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects the window to fit into the padded input, but got window 11 on size 10}}
  %0 = nn.max_pool %x window = [11] padding = [0, 1] : tensor<1x9x4xf32> -> tensor<1x1x4xf32>
  return %0 : tensor<1x1x4xf32>
}

// -----

// avg_pool (C1): the window is positive
func.func @avg_pool_c1_window(%x: tensor<1x9x8x4xf32>) -> tensor<1x4x4x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 2 positive window sizes, strides and dilations and 4 non-negative paddings}}
  %0 = nn.avg_pool %x window = [0, 2] : tensor<1x9x8x4xf32> -> tensor<1x4x4x4xf32>
  return %0 : tensor<1x4x4x4xf32>
}

// -----

// avg_pool (C1): padding has two entries per spatial axis, none negative
func.func @avg_pool_c1_padding(%x: tensor<1x9x8x4xf32>) -> tensor<1x4x4x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 2 positive window sizes, strides and dilations and 4 non-negative paddings}}
  %0 = nn.avg_pool %x window = [2, 2] padding = [0, 0, 0, -1] : tensor<1x9x8x4xf32> -> tensor<1x4x4x4xf32>
  return %0 : tensor<1x4x4x4xf32>
}

// -----

// avg_pool (C2): padding is smaller than the window
func.func @avg_pool_c2(%x: tensor<1x9x8x4xf32>) -> tensor<1x5x4x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects padding smaller than the window, but got 3 for window 2}}
  %0 = nn.avg_pool %x window = [2, 2] padding = [0, 0, 3, 0] : tensor<1x9x8x4xf32> -> tensor<1x5x4x4xf32>
  return %0 : tensor<1x5x4x4xf32>
}

// -----

// avg_pool (C2): no padding where there is dilation
func.func @avg_pool_c2_dilation(%x: tensor<1x9x4xf32>) -> tensor<1x8x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects no padding where there is dilation, but got 1}}
  %0 = nn.avg_pool %x window = [2] strides = [1] padding = [1, 0] dilations = [2] : tensor<1x9x4xf32> -> tensor<1x8x4xf32>
  return %0 : tensor<1x8x4xf32>
}

// -----

// avg_pool (C3): the window fits into the padded input
func.func @avg_pool_c3(%x: tensor<1x9x8x4xf32>) -> tensor<1x1x1x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects the window to fit into the padded input, but got window 9 on size 8}}
  %0 = nn.avg_pool %x window = [9, 9] : tensor<1x9x8x4xf32> -> tensor<1x1x1x4xf32>
  return %0 : tensor<1x1x1x4xf32>
}

// -----

// global_pool: the reduction is max or avg
func.func @global_pool_kind(%x: tensor<1x9x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+2 {{expected ::frieze::nn::PoolKind to be one of: max, avg}}
  // expected-error @+1 {{failed to parse}}
  %0 = nn.global_pool min %x : tensor<1x9x4xf32> -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// global_pool: the result has a spatial axis with keep_dims only
func.func @global_pool_keep_dims(%x: tensor<1x9x4xf32>) -> tensor<1x1x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<1x4xf32>' are incompatible with return type(s) of operation 'tensor<1x1x4xf32>'}}
  %0 = nn.global_pool max %x : tensor<1x9x4xf32> -> tensor<1x1x4xf32>
  return %0 : tensor<1x1x4xf32>
}

// -----

// embedding (C1): the table has rank 2
func.func @embedding_c1(%x: tensor<1x20xf32>) -> tensor<1x20x1xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a table of rank 2, but got rank 1}}
  %0 = nn.embedding %x table(dense<0.5> : tensor<100xf32>) : tensor<1x20xf32> -> tensor<1x20x1xf32>
  return %0 : tensor<1x20x1xf32>
}

// -----

// embedding (C2): the table has fewer than 2^24 rows, as float32 numbers no more
func.func @embedding_c2(%x: tensor<1x20xf32>) -> tensor<1x20x1xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a table of fewer than 16777216 rows, but got 16777216}}
  %0 = nn.embedding %x table(dense<0.5> : tensor<16777216x1xf32>) : tensor<1x20xf32> -> tensor<1x20x1xf32>
  return %0 : tensor<1x20x1xf32>
}

// -----

// gru (C1): the input has rank 3
func.func @gru_c1(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{operand #0 must be statically shaped f32 or f64 tensor of rank 3, but got 'tensor<1x2xf32>'}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C2): the recurrent kernel has three times as many columns as rows
func.func @gru_c2(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a recurrent kernel with three times as many columns as rows, but got 'tensor<3x7xf32>'}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x7xf32>) recurrent(dense<0.1> : tensor<3x7xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C3): the kernel has a row per input channel
func.func @gru_c3_rows(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a kernel of 2 rows and 9 columns, but got 'tensor<3x9xf32>'}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<3x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C3): the kernel has the recurrent kernel's columns
func.func @gru_c3_columns(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a kernel of 2 rows and 9 columns, but got 'tensor<2x12xf32>'}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C4): the bias has one entry per column
func.func @gru_c4(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one bias per channel, that is 9, but got 2}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) bias(dense<0.0> : tensor<2xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C5): only sequences are reversed
func.func @gru_c5(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects sequences, to be reversed}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) reversed : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C6): a mask has an entry per step
func.func @gru_c6(%x: tensor<1x60x2xf32>, %m: tensor<1x59xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a mask of type 'tensor<1x60xf32>', but got 'tensor<1x59xf32>'}}
  %0 = nn.gru %x mask(%m : tensor<1x59xf32>) kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C7): only sequences with a mask have zeros
func.func @gru_c7(%x: tensor<1x60x2xf32>, %m: tensor<1x60xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects sequences and a mask, to have zeros where that is zero}}
  %0 = nn.gru %x mask(%m : tensor<1x60xf32>) kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) zero_masked : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C8): an initial state has an entry per unit
func.func @gru_c8(%x: tensor<1x60x2xf32>, %h: tensor<1x4xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an initial state of type 'tensor<1x3xf32>', or of one sample, but got 'tensor<1x4xf32>'}}
  %0 = nn.gru %x initial(%h : tensor<1x4xf32>) kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C9): clip is positive
func.func @gru_c9(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a finite and positive clip}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) clip = 0.0 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C10): a carried state runs forwards
func.func @gru_c10_backwards(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) backwards carried = 0 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C10): a carried state is that of one sample
func.func @gru_c10_samples(%x: tensor<2x60x2xf32>) -> tensor<2x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) carried = 0 : tensor<2x60x2xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// gru (C10): a carried state has no other start
func.func @gru_c10_initial(%x: tensor<1x60x2xf32>, %h: tensor<1x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.gru %x initial(%h : tensor<1x3xf32>) kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) carried = 0 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C10): the number of a carried state is not negative
func.func @gru_c10_number(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) carried = -1 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C11): a recurrent bias has one entry per unit
func.func @gru_c11_size(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one recurrent bias per channel, that is 3, but got 9}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) recurrent_bias(dense<0.0> : tensor<9xf32>) activation(tanh) recurrent_activation(sigmoid) reset_after : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// gru (C11): a recurrent bias needs reset_after
func.func @gru_c11_reset_before(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects reset_after with a recurrent bias}}
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) recurrent_bias(dense<0.0> : tensor<3xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C1): the input has at least one step
func.func @lstm_c1(%x: tensor<1x0x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{operand #0 must be statically shaped f32 or f64 tensor of rank 3, but got 'tensor<1x0x2xf32>'}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x0x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C2): the recurrent kernel has four times as many columns as rows
func.func @lstm_c2(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a recurrent kernel with four times as many columns as rows, but got 'tensor<3x9xf32>'}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C3): the kernel has a row per input channel
func.func @lstm_c3_rows(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a kernel of 2 rows and 12 columns, but got 'tensor<3x12xf32>'}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<3x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C3): the kernel has the recurrent kernel's columns
func.func @lstm_c3_columns(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a kernel of 2 rows and 12 columns, but got 'tensor<2x3xf32>'}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C4): the bias has one entry per column
func.func @lstm_c4(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one bias per channel, that is 12, but got 3}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) bias(dense<0.0> : tensor<3xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C5): only sequences are reversed
func.func @lstm_c5(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects sequences, to be reversed}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) reversed : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C6): a mask has an entry per step
func.func @lstm_c6(%x: tensor<1x60x2xf32>, %m: tensor<1x59xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a mask of type 'tensor<1x60xf32>', but got 'tensor<1x59xf32>'}}
  %0 = nn.lstm %x mask(%m : tensor<1x59xf32>) kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C7): only sequences with a mask have zeros
func.func @lstm_c7(%x: tensor<1x60x2xf32>, %m: tensor<1x60xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects sequences and a mask, to have zeros where that is zero}}
  %0 = nn.lstm %x mask(%m : tensor<1x60xf32>) kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) zero_masked : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C8): an initial state has an entry per unit
func.func @lstm_c8(%x: tensor<1x60x2xf32>, %h: tensor<1x4xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an initial state of type 'tensor<1x3xf32>', or of one sample, but got 'tensor<1x4xf32>'}}
  %0 = nn.lstm %x initial(%h : tensor<1x4xf32>) kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C8): an initial cell is that of one sample or of each
func.func @lstm_c8_cell(%x: tensor<2x60x2xf32>, %c: tensor<3x3xf32>) -> tensor<2x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an initial state of type 'tensor<2x3xf32>', or of one sample, but got 'tensor<3x3xf32>'}}
  %0 = nn.lstm %x initial_cell(%c : tensor<3x3xf32>) kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<2x60x2xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// lstm (C9): clip is positive
func.func @lstm_c9(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a finite and positive clip}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) clip = 0.0 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C10): a carried state runs forwards
func.func @lstm_c10_backwards(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) backwards carried = 0 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C10): a carried state is that of one sample
func.func @lstm_c10_samples(%x: tensor<2x60x2xf32>) -> tensor<2x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) carried = 0 : tensor<2x60x2xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// lstm (C10): a carried state has no other start
func.func @lstm_c10_initial(%x: tensor<1x60x2xf32>, %h: tensor<1x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.lstm %x initial(%h : tensor<1x3xf32>) kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) carried = 0 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C10): the number of a carried state is not negative
func.func @lstm_c10_number(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) carried = -1 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C11): a peephole has an entry per unit of three gates
func.func @lstm_c11(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one peephole weight per channel, that is 9, but got 12}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) peephole(dense<0.1> : tensor<12xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// lstm (C12): cell_clip is positive
func.func @lstm_c12(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a finite and positive cell clip}}
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) cell_clip = -1.0 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C1): the input has rank 3
func.func @rnn_c1(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{operand #0 must be statically shaped f32 or f64 tensor of rank 3, but got 'tensor<1x2xf32>'}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C2): the recurrent kernel has as many columns as rows
func.func @rnn_c2(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a recurrent kernel with as many columns as rows, but got 'tensor<3x7xf32>'}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<2x7xf32>) recurrent(dense<0.1> : tensor<3x7xf32>) activation(tanh) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C3): the kernel has a row per input channel
func.func @rnn_c3_rows(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a kernel of 2 rows and 3 columns, but got 'tensor<3x3xf32>'}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C3): the kernel has the recurrent kernel's columns
func.func @rnn_c3_columns(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a kernel of 2 rows and 3 columns, but got 'tensor<2x12xf32>'}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C4): the bias has one entry per column
func.func @rnn_c4(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one bias per channel, that is 3, but got 2}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) bias(dense<0.0> : tensor<2xf32>) activation(tanh) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C5): only sequences are reversed
func.func @rnn_c5(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects sequences, to be reversed}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) reversed : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C6): a mask has an entry per step
func.func @rnn_c6(%x: tensor<1x60x2xf32>, %m: tensor<1x59xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a mask of type 'tensor<1x60xf32>', but got 'tensor<1x59xf32>'}}
  %0 = nn.rnn %x mask(%m : tensor<1x59xf32>) kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C7): only sequences with a mask have zeros
func.func @rnn_c7(%x: tensor<1x60x2xf32>, %m: tensor<1x60xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects sequences and a mask, to have zeros where that is zero}}
  %0 = nn.rnn %x mask(%m : tensor<1x60xf32>) kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) zero_masked : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C8): an initial state has an entry per unit
func.func @rnn_c8(%x: tensor<1x60x2xf32>, %h: tensor<1x4xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an initial state of type 'tensor<1x3xf32>', or of one sample, but got 'tensor<1x4xf32>'}}
  %0 = nn.rnn %x initial(%h : tensor<1x4xf32>) kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C9): clip is positive
func.func @rnn_c9(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a finite and positive clip}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) clip = 0.0 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C10): a carried state runs forwards
func.func @rnn_c10_backwards(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) backwards carried = 0 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C10): a carried state is that of one sample
func.func @rnn_c10_samples(%x: tensor<2x60x2xf32>) -> tensor<2x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) carried = 0 : tensor<2x60x2xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// rnn (C10): a carried state has no other start
func.func @rnn_c10_initial(%x: tensor<1x60x2xf32>, %h: tensor<1x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.rnn %x initial(%h : tensor<1x3xf32>) kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) carried = 0 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// rnn (C10): the number of a carried state is not negative
func.func @rnn_c10_number(%x: tensor<1x60x2xf32>) -> tensor<1x3xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a layer that runs forwards on one sample, from no initial state, to carry a state whose number is not negative}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) carried = -1 : tensor<1x60x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// concat (C1): there is an operand
func.func @concat_c1_none() -> tensor<1x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects operands with an axis 1 other than the batch}}
  %0 = "nn.concat"() <{axis = 1 : i64}> : () -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// concat (C1): axis is not the batch
func.func @concat_c1_batch(%x: tensor<1x4xf32>) -> tensor<2x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects operands with an axis 0 other than the batch}}
  %0 = nn.concat %x, %x axis = 0 : tensor<1x4xf32>, tensor<1x4xf32> -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}

// -----

// concat (C1): axis is an axis of the operands
func.func @concat_c1_range(%x: tensor<1x4xf32>) -> tensor<1x8xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects operands with an axis 2 other than the batch}}
  %0 = nn.concat %x, %x axis = 2 : tensor<1x4xf32>, tensor<1x4xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// -----

// concat (C2): the operands differ in size along axis only
func.func @concat_c2_size(%x: tensor<1x9x4xf32>, %y: tensor<1x8x4xf32>) -> tensor<1x9x8xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects operands that differ along axis 2 only, but got 'tensor<1x9x4xf32>' and 'tensor<1x8x4xf32>'}}
  %0 = nn.concat %x, %y axis = 2 : tensor<1x9x4xf32>, tensor<1x8x4xf32> -> tensor<1x9x8xf32>
  return %0 : tensor<1x9x8xf32>
}

// -----

// concat (C2): the operands have one rank
func.func @concat_c2_rank(%x: tensor<1x9x4xf32>, %y: tensor<1x4xf32>) -> tensor<1x10x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects operands that differ along axis 1 only, but got 'tensor<1x9x4xf32>' and 'tensor<1x4xf32>'}}
  %0 = nn.concat %x, %y axis = 1 : tensor<1x9x4xf32>, tensor<1x4xf32> -> tensor<1x10x4xf32>
  return %0 : tensor<1x10x4xf32>
}

// -----

// identity (C1): affines have one axis
func.func @identity_c1(%x: tensor<1x2x2xf32>) -> tensor<1x2x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects affines along axis 1 in the epilogue, but got 2}}
  %0 = nn.identity %x epilogue(affine(1, dense<2.0> : tensor<2xf32>, dense<1.0> : tensor<2xf32>), affine(2, dense<2.0> : tensor<2xf32>, dense<1.0> : tensor<2xf32>)) : tensor<1x2x2xf32>
  return %0 : tensor<1x2x2xf32>
}

// -----

// identity: an affine has one entry per channel
func.func @identity_affine(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one shift per channel, that is 4, but got 1}}
  %0 = nn.identity %x epilogue(affine(1, dense<1.0> : tensor<4xf32>, dense<1.0> : tensor<1xf32>)) : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// conv_transpose (C1): the kernel has the rank of the input
func.func @conv_transpose_c1(%x: tensor<1x3x4xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a kernel of rank 3 without empty axes, but got 'tensor<2x2x4x2xf32>'}}
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x2x4x2xf32>) : tensor<1x3x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// conv_transpose (C2): strides are positive
func.func @conv_transpose_c2_zero(%x: tensor<1x3x4xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive strides and dilations and 2 paddings}}
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x4x2xf32>) strides = [0] : tensor<1x3x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// conv_transpose (C2): one dilation per spatial axis
func.func @conv_transpose_c2_dilations(%x: tensor<1x3x4xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive strides and dilations and 2 paddings}}
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x4x2xf32>) dilations = [1, 1] : tensor<1x3x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// conv_transpose (C2): padding has a low and a high entry for each axis
func.func @conv_transpose_c2_padding(%x: tensor<1x3x4xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive strides and dilations and 2 paddings}}
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x4x2xf32>) padding = [0] : tensor<1x3x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// conv_transpose (C2): with a dilation, strides are small
func.func @conv_transpose_c2_both(%x: tensor<1x3x4xf32>) -> tensor<1x37x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a stride of at most 16 with a dilation, but got 17}}
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x4x2xf32>) strides = [17] dilations = [2] : tensor<1x3x4xf32> -> tensor<1x37x2xf32>
  return %0 : tensor<1x37x2xf32>
}

// -----

// conv_transpose (C3): groups divide the channels
func.func @conv_transpose_c3(%x: tensor<1x3x4xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects groups to divide 4 input and 2 output channels, but got 3}}
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x4x2xf32>) groups = 3 : tensor<1x3x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// conv_transpose (C4): the kernel has the channels of a group
func.func @conv_transpose_c4(%x: tensor<1x3x4xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 2 kernel channels to match the input, but got 4}}
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x4x2xf32>) groups = 2 : tensor<1x3x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// conv_transpose (C5): one bias per output channel
func.func @conv_transpose_c5(%x: tensor<1x3x4xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one bias per channel, that is 2, but got 3}}
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x4x2xf32>) bias(dense<0.5> : tensor<3xf32>) : tensor<1x3x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// conv_transpose (C6): the padding leaves something
func.func @conv_transpose_c6(%x: tensor<1x3x4xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects padding that leaves something of 4 positions, but got 2 and 2}}
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x4x2xf32>) padding = [2, 2] : tensor<1x3x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// conv_transpose (C7): no pooling in the epilogue
func.func @conv_transpose_c7(%x: tensor<1x3x4xf32>) -> tensor<1x2x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{in the epilogue of a conv}}
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x4x2xf32>) epilogue(max_pool([2], [2])) : tensor<1x3x4xf32> -> tensor<1x2x2xf32>
  return %0 : tensor<1x2x2xf32>
}

// -----

// pad (C1): low has one entry per axis
func.func @pad_c1_count(%x: tensor<1x9x4xf32>) -> tensor<1x12x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 3 non-negative entries in low and in high}}
  %0 = nn.pad %x low = [1] high = [0, 2, 0] value = 0.0 : tensor<1x9x4xf32> -> tensor<1x12x4xf32>
  return %0 : tensor<1x12x4xf32>
}

// -----

// pad (C1): high is not negative
func.func @pad_c1_negative(%x: tensor<1x9x4xf32>) -> tensor<1x8x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 3 non-negative entries in low and in high}}
  %0 = nn.pad %x low = [0, 0, 0] high = [0, -1, 0] value = 0.0 : tensor<1x9x4xf32> -> tensor<1x8x4xf32>
  return %0 : tensor<1x8x4xf32>
}

// -----

// pad (C2): reflected padding is smaller than the input
func.func @pad_c2(%x: tensor<1x3x4xf32>) -> tensor<1x6x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects padding smaller than what it reflects, but got 3 for size 3}}
  %0 = nn.pad %x low = [0, 3, 0] high = [0, 0, 0] mode = reflect : tensor<1x3x4xf32> -> tensor<1x6x4xf32>
  return %0 : tensor<1x6x4xf32>
}

// -----

// resize (C1): one size per spatial axis
func.func @resize_c1_count(%x: tensor<1x3x4xf32>) -> tensor<1x6x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive sizes}}
  %0 = nn.resize nearest %x sizes = [6, 4] : tensor<1x3x4xf32> -> tensor<1x6x4xf32>
  return %0 : tensor<1x6x4xf32>
}

// -----

// resize (C1): sizes are positive
func.func @resize_c1_zero(%x: tensor<1x3x4xf32>) -> tensor<1x6x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive sizes}}
  %0 = nn.resize nearest %x sizes = [0] : tensor<1x3x4xf32> -> tensor<1x6x4xf32>
  return %0 : tensor<1x6x4xf32>
}

// -----

// resize (C2): positions are exact in float32
func.func @resize_c2(%x: tensor<1x3x4xf32>) -> tensor<1x6x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects axes of at most 16777216 positions, but got 16777217}}
  %0 = nn.resize nearest %x sizes = [16777217] : tensor<1x3x4xf32> -> tensor<1x6x4xf32>
  return %0 : tensor<1x6x4xf32>
}

// -----

// resize (C3): scales are positive
func.func @resize_c3(%x: tensor<1x3x4xf32>) -> tensor<1x6x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive scales}}
  %0 = nn.resize nearest %x sizes = [6] scales = [-2.0] : tensor<1x3x4xf32> -> tensor<1x6x4xf32>
  return %0 : tensor<1x6x4xf32>
}

// -----

// resize (C3): one scale per spatial axis
func.func @resize_c3_count(%x: tensor<1x3x4xf32>) -> tensor<1x6x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 1 positive scales}}
  %0 = nn.resize nearest %x sizes = [6] scales = [2.0, 1.0] : tensor<1x3x4xf32> -> tensor<1x6x4xf32>
  return %0 : tensor<1x6x4xf32>
}

// -----

// resize (C4): rounding is for the nearest
func.func @resize_c4(%x: tensor<1x3x4xf32>) -> tensor<1x6x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects rounding with 'nearest' only}}
  %0 = nn.resize linear %x sizes = [6] rounding = ceil : tensor<1x3x4xf32> -> tensor<1x6x4xf32>
  return %0 : tensor<1x6x4xf32>
}

// -----

// slice (C1): one entry per axis
func.func @slice_c1(%x: tensor<1x3x4xf32>) -> tensor<1x2x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 3 entries in begin, size and strides}}
  %0 = nn.slice %x begin = [0, 1] size = [1, 2, 4] : tensor<1x3x4xf32> -> tensor<1x2x4xf32>
  return %0 : tensor<1x2x4xf32>
}

// -----

// slice (C2): sizes are positive
func.func @slice_c2_size(%x: tensor<1x3x4xf32>) -> tensor<1x2x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects positive sizes and strides other than zero}}
  %0 = nn.slice %x begin = [0, 1, 0] size = [1, 0, 4] : tensor<1x3x4xf32> -> tensor<1x2x4xf32>
  return %0 : tensor<1x2x4xf32>
}

// -----

// slice (C2): strides are not zero
func.func @slice_c2_stride(%x: tensor<1x3x4xf32>) -> tensor<1x2x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects positive sizes and strides other than zero}}
  %0 = nn.slice %x begin = [0, 1, 0] size = [1, 2, 4] strides = [1, 0, 1] : tensor<1x3x4xf32> -> tensor<1x2x4xf32>
  return %0 : tensor<1x2x4xf32>
}

// -----

// slice (C3): the first position is inside
func.func @slice_c3_begin(%x: tensor<1x3x4xf32>) -> tensor<1x2x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects positions within the input of 3 along axis 1, but got 2 from 3 with stride -1}}
  %0 = nn.slice %x begin = [0, 3, 0] size = [1, 2, 4] strides = [1, -1, 1] : tensor<1x3x4xf32> -> tensor<1x2x4xf32>
  return %0 : tensor<1x2x4xf32>
}

// -----

// slice (C3): the last position is inside
func.func @slice_c3_end(%x: tensor<1x3x4xf32>) -> tensor<1x2x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects positions within the input of 3 along axis 1, but got 2 from 0 with stride -1}}
  %0 = nn.slice %x begin = [0, 0, 0] size = [1, 2, 4] strides = [1, -1, 1] : tensor<1x3x4xf32> -> tensor<1x2x4xf32>
  return %0 : tensor<1x2x4xf32>
}

// -----

// reshape (C1): input and result have the same number of elements
func.func @reshape_c1_elements(%x: tensor<1x9x4xf32>) -> tensor<1x35xf32> {
  // expected-error @+1 {{'nn.reshape' op expects a result with the input's elements, but got 'tensor<1x35xf32>' from 'tensor<1x9x4xf32>'}}
  %0 = nn.reshape %x : tensor<1x9x4xf32> -> tensor<1x35xf32>
  return %0 : tensor<1x35xf32>
}

// -----

// reshape (C1): input and result have the same element type
func.func @reshape_c1_type(%x: tensor<1x9x4xf32>) -> tensor<1x36xf64> {
  // expected-error @+1 {{'nn.reshape' op expects a result with the input's elements, but got 'tensor<1x36xf64>' from 'tensor<1x9x4xf32>'}}
  %0 = nn.reshape %x : tensor<1x9x4xf32> -> tensor<1x36xf64>
  return %0 : tensor<1x36xf64>
}

// -----

// transpose (C1): permutation lists every axis of the input
func.func @transpose_c1_count(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a permutation of 3 axes}}
  %0 = nn.transpose %x permutation = [0, 1] : tensor<1x9x4xf32> -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// transpose (C1): permutation lists no axis twice
func.func @transpose_c1_twice(%x: tensor<1x9x4xf32>) -> tensor<1x9x9xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a permutation of 3 axes}}
  %0 = nn.transpose %x permutation = [0, 1, 1] : tensor<1x9x4xf32> -> tensor<1x9x9xf32>
  return %0 : tensor<1x9x9xf32>
}

// -----

// #nn.activation: the same checks as in the op
// expected-error @+1 {{expects the lower bound of clip to be at most the upper bound, but got 1.000000e+00 and -1.000000e+00}}
func.func private @attribute_bounds() attributes {function = #nn.activation<clip(1.0, -1.0)>}

// -----

// #nn.pool_stage: no other kind of stage
// expected-error @+1 {{expects another kind of epilogue stage}}
func.func private @attribute_stage() attributes {stage = #nn.pool_stage<relu>}

// -----

// conv (C9): minimal filtering has one entry per spatial axis
func.func @conv_c9_count(%x: tensor<1x34x64xf32>) -> tensor<1x32x64xf32> {
  // expected-error @+1 {{expects tiles that minimal filtering can compute, but got winograd = [4, 4]}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) winograd = [4, 4] : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
  return %0 : tensor<1x32x64xf32>
}

// -----

// conv (C9): strides are 1
func.func @conv_c9_stride(%x: tensor<1x34x64xf32>) -> tensor<1x16x64xf32> {
  // expected-error @+1 {{expects tiles that minimal filtering can compute}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) strides = [2] winograd = [2] : tensor<1x34x64xf32> -> tensor<1x16x64xf32>
  return %0 : tensor<1x16x64xf32>
}

// -----

// conv (C9): tiles hold whole windows of the pooling
func.func @conv_c9_pool(%x: tensor<1x34x64xf32>) -> tensor<1x10x64xf32> {
  // expected-error @+1 {{expects tiles that minimal filtering can compute}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) winograd = [4] epilogue(max_pool([3], [3])) : tensor<1x34x64xf32> -> tensor<1x10x64xf32>
  return %0 : tensor<1x10x64xf32>
}

// -----

// conv (C9): no scheme for the window has so many products
func.func @conv_c9_products(%x: tensor<1x34x64xf32>) -> tensor<1x32x64xf32> {
  // expected-error @+1 {{expects tiles that minimal filtering can compute, but got winograd = [4] products = [8]}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) winograd = [4] products = [8] : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
  return %0 : tensor<1x32x64xf32>
}

// -----

// conv (C9): products of what is not filtered
func.func @conv_c9_direct(%x: tensor<1x34x64xf32>) -> tensor<1x32x64xf32> {
  // expected-error @+1 {{expects winograd with products}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) products = [7] : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
  return %0 : tensor<1x32x64xf32>
}

// -----

// conv (C9): a tile fits into each phase of a dilation
func.func @conv_c9_dilation(%x: tensor<1x34x64xf32>) -> tensor<1x18x64xf32> {
  // expected-error @+1 {{expects tiles that minimal filtering can compute}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) dilations = [8] winograd = [4] : tensor<1x34x64xf32> -> tensor<1x18x64xf32>
  return %0 : tensor<1x18x64xf32>
}

// -----

// conv (C9): a dilation leaves no pooling
func.func @conv_c9_dilation_pool(%x: tensor<1x36x64xf32>) -> tensor<1x16x64xf32> {
  // expected-error @+1 {{expects tiles that minimal filtering can compute}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) dilations = [2] winograd = [4] epilogue(max_pool([2], [2])) : tensor<1x36x64xf32> -> tensor<1x16x64xf32>
  return %0 : tensor<1x16x64xf32>
}

// -----

// conv (C9): a tile fits into the result
func.func @conv_c9_small(%x: tensor<1x5x64xf32>) -> tensor<1x3x64xf32> {
  // expected-error @+1 {{expects tiles that minimal filtering can compute}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) winograd = [4] : tensor<1x5x64xf32> -> tensor<1x3x64xf32>
  return %0 : tensor<1x3x64xf32>
}

// -----

// history (C1): the batch is 1
func.func @history_c1(%x: tensor<2x9x4xf32>) -> tensor<2x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an input of rank 2 or 3 with a batch of 1}}
  %0 = nn.history %x timeline = 0 rows = [0, 9] : tensor<2x9x4xf32> -> tensor<2x9x4xf32>
  return %0 : tensor<2x9x4xf32>
}

// -----

// history (C2): rows in ascending order
func.func @history_c2_order(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects two rows in ascending order, the second at most 9}}
  %0 = nn.history %x timeline = 0 rows = [4, 4] : tensor<1x9x4xf32> -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// history (C2): rows that there are
func.func @history_c2_end(%x: tensor<1x9x4xf32>) -> tensor<1x10x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects two rows in ascending order, the second at most 9}}
  %0 = nn.history %x timeline = 0 rows = [0, 10] : tensor<1x9x4xf32> -> tensor<1x10x4xf32>
  return %0 : tensor<1x10x4xf32>
}

// -----

// history (C3): timeline is not negative
func.func @history_c3(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects the timeline not to be negative, but got -1}}
  %0 = nn.history %x timeline = -1 rows = [0, 9] : tensor<1x9x4xf32> -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// windows (C1): the batch is 1
func.func @windows_c1(%x: tensor<2x9x4xf32>) -> tensor<2x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects an input of rank 2 or 3 with a batch of 1}}
  %0 = nn.windows %x length = 9 dilation = 1 stride = 1 : tensor<2x9x4xf32> -> tensor<2x9x4xf32>
  return %0 : tensor<2x9x4xf32>
}

// -----

// windows (C2): the stride is positive
func.func @windows_c2(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects positive length, dilation and stride, but got 9, 1 and 0}}
  %0 = nn.windows %x length = 9 dilation = 1 stride = 0 : tensor<1x9x4xf32> -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

// windows (C3): a window fits
func.func @windows_c3(%x: tensor<1x9x4xf32>) -> tensor<1x5x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects a window of 5 rows with dilation 3 to fit into the input of 9}}
  %0 = nn.windows %x length = 5 dilation = 3 stride = 1 : tensor<1x9x4xf32> -> tensor<1x5x4xf32>
  return %0 : tensor<1x5x4xf32>
}
