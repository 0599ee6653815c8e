// RUN: frieze-opt %s --frieze-share-kernels=least-operations=4 --split-input-file | FileCheck %s

memref.global "private" constant @a : memref<8192xf32> = dense<1.0>
memref.global "private" constant @b : memref<8192xf32> = dense<2.0>

// Loops that differ in the weights and the buffers that they read and write are
// one function, called after the first of them.
// CHECK: func.func private @shared_conv1(%[[X:.*]]: memref<8192xf32> {llvm.noalias}, %[[W:.*]]: memref<8192xf32> {llvm.noalias}, %[[Y:.*]]: memref<8192xf32> {llvm.noalias})
// CHECK-SAME: llvm.linkage = #llvm.linkage<internal>, passthrough = ["nounwind"]
// CHECK: %[[TWO:.*]] = arith.constant 2.000000e+00
// CHECK: scf.forall (%[[I:.*]]) in (8192)
// CHECK: memref.load %[[X]][%[[I]]]
// CHECK: memref.load %[[W]][%[[I]]]
// CHECK: memref.store %{{.*}}, %[[Y]][%[[I]]]
// CHECK-LABEL: @shared(
// CHECK-SAME: %[[IN:[a-z0-9]*]]: memref<8192xf32>, %[[OUT:[a-z0-9]*]]: memref<8192xf32>
func.func private @shared(%x: memref<8192xf32>, %y: memref<8192xf32>, %arena: memref<32768xi8>) attributes {passthrough = ["nounwind"]} {
  // CHECK: %[[MIDDLE:.*]] = memref.view
  // CHECK: %[[A:.*]] = memref.get_global @a
  // CHECK-NEXT: call @shared_conv1(%[[IN]], %[[A]], %[[MIDDLE]])
  // CHECK: %[[B:.*]] = memref.get_global @b
  // CHECK-NEXT: call @shared_conv1(%[[MIDDLE]], %[[B]], %[[OUT]])
  // CHECK-NEXT: return
  %c0 = arith.constant 0 : index
  %two = arith.constant 2.0 : f32
  %0 = memref.view %arena[%c0][] : memref<32768xi8> to memref<8192xf32>
  %1 = memref.get_global @a : memref<8192xf32>
  scf.forall (%i) in (8192) {
    %3 = memref.load %x[%i] : memref<8192xf32>
    %4 = memref.load %1[%i] : memref<8192xf32>
    %5 = math.fma %3, %two, %4 : f32
    memref.store %5, %0[%i] : memref<8192xf32>
  } loc("conv1")
  %2 = memref.get_global @b : memref<8192xf32>
  scf.forall (%i) in (8192) {
    %3 = memref.load %0[%i] : memref<8192xf32>
    %4 = memref.load %2[%i] : memref<8192xf32>
    %5 = math.fma %3, %two, %4 : f32
    memref.store %5, %y[%i] : memref<8192xf32>
  } loc("conv2")
  return
}

// -----

// Choices between loops that differ in their buffers are one function, to which
// the condition is passed.
// CHECK: func.func private @branches_layer(%[[ALL:.*]]: i1, %[[X:.*]]: memref<8192xf32> {llvm.noalias}, %[[Y:.*]]: memref<8192xf32> {llvm.noalias})
// CHECK: scf.if %[[ALL]] {
// CHECK: } else {
// CHECK: memref.store %{{.*}}, %[[Y]][%{{.*}}]
// CHECK-LABEL: @branches(
// CHECK-SAME: %[[ALL:.*]]: i1, %[[A:.*]]: memref<8192xf32>, %[[B:.*]]: memref<8192xf32>, %[[C:.*]]: memref<8192xf32>)
// CHECK-NEXT: call @branches_layer(%[[ALL]], %[[A]], %[[B]])
// CHECK-NEXT: call @branches_layer(%[[ALL]], %[[B]], %[[C]])
// CHECK-NEXT: return
func.func private @branches(%all: i1, %x: memref<8192xf32>, %y: memref<8192xf32>, %z: memref<8192xf32>) attributes {passthrough = []} {
  scf.if %all {
    scf.forall (%i) in (8192) {
      %3 = memref.load %x[%i] : memref<8192xf32>
      memref.store %3, %y[%i] : memref<8192xf32>
    }
  } else {
    scf.forall (%i) in (4096) {
      %3 = memref.load %x[%i] : memref<8192xf32>
      memref.store %3, %y[%i] : memref<8192xf32>
    }
  }
  scf.if %all {
    scf.forall (%i) in (8192) {
      %3 = memref.load %y[%i] : memref<8192xf32>
      memref.store %3, %z[%i] : memref<8192xf32>
    }
  } else {
    scf.forall (%i) in (4096) {
      %3 = memref.load %y[%i] : memref<8192xf32>
      memref.store %3, %z[%i] : memref<8192xf32>
    }
  }
  return
}

// -----

// Choices that differ in one of their loops: must not fire.
// CHECK-LABEL: @other_branch(
// CHECK-COUNT-4: scf.forall
// CHECK-NOT: call
func.func private @other_branch(%all: i1, %x: memref<8192xf32>, %y: memref<8192xf32>, %z: memref<8192xf32>) attributes {passthrough = []} {
  scf.if %all {
    scf.forall (%i) in (8192) {
      %3 = memref.load %x[%i] : memref<8192xf32>
      memref.store %3, %y[%i] : memref<8192xf32>
    }
  } else {
    scf.forall (%i) in (4096) {
      %3 = memref.load %x[%i] : memref<8192xf32>
      memref.store %3, %y[%i] : memref<8192xf32>
    }
  }
  scf.if %all {
    scf.forall (%i) in (8192) {
      %3 = memref.load %y[%i] : memref<8192xf32>
      memref.store %3, %z[%i] : memref<8192xf32>
    }
  } else {
    scf.forall (%i) in (2048) {
      %3 = memref.load %y[%i] : memref<8192xf32>
      memref.store %3, %z[%i] : memref<8192xf32>
    }
  }
  return
}

// -----

// Loops that differ in a constant: must not fire.
// CHECK-LABEL: @other_constant(
// CHECK-COUNT-2: scf.forall
// CHECK-NOT: call
func.func private @other_constant(%x: memref<8192xf32>, %y: memref<8192xf32>, %z: memref<8192xf32>) attributes {passthrough = []} {
  %two = arith.constant 2.0 : f32
  %three = arith.constant 3.0 : f32
  scf.forall (%i) in (8192) {
    %3 = memref.load %x[%i] : memref<8192xf32>
    %5 = arith.mulf %3, %two : f32
    memref.store %5, %y[%i] : memref<8192xf32>
  }
  scf.forall (%i) in (8192) {
    %3 = memref.load %y[%i] : memref<8192xf32>
    %5 = arith.mulf %3, %three : f32
    memref.store %5, %z[%i] : memref<8192xf32>
  }
  return
}

// -----

// Loops that differ in which buffer each use is of: must not fire.
// CHECK-LABEL: @other_uses(
// CHECK-COUNT-2: scf.forall
// CHECK-NOT: call
func.func private @other_uses(%x: memref<8192xf32>, %y: memref<8192xf32>, %z: memref<8192xf32>) attributes {passthrough = []} {
  scf.forall (%i) in (8192) {
    %3 = memref.load %x[%i] : memref<8192xf32>
    %4 = memref.load %y[%i] : memref<8192xf32>
    %5 = memref.load %x[%i] : memref<8192xf32>
    %6 = math.fma %3, %4, %5 : f32
    memref.store %6, %z[%i] : memref<8192xf32>
  }
  scf.forall (%i) in (8192) {
    %3 = memref.load %y[%i] : memref<8192xf32>
    %4 = memref.load %x[%i] : memref<8192xf32>
    %5 = memref.load %x[%i] : memref<8192xf32>
    %6 = math.fma %3, %4, %5 : f32
    memref.store %6, %z[%i] : memref<8192xf32>
  }
  return
}

// -----

// Buffers that share memory, of which a function is told the contrary: must not
// fire.
// CHECK-LABEL: @in_place(
// CHECK-COUNT-2: scf.forall
// CHECK-NOT: call
func.func private @in_place(%arena: memref<40960xi8>) attributes {passthrough = []} {
  %c0 = arith.constant 0 : index
  %c4096 = arith.constant 4096 : index
  %two = arith.constant 2.0 : f32
  %0 = memref.view %arena[%c0][] : memref<40960xi8> to memref<8192xf32>
  %1 = memref.view %arena[%c4096][] : memref<40960xi8> to memref<8192xf32>
  scf.forall (%i) in (8192) {
    %3 = memref.load %0[%i] : memref<8192xf32>
    %5 = arith.mulf %3, %two : f32
    memref.store %5, %1[%i] : memref<8192xf32>
  }
  scf.forall (%i) in (8192) {
    %3 = memref.load %1[%i] : memref<8192xf32>
    %5 = arith.mulf %3, %two : f32
    memref.store %5, %0[%i] : memref<8192xf32>
  }
  return
}

// -----

// Loops so short that a call would cost too much: must not fire.
// CHECK-LABEL: @short(
// CHECK-COUNT-2: scf.forall
// CHECK-NOT: call
func.func private @short(%x: memref<64xf32>, %y: memref<64xf32>, %z: memref<64xf32>) attributes {passthrough = []} {
  %two = arith.constant 2.0 : f32
  scf.forall (%i) in (64) {
    %3 = memref.load %x[%i] : memref<64xf32>
    %5 = arith.mulf %3, %two : f32
    memref.store %5, %y[%i] : memref<64xf32>
  }
  scf.forall (%i) in (64) {
    %3 = memref.load %y[%i] : memref<64xf32>
    %5 = arith.mulf %3, %two : f32
    memref.store %5, %z[%i] : memref<64xf32>
  }
  return
}

// -----

// In the loop over the calls of a run, and in the choice between it and a layer of
// all calls, whose buffers are parts of the arena that no call has in common.
// CHECK-LABEL: module attributes {nn.interface
// CHECK: func.func private @calls_layer(
// CHECK: func.func private @calls(
// CHECK: scf.if
// CHECK:   scf.forall
// CHECK: } else {
// CHECK:   scf.for
// CHECK:     func.call @calls_layer(
// CHECK: scf.for
// CHECK:   func.call @calls_layer(
// CHECK-NOT: scf.forall
module attributes {nn.interface = #nn.interface<
    name = "net", target = "x86-64-v3", macs = 0, weights_bytes = 0, arena_bytes = 196608, arena_alignment = 64, micro_batch = 2,
    inputs = [<"x" : tensor<1x8192xf32>>], outputs = [<"y" : tensor<1x8192xf32>>], variants = [@calls]>} {
  func.func private @calls(%calls: index, %x: memref<65536xi8>, %y: memref<65536xi8>, %arena: memref<196608xi8>) attributes {passthrough = []} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c32768 = arith.constant 32768 : index
    %c65536 = arith.constant 65536 : index
    %full = arith.cmpi eq, %calls, %c2 : index
    scf.if %full {
      %0 = memref.view %x[%c0][] : memref<65536xi8> to memref<16384xf32>
      %1 = memref.view %arena[%c0][] : memref<196608xi8> to memref<16384xf32>
      scf.forall (%i) in (16384) {
        %3 = memref.load %0[%i] : memref<16384xf32>
        memref.store %3, %1[%i] : memref<16384xf32>
      }
    } else {
      scf.for %call = %c0 to %calls step %c1 {
        %at = arith.muli %call, %c32768 : index
        %0 = memref.view %x[%at][] : memref<65536xi8> to memref<8192xf32>
        %1 = memref.view %arena[%at][] : memref<196608xi8> to memref<8192xf32>
        scf.forall (%i) in (8192) {
          %3 = memref.load %0[%i] : memref<8192xf32>
          memref.store %3, %1[%i] : memref<8192xf32>
        }
      }
    }
    scf.for %call = %c0 to %calls step %c1 {
      %at = arith.muli %call, %c32768 : index
      %behind = arith.addi %at, %c65536 : index
      %0 = memref.view %arena[%at][] : memref<196608xi8> to memref<8192xf32>
      %1 = memref.view %arena[%behind][] : memref<196608xi8> to memref<8192xf32>
      scf.forall (%i) in (8192) {
        %3 = memref.load %0[%i] : memref<8192xf32>
        memref.store %3, %1[%i] : memref<8192xf32>
      }
    }
    return
  }
}

// -----

// The part of a later call is that of another buffer in an earlier one: must not
// fire.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-NOT: func.call
module attributes {nn.interface = #nn.interface<
    name = "net", target = "x86-64-v3", macs = 0, weights_bytes = 0, arena_bytes = 196608, arena_alignment = 64, micro_batch = 2,
    inputs = [<"x" : tensor<1x8192xf32>>], outputs = [<"y" : tensor<1x8192xf32>>], variants = [@calls]>} {
  func.func private @calls(%count: index, %x: memref<65536xi8>, %y: memref<65536xi8>, %arena: memref<196608xi8>) attributes {passthrough = []} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c32768 = arith.constant 32768 : index
    scf.for %number = %c0 to %count step %c1 {
      %at = arith.muli %number, %c32768 : index
      %behind = arith.addi %at, %c32768 : index
      %0 = memref.view %arena[%at][] : memref<196608xi8> to memref<8192xf32>
      %1 = memref.view %arena[%behind][] : memref<196608xi8> to memref<8192xf32>
      scf.forall (%i) in (8192) {
        %3 = memref.load %0[%i] : memref<8192xf32>
        memref.store %3, %1[%i] : memref<8192xf32>
      }
    }
    scf.for %number = %c0 to %count step %c1 {
      %at = arith.muli %number, %c32768 : index
      %behind = arith.addi %at, %c32768 : index
      %0 = memref.view %arena[%at][] : memref<196608xi8> to memref<8192xf32>
      %1 = memref.view %arena[%behind][] : memref<196608xi8> to memref<8192xf32>
      scf.forall (%i) in (8192) {
        %3 = memref.load %0[%i] : memref<8192xf32>
        memref.store %3, %1[%i] : memref<8192xf32>
      }
    }
    return
  }
}
