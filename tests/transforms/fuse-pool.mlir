// RUN: frieze-opt %s --nn-fuse-pool --split-input-file | FileCheck %s

// CHECK-LABEL: @max
// CHECK-SAME: (%[[X:.*]]: tensor<1x9x1xf32>)
func.func @max(%x: tensor<1x9x1xf32>) -> tensor<1x4x4xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.conv %[[X]] kernel(dense<5.000000e-01> : tensor<2x1x4xf32>) epilogue(max_pool([2], [2])) : tensor<1x9x1xf32> -> tensor<1x4x4xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  return %1 : tensor<1x4x4xf32>
}

// What the pooling has in its own epilogue comes after it.
// CHECK-LABEL: @epilogue
func.func @epilogue(%x: tensor<1x9x1xf32>) -> tensor<1x4x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} epilogue(max_pool([2], [2]), relu) :
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x1x4xf32>) : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [2] epilogue(relu) : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  return %1 : tensor<1x4x4xf32>
}

// Tiles of minimal filtering hold whole windows of the poolings they are chosen
// for: must not fire.
// CHECK-LABEL: @winograd
func.func @winograd(%x: tensor<1x9x1xf32>) -> tensor<1x4x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} winograd = [2] :
  // CHECK-NEXT: nn.max_pool
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x1x4xf32>) winograd = [2] : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  return %1 : tensor<1x4x4xf32>
}

// A window of 2 that moves by 3, after the stages that are there.
// CHECK-LABEL: @gaps
func.func @gaps(%x: tensor<1x9x1xf32>) -> tensor<1x3x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} epilogue(relu, max_pool([2], [3])) : tensor<1x9x1xf32> -> tensor<1x3x4xf32>
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x1x4xf32>) epilogue(relu) : tensor<1x9x1xf32> -> tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [2] strides = [3] : tensor<1x8x4xf32> -> tensor<1x3x4xf32>
  return %1 : tensor<1x3x4xf32>
}

// Two spatial axes, of a conv with everything; a window of 9 is the largest.
// CHECK-LABEL: @avg_2d
func.func @avg_2d(%x: tensor<1x6x6x2xf32>) -> tensor<1x2x2x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} padding = [1, 1, 1, 1] border(dense<5.000000e-01> : tensor<2xf32>) groups = 2 epilogue(avg_pool([3, 3], [3, 3])) : tensor<1x6x6x2xf32> -> tensor<1x2x2x2xf32>
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x1x2xf32>) padding = [1, 1, 1, 1] border(dense<0.5> : tensor<2xf32>) groups = 2
         : tensor<1x6x6x2xf32> -> tensor<1x6x6x2xf32>
  %1 = nn.avg_pool %0 window = [3, 3] : tensor<1x6x6x2xf32> -> tensor<1x2x2x2xf32>
  return %1 : tensor<1x2x2x2xf32>
}

// One pooling for each conv: the second must not fire.
// CHECK-LABEL: @two
func.func @two(%x: tensor<1x8x1xf32>) -> tensor<1x2x4xf32> {
  // CHECK-NEXT: %[[C:.*]] = nn.conv %{{.*}} epilogue(max_pool([2], [2])) :
  // CHECK-NEXT: nn.avg_pool %[[C]] window = [2] :
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x1x4xf32>) : tensor<1x8x1xf32> -> tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  %2 = nn.avg_pool %1 window = [2] : tensor<1x4x4xf32> -> tensor<1x2x4xf32>
  return %2 : tensor<1x2x4xf32>
}

// -----

// Overlapping windows: must not fire.
// CHECK-LABEL: @overlap
func.func @overlap(%x: tensor<1x8x1xf32>) -> tensor<1x3x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<5.000000e-01> : tensor<1x1x4xf32>) :
  // CHECK-NEXT: nn.max_pool %{{.*}} window = [3] strides = [2] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x1x4xf32>) : tensor<1x8x1xf32> -> tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [3] strides = [2] : tensor<1x8x4xf32> -> tensor<1x3x4xf32>
  return %1 : tensor<1x3x4xf32>
}

// Overlapping along one of two axes: must not fire.
// CHECK-LABEL: @overlap_2d
func.func @overlap_2d(%x: tensor<1x4x4x1xf32>) -> tensor<1x2x3x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<5.000000e-01> : tensor<1x1x1x1xf32>) :
  // CHECK-NEXT: nn.avg_pool
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x1x1x1xf32>) : tensor<1x4x4x1xf32> -> tensor<1x4x4x1xf32>
  %1 = nn.avg_pool %0 window = [2, 2] strides = [2, 1] : tensor<1x4x4x1xf32> -> tensor<1x2x3x1xf32>
  return %1 : tensor<1x2x3x1xf32>
}

// Padding: must not fire.
// CHECK-LABEL: @padding
func.func @padding(%x: tensor<1x7x1xf32>) -> tensor<1x4x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<5.000000e-01> : tensor<1x1x4xf32>) :
  // CHECK-NEXT: nn.max_pool %{{.*}} padding = [0, 1] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x1x4xf32>) : tensor<1x7x1xf32> -> tensor<1x7x4xf32>
  %1 = nn.max_pool %0 window = [2] padding = [0, 1] : tensor<1x7x4xf32> -> tensor<1x4x4xf32>
  return %1 : tensor<1x4x4xf32>
}

// A window of 10, which does not fit into the registers: must not fire.
// CHECK-LABEL: @large
func.func @large(%x: tensor<1x10x1xf32>) -> tensor<1x1x4xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<5.000000e-01> : tensor<1x1x4xf32>) :
  // CHECK-NEXT: nn.max_pool
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x1x4xf32>) : tensor<1x10x1xf32> -> tensor<1x10x4xf32>
  %1 = nn.max_pool %0 window = [10] : tensor<1x10x4xf32> -> tensor<1x1x4xf32>
  return %1 : tensor<1x1x4xf32>
}

// The conv is an output: must not fire.
// CHECK-LABEL: @output
func.func @output(%x: tensor<1x8x1xf32>) -> (tensor<1x8x4xf32>, tensor<1x4x4xf32>) {
  // CHECK-NEXT: %[[C:.*]] = nn.conv %{{.*}} kernel(dense<5.000000e-01> : tensor<1x1x4xf32>) : tensor<1x8x1xf32> -> tensor<1x8x4xf32>
  // CHECK-NEXT: %[[P:.*]] = nn.max_pool %[[C]]
  // CHECK-NEXT: return %[[C]], %[[P]]
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x1x4xf32>) : tensor<1x8x1xf32> -> tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  return %0, %1 : tensor<1x8x4xf32>, tensor<1x4x4xf32>
}

// Two poolings of one conv: must not fire for either.
// CHECK-LABEL: @two_readers
func.func @two_readers(%x: tensor<1x8x1xf32>) -> tensor<1x4x8xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<5.000000e-01> : tensor<1x1x4xf32>) :
  // CHECK-NEXT: nn.max_pool
  // CHECK-NEXT: nn.avg_pool
  // CHECK-NEXT: nn.concat
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x1x4xf32>) : tensor<1x8x1xf32> -> tensor<1x8x4xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  %2 = nn.avg_pool %0 window = [2] : tensor<1x8x4xf32> -> tensor<1x4x4xf32>
  %3 = nn.concat %1, %2 axis = 2 : tensor<1x4x4xf32>, tensor<1x4x4xf32> -> tensor<1x4x8xf32>
  return %3 : tensor<1x4x8xf32>
}

// An activation between: must not fire.
// CHECK-LABEL: @activation_between
func.func @activation_between(%x: tensor<1x8x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<5.000000e-01> : tensor<1x1x1xf32>) :
  // CHECK-NEXT: nn.activation
  // CHECK-NEXT: nn.max_pool
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x1x1xf32>) : tensor<1x8x1xf32> -> tensor<1x8x1xf32>
  %1 = nn.activation relu %0 : tensor<1x8x1xf32>
  %2 = nn.max_pool %1 window = [2] : tensor<1x8x1xf32> -> tensor<1x4x1xf32>
  return %2 : tensor<1x4x1xf32>
}

// No conv before it: must not fire.
// CHECK-LABEL: @after_dense
func.func @after_dense(%x: tensor<1x8x2xf32>) -> tensor<1x4x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<5.000000e-01> : tensor<2x2xf32>) :
  // CHECK-NEXT: nn.max_pool
  %0 = nn.dense %x kernel(dense<0.5> : tensor<2x2xf32>) : tensor<1x8x2xf32> -> tensor<1x8x2xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x2xf32> -> tensor<1x4x2xf32>
  return %1 : tensor<1x4x2xf32>
}
