// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v3 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s

// As many taps for each phase, at the same inputs: both phases are the columns
// of one product, and each of 5 rows of the input is 8 neighbours of the result.
// CHECK-DAG: memref.global "private" constant @layer_kernel_0_0 : memref<24xf32>
// CHECK-DAG: memref.global "private" constant @layer_bias : memref<8xf32>
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<15xf32> {{.*}}, %[[Y:.*]]: memref<40xf32> {{.*}}, %{{.*}}: memref<0xi8>
// CHECK: scf.for %{{.*}} = %c0 to %c3 step %c1
// CHECK:   memref.load %[[X]]
// CHECK-COUNT-5: vector.store %{{.*}}, %[[Y]][{{.*}}] : memref<40xf32>, vector<8xf32>
// CHECK-NOT: vector.store
func.func @model(%x: tensor<1x5x3xf32>) -> tensor<1x10x4xf32> {
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x3x4xf32>) strides = [2] : tensor<1x5x3xf32> -> tensor<1x10x4xf32>
  return %0 : tensor<1x10x4xf32>
}

// -----

// Phases of two taps and of one: two products, whose rows are every second
// position of the result. The first taps meet a position before the input.
// CHECK-DAG: memref.global "private" constant @layer_kernel_0_0 : memref<48xf32>
// CHECK-DAG: memref.global "private" constant @layer_kernel_0_1 : memref<24xf32>
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<15xf32> {{.*}}, %[[Y:.*]]: memref<80xf32> {{.*}}, %[[ARENA:.*]]: memref<128xi8>
// CHECK: %[[PADDED:.*]] = memref.view %[[ARENA]]{{.*}} to memref<18xf32>
// CHECK: memref.load %[[PADDED]]
// CHECK-NOT: %[[X]]
// CHECK: vector.store %{{.*}}, %[[Y]][%c0]
// CHECK: vector.store %{{.*}}, %[[Y]][%c16]
// CHECK: memref.load %[[PADDED]]
// CHECK: vector.store %{{.*}}, %[[Y]][%c8]
// CHECK: vector.store %{{.*}}, %[[Y]][%c24]
func.func @model(%x: tensor<1x5x3xf32>) -> tensor<1x10x8xf32> {
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<3x3x8xf32>) strides = [2] padding = [0, 1] : tensor<1x5x3xf32> -> tensor<1x10x8xf32>
  return %0 : tensor<1x10x8xf32>
}

// -----

// Where the kernel is shorter than the stride, what lies between is bias.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<8xf32> {{.*}}, %[[Y:.*]]: memref<32xf32>
// CHECK: memref.load %[[X]]
// CHECK: vector.store %{{.*}}, %[[Y]]
// CHECK: %[[BIAS:.*]] = vector.load %{{.*}} : memref<16xf32>, vector<8xf32>
// CHECK-NOT: memref.load %[[X]]
// CHECK: vector.store %[[BIAS]], %[[Y]]
func.func @model(%x: tensor<1x2x4xf32>) -> tensor<1x4x8xf32> {
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<1x4x8xf32>) bias(dense<1.0> : tensor<8xf32>) strides = [2] padding = [0, -1] : tensor<1x2x4xf32> -> tensor<1x4x8xf32>
  return %0 : tensor<1x4x8xf32>
}
