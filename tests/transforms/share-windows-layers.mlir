// RUN: split-file %s %t
// RUN: frieze-opt %t/branches.mlir --nn-share-windows="hop=2 block=8" | FileCheck %t/branches.mlir
// RUN: frieze-opt %t/recurrent.mlir --nn-share-windows="hop=1 block=2" | FileCheck %t/recurrent.mlir
// RUN: frieze-opt %t/positions.mlir --nn-share-windows="hop=1 block=2" | FileCheck %t/positions.mlir
// RUN: frieze-opt %t/stages.mlir --nn-share-windows="hop=1 block=2" | FileCheck %t/stages.mlir
// RUN: frieze-opt %t/constants.mlir --nn-share-windows="hop=1 block=1" | FileCheck %t/constants.mlir
// RUN: frieze-opt %t/reduced.mlir --nn-share-windows="hop=1 block=2" | FileCheck %t/reduced.mlir

//--- branches.mlir
// What works on each position alone, and a branch that leaves out positions:
// rows of a time line end with the window's last position.
func.func @model(%x: tensor<1x9xf32>) -> (tensor<1x4xf32>, tensor<1x7x4xf32>) {
  // CHECK-LABEL: func.func @stream_block(
  // CHECK-SAME: tensor<1x16xf32>) -> (tensor<8x4xf32>, tensor<8x7x4xf32>)
  // CHECK-NEXT: %[[X:.*]] = nn.reshape %{{.*}} : tensor<1x16xf32> -> tensor<1x16x1xf32>
  %0 = nn.reshape %x : tensor<1x9xf32> -> tensor<1x9x1xf32>
  // CHECK-NEXT: nn.history %[[X]] timeline = 0 rows = [-2, 16]
  // CHECK-NEXT: %[[C:.*]] = nn.conv {{.*}} -> tensor<1x16x4xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<3x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x7x4xf32>
  // CHECK-NEXT: nn.history %[[X]] timeline = 0 rows = [-1, 15]
  // CHECK-NEXT: %[[S:.*]] = nn.slice %{{.*}} begin = [0, 0, 0] size = [1, 16, 1]
  %2 = nn.slice %0 begin = [0, 1, 0] size = [1, 7, 1] : tensor<1x9x1xf32> -> tensor<1x7x1xf32>
  // CHECK-NEXT: %[[A:.*]] = nn.add %[[C]], %[[S]] : tensor<1x16x4xf32>, tensor<1x16x1xf32> -> tensor<1x16x4xf32>
  %3 = nn.add %1, %2 : tensor<1x7x4xf32>, tensor<1x7x1xf32> -> tensor<1x7x4xf32>
  // CHECK-NEXT: %[[H:.*]] = nn.history %[[A]] timeline = 1 rows = [-5, 16]
  // CHECK-NEXT: %[[W:.*]] = nn.windows %[[H]] length = 7 dilation = 1 stride = 2 : tensor<1x21x4xf32> -> tensor<8x7x4xf32>
  // CHECK-NEXT: %[[G:.*]] = nn.global_pool avg %[[W]] : tensor<8x7x4xf32> -> tensor<8x4xf32>
  // CHECK-NEXT: return %[[G]], %[[W]]
  %4 = nn.global_pool avg %3 : tensor<1x7x4xf32> -> tensor<1x4xf32>
  return %4, %3 : tensor<1x4xf32>, tensor<1x7x4xf32>
}

//--- recurrent.mlir
// A recurrent layer starts anew in every window.
func.func @model(%x: tensor<1x9x1xf32>) -> tensor<1x2xf32> {
  // CHECK-LABEL: func.func @stream_block(
  // CHECK: nn.conv {{.*}} : tensor<1x4x1xf32> -> tensor<1x2x4xf32>
  %0 = nn.conv %x kernel(dense<1.0> : tensor<3x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x7x4xf32>
  // CHECK: %[[W:.*]] = nn.windows %{{.*}} length = 7 dilation = 1 stride = 1 : tensor<1x8x4xf32> -> tensor<2x7x4xf32>
  // CHECK-NEXT: nn.rnn %[[W]] {{.*}} : tensor<2x7x4xf32> -> tensor<2x2xf32>
  %1 = nn.rnn %0 kernel(dense<0.1> : tensor<4x2xf32>) recurrent(dense<0.1> : tensor<2x2xf32>) activation(tanh) : tensor<1x7x4xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

//--- positions.mlir
// Parameters of each position of a window tell the windows apart: must not fire.
func.func @model(%x: tensor<1x3x2xf32>) -> tensor<1x3x2xf32> {
  // CHECK-LABEL: func.func @stream_block(
  // CHECK-NEXT: nn.history
  // CHECK-NEXT: %[[W:.*]] = nn.windows
  // CHECK-NEXT: nn.affine %[[W]] axis = 1 {{.*}} : tensor<2x3x2xf32>
  %0 = nn.affine %x axis = 1 scale(dense<[1.0, 2.0, 3.0]> : tensor<3xf32>) shift(dense<0.0> : tensor<3xf32>) : tensor<1x3x2xf32>
  return %0 : tensor<1x3x2xf32>
}

//--- stages.mlir
// So do those of a stage, where the samples are the last axis: must not fire.
func.func @model(%x: tensor<1x3xf32>) -> tensor<1x3xf32> {
  // CHECK-LABEL: func.func @stream_block(
  // CHECK-NEXT: nn.history
  // CHECK-NEXT: %[[W:.*]] = nn.windows
  // CHECK-NEXT: nn.identity %[[W]] {{.*}} : tensor<2x3xf32>
  %0 = nn.identity %x epilogue(affine(1, dense<[1.0, 2.0, 3.0]> : tensor<3xf32>, dense<0.0> : tensor<3xf32>)) : tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

//--- constants.mlir
// And a parameter of each position that is joined to them: must not fire.
func.func @model(%x: tensor<1x3x2xf32>) -> tensor<1x3x3xf32> {
  // CHECK-LABEL: func.func @stream_window(
  // CHECK: %[[W:.*]] = nn.windows
  // CHECK: nn.concat %[[W]], %{{.*}} axis = 2 : tensor<1x3x2xf32>, tensor<1x3x1xf32>
  %0 = nn.constant value(dense<[[[1.0], [2.0], [3.0]]]> : tensor<1x3x1xf32>) : tensor<1x3x1xf32>
  %1 = nn.concat %x, %0 axis = 2 : tensor<1x3x2xf32>, tensor<1x3x1xf32> -> tensor<1x3x3xf32>
  return %1 : tensor<1x3x3xf32>
}

//--- reduced.mlir
// A maximum over the channels of each position is shared.
func.func @model(%x: tensor<1x3x2xf32>) -> tensor<1x3xf32> {
  // CHECK-LABEL: func.func @stream_block(
  // CHECK-SAME: %[[X:.*]]: tensor<1x2x2xf32>)
  // CHECK-NEXT: %[[M:.*]] = nn.reduce max %[[X]] axes = [2] : tensor<1x2x2xf32> -> tensor<1x2xf32>
  // CHECK-NEXT: nn.history %[[M]]
  %0 = nn.reduce max %x axes = [2] : tensor<1x3x2xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}
