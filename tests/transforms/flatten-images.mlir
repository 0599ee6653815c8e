// RUN: frieze-opt %s --nn-flatten-images --canonicalize | FileCheck %s

// An axis of size 1 goes, and with it what attributes and epilogue say of it.
// CHECK-LABEL: @one_column
// CHECK-SAME: (%[[X:.*]]: tensor<2x9x1x4xf32>)
func.func @one_column(%x: tensor<2x9x1x4xf32>) -> tensor<2x2x1x3xf32> {
  // CHECK-NEXT: %[[S:.*]] = nn.reshape %[[X]] : tensor<2x9x1x4xf32> -> tensor<2x9x4xf32>
  // CHECK-NEXT: %[[Y:.*]] = nn.conv %[[S]] kernel(dense<1.000000e+00> : tensor<3x4x3xf32>) strides = [2] padding = [1, 0] dilations = [1]
  // CHECK-SAME: epilogue(affine(2, dense<2.000000e+00> : tensor<3xf32>, dense<1.000000e+00> : tensor<3xf32>), max_pool([2], [2]))
  // CHECK-SAME: tensor<2x9x4xf32> -> tensor<2x2x3xf32>
  // CHECK-NEXT: %[[R:.*]] = nn.reshape %[[Y]] : tensor<2x2x3xf32> -> tensor<2x2x1x3xf32>
  // CHECK-NEXT: return %[[R]]
  %0 = nn.conv %x kernel(dense<1.0> : tensor<3x1x4x3xf32>) strides = [2, 3] padding = [1, 0, 0, 0] dilations = [1, 2]
    epilogue(affine(3, dense<2.0> : tensor<3xf32>, dense<1.0> : tensor<3xf32>), max_pool([2, 1], [2, 1]))
    : tensor<2x9x1x4xf32> -> tensor<2x2x1x3xf32>
  return %0 : tensor<2x2x1x3xf32>
}

// Reshapes between such ops are none. Depthwise, pooling, transposed.
// CHECK-LABEL: @one_row
// CHECK-SAME: (%[[X:.*]]: tensor<1x1x9x4xf32>)
func.func @one_row(%x: tensor<1x1x9x4xf32>) -> tensor<1x1x7x2xf32> {
  // CHECK-NEXT: %[[S:.*]] = nn.reshape %[[X]]
  // CHECK-NEXT: %[[A:.*]] = nn.conv %[[S]] kernel(dense<1.000000e+00> : tensor<3x1x4xf32>) groups = 4 : tensor<1x9x4xf32> -> tensor<1x7x4xf32>
  // CHECK-NEXT: %[[B:.*]] = nn.max_pool %[[A]] window = [3] strides = [2] padding = [1, 0] : tensor<1x7x4xf32> -> tensor<1x3x4xf32>
  // CHECK-NEXT: %[[C:.*]] = nn.conv_transpose %[[B]] kernel(dense<1.000000e+00> : tensor<3x4x2xf32>) strides = [2] : tensor<1x3x4xf32> -> tensor<1x7x2xf32>
  // CHECK-NEXT: nn.reshape %[[C]] : tensor<1x7x2xf32> -> tensor<1x1x7x2xf32>
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x3x1x4xf32>) groups = 4 : tensor<1x1x9x4xf32> -> tensor<1x1x7x4xf32>
  %1 = nn.max_pool %0 window = [1, 3] strides = [1, 2] padding = [0, 0, 1, 0] : tensor<1x1x7x4xf32> -> tensor<1x1x3x4xf32>
  %2 = nn.conv_transpose %1 kernel(dense<1.0> : tensor<1x3x4x2xf32>) strides = [1, 2] : tensor<1x1x3x4xf32> -> tensor<1x1x7x2xf32>
  return %2 : tensor<1x1x7x2xf32>
}

// Windows as wide as the image: the taps of a row are its channels, in their
// order.
// CHECK-LABEL: @whole_rows
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x2x2xf32>)
func.func @whole_rows(%x: tensor<1x9x2x2xf32>) -> tensor<1x9x1x1xf32> {
  // CHECK-NEXT: %[[S:.*]] = nn.reshape %[[X]] : tensor<1x9x2x2xf32> -> tensor<1x9x4xf32>
  // CHECK-NEXT: nn.conv %[[S]] kernel(dense<{{\[\[\[}}1.000000e+00], [2.000000e+00], [3.000000e+00], [4.000000e+00]{{\]\]}}> : tensor<1x4x1xf32>)
  // CHECK-SAME: tensor<1x9x4xf32> -> tensor<1x9x1xf32>
  %0 = nn.conv %x kernel(dense<[[[[1.0], [2.0]], [[3.0], [4.0]]]]> : tensor<1x2x2x1xf32>) : tensor<1x9x2x2xf32> -> tensor<1x9x1x1xf32>
  return %0 : tensor<1x9x1x1xf32>
}

// Windows of width 1: the position below is a row's length further.
// CHECK-LABEL: @columns
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x5x2xf32>)
func.func @columns(%x: tensor<1x9x5x2xf32>) -> tensor<1x8x5x4xf32> {
  // CHECK-NEXT: %[[S:.*]] = nn.reshape %[[X]] : tensor<1x9x5x2xf32> -> tensor<1x45x2xf32>
  // CHECK-NEXT: %[[Y:.*]] = nn.conv %[[S]] kernel(dense<1.000000e+00> : tensor<3x1x4xf32>) padding = [15, 0] border(dense<5.000000e-01> : tensor<2xf32>) dilations = [10] groups = 2
  // CHECK-SAME: tensor<1x45x2xf32> -> tensor<1x40x4xf32>
  // CHECK-NEXT: nn.reshape %[[Y]] : tensor<1x40x4xf32> -> tensor<1x8x5x4xf32>
  %0 = nn.conv %x kernel(dense<1.0> : tensor<3x1x1x4xf32>) padding = [3, 0, 0, 0] border(dense<0.5> : tensor<2xf32>) dilations = [2, 7] groups = 2
    : tensor<1x9x5x2xf32> -> tensor<1x8x5x4xf32>
  return %0 : tensor<1x8x5x4xf32>
}

// A single tap has no dilation.
// CHECK-LABEL: @points
func.func @points(%x: tensor<1x4x5x3xf32>) -> tensor<1x4x5x2xf32> {
  // CHECK: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x3x2xf32>) : tensor<1x20x3xf32> -> tensor<1x20x2xf32>
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x3x2xf32>) : tensor<1x4x5x3xf32> -> tensor<1x4x5x2xf32>
  return %0 : tensor<1x4x5x2xf32>
}

// It must not fire with a padding, a stride or a window along the other axis.
// CHECK-LABEL: @two_axes
// CHECK-NOT: nn.reshape
func.func @two_axes(%x: tensor<1x9x1x4xf32>, %y: tensor<1x9x5x4xf32>)
    -> (tensor<1x9x1x2xf32>, tensor<1x9x3x2xf32>, tensor<1x9x4x2xf32>, tensor<1x9x7x2xf32>) {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x3x4x2xf32>) padding = [0, 0, 1, 1] : tensor<1x9x1x4xf32> -> tensor<1x9x1x2xf32>
  %1 = nn.conv %y kernel(dense<1.0> : tensor<1x1x4x2xf32>) strides = [1, 2] : tensor<1x9x5x4xf32> -> tensor<1x9x3x2xf32>
  %2 = nn.conv %y kernel(dense<1.0> : tensor<1x2x4x2xf32>) : tensor<1x9x5x4xf32> -> tensor<1x9x4x2xf32>
  %3 = nn.conv %y kernel(dense<1.0> : tensor<1x1x4x2xf32>) padding = [0, 0, 1, 1] : tensor<1x9x5x4xf32> -> tensor<1x9x7x2xf32>
  return %0, %1, %2, %3 : tensor<1x9x1x2xf32>, tensor<1x9x3x2xf32>, tensor<1x9x4x2xf32>, tensor<1x9x7x2xf32>
}

// It must not fire where a pooling has rows, nor where channels of a row are
// those of several groups.
// CHECK-LABEL: @rows_and_columns
// CHECK-NOT: nn.reshape
func.func @rows_and_columns(%x: tensor<1x8x6x4xf32>) -> (tensor<1x4x3x2xf32>, tensor<1x8x1x4xf32>, tensor<1x8x3x4xf32>) {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x4x2xf32>) epilogue(max_pool([2, 2], [2, 2])) : tensor<1x8x6x4xf32> -> tensor<1x4x3x2xf32>
  %1 = nn.conv %x kernel(dense<1.0> : tensor<1x6x1x4xf32>) groups = 4 : tensor<1x8x6x4xf32> -> tensor<1x8x1x4xf32>
  %2 = nn.max_pool %x window = [1, 2] : tensor<1x8x6x4xf32> -> tensor<1x8x3x4xf32>
  return %0, %1, %2 : tensor<1x4x3x2xf32>, tensor<1x8x1x4xf32>, tensor<1x8x3x4xf32>
}

// It must not fire where minimal filtering was chosen for the image.
// CHECK-LABEL: @filtered
// CHECK-NOT: nn.reshape
func.func @filtered(%x: tensor<1x1x8x4xf32>) -> tensor<1x1x6x2xf32> {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x3x4x2xf32>) winograd = [1, 2] : tensor<1x1x8x4xf32> -> tensor<1x1x6x2xf32>
  return %0 : tensor<1x1x6x2xf32>
}
