// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V4
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=cuda --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,GPU

// A depthwise convolution reads its input where it is, and needs no memory: its
// padding is a number in a register. The first row and the last have code of
// their own, and each input is loaded once for all taps that meet it.
// CHECK-LABEL: func.func private @model
// V4-SAME: (%[[X:.*]]: memref<768xf32> {{.*}}, %{{.*}}, %{{.*}}: memref<0xi8>
// V4: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<16xf32>
// V4-COUNT-24: math.fma %[[ZERO]],
// V4-COUNT-16: vector.load %[[X]]
// V4-NOT: vector.load
// V4: scf.forall (%{{.*}}) in (4)
// V4-COUNT-24: vector.load %[[X]]
// V4-NOT: vector.load
// V4-COUNT-8: vector.store
// V4: }
// V4-COUNT-16: vector.load %[[X]]
// V4-COUNT-25: math.fma %[[ZERO]],
// V4-NOT: scf.
// V4: return
// must not fire: a device shares the loops of a copy among its threads.
// GPU-SAME: memref<5120xi8>
func.func @model(%x: tensor<1x6x8x16xf32>) -> tensor<1x6x8x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x1x16xf32>) padding = [1, 1, 1, 1] groups = 16
         : tensor<1x6x8x16xf32> -> tensor<1x6x8x16xf32>
  return %0 : tensor<1x6x8x16xf32>
}

// -----

// Tiles in the middle of a row are a loop; the border is one value for each
// channel. The 24 channels are two vectors, of which the second ends with them.
// CHECK-LABEL: func.func private @model
// V4-SAME: (%[[X:.*]]: memref<960xf32> {{.*}}, %[[Y:.*]]: memref<960xf32> {{.*}}, %{{.*}}: memref<0xi8>
// V4: %[[VALUES:.*]] = memref.get_global @layer_border
// V4: scf.forall (%[[VECTOR:.*]]) in (2)
// V4: %[[CHANNEL:.*]] = arith.minsi %{{.*}}, %c8
// V4: %[[BORDER:.*]] = vector.load %[[VALUES]][%[[CHANNEL]]]
// V4: math.fma %[[BORDER]],
// V4-NOT: math.fma %[[BORDER]],
// V4: scf.forall (%{{.*}}) in (2)
// V4-NOT: math.fma %[[BORDER]],
// V4: }
// V4: math.fma %[[BORDER]],
// V4-NOT: math.fma %[[BORDER]],
// V4: return
func.func @model(%x: tensor<1x40x24xf32>) -> tensor<1x40x24xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x1x24xf32>) padding = [1, 1]
         border(dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]> : tensor<24xf32>) groups = 24
         : tensor<1x40x24xf32> -> tensor<1x40x24xf32>
  return %0 : tensor<1x40x24xf32>
}

// -----

// must not fire: a pooling combines the sums of several windows, which a product
// takes from a copy with the padding in it.
// CHECK-LABEL: func.func private @model
// V4: memref.view %{{.*}} to memref<352xf32>
func.func @model(%x: tensor<1x20x16xf32>) -> tensor<1x10x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x1x16xf32>) padding = [1, 1] groups = 16
         epilogue(max_pool([2], [2])) : tensor<1x20x16xf32> -> tensor<1x10x16xf32>
  return %0 : tensor<1x10x16xf32>
}

// -----

// must not fire: 24 rows that meet padding, and as many positions of a row, would
// be too much code.
// CHECK-LABEL: func.func private @model
// V4: memref.view %{{.*}} to memref<
func.func @model(%x: tensor<1x36x36x16xf32>) -> tensor<1x44x44x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<5x5x1x16xf32>) padding = [12, 12, 12, 12] dilations = [4, 4] groups = 16
         : tensor<1x36x36x16xf32> -> tensor<1x44x44x16xf32>
  return %0 : tensor<1x44x44x16xf32>
}
