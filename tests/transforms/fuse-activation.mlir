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

// Every kernel has an epilogue; stages before stay before.
// CHECK-LABEL: @add
func.func @add(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: nn.add %{{.*}}, %{{.*}} epilogue(affine(1, {{.*}}), relu) : tensor<1x4xf32>
  // CHECK-NEXT: return
  %0 = nn.add %x, %x epilogue(affine(1, dense<2.0> : tensor<4xf32>, dense<1.0> : tensor<4xf32>)) : tensor<1x4xf32>
  %1 = nn.activation relu %0 : tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// Every kernel has an epilogue: sums, poolings, layers of sequences, copies.
// CHECK-LABEL: @other_kernels
func.func @other_kernels(%x: tensor<1x4xf32>, %n: tensor<1x6xf32>) -> (tensor<1x4xf32>, tensor<1x2xf32>) {
  // CHECK-NEXT: %[[A:.*]] = nn.add %{{.*}} epilogue(relu) : tensor<1x4xf32>
  // CHECK-NEXT: %[[E:.*]] = nn.embedding %{{.*}} epilogue(tanh) :
  // CHECK-NEXT: %[[M:.*]] = nn.max_pool %[[E]] window = [2] epilogue(silu) :
  // CHECK-NEXT: %[[V:.*]] = nn.avg_pool %[[M]] window = [1] epilogue(softsign) :
  // CHECK-NEXT: %[[C:.*]] = nn.concat %[[V]], %[[M]] axis = 1 epilogue(exp) :
  // CHECK-NEXT: %[[L:.*]] = nn.lstm %[[C]] {{.*}} sequences epilogue(selu) :
  // CHECK-NEXT: %[[G:.*]] = nn.global_pool max %[[L]] epilogue(gelu) :
  // CHECK-NEXT: %[[I:.*]] = nn.identity %[[G]] epilogue(softplus) :
  // CHECK-NEXT: return %[[A]], %[[I]]
  %0 = nn.add %x, %x : tensor<1x4xf32>
  %1 = nn.activation relu %0 : tensor<1x4xf32>
  %2 = nn.embedding %n table(dense<0.5> : tensor<8x3xf32>) : tensor<1x6xf32> -> tensor<1x6x3xf32>
  %3 = nn.activation tanh %2 : tensor<1x6x3xf32>
  %4 = nn.max_pool %3 window = [2] : tensor<1x6x3xf32> -> tensor<1x3x3xf32>
  %5 = nn.activation silu %4 : tensor<1x3x3xf32>
  %6 = nn.avg_pool %5 window = [1] : tensor<1x3x3xf32> -> tensor<1x3x3xf32>
  %7 = nn.activation softsign %6 : tensor<1x3x3xf32>
  %8 = nn.concat %7, %5 axis = 1 : tensor<1x3x3xf32>, tensor<1x3x3xf32> -> tensor<1x6x3xf32>
  %9 = nn.activation exp %8 : tensor<1x6x3xf32>
  %10 = nn.lstm %9 kernel(dense<0.5> : tensor<3x8xf32>) recurrent(dense<0.5> : tensor<2x8xf32>)
          activation(tanh) recurrent_activation(sigmoid) sequences : tensor<1x6x3xf32> -> tensor<1x6x2xf32>
  %11 = nn.activation selu %10 : tensor<1x6x2xf32>
  %12 = nn.global_pool max %11 : tensor<1x6x2xf32> -> tensor<1x2xf32>
  %13 = nn.activation gelu %12 : tensor<1x2xf32>
  %14 = nn.identity %13 : tensor<1x2xf32>
  %15 = nn.activation softplus %14 : tensor<1x2xf32>
  return %1, %15 : tensor<1x4xf32>, tensor<1x2xf32>
}

// After the other stages, of whatever kind.
// CHECK-LABEL: @after_stages
func.func @after_stages(%x: tensor<1x9x1xf32>) -> tensor<1x4x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} epilogue(affine(2, dense<2.000000e+00> : tensor<2xf32>, dense<1.000000e+00> : tensor<2xf32>), max_pool([2], [2]), relu) :
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x1x2xf32>)
         epilogue(affine(2, dense<2.0> : tensor<2xf32>, dense<1.0> : tensor<2xf32>), max_pool([2], [2])) : tensor<1x9x1xf32> -> tensor<1x4x2xf32>
  %1 = nn.activation relu %0 : tensor<1x4x2xf32>
  return %1 : tensor<1x4x2xf32>
}

// The kernel's result is an output: must not fire.
// CHECK-LABEL: @output
func.func @output(%x: tensor<1x4xf32>, %y: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  // CHECK-NEXT: %[[A:.*]] = nn.add %{{.*}}, %{{.*}} : tensor<1x4xf32>
  // CHECK-NEXT: %[[R:.*]] = nn.activation relu %[[A]]
  // CHECK-NEXT: return %[[R]], %[[A]]
  %0 = nn.add %x, %y : tensor<1x4xf32>
  %1 = nn.activation relu %0 : tensor<1x4xf32>
  return %1, %0 : tensor<1x4xf32>, tensor<1x4xf32>
}

// Producers without epilogue: must not fire.
// CHECK-LABEL: @no_epilogue
func.func @no_epilogue(%x: tensor<1x4x1xf32>) -> tensor<1x2x3xf32> {
  // CHECK-NEXT: nn.pad
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.activation tanh
  // CHECK-NEXT: nn.transpose
  // CHECK-NEXT: nn.activation elu
  // CHECK-NEXT: return
  %0 = nn.pad %x low = [0, 1, 0] high = [0, 1, 0] value = 0.0 : tensor<1x4x1xf32> -> tensor<1x6x1xf32>
  %1 = nn.activation relu %0 : tensor<1x6x1xf32>
  %2 = nn.reshape %1 : tensor<1x6x1xf32> -> tensor<1x3x2xf32>
  %3 = nn.activation tanh %2 : tensor<1x3x2xf32>
  %4 = nn.transpose %3 permutation = [0, 2, 1] : tensor<1x3x2xf32> -> tensor<1x2x3xf32>
  %5 = nn.activation elu(1.0) %4 : tensor<1x2x3xf32>
  return %5 : tensor<1x2x3xf32>
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
