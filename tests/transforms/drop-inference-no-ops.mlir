// RUN: frieze-opt %s --nn-drop-inference-no-ops | FileCheck %s

// Dropout, which stands for noise layers too.
// CHECK-LABEL: @dropout
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32>)
func.func @dropout(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %[[X]]
  %0 = nn.dropout %x rate = 0.1 : tensor<1x4xf32>
  %1 = nn.dense %0 kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// CHECK-LABEL: @linear
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32>)
func.func @linear(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = nn.activation linear %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// CHECK-LABEL: @padding_by_nothing
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x4xf32>)
func.func @padding_by_nothing(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // CHECK-NEXT: return %[[X]]
  %0 = nn.pad %x low = [0, 0, 0] high = [0, 0, 0] value = 1.0 : tensor<1x9x4xf32> -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// Several in a row, with more than one use.
// CHECK-LABEL: @chain
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32>)
func.func @chain(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  // CHECK-NEXT: %[[SUM:.*]] = nn.add %[[X]], %[[X]]
  // CHECK-NEXT: return %[[SUM]], %[[X]]
  %0 = nn.dropout %x rate = 0.5 : tensor<1x4xf32>
  %1 = nn.activation linear %0 : tensor<1x4xf32>
  %2 = nn.dropout %1 rate = 0.0 : tensor<1x4xf32>
  %3 = nn.add %2, %1 : tensor<1x4xf32>
  return %3, %2 : tensor<1x4xf32>, tensor<1x4xf32>
}

// Another function than linear: must not fire.
// CHECK-LABEL: @relu
func.func @relu(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: nn.activation relu
  %0 = nn.activation relu %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// A slope of 1 is linear for numbers, but nobody writes it: must not fire.
// CHECK-LABEL: @leaky_relu_of_slope_1
func.func @leaky_relu_of_slope_1(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // CHECK-NEXT: nn.activation leaky_relu(1.000000e+00)
  %0 = nn.activation leaky_relu(1.0) %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// Padding by zeros: must not fire.
// CHECK-LABEL: @padding
func.func @padding(%x: tensor<1x9x4xf32>) -> tensor<1x10x4xf32> {
  // CHECK-NEXT: nn.pad
  %0 = nn.pad %x low = [0, 0, 0] high = [0, 1, 0] value = 0.0 : tensor<1x9x4xf32> -> tensor<1x10x4xf32>
  return %0 : tensor<1x10x4xf32>
}
