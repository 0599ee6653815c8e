// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V4
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v3 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V3
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v2 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V2

// The last state of an LSTM of 4 units, whose cells and states, before and after a
// step, live in the arena; cells and the first states start from zero.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<6xf32> {{.*}}, %[[Y:.*]]: memref<4xf32> {{.*}}, %[[ARENA:.*]]: memref<64xi8>
// V3-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
// V3-DAG: %[[ZEROS:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
// CHECK: %[[SCRATCH:.*]] = memref.view %[[ARENA]]{{.*}} memref<12xf32>
// V3: %[[KERNEL:.*]] = memref.get_global @layer_kernel : memref<32xf32>
// V3: %[[RECURRENT:.*]] = memref.get_global @layer_recurrent : memref<64xf32>
// V3: vector.store %[[ZEROS]], %[[SCRATCH]][%c0]
// V3: %[[LAST:.*]]:2 = scf.for %[[STEP:.*]] = %c0 to %c3 step %c1 iter_args(%[[BEFORE:.*]] = %c4, %[[AFTER:.*]] = %c8)
// The four sums go on from the terms of the input to those of the state, without
// leaving their registers.
// V3:   %[[AT:.*]] = arith.muli %[[STEP]], %c2
// V3:   %[[SUMS:.*]]:4 = scf.for %[[CHANNEL:.*]] = %c0 to %c2 step %c1 iter_args(%[[SUM:.*]] = %[[ZERO]],
// V3:     %[[INPUT:.*]] = arith.addi %[[AT]], %[[CHANNEL]]
// V3:     memref.load %[[X]][%[[INPUT]]]
// V3:     vector.load %[[KERNEL]]
// V3-COUNT-4: math.fma %{{.*}} : vector<4xf32>
// V3-NOT: vector.store
// V3:   %[[Z:.*]]:4 = scf.for %[[UNIT:.*]] = %c0 to %c4 step %c1 iter_args(%{{.*}} = %[[SUMS]]#0, %{{.*}} = %[[SUMS]]#1, %{{.*}} = %[[SUMS]]#2, %{{.*}} = %[[SUMS]]#3)
// V3:     %[[STATE:.*]] = arith.addi %[[BEFORE]], %[[UNIT]]
// V3:     memref.load %[[SCRATCH]][%[[STATE]]]
// V3:     vector.load %[[RECURRENT]]
// V3-COUNT-4: math.fma %{{.*}} : vector<4xf32>
// c = r(z_f) * c + r(z_i) * a(z_g), in one fused multiply-add, and h = r(z_o) * a(c).
// V3:   %[[OLD:.*]] = vector.load %[[SCRATCH]][%c0] : memref<12xf32>, vector<4xf32>
// V3:   arith.cmpf ogt, %[[ZERO]], %[[Z]]#2
// V3:   math.fma %[[Z]]#0
// V3:   math.fma %[[Z]]#1
// V3:   %[[NEW:.*]] = arith.mulf
// V3:   %[[CELL:.*]] = math.fma %{{.*}}, %[[OLD]], %[[NEW]] : vector<4xf32>
// V3:   math.fma %[[Z]]#3
// V3:   %[[H:.*]] = arith.mulf
// V3:   vector.store %[[CELL]], %[[SCRATCH]][%c0]
// V3:   vector.store %[[H]], %[[SCRATCH]][%[[AFTER]]]
// V3-NOT: vector.store
// V3:   scf.yield %[[AFTER]], %[[BEFORE]]
// V3: %[[RESULT:.*]] = vector.load %[[SCRATCH]][%[[LAST]]#0] : memref<12xf32>, vector<4xf32>
// V3: vector.store %[[RESULT]], %[[Y]][%c0]
// V4-COUNT-8: math.fma %{{.*}} : vector<4xf32>
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
// CHECK: %[[BIAS:.*]] = memref.get_global @layer_bias
// CHECK: scf.for %[[STEP:.*]] = %c0 to %c3 step %c1 iter_args(%{{.*}} = %c4, %[[AFTER:.*]] = %c8)
// CHECK:   %[[POSITION:.*]] = arith.subi %c2, %[[STEP]]
// CHECK:   %[[AT:.*]] = arith.muli %[[POSITION]], %c2
// CHECK:   %[[FIRST:.*]] = vector.load %[[BIAS]][%c0]
// CHECK:   scf.for %[[CHANNEL:.*]] = %c0 to %c2 step %c1 iter_args(%{{.*}} = %[[FIRST]],
// CHECK:     arith.addi %[[AT]], %[[CHANNEL]]
// CHECK:   vector.store %[[H:.*]], %[[SCRATCH]][%[[AFTER]]]
// CHECK:   %[[NEGATIVE:.*]] = arith.cmpf ogt, %{{.*}}, %[[H]]
// CHECK:   %[[RELU:.*]] = arith.select %[[NEGATIVE]]
// CHECK:   %[[ROW:.*]] = arith.muli %[[STEP]], %c4
// CHECK:   vector.store %[[RELU]], %[[Y]][%[[ROW]]]
// CHECK-NOT: vector.store
// CHECK: return
func.func @model(%x: tensor<1x3x2xf32>) -> tensor<1x3x4xf32> {
  %0 = nn.lstm %x kernel(dense<0.5> : tensor<2x16xf32>) recurrent(dense<0.25> : tensor<4x16xf32>) bias(dense<1.0> : tensor<16xf32>)
         activation(relu) recurrent_activation(hard_sigmoid(0.2, 0.5)) sequences backwards epilogue(relu)
         : tensor<1x3x2xf32> -> tensor<1x3x4xf32>
  return %0 : tensor<1x3x4xf32>
}

// -----

// 39 units, the last 7 padded to 8, in tiles whose sums take half of the
// registers: of 16, 16 and 8 lanes at once, or twice 8 and 8 lanes, then 8. The
// eighth of the last vector is not written to the result.
// CHECK-LABEL: func.func private @model
// CHECK: memref.get_global @layer_recurrent : memref<6240xf32>
// V4: scf.for %{{.*}} = %c0 to %c2 step %c1 iter_args
// V4:   %{{.*}}:12 = scf.for %{{.*}} = %c0 to %c39 step %c1
// V4:   vector.store %{{.*}}, %{{.*}}[%{{.*}}] : memref<78xf32>, vector<16xf32>
// V4:   vector.store %{{.*}}, %{{.*}}[%{{.*}}] : memref<78xf32>, vector<16xf32>
// V4:   vector.store %{{.*}}, %{{.*}}[%{{.*}}] : memref<78xf32>, vector<7xf32>
// V3: scf.for %{{.*}} = %c0 to %c2 step %c1 iter_args
// V3:   scf.forall (%{{.*}}) in (2)
// V3:     %{{.*}}:8 = scf.for %{{.*}} = %c0 to %c39 step %c1
// V3:     vector.store %{{.*}}, %arg1[%{{.*}}] : memref<78xf32>, vector<8xf32>
// V3:     vector.store %{{.*}}, %arg1[%{{.*}}] : memref<78xf32>, vector<8xf32>
// V3:   }
// V3:   %{{.*}}:4 = scf.for %{{.*}} = %c0 to %c39 step %c1
// V3:   vector.store %{{.*}}, %arg1[%{{.*}}] : memref<78xf32>, vector<7xf32>
// CHECK: return
func.func @model(%x: tensor<1x2x3xf32>) -> tensor<1x2x39xf32> {
  %0 = nn.lstm %x kernel(dense<0.5> : tensor<3x156xf32>) recurrent(dense<0.25> : tensor<39x156xf32>)
         activation(tanh) recurrent_activation(sigmoid) sequences : tensor<1x2x3xf32> -> tensor<1x2x39xf32>
  return %0 : tensor<1x2x39xf32>
}

// -----

// With sigmoid and tanh, one division for c and one for h.
// CHECK-LABEL: func.func private @model
// CHECK-COUNT-2: arith.divf
// CHECK-NOT: arith.divf
// CHECK: return
func.func @model(%x: tensor<1x3x2xf32>) -> tensor<1x4xf32> {
  %0 = nn.lstm %x kernel(dense<0.5> : tensor<2x16xf32>) recurrent(dense<0.25> : tensor<4x16xf32>)
         activation(tanh) recurrent_activation(sigmoid) : tensor<1x3x2xf32> -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// Each result stands where its input does: both count from the end.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<6xf32> {{.*}}, %[[Y:.*]]: memref<12xf32>
// CHECK: scf.for %[[STEP:.*]] = %c0 to %c3
// CHECK:   %[[POSITION:.*]] = arith.subi %c2, %[[STEP]]
// CHECK:   %[[PLACE:.*]] = arith.subi %c2, %[[STEP]]
// CHECK:   arith.muli %[[POSITION]], %c2
// CHECK:   %[[ROW:.*]] = arith.muli %[[PLACE]], %c4
// CHECK:   vector.store %{{.*}}, %[[Y]][%[[ROW]]]
func.func @model(%x: tensor<1x3x2xf32>) -> tensor<1x3x4xf32> {
  %0 = nn.lstm %x kernel(dense<0.5> : tensor<2x16xf32>) recurrent(dense<0.25> : tensor<4x16xf32>)
         activation(relu) recurrent_activation(hard_sigmoid(0.2, 0.5)) sequences backwards reversed
         : tensor<1x3x2xf32> -> tensor<1x3x4xf32>
  return %0 : tensor<1x3x4xf32>
}

// -----

// A GRU whose reset gate comes after the product: the candidate's sum of the input
// waits, and the one of the state starts from the recurrent bias. One division for
// the reset gate and one for the state, and two vectors of states in the arena.
// CHECK-LABEL: func.func private @model
// CHECK: %[[SCRATCH:.*]] = memref.view %{{.*}} memref<8xf32>
// CHECK: %[[BIAS:.*]] = memref.get_global @layer_recurrent_bias : memref<4xf32>
// CHECK: scf.for %{{.*}} = %c0 to %c3 step %c1 iter_args(%[[BEFORE:.*]] = %c0, %[[AFTER:.*]] = %c4)
// CHECK:   %[[INPUT:.*]]:3 = scf.for %{{.*}} = %c0 to %c2
// CHECK:   %[[START:.*]] = vector.load %[[BIAS]]
// CHECK:   %[[SUMS:.*]]:3 = scf.for %{{.*}} = %c0 to %c4 step %c1 iter_args(%{{.*}} = %[[INPUT]]#0, %{{.*}} = %[[INPUT]]#1, %{{.*}} = %[[START]])
// CHECK:   %[[RESET:.*]] = arith.divf
// V3:      math.fma %[[RESET]], %[[SUMS]]#2, %[[INPUT]]#2
// V4:      math.fma %[[RESET]], %[[SUMS]]#2, %[[INPUT]]#2
// CHECK:   %[[STATE:.*]] = arith.divf
// CHECK:   vector.store %[[STATE]], %[[SCRATCH]][%[[AFTER]]]
// CHECK-NOT: arith.divf
// CHECK: return
func.func @model(%x: tensor<1x3x2xf32>) -> tensor<1x4xf32> {
  %0 = nn.gru %x kernel(dense<0.5> : tensor<2x12xf32>) recurrent(dense<0.25> : tensor<4x12xf32>) recurrent_bias(dense<1.0> : tensor<4xf32>)
         activation(tanh) recurrent_activation(sigmoid) reset_after : tensor<1x3x2xf32> -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// A GRU whose reset gate comes before the product: the gates of all units, then the
// candidates, from the products of reset gate and state in the arena.
// CHECK-LABEL: func.func private @model
// CHECK: %[[SCRATCH:.*]] = memref.view %{{.*}} memref<16xf32>
// CHECK-DAG: memref.get_global @layer_recurrent : memref<32xf32>
// CHECK-DAG: memref.get_global @layer_recurrent_candidate : memref<16xf32>
// CHECK: scf.for %{{.*}} = %c0 to %c3 step %c1 iter_args(%{{.*}} = %c8, %{{.*}} = %c12)
// CHECK:   scf.for %{{.*}} = %c0 to %c2
// CHECK:   %[[GATES:.*]]:2 = scf.for %{{.*}} = %c0 to %c4
// CHECK:   vector.store %[[GATES]]#0, %[[SCRATCH]][%c0]
// CHECK:   %[[RESET:.*]] = arith.divf
// CHECK:   %[[PRODUCT:.*]] = arith.mulf %[[RESET]],
// CHECK:   vector.store %[[PRODUCT]], %[[SCRATCH]][%c4]
// CHECK:   scf.for %{{.*}} = %c0 to %c2
// CHECK:   scf.for %[[UNIT:.*]] = %c0 to %c4
// CHECK:     arith.addi %[[UNIT]], %c4
// CHECK:   vector.load %[[SCRATCH]][%c0]
// CHECK:   arith.divf
// CHECK-NOT: arith.divf
// CHECK: return
func.func @model(%x: tensor<1x3x2xf32>) -> tensor<1x4xf32> {
  %0 = nn.gru %x kernel(dense<0.5> : tensor<2x12xf32>) recurrent(dense<0.25> : tensor<4x12xf32>)
         activation(tanh) recurrent_activation(sigmoid) : tensor<1x3x2xf32> -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// Without gates, the state is a function of one sum.
// CHECK-LABEL: func.func private @model
// CHECK: %[[SCRATCH:.*]] = memref.view %{{.*}} memref<8xf32>
// CHECK: scf.for %{{.*}} = %c0 to %c3 step %c1 iter_args(%{{.*}} = %c0, %[[AFTER:.*]] = %c4)
// CHECK:   %[[INPUT:.*]] = scf.for %{{.*}} = %c0 to %c2
// CHECK:   %[[SUM:.*]] = scf.for %{{.*}} = %c0 to %c4 step %c1 iter_args(%{{.*}} = %[[INPUT]])
// CHECK:   %[[STATE:.*]] = arith.select %{{.*}}, %{{.*}}, %[[SUM]]
// CHECK:   vector.store %[[STATE]], %[[SCRATCH]][%[[AFTER]]]
func.func @model(%x: tensor<1x3x2xf32>) -> tensor<1x4xf32> {
  %0 = nn.rnn %x kernel(dense<0.5> : tensor<2x4xf32>) recurrent(dense<0.25> : tensor<4x4xf32>) activation(relu)
         : tensor<1x3x2xf32> -> tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}

// -----

// Weights that leave the first-level cache: the sums of the input of 10 steps at
// once, as the product of a tile's units; the second block begins with steps that
// the first one has done. Every other step takes the tiles from the last one.
// CHECK-LABEL: func.func private @model
// V4: %[[SCRATCH:.*]] = memref.view %{{.*}} memref<2752xf32>
// V4: scf.for %[[BLOCK:.*]] = %c0 to %c2 step %c1 iter_args
// V4:   %[[FIRST:.*]] = arith.minsi %{{.*}}, %c3
// V4:   %[[DONE:.*]] = arith.subi %{{.*}}, %[[FIRST]]
// V4:   scf.forall (%{{.*}}) in (4)
// V4:     scf.forall (%{{.*}}) in (2)
// V4:       vector.load {{.*}} memref<272xf32>, vector<16xf32>
// V4:       %{{.*}}:20 = scf.for %{{.*}} = %c0 to %c32 step %c1
// V4:       vector.store %{{.*}}, %[[SCRATCH]]
// V4:   scf.for %[[ROW:.*]] = %[[DONE]] to %c10 step %c1 iter_args
// V4:     %[[STEP:.*]] = arith.addi %[[FIRST]], %[[ROW]]
// V4:     %[[CAST:.*]] = arith.index_cast %[[STEP]]
// V4:     %[[ODD:.*]] = arith.trunci %[[CAST]] : i32 to i1
// V4:     scf.forall (%[[TILE:.*]]) in (4)
// V4:       %[[TURNED:.*]] = arith.subi %c3, %[[TILE]]
// V4:       arith.select %[[ODD]], %[[TURNED]], %[[TILE]]
// V4:       %{{.*}}:4 = scf.for %{{.*}} = %c0 to %c64 step %c1
// Vectors of four multiply a line no sooner than it comes, so that each step has its
// own sums.
// V2: scf.for %{{.*}} = %c0 to %c13 step %c1 iter_args
// V2:   arith.trunci
// V2:   scf.for %{{.*}} = %c0 to %c32 step %c1
func.func @model(%x: tensor<1x13x32xf32>) -> tensor<1x13x64xf32> {
  %0 = nn.lstm %x kernel(dense<0.5> : tensor<32x256xf32>) recurrent(dense<0.25> : tensor<64x256xf32>) bias(dense<1.0> : tensor<256xf32>)
         activation(relu) recurrent_activation(hard_sigmoid(0.2, 0.5)) sequences : tensor<1x13x32xf32> -> tensor<1x13x64xf32>
  return %0 : tensor<1x13x64xf32>
}
