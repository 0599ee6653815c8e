// RUN: frieze-opt %s --nn-fuse-affine --split-input-file | FileCheck %s

// CHECK-LABEL: @add
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32>, %[[Y:.*]]: tensor<1x4xf32>)
func.func @add(%x: tensor<1x4xf32>, %y: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: %[[Z:.*]] = nn.add %[[X]], %[[Y]] epilogue(affine(1, dense<2.000000e+00> : tensor<4xf64>, dense<5.000000e-01> : tensor<4xf64>)) : tensor<1x4xf32>
  // CHECK-NEXT: return %[[Z]]
  %0 = nn.add %x, %y : tensor<1x4xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<4xf64>) shift(dense<0.5> : tensor<4xf64>) : tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// After the stages that are there already, a pooling among them.
// CHECK-LABEL: @after_stages
func.func @after_stages(%x: tensor<1x9x1xf32>) -> tensor<1x4x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} epilogue(relu, max_pool([2], [2]), affine(2, dense<-1.000000e+00> : tensor<2xf64>, dense<5.000000e-01> : tensor<2xf64>), affine(2, dense<2.000000e+00> : tensor<2xf64>, dense<0.000000e+00> : tensor<2xf64>)) :
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x2xf32>) epilogue(relu, max_pool([2], [2])) : tensor<1x9x1xf32> -> tensor<1x4x2xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<-1.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x4x2xf32>
  %2 = nn.affine %1 axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x4x2xf32>
  return %2 : tensor<1x4x2xf32>
}

// Every kernel has an epilogue.
// CHECK-LABEL: @other_kernels
func.func @other_kernels(%n: tensor<1x6xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.embedding %{{.*}} epilogue(affine(2,
  // CHECK-NEXT: nn.max_pool %{{.*}} epilogue(affine(2,
  // CHECK-NEXT: nn.avg_pool %{{.*}} epilogue(affine(2,
  // CHECK-NEXT: nn.concat %{{.*}} axis = 2 epilogue(affine(2,
  // CHECK-NEXT: nn.lstm %{{.*}} sequences epilogue(affine(2,
  // CHECK-NEXT: nn.global_pool max %{{.*}} epilogue(affine(1,
  // CHECK-NEXT: nn.dense %{{.*}} epilogue(affine(1,
  // CHECK-NEXT: return
  %0 = nn.embedding %n table(dense<0.5> : tensor<8x2xf32>) : tensor<1x6xf32> -> tensor<1x6x2xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x6x2xf32>
  %2 = nn.max_pool %1 window = [2] : tensor<1x6x2xf32> -> tensor<1x3x2xf32>
  %3 = nn.affine %2 axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x3x2xf32>
  %4 = nn.avg_pool %3 window = [1] : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %5 = nn.affine %4 axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x3x2xf32>
  %6 = nn.concat %5 axis = 2 : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %7 = nn.affine %6 axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x3x2xf32>
  %8 = nn.lstm %7 kernel(dense<0.5> : tensor<2x8xf32>) recurrent(dense<0.5> : tensor<2x8xf32>)
         activation(tanh) recurrent_activation(sigmoid) sequences : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %9 = nn.affine %8 axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x3x2xf32>
  %10 = nn.global_pool max %9 : tensor<1x3x2xf32> -> tensor<1x2xf32>
  %11 = nn.affine %10 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  %12 = nn.dense %11 kernel(dense<0.5> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  %13 = nn.affine %12 axis = 1 scale(dense<2.0> : tensor<1xf64>) shift(dense<0.5> : tensor<1xf64>) : tensor<1x1xf32>
  return %13 : tensor<1x1xf32>
}

// -----

// An input of the model: a kernel of its own, which takes in the next as well.
// CHECK-LABEL: @on_input
// CHECK-SAME: (%[[X:.*]]: tensor<1x2xf32>)
func.func @on_input(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.identity %[[X]] epilogue(affine(1, dense<2.000000e+00> : tensor<2xf64>, dense<1.000000e+00> : tensor<2xf64>), affine(1, dense<3.000000e+00> : tensor<2xf64>, dense<0.000000e+00> : tensor<2xf64>)) : tensor<1x2xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<3.0> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// Something else reads the input: the epilogue must not fire, and the affine is
// a kernel of its own.
// CHECK-LABEL: @other_use
func.func @other_use(%x: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  // CHECK-NEXT: %[[D:.*]] = nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  // CHECK-NEXT: %[[I:.*]] = nn.identity %[[D]] epilogue(affine(1, dense<2.000000e+00> : tensor<2xf64>, dense<1.000000e+00> : tensor<2xf64>)) : tensor<1x2xf32>
  // CHECK-NEXT: return %[[D]], %[[I]]
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// No kernel makes the input: a kernel of its own.
// CHECK-LABEL: @no_kernel
func.func @no_kernel(%x: tensor<1x4xf32>) -> tensor<1x2x2xf32> {
  // CHECK-NEXT: %[[R:.*]] = nn.reshape
  // CHECK-NEXT: nn.identity %[[R]] epilogue(affine(2,
  // CHECK-NEXT: return
  %0 = nn.reshape %x : tensor<1x4xf32> -> tensor<1x2x2xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2x2xf32>
  return %1 : tensor<1x2x2xf32>
}

// Kernels run along channels: into the epilogue of a conv, an affine along
// another axis, even of the same length, must not fire.
// CHECK-LABEL: @other_axis
func.func @other_axis(%x: tensor<1x2x2xf32>) -> tensor<1x2x2xf32> {
  // CHECK-NEXT: %[[C:.*]] = nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x2x2xf32>) :
  // CHECK-NEXT: nn.identity %[[C]] epilogue(affine(1,
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x2x2xf32>) : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2x2xf32>
  return %1 : tensor<1x2x2xf32>
}

// Into a concatenation along another axis.
// CHECK-LABEL: @concat_of_positions
func.func @concat_of_positions(%x: tensor<1x2x2xf32>) -> tensor<1x4x2xf32> {
  // CHECK-NEXT: nn.concat %{{.*}} axis = 1 epilogue(affine(2,
  // CHECK-NEXT: return
  %0 = nn.concat %x, %x axis = 1 : tensor<1x2x2xf32>, tensor<1x2x2xf32> -> tensor<1x4x2xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x4x2xf32>
  return %1 : tensor<1x4x2xf32>
}

// Behind a product, slopes, a normalisation and a matrix product.
// CHECK-LABEL: @pointwise_kernels
func.func @pointwise_kernels(%x: tensor<1x4x4xf32>) -> tensor<1x4x4xf32> {
  // CHECK-NEXT: nn.mul %{{.*}} epilogue(affine(2,
  // CHECK-NEXT: nn.prelu %{{.*}} epilogue(affine(2,
  // CHECK-NEXT: nn.normalize standard %{{.*}} epilogue(affine(2,
  // CHECK-NEXT: nn.matmul %{{.*}} epilogue(affine(2,
  // CHECK-NEXT: return
  %0 = nn.mul %x, %x : tensor<1x4x4xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<2.0> : tensor<4xf64>) shift(dense<1.0> : tensor<4xf64>) : tensor<1x4x4xf32>
  %2 = nn.prelu %1 slope(dense<0.5> : tensor<1x1x4xf32>) : tensor<1x4x4xf32>
  %3 = nn.affine %2 axis = 2 scale(dense<2.0> : tensor<4xf64>) shift(dense<1.0> : tensor<4xf64>) : tensor<1x4x4xf32>
  %4 = nn.normalize standard %3 axes = [2] epsilon = 1.0 : tensor<1x4x4xf32>
  %5 = nn.affine %4 axis = 2 scale(dense<2.0> : tensor<4xf64>) shift(dense<1.0> : tensor<4xf64>) : tensor<1x4x4xf32>
  %6 = nn.matmul %5, %5 : tensor<1x4x4xf32>
  %7 = nn.affine %6 axis = 2 scale(dense<2.0> : tensor<4xf64>) shift(dense<1.0> : tensor<4xf64>) : tensor<1x4x4xf32>
  return %7 : tensor<1x4x4xf32>
}

// One kernel runs along one axis: two of their own.
// CHECK-LABEL: @two_axes
func.func @two_axes(%x: tensor<1x2x2xf32>) -> tensor<1x2x2xf32> {
  // CHECK-NEXT: %[[I:.*]] = nn.identity %{{.*}} epilogue(affine(1, dense<2.000000e+00> : tensor<2xf64>, dense<1.000000e+00> : tensor<2xf64>)) :
  // CHECK-NEXT: nn.identity %[[I]] epilogue(affine(2, dense<3.000000e+00> : tensor<2xf64>, dense<1.000000e+00> : tensor<2xf64>)) :
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2x2xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<3.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2x2xf32>
  return %1 : tensor<1x2x2xf32>
}

// An activation that is still to be fused comes first: must not fire.
// CHECK-LABEL: @after_activation
func.func @after_activation(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}
