// RUN: frieze-opt %s --frieze-rotate-loops | FileCheck %s

// A loop with constant bounds that runs: its test is at the end, and what it
// carries leaves from there.
// CHECK-LABEL: func.func @sum
// CHECK: %[[R:.*]]:2 = scf.while (%[[I:.*]] = %c0, %[[S:.*]] = %{{.*}}) : (index, f32) -> (index, f32) {
// CHECK: %[[NEXT_S:.*]] = arith.addf %[[S]]
// CHECK: %[[NEXT_I:.*]] = arith.addi %[[I]], %c2
// CHECK: %[[GOES_ON:.*]] = arith.cmpi ne, %[[NEXT_I]], %c8
// CHECK: scf.condition(%[[GOES_ON]]) %[[NEXT_I]], %[[NEXT_S]]
// CHECK: ^bb0(%[[A:.*]]: index, %[[B:.*]]: f32):
// CHECK: scf.yield %[[A]], %[[B]]
// CHECK: return %[[R]]#1
func.func @sum(%x: memref<8xf32>) -> f32 {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0.0 : f32
  %sum = scf.for %i = %c0 to %c8 step %c2 iter_args(%s = %zero) -> f32 {
    %element = memref.load %x[%i] : memref<8xf32>
    %next = arith.addf %s, %element : f32
    scf.yield %next : f32
  }
  return %sum : f32
}

// A loop within a loop: both.
// CHECK-LABEL: func.func @nest
// CHECK: scf.while
// CHECK: scf.while
// CHECK: memref.store
// CHECK-NOT: scf.for
func.func @nest(%x: memref<4x8xf32>, %value: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  scf.for %i = %c0 to %c4 step %c1 {
    scf.for %j = %c0 to %c8 step %c1 {
      memref.store %value, %x[%i, %j] : memref<4x8xf32>
    }
  }
  return
}

// A bound known only when the code runs must not fire: there may be no round.
// CHECK-LABEL: func.func @open
// CHECK: scf.for
func.func @open(%x: memref<8xf32>, %count: index, %value: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %count step %c1 {
    memref.store %value, %x[%i] : memref<8xf32>
  }
  return
}

// An empty loop must not fire.
// CHECK-LABEL: func.func @empty
// CHECK: scf.for
func.func @empty(%x: memref<8xf32>, %value: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c1 to %c0 step %c1 {
    memref.store %value, %x[%i] : memref<8xf32>
  }
  return
}

// A last step beyond the bound must not fire: the index never equals it.
// CHECK-LABEL: func.func @beyond
// CHECK: scf.for
func.func @beyond(%x: memref<8xf32>, %value: f32) {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  %c8 = arith.constant 8 : index
  scf.for %i = %c0 to %c8 step %c3 {
    memref.store %value, %x[%i] : memref<8xf32>
  }
  return
}
