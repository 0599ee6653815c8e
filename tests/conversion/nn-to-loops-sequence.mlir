// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V4
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
// CHECK: scf.for %[[I:.*]] = %c0 to %c5 step %c1 {
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

// The last state of an LSTM of 4 units: 16 sums, h and c live in the arena, and
// start from zero.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<6xf32> {{.*}}, %[[Y:.*]]: memref<4xf32> {{.*}}, %[[ARENA:.*]]: memref<192xi8>
// CHECK: %[[SCRATCH:.*]] = memref.view %[[ARENA]]{{.*}} memref<48xf32>
// V3: %[[KERNEL:.*]] = memref.get_global @layer_kernel : memref<32xf32>
// V3: %[[BIAS:.*]] = memref.get_global @layer_bias : memref<16xf32>
// V3: %[[RECURRENT:.*]] = memref.get_global @layer_recurrent : memref<64xf32>
// V3: scf.for
// V3:   vector.store %{{.*}}, %[[SCRATCH]]
// The sums of a step start from the bias, go on with the terms of the input, then
// with those of the state.
// V3: scf.for %[[STEP:.*]] = %c0 to %c3 step %c1 {
// V3:   %[[AT:.*]] = arith.muli %[[STEP]], %c2
// V3:   vector.load %[[BIAS]]
// V3:   scf.for %[[CHANNEL:.*]] = %c0 to %c2 step %c1 iter_args
// V3:     %[[INPUT:.*]] = arith.addi %[[AT]], %[[CHANNEL]]
// V3:     vector.load %[[KERNEL]]
// V3:     memref.load %[[X]][%[[INPUT]]]
// V3-COUNT-2: math.fma %{{.*}} : vector<8xf32>
// V3:   vector.store %{{.*}}, %[[SCRATCH]][%c0]
// V3:   vector.store %{{.*}}, %[[SCRATCH]][%c8]
// V3:   scf.for %[[UNIT:.*]] = %c0 to %c4 step %c1 iter_args
// V3:     %[[STATE:.*]] = arith.addi %[[UNIT]], %c16
// V3:     vector.load %[[RECURRENT]]
// V3:     memref.load %[[SCRATCH]][%[[STATE]]]
// V3-COUNT-2: math.fma %{{.*}} : vector<8xf32>
// c = r(z_f) * c + r(z_i) * a(z_g), in one fused multiply-add, and h = r(z_o) * a(c).
// V3:   vector.load %[[SCRATCH]][%c8] : memref<48xf32>, vector<4xf32>
// V3:   vector.load %[[SCRATCH]][%c4] : memref<48xf32>, vector<4xf32>
// V3:   %[[OLD:.*]] = vector.load %[[SCRATCH]][%c32] : memref<48xf32>, vector<4xf32>
// V3:   vector.load %[[SCRATCH]][%c0] : memref<48xf32>, vector<4xf32>
// V3:   %[[NEW:.*]] = arith.mulf
// V3:   %[[CELL:.*]] = math.fma %{{.*}}, %[[OLD]], %[[NEW]] : vector<4xf32>
// V3:   vector.load %[[SCRATCH]][%c12] : memref<48xf32>, vector<4xf32>
// V3:   %[[H:.*]] = arith.mulf
// V3:   vector.store %[[CELL]], %[[SCRATCH]][%c32]
// V3:   vector.store %[[H]], %[[SCRATCH]][%c16]
// V3-NOT: vector.store %{{.*}}, %[[Y]]
// V3: }
// V3: %[[LAST:.*]] = vector.load %[[SCRATCH]][%c16] : memref<48xf32>, vector<4xf32>
// V3: vector.store %[[LAST]], %[[Y]][%c0]
// V4: math.fma %{{.*}} : vector<16xf32>
// V2-NOT: math.fma
// CHECK: return
func.func @model(%x: tensor<1x3x2xf32>) -> tensor<1x4xf32> {
  %0 = nn.lstm %x kernel(dense<0.5> : tensor<2x16xf32>) recurrent(dense<0.25> : tensor<4x16xf32>)
         activation(relu) recurrent_activation(hard_sigmoid(0.2, 0.5)) : tensor<1x3x2xf32> -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// Backwards, the input is read from its end, and the states of all steps stand in
// the order in which they came. The epilogue applies to the result; the state
// that the next step sees is the raw one.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<6xf32> {{.*}}, %[[Y:.*]]: memref<12xf32>
// CHECK: %[[SCRATCH:.*]] = memref.view
// CHECK: scf.for %[[STEP:.*]] = %c0 to %c3 step %c1 {
// CHECK:   %[[POSITION:.*]] = arith.subi %c2, %[[STEP]]
// CHECK:   arith.muli %[[POSITION]], %c2
// CHECK:   %[[ROW:.*]] = arith.muli %[[STEP]], %c4
// CHECK:   %[[H:.*]] = vector.load %[[SCRATCH]][%c16]
// CHECK:   vector.store %[[H]], %[[Y]][%[[ROW]]]
// CHECK: }
// CHECK: scf.for %{{.*}} = %c0 to %c3 step %c1 {
// CHECK:   vector.load %[[Y]]
// CHECK:   %[[RELU:.*]] = arith.select
// CHECK:   vector.store %[[RELU]], %[[Y]]
func.func @model(%x: tensor<1x3x2xf32>) -> tensor<1x3x4xf32> {
  %0 = nn.lstm %x kernel(dense<0.5> : tensor<2x16xf32>) recurrent(dense<0.25> : tensor<4x16xf32>) bias(dense<1.0> : tensor<16xf32>)
         activation(relu) recurrent_activation(hard_sigmoid(0.2, 0.5)) sequences backwards epilogue(relu)
         : tensor<1x3x2xf32> -> tensor<1x3x4xf32>
  return %0 : tensor<1x3x4xf32>
}

// -----

// A concatenation copies one operand after the other; the second takes its scales
// and shifts from channel 8 on.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[A:.*]]: memref<24xf32> {{.*}}, %[[B:.*]]: memref<12xf32> {{.*}}, %[[Y:.*]]: memref<36xf32>
// V3: scf.for %[[I:.*]] = %c0 to %c3 step %c1 {
// V3:   %[[FROM:.*]] = arith.muli %[[I]], %c8
// V3:   %[[TO:.*]] = arith.muli %[[I]], %c12
// V3:   vector.load %[[A]][%[[FROM]]] : memref<24xf32>, vector<8xf32>
// V3:   vector.load %{{.*}}[%c0] : {{.*}} vector<8xf32>
// V3:   %[[V:.*]] = math.fma
// V3:   vector.store %[[V]], %[[Y]][%[[TO]]]
// V3: scf.for %[[J:.*]] = %c0 to %c3 step %c1 {
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
// V3: scf.for %[[CHANNEL:.*]] = %c0 to %c3 step %c1 {
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
