// RUN: frieze-opt %s --nn-fold-affine-forward --split-input-file | FileCheck %s

// 3 * (2 x + 1) for each of two terms: 6 x + 3, twice.
// CHECK-LABEL: @conv
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x1xf32>)
func.func @conv(%x: tensor<1x4x1xf32>) -> tensor<1x3x1xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.conv %[[X]] kernel(dense<6.000000e+00> : tensor<2x1x1xf64>) bias(dense<6.000000e+00> : tensor<1xf64>) : tensor<1x4x1xf32> -> tensor<1x3x1xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.conv %0 kernel(dense<3.0> : tensor<2x1x1xf32>) : tensor<1x4x1xf32> -> tensor<1x3x1xf32>
  return %1 : tensor<1x3x1xf32>
}

// Rows of the kernel are scaled, each by its own; a scale may be zero or
// negative. The bias takes up 1 * [1, 2] + 2 * [3, 4] + 3 * [5, 6].
// CHECK-LABEL: @dense
func.func @dense(%x: tensor<1x3xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<{{\[\[}}1.000000e+01, 2.000000e+01], [-3.000000e+00, -4.000000e+00], [0.000000e+00, 0.000000e+00]]> : tensor<3x2xf64>)
  // CHECK-SAME: bias(dense<[2.250000e+01, 2.850000e+01]> : tensor<2xf64>) epilogue(relu)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 1 scale(dense<[10.0, -1.0, 0.0]> : tensor<3xf64>) shift(dense<[1.0, 2.0, 3.0]> : tensor<3xf64>) : tensor<1x3xf32>
  %1 = nn.dense %0 kernel(dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32>) bias(dense<[0.5, 0.5]> : tensor<2xf32>)
         epilogue(relu) : tensor<1x3xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// A transposed convolution: how often it adds the shift differs between its
// results, so a channel that has one stays.
// CHECK-LABEL: @conv_transpose
func.func @conv_transpose(%x: tensor<1x4x2xf32>) -> tensor<1x9x1xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} scale(dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf64>) shift(dense<[0.000000e+00, 1.000000e+00]> : tensor<2xf64>)
  // CHECK-NEXT: nn.conv_transpose %{{.*}} kernel(dense<{{.*}}6.000000e+00], [3.000000e+00{{.*}}> : tensor<3x2x1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<[0.0, 1.0]> : tensor<2xf64>) : tensor<1x4x2xf32>
  %1 = nn.conv_transpose %0 kernel(dense<3.0> : tensor<3x2x1xf32>) strides = [2] : tensor<1x4x2xf32> -> tensor<1x9x1xf32>
  return %1 : tensor<1x9x1xf32>
}

// Through layers that move pixels; channels that a slice leaves out get lost.
// CHECK-LABEL: @moved
func.func @moved(%x: tensor<1x4x3xf32>) -> tensor<1x8x1xf32> {
  // CHECK-NEXT: nn.slice
  // CHECK-NEXT: nn.resize
  // CHECK-NEXT: nn.pad
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{.*}}4.000000e+00], [2.000000e+00{{.*}}> : tensor<3x2x1xf64>) bias(dense<1.500000e+01> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[8.0, 2.0, 4.0]> : tensor<3xf64>) shift(dense<[5.0, 2.0, 3.0]> : tensor<3xf64>) : tensor<1x4x3xf32>
  %1 = nn.slice %0 begin = [0, 3, 2] size = [1, 4, 2] strides = [1, -1, -1] : tensor<1x4x3xf32> -> tensor<1x4x2xf32>
  %2 = nn.resize nearest %1 sizes = [8] : tensor<1x4x2xf32> -> tensor<1x8x2xf32>
  %3 = nn.pad %2 low = [0, 1, 0] high = [0, 1, 0] mode = edge : tensor<1x8x2xf32> -> tensor<1x10x2xf32>
  %4 = nn.conv %3 kernel(dense<1.0> : tensor<3x2x1xf32>) : tensor<1x10x2xf32> -> tensor<1x8x1xf32>
  return %4 : tensor<1x8x1xf32>
}

// An affine along the axis that is resized, or that is padded: must not fire.
// CHECK-LABEL: @moved_must_not
func.func @moved_must_not(%x: tensor<1x2x2xf32>) -> (tensor<1x4x1xf32>, tensor<1x3x1xf32>) {
  // CHECK-NEXT: %{{.*}} = nn.affine
  // CHECK-NEXT: %{{.*}} = nn.resize
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1xf32>) :
  // CHECK-NEXT: %{{.*}} = nn.affine
  // CHECK-NEXT: %{{.*}} = nn.pad
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1xf32>) :
  %0 = nn.affine %x axis = 1 scale(dense<[8.0, 2.0]> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2x2xf32>
  %1 = nn.resize linear %0 sizes = [4] : tensor<1x2x2xf32> -> tensor<1x4x2xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x4x2xf32> -> tensor<1x4x1xf32>
  %3 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2x2xf32>
  %4 = nn.pad %3 low = [0, 1, 0] high = [0, 0, 0] : tensor<1x2x2xf32> -> tensor<1x3x2xf32>
  %5 = nn.dense %4 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x3x2xf32> -> tensor<1x3x1xf32>
  return %2, %5 : tensor<1x4x1xf32>, tensor<1x3x1xf32>
}

// The input kernel of an LSTM; the recurrent one stays.
// CHECK-LABEL: @lstm
func.func @lstm(%x: tensor<1x3x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.lstm %{{.*}} kernel(dense<{{\[\[}}2.000000e+00, 4.000000e+00, 6.000000e+00, 8.000000e+00]]> : tensor<1x4xf64>)
  // CHECK-SAME: recurrent(dense<5.000000e-01> : tensor<1x4xf32>)
  // CHECK-SAME: bias(dense<[3.000000e+00, 6.000000e+00, 9.000000e+00, 1.200000e+01]> : tensor<4xf64>) activation(tanh)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<3.0> : tensor<1xf64>) : tensor<1x3x1xf32>
  %1 = nn.lstm %0 kernel(dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>) recurrent(dense<0.5> : tensor<1x4xf32>)
         activation(tanh) recurrent_activation(sigmoid) : tensor<1x3x1xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// That of a GRU, without its recurrent bias, and that of a layer without gates.
// CHECK-LABEL: @gru_and_rnn
func.func @gru_and_rnn(%x: tensor<1x3x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.gru %{{.*}} kernel(dense<{{\[\[}}2.000000e+00, 4.000000e+00, 6.000000e+00]]> : tensor<1x3xf64>)
  // CHECK-SAME: recurrent(dense<5.000000e-01> : tensor<1x3xf32>)
  // CHECK-SAME: bias(dense<[3.000000e+00, 6.000000e+00, 9.000000e+00]> : tensor<3xf64>) recurrent_bias(dense<7.000000e+00> : tensor<1xf32>)
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<3.0> : tensor<1xf64>) : tensor<1x3x1xf32>
  %1 = nn.gru %0 kernel(dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>) recurrent(dense<0.5> : tensor<1x3xf32>) recurrent_bias(dense<7.0> : tensor<1xf32>)
         activation(tanh) recurrent_activation(sigmoid) reset_after sequences : tensor<1x3x1xf32> -> tensor<1x3x1xf32>
  // CHECK-NEXT: nn.rnn %{{.*}} kernel(dense<8.000000e+00> : tensor<1x1xf64>) recurrent(dense<5.000000e-01> : tensor<1x1xf32>)
  // CHECK-SAME: bias(dense<1.300000e+01> : tensor<1xf64>)
  // CHECK-NEXT: return
  %2 = nn.affine %1 axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<3.0> : tensor<1xf64>) : tensor<1x3x1xf32>
  %3 = nn.rnn %2 kernel(dense<4.0> : tensor<1x1xf32>) recurrent(dense<0.5> : tensor<1x1xf32>) bias(dense<1.0> : tensor<1xf32>)
         activation(tanh) : tensor<1x3x1xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// The steps are no channels: must not fire.
// CHECK-LABEL: @gru_steps
func.func @gru_steps(%x: tensor<1x3x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: = nn.gru
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<3xf64>) shift(dense<3.0> : tensor<3xf64>) : tensor<1x3x1xf32>
  %1 = nn.gru %0 kernel(dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>) recurrent(dense<0.5> : tensor<1x3xf32>)
         activation(tanh) recurrent_activation(sigmoid) : tensor<1x3x1xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// Flattening: the numbers of a channel for each position.
// CHECK-LABEL: @flatten
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x2xf32>)
func.func @flatten(%x: tensor<1x2x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: %[[F:.*]] = nn.reshape %[[X]]
  // CHECK-NEXT: nn.dense %[[F]] kernel(dense<{{\[\[}}1.000000e+01], [2.000000e+02], [3.000000e+01], [4.000000e+02]]> : tensor<4x1xf64>)
  // CHECK-SAME: bias(dense<1.000000e+01> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[10.0, 100.0]> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %2 = nn.dense %1 kernel(dense<[[1.0], [2.0], [3.0], [4.0]]> : tensor<4x1xf32>) : tensor<1x4xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// Flattening, of an affine along another axis than the last.
// CHECK-LABEL: @flatten_other_axis
func.func @flatten_other_axis(%x: tensor<1x2x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<{{\[\[}}1.000000e+01], [2.000000e+01], [3.000000e+02], [4.000000e+02]]> : tensor<4x1xf64>)
  // CHECK-SAME: bias(dense<3.000000e+00> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 1 scale(dense<[10.0, 100.0]> : tensor<2xf64>) shift(dense<[1.0, 0.0]> : tensor<2xf64>) : tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %2 = nn.dense %1 kernel(dense<[[1.0], [2.0], [3.0], [4.0]]> : tensor<4x1xf32>) : tensor<1x4xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// A reshape that leaves the channels alone, as before a 2-D convolution.
// CHECK-LABEL: @reshape_in_front_of_channels
func.func @reshape_in_front_of_channels(%x: tensor<1x4x2xf32>) -> tensor<1x2x2x1xf32> {
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{\[\[\[\[}}2.000000e+00], [3.000000e+00]]]]> : tensor<1x1x2x1xf64>) bias(dense<1.000000e+00> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[2.0, 3.0]> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x4x2xf32>
  %1 = nn.reshape %0 : tensor<1x4x2xf32> -> tensor<1x2x2x2xf32>
  %2 = nn.conv %1 kernel(dense<1.0> : tensor<1x1x2x1xf32>) : tensor<1x2x2x2xf32> -> tensor<1x2x2x1xf32>
  return %2 : tensor<1x2x2x1xf32>
}

// The mean of a window, padded or not, and of all positions.
// CHECK-LABEL: @avg_pool
// CHECK-SAME: (%[[X:.*]]: tensor<1x8x1xf32>)
func.func @avg_pool(%x: tensor<1x8x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: %[[P:.*]] = nn.avg_pool %[[X]]
  // CHECK-NEXT: %[[G:.*]] = nn.global_pool avg %[[P]]
  // CHECK-NEXT: nn.dense %[[G]] kernel(dense<-6.000000e+00> : tensor<1x1xf64>) bias(dense<3.000000e+00> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<-2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x8x1xf32>
  %1 = nn.avg_pool %0 window = [2] padding = [1, 1] : tensor<1x8x1xf32> -> tensor<1x5x1xf32>
  %2 = nn.global_pool avg %1 : tensor<1x5x1xf32> -> tensor<1x1xf32>
  %3 = nn.dense %2 kernel(dense<3.0> : tensor<1x1xf32>) : tensor<1x1xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// The largest of a window, overlapping and padded, and of all positions, where
// no scale is negative; zero will do.
// CHECK-LABEL: @max_pool
// CHECK-SAME: (%[[X:.*]]: tensor<1x8x2xf32>)
func.func @max_pool(%x: tensor<1x8x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: %[[P:.*]] = nn.max_pool %[[X]]
  // CHECK-NEXT: %[[G:.*]] = nn.global_pool max %[[P]]
  // CHECK-NEXT: nn.dense %[[G]] kernel(dense<{{\[\[}}6.000000e+00], [0.000000e+00]]> : tensor<2x1xf64>) bias(dense<4.500000e+00> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[2.0, 0.0]> : tensor<2xf64>) shift(dense<[1.0, 0.5]> : tensor<2xf64>) : tensor<1x8x2xf32>
  %1 = nn.max_pool %0 window = [3] strides = [2] padding = [1, 1] : tensor<1x8x2xf32> -> tensor<1x4x2xf32>
  %2 = nn.global_pool max %1 : tensor<1x4x2xf32> -> tensor<1x2xf32>
  %3 = nn.dense %2 kernel(dense<3.0> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// A negative scale cannot pass the largest: that channel stays, the other folds.
// CHECK-LABEL: @negative_before_max_pool
func.func @negative_before_max_pool(%x: tensor<1x8x2xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: %[[A:.*]] = nn.affine %{{.*}} axis = 2 scale(dense<[1.000000e+00, -2.000000e+00]> : tensor<2xf64>) shift(dense<[0.000000e+00, 7.000000e+00]> : tensor<2xf64>) :
  // CHECK-NEXT: %[[P:.*]] = nn.max_pool %[[A]]
  // CHECK-NEXT: nn.conv %[[P]] kernel(dense<{{\[\[\[}}6.000000e+00], [3.000000e+00]]]> : tensor<1x2x1xf64>) bias(dense<1.500000e+01> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[2.0, -2.0]> : tensor<2xf64>) shift(dense<[5.0, 7.0]> : tensor<2xf64>) : tensor<1x8x2xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x2xf32> -> tensor<1x4x2xf32>
  %2 = nn.conv %1 kernel(dense<3.0> : tensor<1x2x1xf32>) : tensor<1x4x2xf32> -> tensor<1x4x1xf32>
  return %2 : tensor<1x4x1xf32>
}

// Flattened after that, the channel stays at all its positions.
// CHECK-LABEL: @negative_then_flatten
func.func @negative_then_flatten(%x: tensor<1x4x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} axis = 2 scale(dense<[-2.000000e+00, 1.000000e+00]> : tensor<2xf64>) shift(dense<[5.000000e+00, 0.000000e+00]> : tensor<2xf64>) :
  // CHECK-NEXT: nn.max_pool
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<{{\[\[}}1.000000e+00], [4.000000e+00], [3.000000e+00], [8.000000e+00]]> : tensor<4x1xf64>) bias(dense<3.000000e+00> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[-2.0, 2.0]> : tensor<2xf64>) shift(dense<[5.0, 0.5]> : tensor<2xf64>) : tensor<1x4x2xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x4x2xf32> -> tensor<1x2x2xf32>
  %2 = nn.reshape %1 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %3 = nn.dense %2 kernel(dense<[[1.0], [2.0], [3.0], [4.0]]> : tensor<4x1xf32>) : tensor<1x4xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// -----

// Concatenation: channels 1 and 2 of three are those of the affine, the first is
// that of the other operand, and stays as it is.
// CHECK-LABEL: @concat
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x2xf32>, %[[Z:.*]]: tensor<1x4x1xf32>)
func.func @concat(%x: tensor<1x4x2xf32>, %z: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: %[[C:.*]] = nn.concat %[[Z]], %[[X]] axis = 2
  // CHECK-NEXT: nn.conv %[[C]] kernel(dense<{{\[\[\[}}1.000000e+00], [4.000000e+00], [9.000000e+00]]]> : tensor<1x3x1xf64>) bias(dense<4.000000e+00> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[2.0, 3.0]> : tensor<2xf64>) shift(dense<[0.5, 1.0]> : tensor<2xf64>) : tensor<1x4x2xf32>
  %1 = nn.concat %z, %0 axis = 2 : tensor<1x4x1xf32>, tensor<1x4x2xf32> -> tensor<1x4x3xf32>
  %2 = nn.conv %1 kernel(dense<[[[1.0], [2.0], [3.0]]]> : tensor<1x3x1xf32>) : tensor<1x4x3xf32> -> tensor<1x4x1xf32>
  return %2 : tensor<1x4x1xf32>
}

// Both operands have an affine: one after the other folds.
// CHECK-LABEL: @concat_of_two
func.func @concat_of_two(%x: tensor<1x2xf32>, %z: tensor<1x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.concat
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<{{\[\[}}2.000000e+00], [2.000000e+00], [3.000000e+00], [3.000000e+00]]> : tensor<4x1xf64>) bias(dense<3.000000e+00> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.affine %z axis = 1 scale(dense<3.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %2 = nn.concat %0, %1 axis = 1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x4xf32>
  %3 = nn.dense %2 kernel(dense<1.0> : tensor<4x1xf32>) : tensor<1x4xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// The last first, so that it is out of the way of the one before: 3 (2 x + 1) + 1.
// CHECK-LABEL: @one_after_the_other
func.func @one_after_the_other(%x: tensor<1x4x1xf32>) -> tensor<1x2x1xf32> {
  // CHECK-NEXT: nn.max_pool
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<6.000000e+00> : tensor<1x1x1xf64>) bias(dense<4.000000e+00> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  %2 = nn.affine %1 axis = 2 scale(dense<3.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x2x1xf32>
  %3 = nn.conv %2 kernel(dense<1.0> : tensor<1x1x1xf32>) : tensor<1x2x1xf32> -> tensor<1x2x1xf32>
  return %3 : tensor<1x2x1xf32>
}

// The kernel of a group has its own channels only.
// CHECK-LABEL: @groups
func.func @groups(%x: tensor<1x4x4xf32>) -> tensor<1x4x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{\[\[\[}}1.000000e+00, 6.000000e+00], [6.000000e+00, 1.600000e+01]]]> : tensor<1x2x2xf64>)
  // CHECK-SAME: bias(dense<[3.100000e+01, 4.200000e+03]> : tensor<2xf64>) groups = 2
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf64>) shift(dense<[1.0, 10.0, 0.0, 1050.0]> : tensor<4xf64>) : tensor<1x4x4xf32>
  %1 = nn.conv %0 kernel(dense<[[[1.0, 2.0], [3.0, 4.0]]]> : tensor<1x2x2xf32>) groups = 2 : tensor<1x4x4xf32> -> tensor<1x4x2xf32>
  return %1 : tensor<1x4x2xf32>
}

// -----

// Outside the input, 2 x + 1 was zero, for which x is -1/2.
// CHECK-LABEL: @border
func.func @border(%x: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<6.000000e+00> : tensor<2x1x1xf64>) bias(dense<6.000000e+00> : tensor<1xf64>)
  // CHECK-SAME: padding = [1, 0] border(dense<-5.000000e-01> : tensor<1xf64>) :
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.conv %0 kernel(dense<3.0> : tensor<2x1x1xf32>) padding = [1, 0] : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}

// A border that was 3 already is where 2 x + 1 is 3.
// CHECK-LABEL: @border_of_its_own
func.func @border_of_its_own(%x: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} padding = [1, 0] border(dense<1.000000e+00> : tensor<1xf64>) :
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.conv %0 kernel(dense<3.0> : tensor<2x1x1xf32>) padding = [1, 0] border(dense<3.0> : tensor<1xf32>) : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}

// Padding by nothing has no border.
// CHECK-LABEL: @no_border
func.func @no_border(%x: tensor<1x4x1xf32>) -> tensor<1x3x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} bias(dense<0.000000e+00> : tensor<1xf64>) padding = [0, 0] :
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<0.0> : tensor<1xf64>) shift(dense<0.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.conv %0 kernel(dense<3.0> : tensor<2x1x1xf32>) padding = [0, 0] : tensor<1x4x1xf32> -> tensor<1x3x1xf32>
  return %1 : tensor<1x3x1xf32>
}

// A scale of zero has no border: that channel stays, the others fold.
// CHECK-LABEL: @border_of_zero_scale
func.func @border_of_zero_scale(%x: tensor<1x4x3xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} axis = 2 scale(dense<[1.000000e+00, 0.000000e+00, 1.000000e+00]> : tensor<3xf64>) shift(dense<[0.000000e+00, 1.000000e+00, 0.000000e+00]> : tensor<3xf64>) :
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{\[\[\[}}2.000000e+00], [1.000000e+00], [-4.000000e+00]], {{\[\[}}2.000000e+00], [1.000000e+00], [-4.000000e+00]]]> : tensor<2x3x1xf64>)
  // CHECK-SAME: bias(dense<4.000000e+00> : tensor<1xf64>) padding = [1, 1] border(dense<[-5.000000e-01, 0.000000e+00, 2.500000e-01]> : tensor<3xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[2.0, 0.0, -4.0]> : tensor<3xf64>) shift(dense<1.0> : tensor<3xf64>) : tensor<1x4x3xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x3x1xf32>) padding = [1, 1] : tensor<1x4x3xf32> -> tensor<1x5x1xf32>
  return %1 : tensor<1x5x1xf32>
}

// 1e-30 times 1e-10 is no normal f32: that channel stays, the other folds.
// CHECK-LABEL: @border_of_denormal_product
func.func @border_of_denormal_product(%x: tensor<1x4x2xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} axis = 2 scale(dense<[1.000000e-30, 1.000000e+00]> : tensor<2xf64>) shift(dense<0.000000e+00> : tensor<2xf64>) :
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{\[\[\[}}{{.*}}E-10], [2.000000e+00]], {{\[\[}}{{.*}}E-10], [2.000000e+00]]]> : tensor<2x2x1xf64>)
  // CHECK-SAME: border(dense<0.000000e+00> : tensor<2xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[1.0e-30, 2.0]> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x4x2xf32>
  %1 = nn.conv %0 kernel(dense<[[[1.0e-10], [1.0]], [[1.0e-10], [1.0]]]> : tensor<2x2x1xf32>) padding = [1, 0] : tensor<1x4x2xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}

// The same without padding: all fold.
// CHECK-LABEL: @denormal_product_without_border
func.func @denormal_product_without_border(%x: tensor<1x4x2xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.conv
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[1.0e-30, 2.0]> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x4x2xf32>
  %1 = nn.conv %0 kernel(dense<[[[1.0e-10], [1.0]]]> : tensor<1x2x1xf32>) : tensor<1x4x2xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}

// A border -t/s that is denormal or too large for f32: those channels stay, the
// last folds.
// CHECK-LABEL: @border_out_of_range
func.func @border_out_of_range(%x: tensor<1x4x3xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} axis = 2 scale(dense<[1.000000e+00, 1.000000e-15, 1.000000e+00]> : tensor<3xf64>)
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{\[\[\[}}1.000000e+00], [1.000000e+00], [2.000000e+00]]
  // CHECK-SAME: border(dense<[0.000000e+00, 0.000000e+00, -5.000000e-01]> : tensor<3xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[1.0, 1.0e-15, 2.0]> : tensor<3xf64>) shift(dense<[1.0e-40, 1.0e+30, 1.0]> : tensor<3xf64>) : tensor<1x4x3xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x3x1xf32>) padding = [1, 1] : tensor<1x4x3xf32> -> tensor<1x5x1xf32>
  return %1 : tensor<1x5x1xf32>
}

// A graph of f64 has room for such a product.
// CHECK-LABEL: @border_in_double
func.func @border_in_double(%x: tensor<1x4x1xf64>) -> tensor<1x4x1xf64> {
  // CHECK-NEXT: nn.conv %{{.*}} padding = [1, 0] border(dense<0.000000e+00> : tensor<1xf64>) :
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<1.0e-30> : tensor<1xf64>) shift(dense<0.0> : tensor<1xf64>) : tensor<1x4x1xf64>
  %1 = nn.conv %0 kernel(dense<1.0e-10> : tensor<2x1x1xf64>) padding = [1, 0] : tensor<1x4x1xf64> -> tensor<1x4x1xf64>
  return %1 : tensor<1x4x1xf64>
}

// In groups, the weights that count are those of the channel's own group: 1e-10
// is not for the first channel, whose scale is 1e-30.
// CHECK-LABEL: @border_of_groups
func.func @border_of_groups(%x: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} padding = [1, 0] border(dense<{{.*}}> : tensor<2xf64>) groups = 2
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[1.0e-30, 2.0]> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x4x2xf32>
  %1 = nn.conv %0 kernel(dense<[[[1.0, 1.0e-10]], [[1.0, 1.0e-10]]]> : tensor<2x1x2xf32>) padding = [1, 0] groups = 2 : tensor<1x4x2xf32> -> tensor<1x4x2xf32>
  return %1 : tensor<1x4x2xf32>
}

// The border of the only channel that changes anything is not exact: must not fire.
// CHECK-LABEL: @no_border_is_exact
func.func @no_border_is_exact(%x: tensor<1x4x2xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} scale(dense<[1.000000e+00, 0.000000e+00]> : tensor<2xf64>) shift(dense<[0.000000e+00, 5.000000e-01]> : tensor<2xf64>)
  // CHECK-SAME: {nn.refused = "the sign, the shift or the border of every channel forbids it"}
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<3.000000e+00> : tensor<2x2x1xf32>) padding = [1, 0] :
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 2 scale(dense<[1.0, 0.0]> : tensor<2xf64>) shift(dense<[0.0, 0.5]> : tensor<2xf64>) : tensor<1x4x2xf32>
  %1 = nn.conv %0 kernel(dense<3.0> : tensor<2x2x1xf32>) padding = [1, 0] : tensor<1x4x2xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}

// -----

// Something else reads the affine: must not fire.
// CHECK-LABEL: @other_use
func.func @other_use(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "the result has several uses"}
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  // CHECK-NEXT: nn.add
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nn.add %0, %1 : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// Both operands of a concatenation: must not fire.
// CHECK-LABEL: @concat_with_itself
func.func @concat_with_itself(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "the result has several uses"}
  // CHECK-NEXT: nn.concat
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<4x1xf32>) :
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.concat %0, %0 axis = 1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x4xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<4x1xf32>) : tensor<1x4xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// The affine is an output: must not fire.
// CHECK-LABEL: @output
func.func @output(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: %[[A:.*]] = nn.affine {{.*}} {nn.refused = "the result is an output"}
  // CHECK-NEXT: return %[[A]]
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// What it would pass through is an output: must not fire.
// CHECK-LABEL: @pool_is_output
func.func @pool_is_output(%x: tensor<1x4x1xf32>) -> (tensor<1x2x1xf32>, tensor<1x2x1xf32>) {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "the result has several uses"}
  // CHECK-NEXT: nn.max_pool
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x1xf32>) :
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  %2 = nn.conv %1 kernel(dense<1.0> : tensor<1x1x1xf32>) : tensor<1x2x1xf32> -> tensor<1x2x1xf32>
  return %1, %2 : tensor<1x2x1xf32>, tensor<1x2x1xf32>
}

// A gate between: must not fire.
// CHECK-LABEL: @gate_between
func.func @gate_between(%x: tensor<1x4x2xf32>, %gate: tensor<1x1x2xf32>) -> tensor<1x4x3xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "it cannot pass nn.mul"}
  // CHECK-NEXT: nn.mul
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x3xf32>) :
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x4x2xf32>
  %1 = nn.mul %0, %gate : tensor<1x4x2xf32>, tensor<1x1x2xf32> -> tensor<1x4x2xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<2x3xf32>) : tensor<1x4x2xf32> -> tensor<1x4x3xf32>
  return %2 : tensor<1x4x3xf32>
}

// An activation between: must not fire.
// CHECK-LABEL: @before_activation
func.func @before_activation(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "it cannot pass nn.activation"}
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// An activation between, in the epilogue of a pooling: must not fire.
// CHECK-LABEL: @before_epilogue
func.func @before_epilogue(%x: tensor<1x4x1xf32>) -> tensor<1x2x1xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "stages are already fused into nn.max_pool"}
  // CHECK-NEXT: nn.max_pool
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x1xf32>) :
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.max_pool %0 window = [2] epilogue(tanh) : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  %2 = nn.conv %1 kernel(dense<1.0> : tensor<1x1x1xf32>) : tensor<1x2x1xf32> -> tensor<1x2x1xf32>
  return %2 : tensor<1x2x1xf32>
}

// Concatenation along another axis: must not fire.
// CHECK-LABEL: @concat_of_positions
func.func @concat_of_positions(%x: tensor<1x4x1xf32>, %z: tensor<1x2x1xf32>) -> tensor<1x6x1xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "it cannot pass nn.concat"}
  // CHECK-NEXT: nn.concat
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x1xf32>) :
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.concat %0, %z axis = 1 : tensor<1x4x1xf32>, tensor<1x2x1xf32> -> tensor<1x6x1xf32>
  %2 = nn.conv %1 kernel(dense<1.0> : tensor<1x1x1xf32>) : tensor<1x6x1xf32> -> tensor<1x6x1xf32>
  return %2 : tensor<1x6x1xf32>
}

// An axis that is not the channels of the layer, even of the same length: must
// not fire.
// CHECK-LABEL: @other_axis
func.func @other_axis(%x: tensor<1x2x2xf32>) -> tensor<1x2x2xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "its axis is not that of the channels of nn.dense"}
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2x2xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  return %1 : tensor<1x2x2xf32>
}

// A pooling over the axis of the affine: must not fire.
// CHECK-LABEL: @pooled_axis
func.func @pooled_axis(%x: tensor<1x2x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "it cannot pass nn.global_pool"}
  // CHECK-NEXT: nn.global_pool
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1xf32>) :
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2x2xf32>
  %1 = nn.global_pool avg %0 : tensor<1x2x2xf32> -> tensor<1x2xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// A reshape that cuts channels: must not fire.
// CHECK-LABEL: @cut_channels
func.func @cut_channels(%x: tensor<1x4xf32>) -> tensor<1x2x1xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "it cannot pass nn.reshape"}
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1xf32>) :
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<4xf64>) shift(dense<1.0> : tensor<4xf64>) : tensor<1x4xf32>
  %1 = nn.reshape %0 : tensor<1x4xf32> -> tensor<1x2x2xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x2x2xf32> -> tensor<1x2x1xf32>
  return %2 : tensor<1x2x1xf32>
}

// An addition would take in the shift, but not the scale: must not fire.
// CHECK-LABEL: @before_add
func.func @before_add(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "it cannot pass nn.add"}
  // CHECK-NEXT: nn.add
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.add %0, %x : tensor<1x2xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// All scales negative before the largest: must not fire.
// CHECK-LABEL: @all_negative
func.func @all_negative(%x: tensor<1x4x1xf32>) -> tensor<1x2x1xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "the sign, the shift or the border of every channel forbids it"}
  // CHECK-NEXT: nn.max_pool
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x1xf32>) :
  %0 = nn.affine %x axis = 2 scale(dense<-2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  %2 = nn.conv %1 kernel(dense<1.0> : tensor<1x1x1xf32>) : tensor<1x2x1xf32> -> tensor<1x2x1xf32>
  return %2 : tensor<1x2x1xf32>
}
