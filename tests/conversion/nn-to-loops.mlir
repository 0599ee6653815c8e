// RUN: frieze-opt %s --split-input-file --nn-to-loops --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s
// RUN: frieze-opt %s --split-input-file --nn-to-loops='name=net target=x86-64-v3' --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefix=NAME

// One function for each variant, on flat buffers: inputs, outputs, arena. They
// share the weights, and callers find in nn.interface what they need to know.
// CHECK: module attributes {nn.interface = #nn.interface<name = "model", target = "x86-64", macs = 32,
// 4 columns of 8 weights and 4 biases.
// CHECK-SAME: weights_bytes = 144, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
// CHECK-SAME: inputs = [<"beat" : tensor<1x8xf32>>, <"input1" : tensor<1x4xf32>>], outputs = [<"score" : tensor<1x4xf32>>],
// CHECK-SAME: variants = [@model_x86_64_v4, @model_x86_64_v3, @model_x86_64_v2]>}
// They are in the order in which they are read.
// CHECK: memref.global "private" constant @layer_kernel : memref<32xf32> = {{.*}} {alignment = 64 : i64}
// CHECK: memref.global "private" constant @layer_bias : memref<4xf32> = {{.*}} {alignment = 64 : i64}
// CHECK-NOT: memref.global
// CHECK: func.func private @model_x86_64_v4(%arg0: memref<8xf32> {llvm.noalias}, %arg1: memref<4xf32> {llvm.noalias},
// CHECK-SAME: %arg2: memref<4xf32> {llvm.noalias}, %arg3: memref<0xi8> {llvm.noalias})
// CHECK-SAME: ["target-cpu", "x86-64-v4"], ["prefer-vector-width", "512"], {{.*}} "no-builtins", "nounwind"
// CHECK: memref.get_global @layer_kernel
// CHECK: func.func private @model_x86_64_v3
// CHECK-SAME: ["target-cpu", "x86-64-v3"], ["prefer-vector-width", "256"]
// CHECK: memref.get_global @layer_kernel
// CHECK: func.func private @model_x86_64_v2
// CHECK-SAME: ["target-cpu", "x86-64-v2"], ["prefer-vector-width", "128"]
// CHECK: memref.get_global @layer_kernel
// CHECK-NOT: @model(
// NAME: name = "net", target = "x86-64-v3", {{.*}} variants = [@net_x86_64_v3]
// NAME: func.func private @net_x86_64_v3
// NAME-NOT: func.func
// NAME: dialect_resources
func.func @model(%x: tensor<1x8xf32> {nn.name = "beat"}, %z: tensor<1x4xf32>) -> (tensor<1x4xf32> {nn.name = "score"}) {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<8x4xf32>) epilogue(relu) : tensor<1x8xf32> -> tensor<1x4xf32>
  %1 = nn.reshape %0 : tensor<1x4xf32> -> tensor<1x2x2xf32>
  %2 = nn.reshape %1 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  return %2 : tensor<1x4xf32>
}

// -----

// Constants are called after their layers, as C identifiers.
// CHECK-DAG: memref.global "private" constant @conv1d_1_kernel :
// CHECK-DAG: memref.global "private" constant @_2_block_bn_scale
// Two layers of one name still have two, if their values differ; the biases do not.
// CHECK-DAG: memref.global "private" constant @conv1d_1_kernel_1
// CHECK-DAG: memref.global "private" constant @conv1d_1_bias :
// CHECK-NOT: @conv1d_1_bias_1
// CHECK: func.func private @model_x86_64_v4
func.func @model(%x: tensor<1x5x4xf32>) -> tensor<1x5x4xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x4x4xf32>) : tensor<1x5x4xf32> -> tensor<1x5x4xf32> loc("conv1d_1")
  %1 = nn.conv %0 kernel(dense<0.25> : tensor<1x4x4xf32>) : tensor<1x5x4xf32> -> tensor<1x5x4xf32> loc("conv1d_1")
  %2 = nn.affine %1 axis = 1 scale(dense<2.0> : tensor<5xf32>) shift(dense<1.0> : tensor<5xf32>) : tensor<1x5x4xf32>
         loc("2.block/bn")
  return %2 : tensor<1x5x4xf32>
}

// -----

// A chain: a value is dead when the next is done, so that the third takes the
// place of the first. Largest first: 256 bytes at 0, 128 bytes at 256, twice.
// CHECK-LABEL: arena_bytes = 384, {{.*}} inputs = [<"chain"
// CHECK: func.func private @model_x86_64_v4
// CHECK-SAME: (%[[X:.*]]: memref<32xf32> {{.*}}, %[[Y:.*]]: memref<32xf32> {{.*}}, %[[ARENA:[a-z0-9]+]]: memref<384xi8>
// CHECK-DAG: %[[FIRST:.*]] = memref.view %[[ARENA]][%c256][] : memref<384xi8> to memref<32xf32>
// CHECK-DAG: %[[SECOND:.*]] = memref.view %[[ARENA]][%c0][] : memref<384xi8> to memref<64xf32>
// CHECK-DAG: %[[THIRD:.*]] = memref.view %[[ARENA]][%c256][] : memref<384xi8> to memref<32xf32>
// CHECK-NOT: memref.view
// CHECK: func.func private @model_x86_64_v3
func.func @model(%x: tensor<1x32xf32> {nn.name = "chain"}) -> tensor<1x32xf32> {
  %0 = nn.activation relu %x : tensor<1x32xf32>
  %1 = nn.pad %0 low = [0, 32] high = [0, 0] value = 0.0 : tensor<1x32xf32> -> tensor<1x64xf32>
  %2 = nn.dense %1 kernel(dense<0.5> : tensor<64x32xf32>) : tensor<1x64xf32> -> tensor<1x32xf32>
  %3 = nn.activation tanh %2 : tensor<1x32xf32>
  return %3 : tensor<1x32xf32>
}

// -----

// A value that is read again later, through a reshape, keeps its place until
// then; one that is not is replaced where it lies: two places for four values, the
// last of which is the output.
// CHECK-LABEL: arena_bytes = 128, {{.*}} inputs = [<"two_readers"
// CHECK: func.func private @model_x86_64_v4
// CHECK-SAME: %[[ARENA:[a-z0-9]+]]: memref<128xi8>
// CHECK-DAG: memref.view %[[ARENA]][%c0][]
// CHECK-DAG: memref.view %[[ARENA]][%c64][]
// CHECK: func.func private @model_x86_64_v3
func.func @model(%x: tensor<1x16xf32> {nn.name = "two_readers"}) -> tensor<1x4x4xf32> {
  %0 = nn.activation relu %x : tensor<1x16xf32>
  %1 = nn.reshape %0 : tensor<1x16xf32> -> tensor<1x4x4xf32>
  %2 = nn.activation tanh %0 : tensor<1x16xf32>
  %3 = nn.activation exp %2 : tensor<1x16xf32>
  %4 = nn.reshape %3 : tensor<1x16xf32> -> tensor<1x4x4xf32>
  %5 = nn.add %1, %4 : tensor<1x4x4xf32>
  return %5 : tensor<1x4x4xf32>
}

// -----

// A value that is returned twice is copied once; an input that is returned is
// copied too.
// CHECK-LABEL: arena_bytes = 0, {{.*}} inputs = [<"copies"
// CHECK: func.func private @model_x86_64_v4
// CHECK-SAME: (%[[X:.*]]: memref<16xf32> {{.*}}, %[[A:.*]]: memref<16xf32> {{.*}}, %[[B:.*]]: memref<16xf32> {{.*}}, %[[C:.*]]: memref<16xf32> {llvm.noalias}, %{{.*}}: memref<0xi8>
// CHECK: vector.store %{{.*}}, %[[A]]
// CHECK-NEXT: %[[COPY:.*]] = vector.load %[[A]]
// CHECK-NEXT: vector.store %[[COPY]], %[[B]]
// CHECK-NEXT: %[[INPUT:.*]] = vector.load %[[X]]
// CHECK-NEXT: vector.store %[[INPUT]], %[[C]]
// CHECK-NEXT: return
func.func @model(%x: tensor<1x16xf32> {nn.name = "copies"}) -> (tensor<1x16xf32>, tensor<1x16xf32>, tensor<1x16xf32>) {
  %0 = nn.activation relu %x : tensor<1x16xf32>
  return %0, %0, %x : tensor<1x16xf32>, tensor<1x16xf32>, tensor<1x16xf32>
}

// -----

// An output that a later layer reads is read where it is.
// CHECK-LABEL: arena_bytes = 0, {{.*}} inputs = [<"read_output"
// CHECK: func.func private @model_x86_64_v4
// CHECK-SAME: (%{{.*}}: memref<16xf32> {{.*}}, %[[A:.*]]: memref<16xf32> {{.*}}, %[[B:.*]]: memref<16xf32>
// CHECK: vector.store %{{.*}}, %[[A]]
// CHECK: vector.load %[[A]]
// CHECK: vector.store %{{.*}}, %[[B]]
func.func @model(%x: tensor<1x16xf32> {nn.name = "read_output"}) -> (tensor<1x16xf32>, tensor<1x16xf32>) {
  %0 = nn.activation relu %x : tensor<1x16xf32>
  %1 = nn.activation leaky_relu(0.5) %0 : tensor<1x16xf32>
  return %0, %1 : tensor<1x16xf32>, tensor<1x16xf32>
}

// -----

// Other functions than @model: must not fire.
// CHECK-LABEL: func.func @other
// CHECK-SAME: tensor<1x4xf32>
// CHECK: nn.activation relu
func.func @model(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  return %x : tensor<1x4xf32>
}
func.func @other(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %0 = nn.activation relu %x : tensor<1x4xf32>
  return %0 : tensor<1x4xf32>
}
