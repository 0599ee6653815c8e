// RUN: frieze-opt %s --canonicalize | FileCheck %s

// A reshape to the same shape is its input.
// CHECK-LABEL: @reshape_to_same_shape
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32>)
func.func @reshape_to_same_shape(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = nn.reshape %x : tensor<1x4xf32> -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// A reshape of a reshape is one.
// CHECK-LABEL: @reshape_of_reshape
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x6xf32>)
func.func @reshape_of_reshape(%x: tensor<1x2x6xf32>) -> tensor<1x3x4xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.reshape %[[X]] : tensor<1x2x6xf32> -> tensor<1x3x4xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.reshape %x : tensor<1x2x6xf32> -> tensor<1x12xf32>
  %1 = nn.reshape %0 : tensor<1x12xf32> -> tensor<1x3x4xf32>
  return %1 : tensor<1x3x4xf32>
}

// There and back is nothing.
// CHECK-LABEL: @reshape_there_and_back
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x6xf32>)
func.func @reshape_there_and_back(%x: tensor<1x2x6xf32>) -> tensor<1x2x6xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = nn.reshape %x : tensor<1x2x6xf32> -> tensor<1x12xf32>
  %1 = nn.reshape %0 : tensor<1x12xf32> -> tensor<1x2x6xf32>
  return %1 : tensor<1x2x6xf32>
}

// The first of two reshapes stays where it has another use.
// CHECK-LABEL: @reshape_with_other_use
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x6xf32>)
func.func @reshape_with_other_use(%x: tensor<1x2x6xf32>) -> (tensor<1x12xf32>, tensor<1x3x4xf32>) {
  // CHECK-NEXT: %[[FLAT:.*]] = nn.reshape %[[X]] : tensor<1x2x6xf32> -> tensor<1x12xf32>
  // CHECK-NEXT: %[[Y:.*]] = nn.reshape %[[X]] : tensor<1x2x6xf32> -> tensor<1x3x4xf32>
  // CHECK-NEXT: return %[[FLAT]], %[[Y]]
  %0 = nn.reshape %x : tensor<1x2x6xf32> -> tensor<1x12xf32>
  %1 = nn.reshape %0 : tensor<1x12xf32> -> tensor<1x3x4xf32>
  return %0, %1 : tensor<1x12xf32>, tensor<1x3x4xf32>
}

// A reshape to another shape: must not fire.
// CHECK-LABEL: @reshape_to_other_shape
func.func @reshape_to_other_shape(%x: tensor<1x4xf32>) -> tensor<1x2x2xf32> {
  // CHECK-NEXT: nn.reshape
  %0 = nn.reshape %x : tensor<1x4xf32> -> tensor<1x2x2xf32>
  return %0 : tensor<1x2x2xf32>
}

// A layer between two reshapes: must not fire.
// CHECK-LABEL: @reshapes_around_layer
func.func @reshapes_around_layer(%x: tensor<1x2x6xf32>) -> tensor<1x2x6xf32> {
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.softmax
  // CHECK-NEXT: nn.reshape
  %0 = nn.reshape %x : tensor<1x2x6xf32> -> tensor<1x12xf32>
  %1 = nn.softmax %0 axis = 1 : tensor<1x12xf32>
  %2 = nn.reshape %1 : tensor<1x12xf32> -> tensor<1x2x6xf32>
  return %2 : tensor<1x2x6xf32>
}

// A transposition that leaves every axis in its place is its input.
// CHECK-LABEL: @transpose_identity
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x4xf32>)
func.func @transpose_identity(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = nn.transpose %x permutation = [0, 1, 2] : tensor<1x9x4xf32> -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// Axes of one length are exchanged, so that the type is the same: must not fire.
// CHECK-LABEL: @transpose_square
func.func @transpose_square(%x: tensor<1x4x4xf32>) -> tensor<1x4x4xf32> {
  // CHECK-NEXT: nn.transpose
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x4x4xf32> -> tensor<1x4x4xf32>
  return %0 : tensor<1x4x4xf32>
}

// Layers that nobody reads disappear.
// CHECK-LABEL: @unused_layer
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32>)
func.func @unused_layer(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = nn.activation relu %x : tensor<1x4xf32>
  return %x : tensor<1x4xf32>
}

// A resize to the same size, or a slice of all, is its input.
// CHECK-LABEL: @resize_and_slice_of_all
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x4xf32>)
func.func @resize_and_slice_of_all(%x: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = nn.resize linear %x sizes = [3] : tensor<1x3x4xf32> -> tensor<1x3x4xf32>
  %1 = nn.slice %0 begin = [0, 0, 0] size = [1, 3, 4] : tensor<1x3x4xf32> -> tensor<1x3x4xf32>
  return %1 : tensor<1x3x4xf32>
}

// Not one with a scale of its own, with an epilogue, or backwards.
// CHECK-LABEL: @resize_and_slice_that_act
func.func @resize_and_slice_that_act(%x: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  // CHECK-NEXT: nn.resize linear %{{.*}} scales = [1.100000e+00]
  // CHECK-NEXT: nn.resize nearest %{{.*}} epilogue(relu)
  // CHECK-NEXT: nn.slice %{{.*}} strides = [1, -1, 1]
  // CHECK-NEXT: nn.slice %{{.*}} epilogue(relu)
  // CHECK-NEXT: return
  %0 = nn.resize linear %x sizes = [3] scales = [1.1] : tensor<1x3x4xf32> -> tensor<1x3x4xf32>
  %1 = nn.resize nearest %0 sizes = [3] epilogue(relu) : tensor<1x3x4xf32> -> tensor<1x3x4xf32>
  %2 = nn.slice %1 begin = [0, 2, 0] size = [1, 3, 4] strides = [1, -1, 1] : tensor<1x3x4xf32> -> tensor<1x3x4xf32>
  %3 = nn.slice %2 begin = [0, 0, 0] size = [1, 3, 4] epilogue(relu) : tensor<1x3x4xf32> -> tensor<1x3x4xf32>
  return %3 : tensor<1x3x4xf32>
}

// A transposed convolution without strides is a convolution with its window the
// other way round: taps 1, 2, 3 become 3, 2, 1. What it left out of its result
// is padding less.
// CHECK-LABEL: @conv_transpose_without_strides
func.func @conv_transpose_without_strides(%x: tensor<1x4x1xf32>) -> tensor<1x6x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{\[\[\[}}3.000000e+00]], {{\[\[}}2.000000e+00]], {{\[\[}}1.000000e+00]]]> : tensor<3x1x1xf64>) bias(dense<5.000000e-01> : tensor<1xf32>)
  // CHECK-SAME: padding = [3, 3] dilations = [2] epilogue(relu)
  // CHECK-NEXT: return
  %0 = nn.conv_transpose %x kernel(dense<[[[1.0]], [[2.0]], [[3.0]]]> : tensor<3x1x1xf32>) bias(dense<0.5> : tensor<1xf32>)
         padding = [1, 1] dilations = [2] epilogue(relu) : tensor<1x4x1xf32> -> tensor<1x6x1xf32>
  return %0 : tensor<1x6x1xf32>
}

// Not with a stride, or where it leaves out more than a convolution would add.
// CHECK-LABEL: @conv_transpose_stays
func.func @conv_transpose_stays(%x: tensor<1x4x1xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: nn.conv_transpose %{{.*}} strides = [2]
  // CHECK-NEXT: nn.conv_transpose %{{.*}} padding = [3, 0]
  // CHECK-NEXT: return
  %0 = nn.conv_transpose %x kernel(dense<1.0> : tensor<2x1x1xf32>) strides = [2] : tensor<1x4x1xf32> -> tensor<1x8x1xf32>
  %1 = nn.conv_transpose %0 kernel(dense<1.0> : tensor<1x1x1xf32>) padding = [3, 0] : tensor<1x8x1xf32> -> tensor<1x5x1xf32>
  return %1 : tensor<1x5x1xf32>
}

// States of zeros are what layers begin with; a cell has a state of its own.
// CHECK-LABEL: @zero_state
func.func @zero_state(%x: tensor<1x9x2xf32>) -> tensor<1x3xf32> {
  // CHECK-NEXT: %[[C:.*]] = nn.constant value(dense<1.000000e+00>
  // CHECK-NEXT: %[[R:.*]] = nn.rnn %{{.*}} kernel
  // CHECK-NEXT: %[[G:.*]] = nn.gru %[[R]] kernel
  // CHECK-NEXT: nn.lstm %[[G]] initial_cell(%[[C]] : tensor<1x3xf32>) kernel
  // CHECK-NEXT: return
  %0 = nn.constant value(dense<0.0> : tensor<1x3xf32>) : tensor<1x3xf32>
  %1 = nn.constant value(dense<1.0> : tensor<1x3xf32>) : tensor<1x3xf32>
  %2 = nn.rnn %x initial(%0 : tensor<1x3xf32>) kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>)
         activation(tanh) sequences : tensor<1x9x2xf32> -> tensor<1x9x3xf32>
  %3 = nn.gru %2 initial(%0 : tensor<1x3xf32>) kernel(dense<0.1> : tensor<3x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>)
         activation(tanh) recurrent_activation(sigmoid) sequences : tensor<1x9x3xf32> -> tensor<1x9x3xf32>
  %4 = nn.lstm %3 initial(%0 : tensor<1x3xf32>) initial_cell(%1 : tensor<1x3xf32>) kernel(dense<0.1> : tensor<3x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>)
         activation(tanh) recurrent_activation(sigmoid) : tensor<1x9x3xf32> -> tensor<1x3xf32>
  return %4 : tensor<1x3xf32>
}

// Others stay.
// CHECK-LABEL: @state_stays
func.func @state_stays(%x: tensor<1x9x2xf32>, %h: tensor<1x3xf32>) -> tensor<1x3xf32> {
  // CHECK-NEXT: nn.rnn %{{.*}} initial(%{{.*}} : tensor<1x3xf32>)
  // CHECK-NEXT: return
  %0 = nn.rnn %x initial(%h : tensor<1x3xf32>) kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>)
         activation(tanh) : tensor<1x9x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}
