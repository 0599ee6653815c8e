// RUN: frieze-opt %s --nn-fold-scale-through-relu | FileCheck %s

// The pass has no errors: what it cannot read, it leaves to the passes that must.

// Scales that were elided when the IR was printed may be negative.
// CHECK-LABEL: @elided_scale
func.func @elided_scale(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine %{{.*}} scale(dense_resource<__elided__> : tensor<2xf64>)
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense_resource<__elided__> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// A scale that is NaN is not positive.
// CHECK-LABEL: @nan
func.func @nan(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<0x7FF8000000000000> : tensor<2xf64>) shift(dense<0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}
