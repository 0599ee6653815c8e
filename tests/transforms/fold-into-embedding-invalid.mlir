// RUN: frieze-opt %s --nn-fold-into-embedding | FileCheck %s

// The pass has no errors: what it cannot read, it leaves to the passes that must.

// A table that was elided when the IR was printed.
// CHECK-LABEL: @elided_table
func.func @elided_table(%x: tensor<1x5xf32>) -> tensor<1x5x2xf32> {
  // CHECK-NEXT: nn.embedding %{{.*}} table(dense_resource<__elided__> : tensor<8x2xf32>)
  // CHECK-NEXT: nn.activation relu
  %0 = nn.embedding %x table(dense_resource<__elided__> : tensor<8x2xf32>) : tensor<1x5xf32> -> tensor<1x5x2xf32>
  %1 = nn.activation relu %0 : tensor<1x5x2xf32>
  return %1 : tensor<1x5x2xf32>
}

// CHECK-LABEL: @elided_kernel
func.func @elided_kernel(%x: tensor<1x5xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: nn.embedding %{{.*}} table(dense<1.000000e+00> : tensor<8x2xf32>)
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense_resource<__elided__> : tensor<2x1xf32>)
  %0 = nn.embedding %x table(dense<1.0> : tensor<8x2xf32>) : tensor<1x5xf32> -> tensor<1x5x2xf32>
  %1 = nn.dense %0 kernel(dense_resource<__elided__> : tensor<2x1xf32>) : tensor<1x5x2xf32> -> tensor<1x5x1xf32>
  return %1 : tensor<1x5x1xf32>
}
