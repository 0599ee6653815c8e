// RUN: frieze-opt %s --nn-flatten-images | FileCheck %s

// The pass has no errors: it gives another shape to weights that it cannot read.
// CHECK-LABEL: @elided
func.func @elided(%x: tensor<1x4x5x3xf32>) -> tensor<1x4x5x2xf32> {
  // CHECK: nn.conv %{{.*}} kernel(dense_resource<__elided__> : tensor<1x3x2xf32>)
  %0 = nn.conv %x kernel(dense_resource<__elided__> : tensor<1x1x3x2xf32>) : tensor<1x4x5x3xf32> -> tensor<1x4x5x2xf32>
  return %0 : tensor<1x4x5x2xf32>
}
