// RUN: frieze-opt %s --nn-move-before-concat --verify-diagnostics | FileCheck %s

// The pass has no errors: what it cannot read, it leaves to the passes that must.

// Weights that were elided when the IR was printed.
// CHECK-LABEL: @elided
func.func @elided(%x: tensor<1x2xf32>) -> tensor<1x4xf32> {
  // CHECK: nn.concat
  // CHECK-NEXT: nn.affine
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.dense %x kernel(dense<2.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nn.concat %0, %1 axis = 1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x4xf32>
  %3 = nn.affine %2 axis = 1 scale(dense<2.0> : tensor<4xf64>) shift(dense_resource<__elided__> : tensor<4xf64>) : tensor<1x4xf32>
  return %3 : tensor<1x4xf32>
}

// It says what it moved.
// CHECK-LABEL: @remark
func.func @remark(%x: tensor<1x2xf32>) -> tensor<1x4xf32> {
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.dense %x kernel(dense<2.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nn.concat %0, %1 axis = 1 : tensor<1x2xf32>, tensor<1x2xf32> -> tensor<1x4xf32>
  // expected-remark @+1 {{activation computed on the parts of nn.concat}}
  %3 = nn.activation relu %2 : tensor<1x4xf32>
  // CHECK: return
  return %3 : tensor<1x4xf32>
}
