// RUN: frieze-opt %s --split-input-file --nn-to-loops="target=x86-64-v4 print-plan" --canonicalize --cse -o %t 2>%t.plan
// RUN: FileCheck %s < %t
// RUN: FileCheck %s --check-prefix=PLAN < %t.plan

// What is added to the sums of a convolution is added to its tile, and then goes
// through ReLU: the map is written once, and the sums have no memory.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<40xf32> {{.*}}, %[[Y:.*]]: memref<160xf32> {{.*}}, %[[Z:.*]]: memref<160xf32> {{.*}}, %{{.*}}: memref<0xi8>
// CHECK: %[[SUMS:.*]]:10 = scf.for
// CHECK: %[[OTHER:.*]] = vector.load %[[Y]][%[[AT:.*]]] : memref<160xf32>, vector<16xf32>
// CHECK: %[[ADDED:.*]] = arith.addf %[[OTHER]], %[[SUMS]]#0
// CHECK: %[[IS_BELOW:.*]] = arith.cmpf ogt, %{{.*}}, %[[ADDED]]
// CHECK: %[[RELU:.*]] = arith.select %[[IS_BELOW]]
// CHECK: vector.store %[[RELU]], %[[Z]][%[[AT]]]
// CHECK-COUNT-9: vector.store
// CHECK-NOT: vector.load
// CHECK: return
// PLAN: nn.conv
// PLAN-NEXT: matrix product
// PLAN: nn.add
// PLAN-NEXT: x86-64-v4: in the epilogue of its operand
func.func @model(%x: tensor<1x10x4xf32>, %y: tensor<1x10x16xf32>) -> tensor<1x10x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x4x16xf32>) : tensor<1x10x4xf32> -> tensor<1x10x16xf32>
  %1 = nn.add %y, %0 epilogue(relu) : tensor<1x10x16xf32>
  return %1 : tensor<1x10x16xf32>
}

// -----

// Operands keep their order, and elements their place under another shape.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%{{.*}}: memref<8xf32> {{.*}}, %[[Y:.*]]: memref<20xf32> {{.*}}, %[[Z:.*]]: memref<20xf32>
// CHECK: scf.for
// CHECK: %[[OTHER:.*]] = vector.load %[[Y]]{{.*}} vector<10xf32>
// CHECK: arith.subf %{{.*}}, %[[OTHER]] : vector<10xf32>
// CHECK: vector.store %{{.*}}, %[[Z]]{{.*}} vector<10xf32>
// PLAN: nn.sub
// PLAN-NEXT: in the epilogue of its operand
func.func @model(%x: tensor<2x4xf32>, %y: tensor<1x4x5xf32>) -> tensor<1x4x5xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x10xf32>) : tensor<2x4xf32> -> tensor<2x10xf32>
  %1 = nn.reshape %0 : tensor<2x10xf32> -> tensor<1x4x5xf32>
  %2 = nn.sub %1, %y : tensor<1x4x5xf32>
  return %2 : tensor<1x4x5xf32>
}

// -----

// Minimal filtering, too, where it stores its results.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%{{.*}}: memref<1024xf32> {{.*}}, %[[Y:.*]]: memref<576xf32> {{.*}}, %[[Z:.*]]: memref<576xf32>
// CHECK: vector.load %[[Y]][%[[AT:.*]]] : memref<576xf32>, vector<16xf32>
// CHECK: arith.mulf
// CHECK: vector.store %{{.*}}, %[[Z]][%[[AT]]] : memref<576xf32>, vector<16xf32>
// PLAN: nn.conv
// PLAN-NEXT: minimal filtering
// PLAN: nn.mul
// PLAN-NEXT: in the epilogue of its operand
func.func @model(%x: tensor<1x8x8x16xf32>, %y: tensor<1x6x6x16xf32>) -> tensor<1x6x6x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x16x16xf32>) winograd = [2, 2] : tensor<1x8x8x16xf32> -> tensor<1x6x6x16xf32>
  %1 = nn.mul %0, %y : tensor<1x6x6x16xf32>
  return %1 : tensor<1x6x6x16xf32>
}

// -----

// Results along the width meet the other operand when they lie side by side.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%{{.*}}: memref<18xf32> {{.*}}, %[[Y:.*]]: memref<32xf32> {{.*}}, %[[Z:.*]]: memref<32xf32>
// CHECK: %[[PLANES:.*]] = vector.shuffle
// CHECK: %[[OTHER:.*]] = vector.load %[[Y]][%c0] : memref<32xf32>, vector<16xf32>
// CHECK: %[[SUM:.*]] = arith.addf %{{.*}}, %[[OTHER]]
// CHECK: vector.store %[[SUM]], %[[Z]][%c0]
// PLAN: nn.conv
// PLAN-NEXT: over width
// PLAN: nn.add
// PLAN-NEXT: in the epilogue of its operand
func.func @model(%x: tensor<1x18x1xf32>, %y: tensor<1x16x2xf32>) -> tensor<1x16x2xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x1x2xf32>) : tensor<1x18x1xf32> -> tensor<1x16x2xf32>
  %1 = nn.add %0, %y : tensor<1x16x2xf32>
  return %1 : tensor<1x16x2xf32>
}

// -----

// Of two layers, the later one adds what the earlier one has left.
// CHECK-LABEL: func.func private @model
// PLAN: first: nn.dense
// PLAN-NEXT: matrix product
// PLAN: second: nn.dense
// PLAN-NEXT: matrix product
// PLAN: nn.add
// PLAN-NEXT: in the epilogue of its operand
func.func @model(%x: tensor<1x4xf32>) -> tensor<1x16xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x16xf32>) : tensor<1x4xf32> -> tensor<1x16xf32> loc("first")
  %1 = nn.dense %x kernel(dense<1.5> : tensor<4x16xf32>) : tensor<1x4xf32> -> tensor<1x16xf32> loc("second")
  %2 = nn.add %0, %1 : tensor<1x16xf32>
  return %2 : tensor<1x16xf32>
}

// -----

// Its kernel cannot wait for an operand that is made later: must not fire.
// PLAN: nn.activation
// PLAN: nn.add
// PLAN-NEXT: vectors
func.func @model(%x: tensor<1x4xf32>, %y: tensor<1x16xf32>) -> tensor<1x16xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x16xf32>) : tensor<1x4xf32> -> tensor<1x16xf32>
  %1 = nn.activation tanh %y : tensor<1x16xf32>
  %2 = nn.add %0, %1 : tensor<1x16xf32>
  return %2 : tensor<1x16xf32>
}

// -----

// Something else reads the sums: must not fire.
// PLAN: nn.add
// PLAN-NEXT: vectors
func.func @model(%x: tensor<1x4xf32>, %y: tensor<1x16xf32>) -> (tensor<1x16xf32>, tensor<1x16xf32>) {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x16xf32>) : tensor<1x4xf32> -> tensor<1x16xf32>
  %1 = nn.add %0, %y : tensor<1x16xf32>
  return %0, %1 : tensor<1x16xf32>, tensor<1x16xf32>
}

// -----

// The other operand is repeated: must not fire.
// PLAN: nn.mul
// PLAN-NEXT: vectors
func.func @model(%x: tensor<1x10x4xf32>, %y: tensor<1x1x16xf32>) -> tensor<1x10x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x4x16xf32>) : tensor<1x10x4xf32> -> tensor<1x10x16xf32>
  %1 = nn.mul %0, %y : tensor<1x10x16xf32>, tensor<1x1x16xf32> -> tensor<1x10x16xf32>
  return %1 : tensor<1x10x16xf32>
}

// -----

// An affine needs the channels: must not fire.
// PLAN: nn.add
// PLAN-NEXT: vectors
func.func @model(%x: tensor<1x4xf32>, %y: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  %1 = nn.add %0, %y epilogue(affine(1, dense<2.0> : tensor<2xf32>, dense<1.0> : tensor<2xf32>)) : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// A single output is a dot product, with rows in a vector: must not fire.
// PLAN: nn.add
// PLAN-NEXT: vectors
func.func @model(%x: tensor<4x4xf32>, %y: tensor<4x1xf32>) -> tensor<4x1xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x1xf32>) : tensor<4x4xf32> -> tensor<4x1xf32>
  %1 = nn.add %0, %y : tensor<4x1xf32>
  return %1 : tensor<4x1xf32>
}
