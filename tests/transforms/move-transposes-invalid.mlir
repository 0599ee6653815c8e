// RUN: frieze-opt %s --nn-move-transposes | FileCheck %s

// The pass has no errors: it moves weights that it cannot read.
// CHECK-LABEL: @elided
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x4xf32>)
func.func @elided(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.affine %[[X]] axis = 2 scale(dense_resource<__elided__> : tensor<4xf64>)
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %1 = nn.affine %0 axis = 1 scale(dense_resource<__elided__> : tensor<4xf64>) shift(dense<1.0> : tensor<4xf64>) : tensor<1x4x9xf32>
  %2 = nn.transpose %1 permutation = [0, 2, 1] : tensor<1x4x9xf32> -> tensor<1x9x4xf32>
  return %2 : tensor<1x9x4xf32>
}

// A constant that was elided is transposed at run time.
// CHECK-LABEL: @elided_constant
func.func @elided_constant(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK: nn.transpose {{.*}} tensor<1x4x9xf32> -> tensor<1x9x4xf32>
  // CHECK: nn.add {{.*}} : tensor<1x9x4xf32>
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
  %1 = nn.constant value(dense_resource<__elided__> : tensor<1x4x9xf32>) : tensor<1x4x9xf32>
  %2 = nn.add %0, %1 : tensor<1x4x9xf32>
  %3 = nn.transpose %2 permutation = [0, 2, 1] : tensor<1x4x9xf32> -> tensor<1x9x4xf32>
  return %3 : tensor<1x9x4xf32>
}
