// RUN: frieze-opt %s --nn-fold-constant-channels | FileCheck %s

// The pass has no errors: what it cannot read, it leaves to the passes that must.

// Weights that were elided when the IR was printed.
// CHECK-LABEL: @elided_first
func.func @elided_first(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense_resource<__elided__> : tensor<1x2xf32>) :
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1xf32>) :
  %0 = nn.dense %x kernel(dense_resource<__elided__> : tensor<1x2xf32>) : tensor<1x1xf32> -> tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// CHECK-LABEL: @elided_second
func.func @elided_second(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} : tensor<1x2xf32>) : tensor<1x1xf32> -> tensor<1x2xf32>
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense_resource<__elided__> : tensor<2x1xf32>) :
  %0 = nn.dense %x kernel(dense<[[0.0, 1.0]]> : tensor<1x2xf32>) : tensor<1x1xf32> -> tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense_resource<__elided__> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}
