// RUN: frieze-opt %s --nn-drop-unread-outputs | FileCheck %s

// A conv with a window of one reads every second position of 7.
// CHECK-LABEL: @conv
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x1xf32>)
func.func @conv(%x: tensor<1x9x1xf32>) -> tensor<1x4x2xf32> {
  // CHECK-NEXT: %[[A:.*]] = nn.conv %[[X]] kernel(dense<1.000000e+00> : tensor<3x1x4xf32>) strides = [2] : tensor<1x9x1xf32> -> tensor<1x4x4xf32>
  // CHECK-NEXT: %[[B:.*]] = nn.conv %[[A]] kernel(dense<2.000000e+00> : tensor<1x4x2xf32>) strides = [1] : tensor<1x4x4xf32> -> tensor<1x4x2xf32>
  // CHECK-NEXT: return %[[B]]
  %0 = nn.conv %x kernel(dense<1.0> : tensor<3x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x7x4xf32>
  %1 = nn.conv %0 kernel(dense<2.0> : tensor<1x4x2xf32>) strides = [2] : tensor<1x7x4xf32> -> tensor<1x4x2xf32>
  return %1 : tensor<1x4x2xf32>
}

// A pooling with a window of one; strides that were there multiply, and padding
// and dilation stay.
// CHECK-LABEL: @pool
func.func @pool(%x: tensor<1x17x1xf32>) -> tensor<1x3x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} strides = [6] padding = [1, 0] dilations = [2] : tensor<1x17x1xf32> -> tensor<1x3x4xf32>
  // CHECK-NEXT: nn.max_pool %{{.*}} window = [1] strides = [1] : tensor<1x3x4xf32> -> tensor<1x3x4xf32>
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) strides = [2] padding = [1, 0] dilations = [2] : tensor<1x17x1xf32> -> tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [1] strides = [3] : tensor<1x8x4xf32> -> tensor<1x3x4xf32>
  return %1 : tensor<1x3x4xf32>
}

// Through pointwise layers, along one of two axes.
// CHECK-LABEL: @pointwise_between
func.func @pointwise_between(%x: tensor<1x4x4x1xf32>) -> tensor<1x4x2x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} strides = [1, 2] : tensor<1x4x4x1xf32> -> tensor<1x4x2x3xf32>
  // CHECK-NEXT: nn.affine %{{.*}} : tensor<1x4x2x3xf32>
  // CHECK-NEXT: nn.activation relu %{{.*}} : tensor<1x4x2x3xf32>
  // CHECK-NEXT: nn.conv %{{.*}} strides = [1, 1] : tensor<1x4x2x3xf32> -> tensor<1x4x2x2xf32>
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x1x3xf32>) : tensor<1x4x4x1xf32> -> tensor<1x4x4x3xf32>
  %1 = nn.affine %0 axis = 3 scale(dense<2.0> : tensor<3xf64>) shift(dense<1.0> : tensor<3xf64>) : tensor<1x4x4x3xf32>
  %2 = nn.activation relu %1 : tensor<1x4x4x3xf32>
  %3 = nn.conv %2 kernel(dense<2.0> : tensor<1x1x3x2xf32>) strides = [1, 2] : tensor<1x4x4x3xf32> -> tensor<1x4x2x2xf32>
  return %3 : tensor<1x4x2x2xf32>
}

// Strides move on to the first conv.
// CHECK-LABEL: @chain
func.func @chain(%x: tensor<1x9x1xf32>) -> tensor<1x2x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} strides = [4] : tensor<1x9x1xf32> -> tensor<1x2x1xf32>
  // CHECK-NEXT: nn.conv %{{.*}} strides = [1] : tensor<1x2x1xf32> -> tensor<1x2x1xf32>
  // CHECK-NEXT: nn.conv %{{.*}} strides = [1] : tensor<1x2x1xf32> -> tensor<1x2x1xf32>
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<1.0> : tensor<3x1x1xf32>) : tensor<1x9x1xf32> -> tensor<1x7x1xf32>
  %1 = nn.conv %0 kernel(dense<2.0> : tensor<1x1x1xf32>) strides = [2] : tensor<1x7x1xf32> -> tensor<1x4x1xf32>
  %2 = nn.conv %1 kernel(dense<3.0> : tensor<1x1x1xf32>) strides = [2] : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  return %2 : tensor<1x2x1xf32>
}

// Groups on either side change nothing about positions.
// CHECK-LABEL: @groups
func.func @groups(%x: tensor<1x4x2xf32>) -> tensor<1x2x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} strides = [2] groups = 2 : tensor<1x4x2xf32> -> tensor<1x2x2xf32>
  // CHECK-NEXT: nn.conv %{{.*}} strides = [1] groups = 2 epilogue(relu) : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x2xf32>) groups = 2 : tensor<1x4x2xf32> -> tensor<1x4x2xf32>
  %1 = nn.conv %0 kernel(dense<2.0> : tensor<1x1x2xf32>) strides = [2] groups = 2 epilogue(relu) : tensor<1x4x2xf32> -> tensor<1x2x2xf32>
  return %1 : tensor<1x2x2xf32>
}

// A wider window reads the positions between: must not fire.
// CHECK-LABEL: @wide_window
func.func @wide_window(%x: tensor<1x9x1xf32>) -> tensor<1x3x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} : tensor<1x9x1xf32> -> tensor<1x8x1xf32>
  // CHECK-NEXT: nn.max_pool %{{.*}} window = [2] strides = [3] : tensor<1x8x1xf32> -> tensor<1x3x1xf32>
  %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x1xf32>) : tensor<1x9x1xf32> -> tensor<1x8x1xf32>
  %1 = nn.max_pool %0 window = [2] strides = [3] : tensor<1x8x1xf32> -> tensor<1x3x1xf32>
  return %1 : tensor<1x3x1xf32>
}

// Padding of the reader shifts positions: must not fire.
// CHECK-LABEL: @padded_reader
func.func @padded_reader(%x: tensor<1x5x1xf32>) -> tensor<1x3x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} : tensor<1x5x1xf32> -> tensor<1x5x1xf32>
  // CHECK-NEXT: nn.conv %{{.*}} strides = [2] padding = [1, 0] : tensor<1x5x1xf32> -> tensor<1x3x1xf32>
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x1xf32>) : tensor<1x5x1xf32> -> tensor<1x5x1xf32>
  %1 = nn.conv %0 kernel(dense<2.0> : tensor<1x1x1xf32>) strides = [2] padding = [1, 0] : tensor<1x5x1xf32> -> tensor<1x3x1xf32>
  return %1 : tensor<1x3x1xf32>
}

// All positions are an output: must not fire.
// CHECK-LABEL: @output
func.func @output(%x: tensor<1x4x1xf32>) -> (tensor<1x4x1xf32>, tensor<1x2x1xf32>) {
  // CHECK-NEXT: nn.conv %{{.*}} : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  // CHECK-NEXT: nn.conv %{{.*}} strides = [2] : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x1xf32>) : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  %1 = nn.conv %0 kernel(dense<2.0> : tensor<1x1x1xf32>) strides = [2] : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  return %0, %1 : tensor<1x4x1xf32>, tensor<1x2x1xf32>
}

// The activation between has another use: must not fire.
// CHECK-LABEL: @other_use
func.func @other_use(%x: tensor<1x4x1xf32>) -> (tensor<1x2x1xf32>, tensor<1x1xf32>) {
  // CHECK-NEXT: nn.conv %{{.*}} : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  // CHECK-NEXT: nn.activation relu %{{.*}} : tensor<1x4x1xf32>
  // CHECK-NEXT: nn.conv %{{.*}} strides = [2] : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  // CHECK-NEXT: nn.global_pool
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x1xf32>) : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  %1 = nn.activation relu %0 : tensor<1x4x1xf32>
  %2 = nn.conv %1 kernel(dense<2.0> : tensor<1x1x1xf32>) strides = [2] : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  %3 = nn.global_pool max %1 : tensor<1x4x1xf32> -> tensor<1x1xf32>
  return %2, %3 : tensor<1x2x1xf32>, tensor<1x1xf32>
}

// An affine along positions, or an epilogue, in the way: must not fire.
// CHECK-LABEL: @in_the_way
func.func @in_the_way(%x: tensor<1x4x1xf32>) -> tensor<1x1x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  // CHECK-NEXT: nn.affine %{{.*}} axis = 1
  // CHECK-NEXT: nn.conv %{{.*}} strides = [2] epilogue(relu) : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  // CHECK-NEXT: nn.conv %{{.*}} strides = [2] : tensor<1x2x1xf32> -> tensor<1x1x1xf32>
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x1xf32>) : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<4xf64>) shift(dense<1.0> : tensor<4xf64>) : tensor<1x4x1xf32>
  %2 = nn.conv %1 kernel(dense<2.0> : tensor<1x1x1xf32>) strides = [2] epilogue(relu) : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  %3 = nn.conv %2 kernel(dense<2.0> : tensor<1x1x1xf32>) strides = [2] : tensor<1x2x1xf32> -> tensor<1x1x1xf32>
  return %3 : tensor<1x1x1xf32>
}

// Of a sequence, the last step alone.
// CHECK-LABEL: @last_step
func.func @last_step(%x: tensor<1x5x2xf32>) -> tensor<1x1x3xf32> {
  // CHECK-NEXT: %[[H:.*]] = nn.lstm %{{.*}} recurrent_activation(sigmoid) : tensor<1x5x2xf32> -> tensor<1x3xf32>
  // CHECK-NEXT: nn.reshape %[[H]] : tensor<1x3xf32> -> tensor<1x1x3xf32>
  // CHECK-NEXT: return
  %0 = nn.lstm %x kernel(dense<0.5> : tensor<2x12xf32>) recurrent(dense<0.5> : tensor<3x12xf32>)
         activation(tanh) recurrent_activation(sigmoid) sequences : tensor<1x5x2xf32> -> tensor<1x5x3xf32>
  %1 = nn.slice %0 begin = [0, 4, 0] size = [1, 1, 3] : tensor<1x5x3xf32> -> tensor<1x1x3xf32>
  return %1 : tensor<1x1x3xf32>
}

// Of one sample, steps may have come first.
// CHECK-LABEL: @steps_first
func.func @steps_first(%x: tensor<1x5x2xf32>) -> tensor<1x1x3xf32> {
  // CHECK-NEXT: %[[H:.*]] = nn.rnn %{{.*}} activation(tanh) : tensor<1x5x2xf32> -> tensor<1x3xf32>
  // CHECK-NEXT: nn.reshape %[[H]] : tensor<1x3xf32> -> tensor<1x1x3xf32>
  // CHECK-NEXT: return
  %0 = nn.rnn %x kernel(dense<0.5> : tensor<2x3xf32>) recurrent(dense<0.5> : tensor<3x3xf32>) activation(tanh) sequences : tensor<1x5x2xf32> -> tensor<1x5x3xf32>
  %1 = nn.reshape %0 : tensor<1x5x3xf32> -> tensor<5x1x3xf32>
  %2 = nn.slice %1 begin = [4, 0, 0] size = [1, 1, 3] : tensor<5x1x3xf32> -> tensor<1x1x3xf32>
  return %2 : tensor<1x1x3xf32>
}

// Of two, that would be another order: must not fire. Nor for another step.
// CHECK-LABEL: @samples_in_other_order
func.func @samples_in_other_order(%x: tensor<2x5x2xf32>, %y: tensor<1x5x2xf32>) -> (tensor<1x2x3xf32>, tensor<1x1x3xf32>) {
  // CHECK: nn.rnn {{.*}} sequences
  // CHECK: nn.rnn {{.*}} sequences
  %0 = nn.rnn %x kernel(dense<0.5> : tensor<2x3xf32>) recurrent(dense<0.5> : tensor<3x3xf32>) activation(tanh) sequences : tensor<2x5x2xf32> -> tensor<2x5x3xf32>
  %1 = nn.reshape %0 : tensor<2x5x3xf32> -> tensor<5x2x3xf32>
  %2 = nn.slice %1 begin = [4, 0, 0] size = [1, 2, 3] : tensor<5x2x3xf32> -> tensor<1x2x3xf32>
  %3 = nn.rnn %y kernel(dense<0.5> : tensor<2x3xf32>) recurrent(dense<0.5> : tensor<3x3xf32>) activation(tanh) sequences : tensor<1x5x2xf32> -> tensor<1x5x3xf32>
  %4 = nn.reshape %3 : tensor<1x5x3xf32> -> tensor<5x1x3xf32>
  %5 = nn.slice %4 begin = [3, 0, 0] size = [1, 1, 3] : tensor<5x1x3xf32> -> tensor<1x1x3xf32>
  return %2, %5 : tensor<1x2x3xf32>, tensor<1x1x3xf32>
}

// In the opposite order, the last step stands first.
// CHECK-LABEL: @last_step_reversed
func.func @last_step_reversed(%x: tensor<1x5x2xf32>) -> tensor<1x1x3xf32> {
  // CHECK-NEXT: nn.rnn %{{.*}} activation(tanh) backwards : tensor<1x5x2xf32> -> tensor<1x3xf32>
  %0 = nn.rnn %x kernel(dense<0.5> : tensor<2x3xf32>) recurrent(dense<0.5> : tensor<3x3xf32>)
         activation(tanh) sequences backwards reversed : tensor<1x5x2xf32> -> tensor<1x5x3xf32>
  %1 = nn.slice %0 begin = [0, 0, 0] size = [1, 1, 3] : tensor<1x5x3xf32> -> tensor<1x1x3xf32>
  return %1 : tensor<1x1x3xf32>
}

// A reader that pools its results.
// CHECK-LABEL: @pooled_reader
func.func @pooled_reader(%x: tensor<1x9x2xf32>) -> tensor<1x2x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} strides = [2] : tensor<1x9x2xf32> -> tensor<1x4x2xf32>
  // CHECK-NEXT: nn.conv %{{.*}} strides = [1] epilogue(max_pool([2], [2])) : tensor<1x4x2xf32> -> tensor<1x2x2xf32>
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x2x2xf32>) : tensor<1x9x2xf32> -> tensor<1x8x2xf32>
  %1 = nn.conv %0 kernel(dense<0.5> : tensor<1x2x2xf32>) strides = [2] epilogue(max_pool([2], [2])) : tensor<1x8x2xf32> -> tensor<1x2x2xf32>
  return %1 : tensor<1x2x2xf32>
}

// Tiles of minimal filtering hold neighbours: must not fire.
// CHECK-LABEL: @tiles
func.func @tiles(%x: tensor<1x9x2xf32>) -> tensor<1x4x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} winograd = [2] :
  // CHECK-NEXT: nn.conv %{{.*}} strides = [2] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x2x2xf32>) winograd = [2] : tensor<1x9x2xf32> -> tensor<1x8x2xf32>
  %1 = nn.conv %0 kernel(dense<0.5> : tensor<1x2x2xf32>) strides = [2] : tensor<1x8x2xf32> -> tensor<1x4x2xf32>
  return %1 : tensor<1x4x2xf32>
}

// Another step, two steps, and a sequence that is read: must not fire.
// CHECK-LABEL: @other_steps
func.func @other_steps(%x: tensor<1x5x2xf32>) -> (tensor<1x1x3xf32>, tensor<1x2x3xf32>, tensor<1x1x3xf32>, tensor<1x5x3xf32>) {
  // CHECK: nn.rnn {{.*}} sequences
  // CHECK-NEXT: nn.slice
  // CHECK: nn.rnn {{.*}} sequences
  // CHECK-NEXT: nn.slice
  // CHECK: nn.rnn {{.*}} sequences
  // CHECK-NEXT: nn.slice
  %0 = nn.rnn %x kernel(dense<0.5> : tensor<2x3xf32>) recurrent(dense<0.5> : tensor<3x3xf32>)
         activation(tanh) sequences : tensor<1x5x2xf32> -> tensor<1x5x3xf32>
  %1 = nn.slice %0 begin = [0, 3, 0] size = [1, 1, 3] : tensor<1x5x3xf32> -> tensor<1x1x3xf32>
  %2 = nn.rnn %x kernel(dense<0.5> : tensor<2x3xf32>) recurrent(dense<0.5> : tensor<3x3xf32>)
         activation(tanh) sequences : tensor<1x5x2xf32> -> tensor<1x5x3xf32>
  %3 = nn.slice %2 begin = [0, 3, 0] size = [1, 2, 3] : tensor<1x5x3xf32> -> tensor<1x2x3xf32>
  %4 = nn.rnn %x kernel(dense<0.5> : tensor<2x3xf32>) recurrent(dense<0.5> : tensor<3x3xf32>)
         activation(tanh) sequences : tensor<1x5x2xf32> -> tensor<1x5x3xf32>
  %5 = nn.slice %4 begin = [0, 4, 0] size = [1, 1, 3] : tensor<1x5x3xf32> -> tensor<1x1x3xf32>
  return %1, %3, %5, %4 : tensor<1x1x3xf32>, tensor<1x2x3xf32>, tensor<1x1x3xf32>, tensor<1x5x3xf32>
}
