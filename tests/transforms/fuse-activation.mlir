// RUN: frieze-opt %s --nn-fuse-activation | FileCheck %s

// CHECK-LABEL: @dense
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32>)
func.func @dense(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.dense %[[X]] kernel(dense<5.000000e-01> : tensor<4x2xf32>) epilogue(relu) : tensor<1x4xf32> -> tensor<1x2xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x9x1xf32>) -> tensor<1x8x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} padding = [1, 0] dilations = [2] epilogue(leaky_relu(2.500000e-01)) :
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x1x4xf32>) padding = [1, 0] dilations = [2]
         : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
  %1 = nn.activation leaky_relu(0.25) %0 : tensor<1x8x4xf32>
  return %1 : tensor<1x8x4xf32>
}

// Several in a row, in their order.
// CHECK-LABEL: @chain
func.func @chain(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} epilogue(elu(1.000000e+00), tanh, clip(0.000000e+00, 1.000000e+00)) :
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x2xf32>) epilogue(elu(1.0)) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation tanh %0 : tensor<1x2xf32>
  %2 = nn.activation clip(0.0, 1.0) %1 : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// The raw result has another use: must not fire.
// CHECK-LABEL: @other_use
func.func @other_use(%x: tensor<1x4xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<5.000000e-01> : tensor<4x2xf32>) :
  // CHECK-NEXT: nn.activation relu
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// Two activations of one result: must not fire for either.
// CHECK-LABEL: @two_activations
func.func @two_activations(%x: tensor<1x4xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<5.000000e-01> : tensor<4x2xf32>) :
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.activation tanh
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.activation tanh %0 : tensor<1x2xf32>
  return %1, %2 : tensor<1x2xf32>, tensor<1x2xf32>
}

// A producer without epilogue: must not fire.
// CHECK-LABEL: @after_add
func.func @after_add(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: nn.add
  // CHECK-NEXT: nn.activation relu
  %0 = nn.add %x, %x : tensor<1x4xf32>
  %1 = nn.activation relu %0 : tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// An activation of the model's input: must not fire.
// CHECK-LABEL: @on_input
func.func @on_input(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<5.000000e-01> : tensor<4x2xf32>) :
  %0 = nn.activation relu %x : tensor<1x4xf32>
  %1 = nn.dense %0 kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// Softmax is no pointwise function: must not fire.
// CHECK-LABEL: @softmax
func.func @softmax(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: nn.softmax
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.softmax %0 axis = 1 : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
