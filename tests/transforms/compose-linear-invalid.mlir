// RUN: frieze-opt %s --nn-compose-linear | FileCheck %s

// The pass has no errors: what it cannot read, it leaves to the passes that must.

// Weights that were elided when the IR was printed.
// CHECK-LABEL: @elided_first
func.func @elided_first(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense_resource<__elided__> : tensor<2x2xf32>) :
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense_resource<__elided__> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// CHECK-LABEL: @elided_bias
func.func @elided_bias(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) bias(dense_resource<__elided__> : tensor<2xf32>) :
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<2.000000e+00> : tensor<2x2xf32>) :
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) bias(dense_resource<__elided__> : tensor<2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<2.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
