// RUN: frieze-opt %s --nn-fuse-pad | FileCheck %s

// Added to what the conv has.
// CHECK-LABEL: @conv
// CHECK-SAME: (%[[X:.*]]: tensor<1x7x4xf32>)
func.func @conv(%x: tensor<1x7x4xf32>) -> tensor<1x9x2xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.conv %[[X]] kernel({{.*}}) padding = [2, 2] : tensor<1x7x4xf32> -> tensor<1x9x2xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.pad %x low = [0, 1, 0] high = [0, 2, 0] : tensor<1x7x4xf32> -> tensor<1x10x4xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<3x4x2xf32>) padding = [1, 0] : tensor<1x10x4xf32> -> tensor<1x9x2xf32>
  return %1 : tensor<1x9x2xf32>
}

// Another value than zero is a border; of an image, low and high of each axis.
// CHECK-LABEL: @value
func.func @value(%x: tensor<1x4x5x2xf32>) -> tensor<1x5x8x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} padding = [1, 0, 2, 1] border(dense<5.000000e-01> : tensor<2xf64>)
  // CHECK-NEXT: return
  %0 = nn.pad %x low = [0, 1, 2, 0] high = [0, 0, 1, 0] value = 0.5 : tensor<1x4x5x2xf32> -> tensor<1x5x8x2xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<1x1x2x2xf32>) : tensor<1x5x8x2xf32> -> tensor<1x5x8x2xf32>
  return %1 : tensor<1x5x8x2xf32>
}

// Into a maximum that padding never is: after a ReLU, or minus infinity.
// CHECK-LABEL: @max_pool
func.func @max_pool(%x: tensor<1x7x4xf32>) -> (tensor<1x4x4xf32>, tensor<1x4x4xf32>) {
  // CHECK-NEXT: %[[RELU:.*]] = nn.activation relu
  // CHECK-NEXT: nn.max_pool %[[RELU]] window = [3] strides = [2] padding = [1, 1] : tensor<1x7x4xf32> -> tensor<1x4x4xf32>
  // CHECK-NEXT: nn.max_pool %arg0 window = [3] strides = [2] padding = [1, 1]
  // CHECK-NEXT: return
  %0 = nn.activation relu %x : tensor<1x7x4xf32>
  %1 = nn.pad %0 low = [0, 1, 0] high = [0, 1, 0] : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
  %2 = nn.max_pool %1 window = [3] strides = [2] : tensor<1x9x4xf32> -> tensor<1x4x4xf32>
  %3 = nn.pad %x low = [0, 1, 0] high = [0, 1, 0] value = 0xFFF0000000000000 : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
  %4 = nn.max_pool %3 window = [3] strides = [2] : tensor<1x9x4xf32> -> tensor<1x4x4xf32>
  return %2, %4 : tensor<1x4x4xf32>, tensor<1x4x4xf32>
}

// No result of tanh is less than -1.
// CHECK-LABEL: @pool_behind_tanh
func.func @pool_behind_tanh(%x: tensor<1x7x4xf32>) -> tensor<1x4x4xf32> {
  // CHECK-NEXT: nn.activation tanh
  // CHECK-NEXT: nn.max_pool {{.*}} padding = [1, 1]
  // CHECK-NEXT: return
  %0 = nn.activation tanh %x : tensor<1x7x4xf32>
  %1 = nn.pad %0 low = [0, 1, 0] high = [0, 1, 0] value = -1.0 : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
  %2 = nn.max_pool %1 window = [3] strides = [2] : tensor<1x9x4xf32> -> tensor<1x4x4xf32>
  return %2 : tensor<1x4x4xf32>
}

// Another reader keeps the padding.
// CHECK-LABEL: @other_reader
func.func @other_reader(%x: tensor<1x7x4xf32>) -> (tensor<1x9x4xf32>, tensor<1x9x2xf32>) {
  // CHECK-NEXT: %[[PAD:.*]] = nn.pad
  // CHECK-NEXT: nn.conv %arg0 {{.*}} padding = [1, 1]
  // CHECK-NEXT: return %[[PAD]]
  %0 = nn.pad %x low = [0, 1, 0] high = [0, 1, 0] : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<1x4x2xf32>) : tensor<1x9x4xf32> -> tensor<1x9x2xf32>
  return %0, %1 : tensor<1x9x4xf32>, tensor<1x9x2xf32>
}

// Not of channels, by reflection, or inside padding of another value: must not
// fire.
// CHECK-LABEL: @conv_must_not
func.func @conv_must_not(%x: tensor<1x7x4xf32>) -> (tensor<1x7x2xf32>, tensor<1x9x2xf32>, tensor<1x11x2xf32>) {
  // CHECK-COUNT-3: nn.pad
  // CHECK-NOT: nn.conv %arg0
  // CHECK: return
  %0 = nn.pad %x low = [0, 0, 0] high = [0, 0, 1] : tensor<1x7x4xf32> -> tensor<1x7x5xf32>
  %1 = nn.pad %x low = [0, 1, 0] high = [0, 1, 0] mode = reflect : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
  %2 = nn.pad %x low = [0, 1, 0] high = [0, 1, 0] value = 1.0 : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
  %3 = nn.conv %0 kernel(dense<1.0> : tensor<1x5x2xf32>) : tensor<1x7x5xf32> -> tensor<1x7x2xf32>
  %4 = nn.conv %1 kernel(dense<1.0> : tensor<1x4x2xf32>) : tensor<1x9x4xf32> -> tensor<1x9x2xf32>
  %5 = nn.conv %2 kernel(dense<1.0> : tensor<1x4x2xf32>) padding = [1, 1] : tensor<1x9x4xf32> -> tensor<1x11x2xf32>
  return %3, %4, %5 : tensor<1x7x2xf32>, tensor<1x9x2xf32>, tensor<1x11x2xf32>
}

// Not where elements may be less than the padding, where a window would be all
// padding or has gaps, and not into a mean: must not fire.
// CHECK-LABEL: @pool_must_not
func.func @pool_must_not(%x: tensor<1x7x4xf32>) -> (tensor<1x8x4xf32>, tensor<1x10x4xf32>, tensor<1x8x4xf32>, tensor<1x7x4xf32>) {
  // CHECK-COUNT-4: nn.pad
  // CHECK-NOT: padding
  // CHECK: return
  %0 = nn.activation relu %x : tensor<1x7x4xf32>
  %1 = nn.pad %x low = [0, 1, 0] high = [0, 1, 0] : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
  %2 = nn.pad %0 low = [0, 2, 0] high = [0, 2, 0] : tensor<1x7x4xf32> -> tensor<1x11x4xf32>
  %3 = nn.pad %0 low = [0, 1, 0] high = [0, 1, 0] : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
  %4 = nn.max_pool %1 window = [2] strides = [1] : tensor<1x9x4xf32> -> tensor<1x8x4xf32>
  %5 = nn.max_pool %2 window = [2] strides = [1] : tensor<1x11x4xf32> -> tensor<1x10x4xf32>
  %6 = nn.avg_pool %3 window = [2] strides = [1] : tensor<1x9x4xf32> -> tensor<1x8x4xf32>
  %7 = nn.pad %0 low = [0, 1, 0] high = [0, 1, 0] : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
  %8 = nn.max_pool %7 window = [2] strides = [1] dilations = [2] : tensor<1x9x4xf32> -> tensor<1x7x4xf32>
  return %4, %5, %6, %8 : tensor<1x8x4xf32>, tensor<1x10x4xf32>, tensor<1x8x4xf32>, tensor<1x7x4xf32>
}
