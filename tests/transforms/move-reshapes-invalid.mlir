// RUN: frieze-opt %s --nn-move-reshapes | FileCheck %s

// The pass has no errors: it moves weights that it cannot read.
// CHECK-LABEL: @elided
// CHECK-SAME: (%[[X:.*]]: tensor<1x1x9x4xf32>)
func.func @elided(%x: tensor<1x1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK-NEXT: nn.affine %[[X]] axis = 3 scale(dense_resource<__elided__> : tensor<4xf64>)
  %0 = nn.reshape %x : tensor<1x1x9x4xf32> -> tensor<1x9x4xf32>
  %1 = nn.affine %0 axis = 2 scale(dense_resource<__elided__> : tensor<4xf64>) shift(dense<1.0> : tensor<4xf64>) : tensor<1x9x4xf32>
  return %1 : tensor<1x9x4xf32>
}
