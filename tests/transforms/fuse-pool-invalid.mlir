// RUN: frieze-opt %s --nn-fuse-pool --split-input-file --verify-diagnostics | FileCheck %s

// The pass has no errors of its own: it does not look at the weights, so that
// they may be elided.
// CHECK-LABEL: @elided
func.func @elided(%x: tensor<1x8x1xf32>) -> tensor<1x4x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense_resource<__elided__> : tensor<1x1x4xf32>) epilogue(max_pool([2], [2])) : tensor<1x8x1xf32> -> tensor<1x4x4xf32>
  %0 = nn.conv %x kernel(dense_resource<__elided__> : tensor<1x1x4xf32>) : tensor<1x8x1xf32> -> tensor<1x8x4xf32>
  // expected-remark @+1 {{fused into the epilogue of nn.conv}}
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  return %1 : tensor<1x4x4xf32>
}

// -----

// A conv with two poolings is refused when it is read.
func.func @two(%x: tensor<1x8x1xf32>) -> tensor<1x2x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects at most one pooling with 1 positive window sizes and strides in the epilogue of a conv}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x1x4xf32>) epilogue(max_pool([2], [2]), avg_pool([2], [2])) : tensor<1x8x1xf32> -> tensor<1x2x4xf32>
  return %0 : tensor<1x2x4xf32>
}

// -----

// So is a pooling in the epilogue of anything else.
func.func @dense(%x: tensor<1x8x2xf32>) -> tensor<1x4x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{in the epilogue of a conv}}
  %0 = nn.dense %x kernel(dense<0.5> : tensor<2x2xf32>) epilogue(max_pool([2], [2])) : tensor<1x8x2xf32> -> tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}
