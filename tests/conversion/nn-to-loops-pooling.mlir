// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V4
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v3 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V3
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v2 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V2

// A small window without padding is unrolled; vectors run along the channels, 20
// of which are whole vectors and a rest.
// CHECK-LABEL: func.func private @model
// CHECK: scf.forall (%{{.*}}) in (3)
// V4: arith.cmpf uno, %{{.*}} : vector<16xf32>
// V4: arith.cmpf uno, %{{.*}} : vector<4xf32>
// V3: scf.forall (%{{.*}}) in (2)
// V3: arith.cmpf uno, %{{.*}} : vector<8xf32>
// V3: arith.cmpf uno, %{{.*}} : vector<4xf32>
// V2: scf.forall (%{{.*}}) in (5)
// V2: arith.cmpf uno, %{{.*}} : vector<4xf32>
// CHECK-NOT: arith.cmpf uno
// CHECK: return
func.func @model(%x: tensor<1x8x20xf32>) -> tensor<1x3x20xf32> {
  %0 = nn.max_pool %x window = [2] strides = [3] : tensor<1x8x20xf32> -> tensor<1x3x20xf32>
  return %0 : tensor<1x3x20xf32>
}

// -----

// Padding takes no part: the ends of windows that have some are clamped to the
// input, and their maximum starts from minus infinity. The 5 windows without are
// unrolled.
// CHECK-LABEL: func.func private @model
// V3: %[[LOWEST:.*]] = arith.constant dense<0xFF800000> : vector<8xf32>
// V3: %[[LEFT:.*]] = arith.maxsi
// V3: %[[RIGHT:.*]] = arith.minsi
// V3: scf.for %{{.*}} = %[[LEFT]] to %[[RIGHT]] step %c1 iter_args(%{{.*}} = %[[LOWEST]])
// V3: arith.cmpf uno
// V3: scf.forall (%{{.*}}) in (5)
// V3-NOT: scf.for
// V3-COUNT-2: arith.cmpf uno
// V3: vector.store
// V3: arith.maxsi
func.func @model(%x: tensor<1x7x8xf32>) -> tensor<1x9x8xf32> {
  %0 = nn.max_pool %x window = [3] strides = [1] padding = [2, 2] : tensor<1x7x8xf32> -> tensor<1x9x8xf32>
  return %0 : tensor<1x9x8xf32>
}

// -----

// A window of more than 16 positions is a loop, so that code stays small.
// CHECK-LABEL: func.func private @model
// V3: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %c1 iter_args
// V3: arith.cmpf uno
// V3-NOT: arith.cmpf uno
// V3: return
func.func @model(%x: tensor<1x40x8xf32>) -> tensor<1x2x8xf32> {
  %0 = nn.max_pool %x window = [17] : tensor<1x40x8xf32> -> tensor<1x2x8xf32>
  return %0 : tensor<1x2x8xf32>
}

// -----

// A mean is a sum in the order of memory, times 1 / 4.
// CHECK-LABEL: func.func private @model
// V3-DAG: %[[QUARTER:.*]] = arith.constant dense<2.500000e-01> : vector<8xf32>
// V3: %[[S0:.*]] = arith.addf
// V3: %[[S1:.*]] = arith.addf %[[S0]],
// V3: %[[S2:.*]] = arith.addf %[[S1]],
// V3: %[[MEAN:.*]] = arith.mulf %[[S2]], %[[QUARTER]]
// V3: vector.store %[[MEAN]]
func.func @model(%x: tensor<1x4x4x8xf32>) -> tensor<1x2x2x8xf32> {
  %0 = nn.avg_pool %x window = [2, 2] : tensor<1x4x4x8xf32> -> tensor<1x2x2x8xf32>
  return %0 : tensor<1x2x2x8xf32>
}

// -----

// With padding, the count differs from place to place: its reciprocals are a
// table, here 1/2, 1/3, 1/3, 1/2. The sum starts from -0, which changes nothing.
// CHECK: memref.global "private" constant @layer_reciprocals : memref<4xf32>
// CHECK-LABEL: func.func private @model
// V3-DAG: %[[START:.*]] = arith.constant dense<-0.000000e+00> : vector<8xf32>
// V3-DAG: %[[TABLE:.*]] = memref.get_global @layer_reciprocals
// V3: %[[SUM:.*]] = scf.for %{{.*}} iter_args(%{{.*}} = %[[START]])
// V3: %[[RECIPROCAL:.*]] = memref.load %[[TABLE]]
// V3: %[[LANES:.*]] = vector.broadcast %[[RECIPROCAL]]
// V3: arith.mulf %[[SUM]], %[[LANES]]
// CHECK: layer_reciprocals: "0x040000000000003FABAAAA3EABAAAA3E0000003F"
func.func @model(%x: tensor<1x4x8xf32>) -> tensor<1x4x8xf32> {
  %0 = nn.avg_pool %x window = [3] strides = [1] padding = [1, 1] : tensor<1x4x8xf32> -> tensor<1x4x8xf32>
  return %0 : tensor<1x4x8xf32>
}

// -----

// Over all of the image at once.
// CHECK-LABEL: func.func private @model
// V3-DAG: %[[PART:.*]] = arith.constant dense<0.0333333351> : vector<8xf32>
// V3: %[[FIRST:.*]] = vector.load
// V3: %[[SUM:.*]] = scf.for %{{.*}} = %c1 to %c30 step %c1 iter_args(%{{.*}} = %[[FIRST]])
// V3: arith.addf
// V3: arith.mulf %[[SUM]], %[[PART]]
func.func @model(%x: tensor<1x5x6x8xf32>) -> tensor<1x8xf32> {
  %0 = nn.global_pool avg %x : tensor<1x5x6x8xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// -----

// Vectors of channels side by side: four, and then what is left.
// CHECK-LABEL: func.func private @model
// V3: scf.for %{{.*}} = %c1 to %c6 step %c1 iter_args({{(%.* = %.*, ){3}%.* = %.*}})
// V3-COUNT-4: arith.addf
// V3-NOT: arith.addf
// V3: scf.for %{{.*}} = %c1 to %c6 step %c1 iter_args({{(%.* = %.*)}}, {{(%.* = %.*)}})
// V3: arith.addf {{.*}} vector<8xf32>
// V3: arith.addf {{.*}} vector<4xf32>
func.func @model(%x: tensor<1x6x44xf32>) -> tensor<1x44xf32> {
  %0 = nn.global_pool avg %x : tensor<1x6x44xf32> -> tensor<1x44xf32>
  return %0 : tensor<1x44xf32>
}

// -----

// CHECK-LABEL: func.func private @model
// CHECK: scf.for %{{.*}} = %c1 to %c9 step %c1 iter_args
// CHECK: arith.cmpf uno
// CHECK-NOT: arith.mulf {{.*}} vector
func.func @model(%x: tensor<1x9x4xf32>) -> tensor<1x1x4xf32> {
  %0 = nn.global_pool max %x keep_dims : tensor<1x9x4xf32> -> tensor<1x1x4xf32>
  return %0 : tensor<1x1x4xf32>
}
