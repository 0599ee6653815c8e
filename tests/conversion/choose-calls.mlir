// RUN: split-file %s %t
// RUN: frieze-opt %t/shared.mlir --nn-share-windows=hop=1 --nn-choose-calls=target=cuda | FileCheck %t/shared.mlir
// RUN: frieze-opt %t/shared.mlir --nn-share-windows=hop=12 --nn-choose-calls=target=cuda | FileCheck %t/shared.mlir --check-prefix=APART
// RUN: frieze-opt %t/shared.mlir --nn-choose-calls=target=cuda | FileCheck %t/shared.mlir --check-prefix=SINGLE
// RUN: frieze-opt %t/weights.mlir --nn-choose-calls=target=cuda --split-input-file | FileCheck %t/weights.mlir
// RUN: frieze-opt %t/rows.mlir --nn-share-windows=hop=2 --nn-choose-calls=target=vulkan | FileCheck %t/rows.mlir

//--- shared.mlir

// Each row of the block is computed in its call. The pooling is one of every row,
// and what reads it takes every third.
// CHECK: func.func @model({{.*}} attributes {nn.hop = 1 : i64}
// CHECK-NOT: @stream_window
// CHECK-NOT: @stream_block
// CHECK: func.func @stream_call(
// CHECK-SAME: %[[X:.*]]: tensor<1x[[SAMPLES:[0-9]+]]x1xf32>) -> tensor<[[W:[0-9]+]]x2xf32>
// CHECK-NEXT: %[[C0:.*]] = nn.conv %[[X]] {{.*}} epilogue(relu)
// CHECK-NEXT: %[[C1:.*]] = nn.conv %[[C0]] {{.*}}>) : tensor
// CHECK-NEXT: %[[P:.*]] = nn.max_pool %[[C1]] window = [2] strides = [1] epilogue(relu)
// CHECK-NEXT: %[[A:.*]] = nn.activation tanh %[[P]]
// CHECK-NOT: nn.history
// CHECK: nn.conv %{{.*}} dilations = [3]
// Rows that no window reads go last.
// CHECK: %[[R:.*]] = nn.slice %{{.*}} begin = [0, 0, 0]
// CHECK-NEXT: nn.windows %[[R]] length = 2 dilation = 3 stride = 1 : tensor<{{.*}}> -> tensor<[[W]]x2x4xf32>
// CHECK: nn.dense {{.*}} -> tensor<[[W]]x2xf32>

// Windows that have no sample in common are computed one by one, and without a
// stream there are none: must not fire.
// APART: func.func @model({{.*}} attributes {nn.hop = 12 : i64}
// APART-NOT: func.func
// SINGLE: func.func @model(
// SINGLE-NOT: nn.hop
// SINGLE-NOT: func.func
func.func @model(%x: tensor<1x12x1xf32>) -> tensor<1x2xf32> {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) epilogue(relu) : tensor<1x12x1xf32> -> tensor<1x11x4xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x4x4xf32>) epilogue(max_pool([2], [3]), relu) : tensor<1x11x4xf32> -> tensor<1x3x4xf32>
  %2 = nn.activation tanh %1 : tensor<1x3x4xf32>
  %3 = nn.conv %2 kernel(dense<1.0> : tensor<2x4x4xf32>) : tensor<1x3x4xf32> -> tensor<1x2x4xf32>
  %4 = nn.reshape %3 : tensor<1x2x4xf32> -> tensor<1x8xf32>
  %5 = nn.dense %4 kernel(dense<1.0> : tensor<8x2xf32>) chains = 4 : tensor<1x8xf32> -> tensor<1x2xf32>
  return %5 : tensor<1x2xf32>
}

//--- weights.mlir

// A sample reads each weight once, so that eight share them. What layers read often
// is copied first. The model tells what a sample is.
// CHECK: func.func @model(%{{.*}}: tensor<1x64xf32>) -> tensor<1x2xf32>
// CHECK: func.func @model_call(%[[X:.*]]: tensor<8x64xf32>) -> tensor<8x2xf32>
// CHECK-NEXT: %[[COPY:.*]] = nn.slice %[[X]] begin = [0, 0] size = [8, 64]
// CHECK-NEXT: %[[H:.*]] = nn.dense %[[COPY]] {{.*}} chains = 4 epilogue(relu) : tensor<8x64xf32> -> tensor<8x16xf32>
// CHECK-NEXT: %[[Y:.*]] = nn.dense %[[H]] {{.*}} -> tensor<8x2xf32>
// CHECK-NEXT: return %[[Y]]
func.func @model(%x: tensor<1x64xf32>) -> tensor<1x2xf32> {
  %0 = nn.dense %x kernel(dense<1.0> : tensor<64x16xf32>) chains = 4 epilogue(relu) : tensor<1x64xf32> -> tensor<1x16xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<16x2xf32>) : tensor<1x16xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// A recurrent layer reads its weights once in every step. Sequences that leave a
// group too little memory are read where they are.
// CHECK: func.func @model_call(%[[X:.*]]: tensor<8x3000x8xf32>) -> tensor<8x16xf32>
// CHECK-NEXT: nn.gru %[[X]]
func.func @model(%x: tensor<1x3000x8xf32>) -> tensor<1x16xf32> {
  %0 = nn.gru %x kernel(dense<1.0> : tensor<8x48xf32>) recurrent(dense<1.0> : tensor<16x48xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<1x3000x8xf32> -> tensor<1x16xf32>
  return %0 : tensor<1x16xf32>
}

// -----

// Fewer samples where eight leave a group too little memory.
// CHECK: func.func @model_call(%{{.*}}: tensor<4x1024xf32>) -> tensor<4x1024xf32>
func.func @model(%x: tensor<1x1024xf32>) -> tensor<1x1024xf32> {
  %0 = nn.dense %x kernel(dense<1.0> : tensor<1024x1024xf32>) : tensor<1x1024xf32> -> tensor<1x1024xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<1024x1024xf32>) : tensor<1x1024xf32> -> tensor<1x1024xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<1024x1024xf32>) : tensor<1x1024xf32> -> tensor<1x1024xf32>
  return %2 : tensor<1x1024xf32>
}

// -----

// Positions of a sample share most weights: must not fire.
// CHECK: func.func @model(
// CHECK-NOT: func.func
func.func @model(%x: tensor<1x64x1xf32>) -> tensor<1x4xf32> {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<4x1x16xf32>) strides = [4] : tensor<1x64x1xf32> -> tensor<1x16x16xf32>
  %1 = nn.reshape %0 : tensor<1x16x16xf32> -> tensor<1x256xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<256x4xf32>) : tensor<1x256xf32> -> tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
}

// -----

// Few weights, and a single output, which has no tile of several samples: must not
// fire.
// CHECK: func.func @model(
// CHECK-NOT: func.func
func.func @model(%x: tensor<1x3xf32>) -> tensor<1x1xf32> {
  %0 = nn.dense %x kernel(dense<1.0> : tensor<3x64xf32>) : tensor<1x3xf32> -> tensor<1x64xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<64x1xf32>) : tensor<1x64xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// -----

// Samples that do not fit, of a layer that reads them often: must not fire.
// CHECK: func.func @model(
// CHECK-NOT: func.func
func.func @model(%x: tensor<1x8192xf32>) -> tensor<1x16xf32> {
  %0 = nn.dense %x kernel(dense<1.0> : tensor<8192x16xf32>) : tensor<1x8192xf32> -> tensor<1x16xf32>
  return %0 : tensor<1x16xf32>
}

// -----

// A constant is no batch: must not fire.
// CHECK: func.func @model(
// CHECK-NOT: func.func
func.func @model(%x: tensor<1x64xf32>) -> (tensor<1x16xf32>, tensor<1x4xf32>) {
  %0 = nn.dense %x kernel(dense<1.0> : tensor<64x16xf32>) : tensor<1x64xf32> -> tensor<1x16xf32>
  %1 = nn.constant value(dense<1.0> : tensor<1x4xf32>) : tensor<1x4xf32>
  return %0, %1 : tensor<1x16xf32>, tensor<1x4xf32>
}

// -----

// A batch has several samples already: must not fire.
// CHECK: func.func @model(
// CHECK-NOT: func.func
func.func @model(%x: tensor<2x64xf32>) -> tensor<2x16xf32> {
  %0 = nn.dense %x kernel(dense<1.0> : tensor<64x16xf32>) : tensor<2x64xf32> -> tensor<2x16xf32>
  return %0 : tensor<2x16xf32>
}

//--- rows.mlir

// A slice begins behind the first row.
// CHECK: func.func @stream_call(
// CHECK: %[[C:.*]] = nn.conv %{{.*}}
// CHECK: %[[S:.*]] = nn.slice %[[C]] begin = [0, 1, 0]
// CHECK-NEXT: %[[D:.*]] = nn.conv %[[C]]
// CHECK-NEXT: nn.add %[[S]], %[[D]]
// CHECK: nn.windows %{{.*}} length = 10 dilation = 1 stride = 2
func.func @model(%x: tensor<1x16x1xf32>) -> tensor<1x10x2xf32> {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<5x1x2xf32>) : tensor<1x16x1xf32> -> tensor<1x12x2xf32>
  %1 = nn.slice %0 begin = [0, 1, 0] size = [1, 10, 2] : tensor<1x12x2xf32> -> tensor<1x10x2xf32>
  %2 = nn.conv %0 kernel(dense<1.0> : tensor<3x2x2xf32>) : tensor<1x12x2xf32> -> tensor<1x10x2xf32>
  %3 = nn.add %1, %2 : tensor<1x10x2xf32>
  return %3 : tensor<1x10x2xf32>
}
