// RUN: frieze-opt %s --nn-move-reshapes | FileCheck %s

// Functions of elements; then two reshapes are none.
// CHECK-LABEL: @pointwise
// CHECK-SAME: (%[[X:.*]]: tensor<1x1x9x4xf32>)
func.func @pointwise(%x: tensor<1x1x9x4xf32>) -> tensor<1x1x9x4xf32> {
  // CHECK-NEXT: %[[A:.*]] = nn.activation relu %[[X]] : tensor<1x1x9x4xf32>
  // CHECK-NEXT: %[[B:.*]] = nn.dropout %[[A]]
  // CHECK-NEXT: return %[[B]]
  %0 = nn.reshape %x : tensor<1x1x9x4xf32> -> tensor<1x9x4xf32>
  %1 = nn.activation relu %0 : tensor<1x9x4xf32>
  %2 = nn.dropout %1 rate = 0.5 : tensor<1x9x4xf32>
  %3 = nn.reshape %2 : tensor<1x9x4xf32> -> tensor<1x1x9x4xf32>
  return %3 : tensor<1x1x9x4xf32>
}

// The channels, whose number changes, and positions after them.
// CHECK-LABEL: @axis
// CHECK-SAME: (%[[X:.*]]: tensor<1x1x9x4xf32>)
func.func @axis(%x: tensor<1x1x9x4xf32>) -> tensor<1x9x2x2xf32> {
  // CHECK-NEXT: %[[A:.*]] = nn.affine %[[X]] axis = 2 {{.*}} : tensor<1x1x9x4xf32>
  // CHECK-NEXT: %[[B:.*]] = nn.reshape %[[A]] : tensor<1x1x9x4xf32> -> tensor<1x9x2x2xf32>
  // CHECK-NEXT: return %[[B]]
  %0 = nn.reshape %x : tensor<1x1x9x4xf32> -> tensor<1x9x2x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<9xf32>) shift(dense<1.0> : tensor<9xf32>) : tensor<1x9x2x2xf32>
  return %1 : tensor<1x9x2x2xf32>
}

// CHECK-LABEL: @batch_norm
// CHECK-SAME: (%[[X:.*]]: tensor<1x1x9x4xf32>)
func.func @batch_norm(%x: tensor<1x1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK-NEXT: nn.batch_norm %[[X]] axis = 3
  %0 = nn.reshape %x : tensor<1x1x9x4xf32> -> tensor<1x9x4xf32>
  %1 = nn.batch_norm %0 axis = 2 mean(dense<0.5> : tensor<4xf32>) variance(dense<2.0> : tensor<4xf32>) epsilon = 1.0e-3 : tensor<1x9x4xf32>
  return %1 : tensor<1x9x4xf32>
}

// Operands that are reshaped alike.
// CHECK-LABEL: @sum
// CHECK-SAME: (%[[X:.*]]: tensor<1x1x9x4xf32>, %[[Y:.*]]: tensor<1x1x9x4xf32>)
func.func @sum(%x: tensor<1x1x9x4xf32>, %y: tensor<1x1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK-NEXT: %[[S:.*]] = nn.add %[[X]], %[[Y]] : tensor<1x1x9x4xf32>
  // CHECK-NEXT: nn.reshape %[[S]] : tensor<1x1x9x4xf32> -> tensor<1x9x4xf32>
  %0 = nn.reshape %x : tensor<1x1x9x4xf32> -> tensor<1x9x4xf32>
  %1 = nn.reshape %y : tensor<1x1x9x4xf32> -> tensor<1x9x4xf32>
  %2 = nn.add %0, %1 : tensor<1x9x4xf32>
  return %2 : tensor<1x9x4xf32>
}

// An axis that is not there before: must not fire.
// CHECK-LABEL: @flattened
func.func @flattened(%x: tensor<1x9x4xf32>) -> tensor<1x36xf32> {
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.affine {{.*}} axis = 1
  %0 = nn.reshape %x : tensor<1x9x4xf32> -> tensor<1x36xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<36xf32>) shift(dense<1.0> : tensor<36xf32>) : tensor<1x36xf32>
  return %1 : tensor<1x36xf32>
}

// Of the same size, but with other elements: must not fire.
// CHECK-LABEL: @other_axis
func.func @other_axis(%x: tensor<1x2x4x3xf32>) -> tensor<1x4x6xf32> {
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.affine {{.*}} axis = 1
  %0 = nn.reshape %x : tensor<1x2x4x3xf32> -> tensor<1x4x6xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<4xf32>) shift(dense<1.0> : tensor<4xf32>) : tensor<1x4x6xf32>
  return %1 : tensor<1x4x6xf32>
}

// What else reads the reshaped value needs it: must not fire.
// CHECK-LABEL: @two_readers
func.func @two_readers(%x: tensor<1x1x9x4xf32>) -> (tensor<1x9x4xf32>, tensor<1x9x4xf32>) {
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.activation relu
  %0 = nn.reshape %x : tensor<1x1x9x4xf32> -> tensor<1x9x4xf32>
  %1 = nn.activation relu %0 : tensor<1x9x4xf32>
  return %0, %1 : tensor<1x9x4xf32>, tensor<1x9x4xf32>
}

// An operand that is repeated, one from another shape, one that is not reshaped,
// and what does not work on elements alone: must not fire.
// CHECK-LABEL: @operands
func.func @operands(%x: tensor<1x1x9x4xf32>, %y: tensor<1x1x4xf32>, %z: tensor<1x36xf32>) -> (tensor<1x9x4xf32>, tensor<1x9x4xf32>) {
  // CHECK-NEXT: %[[A:.*]] = nn.reshape
  // CHECK-NEXT: %[[S:.*]] = nn.add %[[A]], %{{.*}} : tensor<1x9x4xf32>, tensor<1x1x4xf32> -> tensor<1x9x4xf32>
  // CHECK-NEXT: %[[B:.*]] = nn.reshape
  // CHECK-NEXT: %[[C:.*]] = nn.add %[[S]], %[[B]]
  // CHECK-NEXT: %[[D:.*]] = nn.reshape
  // CHECK-NEXT: nn.softmax %[[D]]
  %0 = nn.reshape %x : tensor<1x1x9x4xf32> -> tensor<1x9x4xf32>
  %1 = nn.add %0, %y : tensor<1x9x4xf32>, tensor<1x1x4xf32> -> tensor<1x9x4xf32>
  %2 = nn.reshape %z : tensor<1x36xf32> -> tensor<1x9x4xf32>
  %3 = nn.add %1, %2 : tensor<1x9x4xf32>
  %4 = nn.reshape %x : tensor<1x1x9x4xf32> -> tensor<1x9x4xf32>
  %5 = nn.softmax %4 axis = 1 : tensor<1x9x4xf32>
  return %3, %5 : tensor<1x9x4xf32>, tensor<1x9x4xf32>
}
