// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize | FileCheck %s

// Channels 16 to 47 of 64 are written by their conv, from byte 64 with 64
// elements from a position to the next; those of the input are copied.
// CHECK-LABEL: func.func private @model
// CHECK: %[[PART:.*]] = memref.view %arg2[%c64][] : {{.*}} to memref<496xf32>
// CHECK: %[[ALL:.*]] = memref.view %arg2[%c0][] : {{.*}} to memref<512xf32>
// CHECK: vector.store %{{.*}}, %[[PART]][%c0]
// CHECK: vector.store %{{.*}}, %[[PART]][%c64]
// CHECK: scf.forall (%{{.*}}) in (8)
// CHECK: vector.store %{{.*}}, %[[ALL]]
// CHECK: scf.forall (%{{.*}}) in (8)
// CHECK: vector.store %{{.*}}, %[[ALL]]
// CHECK-NOT: vector.store {{.*}} memref<512xf32>
func.func @model(%x: tensor<1x8x16xf32>) -> tensor<1x8x1xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x16x32xf32>) : tensor<1x8x16xf32> -> tensor<1x8x32xf32>
  %1 = nn.concat %x, %0, %x axis = 2 : tensor<1x8x16xf32>, tensor<1x8x32xf32>, tensor<1x8x16xf32> -> tensor<1x8x64xf32>
  %2 = nn.dense %1 kernel(dense<0.5> : tensor<64x1xf32>) chains = 1 : tensor<1x8x64xf32> -> tensor<1x8x1xf32>
  return %2 : tensor<1x8x1xf32>
}

// -----

// Two results of a tile of F(2, 2), which are 32 elements apart and no longer 16.
// CHECK-LABEL: func.func private @model
// CHECK: %[[PART:.*]] = memref.view %arg2[%c0][] : {{.*}} to memref<2048xf32>
// CHECK: scf.for
// CHECK: %[[AT:.*]] = arith.muli {{.*}}, %c512
// CHECK: math.fma
// CHECK: vector.store %{{.*}}, %[[PART]][%[[AT]]]
// CHECK: %[[NEXT:.*]] = arith.addi %[[AT]], %c32
// CHECK: vector.store %{{.*}}, %[[PART]][%[[NEXT]]]
func.func @model(%x: tensor<1x64x16xf32>) -> tensor<1x64x1xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x16x16xf32>) padding = [0, 1] winograd = [2] : tensor<1x64x16xf32> -> tensor<1x64x16xf32>
  %1 = nn.concat %0, %x axis = 2 : tensor<1x64x16xf32>, tensor<1x64x16xf32> -> tensor<1x64x32xf32>
  %2 = nn.dense %1 kernel(dense<0.5> : tensor<32x1xf32>) chains = 1 : tensor<1x64x32xf32> -> tensor<1x64x1xf32>
  return %2 : tensor<1x64x1xf32>
}

// -----

// Not into an output, which is the caller's.
// CHECK-LABEL: func.func private @model
// CHECK: %[[OWN:.*]] = memref.view %arg2[%c0][] : {{.*}} to memref<256xf32>
// CHECK: vector.store {{.*}} %[[OWN]]
// CHECK: vector.load %[[OWN]]
// CHECK: vector.store {{.*}} %arg1
func.func @model(%x: tensor<1x8x16xf32>) -> tensor<1x8x48xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x16x32xf32>) : tensor<1x8x16xf32> -> tensor<1x8x32xf32>
  %1 = nn.concat %x, %0 axis = 2 : tensor<1x8x16xf32>, tensor<1x8x32xf32> -> tensor<1x8x48xf32>
  return %1 : tensor<1x8x48xf32>
}

// -----

// Nor where the concatenation has an epilogue.
// CHECK-LABEL: func.func private @model
// CHECK: %[[OWN:.*]] = memref.view {{.*}} to memref<256xf32>
// CHECK: vector.store {{.*}} %[[OWN]]
// CHECK: vector.load %[[OWN]]
// CHECK: arith.cmpf ogt
func.func @model(%x: tensor<1x8x16xf32>) -> tensor<1x8x1xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x16x32xf32>) : tensor<1x8x16xf32> -> tensor<1x8x32xf32>
  %1 = nn.concat %x, %0 axis = 2 epilogue(relu) : tensor<1x8x16xf32>, tensor<1x8x32xf32> -> tensor<1x8x48xf32>
  %2 = nn.dense %1 kernel(dense<0.5> : tensor<48x1xf32>) chains = 1 : tensor<1x8x48xf32> -> tensor<1x8x1xf32>
  return %2 : tensor<1x8x1xf32>
}
