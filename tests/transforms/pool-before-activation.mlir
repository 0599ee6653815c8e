// RUN: frieze-opt %s --nn-pool-before-activation --split-input-file | FileCheck %s

// CHECK-LABEL: @tanh
// CHECK-SAME: (%[[X:.*]]: tensor<1x8x4xf32>)
func.func @tanh(%x: tensor<1x8x4xf32>) -> tensor<1x4x4xf32> {
  // CHECK-NEXT: %[[P:.*]] = nn.max_pool %[[X]] window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  // CHECK-NEXT: %[[Y:.*]] = nn.activation tanh %[[P]] : tensor<1x4x4xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.activation tanh %x : tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  return %1 : tensor<1x4x4xf32>
}

// -----

// Padding of a max pooling is never the maximum, before as after.
// CHECK-LABEL: @padded
func.func @padded(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32> {
  // CHECK-NEXT: nn.max_pool
  // CHECK-NEXT: nn.activation leaky_relu
  // CHECK-NEXT: return
  %0 = nn.activation leaky_relu(1.000000e-01) %x : tensor<1x4x4x2xf32>
  %1 = nn.max_pool %0 window = [3, 3] strides = [1, 1] padding = [1, 1, 1, 1] : tensor<1x4x4x2xf32> -> tensor<1x4x4x2xf32>
  return %1 : tensor<1x4x4x2xf32>
}

// -----

// CHECK-LABEL: @global
func.func @global(%x: tensor<1x8x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: nn.global_pool max
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: return
  %0 = nn.activation relu %x : tensor<1x8x4xf32>
  %1 = nn.global_pool max %0 : tensor<1x8x4xf32> -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// What is below the threshold is below zero as well.
// CHECK-LABEL: @thresholded
func.func @thresholded(%x: tensor<1x8x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: nn.global_pool max
  // CHECK-NEXT: nn.activation thresholded_relu
  // CHECK-NEXT: return
  %0 = nn.activation thresholded_relu(0.5, 1.0) %x : tensor<1x8x4xf32>
  %1 = nn.global_pool max %0 : tensor<1x8x4xf32> -> tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// A mean of activations is not the activation of the mean; functions that fall
// somewhere; a negative slope; another reader: must not fire.
// CHECK-LABEL: @mean
func.func @mean(%x: tensor<1x8x4xf32>) -> tensor<1x4x4xf32> {
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.avg_pool
  %0 = nn.activation relu %x : tensor<1x8x4xf32>
  %1 = nn.avg_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  return %1 : tensor<1x4x4xf32>
}

// -----

// CHECK-LABEL: @falling
func.func @falling(%x: tensor<1x8x4xf32>) -> (tensor<1x4x4xf32>, tensor<1x4x4xf32>) {
  // CHECK-NEXT: nn.activation silu
  // CHECK-NEXT: nn.max_pool
  // CHECK-NEXT: nn.activation leaky_relu
  // CHECK-NEXT: nn.max_pool
  %0 = nn.activation silu %x : tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  %2 = nn.activation leaky_relu(-5.000000e-01) %x : tensor<1x8x4xf32>
  %3 = nn.max_pool %2 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  return %1, %3 : tensor<1x4x4xf32>, tensor<1x4x4xf32>
}

// -----

// CHECK-LABEL: @two_readers
func.func @two_readers(%x: tensor<1x8x4xf32>) -> (tensor<1x8x4xf32>, tensor<1x4x4xf32>) {
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.max_pool
  %0 = nn.activation relu %x : tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  return %0, %1 : tensor<1x8x4xf32>, tensor<1x4x4xf32>
}

// Functions that fall somewhere, or have no value there: must not fire.
// CHECK-LABEL: @falling
func.func @falling(%x: tensor<1x8x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  // CHECK-NEXT: nn.activation abs
  // CHECK-NEXT: nn.global_pool
  // CHECK-NEXT: nn.activation sqrt
  // CHECK-NEXT: nn.global_pool
  %0 = nn.activation abs %x : tensor<1x8x4xf32>
  %1 = nn.global_pool max %0 : tensor<1x8x4xf32> -> tensor<1x4xf32>
  %2 = nn.activation sqrt %x : tensor<1x8x4xf32>
  %3 = nn.global_pool max %2 : tensor<1x8x4xf32> -> tensor<1x4xf32>
  return %1, %3 : tensor<1x4xf32>, tensor<1x4xf32>
}
