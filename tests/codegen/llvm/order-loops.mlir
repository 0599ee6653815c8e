// RUN: frieze-opt %s --frieze-order-loops | FileCheck %s
// RUN: frieze-opt %s --frieze-order-loops=backwards | FileCheck %s --check-prefix=BACK

// Independent iterations run from the first to the last; tests run them from the
// last to the first.
// CHECK-LABEL: func.func @fill
// CHECK: scf.for %[[I:.*]] = %c0{{.*}} to %c8{{.*}} step %c1
// CHECK:   memref.store %{{.*}}, %{{.*}}[%[[I]]]
// CHECK-NOT: scf.forall
// BACK-LABEL: func.func @fill
// BACK: scf.for %[[I:.*]] = %[[LOW:.*]] to %[[HIGH:.*]] step
// BACK:   %[[ONE:.*]] = arith.constant 1 : index
// BACK:   %[[LAST:.*]] = arith.subi %[[HIGH]], %[[ONE]]
// BACK:   %[[SUM:.*]] = arith.addi %[[LOW]], %[[LAST]]
// BACK:   %[[AT:.*]] = arith.subi %[[SUM]], %[[I]]
// BACK:   memref.store %{{.*}}, %{{.*}}[%[[AT]]]
func.func @fill(%x: memref<8xf32>, %value: f32) {
  scf.forall (%i) in (8) {
    memref.store %value, %x[%i] : memref<8xf32>
  }
  return
}

// One inside another.
// CHECK-LABEL: func.func @nest
// CHECK: scf.for
// CHECK:   scf.for
// CHECK-NOT: scf.forall
func.func @nest(%x: memref<8xf32>, %value: f32) {
  scf.forall (%i) in (2) {
    scf.forall (%j) in (4) {
      %at = arith.addi %i, %j : index
      memref.store %value, %x[%at] : memref<8xf32>
    }
  }
  return
}

// What is in order stays as it is: must not fire.
// CHECK-LABEL: func.func @ordered
// CHECK-NEXT: %[[SUM:.*]] = scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} iter_args
// BACK-LABEL: func.func @ordered
// BACK-NOT: arith.subi
func.func @ordered(%low: index, %high: index, %step: index, %start: f32) -> f32 {
  %sum = scf.for %i = %low to %high step %step iter_args(%carried = %start) -> f32 {
    %next = arith.addf %carried, %carried : f32
    scf.yield %next : f32
  }
  return %sum : f32
}
