// RUN: frieze-opt %s --nn-compose-linear --canonicalize | FileCheck %s

// [1, 1, 1, 1] 2 = 8 for each of the inputs.
// CHECK-LABEL: @two
// CHECK-SAME: (%[[X:.*]]: tensor<1x8xf32>)
func.func @two(%x: tensor<1x8xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.dense %[[X]] kernel(dense<8.000000e+00> : tensor<8x1xf64>) bias(dense<0.000000e+00> : tensor<1xf64>) : tensor<1x8xf32> -> tensor<1x1xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.dense %x kernel(dense<1.0> : tensor<8x4xf32>) : tensor<1x8xf32> -> tensor<1x4xf32>
  %1 = nn.dense %0 kernel(dense<2.0> : tensor<4x1xf32>) : tensor<1x4xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// [[1, 2], [3, 4]] [[5, 6], [7, 8]] and [1, 10] [[5, 6], [7, 8]] + [0.5, 0.25];
// what follows the second stays.
// CHECK-LABEL: @product
func.func @product(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<{{\[\[}}1.900000e+01, 2.200000e+01], [4.300000e+01, 5.000000e+01]]> : tensor<2x2xf64>)
  // CHECK-SAME: bias(dense<[7.550000e+01, 8.625000e+01]> : tensor<2xf64>) epilogue(relu)
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>) bias(dense<[1.0, 10.0]> : tensor<2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<[[5.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>) bias(dense<[0.5, 0.25]> : tensor<2xf32>) epilogue(relu) : tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// Three in a row.
// CHECK-LABEL: @three
// CHECK-SAME: (%[[X:.*]]: tensor<1x2xf32>)
func.func @three(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.dense %[[X]] kernel(dense<6.000000e+01> : tensor<2x1xf64>)
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.dense %x kernel(dense<3.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nn.dense %1 kernel(dense<5.0> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// A reshape that leaves the features alone stands before the one layer then.
// CHECK-LABEL: @reshape_between
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x3xf32>)
func.func @reshape_between(%x: tensor<1x4x3xf32>) -> tensor<1x2x2x1xf32> {
  // CHECK-NEXT: %[[R:.*]] = nn.reshape %[[X]] : tensor<1x4x3xf32> -> tensor<1x2x2x3xf32>
  // CHECK-NEXT: nn.dense %[[R]] kernel(dense<4.000000e+00> : tensor<3x1xf64>)
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<1.0> : tensor<3x2xf32>) : tensor<1x4x3xf32> -> tensor<1x4x2xf32>
  %1 = nn.reshape %0 : tensor<1x4x2xf32> -> tensor<1x2x2x2xf32>
  %2 = nn.dense %1 kernel(dense<2.0> : tensor<2x1xf32>) : tensor<1x2x2x2xf32> -> tensor<1x2x2x1xf32>
  return %2 : tensor<1x2x2x1xf32>
}

// A bottleneck takes fewer products as it is (16, and 64 as one): must not fire.
// CHECK-LABEL: @bottleneck
func.func @bottleneck(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<8x1xf32>) :
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<2.000000e+00> : tensor<1x8xf32>) :
  %0 = nn.dense %x kernel(dense<1.0> : tensor<8x1xf32>) : tensor<1x8xf32> -> tensor<1x1xf32>
  %1 = nn.dense %0 kernel(dense<2.0> : tensor<1x8xf32>) : tensor<1x1xf32> -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}

// Something else reads the first: must not fire.
// CHECK-LABEL: @other_use
func.func @other_use(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<4x4xf32>) :
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<2.000000e+00> : tensor<4x4xf32>) :
  // CHECK-NEXT: nn.add
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x4xf32>) : tensor<1x4xf32> -> tensor<1x4xf32>
  %1 = nn.dense %0 kernel(dense<2.0> : tensor<4x4xf32>) : tensor<1x4xf32> -> tensor<1x4xf32>
  %2 = nn.add %0, %1 : tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
}

// The first is an output: must not fire.
// CHECK-LABEL: @output
func.func @output(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  // CHECK-NEXT: %[[A:.*]] = nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<4x4xf32>) :
  // CHECK-NEXT: %[[B:.*]] = nn.dense %[[A]] kernel(dense<2.000000e+00> : tensor<4x4xf32>) :
  // CHECK-NEXT: return %[[A]], %[[B]]
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x4xf32>) : tensor<1x4xf32> -> tensor<1x4xf32>
  %1 = nn.dense %0 kernel(dense<2.0> : tensor<4x4xf32>) : tensor<1x4xf32> -> tensor<1x4xf32>
  return %0, %1 : tensor<1x4xf32>, tensor<1x4xf32>
}

// The reshape between is an output: must not fire.
// CHECK-LABEL: @reshape_is_output
func.func @reshape_is_output(%x: tensor<1x2x2xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>) {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<2.000000e+00> : tensor<2x2xf32>) :
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x1x2x2xf32>
  %2 = nn.dense %1 kernel(dense<2.0> : tensor<2x2xf32>) : tensor<1x1x2x2xf32> -> tensor<1x1x2x2xf32>
  return %1, %2 : tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>
}

// An activation between, as an op of its own or in the epilogue: must not fire.
// CHECK-LABEL: @activation_between
func.func @activation_between(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<4x4xf32>) epilogue(relu) :
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<2.000000e+00> : tensor<4x4xf32>) :
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<3.000000e+00> : tensor<4x4xf32>) :
  %0 = nn.dense %x kernel(dense<1.0> : tensor<4x4xf32>) epilogue(relu) : tensor<1x4xf32> -> tensor<1x4xf32>
  %1 = nn.dense %0 kernel(dense<2.0> : tensor<4x4xf32>) : tensor<1x4xf32> -> tensor<1x4xf32>
  %2 = nn.activation relu %1 : tensor<1x4xf32>
  %3 = nn.dense %2 kernel(dense<3.0> : tensor<4x4xf32>) : tensor<1x4xf32> -> tensor<1x4xf32>
  return %3 : tensor<1x4xf32>
}

// Flattening between mixes positions: must not fire.
// CHECK-LABEL: @flatten_between
func.func @flatten_between(%x: tensor<1x2x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<2.000000e+00> : tensor<4x1xf32>) :
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %2 = nn.dense %1 kernel(dense<2.0> : tensor<4x1xf32>) : tensor<1x4xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}
