// RUN: frieze-opt %s --nn-move-transposes | FileCheck %s

// Channels last, between channels first: the transposes around a ReLU are none.
// CHECK-LABEL: @activation
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x4xf32>)
func.func @activation(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.activation relu %[[X]] : tensor<1x9x4xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %1 = nn.activation relu %0 : tensor<1x4x9xf32>
  %2 = nn.transpose %1 permutation = [0, 2, 1] : tensor<1x4x9xf32> -> tensor<1x9x4xf32>
  return %2 : tensor<1x9x4xf32>
}

// Three axes in a circle: back is not the same as forth.
// CHECK-LABEL: @circle
// CHECK-SAME: (%[[X:.*]]: tensor<1x5x6x4xf32>)
func.func @circle(%x: tensor<1x5x6x4xf32>) -> tensor<1x5x6x4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = nn.transpose %x permutation = [0, 3, 1, 2] : tensor<1x5x6x4xf32> -> tensor<1x4x5x6xf32>
  %1 = nn.transpose %0 permutation = [0, 2, 3, 1] : tensor<1x4x5x6xf32> -> tensor<1x5x6x4xf32>
  return %1 : tensor<1x5x6x4xf32>
}

// Two of them in a row that leave something to do.
// CHECK-LABEL: @compose
// CHECK-SAME: (%[[X:.*]]: tensor<1x5x6x4xf32>)
func.func @compose(%x: tensor<1x5x6x4xf32>) -> tensor<1x6x4x5xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.transpose %[[X]] permutation = [0, 2, 3, 1] : tensor<1x5x6x4xf32> -> tensor<1x6x4x5xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.transpose %x permutation = [0, 3, 1, 2] : tensor<1x5x6x4xf32> -> tensor<1x4x5x6xf32>
  %1 = nn.transpose %0 permutation = [0, 3, 1, 2] : tensor<1x4x5x6xf32> -> tensor<1x6x4x5xf32>
  return %1 : tensor<1x6x4x5xf32>
}

// Axes are renamed: channels are axis 1 of the transposed value, and 3 of its
// source.
// CHECK-LABEL: @axes
// CHECK-SAME: (%[[X:.*]]: tensor<1x5x6x4xf32>)
func.func @axes(%x: tensor<1x5x6x4xf32>) -> tensor<1x5x9x5xf32> {
  // CHECK-NEXT: %[[A:.*]] = nn.affine %[[X]] axis = 3 {{.*}} : tensor<1x5x6x4xf32>
  // CHECK-NEXT: %[[B:.*]] = nn.batch_norm %[[A]] axis = 3 {{.*}} : tensor<1x5x6x4xf32>
  // CHECK-NEXT: %[[C:.*]] = nn.softmax %[[B]] axis = 3 : tensor<1x5x6x4xf32>
  // CHECK-NEXT: %[[D:.*]] = nn.pad %[[C]] low = [0, 0, 1, 0] high = [0, 0, 2, 1]{{.*}} : tensor<1x5x6x4xf32> -> tensor<1x5x9x5xf32>
  // CHECK-NEXT: return %[[D]]
  %0 = nn.transpose %x permutation = [0, 3, 1, 2] : tensor<1x5x6x4xf32> -> tensor<1x4x5x6xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<4xf32>) shift(dense<1.0> : tensor<4xf32>) : tensor<1x4x5x6xf32>
  %2 = nn.batch_norm %1 axis = 1 mean(dense<0.5> : tensor<4xf32>) variance(dense<2.0> : tensor<4xf32>) epsilon = 1.0e-3 : tensor<1x4x5x6xf32>
  %3 = nn.softmax %2 axis = 1 : tensor<1x4x5x6xf32>
  %4 = nn.pad %3 low = [0, 0, 0, 1] high = [0, 1, 0, 2] value = 0.0 : tensor<1x4x5x6xf32> -> tensor<1x5x5x9xf32>
  %5 = nn.transpose %4 permutation = [0, 2, 3, 1] : tensor<1x5x5x9xf32> -> tensor<1x5x9x5xf32>
  return %5 : tensor<1x5x9x5xf32>
}

// Both operands of a sum, which then is transposed once.
// CHECK-LABEL: @sum
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x4xf32>, %[[Y:.*]]: tensor<1x9x4xf32>)
func.func @sum(%x: tensor<1x9x4xf32>, %y: tensor<1x9x4xf32>) -> tensor<1x4x9xf32> {
  // CHECK-NEXT: %[[S:.*]] = nn.add %[[X]], %[[Y]] : tensor<1x9x4xf32>
  // CHECK-NEXT: %[[T:.*]] = nn.transpose %[[S]] permutation = [0, 2, 1]
  // CHECK-NEXT: return %[[T]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %1 = nn.transpose %y permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %2 = nn.add %0, %1 : tensor<1x4x9xf32>
  return %2 : tensor<1x4x9xf32>
}

// A skip connection from an input: what the layer reads is there already.
// CHECK-LABEL: @skip
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x9xf32>)
func.func @skip(%x: tensor<1x4x9xf32>) -> tensor<1x4x9xf32> {
  // CHECK-NEXT: %[[T:.*]] = nn.transpose %[[X]]
  // CHECK-NEXT: %[[C:.*]] = nn.conv %[[T]]
  // CHECK-NEXT: %[[S:.*]] = nn.add %[[C]], %[[T]] : tensor<1x9x4xf32>
  // CHECK-NEXT: nn.transpose %[[S]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x4x9xf32> -> tensor<1x9x4xf32>
  %1 = nn.conv %0 kernel(dense<0.5> : tensor<1x4x4xf32>) : tensor<1x9x4xf32> -> tensor<1x9x4xf32>
  %2 = nn.transpose %1 permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %3 = nn.add %2, %x : tensor<1x4x9xf32>
  return %3 : tensor<1x4x9xf32>
}

// A constant, and a factor for each channel, of which nothing moves.
// CHECK-LABEL: @broadcast
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x4xf32>, %[[G:.*]]: tensor<1x4x1xf32>)
func.func @broadcast(%x: tensor<1x9x4xf32>, %g: tensor<1x4x1xf32>) -> tensor<1x9x4xf32> {
  // CHECK: %[[C:.*]] = nn.constant value({{.*}} : tensor<1x9x4xf64>) : tensor<1x9x4xf32>
  // CHECK: %[[D:.*]] = nn.maximum %[[X]], %[[C]] : tensor<1x9x4xf32>
  // CHECK: %[[R:.*]] = nn.reshape %[[G]] : tensor<1x4x1xf32> -> tensor<1x1x4xf32>
  // CHECK: %[[P:.*]] = nn.mul %[[D]], %[[R]] : tensor<1x9x4xf32>, tensor<1x1x4xf32> -> tensor<1x9x4xf32>
  // CHECK-NEXT: return %[[P]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %1 = nn.constant value(dense<0.5> : tensor<1x4x9xf32>) : tensor<1x4x9xf32>
  %2 = nn.maximum %0, %1 : tensor<1x4x9xf32>
  %3 = nn.mul %2, %g : tensor<1x4x9xf32>, tensor<1x4x1xf32> -> tensor<1x4x9xf32>
  %4 = nn.transpose %3 permutation = [0, 2, 1] : tensor<1x4x9xf32> -> tensor<1x9x4xf32>
  return %4 : tensor<1x9x4xf32>
}

// Along the channels, whatever their place.
// CHECK-LABEL: @concat
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x4xf32>, %[[Y:.*]]: tensor<1x9x2xf32>)
func.func @concat(%x: tensor<1x9x4xf32>, %y: tensor<1x9x2xf32>) -> tensor<1x9x1xf32> {
  // CHECK-NEXT: %[[C:.*]] = nn.concat %[[X]], %[[Y]] axis = 2
  // CHECK-NEXT: %[[R:.*]] = nn.reduce mean %[[C]] axes = [2] keep_dims : tensor<1x9x6xf32> -> tensor<1x9x1xf32>
  // CHECK-NEXT: return %[[R]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %1 = nn.transpose %y permutation = [0, 2, 1] : tensor<1x9x2xf32> -> tensor<1x2x9xf32>
  %2 = nn.concat %0, %1 axis = 1 : tensor<1x4x9xf32>, tensor<1x2x9xf32> -> tensor<1x6x9xf32>
  %3 = nn.reduce mean %2 axes = [1] keep_dims : tensor<1x6x9xf32> -> tensor<1x1x9xf32>
  %4 = nn.transpose %3 permutation = [0, 2, 1] : tensor<1x1x9xf32> -> tensor<1x9x1xf32>
  return %4 : tensor<1x9x1xf32>
}

// A reshape that drops an axis of size 1, and one that splits an axis.
// CHECK-LABEL: @reshape
// CHECK-SAME: (%[[X:.*]]: tensor<1x1x8x6xf32>)
func.func @reshape(%x: tensor<1x1x8x6xf32>) -> tensor<1x4x2x6xf32> {
  // CHECK-NEXT: %[[A:.*]] = nn.reshape %[[X]] : tensor<1x1x8x6xf32> -> tensor<1x8x6xf32>
  // CHECK-NEXT: %[[B:.*]] = nn.reshape %[[A]] : tensor<1x8x6xf32> -> tensor<1x4x2x6xf32>
  // CHECK-NEXT: return %[[B]]
  %0 = nn.transpose %x permutation = [0, 3, 1, 2] : tensor<1x1x8x6xf32> -> tensor<1x6x1x8xf32>
  %1 = nn.reshape %0 : tensor<1x6x1x8xf32> -> tensor<1x6x8xf32>
  %2 = nn.reshape %1 : tensor<1x6x8xf32> -> tensor<1x6x4x2xf32>
  %3 = nn.transpose %2 permutation = [0, 2, 3, 1] : tensor<1x6x4x2xf32> -> tensor<1x4x2x6xf32>
  return %3 : tensor<1x4x2x6xf32>
}

// A dense layer over the last axis does not mind the others.
// CHECK-LABEL: @steps_first
// CHECK-SAME: (%[[X:.*]]: tensor<2x9x4xf32>)
func.func @steps_first(%x: tensor<2x9x4xf32>) -> tensor<2x9x3xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.dense %[[X]] {{.*}} : tensor<2x9x4xf32> -> tensor<2x9x3xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.transpose %x permutation = [1, 0, 2] : tensor<2x9x4xf32> -> tensor<9x2x4xf32>
  %1 = nn.dense %0 kernel(dense<0.5> : tensor<4x3xf32>) chains = 1 : tensor<9x2x4xf32> -> tensor<9x2x3xf32>
  %2 = nn.transpose %1 permutation = [1, 0, 2] : tensor<9x2x3xf32> -> tensor<2x9x3xf32>
  return %2 : tensor<2x9x3xf32>
}

// The input's own layout: what works on it before is moved behind instead.
// CHECK-LABEL: @input
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x9xf32>)
func.func @input(%x: tensor<1x3x9xf32>) -> tensor<1x8x4xf32> {
  // CHECK-NEXT: %[[T:.*]] = nn.transpose %[[X]] permutation = [0, 2, 1] : tensor<1x3x9xf32> -> tensor<1x9x3xf32>
  // CHECK-NEXT: %[[A:.*]] = nn.affine %[[T]] axis = 2 {{.*}} : tensor<1x9x3xf32>
  // CHECK-NEXT: %[[B:.*]] = nn.activation tanh %[[A]] : tensor<1x9x3xf32>
  // CHECK-NEXT: nn.conv %[[B]]
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<3xf32>) shift(dense<1.0> : tensor<3xf32>) : tensor<1x3x9xf32>
  %1 = nn.activation tanh %0 : tensor<1x3x9xf32>
  %2 = nn.transpose %1 permutation = [0, 2, 1] : tensor<1x3x9xf32> -> tensor<1x9x3xf32>
  %3 = nn.conv %2 kernel(dense<0.5> : tensor<2x3x4xf32>) : tensor<1x9x3xf32> -> tensor<1x8x4xf32>
  return %3 : tensor<1x8x4xf32>
}

// A single channel is at its place wherever it stands.
// CHECK-LABEL: @one_channel
// CHECK-SAME: (%[[X:.*]]: tensor<1x1x9xf32>)
func.func @one_channel(%x: tensor<1x1x9xf32>) -> tensor<1x9x1xf32> {
  // CHECK-NEXT: %[[R:.*]] = nn.reshape %[[X]] : tensor<1x1x9xf32> -> tensor<1x9x1xf32>
  // CHECK-NEXT: return %[[R]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x1x9xf32> -> tensor<1x9x1xf32>
  return %0 : tensor<1x9x1xf32>
}

// A constant is stored in the order in which it is read.
// CHECK-LABEL: @constant
func.func @constant(%x: tensor<1x3x2xf32>) -> tensor<1x3x2xf32> {
  // CHECK: nn.constant value(dense<{{\[\[}}[1.000000e+00, 4.000000e+00], [2.000000e+00, 5.000000e+00], [3.000000e+00, 6.000000e+00]]]> : tensor<1x3x2xf64>) : tensor<1x3x2xf32>
  // CHECK-NEXT: nn.add
  // CHECK-NEXT: return
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x3x2xf32> -> tensor<1x2x3xf32>
  %1 = nn.constant value(dense<[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]> : tensor<1x2x3xf32>) : tensor<1x2x3xf32>
  %2 = nn.add %0, %1 : tensor<1x2x3xf32>
  %3 = nn.transpose %2 permutation = [0, 2, 1] : tensor<1x2x3xf32> -> tensor<1x3x2xf32>
  return %3 : tensor<1x3x2xf32>
}

// Every second position, backwards.
// CHECK-LABEL: @slice
func.func @slice(%x: tensor<1x9x4xf32>) -> tensor<1x4x3xf32> {
  // CHECK-NEXT: nn.slice %{{.*}} begin = [0, 8, 1] size = [1, 4, 3] strides = [1, -2, 1] : tensor<1x9x4xf32> -> tensor<1x4x3xf32>
  // CHECK-NEXT: return
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %1 = nn.slice %0 begin = [0, 1, 8] size = [1, 3, 4] strides = [1, 1, -2] : tensor<1x4x9xf32> -> tensor<1x3x4xf32>
  %2 = nn.transpose %1 permutation = [0, 2, 1] : tensor<1x3x4xf32> -> tensor<1x4x3xf32>
  return %2 : tensor<1x4x3xf32>
}

// All elements alike: the axis is the last one. Otherwise it stays (must not fire).
// CHECK-LABEL: @affine_of_all
func.func @affine_of_all(%x: tensor<1x3x2xf32>) -> tensor<1x3x2xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} axis = 2 scale(dense<2.000000e+00> : tensor<2xf64>) shift(dense<1.000000e+00> : tensor<2xf64>)
  // CHECK-NEXT: nn.affine %{{.*}} axis = 1
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<3xf64>) shift(dense<1.0> : tensor<3xf64>) : tensor<1x3x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<3xf64>) shift(dense<[1.0, 2.0, 3.0]> : tensor<3xf64>) : tensor<1x3x2xf32>
  return %1 : tensor<1x3x2xf32>
}

// Two branches read one transposed value.
// CHECK-LABEL: @branches
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x9xf32>)
func.func @branches(%x: tensor<1x4x9xf32>) -> (tensor<1x9x2xf32>, tensor<1x9x2xf32>) {
  // CHECK-NEXT: %[[T:.*]] = nn.transpose %[[X]] permutation = [0, 2, 1]
  // CHECK-NEXT: nn.conv %[[T]]
  // CHECK-NEXT: nn.conv %[[T]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x4x9xf32> -> tensor<1x9x4xf32>
  %1 = nn.conv %0 kernel(dense<0.5> : tensor<1x4x2xf32>) : tensor<1x9x4xf32> -> tensor<1x9x2xf32>
  %2 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x4x9xf32> -> tensor<1x9x4xf32>
  %3 = nn.conv %2 kernel(dense<0.25> : tensor<1x4x2xf32>) : tensor<1x9x4xf32> -> tensor<1x9x2xf32>
  return %1, %3 : tensor<1x9x2xf32>, tensor<1x9x2xf32>
}

// Slopes change places with their channels.
// CHECK-LABEL: @slopes
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x3xf32>)
func.func @slopes(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.prelu %[[X]] slope(dense<{{\[\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00], [4.000000e+00, 5.000000e+00, 6.000000e+00]]]> : tensor<1x2x3xf64>)
  // CHECK-NEXT: %[[Z:.*]] = nn.normalize standard %[[Y]] axes = [2]
  // CHECK-NEXT: return %[[Z]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x2x3xf32> -> tensor<1x3x2xf32>
  %1 = nn.prelu %0 slope(dense<[[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]]> : tensor<1x3x2xf32>) : tensor<1x3x2xf32>
  %2 = nn.normalize standard %1 axes = [1] epsilon = 1.0e-3 : tensor<1x3x2xf32>
  %3 = nn.transpose %2 permutation = [0, 2, 1] : tensor<1x3x2xf32> -> tensor<1x2x3xf32>
  return %3 : tensor<1x2x3xf32>
}

// The mean or maximum of all positions of a channel.
// CHECK-LABEL: @reduce_spatial_axes
func.func @reduce_spatial_axes(%x: tensor<1x3x5x2xf32>) -> (tensor<1x2xf32>, tensor<1x2x1x1xf32>) {
  // CHECK: nn.global_pool avg %{{.*}} : tensor<1x3x5x2xf32> -> tensor<1x2xf32>
  // CHECK: nn.global_pool max %{{.*}} keep_dims : tensor<1x3x5x2xf32> -> tensor<1x1x1x2xf32>
  %0 = nn.reduce mean %x axes = [1, 2] : tensor<1x3x5x2xf32> -> tensor<1x2xf32>
  %1 = nn.transpose %x permutation = [0, 3, 1, 2] : tensor<1x3x5x2xf32> -> tensor<1x2x3x5xf32>
  %2 = nn.reduce max %1 axes = [2, 3] keep_dims : tensor<1x2x3x5xf32> -> tensor<1x2x1x1xf32>
  return %0, %2 : tensor<1x2xf32>, tensor<1x2x1x1xf32>
}

// Other axes, and what no pooling computes: must not fire.
// CHECK-LABEL: @reduce_other_axes
func.func @reduce_other_axes(%x: tensor<1x3x5x2xf32>) -> (tensor<1x5x2xf32>, tensor<1x2xf32>) {
  // CHECK-NEXT: nn.reduce mean
  // CHECK-NEXT: nn.reduce sum
  %0 = nn.reduce mean %x axes = [1] : tensor<1x3x5x2xf32> -> tensor<1x5x2xf32>
  %1 = nn.reduce sum %x axes = [1, 2] : tensor<1x3x5x2xf32> -> tensor<1x2xf32>
  return %0, %1 : tensor<1x5x2xf32>, tensor<1x2xf32>
}

// A conv knows its channels by their place: must not fire.
// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x4x9xf32>) -> tensor<1x9x2xf32> {
  // CHECK-NEXT: %[[T:.*]] = nn.transpose
  // CHECK-NEXT: nn.conv %[[T]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x4x9xf32> -> tensor<1x9x4xf32>
  %1 = nn.conv %0 kernel(dense<0.5> : tensor<1x4x2xf32>) : tensor<1x9x4xf32> -> tensor<1x9x2xf32>
  return %1 : tensor<1x9x2xf32>
}

// Flattening joins axes that were no neighbours: must not fire.
// CHECK-LABEL: @flatten
func.func @flatten(%x: tensor<1x9x4xf32>) -> tensor<1x36xf32> {
  // CHECK-NEXT: %[[T:.*]] = nn.transpose
  // CHECK-NEXT: nn.reshape %[[T]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %1 = nn.reshape %0 : tensor<1x4x9xf32> -> tensor<1x36xf32>
  return %1 : tensor<1x36xf32>
}

// One operand of two is transposed, which would leave two: must not fire.
// CHECK-LABEL: @one_operand
func.func @one_operand(%x: tensor<1x9x4xf32>, %y: tensor<1x4x9xf32>) -> tensor<1x4x9xf32> {
  // CHECK-NEXT: %[[T:.*]] = nn.transpose %{{.*}} : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  // CHECK-NEXT: nn.add %[[T]], %{{.*}} : tensor<1x4x9xf32>
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %1 = nn.add %0, %y : tensor<1x4x9xf32>
  return %1 : tensor<1x4x9xf32>
}

// Softmax and concatenation along what would become the batch: must not fire.
// CHECK-LABEL: @batch
func.func @batch(%x: tensor<3x9x4xf32>) -> tensor<9x3x4xf32> {
  // CHECK-NEXT: %[[T:.*]] = nn.transpose
  // CHECK-NEXT: %[[S:.*]] = nn.softmax %[[T]] axis = 1
  %0 = nn.transpose %x permutation = [1, 0, 2] : tensor<3x9x4xf32> -> tensor<9x3x4xf32>
  %1 = nn.softmax %0 axis = 1 : tensor<9x3x4xf32>
  return %1 : tensor<9x3x4xf32>
}

// An epilogue names axes of its own: must not fire.
// CHECK-LABEL: @epilogue
func.func @epilogue(%x: tensor<1x9x4xf32>) -> tensor<1x4x9xf32> {
  // CHECK-NEXT: %[[T:.*]] = nn.transpose
  // CHECK-NEXT: nn.identity %[[T]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %1 = nn.identity %0 epilogue(affine(1, dense<2.0> : tensor<4xf32>, dense<0.5> : tensor<4xf32>)) : tensor<1x4x9xf32>
  return %1 : tensor<1x4x9xf32>
}

// Before a transpose of an output there is a layer, and not the input: must not
// fire.
// CHECK-LABEL: @output
func.func @output(%x: tensor<1x9x4xf32>) -> tensor<1x2x9xf32> {
  // CHECK-NEXT: nn.conv
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.transpose
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x4x2xf32>) : tensor<1x9x4xf32> -> tensor<1x9x2xf32>
  %1 = nn.activation relu %0 : tensor<1x9x2xf32>
  %2 = nn.transpose %1 permutation = [0, 2, 1] : tensor<1x9x2xf32> -> tensor<1x2x9xf32>
  return %2 : tensor<1x2x9xf32>
}

// A mean over the only axis, or over none, is no pooling of images: must not fire.
// CHECK-LABEL: @few_axes
func.func @few_axes(%x: tensor<4xf32>, %y: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  // CHECK-NEXT: nn.reduce mean %{{.*}} axes = [0]
  // CHECK-NEXT: nn.reduce mean %{{.*}} axes = []
  %0 = nn.reduce mean %x axes = [0] : tensor<4xf32> -> tensor<f32>
  %1 = nn.reduce mean %y axes = [] : tensor<f32> -> tensor<f32>
  return %0, %1 : tensor<f32>, tensor<f32>
}
