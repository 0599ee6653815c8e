// RUN: frieze-opt %s --nn-split-sums | FileCheck %s

// A single row: 4 chains.
// CHECK-LABEL: @single_row
func.func @single_row(%x: tensor<1x64xf32>) -> tensor<1x8xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} chains = 4 : tensor<1x64xf32> -> tensor<1x8xf32>
  %0 = nn.dense %x kernel(dense<1.0> : tensor<64x8xf32>) : tensor<1x64xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// A single output: 32 chains, which are the lanes of vectors along the input.
// CHECK-LABEL: @single_output
func.func @single_output(%x: tensor<1x64xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} chains = 32 : tensor<1x64xf32> -> tensor<1x1xf32>
  %0 = nn.dense %x kernel(dense<1.0> : tensor<64x1xf32>) : tensor<1x64xf32> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// A chain has at least one term.
// CHECK-LABEL: @few_inputs
func.func @few_inputs(%x: tensor<1x3xf32>) -> (tensor<1x8xf32>, tensor<1x1xf32>) {
  // CHECK-NEXT: nn.dense %{{.*}} chains = 2 : tensor<1x3xf32> -> tensor<1x8xf32>
  // CHECK-NEXT: nn.dense %{{.*}} chains = 2 : tensor<1x3xf32> -> tensor<1x1xf32>
  %0 = nn.dense %x kernel(dense<1.0> : tensor<3x8xf32>) : tensor<1x3xf32> -> tensor<1x8xf32>
  %1 = nn.dense %x kernel(dense<1.0> : tensor<3x1xf32>) : tensor<1x3xf32> -> tensor<1x1xf32>
  return %0, %1 : tensor<1x8xf32>, tensor<1x1xf32>
}

// The batch changes nothing: what counts are the rows of one sample.
// CHECK-LABEL: @batch
func.func @batch(%x: tensor<16x64xf32>) -> tensor<16x8xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} chains = 4 : tensor<16x64xf32> -> tensor<16x8xf32>
  %0 = nn.dense %x kernel(dense<1.0> : tensor<64x8xf32>) : tensor<16x64xf32> -> tensor<16x8xf32>
  return %0 : tensor<16x8xf32>
}

// A choice made before is made again.
// CHECK-LABEL: @chosen_before
func.func @chosen_before(%x: tensor<1x64xf32>) -> tensor<1x8xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} chains = 4 :
  %0 = nn.dense %x kernel(dense<1.0> : tensor<64x8xf32>) chains = 16 : tensor<1x64xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// Rows of one sample keep the machine busy by themselves: must not fire.
// CHECK-LABEL: @several_rows
func.func @several_rows(%x: tensor<1x5x64xf32>) -> tensor<1x5x8xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<64x8xf32>) : tensor<1x5x64xf32> -> tensor<1x5x8xf32>
  %0 = nn.dense %x kernel(dense<1.0> : tensor<64x8xf32>) : tensor<1x5x64xf32> -> tensor<1x5x8xf32>
  return %0 : tensor<1x5x8xf32>
}

// A single term cannot be split: must not fire.
// CHECK-LABEL: @single_input
func.func @single_input(%x: tensor<1x1xf32>) -> tensor<1x8xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<1x8xf32>) : tensor<1x1xf32> -> tensor<1x8xf32>
  %0 = nn.dense %x kernel(dense<1.0> : tensor<1x8xf32>) : tensor<1x1xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// The sums of a convolution are in one piece: must not fire.
// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x9x64xf32>) -> tensor<1x1x8xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<9x64x8xf32>) : tensor<1x9x64xf32> -> tensor<1x1x8xf32>
  %0 = nn.conv %x kernel(dense<1.0> : tensor<9x64x8xf32>) : tensor<1x9x64xf32> -> tensor<1x1x8xf32>
  return %0 : tensor<1x1x8xf32>
}

// A long row: eight chains.
// CHECK-LABEL: @long_row
func.func @long_row(%x: tensor<1x256xf32>) -> tensor<1x8xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} chains = 8 : tensor<1x256xf32> -> tensor<1x8xf32>
  %0 = nn.dense %x kernel(dense<1.0> : tensor<256x8xf32>) : tensor<1x256xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}
