// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize | FileCheck %s

// 16 of 20 queries at a time, the second block from the fifth on, for each of
// three products: queries side by side, four of them transposed at a time, scores
// of all keys, weights and their sum in lanes, means, quotients.
// CHECK-LABEL: func.func private @model
// CHECK: %[[SCRATCH:.*]] = memref.view
// CHECK: scf.for %{{.*}} = %c0 to %c3
// CHECK: scf.for %[[BLOCK:.*]] = %c0 to %c2
// CHECK: %[[START:.*]] = arith.muli %[[BLOCK]], %c16
// CHECK: arith.minsi %[[START]], %c4
// CHECK: scf.forall (%{{.*}}) in (4)
// CHECK: %[[Q0:.*]] = arith.mulf %{{.*}}, %{{.*}} : vector<4xf32>
// CHECK: %[[Q1:.*]] = arith.mulf %{{.*}}, %{{.*}} : vector<4xf32>
// CHECK: vector.shuffle %[[Q0]], %[[Q1]] [0, 2, 4, 6]
// CHECK-COUNT-4: vector.store %{{.*}}, %[[SCRATCH]]{{.*}} vector<4xf32>
// CHECK: scf.for {{.*}} = %c0 to %c4
// CHECK-COUNT-7: math.fma {{.*}} : vector<16xf32>
// CHECK: arith.cmpf ogt
// CHECK: scf.for {{.*}} = %c0 to %c7
// CHECK: vector.store %[[W:[^,]*]], %[[SCRATCH]]
// CHECK: %[[SUM:.*]] = arith.addf %{{.*}}, %[[W]]
// CHECK: scf.yield %[[SUM]]
// CHECK: scf.for {{.*}} = %c0 to %c7
// CHECK-COUNT-2: math.fma {{.*}} : vector<16xf32>
// Two values are too few for a block.
// CHECK: scf.forall (%{{.*}}) in (16)
// CHECK: scf.forall (%{{.*}}) in (2)
// CHECK: arith.divf {{.*}} : vector<1xf32>
func.func @model(%q: tensor<1x3x20x4xf32>, %k: tensor<1x3x7x4xf32>, %v: tensor<1x3x7x2xf32>) -> tensor<1x3x20x2xf32> {
  %0 = nn.attention %q, %k, %v scale = 0.5 : tensor<1x3x20x4xf32>, tensor<1x3x7x4xf32>, tensor<1x3x7x2xf32> -> tensor<1x3x20x2xf32>
  return %0 : tensor<1x3x20x2xf32>
}

// -----

// Fewer queries than a block are one, which its last vector pads: 9 to 16. The last
// four that are transposed overlap those before.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: memref<1344xi8>
// CHECK: arith.minsi %{{.*}}, %c5
// CHECK: vector.store {{.*}} : memref<336xf32>, vector<9xf32>
func.func @model(%q: tensor<9x4xf32>, %k: tensor<13x4xf32>, %v: tensor<13x3xf32>) -> tensor<9x3xf32> {
  %0 = nn.attention %q, %k, %v : tensor<9x4xf32>, tensor<13x4xf32>, tensor<13x3xf32> -> tensor<9x3xf32>
  return %0 : tensor<9x3xf32>
}
