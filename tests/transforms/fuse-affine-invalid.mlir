// RUN: frieze-opt %s --nn-fuse-affine --split-input-file --verify-diagnostics | FileCheck %s

// The pass has no errors of its own: it does not look at the numbers, so that
// they may be elided.
// CHECK-LABEL: @elided
func.func @elided(%x: tensor<1x2xf32>, %y: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.add %{{.*}} epilogue(affine(1, dense_resource<__elided__> : tensor<2xf64>, dense<1.000000e+00> : tensor<2xf64>)) :
  %0 = nn.add %x, %y : tensor<1x2xf32>
  // expected-remark @+1 {{fused into the epilogue of nn.add}}
  %1 = nn.affine %0 axis = 1 scale(dense_resource<__elided__> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// A stage with too few numbers is refused when it is read.
func.func @short_stage(%x: tensor<1x2xf32>, %y: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects one scale per channel, that is 2, but got 3}}
  %0 = nn.add %x, %y epilogue(affine(1, dense<1.0> : tensor<3xf32>, dense<1.0> : tensor<2xf32>)) : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
