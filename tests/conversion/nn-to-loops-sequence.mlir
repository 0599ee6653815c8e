// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefix=CHECK
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v3 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V3
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v2 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V2

// A row of the table for each number; what is no row (NaN too) is read as row 0,
// and becomes a row of NaN, which the epilogue leaves as it is.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<5xf32> {{.*}}, %[[Y:.*]]: memref<40xf32>
// V3-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
// V3-DAG: %[[NAN:.*]] = arith.constant dense<0x7FC00000> : vector<8xf32>
// CHECK-DAG: %[[FIRST:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-DAG: %[[ROWS:.*]] = arith.constant 1.000000e+01 : f32
// CHECK-DAG: %[[BELOW:.*]] = arith.constant -1.000000e+00 : f32
// CHECK: %[[TABLE:.*]] = memref.get_global @layer_table : memref<80xf32>
// CHECK: scf.forall (%[[I:.*]]) in (5)
// CHECK:   %[[NUMBER:.*]] = memref.load %[[X]][%[[I]]]
// CHECK:   %[[LOW:.*]] = arith.cmpf ogt, %[[NUMBER]], %[[BELOW]] : f32
// CHECK:   %[[HIGH:.*]] = arith.cmpf olt, %[[NUMBER]], %[[ROWS]] : f32
// CHECK:   %[[IS_ROW:.*]] = arith.andi %[[LOW]], %[[HIGH]] : i1
// CHECK:   %[[SAFE:.*]] = arith.select %[[IS_ROW]], %[[NUMBER]], %[[FIRST]] : f32
// CHECK:   %[[ROW:.*]] = arith.fptosi %[[SAFE]] : f32 to i32
// CHECK:   %[[INDEX:.*]] = arith.index_cast %[[ROW]] : i32 to index
// CHECK:   %[[FROM:.*]] = arith.muli %[[INDEX]], %c8
// CHECK:   %[[TO:.*]] = arith.muli %[[I]], %c8
// V3:      %[[ENTRY:.*]] = vector.load %[[TABLE]][%[[FROM]]] : memref<80xf32>, vector<8xf32>
// V3:      %[[V:.*]] = arith.select %[[IS_ROW]], %[[ENTRY]], %[[NAN]] : vector<8xf32>
// V3:      %[[NEGATIVE:.*]] = arith.cmpf ogt, %[[ZERO]], %[[V]]
// V3:      %[[RELU:.*]] = arith.select %[[NEGATIVE]], %[[ZERO]], %[[V]]
// V3:      vector.store %[[RELU]], %[[Y]][%[[TO]]]
// V2:      vector.load %[[TABLE]]{{.*}} vector<4xf32>
func.func @model(%x: tensor<1x5xf32>) -> tensor<1x5x8xf32> {
  %0 = nn.embedding %x table(dense<0.5> : tensor<10x8xf32>) epilogue(relu) : tensor<1x5xf32> -> tensor<1x5x8xf32>
  return %0 : tensor<1x5x8xf32>
}

// -----

// From the end: numbers down to -10, of which those below zero become rows.
// CHECK-LABEL: func.func private @model
// CHECK-DAG: %[[BELOW:.*]] = arith.constant -1.100000e+01 : f32
// CHECK:   arith.cmpf ogt, %{{.*}}, %[[BELOW]] : f32
// CHECK:   %[[INDEX:.*]] = arith.index_cast %{{.*}} : i32 to index
// CHECK:   %[[IS_BELOW:.*]] = arith.cmpi slt, %[[INDEX]], %c0 : index
// CHECK:   %[[UP:.*]] = arith.addi %[[INDEX]], %c10 : index
// CHECK:   %[[ROW:.*]] = arith.select %[[IS_BELOW]], %[[UP]], %[[INDEX]] : index
// CHECK:   arith.muli %[[ROW]], %c8
func.func @model(%x: tensor<1x5xf32>) -> tensor<1x5x8xf32> {
  %0 = nn.embedding %x table(dense<0.5> : tensor<10x8xf32>) from_end : tensor<1x5xf32> -> tensor<1x5x8xf32>
  return %0 : tensor<1x5x8xf32>
}

// -----

// A concatenation copies one operand after the other; the second takes its scales
// and shifts from channel 8 on.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[A:.*]]: memref<24xf32> {{.*}}, %[[B:.*]]: memref<12xf32> {{.*}}, %[[Y:.*]]: memref<36xf32>
// V3: scf.forall (%[[I:.*]]) in (3)
// V3:   %[[FROM:.*]] = arith.muli %[[I]], %c8
// V3:   %[[TO:.*]] = arith.muli %[[I]], %c12
// V3:   vector.load %[[A]][%[[FROM]]] : memref<24xf32>, vector<8xf32>
// V3:   vector.load %{{.*}}[%c0] : {{.*}} vector<8xf32>
// V3:   %[[V:.*]] = math.fma
// V3:   vector.store %[[V]], %[[Y]][%[[TO]]]
// V3: scf.forall (%[[J:.*]]) in (3)
// V3:   %[[FROM:.*]] = arith.muli %[[J]], %c4
// V3:   %[[START:.*]] = arith.muli %[[J]], %c12
// V3:   %[[TO:.*]] = arith.addi %[[START]], %c8
// V3:   vector.load %[[B]][%[[FROM]]] : memref<12xf32>, vector<4xf32>
// V3:   vector.load %{{.*}}[%c8] : {{.*}} vector<4xf32>
// V3:   %[[W:.*]] = math.fma
// V3:   vector.store %[[W]], %[[Y]][%[[TO]]]
// CHECK: return
func.func @model(%a: tensor<1x3x8xf32>, %b: tensor<1x3x4xf32>) -> tensor<1x3x12xf32> {
  %0 = nn.concat %a, %b axis = 2 epilogue(affine(2, dense<2.0> : tensor<12xf32>, dense<1.0> : tensor<12xf32>))
         : tensor<1x3x8xf32>, tensor<1x3x4xf32> -> tensor<1x3x12xf32>
  return %0 : tensor<1x3x12xf32>
}

// -----

// A kernel that is its epilogue, along an axis that is not the last: one scale and
// shift for a row of 8, then a function.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<24xf32> {{.*}}, %[[Y:.*]]: memref<24xf32>
// V3: scf.forall (%[[CHANNEL:.*]]) in (3)
// V3:   %[[V:.*]] = vector.load %[[X]]
// V3:   memref.load %{{.*}}[%[[CHANNEL]]]
// V3:   %[[S:.*]] = vector.broadcast
// V3:   memref.load %{{.*}}[%[[CHANNEL]]]
// V3:   %[[T:.*]] = vector.broadcast
// V3:   math.fma %[[V]], %[[S]], %[[T]] : vector<8xf32>
// V3:   %[[RELU:.*]] = arith.select
// V3:   vector.store %[[RELU]], %[[Y]]
// CHECK: return
func.func @model(%x: tensor<1x3x8xf32>) -> tensor<1x3x8xf32> {
  %0 = nn.identity %x epilogue(affine(1, dense<2.0> : tensor<3xf32>, dense<1.0> : tensor<3xf32>), relu) : tensor<1x3x8xf32>
  return %0 : tensor<1x3x8xf32>
}
