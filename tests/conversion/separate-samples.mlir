// RUN: frieze-opt %s --split-input-file --nn-separate-samples=target=x86-64-v4 | FileCheck %s

// Each sample of a convolution on its own; names stay.
// CHECK-LABEL: func.func @model
// CHECK-SAME:  tensor<1x8x1xf32> {nn.name = "x"}) -> (tensor<1x7x4xf32> {nn.name = "y"})
// CHECK-SAME:  nn.calls_per_run = 3 : i64
// CHECK:       nn.conv {{.*}} : tensor<1x8x1xf32> -> tensor<1x7x4xf32>
func.func @model(%x: tensor<3x8x1xf32> {nn.name = "x"}) -> (tensor<3x7x4xf32> {nn.name = "y"}) {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) : tensor<3x8x1xf32> -> tensor<3x7x4xf32>
  return %0 : tensor<3x7x4xf32>
}

// -----

// A reshape that joins the samples with their steps leaves each in one piece.
// CHECK-LABEL: func.func @model
// CHECK-SAME:  nn.calls_per_run = 3 : i64
// CHECK:       nn.reshape {{.*}} : tensor<1x8x4xf32> -> tensor<8x4xf32>
// CHECK:       nn.dense {{.*}} : tensor<8x4xf32> -> tensor<8x2xf32>
// CHECK:       nn.reshape {{.*}} : tensor<8x2xf32> -> tensor<1x16xf32>
func.func @model(%x: tensor<3x8x4xf32>) -> tensor<3x16xf32> {
  %0 = nn.reshape %x : tensor<3x8x4xf32> -> tensor<24x4xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<4x2xf32>) : tensor<24x4xf32> -> tensor<24x2xf32>
  %2 = nn.reshape %1 : tensor<24x2xf32> -> tensor<3x16xf32>
  return %2 : tensor<3x16xf32>
}

// -----

// All of a slice's samples; parameters that all samples share.
// CHECK-LABEL: func.func @model
// CHECK:       nn.slice {{.*}} size = [1, 2, 4] : tensor<1x8x4xf32> -> tensor<1x2x4xf32>
// CHECK:       nn.add {{.*}} : tensor<1x2x4xf32>
func.func @model(%x: tensor<3x8x4xf32>) -> tensor<3x2x4xf32> {
  %c = nn.constant value(dense<2.0> : tensor<1x2x4xf32>) : tensor<1x2x4xf32>
  %0 = nn.slice %x begin = [0, 1, 0] size = [3, 2, 4] : tensor<3x8x4xf32> -> tensor<3x2x4xf32>
  %1 = nn.add %0, %c : tensor<3x2x4xf32>, tensor<1x2x4xf32> -> tensor<3x2x4xf32>
  return %1 : tensor<3x2x4xf32>
}

// -----

// Dense layers of one row share their weights among the samples.
// CHECK-LABEL: func.func @model
// CHECK-NOT:   nn.calls_per_run
// CHECK:       nn.dense {{.*}} : tensor<16x32xf32> -> tensor<16x8xf32>
func.func @model(%x: tensor<16x32xf32>) -> tensor<16x8xf32> {
  %0 = nn.dense %x kernel(dense<1.0> : tensor<32x8xf32>) : tensor<16x32xf32> -> tensor<16x8xf32>
  return %0 : tensor<16x8xf32>
}

// -----

// As many as have their values, a KiB each, in an arena of a MiB.
// CHECK-LABEL: func.func @model(%{{.*}}: tensor<750x256xf32>
// CHECK-SAME:  nn.calls_per_run = 2 : i64
func.func @model(%x: tensor<1500x256xf32>) -> tensor<1500x8xf32> {
  %0 = nn.dense %x kernel(dense<1.0> : tensor<256x256xf32>) epilogue(relu) : tensor<1500x256xf32> -> tensor<1500x256xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<256x8xf32>) : tensor<1500x256xf32> -> tensor<1500x8xf32>
  return %1 : tensor<1500x8xf32>
}

// -----

// The choice is made.
// CHECK-LABEL: func.func @model(%{{.*}}: tensor<3x8x1xf32>
// CHECK-SAME:  nn.calls_per_run = 2 : i64
func.func @model(%x: tensor<3x8x1xf32>) -> tensor<3x7x4xf32> attributes {nn.calls_per_run = 2 : i64} {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) : tensor<3x8x1xf32> -> tensor<3x7x4xf32>
  return %0 : tensor<3x7x4xf32>
}

// -----

// A sum over the samples: must not fire.
// CHECK-LABEL: func.func @model
// CHECK-NOT:   nn.calls_per_run
func.func @model(%x: tensor<3x8x1xf32>) -> tensor<3x8x1xf32> {
  %0 = nn.reduce sum %x axes = [0] keep_dims : tensor<3x8x1xf32> -> tensor<1x8x1xf32>
  %1 = nn.add %x, %0 : tensor<3x8x1xf32>, tensor<1x8x1xf32> -> tensor<3x8x1xf32>
  return %1 : tensor<3x8x1xf32>
}

// -----

// Samples that change places with the steps.
// CHECK-LABEL: func.func @model
// CHECK-NOT:   nn.calls_per_run
func.func @model(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = nn.transpose %x permutation = [1, 0] : tensor<8x8xf32> -> tensor<8x8xf32>
  return %0 : tensor<8x8xf32>
}

// -----

// A parameter for each sample.
// CHECK-LABEL: func.func @model
// CHECK-NOT:   nn.calls_per_run
func.func @model(%x: tensor<3x8xf32>) -> tensor<3x8xf32> {
  %c = nn.constant value(dense<2.0> : tensor<3x8xf32>) : tensor<3x8xf32>
  %0 = nn.mul %x, %c : tensor<3x8xf32>
  return %0 : tensor<3x8xf32>
}

// -----

// An input that all samples share.
// CHECK-LABEL: func.func @model
// CHECK-NOT:   nn.calls_per_run
func.func @model(%x: tensor<3x8xf32>, %y: tensor<1x8xf32>) -> tensor<3x8xf32> {
  %0 = nn.mul %x, %y : tensor<3x8xf32>, tensor<1x8xf32> -> tensor<3x8xf32>
  return %0 : tensor<3x8xf32>
}

// -----

// An output that is no sample's.
// CHECK-LABEL: func.func @model
// CHECK-NOT:   nn.calls_per_run
func.func @model(%x: tensor<3x8xf32>) -> (tensor<3x8xf32>, tensor<3x2xf32>) {
  %c = nn.constant value(dense<2.0> : tensor<3x2xf32>) : tensor<3x2xf32>
  %0 = nn.activation relu %x : tensor<3x8xf32>
  return %0, %c : tensor<3x8xf32>, tensor<3x2xf32>
}

// -----

// A shape whose first axis does not hold the samples.
// CHECK-LABEL: func.func @model
// CHECK-NOT:   nn.calls_per_run
func.func @model(%x: tensor<2x1x4xf32>, %y: tensor<2x1x4xf32>) -> tensor<2x1x4xf32> {
  %0 = nn.reshape %x : tensor<2x1x4xf32> -> tensor<1x2x4xf32>
  %1 = nn.reshape %0 : tensor<1x2x4xf32> -> tensor<2x1x4xf32>
  %2 = nn.add %1, %y : tensor<2x1x4xf32>
  return %2 : tensor<2x1x4xf32>
}
