// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s

// Four tiles of F(4x4, 3x3) are one block. The step after the last block has its
// results only: of a tile, first the results of the last block, then, in the
// same memory, the inputs of this one.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<3200xf32> {{.*}}, %[[Y:.*]]: memref<256xf32> {{.*}}, %{{.*}}: memref<{{.*}}xi8>
// CHECK: scf.for %[[BLOCK:.*]] = %c0 to %c2 step
// CHECK: scf.for %{{.*}} = %c0 to %c4 step
// CHECK: %[[HASRESULTS:.*]] = arith.cmpi sgt, %[[BLOCK]], %c0
// CHECK: scf.if %[[HASRESULTS]]
// Along the width, six products to four results, then along the height, where a
// window of the pooling is combined before its ReLU.
// CHECK: scf.forall (%{{.*}}) in (6)
// CHECK-COUNT-4: vector.store {{.*}} vector<16xf32>
// CHECK: scf.forall (%{{.*}}) in (2)
// CHECK-COUNT-2: vector.store %{{.*}}, %[[Y]]
// CHECK: %[[HASINPUTS:.*]] = arith.cmpi slt, %[[BLOCK]], %c1
// CHECK: scf.if %[[HASINPUTS]]
// Along the height, then along the width, for two vectors of channels.
// CHECK: scf.for %{{.*}} = %c0 to %c2 step
// CHECK: scf.forall (%{{.*}}) in (6)
// CHECK-COUNT-6: vector.load %[[X]]
// CHECK-COUNT-6: vector.store
// CHECK: scf.forall (%{{.*}}) in (6)
// CHECK-COUNT-6: vector.store
// A matrix product for each point: the four tiles are its rows. The sum of the
// point 1 starts from the bias, and weights are fetched ahead.
// CHECK: scf.if
// CHECK: scf.for %[[POINT:.*]] = %c0 to %c36 step
// CHECK: %[[ISBIAS:.*]] = arith.cmpi eq, %[[POINT]], %c7
// CHECK: arith.select %[[ISBIAS]], %c16, %c0
// CHECK: scf.for %{{.*}} = %c0 to %c32 step %c1 iter_args
// CHECK: memref.prefetch %{{.*}}, read, locality<3>, data
// CHECK-COUNT-4: math.fma
// CHECK-NOT: math.fma
// CHECK: scf.yield
func.func @model(%x: tensor<1x10x10x32xf32>) -> tensor<1x4x4x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x32x16xf32>) bias(dense<1.0> : tensor<16xf32>) winograd = [4, 4]
         epilogue(max_pool([2, 2], [2, 2]), relu) : tensor<1x10x10x32xf32> -> tensor<1x4x4x16xf32>
  return %0 : tensor<1x4x4x16xf32>
}

// -----

// A sequence of 32 tiles of F(4, 3) is four blocks of eight. One transform goes
// from the input to the points.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<4160xf32> {{.*}}, %[[Y:.*]]: memref<4096xf32>
// CHECK: scf.for %[[BLOCK:.*]] = %c0 to %c5 step
// CHECK: scf.for %{{.*}} = %c0 to %c8 step
// CHECK: arith.cmpi sgt, %[[BLOCK]], %c0
// CHECK-COUNT-6: vector.load
// CHECK-COUNT-4: vector.store %{{.*}}, %[[Y]]
// CHECK: arith.cmpi slt, %[[BLOCK]], %c4
// CHECK-COUNT-6: vector.load %[[X]]
// CHECK-COUNT-6: vector.store
// CHECK: scf.for %{{.*}} = %c0 to %c6 step
// CHECK: scf.for %{{.*}} = %c0 to %c32 step %c1 iter_args
// CHECK-COUNT-16: math.fma
// CHECK: scf.yield
func.func @model(%x: tensor<1x130x32xf32>) -> tensor<1x128x32xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x32x32xf32>) winograd = [4]
         : tensor<1x130x32xf32> -> tensor<1x128x32xf32>
  return %0 : tensor<1x128x32xf32>
}

// -----

// must not fire: without the attribute the sum is direct, and its weights lie in
// the first-level cache.
// CHECK-LABEL: func.func private @model
// CHECK-NOT: memref.prefetch
// CHECK: return
func.func @model(%x: tensor<1x130x32xf32>) -> tensor<1x128x32xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x32x32xf32>) : tensor<1x130x32xf32> -> tensor<1x128x32xf32>
  return %0 : tensor<1x128x32xf32>
}

// -----

// The sums of the three points of F(2, 2) stay in registers until they become
// results: the six tiles are two blocks of three, and eleven results end with
// those of the last tile, moved back.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<384xf32> {{.*}}, %[[Y:.*]]: memref<352xf32>
// CHECK: scf.for %{{.*}} = %c0 to %c2 step
// The inputs of a tile, two vectors at a time.
// CHECK: scf.forall (%{{.*}}) in (3)
// CHECK: arith.minsi %{{.*}}, %c9
// CHECK-COUNT-3: vector.load %[[X]]{{.*}} vector<32xf32>
// Two differences. The point between them is the input there.
// CHECK-COUNT-2: vector.store {{.*}} vector<32xf32>
// CHECK-NOT: vector.store
// CHECK: arith.minsi %{{.*}}, %c9
// Nine sums of two vectors. That of the point 1 starts from the bias.
// CHECK: scf.for {{.*}} = %c0 to %c32 step %c1 iter_args(%{{.*}} = %[[ZERO:.*]], %{{.*}} = %[[ZERO]], %{{.*}} = %[[BIAS:.*]], %{{.*}} = %{{.*}}, %{{.*}} = %[[ZERO]],
// CHECK-COUNT-6: math.fma
// CHECK: memref.load %[[X]]
// CHECK-COUNT-12: math.fma
// CHECK: arith.minsi %{{.*}}, %c9
// CHECK-COUNT-4: vector.store %{{.*}}, %[[Y]]
// CHECK: arith.minsi %{{.*}}, %c9
func.func @model(%x: tensor<1x12x32xf32>) -> tensor<1x11x32xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x32x32xf32>) bias(dense<1.0> : tensor<32xf32>) winograd = [2]
         epilogue(relu) : tensor<1x12x32xf32> -> tensor<1x11x32xf32>
  return %0 : tensor<1x11x32xf32>
}

// -----

// Three pieces of F(16, 16). 23 results are two tiles, of which the second has
// seven, and the pieces read two tiles more.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%{{.*}}: memref<880xf32> {{.*}}, %[[Y:.*]]: memref<368xf32>
// CHECK: scf.for %{{.*}} = %c0 to %c2 step
// CHECK: scf.for %{{.*}} = %c0 to %c2 step
// CHECK: %[[LEFT:.*]] = arith.subi %c23, %{{.*}}
// CHECK: %[[OWN:.*]] = arith.subi %[[LEFT]], %{{.*}}
// CHECK: %[[EXISTS:.*]] = arith.cmpi slt, %{{.*}}, %[[OWN]]
// CHECK: scf.if %[[EXISTS]]
// CHECK: vector.store %{{.*}}, %[[Y]]
// CHECK: scf.for %{{.*}} = %c0 to %c2 step
// A sum takes the channels of one piece after the other.
// CHECK: scf.for %{{.*}} = %c0 to %c64 step
// CHECK: scf.for %{{.*}} = %c0 to %c3 step %c1 iter_args
// CHECK: scf.for %{{.*}} = %c0 to %c16 step %c1 iter_args
// CHECK-COUNT-2: math.fma
// CHECK-NOT: math.fma
func.func @model(%x: tensor<1x55x16xf32>) -> tensor<1x23x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<33x16x16xf32>) winograd = [16] products = [192]
         : tensor<1x55x16xf32> -> tensor<1x23x16xf32>
  return %0 : tensor<1x23x16xf32>
}

// -----

// Results that are whole tiles are stored without a question: must not fire.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%{{.*}}: memref<1024xf32> {{.*}}, %[[Y:.*]]: memref<512xf32>
// CHECK: scf.forall (%{{.*}}) in (4)
// CHECK-NOT: scf.if
// CHECK: vector.store %{{.*}}, %[[Y]]
func.func @model(%x: tensor<1x64x16xf32>) -> tensor<1x32x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<33x16x16xf32>) winograd = [16] products = [192]
         : tensor<1x64x16xf32> -> tensor<1x32x16xf32>
  return %0 : tensor<1x32x16xf32>
}

// -----

// More than one block of channels, and than 64 filters: two panels of the kernel,
// each of which all blocks of a point go through.
// CHECK-LABEL: func.func private @model
// CHECK: scf.for %{{.*}} = %c0 to %c6 step
// CHECK: scf.for %{{.*}} = %c0 to %c64 step %c1 iter_args
// CHECK-COUNT-8: math.fma
// CHECK: scf.for %{{.*}} = %c0 to %c6 step %c1 iter_args
// CHECK-COUNT-8: math.fma
// CHECK: scf.for %{{.*}} = %c0 to %c64 step %c1 iter_args
// CHECK-COUNT-4: math.fma
// CHECK: scf.for %{{.*}} = %c0 to %c6 step %c1 iter_args
// CHECK-COUNT-4: math.fma
// CHECK-NOT: math.fma
func.func @model(%x: tensor<1x10x70xf32>) -> tensor<1x8x96xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x70x96xf32>) winograd = [4]
         : tensor<1x10x70xf32> -> tensor<1x8x96xf32>
  return %0 : tensor<1x8x96xf32>
}

// -----

// A kernel of 2.25 MiB comes from memory, and is fetched a block of 64 channels of
// a panel ahead.
// CHECK-LABEL: func.func private @model
// CHECK: %[[AHEAD:.*]] = arith.addi %{{.*}}, %c4096
// CHECK: memref.prefetch %{{.*}}[%[[AHEAD]]], read, locality<3>, data
func.func @model(%x: tensor<1x6x6x128xf32>) -> tensor<1x4x4x128xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x128x128xf32>) winograd = [4, 4] : tensor<1x6x6x128xf32> -> tensor<1x4x4x128xf32>
  return %0 : tensor<1x4x4x128xf32>
}
