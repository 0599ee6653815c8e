// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v3 --canonicalize | FileCheck %s

// Over positions: neighbouring channels at once, one sum each.
// CHECK-LABEL: func.func private @model
// CHECK: %[[SUM:.*]] = scf.for %{{.*}} = %c0 to %c7 step %c1 iter_args(%[[CARRIED:.*]] = %{{.*}}) -> (vector<8xf32>) {
// CHECK: %[[X:.*]] = vector.load {{.*}} vector<8xf32>
// CHECK: arith.addf %[[CARRIED]], %[[X]]
// CHECK: arith.mulf %[[SUM]]
func.func @model(%x: tensor<1x7x8xf32>) -> tensor<1x8xf32> {
  %0 = nn.reduce mean %x axes = [1] : tensor<1x7x8xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// -----

// Over channels: 16 chains in two registers, the last 3 of 35 elements in the
// first lanes of one, from the vector that ends with them, then neighbours.
// CHECK-LABEL: func.func private @model
// CHECK: %[[SUMS:.*]]:2 = scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>) {
// CHECK: %[[AT:.*]] = arith.addi %{{.*}}, %c27
// CHECK: %[[END:.*]] = vector.load %{{.*}}[%[[AT]]] : memref<245xf32>, vector<8xf32>
// CHECK: %[[NEW:.*]] = vector.shuffle %[[END]], %[[END]] [5, 6, 7, 0, 1, 2, 3, 4]
// CHECK: %[[SUM:.*]] = arith.addf %[[SUMS]]#0, %[[NEW]]
// CHECK: vector.shuffle %[[SUM]], %[[SUMS]]#0 [0, 1, 2, 11, 12, 13, 14, 15]
// CHECK: arith.addf {{.*}} : vector<4xf32>
// CHECK: arith.addf {{.*}} : vector<2xf32>
// CHECK: arith.addf {{.*}} : vector<1xf32>
func.func @model(%x: tensor<1x7x35xf32>) -> tensor<1x7xf32> {
  %0 = nn.reduce sum %x axes = [2] : tensor<1x7x35xf32> -> tensor<1x7xf32>
  return %0 : tensor<1x7xf32>
}

// -----

// The last 2 of 34 elements are loaded alone, as that takes one instruction.
// CHECK-LABEL: func.func private @model
// CHECK: vector.extract_strided_slice {{.*}} : vector<8xf32> to vector<2xf32>
// CHECK: vector.load {{.*}} vector<2xf32>
// CHECK: arith.addf {{.*}} : vector<2xf32>
func.func @model(%x: tensor<1x7x34xf32>) -> tensor<1x7xf32> {
  %0 = nn.reduce sum %x axes = [2] : tensor<1x7x34xf32> -> tensor<1x7xf32>
  return %0 : tensor<1x7xf32>
}

// -----

// Maximum and minimum compare and keep NaN.
// CHECK-LABEL: func.func private @model
// CHECK: arith.cmpf ogt
// CHECK: arith.cmpf uno
// CHECK: arith.cmpf olt
// CHECK: arith.cmpf uno
func.func @model(%x: tensor<1x7x8xf32>) -> tensor<1xf32> {
  %0 = nn.reduce max %x axes = [1] : tensor<1x7x8xf32> -> tensor<1x8xf32>
  %1 = nn.reduce min %0 axes = [1] : tensor<1x8xf32> -> tensor<1xf32>
  return %1 : tensor<1xf32>
}

// -----

// Normalisation: the mean, the mean of squared differences, one division for
// each row, and a product with its quotient.
// CHECK-LABEL: func.func private @model
// CHECK: arith.addf
// CHECK: arith.subf
// CHECK: math.fma
// CHECK: math.sqrt %{{.*}} : vector<1xf32>
// CHECK: %[[FACTOR:.*]] = arith.divf {{.*}} : vector<1xf32>
// CHECK-NOT: arith.divf
// CHECK: arith.subf {{.*}} : vector<8xf32>
// CHECK: %[[SPREAD:.*]] = vector.broadcast %[[FACTOR]] : vector<1xf32> to vector<8xf32>
// CHECK: arith.mulf %{{.*}}, %[[SPREAD]]
func.func @model(%x: tensor<1x7x8xf32>) -> tensor<1x7x8xf32> {
  %0 = nn.normalize standard %x axes = [2] epsilon = 1.0e-3 : tensor<1x7x8xf32>
  return %0 : tensor<1x7x8xf32>
}
