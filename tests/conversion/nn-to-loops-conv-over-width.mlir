// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize --cse --mlir-elide-resource-strings-if-larger=10 | FileCheck %s --check-prefixes=CHECK,V4
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v3 --canonicalize --cse --mlir-elide-resource-strings-if-larger=10 | FileCheck %s --check-prefixes=CHECK,V3

// 6 channels would leave 10 of 16 lanes empty: vectors lie along the width. One
// channel is planar as it is, and is read in place. Of the 28 positions of a row,
// the second vector has the last 16, from position 12 on. 6 channels x 2 rows x 2
// vectors share each weight and input; taps are loops, channels are stored
// interleaved.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<1024xf32> {{.*}}, %[[Y:.*]]: memref<4704xf32> {{.*}}, %{{.*}}: memref<0xi8>
// V4: scf.forall (%{{.*}}) in (14)
// V4: scf.for %{{.*}} = %c0 to %c5 step
// V4: scf.for %{{.*}} = %c0 to %c5 step
// V4: vector.load %[[X]][%[[AT:.*]]] : memref<1024xf32>, vector<16xf32>
// V4: %[[LAST:.*]] = arith.addi %[[AT]], %c12
// V4: vector.load %[[X]][%[[LAST]]] : memref<1024xf32>, vector<16xf32>
// V4-COUNT-24: math.fma %{{.*}} : vector<16xf32>
// V4-NOT: math.fma
// V4: vector.shuffle
// V4-COUNT-24: vector.store {{.*}} : memref<4704xf32>, vector<16xf32>
// V4-NOT: vector.store
// Half as many registers of half the size: 6 channels x 1 row x 2 vectors.
// V3-COUNT-12: math.fma %{{.*}} : vector<8xf32>
// V3-NOT: math.fma
func.func @model(%x: tensor<1x32x32x1xf32>) -> tensor<1x28x28x6xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<5x5x1x6xf32>) bias(dense<1.0> : tensor<6xf32>)
         : tensor<1x32x32x1xf32> -> tensor<1x28x28x6xf32>
  return %0 : tensor<1x28x28x6xf32>
}

// -----

// The input of several channels is made planar in scratch memory: a row of 40
// pixels of 2 channels is 80 elements, and as pooling reads every second position,
// even and odd ones lie apart. 64 elements, or 16 of each channel and phase, are
// deinterleaved at once, then the last 16. The end of a vector may lie 16 elements
// behind the last row: 12 rows x 80 + 16 elements are 3904 bytes.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<960xf32> {{.*}}, %{{.*}}, %[[ARENA:.*]]: memref<3904xi8>
// V4: %[[PLANAR:.*]] = memref.view %[[ARENA]]
// V4: vector.store %{{.*}}, %[[PLANAR]][%c960] : memref<976xf32>, vector<16xf32>
// V4: scf.forall (%{{.*}}) in (12)
// V4-COUNT-4: vector.load %[[X]]{{.*}} vector<16xf32>
// V4-COUNT-8: vector.shuffle
// V4-COUNT-4: vector.store %{{.*}}, %[[PLANAR]]{{.*}} vector<16xf32>
// Columns 0 and 1 of the pooling window read phases of their own, whichever tap.
// V4: scf.for %{{.*}} = %c0 to %c3 step %c1 iter_args
// V4: scf.for %[[TAP:[^ ]*]] = %c0 to %c3 step %c1 iter_args
// V4: arith.remui %[[TAP]], %c2
// V4: arith.divui %[[TAP]], %c2
// V4: %[[NEXT:.*]] = arith.addi %[[TAP]], %c1
// V4: arith.remui %[[NEXT]], %c2
// V4: arith.divui %[[NEXT]], %c2
// V4: scf.for %{{.*}} = %c0 to %c2 step %c1 iter_args
// V4: vector.load %[[PLANAR]]
// V4: math.fma
func.func @model(%x: tensor<1x12x40x2xf32>) -> tensor<1x5x19x3xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x2x3xf32>) epilogue(relu, max_pool([2, 2], [2, 2]))
         : tensor<1x12x40x2xf32> -> tensor<1x5x19x3xf32>
  return %0 : tensor<1x5x19x3xf32>
}

// -----

// Padding is part of the copy: each channel is filled with its border first.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<960xf32>
// CHECK: %[[BORDER:.*]] = memref.get_global @layer_border
// CHECK: scf.forall (%[[ROW:.*]]) in (12)
// CHECK: scf.forall (%[[CHANNEL:.*]]) in (3)
// CHECK: %[[VALUE:.*]] = memref.load %[[BORDER]][%[[CHANNEL]]]
// CHECK: %[[FILL:.*]] = vector.broadcast %[[VALUE]]
// CHECK: vector.store %[[FILL]], %[[PLANAR:.*]][
// CHECK: scf.forall (%{{.*}}) in (10)
// CHECK: vector.load %[[X]]
// CHECK: vector.shuffle
func.func @model(%x: tensor<1x10x32x3xf32>) -> tensor<1x10x32x4xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x3x4xf32>) padding = [1, 1, 1, 1]
         border(dense<[1.0, 2.0, 3.0]> : tensor<3xf32>) : tensor<1x10x32x3xf32> -> tensor<1x10x32x4xf32>
  return %0 : tensor<1x10x32x4xf32>
}

// -----

// Where there are more channels than a row of them fits into registers, blocks of
// 16 x 16 (8 x 8) are transposed; the last one of 40 channels overlaps.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<12800xf32>
// V4: %[[LAST:.*]] = arith.minsi %{{.*}}, %c24
// V4-COUNT-16: vector.load %[[X]]{{.*}} vector<16xf32>
// V4-COUNT-64: vector.shuffle
// V4-COUNT-16: vector.store {{.*}} vector<16xf32>
// V3: scf.forall (%{{.*}}) in (5)
// V3-COUNT-8: vector.load %[[X]]{{.*}} vector<8xf32>
// V3-COUNT-24: vector.shuffle
// V3-COUNT-8: vector.store {{.*}} vector<8xf32>
func.func @model(%x: tensor<1x10x32x40xf32>) -> tensor<1x8x30x1xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x40x1xf32>) : tensor<1x10x32x40xf32> -> tensor<1x8x30x1xf32>
  return %0 : tensor<1x8x30x1xf32>
}

// -----

// 16 of 20 channels fill a vector; the last 4 lie along the width, and are stored
// position by position.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%{{.*}}, %[[Y:.*]]: memref<6400xf32>
// V4: vector.extract_strided_slice %{{.*}} {offsets = [4], sizes = [4], strides = [1]} : vector<16xf32> to vector<4xf32>
// V4: vector.store {{.*}}, %[[Y]]{{.*}} vector<4xf32>
// V4: math.fma
// V4: vector.store {{.*}}, %[[Y]]{{.*}} vector<16xf32>
func.func @model(%x: tensor<1x12x36x4xf32>) -> tensor<1x10x32x20xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x5x4x20xf32>) : tensor<1x12x36x4xf32> -> tensor<1x10x32x20xf32>
  return %0 : tensor<1x10x32x20xf32>
}

// -----

// Few channels of a depthwise convolution are a group each.
// CHECK-LABEL: func.func private @model
// V4: scf.forall (%{{.*}}) in (3)
// V4: math.fma %{{.*}} : vector<16xf32>
func.func @model(%x: tensor<1x18x34x3xf32>) -> tensor<1x14x30x3xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<5x5x1x3xf32>) groups = 3 : tensor<1x18x34x3xf32> -> tensor<1x14x30x3xf32>
  return %0 : tensor<1x14x30x3xf32>
}

// -----

// Whole vectors of channels stay: nothing is copied or interleaved.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: %{{.*}}: memref<0xi8>
// CHECK-NOT: vector.shuffle
func.func @model(%x: tensor<1x32x32x3xf32>) -> tensor<1x30x30x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x3x16xf32>) : tensor<1x32x32x3xf32> -> tensor<1x30x30x16xf32>
  return %0 : tensor<1x30x30x16xf32>
}

// -----

// So do few channels of a row that is too short to fill a vector itself.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: %{{.*}}: memref<0xi8>
// CHECK-NOT: vector.shuffle
func.func @model(%x: tensor<1x32x3x8xf32>) -> tensor<1x30x1x8xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x8x8xf32>) : tensor<1x32x3x8xf32> -> tensor<1x30x1x8xf32>
  return %0 : tensor<1x30x1x8xf32>
}
