// RUN: frieze-opt %s --nn-pool-before-activation --verify-diagnostics | FileCheck %s

// The pass has no errors of its own: it looks at no weights, and says what it
// moved.
// CHECK-LABEL: @remark
func.func @remark(%x: tensor<1x8x4xf32>) -> tensor<1x4x4xf32> {
  // expected-remark @+1 {{computed after nn.max_pool}}
  %0 = nn.activation relu %x : tensor<1x8x4xf32>
  // CHECK: nn.max_pool
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  return %1 : tensor<1x4x4xf32>
}
