// RUN: frieze-opt %s --nn-lower-batch-norm | FileCheck %s

// scale = 4 / sqrt(3 + 1) = 2 and shift = 1 - 0.5 * 2 = 0.
// CHECK-LABEL: @batch_norm
// CHECK-SAME: (%[[X:.*]]: tensor<1x2xf32>)
func.func @batch_norm(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.affine %[[X]] axis = 1 scale(dense<2.000000e+00> : tensor<2xf64>) shift(dense<0.000000e+00> : tensor<2xf64>) : tensor<1x2xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.batch_norm %x axis = 1 gamma(dense<4.0> : tensor<2xf32>) beta(dense<1.0> : tensor<2xf32>)
         mean(dense<0.5> : tensor<2xf32>) variance(dense<3.0> : tensor<2xf32>) epsilon = 1.0 : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// Each channel has its own; gamma may be zero or negative.
// CHECK-LABEL: @channels
func.func @channels(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  // CHECK: scale(dense<[-1.000000e+00, 0.000000e+00, 4.000000e+00]> : tensor<3xf64>)
  // CHECK-SAME: shift(dense<[3.000000e+00, 2.000000e+00, -9.000000e+00]> : tensor<3xf64>)
  %0 = nn.batch_norm %x axis = 1 gamma(dense<[-2.0, 0.0, 2.0]> : tensor<3xf32>) beta(dense<[1.0, 2.0, 3.0]> : tensor<3xf32>)
         mean(dense<[2.0, 5.0, 3.0]> : tensor<3xf32>) variance(dense<[4.0, 9.0, 0.25]> : tensor<3xf32>)
         epsilon = 0.0 : tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// gamma is 1 and beta is 0 where left out.
// CHECK-LABEL: @without_gamma_and_beta
func.func @without_gamma_and_beta(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK: scale(dense<5.000000e-01> : tensor<2xf64>) shift(dense<-2.500000e-01> : tensor<2xf64>)
  %0 = nn.batch_norm %x axis = 1 mean(dense<0.5> : tensor<2xf32>) variance(dense<3.0> : tensor<2xf32>)
         epsilon = 1.0 : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// The axis is kept, whichever it is.
// CHECK-LABEL: @first_axis
func.func @first_axis(%x: tensor<1x2x8xf32>) -> tensor<1x2x8xf32> {
  // CHECK: nn.affine %{{.*}} axis = 1 {{.*}} : tensor<1x2x8xf32>
  %0 = nn.batch_norm %x axis = 1 mean(dense<0.5> : tensor<2xf32>) variance(dense<3.0> : tensor<2xf32>)
         epsilon = 1.0 : tensor<1x2x8xf32>
  return %0 : tensor<1x2x8xf32>
}

// The quotient is not rounded to the f32 that its parts have: 1/sqrt(3) has 16
// digits.
// CHECK-LABEL: @in_double
func.func @in_double(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK: scale(dense<0.57735026918962584> : tensor<1xf64>)
  %0 = nn.batch_norm %x axis = 1 mean(dense<0.0> : tensor<1xf32>) variance(dense<2.0> : tensor<1xf32>)
         epsilon = 1.0 : tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// A negative variance is good as long as epsilon makes up for it.
// CHECK-LABEL: @negative_variance
func.func @negative_variance(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK: scale(dense<2.000000e+00> : tensor<1xf64>)
  %0 = nn.batch_norm %x axis = 1 mean(dense<0.0> : tensor<1xf32>) variance(dense<-0.25> : tensor<1xf32>)
         epsilon = 0.5 : tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// Resources stay resources, under their names.
// CHECK-LABEL: @resources
func.func @resources(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK: nn.affine %{{.*}} axis = 1 scale(dense_resource<bn.gamma_1> : tensor<1xf64>) shift(dense_resource<bn.mean_1> : tensor<1xf64>)
  %0 = nn.batch_norm %x axis = 1 gamma(dense_resource<bn.gamma> : tensor<1xf32>)
         mean(dense_resource<bn.mean> : tensor<1xf32>) variance(dense_resource<bn.variance> : tensor<1xf32>)
         epsilon = 0.0 : tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// Every other layer: must not fire.
// CHECK-LABEL: @affine
func.func @affine(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} axis = 1 scale(dense<2.000000e+00> : tensor<2xf32>) shift(dense<0.000000e+00> : tensor<2xf32>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf32>) shift(dense<0.0> : tensor<2xf32>) : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// gamma = 2, mean = 1, variance = 4: scale 1 and shift -1.
{-#
  dialect_resources: {
    builtin: {
      bn.gamma: "0x0400000000000040",
      bn.mean: "0x040000000000803F",
      bn.variance: "0x0400000000008040"
    }
  }
#-}
// CHECK: bn.gamma_1: "0x08000000000000000000F03F"
// CHECK: bn.mean_1: "0x08000000000000000000F0BF"
