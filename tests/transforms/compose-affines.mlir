// RUN: frieze-opt %s --nn-compose-affines | FileCheck %s

// 3 * (2 x + 1) + 0.5 = 6 x + 3.5.
// CHECK-LABEL: @two
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32>)
func.func @two(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.affine %[[X]] axis = 1 scale(dense<6.000000e+00> : tensor<4xf64>) shift(dense<3.500000e+00> : tensor<4xf64>) : tensor<1x4xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<4xf64>) shift(dense<1.0> : tensor<4xf64>) : tensor<1x4xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<3.0> : tensor<4xf64>) shift(dense<0.5> : tensor<4xf64>) : tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// Each channel by its own numbers; a scale may be zero or negative. The axis need
// not be the last.
// CHECK-LABEL: @per_channel
func.func @per_channel(%x: tensor<1x3x2xf32>) -> tensor<1x3x2xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} axis = 1 scale(dense<[1.000000e+01, 0.000000e+00, -3.000000e+00]> : tensor<3xf64>)
  // CHECK-SAME: shift(dense<[4.100000e+01, 2.000000e+00, -3.000000e+00]> : tensor<3xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 1 scale(dense<[1.0, 2.0, 3.0]> : tensor<3xf64>) shift(dense<[4.0, 5.0, 6.0]> : tensor<3xf64>) : tensor<1x3x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<[10.0, 0.0, -1.0]> : tensor<3xf64>) shift(dense<[1.0, 2.0, 3.0]> : tensor<3xf64>) : tensor<1x3x2xf32>
  return %1 : tensor<1x3x2xf32>
}

// Three in a row: 2 * (3 * (2 x + 1) + 1) + 1 = 12 x + 9.
// CHECK-LABEL: @three
// CHECK-SAME: (%[[X:.*]]: tensor<1x2xf32>)
func.func @three(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.affine %[[X]] axis = 1 scale(dense<1.200000e+01> : tensor<2xf64>) shift(dense<9.000000e+00> : tensor<2xf64>)
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<3.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// Two that undo each other are none: 0.5 * (2 x + 1) - 0.5 = x.
// CHECK-LABEL: @inverse
// CHECK-SAME: (%[[X:.*]]: tensor<1x2xf32>)
func.func @inverse(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<0.5> : tensor<2xf64>) shift(dense<-0.5> : tensor<2xf64>) : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// Parameters in f32 are multiplied in double: the product keeps the digits.
// CHECK-LABEL: @in_double
func.func @in_double(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} axis = 1 scale(dense<0.30000000000000004> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.affine %x axis = 1 scale(dense<3.0> : tensor<1xf32>) shift(dense<1.0> : tensor<1xf32>) : tensor<1x1xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<0.1> : tensor<1xf64>) shift(dense<0.0> : tensor<1xf64>) : tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// The first has another use: must not fire.
// CHECK-LABEL: @other_use
func.func @other_use(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} scale(dense<2.000000e+00> : tensor<2xf64>)
  // CHECK-NEXT: nn.affine %{{.*}} scale(dense<3.000000e+00> : tensor<2xf64>)
  // CHECK-NEXT: nn.add
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<3.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %2 = nn.add %0, %1 : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// The first is an output: must not fire.
// CHECK-LABEL: @output
func.func @output(%x: tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  // CHECK-NEXT: %[[A:.*]] = nn.affine %{{.*}} scale(dense<2.000000e+00> : tensor<2xf64>)
  // CHECK-NEXT: %[[B:.*]] = nn.affine %[[A]] axis = 1 scale(dense<3.000000e+00> : tensor<2xf64>)
  // CHECK-NEXT: return %[[A]], %[[B]]
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<3.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xf32>
}

// Along other axes, even of the same length: must not fire.
// CHECK-LABEL: @other_axis
func.func @other_axis(%x: tensor<1x2x2xf32>) -> tensor<1x2x2xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} axis = 1 scale(dense<2.000000e+00> : tensor<2xf64>)
  // CHECK-NEXT: nn.affine %{{.*}} axis = 2 scale(dense<3.000000e+00> : tensor<2xf64>)
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2x2xf32>
  %1 = nn.affine %0 axis = 2 scale(dense<3.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2x2xf32>
  return %1 : tensor<1x2x2xf32>
}

// Another layer between: must not fire.
// CHECK-LABEL: @layer_between
func.func @layer_between(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.affine
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.affine %1 axis = 1 scale(dense<3.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}
