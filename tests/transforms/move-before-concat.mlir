// RUN: frieze-opt %s --nn-move-before-concat | FileCheck %s

// An activation, along any axis.
// CHECK-LABEL: @activation
// CHECK-NEXT: %[[A:.*]] = nn.dense
// CHECK-NEXT: %[[B:.*]] = nn.conv_transpose
// CHECK-NEXT: %[[FA:.*]] = nn.activation tanh %[[A]] : tensor<1x3x2xf32>
// CHECK-NEXT: %[[FB:.*]] = nn.activation tanh %[[B]] : tensor<1x4x2xf32>
// CHECK-NEXT: %[[Y:.*]] = nn.concat %[[FA]], %[[FB]] axis = 1
// CHECK-NEXT: return %[[Y]]
func.func @activation(%x: tensor<1x3x2xf32>) -> tensor<1x7x2xf32> {
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %1 = nn.conv_transpose %x kernel(dense<1.0> : tensor<2x2x2xf32>) : tensor<1x3x2xf32> -> tensor<1x4x2xf32>
  %2 = nn.concat %0, %1 axis = 1 : tensor<1x3x2xf32>, tensor<1x4x2xf32> -> tensor<1x7x2xf32>
  %3 = nn.activation tanh %2 : tensor<1x7x2xf32>
  return %3 : tensor<1x7x2xf32>
}

// An affine along the channels that are concatenated is split.
// CHECK-LABEL: @split
// CHECK: %[[A:.*]] = nn.affine %{{.*}} axis = 2 scale(dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf64>) shift(dense<[4.000000e+00, 5.000000e+00]> : tensor<2xf64>)
// CHECK: %[[B:.*]] = nn.affine %{{.*}} axis = 2 scale(dense<3.000000e+00> : tensor<1xf64>) shift(dense<6.000000e+00> : tensor<1xf64>)
// CHECK: nn.concat %[[A]], %[[B]] axis = 2
// CHECK-NEXT: return
func.func @split(%x: tensor<1x3x2xf32>) -> tensor<1x3x3xf32> {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x2x2xf32>) : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %1 = nn.conv %x kernel(dense<1.0> : tensor<1x2x1xf32>) : tensor<1x3x2xf32> -> tensor<1x3x1xf32>
  %2 = nn.concat %0, %1 axis = 2 : tensor<1x3x2xf32>, tensor<1x3x1xf32> -> tensor<1x3x3xf32>
  %3 = nn.affine %2 axis = 2 scale(dense<[1.0, 2.0, 3.0]> : tensor<3xf64>) shift(dense<[4.0, 5.0, 6.0]> : tensor<3xf64>) : tensor<1x3x3xf32>
  return %3 : tensor<1x3x3xf32>
}

// Of positions that are concatenated, each part has all channels.
// CHECK-LABEL: @whole
// CHECK-COUNT-2: nn.affine %{{.*}} axis = 2 scale(dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf64>)
// CHECK-NEXT: nn.concat
func.func @whole(%x: tensor<1x3x2xf32>) -> tensor<1x6x2xf32> {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x2x2xf32>) : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %1 = nn.conv %x kernel(dense<2.0> : tensor<1x2x2xf32>) : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %2 = nn.concat %0, %1 axis = 1 : tensor<1x3x2xf32>, tensor<1x3x2xf32> -> tensor<1x6x2xf32>
  %3 = nn.affine %2 axis = 2 scale(dense<[1.0, 2.0]> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x6x2xf32>
  return %3 : tensor<1x6x2xf32>
}

// It must not fire along another axis, where no layer would take it.
// CHECK-LABEL: @positions
// CHECK: nn.concat
// CHECK-NEXT: nn.affine
func.func @positions(%x: tensor<1x3x2xf32>) -> tensor<1x6x2xf32> {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x2x2xf32>) : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %1 = nn.conv %x kernel(dense<2.0> : tensor<1x2x2xf32>) : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %2 = nn.concat %0, %1 axis = 1 : tensor<1x3x2xf32>, tensor<1x3x2xf32> -> tensor<1x6x2xf32>
  %3 = nn.affine %2 axis = 1 scale(dense<2.0> : tensor<6xf64>) shift(dense<0.0> : tensor<6xf64>) : tensor<1x6x2xf32>
  return %3 : tensor<1x6x2xf32>
}

// Nor where a part is an input, or is read elsewhere, or twice.
// CHECK-LABEL: @parts
// CHECK: nn.concat
// CHECK-NEXT: nn.activation
// CHECK: nn.concat
// CHECK-NEXT: nn.activation
func.func @parts(%x: tensor<1x3x2xf32>) -> (tensor<1x3x4xf32>, tensor<1x3x4xf32>) {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x2x2xf32>) : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %1 = nn.concat %0, %x axis = 2 : tensor<1x3x2xf32>, tensor<1x3x2xf32> -> tensor<1x3x4xf32>
  %2 = nn.activation relu %1 : tensor<1x3x4xf32>
  %3 = nn.conv %x kernel(dense<1.0> : tensor<1x2x2xf32>) : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %4 = nn.concat %3, %3 axis = 2 : tensor<1x3x2xf32>, tensor<1x3x2xf32> -> tensor<1x3x4xf32>
  %5 = nn.activation relu %4 : tensor<1x3x4xf32>
  return %2, %5 : tensor<1x3x4xf32>, tensor<1x3x4xf32>
}

// Nor where the concatenation itself is read elsewhere.
// CHECK-LABEL: @concat
// CHECK: nn.concat
// CHECK-NEXT: nn.activation
func.func @concat(%x: tensor<1x3x2xf32>) -> (tensor<1x3x4xf32>, tensor<1x3x4xf32>) {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<1x2x2xf32>) : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %1 = nn.conv %x kernel(dense<2.0> : tensor<1x2x2xf32>) : tensor<1x3x2xf32> -> tensor<1x3x2xf32>
  %2 = nn.concat %0, %1 axis = 2 : tensor<1x3x2xf32>, tensor<1x3x2xf32> -> tensor<1x3x4xf32>
  %3 = nn.activation relu %2 : tensor<1x3x4xf32>
  return %2, %3 : tensor<1x3x4xf32>, tensor<1x3x4xf32>
}
