// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V4
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v3 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V3
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v2 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V2

// 21 elements, whatever their shape: whole vectors, then what is left. NaN is not
// below zero, and stays.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<21xf32> {{.*}}, %[[Y:.*]]: memref<21xf32>
// V3: scf.forall (%{{.*}}) in (2)
// V3: %[[V:.*]] = vector.load %[[X]]{{.*}} vector<8xf32>
// V3: %[[NEGATIVE:.*]] = arith.cmpf ogt, %[[ZERO:.*]], %[[V]]
// V3: %[[RELU:.*]] = arith.select %[[NEGATIVE]], %[[ZERO]], %[[V]]
// V3: vector.store %[[RELU]], %[[Y]]
// V3: vector.load %[[X]][%c16] : memref<21xf32>, vector<5xf32>
// V4: vector.load %[[X]][%c0] : memref<21xf32>, vector<16xf32>
// V4: vector.load %[[X]][%c16] : memref<21xf32>, vector<5xf32>
func.func @model(%x: tensor<1x7x3xf32>) -> tensor<1x7x3xf32> {
  %0 = nn.activation relu %x : tensor<1x7x3xf32>
  return %0 : tensor<1x7x3xf32>
}

// -----

// Functions are polynomials by fused multiply-add, not calls of a library; v2,
// which has no such instruction, multiplies and adds.
// CHECK-LABEL: func.func private @model
// CHECK-NOT: math.{{tanh|exp|erf}}
// V4: math.fma
// V3: math.fma
// V2-NOT: math.fma
// CHECK: arith.divf
// CHECK-NOT: math.{{tanh|exp|erf}}
// V2-NOT: math.fma
// CHECK: return
func.func @model(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.activation tanh %x : tensor<1x4xf32>
  %1 = nn.activation sigmoid %0 : tensor<1x4xf32>
  %2 = nn.activation gelu %1 : tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
}

// -----

// A power is no call either, nor is a whole number.
// CHECK-LABEL: func.func private @model
// CHECK-NOT: math.{{pow|exp|log|floor|round|ceil|trunc}}
// CHECK: return
func.func @model(%x: tensor<1x4xf32>, %y: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.activation floor %x : tensor<1x4xf32>
  %1 = nn.pow %0, %y epilogue(round, ceil, trunc) : tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[A:.*]]: memref<4xf32> {{.*}}, %[[B:.*]]: memref<4xf32> {{.*}}, %[[Y:.*]]: memref<4xf32>
// CHECK: %[[VA:.*]] = vector.load %[[A]]
// CHECK: %[[VB:.*]] = vector.load %[[B]]
// CHECK: %[[SUM:.*]] = arith.addf %[[VA]], %[[VB]]
// CHECK: vector.store %[[SUM]], %[[Y]]
func.func @model(%a: tensor<1x4xf32>, %b: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.add %a, %b : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// Channels are weighed: one loop over all 35 positions, and one vector of weights
// of each channel.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<280xf32> {{.*}}, %[[Y:.*]]: memref<8xf32>
// V3: scf.forall (%{{.*}}) in (35)
// V3-NOT: scf.for
// V3: %[[VX:.*]] = vector.load %[[X]]{{.*}} vector<8xf32>
// V3: %[[VY:.*]] = vector.load %[[Y]][%c0]{{.*}} vector<8xf32>
// V3: arith.mulf %[[VX]], %[[VY]]
func.func @model(%x: tensor<1x5x7x8xf32>, %y: tensor<1x1x1x8xf32>) -> tensor<1x5x7x8xf32> {
  %0 = nn.mul %x, %y : tensor<1x5x7x8xf32>, tensor<1x1x1x8xf32> -> tensor<1x5x7x8xf32>
  return %0 : tensor<1x5x7x8xf32>
}

// -----

// Positions are weighed: one number for all channels of each.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<56xf32> {{.*}}, %[[Y:.*]]: memref<7xf32>
// V3: scf.forall (%[[I:.*]]) in (7)
// V3: %[[VX:.*]] = vector.load %[[X]]{{.*}} vector<8xf32>
// V3: %[[WEIGHT:.*]] = memref.load %[[Y]][%[[I]]]
// V3: %[[VY:.*]] = vector.broadcast %[[WEIGHT]] : f32 to vector<8xf32>
// V3: arith.mulf %[[VX]], %[[VY]]
func.func @model(%x: tensor<1x7x8xf32>, %y: tensor<1x7x1xf32>) -> tensor<1x7x8xf32> {
  %0 = nn.mul %x, %y : tensor<1x7x8xf32>, tensor<1x7x1xf32> -> tensor<1x7x8xf32>
  return %0 : tensor<1x7x8xf32>
}

// -----

// A constant takes no memory of the call: its reader loads the weights.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%{{.*}}: memref<4xf32> {{.*}}, %{{.*}}: memref<4xf32> {{.*}}, %{{.*}}: memref<0xi8>
// CHECK: %[[VALUE:.*]] = memref.get_global @layer_value : memref<4xf32>
// CHECK: vector.load %[[VALUE]]
func.func @model(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.constant value(dense<[[1.0, 2.0, 3.0, 4.0]]> : tensor<1x4xf32>) : tensor<1x4xf32>
  %1 = nn.maximum %x, %0 : tensor<1x4xf32>
  return %1 : tensor<1x4xf32>
}

// -----

// An affine of the last axis: vectors of scales and shifts.
// CHECK-LABEL: func.func private @model
// V3-DAG: %[[SCALE:.*]] = memref.get_global @layer_scale
// V3-DAG: %[[SHIFT:.*]] = memref.get_global @layer_shift
// V3: scf.forall (%{{.*}}) in (5)
// V3: %[[X:.*]] = vector.load
// V3: %[[S:.*]] = vector.load %[[SCALE]]
// V3: %[[T:.*]] = vector.load %[[SHIFT]]
// V3: math.fma %[[X]], %[[S]], %[[T]]
func.func @model(%x: tensor<1x5x8xf32>) -> tensor<1x5x8xf32> {
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<8xf32>) shift(dense<1.0> : tensor<8xf32>) : tensor<1x5x8xf32>
  return %0 : tensor<1x5x8xf32>
}

// -----

// An affine of another axis: one scale and shift for a row of 8.
// CHECK-LABEL: func.func private @model
// V3: scf.forall (%[[CHANNEL:.*]]) in (5)
// V3: %[[X:.*]] = vector.load %{{.*}} vector<8xf32>
// V3: memref.load %{{.*}}[%[[CHANNEL]]]
// V3: %[[S:.*]] = vector.broadcast
// V3: memref.load %{{.*}}[%[[CHANNEL]]]
// V3: %[[T:.*]] = vector.broadcast
// V3: math.fma %[[X]], %[[S]], %[[T]]
func.func @model(%x: tensor<1x5x8xf32>) -> tensor<1x5x8xf32> {
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<5xf32>) shift(dense<1.0> : tensor<5xf32>) : tensor<1x5x8xf32>
  return %0 : tensor<1x5x8xf32>
}

// -----

// Softmax along the last axis: the largest element, exponentials with their sums,
// and quotients, all in vectors. The last 3 of 19 elements are those of a vector
// that ends with them, whose exponentials are not stored before they are divided.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<19xf32> {{.*}}, %[[Y:.*]]: memref<19xf32>
// V3: arith.cmpf ogt, %{{.*}} : vector<8xf32>
// V3: vector.store %{{.*}}, %[[Y]][%c0]
// V3: vector.store %{{.*}}, %[[Y]][%c8]
// V3: %[[END:.*]] = vector.load %[[X]][%c11] : memref<19xf32>, vector<8xf32>
// V3: arith.subf %[[END]], %{{.*}} : vector<8xf32>
// V3-NOT: vector.store
// V3: vector.shuffle %[[LAST:.*]], %{{.*}} [5, 6, 7, 0, 1, 2, 3, 4]
// V3-NOT: vector.store
// V3: scf.forall (%{{.*}}) in (2)
// V3: arith.divf
// V3: %[[QUOTIENT:.*]] = arith.divf %[[LAST]], %{{.*}} : vector<8xf32>
// V3: vector.store %[[QUOTIENT]], %[[Y]][%c11]
// Four partial sums are added up from the stored exponentials.
// V2: scf.forall (%{{.*}}) in (4)
// V2: vector.store %{{.*}}, %[[Y]]
// V2: vector.load %[[Y]]
// V2: arith.addf
func.func @model(%x: tensor<1x19xf32>) -> tensor<1x19xf32> {
  %0 = nn.softmax %x axis = 1 : tensor<1x19xf32>
  return %0 : tensor<1x19xf32>
}

// -----

// Along another axis, neighbours are worked on at once.
// CHECK-LABEL: func.func private @model
// V3: scf.for %{{.*}} = %c0 to %c10
// V3: arith.cmpf ogt, %{{.*}} : vector<8xf32>
// V3: scf.for %{{.*}} = %c0 to %c10
// V3: arith.subf %{{.*}} : vector<8xf32>
// V3: arith.addf %{{.*}} : vector<8xf32>
// V3: scf.for %{{.*}} = %c0 to %c10
// V3: arith.divf %{{.*}} : vector<8xf32>
func.func @model(%x: tensor<1x10x8xf32>) -> tensor<1x10x8xf32> {
  %0 = nn.softmax %x axis = 1 : tensor<1x10x8xf32>
  return %0 : tensor<1x10x8xf32>
}

// -----

// Slopes of each channel, beside its elements.
// CHECK-LABEL: func.func private @model
// V3: %[[SLOPE:.*]] = memref.get_global @layer_slope : memref<8xf32>
// V3: %[[X:.*]] = vector.load %{{.*}} vector<8xf32>
// V3: %[[S:.*]] = vector.load %[[SLOPE]]
// V3: %[[BELOW:.*]] = arith.cmpf ogt, %{{.*}}, %[[X]]
// V3: %[[PRODUCT:.*]] = arith.mulf %[[X]], %[[S]]
// V3: arith.select %[[BELOW]], %[[PRODUCT]], %[[X]]
func.func @model(%x: tensor<1x5x8xf32>) -> tensor<1x5x8xf32> {
  %0 = nn.prelu %x slope(dense<[[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]]]> : tensor<1x1x8xf32>) : tensor<1x5x8xf32>
  return %0 : tensor<1x5x8xf32>
}
