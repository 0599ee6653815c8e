// RUN: frieze-opt %s --nn-fold-transpose-into-dense --split-input-file --verify-diagnostics | FileCheck %s

// Channels first, 2 channels of 3 positions: element c * 3 + p of the flattened
// value is element p * 2 + c without the transpose, and so are the rows.
// CHECK-LABEL: @flatten
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x2xf32>)
func.func @flatten(%x: tensor<1x3x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: %[[R:.*]] = nn.reshape %[[X]] : tensor<1x3x2xf32> -> tensor<1x6xf32>
  // CHECK-NEXT: %[[Y:.*]] = nn.dense %[[R]] kernel(dense<{{\[\[}}0.000000e+00], [3.000000e+00], [1.000000e+00], [4.000000e+00], [2.000000e+00], [5.000000e+00]]> : tensor<6x1xf64>)
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x3x2xf32> -> tensor<1x2x3xf32>
  %1 = nn.reshape %0 : tensor<1x2x3xf32> -> tensor<1x6xf32>
  // expected-remark @+1 {{folded into the rows of the kernel of nn.dense}}
  %2 = nn.dense %1 kernel(dense<[[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]]> : tensor<6x1xf32>) chains = 1 : tensor<1x6xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// -----

// Three axes, two columns, an axis of size 1 on the way.
// CHECK-LABEL: @image
// CHECK-SAME: (%[[X:.*]]: tensor<5x2x1x2xf32>)
func.func @image(%x: tensor<5x2x1x2xf32>) -> tensor<5x1x2xf32> {
  // CHECK-NEXT: %[[R:.*]] = nn.reshape %[[X]] : tensor<5x2x1x2xf32> -> tensor<5x1x4xf32>
  // CHECK-NEXT: nn.dense %[[R]] kernel(dense<{{\[\[}}0.000000e+00, 1.000000e+00], [4.000000e+00, 5.000000e+00], [2.000000e+00, 3.000000e+00], [6.000000e+00, 7.000000e+00]]> : tensor<4x2xf64>)
  %0 = nn.transpose %x permutation = [0, 3, 1, 2] : tensor<5x2x1x2xf32> -> tensor<5x2x2x1xf32>
  %1 = nn.reshape %0 : tensor<5x2x2x1xf32> -> tensor<5x1x4xf32>
  // expected-remark @+1 {{folded into the rows}}
  %2 = nn.dense %1 kernel(dense<[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0]]> : tensor<4x2xf32>) chains = 1 : tensor<5x1x4xf32> -> tensor<5x1x2xf32>
  return %2 : tensor<5x1x2xf32>
}

// -----

// Parameters along the flattened axis change places as well.
// CHECK-LABEL: @norm
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x2xf32>)
func.func @norm(%x: tensor<1x2x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: %[[R:.*]] = nn.reshape %[[X]]
  // CHECK-NEXT: %[[A:.*]] = nn.affine %[[R]] axis = 1 scale(dense<[0.000000e+00, 2.000000e+00, 1.000000e+00, 3.000000e+00]> : tensor<4xf64>) shift(dense<[4.000000e+00, 6.000000e+00, 5.000000e+00, 7.000000e+00]> : tensor<4xf64>)
  // CHECK-NEXT: %[[B:.*]] = nn.batch_norm %[[A]] axis = 1 gamma(dense<[0.000000e+00, 2.000000e+00, 1.000000e+00, 3.000000e+00]> : tensor<4xf64>) beta(dense<[4.000000e+00, 6.000000e+00, 5.000000e+00, 7.000000e+00]> : tensor<4xf64>) mean(dense<[5.000000e-01, 2.500000e+00, 1.500000e+00, 3.500000e+00]> : tensor<4xf64>) variance(dense<[1.000000e+00, 3.000000e+00, 2.000000e+00, 4.000000e+00]> : tensor<4xf64>)
  // CHECK-NEXT: %[[C:.*]] = nn.activation relu %[[B]]
  // CHECK-NEXT: nn.dense %[[C]] kernel(dense<{{\[\[}}0.000000e+00], [2.000000e+00], [1.000000e+00], [3.000000e+00]]> : tensor<4x1xf64>)
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<[0.0, 1.0, 2.0, 3.0]> : tensor<4xf32>) shift(dense<[4.0, 5.0, 6.0, 7.0]> : tensor<4xf32>) : tensor<1x4xf32>
  %3 = nn.batch_norm %2 axis = 1 gamma(dense<[0.0, 1.0, 2.0, 3.0]> : tensor<4xf32>) beta(dense<[4.0, 5.0, 6.0, 7.0]> : tensor<4xf32>) mean(dense<[0.5, 1.5, 2.5, 3.5]> : tensor<4xf32>) variance(dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>) epsilon = 1.0e-3 : tensor<1x4xf32>
  %4 = nn.activation relu %3 : tensor<1x4xf32>
  // expected-remark @+1 {{folded into the rows}}
  %5 = nn.dense %4 kernel(dense<[[0.0], [1.0], [2.0], [3.0]]> : tensor<4x1xf32>) chains = 1 : tensor<1x4xf32> -> tensor<1x1xf32>
  return %5 : tensor<1x1xf32>
}

// -----

// Beside features that are in order already: only rows 1 to 4 change places.
// CHECK-LABEL: @concat
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x2xf32>, %[[F:.*]]: tensor<1x1xf32>)
func.func @concat(%x: tensor<1x2x2xf32>, %f: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: %[[R:.*]] = nn.reshape %[[X]]
  // CHECK-NEXT: %[[C:.*]] = nn.concat %[[F]], %[[R]] axis = 1
  // CHECK-NEXT: nn.dense %[[C]] kernel(dense<{{\[\[}}0.000000e+00], [1.000000e+00], [3.000000e+00], [2.000000e+00], [4.000000e+00]]> : tensor<5x1xf64>)
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %2 = nn.concat %f, %1 axis = 1 : tensor<1x1xf32>, tensor<1x4xf32> -> tensor<1x5xf32>
  // expected-remark @+1 {{folded into the rows}}
  %3 = nn.dense %2 kernel(dense<[[0.0], [1.0], [2.0], [3.0], [4.0]]> : tensor<5x1xf32>) chains = 1 : tensor<1x5xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// -----

// The flattened value has another reader: must not fire.
// CHECK-LABEL: @other_use
func.func @other_use(%x: tensor<1x2x2xf32>) -> (tensor<1x1xf32>, tensor<1x4xf32>) {
  // CHECK-NEXT: nn.transpose
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.dense
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %2 = nn.dense %1 kernel(dense<[[0.0], [1.0], [2.0], [3.0]]> : tensor<4x1xf32>) chains = 1 : tensor<1x4xf32> -> tensor<1x1xf32>
  return %2, %1 : tensor<1x1xf32>, tensor<1x4xf32>
}

// -----

// The transpose moves the batch as well: must not fire.
// CHECK-LABEL: @batch
func.func @batch(%x: tensor<2x2x2xf32>) -> tensor<2x1xf32> {
  // CHECK-NEXT: nn.transpose
  %0 = nn.transpose %x permutation = [1, 0, 2] : tensor<2x2x2xf32> -> tensor<2x2x2xf32>
  %1 = nn.reshape %0 : tensor<2x2x2xf32> -> tensor<2x4xf32>
  %2 = nn.dense %1 kernel(dense<[[0.0], [1.0], [2.0], [3.0]]> : tensor<4x1xf32>) chains = 1 : tensor<2x4xf32> -> tensor<2x1xf32>
  return %2 : tensor<2x1xf32>
}

// -----

// Rows that end within an axis: must not fire.
// CHECK-LABEL: @within_axis
func.func @within_axis(%x: tensor<1x3x4xf32>) -> tensor<1x6x1xf32> {
  // CHECK-NEXT: nn.transpose
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x3x4xf32> -> tensor<1x4x3xf32>
  %1 = nn.reshape %0 : tensor<1x4x3xf32> -> tensor<1x6x2xf32>
  %2 = nn.dense %1 kernel(dense<[[0.0], [1.0]]> : tensor<2x1xf32>) chains = 1 : tensor<1x6x2xf32> -> tensor<1x6x1xf32>
  return %2 : tensor<1x6x1xf32>
}

// -----

// An affine along another axis than the last: must not fire.
// CHECK-LABEL: @other_axis
func.func @other_axis(%x: tensor<1x2x2xf32>) -> tensor<1x1x1xf32> {
  // CHECK-NEXT: nn.transpose
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x1x4xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<1xf32>) shift(dense<1.0> : tensor<1xf32>) : tensor<1x1x4xf32>
  %3 = nn.dense %2 kernel(dense<[[0.0], [1.0], [2.0], [3.0]]> : tensor<4x1xf32>) chains = 1 : tensor<1x1x4xf32> -> tensor<1x1x1xf32>
  return %3 : tensor<1x1x1xf32>
}
