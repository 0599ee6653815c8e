// RUN: frieze-opt %s --nn-drop-unread-outputs --split-input-file --verify-diagnostics | FileCheck %s

// The pass has no errors of its own: it does not look at the weights, so that
// they may be elided.
// CHECK-LABEL: @elided
func.func @elided(%x: tensor<1x4x1xf32>) -> tensor<1x2x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} strides = [2] : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  // expected-remark @+1 {{only those computed that nn.conv reads}}
  %0 = nn.conv %x kernel(dense_resource<__elided__> : tensor<1x1x1xf32>) : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  %1 = nn.conv %0 kernel(dense_resource<__elided__> : tensor<1x1x1xf32>) strides = [2] : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  return %1 : tensor<1x2x1xf32>
}

// -----

// A stride of zero is refused when it is read.
func.func @zero_stride(%x: tensor<1x4x1xf32>) -> tensor<1x2x1xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{strides}}
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x1x1xf32>) strides = [0] : tensor<1x4x1xf32> -> tensor<1x2x1xf32>
  return %0 : tensor<1x2x1xf32>
}
