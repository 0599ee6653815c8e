// RUN: frieze-opt %s --nn-fuse-pad --split-input-file --verify-diagnostics | FileCheck %s

// The pass has no errors of its own: it does not look at kernels, so that they
// may be elided.
// CHECK-LABEL: @elided
func.func @elided(%x: tensor<1x7x4xf32>) -> tensor<1x7x2xf32> {
  // CHECK-NEXT: nn.conv %arg0 kernel(dense_resource<__elided__> : tensor<3x4x2xf32>) padding = [1, 1] border({{.*}} : tensor<4xf64>)
  // expected-remark @+1 {{part of nn.conv}}
  %0 = nn.pad %x low = [0, 1, 0] high = [0, 1, 0] value = 0.5 : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
  %1 = nn.conv %0 kernel(dense_resource<__elided__> : tensor<3x4x2xf32>) : tensor<1x9x4xf32> -> tensor<1x7x2xf32>
  return %1 : tensor<1x7x2xf32>
}

// -----

// With a border that is elided, the padding stays.
// CHECK-LABEL: @border
func.func @border(%x: tensor<1x7x4xf32>) -> tensor<1x9x2xf32> {
  // CHECK-NEXT: nn.pad
  %0 = nn.pad %x low = [0, 1, 0] high = [0, 1, 0] : tensor<1x7x4xf32> -> tensor<1x9x4xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<3x4x2xf32>) padding = [1, 1] border(dense_resource<__elided__> : tensor<4xf32>) : tensor<1x9x4xf32> -> tensor<1x9x2xf32>
  return %1 : tensor<1x9x2xf32>
}

// -----

// Padding below zero is refused when it is read.
func.func @negative(%x: tensor<1x7x4xf32>) -> tensor<1x6x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects}}
  %0 = nn.pad %x low = [0, -1, 0] high = [0, 0, 0] : tensor<1x7x4xf32> -> tensor<1x6x4xf32>
  return %0 : tensor<1x6x4xf32>
}
