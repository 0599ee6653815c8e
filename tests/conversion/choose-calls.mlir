// RUN: split-file %s %t
// RUN: frieze-opt %t/shared.mlir --nn-share-windows=hop=1 --nn-choose-calls=target=cuda | FileCheck %t/shared.mlir
// RUN: frieze-opt %t/shared.mlir --nn-share-windows=hop=12 --nn-choose-calls=target=cuda | FileCheck %t/shared.mlir --check-prefix=APART
// RUN: frieze-opt %t/shared.mlir --nn-choose-calls=target=cuda | FileCheck %t/shared.mlir --check-prefix=SINGLE
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
