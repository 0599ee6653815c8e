// RUN: frieze-opt %s | frieze-opt | FileCheck %s
// RUN: frieze-opt %s --mlir-print-op-generic | frieze-opt | FileCheck %s

// Every op in its shortest form and with every option; what is printed is read
// again as the same.

// CHECK-LABEL: @conv_1d
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x1xf32>)
func.func @conv_1d(%x: tensor<1x9x1xf32>) -> tensor<1x8x4xf32> {
  // CHECK: nn.conv %[[X]] kernel(dense<5.000000e-01> : tensor<2x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
  return %0 : tensor<1x8x4xf32>
}

// CHECK-LABEL: @conv_2d_every_option
func.func @conv_2d_every_option(%x: tensor<1x9x8x4xf32>) -> tensor<1x4x7x6xf32> {
  // CHECK: nn.conv %{{.*}} kernel(dense<5.000000e-01> : tensor<3x2x2x6xf32>) bias(dense<1.000000e+00> : tensor<6xf32>)
  // CHECK-SAME: strides = [2, 1] padding = [0, 1, 1, 0] dilations = [1, 2] groups = 2
  // CHECK-SAME: epilogue(leaky_relu(2.500000e-01), clip(-1.000000e+00, 6.000000e+00))
  // CHECK-SAME: : tensor<1x9x8x4xf32> -> tensor<1x4x7x6xf32>
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x2x2x6xf32>) bias(dense<1.0> : tensor<6xf32>)
         strides = [2, 1] padding = [0, 1, 1, 0] dilations = [1, 2] groups = 2
         epilogue(leaky_relu(0.25), clip(-1.0, 6.0)) : tensor<1x9x8x4xf32> -> tensor<1x4x7x6xf32>
  return %0 : tensor<1x4x7x6xf32>
}

// Padding by other values than zero, one per channel.
// CHECK-LABEL: @conv_border
func.func @conv_border(%x: tensor<1x9x2xf32>) -> tensor<1x9x4xf32> {
  // CHECK: nn.conv %{{.*}} padding = [1, 0] border(dense<[1.000000e+00, -1.000000e+00]> : tensor<2xf32>) : tensor<1x9x2xf32> -> tensor<1x9x4xf32>
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x2x4xf32>) padding = [1, 0] border(dense<[1.0, -1.0]> : tensor<2xf32>)
         : tensor<1x9x2xf32> -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// Every kind of stage; a pooling changes the result's type.
// CHECK-LABEL: @conv_epilogue
func.func @conv_epilogue(%x: tensor<1x9x9x1xf32>) -> tensor<1x4x2x4xf32> {
  // CHECK: epilogue(relu, max_pool([2, 2], [2, 3]), affine(3, dense<2.000000e+00> : tensor<4xf64>, dense<1.000000e+00> : tensor<4xf64>))
  // CHECK-SAME: : tensor<1x9x9x1xf32> -> tensor<1x4x3x4xf32>
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x2x1x4xf32>)
         epilogue(relu, max_pool([2, 2], [2, 3]), affine(3, dense<2.0> : tensor<4xf64>, dense<1.0> : tensor<4xf64>))
         : tensor<1x9x9x1xf32> -> tensor<1x4x3x4xf32>
  // CHECK: epilogue(avg_pool([1, 2], [1, 2])) : tensor<1x4x3x4xf32> -> tensor<1x4x1x4xf32>
  %1 = nn.conv %0 kernel(dense<0.5> : tensor<1x1x4x4xf32>) epilogue(avg_pool([1, 2], [1, 2]))
         : tensor<1x4x3x4xf32> -> tensor<1x4x1x4xf32>
  // CHECK: nn.concat
  %2 = nn.concat %1, %1 axis = 2 : tensor<1x4x1x4xf32>, tensor<1x4x1x4xf32> -> tensor<1x4x2x4xf32>
  return %2 : tensor<1x4x2x4xf32>
}

// CHECK-LABEL: @dense
func.func @dense(%x: tensor<1x8xf32>) -> tensor<1x2xf32> {
  // CHECK: nn.dense %{{.*}} kernel(dense<5.000000e-01> : tensor<8x2xf32>) : tensor<1x8xf32> -> tensor<1x2xf32>
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8x2xf32>) : tensor<1x8xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// Over the last axis, whatever stands before it.
// CHECK-LABEL: @dense_every_option
func.func @dense_every_option(%x: tensor<1x3x8xf32>) -> tensor<1x3x2xf32> {
  // CHECK: nn.dense %{{.*}} kernel(dense<5.000000e-01> : tensor<8x2xf32>) bias(dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>)
  // CHECK-SAME: chains = 4 epilogue(sigmoid) : tensor<1x3x8xf32> -> tensor<1x3x2xf32>
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8x2xf32>) bias(dense<[1.0, 2.0]> : tensor<2xf32>)
         chains = 4 epilogue(sigmoid) : tensor<1x3x8xf32> -> tensor<1x3x2xf32>
  return %0 : tensor<1x3x2xf32>
}

// The weights of a model file are resources.
// CHECK-LABEL: @dense_with_resources
func.func @dense_with_resources(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK: nn.dense %{{.*}} kernel(dense_resource<fc.kernel> : tensor<2x2xf32>) bias(dense_resource<fc.bias> : tensor<2xf64>)
  %0 = nn.dense %x kernel(dense_resource<fc.kernel> : tensor<2x2xf32>)
         bias(dense_resource<fc.bias> : tensor<2xf64>) : tensor<1x2xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// CHECK-LABEL: @batch_norm
func.func @batch_norm(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK: nn.batch_norm %{{.*}} axis = 2 mean(dense<5.000000e-01> : tensor<4xf32>) variance(dense<2.000000e+00> : tensor<4xf32>) epsilon = 1.000000e-03 : tensor<1x9x4xf32>
  %0 = nn.batch_norm %x axis = 2 mean(dense<0.5> : tensor<4xf32>)
         variance(dense<2.0> : tensor<4xf32>) epsilon = 1.0e-3 : tensor<1x9x4xf32>
  // CHECK: nn.batch_norm %{{.*}} axis = 1 gamma(dense<1.000000e+00> : tensor<9xf32>) beta(dense<0.000000e+00> : tensor<9xf32>)
  // CHECK-SAME: mean(dense<5.000000e-01> : tensor<9xf32>) variance(dense<2.000000e+00> : tensor<9xf32>) epsilon = 1.000000e-03 : tensor<1x9x4xf32>
  %1 = nn.batch_norm %0 axis = 1 gamma(dense<1.0> : tensor<9xf32>) beta(dense<0.0> : tensor<9xf32>)
         mean(dense<0.5> : tensor<9xf32>) variance(dense<2.0> : tensor<9xf32>)
         epsilon = 1.0e-3 : tensor<1x9x4xf32>
  return %1 : tensor<1x9x4xf32>
}

// CHECK-LABEL: @affine
func.func @affine(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK: nn.affine %{{.*}} axis = 2 scale(dense<2.000000e+00> : tensor<4xf64>) shift(dense<5.000000e-01> : tensor<4xf64>) : tensor<1x9x4xf32>
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<4xf64>) shift(dense<0.5> : tensor<4xf64>)
         : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// Every function, with its parameters.
// CHECK-LABEL: @activation
func.func @activation(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK: nn.activation linear %{{.*}} : tensor<1x4xf32>
  %0 = nn.activation linear %x : tensor<1x4xf32>
  // CHECK: nn.activation relu %
  %1 = nn.activation relu %0 : tensor<1x4xf32>
  // CHECK: nn.activation leaky_relu(3.000000e-01) %
  %2 = nn.activation leaky_relu(0.3) %1 : tensor<1x4xf32>
  // CHECK: nn.activation clip(0.000000e+00, 6.000000e+00) %
  %3 = nn.activation clip(0.0, 6.0) %2 : tensor<1x4xf32>
  // CHECK: nn.activation elu(1.000000e+00) %
  %4 = nn.activation elu(1.0) %3 : tensor<1x4xf32>
  // CHECK: nn.activation selu %
  %5 = nn.activation selu %4 : tensor<1x4xf32>
  // CHECK: nn.activation exp %
  %6 = nn.activation exp %5 : tensor<1x4xf32>
  // CHECK: nn.activation sigmoid %
  %7 = nn.activation sigmoid %6 : tensor<1x4xf32>
  // CHECK: nn.activation hard_sigmoid(0.16666666666666666, 5.000000e-01) %
  %8 = nn.activation hard_sigmoid(0.16666666666666666, 0.5) %7 : tensor<1x4xf32>
  // CHECK: nn.activation silu %
  %9 = nn.activation silu %8 : tensor<1x4xf32>
  // CHECK: nn.activation hard_silu %
  %10 = nn.activation hard_silu %9 : tensor<1x4xf32>
  // CHECK: nn.activation tanh %
  %11 = nn.activation tanh %10 : tensor<1x4xf32>
  // CHECK: nn.activation softplus %
  %12 = nn.activation softplus %11 : tensor<1x4xf32>
  // CHECK: nn.activation softsign %
  %13 = nn.activation softsign %12 : tensor<1x4xf32>
  // CHECK: nn.activation gelu %
  %14 = nn.activation gelu %13 : tensor<1x4xf32>
  // CHECK: nn.activation gelu_tanh %
  %15 = nn.activation gelu_tanh %14 : tensor<1x4xf32>
  // CHECK: nn.activation thresholded_relu(0.000000e+00, 1.000000e+00) %
  %16 = nn.activation thresholded_relu(0.0, 1.0) %15 : tensor<1x4xf32>
  // CHECK: nn.activation celu(2.000000e+00) %
  %17 = nn.activation celu(2.0) %16 : tensor<1x4xf32>
  // CHECK: nn.activation mish %
  %18 = nn.activation mish %17 : tensor<1x4xf32>
  // CHECK: nn.activation abs %
  %19 = nn.activation abs %18 : tensor<1x4xf32>
  // CHECK: nn.activation square %
  %20 = nn.activation square %19 : tensor<1x4xf32>
  // CHECK: nn.activation sqrt %
  %21 = nn.activation sqrt %20 : tensor<1x4xf32>
  // CHECK: nn.activation reciprocal %
  %22 = nn.activation reciprocal %21 : tensor<1x4xf32>
  // CHECK: nn.activation log %
  %23 = nn.activation log %22 : tensor<1x4xf32>
  // CHECK: nn.activation erf %
  %24 = nn.activation erf %23 : tensor<1x4xf32>
  // CHECK: nn.activation sign %
  %25 = nn.activation sign %24 : tensor<1x4xf32>
  // CHECK: nn.activation floor %
  %26 = nn.activation floor %25 : tensor<1x4xf32>
  // CHECK: nn.activation ceil %
  %27 = nn.activation ceil %26 : tensor<1x4xf32>
  // CHECK: nn.activation round %
  %28 = nn.activation round %27 : tensor<1x4xf32>
  // CHECK: nn.activation trunc %
  %29 = nn.activation trunc %28 : tensor<1x4xf32>
  return %29 : tensor<1x4xf32>
}

// A bound that is infinite prints as its bits.
// CHECK-LABEL: @activation_with_infinite_bound
func.func @activation_with_infinite_bound(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK: nn.activation clip(0xFFF0000000000000, 6.000000e+00) %
  %0 = nn.activation clip(0xFFF0000000000000, 6.0) %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: @add
func.func @add(%x: tensor<1x9x4xf32>, %y: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK: nn.add %{{.*}}, %{{.*}} : tensor<1x9x4xf32>
  %0 = nn.add %x, %y : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// CHECK-LABEL: @add_epilogue
func.func @add_epilogue(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK: nn.add %{{.*}}, %{{.*}} epilogue(relu, tanh) : tensor<1x4xf32>
  %0 = nn.add %x, %x epilogue(relu, tanh) : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// Both operands may be repeated.
// CHECK-LABEL: @binary
func.func @binary(%x: tensor<1x9x4xf32>, %y: tensor<1x1x4xf32>, %z: tensor<1x9x1xf32>) -> tensor<1x9x4xf32> {
  // CHECK: nn.add %{{.*}}, %{{.*}} : tensor<1x1x4xf32>, tensor<1x9x1xf32> -> tensor<1x9x4xf32>
  %0 = nn.add %y, %z : tensor<1x1x4xf32>, tensor<1x9x1xf32> -> tensor<1x9x4xf32>
  // CHECK: nn.sub %{{.*}}, %{{.*}} : tensor<1x9x4xf32>
  %1 = nn.sub %0, %x : tensor<1x9x4xf32>
  // CHECK: nn.mul %{{.*}}, %{{.*}} epilogue(relu) : tensor<1x9x4xf32>, tensor<1x1x4xf32> -> tensor<1x9x4xf32>
  %2 = nn.mul %1, %y epilogue(relu) : tensor<1x9x4xf32>, tensor<1x1x4xf32> -> tensor<1x9x4xf32>
  // CHECK: nn.div
  %3 = nn.div %2, %x : tensor<1x9x4xf32>
  // CHECK: nn.maximum
  %4 = nn.maximum %3, %x : tensor<1x9x4xf32>
  // CHECK: nn.minimum
  %5 = nn.minimum %4, %x : tensor<1x9x4xf32>
  // CHECK: nn.pow
  %p = nn.pow %5, %x : tensor<1x9x4xf32>
  // CHECK: nn.equal
  %6 = nn.equal %p, %x : tensor<1x9x4xf32>
  // CHECK: nn.not_equal
  %7 = nn.not_equal %6, %x : tensor<1x9x4xf32>
  // CHECK: nn.less %
  %8 = nn.less %7, %x : tensor<1x9x4xf32>
  // CHECK: nn.less_equal
  %9 = nn.less_equal %8, %x : tensor<1x9x4xf32>
  // CHECK: nn.select %{{.*}}, %{{.*}}, %{{.*}} epilogue(relu) : tensor<1x9x4xf32>, tensor<1x1x4xf32>, tensor<1x9x1xf32> -> tensor<1x9x4xf32>
  %10 = nn.select %9, %y, %z epilogue(relu) : tensor<1x9x4xf32>, tensor<1x1x4xf32>, tensor<1x9x1xf32> -> tensor<1x9x4xf32>
  return %10 : tensor<1x9x4xf32>
}

// CHECK-LABEL: @constant
func.func @constant() -> tensor<1x9x4xf32> {
  // CHECK: nn.constant value(dense<5.000000e-01> : tensor<1x9x4xf64>) : tensor<1x9x4xf32>
  %0 = nn.constant value(dense<0.5> : tensor<1x9x4xf64>) : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// CHECK-LABEL: @reduce
func.func @reduce(%x: tensor<1x9x4xf32>) -> tensor<1xf32> {
  // CHECK: nn.reduce mean %{{.*}} axes = [1] keep_dims : tensor<1x9x4xf32> -> tensor<1x1x4xf32>
  %0 = nn.reduce mean %x axes = [1] keep_dims : tensor<1x9x4xf32> -> tensor<1x1x4xf32>
  // CHECK: nn.reduce sum %{{.*}} axes = [1] : tensor<1x1x4xf32> -> tensor<1x4xf32>
  %1 = nn.reduce sum %0 axes = [1] : tensor<1x1x4xf32> -> tensor<1x4xf32>
  // CHECK: nn.reduce max
  %2 = nn.reduce max %1 axes = [] : tensor<1x4xf32> -> tensor<1x4xf32>
  // CHECK: nn.reduce min
  %3 = nn.reduce min %2 axes = [1] : tensor<1x4xf32> -> tensor<1xf32>
  return %3 : tensor<1xf32>
}

// CHECK-LABEL: @prelu
func.func @prelu(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK: nn.prelu %{{.*}} slope(dense<2.500000e-01> : tensor<1x1x4xf32>) epilogue(tanh) : tensor<1x9x4xf32>
  %0 = nn.prelu %x slope(dense<0.25> : tensor<1x1x4xf32>) epilogue(tanh) : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// CHECK-LABEL: @normalize
func.func @normalize(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK: nn.normalize standard %{{.*}} axes = [2] epsilon = 1.000000e-03 : tensor<1x9x4xf32>
  %0 = nn.normalize standard %x axes = [2] epsilon = 1.0e-3 : tensor<1x9x4xf32>
  // CHECK: nn.normalize deviation
  %1 = nn.normalize deviation %0 axes = [1, 2] epsilon = 1.0e-3 : tensor<1x9x4xf32>
  // CHECK: nn.normalize rms
  %2 = nn.normalize rms %1 axes = [1] epsilon = 1.0e-3 : tensor<1x9x4xf32>
  // CHECK: nn.normalize l2 %{{.*}} axes = [2] epsilon = 0.000000e+00 epilogue(relu) : tensor<1x9x4xf32>
  %3 = nn.normalize l2 %2 axes = [2] epsilon = 0.0 epilogue(relu) : tensor<1x9x4xf32>
  return %3 : tensor<1x9x4xf32>
}

// CHECK-LABEL: @matmul
func.func @matmul(%x: tensor<1x9x4xf32>, %y: tensor<3x4x7xf32>) -> tensor<3x9x7xf32> {
  // CHECK: nn.matmul %{{.*}}, %{{.*}} epilogue(relu) : tensor<1x9x4xf32>, tensor<3x4x7xf32> -> tensor<3x9x7xf32>
  %0 = nn.matmul %x, %y epilogue(relu) : tensor<1x9x4xf32>, tensor<3x4x7xf32> -> tensor<3x9x7xf32>
  return %0 : tensor<3x9x7xf32>
}

// CHECK-LABEL: @attention
func.func @attention(%q: tensor<1x9x4xf32>, %k: tensor<1x7x4xf32>, %v: tensor<1x7x3xf32>) -> tensor<1x9x3xf32> {
  // CHECK: nn.attention %{{.*}}, %{{.*}}, %{{.*}} scale = 5.000000e-01 : tensor<1x9x4xf32>, tensor<1x7x4xf32>, tensor<1x7x3xf32> -> tensor<1x9x3xf32>
  %0 = nn.attention %q, %k, %v scale = 0.5 : tensor<1x9x4xf32>, tensor<1x7x4xf32>, tensor<1x7x3xf32> -> tensor<1x9x3xf32>
  return %0 : tensor<1x9x3xf32>
}

// CHECK-LABEL: @identity
func.func @identity(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK: nn.identity %{{.*}} : tensor<1x4xf32>
  %0 = nn.identity %x : tensor<1x4xf32>
  // CHECK: nn.identity %{{.*}} epilogue(affine(1, dense<2.000000e+00> : tensor<4xf32>, dense<5.000000e-01> : tensor<4xf32>), relu) : tensor<1x4xf32>
  %1 = nn.identity %0 epilogue(affine(1, dense<2.0> : tensor<4xf32>, dense<0.5> : tensor<4xf32>), relu) : tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// CHECK-LABEL: @dropout
func.func @dropout(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK: nn.dropout %{{.*}} rate = 1.000000e-01 : tensor<1x9x4xf32>
  %0 = nn.dropout %x rate = 0.1 : tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// CHECK-LABEL: @softmax
func.func @softmax(%x: tensor<1x10xf32>) -> tensor<1x10xf32> {
  // CHECK: nn.softmax %{{.*}} axis = 1 : tensor<1x10xf32>
  %0 = nn.softmax %x axis = 1 : tensor<1x10xf32>
  return %0 : tensor<1x10xf32>
}

// Strides are the window where left out.
// CHECK-LABEL: @max_pool
func.func @max_pool(%x: tensor<1x143x32xf32>) -> tensor<1x24x32xf32> {
  // CHECK: nn.max_pool %{{.*}} window = [2] strides = [3] padding = [0, 1] : tensor<1x143x32xf32> -> tensor<1x48x32xf32>
  %0 = nn.max_pool %x window = [2] strides = [3] padding = [0, 1]
         : tensor<1x143x32xf32> -> tensor<1x48x32xf32>
  // CHECK: nn.max_pool %{{.*}} window = [2] : tensor<1x48x32xf32> -> tensor<1x24x32xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x48x32xf32> -> tensor<1x24x32xf32>
  return %1 : tensor<1x24x32xf32>
}

// CHECK-LABEL: @avg_pool
func.func @avg_pool(%x: tensor<1x28x28x6xf32>) -> tensor<1x7x14x6xf32> {
  // CHECK: nn.avg_pool %{{.*}} window = [2, 2] : tensor<1x28x28x6xf32> -> tensor<1x14x14x6xf32>
  %0 = nn.avg_pool %x window = [2, 2] : tensor<1x28x28x6xf32> -> tensor<1x14x14x6xf32>
  // CHECK: nn.avg_pool %{{.*}} window = [2, 3] strides = [2, 1] padding = [0, 1, 1, 1] : tensor<1x14x14x6xf32> -> tensor<1x7x14x6xf32>
  %1 = nn.avg_pool %0 window = [2, 3] strides = [2, 1] padding = [0, 1, 1, 1]
         : tensor<1x14x14x6xf32> -> tensor<1x7x14x6xf32>
  return %1 : tensor<1x7x14x6xf32>
}

// CHECK-LABEL: @global_pool
func.func @global_pool(%x: tensor<1x5x7x6xf32>) -> (tensor<1x6xf32>, tensor<1x1x1x6xf32>) {
  // CHECK: nn.global_pool avg %{{.*}} : tensor<1x5x7x6xf32> -> tensor<1x6xf32>
  %0 = nn.global_pool avg %x : tensor<1x5x7x6xf32> -> tensor<1x6xf32>
  // CHECK: nn.global_pool max %{{.*}} keep_dims : tensor<1x5x7x6xf32> -> tensor<1x1x1x6xf32>
  %1 = nn.global_pool max %x keep_dims : tensor<1x5x7x6xf32> -> tensor<1x1x1x6xf32>
  return %0, %1 : tensor<1x6xf32>, tensor<1x1x1x6xf32>
}

// CHECK-LABEL: @pool_epilogues
func.func @pool_epilogues(%x: tensor<1x8x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  // CHECK: nn.max_pool %{{.*}} window = [2] epilogue(relu) : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  %0 = nn.max_pool %x window = [2] epilogue(relu) : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  // CHECK: nn.avg_pool %{{.*}} window = [2] strides = [1] padding = [1, 0] epilogue(tanh) : tensor<1x4x4xf32> -> tensor<1x4x4xf32>
  %1 = nn.avg_pool %0 window = [2] strides = [1] padding = [1, 0] epilogue(tanh) : tensor<1x4x4xf32> -> tensor<1x4x4xf32>
  // CHECK: nn.global_pool avg %{{.*}} epilogue(sigmoid) : tensor<1x4x4xf32> -> tensor<1x4xf32>
  %2 = nn.global_pool avg %1 epilogue(sigmoid) : tensor<1x4x4xf32> -> tensor<1x4xf32>
  // CHECK: nn.global_pool max %{{.*}} : tensor<1x4x4xf32> -> tensor<1x4xf32>
  %3 = nn.global_pool max %1 : tensor<1x4x4xf32> -> tensor<1x4xf32>
  return %2, %3 : tensor<1x4xf32>, tensor<1x4xf32>
}

// CHECK-LABEL: @embedding
func.func @embedding(%x: tensor<1x20xf32>) -> tensor<1x20x16xf32> {
  // CHECK: nn.embedding %{{.*}} table(dense<5.000000e-01> : tensor<100x16xf32>) : tensor<1x20xf32> -> tensor<1x20x16xf32>
  %0 = nn.embedding %x table(dense<0.5> : tensor<100x16xf32>) : tensor<1x20xf32> -> tensor<1x20x16xf32>
  // CHECK: nn.embedding %{{.*}} table(dense<5.000000e-01> : tensor<100x16xf32>) epilogue(relu) : tensor<1x20xf32> -> tensor<1x20x16xf32>
  %1 = nn.embedding %x table(dense<0.5> : tensor<100x16xf32>) epilogue(relu) : tensor<1x20xf32> -> tensor<1x20x16xf32>
  // CHECK: nn.embedding %{{.*}} table(dense<5.000000e-01> : tensor<100x16xf32>) from_end : tensor<1x20xf32> -> tensor<1x20x16xf32>
  %2 = nn.embedding %x table(dense<0.5> : tensor<100x16xf32>) from_end : tensor<1x20xf32> -> tensor<1x20x16xf32>
  return %1 : tensor<1x20x16xf32>
}

// CHECK-LABEL: @gru
func.func @gru(%x: tensor<1x60x2xf32>) -> tensor<1x60x3xf32> {
  // CHECK: nn.gru %{{.*}} kernel(dense<1.000000e-01> : tensor<2x9xf32>) recurrent(dense<1.000000e-01> : tensor<3x9xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  %0 = nn.gru %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>)
         activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  // CHECK: bias(dense<0.000000e+00> : tensor<9xf32>) recurrent_bias(dense<1.000000e+00> : tensor<3xf32>) activation(relu) recurrent_activation(hard_sigmoid(2.000000e-01, 5.000000e-01))
  // CHECK-SAME: reset_after sequences backwards reversed epilogue(tanh) : tensor<1x60x2xf32> -> tensor<1x60x3xf32>
  %1 = nn.gru %x kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>) bias(dense<0.0> : tensor<9xf32>) recurrent_bias(dense<1.0> : tensor<3xf32>)
         activation(relu) recurrent_activation(hard_sigmoid(0.2, 0.5)) reset_after sequences backwards reversed epilogue(tanh)
         : tensor<1x60x2xf32> -> tensor<1x60x3xf32>
  return %1 : tensor<1x60x3xf32>
}

// CHECK-LABEL: @lstm
func.func @lstm(%x: tensor<1x60x2xf32>) -> tensor<1x60x3xf32> {
  // CHECK: nn.lstm %{{.*}} kernel(dense<1.000000e-01> : tensor<2x12xf32>) recurrent(dense<1.000000e-01> : tensor<3x12xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>)
         activation(tanh) recurrent_activation(sigmoid) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  // CHECK: bias(dense<0.000000e+00> : tensor<12xf32>) activation(relu) recurrent_activation(hard_sigmoid(2.000000e-01, 5.000000e-01))
  // CHECK-SAME: sequences backwards epilogue(tanh) : tensor<1x60x2xf32> -> tensor<1x60x3xf32>
  %1 = nn.lstm %x kernel(dense<0.1> : tensor<2x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) bias(dense<0.0> : tensor<12xf32>)
         activation(relu) recurrent_activation(hard_sigmoid(0.2, 0.5)) sequences backwards epilogue(tanh)
         : tensor<1x60x2xf32> -> tensor<1x60x3xf32>
  return %1 : tensor<1x60x3xf32>
}

// States before the first step, and what they are updated with.
// CHECK-LABEL: @states
func.func @states(%x: tensor<1x60x2xf32>, %h: tensor<1x3xf32>, %m: tensor<1x60xf32>) -> tensor<1x6xf32> {
  // CHECK: nn.gru %{{.*}} initial(%{{.*}} : tensor<1x3xf32>) kernel({{.*}}) activation(tanh) recurrent_activation(sigmoid) clip = 3.000000e+00 sequences : tensor<1x60x2xf32> -> tensor<1x60x3xf32>
  %0 = nn.gru %x initial(%h : tensor<1x3xf32>) kernel(dense<0.1> : tensor<2x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>)
         activation(tanh) recurrent_activation(sigmoid) clip = 3.0 sequences : tensor<1x60x2xf32> -> tensor<1x60x3xf32>
  // CHECK: nn.rnn %{{.*}} mask(%{{.*}} : tensor<1x60xf32>) initial(%{{.*}} : tensor<1x3xf32>) kernel({{.*}}) activation(tanh) clip = 3.000000e+00 sequences zero_masked : tensor
  %1 = nn.rnn %0 mask(%m : tensor<1x60xf32>) initial(%h : tensor<1x3xf32>) kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>)
         activation(tanh) clip = 3.0 sequences zero_masked : tensor<1x60x3xf32> -> tensor<1x60x3xf32>
  // CHECK: nn.rnn {{.*}} activation(tanh) sequences carried = 2 : tensor
  %2 = nn.rnn %1 kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>)
         activation(tanh) sequences carried = 2 : tensor<1x60x3xf32> -> tensor<1x60x3xf32>
  // CHECK: nn.lstm %{{.*}} mask(%{{.*}} : tensor<1x60xf32>) initial(%{{.*}} : tensor<1x3xf32>) initial_cell(%{{.*}} : tensor<1x3xf32>)
  // CHECK-SAME: peephole(dense<1.000000e-01> : tensor<9xf32>) activation(tanh) recurrent_activation(sigmoid) cell_activation(relu) clip = 3.000000e+00 cell_clip = 1.000000e+01 with_cells : tensor<1x60x3xf32> -> tensor<1x6xf32>
  %3 = nn.lstm %2 mask(%m : tensor<1x60xf32>) initial(%h : tensor<1x3xf32>) initial_cell(%h : tensor<1x3xf32>)
         kernel(dense<0.1> : tensor<3x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>) peephole(dense<0.1> : tensor<9xf32>)
         activation(tanh) recurrent_activation(sigmoid) cell_activation(relu) clip = 3.0 cell_clip = 10.0 with_cells : tensor<1x60x3xf32> -> tensor<1x6xf32>
  return %3 : tensor<1x6xf32>
}

// CHECK-LABEL: @rnn
func.func @rnn(%x: tensor<1x60x2xf32>) -> tensor<1x60x3xf32> {
  // CHECK: nn.rnn %{{.*}} kernel(dense<1.000000e-01> : tensor<2x3xf32>) recurrent(dense<1.000000e-01> : tensor<3x3xf32>) activation(tanh) : tensor<1x60x2xf32> -> tensor<1x3xf32>
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh)
         : tensor<1x60x2xf32> -> tensor<1x3xf32>
  // CHECK: bias(dense<0.000000e+00> : tensor<3xf32>) activation(relu) sequences backwards reversed epilogue(tanh) : tensor<1x60x2xf32> -> tensor<1x60x3xf32>
  %1 = nn.rnn %x kernel(dense<0.1> : tensor<2x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) bias(dense<0.0> : tensor<3xf32>)
         activation(relu) sequences backwards reversed epilogue(tanh) : tensor<1x60x2xf32> -> tensor<1x60x3xf32>
  return %1 : tensor<1x60x3xf32>
}

// CHECK-LABEL: @concat
func.func @concat(%a: tensor<1x9x4xf32>, %b: tensor<1x9x2xf32>) -> tensor<1x9x10xf32> {
  // CHECK: nn.concat %{{.*}}, %{{.*}} axis = 2 : tensor<1x9x4xf32>, tensor<1x9x2xf32> -> tensor<1x9x6xf32>
  %0 = nn.concat %a, %b axis = 2 : tensor<1x9x4xf32>, tensor<1x9x2xf32> -> tensor<1x9x6xf32>
  // CHECK: nn.concat %{{.*}}, %{{.*}} axis = 2 epilogue(relu) : tensor<1x9x6xf32>, tensor<1x9x4xf32> -> tensor<1x9x10xf32>
  %1 = nn.concat %0, %a axis = 2 epilogue(relu) : tensor<1x9x6xf32>, tensor<1x9x4xf32> -> tensor<1x9x10xf32>
  return %1 : tensor<1x9x10xf32>
}

// CHECK-LABEL: @conv_transpose
func.func @conv_transpose(%x: tensor<1x9x4xf32>) -> tensor<1x18x2xf32> {
  // CHECK: nn.conv_transpose %{{.*}} kernel(dense<5.000000e-01> : tensor<3x4x2xf32>) bias(dense<0.000000e+00> : tensor<2xf32>) strides = [2] padding = [0, 1] epilogue(relu) : tensor<1x9x4xf32> -> tensor<1x18x2xf32>
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<3x4x2xf32>) bias(dense<0.0> : tensor<2xf32>)
         strides = [2] padding = [0, 1] epilogue(relu) : tensor<1x9x4xf32> -> tensor<1x18x2xf32>
  return %0 : tensor<1x18x2xf32>
}

// Groups, a dilation, and positions beyond the result.
// CHECK-LABEL: @conv_transpose_2d
func.func @conv_transpose_2d(%x: tensor<1x2x3x4xf32>) -> tensor<1x6x7x6xf32> {
  // CHECK: nn.conv_transpose %{{.*}} strides = [2, 3] padding = [1, 0, 2, -1] dilations = [2, 1] groups = 2 : tensor<1x2x3x4xf32> -> tensor<1x6x7x6xf32>
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<3x2x2x6xf32>) strides = [2, 3] padding = [1, 0, 2, -1] dilations = [2, 1] groups = 2
         : tensor<1x2x3x4xf32> -> tensor<1x6x7x6xf32>
  return %0 : tensor<1x6x7x6xf32>
}

// CHECK-LABEL: @pad
func.func @pad(%x: tensor<1x9x4xf32>) -> tensor<1x12x4xf32> {
  // CHECK: nn.pad %{{.*}} low = [0, 1, 0] high = [0, 2, 0] value = -1.000000e+00 : tensor<1x9x4xf32> -> tensor<1x12x4xf32>
  %0 = nn.pad %x low = [0, 1, 0] high = [0, 2, 0] value = -1.0 : tensor<1x9x4xf32> -> tensor<1x12x4xf32>
  return %0 : tensor<1x12x4xf32>
}

// What is around the input may be the input itself.
// CHECK-LABEL: @pad_modes
func.func @pad_modes(%x: tensor<1x9x4xf32>) -> tensor<1x15x4xf32> {
  // CHECK: nn.pad %{{.*}} low = [0, 1, 0] high = [0, 0, 0] mode = edge : tensor<1x9x4xf32> -> tensor<1x10x4xf32>
  %0 = nn.pad %x low = [0, 1, 0] high = [0, 0, 0] mode = edge : tensor<1x9x4xf32> -> tensor<1x10x4xf32>
  // CHECK: nn.pad %{{.*}} low = [0, 1, 0] high = [0, 4, 0] mode = reflect : tensor<1x10x4xf32> -> tensor<1x15x4xf32>
  %1 = nn.pad %0 low = [0, 1, 0] high = [0, 4, 0] mode = reflect : tensor<1x10x4xf32> -> tensor<1x15x4xf32>
  return %1 : tensor<1x15x4xf32>
}

// CHECK-LABEL: @resize
func.func @resize(%x: tensor<1x3x5x2xf32>) -> tensor<1x9x7x2xf32> {
  // CHECK: nn.resize nearest %{{.*}} sizes = [6, 5] coordinates = asymmetric rounding = round_prefer_ceil scales = [2.000000e+00, 1.000000e+00] epilogue(relu) : tensor<1x3x5x2xf32> -> tensor<1x6x5x2xf32>
  %0 = nn.resize nearest %x sizes = [6, 5] coordinates = asymmetric rounding = round_prefer_ceil scales = [2.0, 1.0] epilogue(relu) : tensor<1x3x5x2xf32> -> tensor<1x6x5x2xf32>
  // CHECK: nn.resize linear %{{.*}} sizes = [9, 7] : tensor<1x6x5x2xf32> -> tensor<1x9x7x2xf32>
  %1 = nn.resize linear %0 sizes = [9, 7] coordinates = half_pixel rounding = floor : tensor<1x6x5x2xf32> -> tensor<1x9x7x2xf32>
  return %1 : tensor<1x9x7x2xf32>
}

// CHECK-LABEL: @slice
func.func @slice(%x: tensor<1x9x4xf32>) -> tensor<1x4x2xf32> {
  // CHECK: nn.slice %{{.*}} begin = [0, 8, 1] size = [1, 4, 2] strides = [1, -2, 1] epilogue(relu) : tensor<1x9x4xf32> -> tensor<1x4x2xf32>
  %0 = nn.slice %x begin = [0, 8, 1] size = [1, 4, 2] strides = [1, -2, 1] epilogue(relu) : tensor<1x9x4xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// CHECK-LABEL: @reshape
func.func @reshape(%x: tensor<1x47x32xf32>) -> tensor<1x1504xf32> {
  // CHECK: nn.reshape %{{.*}} : tensor<1x47x32xf32> -> tensor<1x1504xf32>
  %0 = nn.reshape %x : tensor<1x47x32xf32> -> tensor<1x1504xf32>
  return %0 : tensor<1x1504xf32>
}

// CHECK-LABEL: @transpose
func.func @transpose(%x: tensor<1x9x4xf32>) -> tensor<1x4x9xf32> {
  // CHECK: nn.transpose %{{.*}} permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  return %0 : tensor<1x4x9xf32>
}

// CHECK-LABEL: @dilated_pool
func.func @dilated_pool(%x: tensor<1x9x4xf32>) -> tensor<1x5x4xf32> {
  // CHECK: nn.avg_pool %{{.*}} window = [3] strides = [1] dilations = [2] : tensor<1x9x4xf32> -> tensor<1x5x4xf32>
  %0 = nn.avg_pool %x window = [3] strides = [1] dilations = [2] : tensor<1x9x4xf32> -> tensor<1x5x4xf32>
  return %0 : tensor<1x5x4xf32>
}

// CHECK-LABEL: @history
func.func @history(%x: tensor<1x4x8xf32>) -> tensor<1x6x8xf32> {
  // CHECK: nn.history %{{.*}} timeline = 1 rows = [-3, 3] : tensor<1x4x8xf32> -> tensor<1x6x8xf32>
  %0 = nn.history %x timeline = 1 rows = [-3, 3] : tensor<1x4x8xf32> -> tensor<1x6x8xf32>
  return %0 : tensor<1x6x8xf32>
}

// CHECK-LABEL: @windows
func.func @windows(%x: tensor<1x9xf32>) -> tensor<3x3xf32> {
  // CHECK: nn.windows %{{.*}} length = 3 dilation = 2 stride = 2 : tensor<1x9xf32> -> tensor<3x3xf32>
  %0 = nn.windows %x length = 3 dilation = 2 stride = 2 : tensor<1x9xf32> -> tensor<3x3xf32>
  return %0 : tensor<3x3xf32>
}

// Graphs in f64 are for the reference evaluator.
// CHECK-LABEL: @f64
func.func @f64(%x: tensor<1x4xf64>) -> tensor<1x4xf64> {
  // CHECK: nn.activation relu %{{.*}} : tensor<1x4xf64>
  %0 = nn.activation relu %x : tensor<1x4xf64>
  return %0 : tensor<1x4xf64>
}

// Other attributes follow the op's own.
// CHECK-LABEL: @further_attributes
func.func @further_attributes(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK: nn.activation relu %{{.*}} {note = "first"} : tensor<1x4xf32>
  %0 = nn.activation relu %x {note = "first"} : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

{-#
  dialect_resources: {
    builtin: {
      fc.kernel: "0x040000000000803F000000400000404000008040",
      fc.bias: "0x08000000000000000000F03F0000000000000040"
    }
  }
#-}
// CHECK: fc.kernel: "0x040000000000803F000000400000404000008040"
// CHECK: fc.bias: "0x08000000000000000000F03F0000000000000040"
