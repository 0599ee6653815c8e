// RUN: frieze-opt %s --split-input-file --loops-pipeline="target=x86-64-v4" | FileCheck %s
// RUN: frieze-opt %s --split-input-file --loops-pipeline="target=x86-64-v3" | FileCheck %s --check-prefix=V3

// A machine whose registers hold one row of such a layer has nothing to gain.
// V3-NOT: micro_batch = {{[2-9]}}

// Weights of 32 KiB: the function takes up to 8 calls. What comes before the
// dense layer runs for each call, on its own part of the input, and leaves its
// result at its own place in the arena.
// CHECK-LABEL: module attributes {nn.interface
// Results of 8 calls before the layer (64 floats) and after it (128).
// CHECK-SAME: arena_bytes = 6144
// CHECK-SAME: micro_batch = 8
// CHECK: func.func private @model_x86_64_{{.*}}(%[[CALLS:.*]]: index, %[[X:.*]]: memref<2048xi8> {llvm.noalias}, %[[Y:.*]]: memref<4096xi8> {llvm.noalias}, %[[ARENA:.*]]: memref<6144xi8> {llvm.noalias})
// CHECK: scf.for %[[CALL:.*]] = %c0 to %[[CALLS]] step %c1 {
// CHECK:   %[[AT:.*]] = arith.muli %[[CALL]], %c256
// CHECK:   memref.view %[[X]][%[[AT]]][] : memref<2048xi8> to memref<64xf32>
// CHECK:   %[[LATER:.*]] = arith.addi %[[AT]], %c4096
// CHECK:   memref.view %[[ARENA]][%[[LATER]]][] : memref<6144xi8> to memref<64xf32>
// For 8 calls, one product of 8 rows reads each vector of the weights for several.
// CHECK: %[[FULL:.*]] = arith.cmpi eq, %[[CALLS]], %c8
// CHECK: scf.if %[[FULL]] {
// CHECK:   memref.view %[[ARENA]][%c4096][] : memref<6144xi8> to memref<512xf32>
// CHECK:   memref.view %[[ARENA]][%c0][] : memref<6144xi8> to memref<1024xf32>
// CHECK:   %[[WEIGHTS:.*]] = memref.get_global @layer_kernel
// CHECK:   scf.for {{.*}} iter_args
// CHECK:   %[[FIRST:.*]] = vector.load %[[WEIGHTS]]
// CHECK:   %[[SECOND:.*]] = vector.load %[[WEIGHTS]]
// CHECK-NOT: vector.load
// CHECK:   %[[A:.*]] = vector.broadcast
// CHECK:   math.fma %[[A]], %[[FIRST]]
// CHECK:   math.fma %[[A]], %[[SECOND]]
// CHECK-NOT: vector.load
// CHECK:   %[[B:.*]] = vector.broadcast
// CHECK:   math.fma %[[B]], %[[FIRST]]
// CHECK:   math.fma %[[B]], %[[SECOND]]
// CHECK: } else {
// For fewer calls, each has its product.
// CHECK: scf.for %{{.*}} = %c0 to %[[CALLS]] step %c1 {
// CHECK:   memref.view %[[ARENA]]{{.*}} to memref<64xf32>
// CHECK:   memref.view %[[ARENA]]{{.*}} to memref<128xf32>
// What follows runs for each call again.
// CHECK: scf.for %{{.*}} = %c0 to %[[CALLS]] step %c1 {
// CHECK:   memref.view %[[Y]]{{.*}} to memref<128xf32>
func.func @model(%x: tensor<1x64xf32>) -> tensor<1x128xf32> {
  %0 = nn.activation tanh %x : tensor<1x64xf32>
  %1 = nn.dense %0 kernel(dense<0.5> : tensor<64x128xf32>) chains = 4 : tensor<1x64xf32> -> tensor<1x128xf32>
  %2 = nn.activation tanh %1 : tensor<1x128xf32>
  return %2 : tensor<1x128xf32>
}

// -----

// 24 KiB of weights fit the first-level cache: must not fire.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 1
// CHECK-NOT: index, %
func.func @model(%x: tensor<1x64xf32>) -> tensor<1x96xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<64x96xf32>) chains = 4 : tensor<1x64xf32> -> tensor<1x96xf32>
  return %0 : tensor<1x96xf32>
}

// -----

// Several rows read the weights together already: must not fire.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 1
// CHECK-NOT: index, %
func.func @model(%x: tensor<1x4x64xf32>) -> tensor<1x4x128xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<64x128xf32>) : tensor<1x4x64xf32> -> tensor<1x4x128xf32>
  return %0 : tensor<1x4x128xf32>
}

// -----

// A single output is a dot product, without tiles: must not fire.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 1
// CHECK-NOT: index, %
func.func @model(%x: tensor<1x8192xf32>) -> tensor<1x1xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8192x1xf32>) chains = 32 : tensor<1x8192xf32> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// Weights of a recurrent layer of 26 KiB: each is read once a step for
// the sequences of 8 calls, with two vectors of units in a tile.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 8
// CHECK: scf.if
// CHECK:   scf.for %{{.*}} = %c0 to %c5 step %c1
// CHECK:     %{{.*}}:16 = scf.for %{{.*}} = %c0 to %c40 step %c1
func.func @model(%x: tensor<1x5x40xf32>) -> tensor<1x64xf32> {
  %0 = nn.rnn %x kernel(dense<0.5> : tensor<40x64xf32>) recurrent(dense<0.5> : tensor<64x64xf32>) activation(tanh) : tensor<1x5x40xf32> -> tensor<1x64xf32>
  return %0 : tensor<1x64xf32>
}

// -----

// A kernel of 1.25 MiB leaves the second-level cache: 8 calls read each panel of
// 64 columns one after the other.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 8
// CHECK: scf.if
// CHECK:   memref.get_global @layer_kernel
// CHECK:   scf.forall (%{{.*}}) in (10)
// CHECK:     scf.forall (%{{.*}}) in (8)
// CHECK: } else {
// CHECK:   scf.for %{{.*}} = %c0
// CHECK:     memref.get_global @layer_kernel
// CHECK:     scf.forall (%{{.*}}) in (10)
func.func @model(%x: tensor<1x4x512xf32>) -> tensor<1x4x640xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x512x640xf32>) : tensor<1x4x512xf32> -> tensor<1x4x640xf32>
  return %0 : tensor<1x4x640xf32>
}

// -----

// A kernel of 1 MiB does not: must not fire.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 1
func.func @model(%x: tensor<1x4x512xf32>) -> tensor<1x4x512xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x512x512xf32>) : tensor<1x4x512xf32> -> tensor<1x4x512xf32>
  return %0 : tensor<1x4x512xf32>
}

// -----

// What layers read exists once, not once for each call: must not fire.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 1
func.func @model(%x: tensor<1x64xf32>, %z: tensor<1x4x640xf32>) -> (tensor<1x64xf32>, tensor<1x4x640xf32>) {
  %c = nn.constant value(dense<0.5> : tensor<1x5x40xf32>) : tensor<1x5x40xf32>
  %0 = nn.rnn %c kernel(dense<0.5> : tensor<40x64xf32>) recurrent(dense<0.5> : tensor<64x64xf32>) activation(tanh) : tensor<1x5x40xf32> -> tensor<1x64xf32>
  %1 = nn.add %0, %x : tensor<1x64xf32>
  %d = nn.constant value(dense<0.5> : tensor<1x4x512xf32>) : tensor<1x4x512xf32>
  %2 = nn.conv %d kernel(dense<0.5> : tensor<1x512x640xf32>) : tensor<1x4x512xf32> -> tensor<1x4x640xf32>
  %3 = nn.add %2, %z : tensor<1x4x640xf32>
  return %1, %3 : tensor<1x64xf32>, tensor<1x4x640xf32>
}

// -----

// The input of the layer is 256 KiB: those of 8 calls would add more than 1 MiB.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 4
func.func @model(%x: tensor<1x65536xf32>) -> tensor<1x2xf32> {
  %0 = nn.activation tanh %x : tensor<1x65536xf32>
  %1 = nn.dense %0 kernel(dense<0.5> : tensor<65536x2xf32>) chains = 8 : tensor<1x65536xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// What is added to the sums of a shared layer is added for all calls, in the shape
// of the sums: 8 rows of 128 of the other operand, and none for the sums.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: arena_bytes = 4096
// CHECK-SAME: micro_batch = 8
// CHECK: func.func private @model_x86_64_{{.*}}(%{{.*}}: index, %{{.*}}: memref<2048xi8> {llvm.noalias}, %[[OTHER:[a-z0-9]+]]: memref<4096xi8>
// CHECK: scf.if
// CHECK:   %[[ALL:.*]] = memref.view %[[OTHER]][%c0][] : memref<4096xi8> to memref<1024xf32>
// CHECK:   scf.for {{.*}} iter_args
// CHECK:   %[[ADDEND:.*]] = vector.load %[[ALL]]
// CHECK:   arith.addf %{{.*}}, %[[ADDEND]]
// CHECK: } else {
func.func @model(%x: tensor<1x64xf32>, %y: tensor<1x2x64xf32>) -> tensor<1x2x64xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<64x128xf32>) chains = 4 : tensor<1x64xf32> -> tensor<1x128xf32>
  %1 = nn.reshape %0 : tensor<1x128xf32> -> tensor<1x2x64xf32>
  %2 = nn.add %1, %y : tensor<1x2x64xf32>
  %3 = nn.softmax %2 axis = 2 : tensor<1x2x64xf32>
  return %3 : tensor<1x2x64xf32>
}

// -----

// A kernel of 576 KiB, of which minimal filtering makes 2.25 MiB.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 8
func.func @model(%x: tensor<1x6x6x128xf32>) -> tensor<1x4x4x128xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x128x128xf32>) winograd = [4, 4] : tensor<1x6x6x128xf32> -> tensor<1x4x4x128xf32>
  return %0 : tensor<1x4x4x128xf32>
}

// -----

// Its values are more than a quarter of the kernel, and would pass through memory
// for each of several calls: must not fire.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 1
func.func @model(%x: tensor<1x100x512xf32>) -> tensor<1x100x640xf32> {
  %0 = nn.activation tanh %x : tensor<1x100x512xf32>
  %1 = nn.conv %0 kernel(dense<0.5> : tensor<1x512x640xf32>) : tensor<1x100x512xf32> -> tensor<1x100x640xf32>
  return %1 : tensor<1x100x640xf32>
}

// -----

// So are those that are kept beside it for a later layer: must not fire.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 1
func.func @model(%x: tensor<1x4x512xf32>, %y: tensor<1x90000xf32>) -> (tensor<1x4x640xf32>, tensor<1x90000xf32>) {
  %0 = nn.activation tanh %y : tensor<1x90000xf32>
  %1 = nn.conv %x kernel(dense<0.5> : tensor<1x512x640xf32>) : tensor<1x4x512xf32> -> tensor<1x4x640xf32>
  %2 = nn.activation relu %0 : tensor<1x90000xf32>
  return %1, %2 : tensor<1x4x640xf32>, tensor<1x90000xf32>
}

// -----

// With 8 MiB of weights the arena may grow by another 1 MiB.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-SAME: micro_batch = 8
func.func @model(%x: tensor<1x65536xf32>) -> tensor<1x32xf32> {
  %0 = nn.activation tanh %x : tensor<1x65536xf32>
  %1 = nn.dense %0 kernel(dense<0.5> : tensor<65536x32xf32>) chains = 8 : tensor<1x65536xf32> -> tensor<1x32xf32>
  return %1 : tensor<1x32xf32>
}
