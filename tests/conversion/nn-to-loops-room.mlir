// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize | FileCheck %s

// A value that a convolution pads has room for that before it, whole cache lines, and
// behind it: its 8 positions of 16 channels begin at byte 128, and the second
// convolution reads 11 positions from byte 64. It writes its zeros there, and copies
// nothing.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<128xf32> {{.*}}, %[[Y:.*]]: memref<128xf32> {{.*}}, %[[ARENA:.*]]: memref<704xi8>
// CHECK-DAG: %[[C64:.*]] = arith.constant 64 : index
// CHECK-DAG: %[[ROOM:.*]] = memref.view %[[ARENA]][%c0][] : memref<704xi8> to memref<176xf32>
// CHECK-DAG: %[[VALUE:.*]] = memref.view %[[ARENA]][%[[C64]]][] : memref<704xi8> to memref<128xf32>
// CHECK: vector.store %{{.*}}, %[[VALUE]]
// CHECK: vector.store %cst, %[[ROOM]][%c0]
// CHECK: scf.forall (%{{.*}}) in (2)
// CHECK: arith.addi %{{.*}}, %c144
// CHECK: vector.store %cst, %[[ROOM]]
// CHECK-NOT: vector.store {{.*}} %[[ROOM]]
// CHECK: memref.load %[[ROOM]]
func.func @model(%x: tensor<1x8x16xf32>) -> tensor<1x8x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x16x16xf32>) : tensor<1x8x16xf32> -> tensor<1x8x16xf32>
  %1 = nn.conv %0 kernel(dense<0.5> : tensor<4x16x16xf32>) padding = [1, 2] : tensor<1x8x16xf32> -> tensor<1x8x16xf32>
  return %1 : tensor<1x8x16xf32>
}

// -----

// must not fire: what the caller holds is copied.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:[^:]*]]: memref<128xf32> {{.*}}, %{{.*}}: memref<704xi8>
// CHECK: %[[COPY:.*]] = memref.view
// CHECK: %[[ELEMENTS:.*]] = vector.load %[[X]]
// CHECK: vector.store %[[ELEMENTS]], %[[COPY]]
func.func @model(%x: tensor<1x8x16xf32>) -> tensor<1x8x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<4x16x16xf32>) padding = [1, 2] : tensor<1x8x16xf32> -> tensor<1x8x16xf32>
  return %0 : tensor<1x8x16xf32>
}
