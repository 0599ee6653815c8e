// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize | FileCheck %s
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v3 --canonicalize | FileCheck %s --check-prefix=FEW

// With many registers, four rows at a time, and the last one alone: the sums of
// the four are added in one tree. Not with few.
// CHECK-LABEL: func.func private @model
// CHECK: scf.forall (%{{.*}}) in (2)
// CHECK: %[[SUMS:.*]]:4 = scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>) {
// CHECK: vector.shuffle %[[SUMS]]#0, %[[SUMS]]#1 [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]
// CHECK: arith.addf {{.*}} : vector<8xf32>
// CHECK: %[[FOUR:.*]] = arith.addf {{.*}} : vector<4xf32>
// CHECK: %[[MEANS:.*]] = arith.mulf %[[FOUR]]
// CHECK: vector.store %[[MEANS]], {{.*}} vector<4xf32>
// CHECK: arith.addf {{.*}} : vector<1xf32>
// CHECK: vector.store {{.*}} vector<1xf32>
// FEW-LABEL: func.func private @model
// FEW: scf.forall (%{{.*}}) in (9)
func.func @model(%x: tensor<1x9x32xf32>) -> tensor<1x9xf32> {
  %0 = nn.reduce mean %x axes = [2] : tensor<1x9x32xf32> -> tensor<1x9xf32>
  return %0 : tensor<1x9xf32>
}

// -----

// Of rows of two elements two, as a vector for each holds no more.
// CHECK-LABEL: func.func private @model
// CHECK: scf.forall (%{{.*}}) in (4)
// CHECK-COUNT-2: vector.load {{.*}} vector<2xf32>
// CHECK-NOT: vector.load
// CHECK: %[[TWO:.*]] = arith.addf {{.*}} : vector<2xf32>
// CHECK: vector.store %[[TWO]]
func.func @model(%x: tensor<1x9x2xf32>) -> tensor<1x9xf32> {
  %0 = nn.reduce sum %x axes = [2] : tensor<1x9x2xf32> -> tensor<1x9xf32>
  return %0 : tensor<1x9xf32>
}
