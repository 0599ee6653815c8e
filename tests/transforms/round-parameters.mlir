// RUN: frieze-opt %s --nn-round-parameters | FileCheck %s

// 0.1 in f64 becomes the nearest f32, which prints as 1.000000e-01 too.
// CHECK-LABEL: @affine
func.func @affine(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} axis = 1 scale(dense<1.000000e-01> : tensor<2xf32>) shift(dense<0.000000e+00> : tensor<2xf32>) : tensor<1x2xf32>
  %0 = nn.affine %x axis = 1 scale(dense<0.1> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// To nearest, ties to even: 1 + 2^-24 is halfway between 1 and the next f32,
// 1 + 3 * 2^-24 halfway from there to the one after.
// CHECK-LABEL: @ties
func.func @ties(%x: tensor<1x1xf32>) -> tensor<1x3xf32> {
  // CHECK-NEXT: kernel(dense<{{\[\[}}1.000000e+00, 1.00000024, 1.00000012]]> : tensor<1x3xf32>)
  %0 = nn.dense %x kernel(dense<[[1.000000059604644775390625, 1.000000178813934326171875, 1.0000000596046449]]> : tensor<1x3xf64>)
         : tensor<1x1xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// What is too small becomes a denormal or zero, with its sign.
// CHECK-LABEL: @denormals
func.func @denormals(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: kernel(dense<{{\[\[}}1.401300e-45, -0.000000e+00]]> : tensor<1x2xf32>)
  %0 = nn.dense %x kernel(dense<[[1.0e-45, -1.0e-50]]> : tensor<1x2xf64>) : tensor<1x1xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// Resources stay resources, under their names.
// CHECK-LABEL: @resource
func.func @resource(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense_resource<fc.kernel_1> : tensor<1x1xf32>)
  %0 = nn.dense %x kernel(dense_resource<fc.kernel> : tensor<1x1xf64>) : tensor<1x1xf32> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// What is f32 already: must not fire.
// CHECK-LABEL: @rounded_before
func.func @rounded_before(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: kernel(dense<1.000000e-01> : tensor<1x1xf32>)
  %0 = nn.dense %x kernel(dense<0.1> : tensor<1x1xf32>) : tensor<1x1xf32> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// A graph in f64 keeps its parameters: must not fire.
// CHECK-LABEL: @f64_graph
func.func @f64_graph(%x: tensor<1x1xf64>) -> tensor<1x1xf64> {
  // CHECK-NEXT: kernel(dense<1.000000e-01> : tensor<1x1xf64>)
  %0 = nn.dense %x kernel(dense<0.1> : tensor<1x1xf64>) : tensor<1x1xf64> -> tensor<1x1xf64>
  return %0 : tensor<1x1xf64>
}

// Numbers that are no weights keep their type, such as epsilon and functions'
// parameters: must not fire.
// CHECK-LABEL: @other_numbers
func.func @other_numbers(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.dropout %{{.*}} rate = 1.000000e-01
  // CHECK-NEXT: nn.activation leaky_relu(1.000000e-01)
  %0 = nn.dropout %x rate = 0.1 : tensor<1x1xf32>
  %1 = nn.activation leaky_relu(0.1) %0 : tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// 0.5 in f64, and what it becomes in f32.
{-#
  dialect_resources: {
    builtin: {
      fc.kernel: "0x08000000000000000000E03F"
    }
  }
#-}
// CHECK: fc.kernel_1: "0x040000000000003F"
