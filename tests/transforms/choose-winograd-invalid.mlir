// RUN: frieze-opt %s --nn-choose-winograd --split-input-file --verify-diagnostics | FileCheck %s

// The pass has no errors of its own: it asks for the shape of the weights only,
// so that their data may be elided.
// CHECK-LABEL: @elided
func.func @elided(%x: tensor<1x34x64xf32>) -> tensor<1x32x64xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} winograd = [2] :
  // expected-remark @+1 {{computed by minimal filtering F(2, 3)}}
  %0 = nn.conv %x kernel(dense_resource<__elided__> : tensor<3x64x64xf32>) : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
  return %0 : tensor<1x32x64xf32>
}

// -----

// Tiles that cannot be are refused when they are read.
func.func @five(%x: tensor<1x34x64xf32>) -> tensor<1x32x64xf32> {
  // expected-error @+1 {{expects tiles that minimal filtering can compute, but got winograd = [5]}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) winograd = [5] : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
  return %0 : tensor<1x32x64xf32>
}
