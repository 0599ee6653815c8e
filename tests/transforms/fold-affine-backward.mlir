// RUN: frieze-opt %s --nn-fold-affine-backward | FileCheck %s

// 2 * (1 x + 1) + 0.5 = 2 x + 2.5.
// CHECK-LABEL: @conv
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x1xf32>)
func.func @conv(%x: tensor<1x9x1xf32>) -> tensor<1x8x4xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.conv %[[X]] kernel(dense<2.000000e+00> : tensor<2x1x4xf64>) bias(dense<2.500000e+00> : tensor<4xf64>) : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) bias(dense<1.0> : tensor<4xf32>)
         : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<2.0> : tensor<4xf64>) shift(dense<0.5> : tensor<4xf64>) : tensor<1x8x4xf32>
  return %1 : tensor<1x8x4xf32>
}

// Columns of the kernel are scaled, each by its own; a scale may be zero or
// negative.
// CHECK-LABEL: @dense
func.func @dense(%x: tensor<1x2xf32>) -> tensor<1x3xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<{{\[\[}}1.000000e+01, 0.000000e+00, -3.000000e+00], [4.000000e+01, 0.000000e+00, -6.000000e+00]]> : tensor<2x3xf64>)
  // CHECK-SAME: bias(dense<[7.100000e+01, 2.000000e+00, -6.000000e+00]> : tensor<3xf64>)
  %0 = nn.dense %x kernel(dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>)
         bias(dense<[7.0, 8.0, 9.0]> : tensor<3xf32>) : tensor<1x2xf32> -> tensor<1x3xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<[10.0, 0.0, -1.0]> : tensor<3xf64>)
         shift(dense<[1.0, 2.0, 3.0]> : tensor<3xf64>) : tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// Without a bias, the shift becomes one.
// CHECK-LABEL: @without_bias
func.func @without_bias(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<6.000000e+00> : tensor<2x2xf64>) bias(dense<[5.000000e-01, -5.000000e-01]> : tensor<2xf64>)
  %0 = nn.dense %x kernel(dense<3.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<[0.5, -0.5]> : tensor<2xf64>) : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// Depthwise, with two filters for each channel; everything else of the layer
// stays, and so does its padding, which comes before the sum.
// CHECK-LABEL: @depthwise
func.func @depthwise(%x: tensor<1x4x4x2xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<[{{.*}}1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00{{.*}}]> : tensor<1x1x1x4xf64>)
  // CHECK-SAME: strides = [2, 1] padding = [1, 0, 0, 0] groups = 2 : tensor<1x4x4x2xf32> -> tensor<1x3x4x4xf32>
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x1x4xf32>) strides = [2, 1] padding = [1, 0, 0, 0] groups = 2
         : tensor<1x4x4x2xf32> -> tensor<1x3x4x4xf32>
  %1 = nn.affine %0 axis = 3 scale(dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf64>) shift(dense<0.0> : tensor<4xf64>)
         : tensor<1x3x4x4xf32>
  %2 = nn.max_pool %1 window = [2, 1] strides = [1, 1] : tensor<1x3x4x4xf32> -> tensor<1x2x4x4xf32>
  return %2 : tensor<1x2x4x4xf32>
}

// One affine after the other: 3 * (2 * (1 x) + 1) + 1.
// CHECK-LABEL: @two_affines
func.func @two_affines(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.dense %{{.*}} kernel(dense<6.000000e+00> : tensor<2x2xf64>) bias(dense<4.000000e+00> : tensor<2xf64>)
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<3.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// The product keeps the digits of double.
// CHECK-LABEL: @in_double
func.func @in_double(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: kernel(dense<0.30000000000000004> : tensor<1x1xf64>)
  %0 = nn.dense %x kernel(dense<3.0> : tensor<1x1xf32>) : tensor<1x1xf32> -> tensor<1x1xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<0.1> : tensor<1xf64>) shift(dense<0.0> : tensor<1xf64>) : tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// Two layers may share a resource; each gets its own.
// CHECK-LABEL: @shared_resource
func.func @shared_resource(%x: tensor<1x1xf32>) -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense_resource<fc.kernel_1> : tensor<1x1xf64>)
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense_resource<fc.kernel> : tensor<1x1xf32>)
  %0 = nn.dense %x kernel(dense_resource<fc.kernel> : tensor<1x1xf32>) : tensor<1x1xf32> -> tensor<1x1xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<1xf64>) shift(dense<0.0> : tensor<1xf64>) : tensor<1x1xf32>
  %2 = nn.dense %x kernel(dense_resource<fc.kernel> : tensor<1x1xf32>) : tensor<1x1xf32> -> tensor<1x1xf32>
  return %1, %2 : tensor<1x1xf32>, tensor<1x1xf32>
}

// Columns of an embedding's table: 2 x + 1 and -x.
// CHECK-LABEL: @embedding
func.func @embedding(%x: tensor<1x5xf32>) -> tensor<1x5x2xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.embedding %{{.*}} table(dense<{{\[\[}}3.000000e+00, -2.000000e+00], [7.000000e+00, -4.000000e+00]]> : tensor<2x2xf64>)
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.embedding %x table(dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>) : tensor<1x5xf32> -> tensor<1x5x2xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<[2.0, -1.0]> : tensor<2xf64>) shift(dense<[1.0, 0.0]> : tensor<2xf64>) : tensor<1x5x2xf32>
  return %1 : tensor<1x5x2xf32>
}

// Through poolings that take a mean, whatever the sign and the padding.
// CHECK-LABEL: @through_means
func.func @through_means(%x: tensor<1x8x1xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<-2.000000e+00> : tensor<1x1x2xf64>) bias(dense<5.000000e-01> : tensor<2xf64>)
  // CHECK-NEXT: nn.avg_pool
  // CHECK-NEXT: %[[G:.*]] = nn.global_pool avg
  // CHECK-NEXT: return %[[G]]
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x2xf32>) : tensor<1x8x1xf32> -> tensor<1x8x2xf32>
  %1 = nn.avg_pool %0 window = [2] padding = [1, 1] : tensor<1x8x2xf32> -> tensor<1x5x2xf32>
  %2 = nn.global_pool avg %1 : tensor<1x5x2xf32> -> tensor<1x2xf32>
  %3 = nn.affine %2 axis = 1 scale(dense<-2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %3 : tensor<1x2xf32>
}

// Through a flattening, where a channel has the same numbers at all positions.
// CHECK-LABEL: @through_flatten
func.func @through_flatten(%x: tensor<1x2x1xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{\[\[\[}}2.000000e+00, 3.000000e+00]]]> : tensor<1x1x2xf64>) bias(dense<[0.000000e+00, 1.000000e+00]> : tensor<2xf64>)
  // CHECK-NEXT: %[[F:.*]] = nn.reshape
  // CHECK-NEXT: return %[[F]]
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x2xf32>) : tensor<1x2x1xf32> -> tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<[2.0, 3.0, 2.0, 3.0]> : tensor<4xf64>) shift(dense<[0.0, 1.0, 0.0, 1.0]> : tensor<4xf64>) : tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
}

// Its numbers differ between positions: must not fire.
// CHECK-LABEL: @through_flatten_unequal
func.func @through_flatten_unequal(%x: tensor<1x2x1xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x2xf32>) :
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.affine
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x2xf32>) : tensor<1x2x1xf32> -> tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<4xf64>) shift(dense<[0.0, 1.0, 0.0, 2.0]> : tensor<4xf64>) : tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
}

// The pooling on the way is an output: must not fire.
// CHECK-LABEL: @mean_is_output
func.func @mean_is_output(%x: tensor<1x8x1xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x2xf32>) :
  // CHECK-NEXT: %[[G:.*]] = nn.global_pool
  // CHECK-NEXT: %[[A:.*]] = nn.affine
  // CHECK-NEXT: return %[[G]], %[[A]]
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x2xf32>) : tensor<1x8x1xf32> -> tensor<1x8x2xf32>
  %1 = nn.global_pool avg %0 : tensor<1x8x2xf32> -> tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %1, %2 : tensor<1x2xf32>, tensor<1x2xf32>
}

// An epilogue on the way, of the pooling: must not fire.
// CHECK-LABEL: @epilogue_of_mean
func.func @epilogue_of_mean(%x: tensor<1x8x1xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x2xf32>) :
  // CHECK-NEXT: nn.global_pool avg %{{.*}} epilogue(relu)
  // CHECK-NEXT: nn.affine
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x2xf32>) : tensor<1x8x1xf32> -> tensor<1x8x2xf32>
  %1 = nn.global_pool avg %0 epilogue(relu) : tensor<1x8x2xf32> -> tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// A pooling in the conv's epilogue: must not fire.
// CHECK-LABEL: @pool_in_epilogue
func.func @pool_in_epilogue(%x: tensor<1x8x1xf32>) -> tensor<1x4x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x2xf32>) epilogue(max_pool([2], [2]))
  // CHECK-NEXT: nn.affine
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x2xf32>) epilogue(max_pool([2], [2])) : tensor<1x8x1xf32> -> tensor<1x4x2xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<-2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x4x2xf32>
  return %1 : tensor<1x4x2xf32>
}

// Layers that have no weights, or that are not linear in them: must not fire.
// CHECK-LABEL: @no_linear_layer
func.func @no_linear_layer(%x: tensor<1x3x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.add
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.lstm %{{.*}} kernel(dense<1.000000e+00> : tensor<2x8xf32>)
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.concat
  // CHECK-NEXT: nn.affine
  %0 = nn.add %x, %x : tensor<1x3x2xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x3x2xf32>
  %2 = nn.lstm %1 kernel(dense<1.0> : tensor<2x8xf32>) recurrent(dense<1.0> : tensor<2x8xf32>)
         activation(tanh) recurrent_activation(sigmoid) : tensor<1x3x2xf32> -> tensor<1x2xf32>
  %3 = nn.affine %2 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  %4 = nn.concat %3 axis = 1 : tensor<1x2xf32> -> tensor<1x2xf32>
  %5 = nn.affine %4 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %5 : tensor<1x2xf32>
}

// The raw result has another use: must not fire.
// CHECK-LABEL: @other_use
func.func @other_use(%x: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  // CHECK-NEXT: nn.affine
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// An activation between, as an op of its own: must not fire.
// CHECK-LABEL: @after_activation
func.func @after_activation(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK: nn.activation relu
  // CHECK-NEXT: nn.affine
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// An activation between, in the epilogue: must not fire.
// CHECK-LABEL: @after_epilogue
func.func @after_epilogue(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) epilogue(relu)
  // CHECK-NEXT: nn.affine
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) epilogue(relu) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// A pooling between: must not fire.
// CHECK-LABEL: @after_max_pool
func.func @after_max_pool(%x: tensor<1x8x2xf32>) -> tensor<1x4x2xf32> {
  // CHECK: nn.max_pool
  // CHECK-NEXT: nn.affine
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x2x2xf32>) : tensor<1x8x2xf32> -> tensor<1x8x2xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x2xf32> -> tensor<1x4x2xf32>
  %2 = nn.affine %1 axis = 2 scale(dense<-2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x4x2xf32>
  return %2 : tensor<1x4x2xf32>
}

// A transposed convolution, with the result's channels last in its kernel too.
// CHECK-LABEL: @conv_transpose
func.func @conv_transpose(%x: tensor<1x3x1xf32>) -> tensor<1x6x2xf32> {
  // CHECK-NEXT: nn.conv_transpose %{{.*}} kernel(dense<{{.*}}2.000000e+00, 3.000000e+00{{.*}}> : tensor<2x1x2xf64>) bias(dense<[2.500000e+00, 3.500000e+00]> : tensor<2xf64>)
  // CHECK-NEXT: return
  %0 = nn.conv_transpose %x kernel(dense<1.0> : tensor<2x1x2xf32>) bias(dense<1.0> : tensor<2xf32>) strides = [2] : tensor<1x3x1xf32> -> tensor<1x6x2xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<[2.0, 3.0]> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x6x2xf32>
  return %1 : tensor<1x6x2xf32>
}

// Through layers that move pixels. A slice reads channels 2 and 1 of 3, in this
// order: channel 0 keeps its weights.
// CHECK-LABEL: @moved
func.func @moved(%x: tensor<1x4x1xf32>) -> tensor<1x10x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{\[\[\[}}1.000000e+00, 3.000000e+00, 2.000000e+00]]]> : tensor<1x1x3xf64>) bias(dense<[0.000000e+00, 5.000000e-01, 5.000000e-01]> : tensor<3xf64>)
  // CHECK-NEXT: nn.slice
  // CHECK-NEXT: nn.resize
  // CHECK-NEXT: nn.pad
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x3xf32>) : tensor<1x4x1xf32> -> tensor<1x4x3xf32>
  %1 = nn.slice %0 begin = [0, 0, 2] size = [1, 4, 2] strides = [1, 1, -1] : tensor<1x4x3xf32> -> tensor<1x4x2xf32>
  %2 = nn.resize linear %1 sizes = [8] : tensor<1x4x2xf32> -> tensor<1x8x2xf32>
  %3 = nn.pad %2 low = [0, 1, 0] high = [0, 1, 0] mode = reflect : tensor<1x8x2xf32> -> tensor<1x10x2xf32>
  %4 = nn.affine %3 axis = 2 scale(dense<[2.0, 3.0]> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x10x2xf32>
  return %4 : tensor<1x10x2xf32>
}

// A slice of a value that is read elsewhere, and padding by a constant: must not
// fire.
// CHECK-LABEL: @moved_must_not
func.func @moved_must_not(%x: tensor<1x4x1xf32>) -> (tensor<1x4x2xf32>, tensor<1x2x2xf32>, tensor<1x5x1xf32>) {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x2xf32>) :
  // CHECK-NEXT: nn.slice
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x1xf32>) :
  // CHECK-NEXT: nn.pad
  // CHECK-NEXT: nn.affine
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x2xf32>) : tensor<1x4x1xf32> -> tensor<1x4x2xf32>
  %1 = nn.slice %0 begin = [0, 1, 0] size = [1, 2, 2] : tensor<1x4x2xf32> -> tensor<1x2x2xf32>
  %2 = nn.affine %1 axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2x2xf32>
  %3 = nn.conv %x kernel(dense<1.0> : tensor<1x1x1xf32>) : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  %4 = nn.pad %3 low = [0, 1, 0] high = [0, 0, 0] : tensor<1x4x1xf32> -> tensor<1x5x1xf32>
  %5 = nn.affine %4 axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<0.5> : tensor<1xf64>) : tensor<1x5x1xf32>
  return %0, %2, %5 : tensor<1x4x2xf32>, tensor<1x2x2xf32>, tensor<1x5x1xf32>
}

// An axis that is not the layer's channels, even of the same length: must not fire.
// CHECK-LABEL: @other_axis
func.func @other_axis(%x: tensor<1x3x2xf32>) -> tensor<1x3x3xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x3xf32>) :
  // CHECK-NEXT: nn.affine %{{.*}} axis = 1
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x3xf32>) : tensor<1x3x2xf32> -> tensor<1x3x3xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<[1.0, 2.0, 3.0]> : tensor<3xf64>) shift(dense<1.0> : tensor<3xf64>) : tensor<1x3x3xf32>
  return %1 : tensor<1x3x3xf32>
}

// Neither factor of a product is linear alone: must not fire.
// CHECK-LABEL: @product
func.func @product(%x: tensor<1x4x2xf32>, %gate: tensor<1x1x3xf32>) -> tensor<1x4x3xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x3xf32>) :
  // CHECK-NEXT: nn.mul
  // CHECK-NEXT: nn.affine
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x3xf32>) : tensor<1x4x2xf32> -> tensor<1x4x3xf32>
  %1 = nn.mul %0, %gate : tensor<1x4x3xf32>, tensor<1x1x3xf32> -> tensor<1x4x3xf32>
  %2 = nn.affine %1 axis = 2 scale(dense<2.0> : tensor<3xf64>) shift(dense<1.0> : tensor<3xf64>) : tensor<1x4x3xf32>
  return %2 : tensor<1x4x3xf32>
}

// Slopes, statistics of the input and a product of values stand between: must
// not fire.
// CHECK-LABEL: @not_linear
func.func @not_linear(%x: tensor<1x4x2xf32>, %y: tensor<1x4x4xf32>) -> (tensor<1x4x3xf32>, tensor<1x4x3xf32>, tensor<1x4x3xf32>) {
  // CHECK: nn.prelu
  // CHECK: nn.affine
  // CHECK: nn.normalize
  // CHECK: nn.affine
  // CHECK: nn.matmul
  // CHECK: nn.affine
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x3xf32>) : tensor<1x4x2xf32> -> tensor<1x4x3xf32>
  %1 = nn.prelu %0 slope(dense<0.5> : tensor<1x1x3xf32>) : tensor<1x4x3xf32>
  %2 = nn.affine %1 axis = 2 scale(dense<2.0> : tensor<3xf64>) shift(dense<1.0> : tensor<3xf64>) : tensor<1x4x3xf32>
  %3 = nn.dense %x kernel(dense<1.0> : tensor<2x3xf32>) : tensor<1x4x2xf32> -> tensor<1x4x3xf32>
  %4 = nn.normalize rms %3 axes = [2] epsilon = 1.0 : tensor<1x4x3xf32>
  %5 = nn.affine %4 axis = 2 scale(dense<2.0> : tensor<3xf64>) shift(dense<1.0> : tensor<3xf64>) : tensor<1x4x3xf32>
  %6 = nn.dense %x kernel(dense<1.0> : tensor<2x3xf32>) : tensor<1x4x2xf32> -> tensor<1x4x3xf32>
  %7 = nn.matmul %y, %6 : tensor<1x4x4xf32>, tensor<1x4x3xf32> -> tensor<1x4x3xf32>
  %8 = nn.affine %7 axis = 2 scale(dense<2.0> : tensor<3xf64>) shift(dense<1.0> : tensor<3xf64>) : tensor<1x4x3xf32>
  return %2, %5, %8 : tensor<1x4x3xf32>, tensor<1x4x3xf32>, tensor<1x4x3xf32>
}

// An affine on the model's input has no layer before it: must not fire.
// CHECK-LABEL: @on_input
func.func @on_input(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// 3 in f32, which becomes 6 in f64.
{-#
  dialect_resources: {
    builtin: {
      fc.kernel: "0x0400000000004040"
    }
  }
#-}
// CHECK-DAG: fc.kernel: "0x0400000000004040"
// CHECK-DAG: fc.kernel_1: "0x080000000000000000001840"
