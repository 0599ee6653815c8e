// RUN: frieze-opt %s --nn-fold-transpose-into-dense | FileCheck %s

// The pass has no errors: what it cannot read, it leaves to the passes that must.

// Weights that were elided when the IR was printed.
// CHECK-LABEL: @elided
func.func @elided(%x: tensor<1x2x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.transpose
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.dense
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %2 = nn.dense %1 kernel(dense_resource<__elided__> : tensor<4x1xf32>) chains = 1 : tensor<1x4xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// Those of an affine on the way.
// CHECK-LABEL: @elided_affine
func.func @elided_affine(%x: tensor<1x2x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.transpose
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.dense {{.*}} : tensor<4x1xf32>
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %2 = nn.affine %1 axis = 1 scale(dense_resource<__elided__> : tensor<4xf32>) shift(dense<1.0> : tensor<4xf32>) : tensor<1x4xf32>
  %3 = nn.dense %2 kernel(dense<[[0.0], [1.0], [2.0], [3.0]]> : tensor<4x1xf32>) chains = 1 : tensor<1x4xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}
