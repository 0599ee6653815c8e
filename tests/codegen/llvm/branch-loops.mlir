// RUN: frieze-opt %s --frieze-branch-loops | FileCheck %s

// A loop tests before each round, and what it carries are arguments of a block.
// CHECK-LABEL: func.func @sum
// CHECK: cf.br ^[[TEST:.*]](%c0, %{{.*}} : index, f32)
// CHECK: ^[[TEST]](%[[I:.*]]: index, %[[S:.*]]: f32):
// CHECK: %[[GOES_ON:.*]] = arith.cmpi slt, %[[I]], %{{.*}}
// CHECK: cf.cond_br %[[GOES_ON]], ^[[ROUND:.*]], ^[[END:.*]]
// CHECK: ^[[ROUND]]:
// CHECK: cf.br ^[[TEST]](%{{.*}}, %{{.*}} : index, f32)
// CHECK: ^[[END]]:
// CHECK: return %[[S]]
func.func @sum(%x: memref<8xf32>, %count: index) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %sum = scf.for %i = %c0 to %count step %c1 iter_args(%s = %zero) -> f32 {
    %element = memref.load %x[%i] : memref<8xf32>
    %next = arith.addf %s, %element : f32
    scf.yield %next : f32
  }
  return %sum : f32
}

// A loop that tests at its end is one block.
// CHECK-LABEL: func.func @rotated
// CHECK: cf.br ^[[ROUND:.*]](%c0 : index)
// CHECK: ^[[ROUND]](%[[I:.*]]: index):
// CHECK: memref.store
// CHECK: cf.cond_br %{{.*}}, ^[[ROUND]](%{{.*}} : index), ^[[END:.*]]
// CHECK: ^[[END]]:
// CHECK-NEXT: return
func.func @rotated(%x: memref<8xf32>, %value: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %end = scf.while (%i = %c0) : (index) -> index {
    memref.store %value, %x[%i] : memref<8xf32>
    %next = arith.addi %i, %c1 : index
    %goes_on = arith.cmpi ne, %next, %c8 : index
    scf.condition(%goes_on) %next : index
  } do {
  ^bb0(%next: index):
    scf.yield %next : index
  }
  return
}

// Loops in a branch, one after the other and within each other: all.
// CHECK-LABEL: func.func @nest
// CHECK-NOT: scf.
// CHECK: cf.cond_br %{{.*}}, ^[[THEN:.*]], ^[[ELSE:.*]]
// CHECK: ^[[ELSE]]:
// CHECK: memref.store
// CHECK: return
func.func @nest(%x: memref<4x8xf32>, %value: f32, %isLoop: i1, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.if %isLoop {
    scf.for %i = %c0 to %n step %c1 {
      scf.for %j = %c0 to %n step %c1 {
        memref.store %value, %x[%i, %j] : memref<4x8xf32>
      }
      scf.for %j = %c0 to %n step %c1 {
        memref.store %value, %x[%j, %i] : memref<4x8xf32>
      }
    }
  } else {
    memref.store %value, %x[%c0, %c0] : memref<4x8xf32>
  }
  return
}

// Code without loops must not fire.
// CHECK-LABEL: func.func @straight
// CHECK-NOT: cf.
// CHECK: return
func.func @straight(%x: memref<8xf32>, %value: f32) {
  %c0 = arith.constant 0 : index
  memref.store %value, %x[%c0] : memref<8xf32>
  return
}
