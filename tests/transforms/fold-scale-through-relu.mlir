// RUN: frieze-opt %s --nn-fold-scale-through-relu | FileCheck %s

// 2 relu(x) + 0.5 = relu(2 x) + 0.5.
// CHECK-LABEL: @dense
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32>)
func.func @dense(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: %[[D:.*]] = nn.dense %[[X]]
  // CHECK-NEXT: %[[S:.*]] = nn.affine %[[D]] axis = 1 scale(dense<2.000000e+00> : tensor<2xf64>) shift(dense<0.000000e+00> : tensor<2xf64>) : tensor<1x2xf32>
  // CHECK-NEXT: %[[R:.*]] = nn.activation relu %[[S]] : tensor<1x2xf32>
  // CHECK-NEXT: %[[Y:.*]] = nn.affine %[[R]] axis = 1 scale(dense<1.000000e+00> : tensor<2xf64>) shift(dense<5.000000e-01> : tensor<2xf64>) : tensor<1x2xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// Leaky ReLU after a conv, each channel by its own scale; without a shift nothing
// stays behind.
// CHECK-LABEL: @conv_leaky
func.func @conv_leaky(%x: tensor<1x9x1xf32>) -> tensor<1x8x3xf32> {
  // CHECK-NEXT: %[[C:.*]] = nn.conv
  // CHECK-NEXT: %[[S:.*]] = nn.affine %[[C]] axis = 2 scale(dense<[2.000000e+00, 1.000000e+00, 5.000000e-01]> : tensor<3xf64>) shift(dense<0.000000e+00> : tensor<3xf64>)
  // CHECK-NEXT: %[[Y:.*]] = nn.activation leaky_relu(2.500000e-01) %[[S]]
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x3xf32>) : tensor<1x9x1xf32> -> tensor<1x8x3xf32>
  %1 = nn.activation leaky_relu(0.25) %0 : tensor<1x8x3xf32>
  %2 = nn.affine %1 axis = 2 scale(dense<[2.0, 1.0, 0.5]> : tensor<3xf64>) shift(dense<0.0> : tensor<3xf64>) : tensor<1x8x3xf32>
  return %2 : tensor<1x8x3xf32>
}

// The absolute value scales as well.
// CHECK-LABEL: @dense_abs
func.func @dense_abs(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.activation abs
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation abs %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// One scale of zero: must not fire.
// CHECK-LABEL: @zero
func.func @zero(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine %{{.*}} scale(dense<[2.000000e+00, 0.000000e+00]> : tensor<2xf64>)
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<[2.0, 0.0]> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// One negative scale: must not fire.
// CHECK-LABEL: @negative
func.func @negative(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine %{{.*}} scale(dense<[2.000000e+00, -1.000000e+00]> : tensor<2xf64>)
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<[2.0, -1.0]> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// Scales of one: there is nothing to move: must not fire.
// CHECK-LABEL: @shift_only
func.func @shift_only(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<1.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// Functions that do not scale: must not fire.
// CHECK-LABEL: @other_function
func.func @other_function(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: nn.activation elu(1.000000e+00)
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: nn.activation clip(0.000000e+00, 6.000000e+00)
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x4xf32>) : tensor<1x4xf32> -> tensor<1x4xf32>
  %1 = nn.activation elu(1.0) %0 : tensor<1x4xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<4xf64>) shift(dense<0.5> : tensor<4xf64>) : tensor<1x4xf32>
  %3 = nn.dense %2 kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %4 = nn.activation clip(0.0, 6.0) %3 : tensor<1x2xf32>
  %5 = nn.affine %4 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %5 : tensor<1x2xf32>
}

// No layer whose weights would take in the scale: must not fire.
// CHECK-LABEL: @no_weights
func.func @no_weights(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.add
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: return
  %0 = nn.add %x, %x : tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// An epilogue in the way: must not fire.
// CHECK-LABEL: @after_epilogue
func.func @after_epilogue(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} epilogue(tanh)
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) epilogue(tanh) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// The activation is an output: must not fire.
// CHECK-LABEL: @activation_is_output
func.func @activation_is_output(%x: tensor<1x4xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: %[[R:.*]] = nn.activation relu
  // CHECK-NEXT: %[[A:.*]] = nn.affine
  // CHECK-NEXT: return %[[R]], %[[A]]
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %1, %2 : tensor<1x2xf32>, tensor<1x2xf32>
}

// The raw result of the layer has another use: must not fire.
// CHECK-LABEL: @layer_has_other_use
func.func @layer_has_other_use(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.add
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  %3 = nn.add %0, %2 : tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// An axis that is not the layer's channels: must not fire.
// CHECK-LABEL: @other_axis
func.func @other_axis(%x: tensor<1x2x4xf32>) -> tensor<1x2x2xf32> {
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine %{{.*}} axis = 1
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x2x4xf32> -> tensor<1x2x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2x2xf32>
  return %2 : tensor<1x2x2xf32>
}

// Pooling between the layer and the activation: must not fire.
// CHECK-LABEL: @pool_between
func.func @pool_between(%x: tensor<1x8x1xf32>) -> tensor<1x4x2xf32> {
  // CHECK-NEXT: nn.conv
  // CHECK-NEXT: nn.max_pool
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x2xf32>) : tensor<1x8x1xf32> -> tensor<1x8x2xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x2xf32> -> tensor<1x4x2xf32>
  %2 = nn.activation relu %1 : tensor<1x4x2xf32>
  %3 = nn.affine %2 axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x4x2xf32>
  return %3 : tensor<1x4x2xf32>
}
