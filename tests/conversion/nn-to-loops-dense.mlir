// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V4
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v3 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V3
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v2 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V2

// 4 chains: each round of the loop takes one term for each, the 9th term goes to
// chain 0, and neighbours are added pairwise.
// CHECK-LABEL: func.func private @model
// V3: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
// V3: %[[BIAS:.*]] = memref.get_global @layer_bias
// V3: %[[START:.*]] = vector.load %[[BIAS]]
// V3: %[[C:.*]]:4 = scf.for %{{.*}} = %c0 to %c2 step %c1 iter_args(%{{.*}} = %[[START]], %{{.*}} = %[[ZERO]], %{{.*}} = %[[ZERO]], %{{.*}} = %[[ZERO]])
// V3-COUNT-4: math.fma %{{.*}} : vector<8xf32>
// V3: scf.yield
// V3: %[[C0:.*]] = math.fma %{{.*}}, %{{.*}}, %[[C]]#0
// V3: %[[LEFT:.*]] = arith.addf %[[C0]], %[[C]]#1
// V3: %[[RIGHT:.*]] = arith.addf %[[C]]#2, %[[C]]#3
// V3: arith.addf %[[LEFT]], %[[RIGHT]]
// V2-NOT: math.fma
// CHECK: return
func.func @model(%x: tensor<1x9xf32>) -> tensor<1x8xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<9x8xf32>) chains = 4 : tensor<1x9xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// -----

// A wide layer: its kernel is packed in panels of 64 columns, of which the rows lie
// side by side, each a product of its own. The last has the columns that are left,
// with their padding.
// CHECK-LABEL: func.func private @model
// V4: %[[KERNEL:.*]] = memref.get_global @layer_kernel : memref<640xf32>
// V4: %[[ROW:.*]] = arith.muli %{{.*}}, %c64
// V4: vector.load %[[KERNEL]][%[[ROW]]]
// V4-COUNT-4: math.fma %{{.*}} : vector<16xf32>
// V4: scf.yield
// V4: %[[NARROW:.*]] = arith.muli %{{.*}}, %c16
// V4: %[[LAST:.*]] = arith.addi %[[NARROW]], %c512
// V4: vector.load %[[KERNEL]][%[[LAST]]]
// V4-COUNT-1: math.fma %{{.*}} : vector<16xf32>
// V4: vector.store %{{.*}}[%c64] : memref<67xf32>, vector<3xf32>
// V4-NOT: memref.prefetch
func.func @model(%x: tensor<1x8xf32>) -> tensor<1x67xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8x67xf32>) : tensor<1x8xf32> -> tensor<1x67xf32>
  return %0 : tensor<1x67xf32>
}

// -----

// Weights that leave the first-level cache, and are read once, are fetched a page
// ahead: 1024 elements.
// CHECK-LABEL: func.func private @model
// V4: %[[AHEAD:.*]] = arith.addi %{{.*}}, %c1024
// V4: memref.prefetch %{{.*}}[%[[AHEAD]]], read, locality<3>, data
func.func @model(%x: tensor<1x512xf32>) -> tensor<1x32xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<512x32xf32>) : tensor<1x512xf32> -> tensor<1x32xf32>
  return %0 : tensor<1x32xf32>
}

// -----

// Several tiles of rows read them more than once.
// CHECK-LABEL: func.func private @model
// CHECK-NOT: memref.prefetch
// CHECK: return
func.func @model(%x: tensor<1x99x512xf32>) -> tensor<1x99x32xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<512x32xf32>) : tensor<1x99x512xf32> -> tensor<1x99x32xf32>
  return %0 : tensor<1x99x32xf32>
}

// -----

// From memory, all rows read 64 terms while the next 64 rows of a panel are
// fetched.
// CHECK-LABEL: func.func private @model
// V4: scf.for %{{.*}} = %c0 to %c7 step %c1 {
// V4: %[[AHEAD:.*]] = arith.addi %{{.*}}, %c4096
// V4: memref.prefetch %{{.*}}[%[[AHEAD]]], read, locality<3>, data
func.func @model(%x: tensor<1x99x512xf32>) -> tensor<1x99x640xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<512x640xf32>) : tensor<1x99x512xf32> -> tensor<1x99x640xf32>
  return %0 : tensor<1x99x640xf32>
}

// -----

// A single output: chains are lanes, so that vectors run along the inputs. Two
// rounds of 32 terms and a rest of 6, which are added to the first lanes.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<70xf32>
// V4: scf.for %{{.*}} = %c0 to %c2 step %c1 iter_args
// V4: vector.load %[[X]]{{.*}} vector<16xf32>
// V4: math.fma
// V4: vector.load %[[X]]{{.*}} vector<16xf32>
// V4: math.fma
// V4-NOT: math.fma
// V4: scf.yield
// V4: vector.load %[[X]][%c64] : memref<70xf32>, vector<6xf32>
// V4: math.fma %{{.*}} : vector<6xf32>
// Neighbouring lanes are added until one is left: the same order on every target.
// V4: %[[EVEN:.*]] = vector.shuffle %[[SUM:.*]], %[[SUM]] [0, 2, 4, 6, 8, 10, 12, 14]
// V4: %[[ODD:.*]] = vector.shuffle %[[SUM]], %[[SUM]] [1, 3, 5, 7, 9, 11, 13, 15]
// V4: arith.addf %[[EVEN]], %[[ODD]] : vector<8xf32>
// V4: vector.store %{{.*}} vector<1xf32>
// V3: scf.for %{{.*}} = %c0 to %c2 step %c1 iter_args
// V3-COUNT-4: math.fma %{{.*}} : vector<8xf32>
// V3: scf.yield
// V3: math.fma %{{.*}} : vector<6xf32>
func.func @model(%x: tensor<1x70xf32>) -> tensor<1x1xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<70x1xf32>) chains = 32 : tensor<1x70xf32> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// Several rows share each vector of weights: 8 rows in two tiles of 4.
// CHECK-LABEL: func.func private @model
// V3: scf.forall (%{{.*}}) in (2)
// V3: scf.for %{{.*}} = %c0 to %c5 step %c1 iter_args
// V3: vector.load
// V3: vector.load
// V3-NOT: vector.load
// V3-COUNT-8: math.fma
// V3: scf.yield
func.func @model(%x: tensor<1x8x5xf32>) -> tensor<1x8x16xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<5x16xf32>) : tensor<1x8x5xf32> -> tensor<1x8x16xf32>
  return %0 : tensor<1x8x16xf32>
}

// -----

// The epilogue's stages, in their order.
// CHECK-LABEL: func.func private @model
// V3: math.fma
// V3: scf.yield
// V3: math.absf
// V3: %[[SOFTSIGN:.*]] = arith.divf
// V3: arith.mulf %[[SOFTSIGN]]
// V3: vector.store
func.func @model(%x: tensor<1x5xf32>) -> tensor<1x8xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<5x8xf32>) epilogue(softsign, leaky_relu(0.5)) : tensor<1x5xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// -----

// A product of values reads its second operand in place where rows fill vectors,
// and else a copy with rows of 16, or 12 where vectors have 4 lanes.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%{{.*}}: memref<40xf32> {{.*}}, %[[Y:.*]]: memref<80xf32> {{.*}}, %[[Z:.*]]: memref<45xf32> {{.*}}, %[[ARENA:.*]]: memref<{{320|256}}xi8>
// V3: %[[COPY:.*]] = memref.view %[[ARENA]]{{.*}} to memref<80xf32>
// V3: vector.load %[[Y]]{{.*}} vector<8xf32>
// V3: math.fma
// V3: vector.load %[[Z]]
// V3: vector.store %{{.*}}, %[[COPY]]
// V3: vector.load %[[COPY]]{{.*}} vector<8xf32>
// V3: math.fma
func.func @model(%x: tensor<1x8x5xf32>, %y: tensor<1x5x16xf32>, %z: tensor<1x5x9xf32>) -> (tensor<1x8x16xf32>, tensor<1x8x9xf32>) {
  %0 = nn.matmul %x, %y : tensor<1x8x5xf32>, tensor<1x5x16xf32> -> tensor<1x8x16xf32>
  %1 = nn.matmul %x, %z : tensor<1x8x5xf32>, tensor<1x5x9xf32> -> tensor<1x8x9xf32>
  return %0, %1 : tensor<1x8x16xf32>, tensor<1x8x9xf32>
}
