// RUN: frieze-opt %s --nn-estimate-ranges --verify-diagnostics | FileCheck %s

// The pass has no errors of its own: of weights whose data is elided it says
// nothing.
// CHECK-LABEL: @elided
// CHECK-NOT: nn.amplification
func.func @elided(%x: tensor<1x34x16xf32>) -> tensor<1x32x16xf32> {
  %0 = nn.activation tanh %x : tensor<1x34x16xf32>
  %1 = nn.conv %0 kernel(dense_resource<__elided__> : tensor<3x16x16xf32>) : tensor<1x34x16xf32> -> tensor<1x32x16xf32>
  return %1 : tensor<1x32x16xf32>
}
