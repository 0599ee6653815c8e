// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v3 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s

// Padding writes each element once: before and after each row, whose 5 pixels
// with both channels are contiguous, and a row of its own at the end.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<30xf32> {{.*}}, %[[Y:.*]]: memref<48xf32>
// CHECK: %[[VALUE:.*]] = arith.constant dense<-1.000000e+00> : vector<8xf32>
// CHECK: scf.forall (%[[ROW:.*]]) in (3)
// CHECK:   %[[FROM:.*]] = arith.muli %[[ROW]], %c10
// CHECK:   vector.store %{{.*}}, %[[Y]]{{.*}} vector<2xf32>
// CHECK:   %[[PIXELS:.*]] = vector.load %[[X]][%[[FROM]]] : memref<30xf32>, vector<8xf32>
// CHECK:   vector.store %[[PIXELS]], %[[Y]]
// CHECK:   vector.load %[[X]]{{.*}} vector<2xf32>
// CHECK: }
// CHECK: vector.store %[[VALUE]], %[[Y]][%c36]
func.func @model(%x: tensor<1x3x5x2xf32>) -> tensor<1x4x6x2xf32> {
  %0 = nn.pad %x low = [0, 0, 1, 0] high = [0, 1, 0, 0] value = -1.0 : tensor<1x3x5x2xf32> -> tensor<1x4x6x2xf32>
  return %0 : tensor<1x4x6x2xf32>
}

// -----

// A transposition goes through the result in order: column 2 * i + j of the
// result comes from row j.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<6xf32> {{.*}}, %[[Y:.*]]: memref<6xf32>
// CHECK: scf.forall (%[[I:.*]]) in (3)
// CHECK:   %[[TO:.*]] = arith.muli %[[I]], %c2
// CHECK:   scf.forall (%[[J:.*]]) in (2)
// CHECK:     %[[ROW:.*]] = arith.muli %[[J]], %c3
// CHECK:     %[[AT:.*]] = arith.addi %[[I]], %[[ROW]]
// CHECK:     %[[END:.*]] = arith.addi %[[TO]], %[[J]]
// CHECK:     %[[E:.*]] = vector.load %[[X]][%[[AT]]]
// CHECK:     vector.store %[[E]], %[[Y]][%[[END]]]
func.func @model(%x: tensor<1x2x3xf32>) -> tensor<1x3x2xf32> {
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<1x2x3xf32> -> tensor<1x3x2xf32>
  return %0 : tensor<1x3x2xf32>
}

// -----

// A reshape is another name for the same memory: nothing is copied.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<12xf32> {{.*}}, %[[Y:.*]]: memref<8xf32> {{.*}}, %{{.*}}: memref<0xi8>
// CHECK-NOT: vector.store
// CHECK: memref.load %[[X]]
// CHECK: vector.store %{{.*}}, %[[Y]]
// CHECK-NOT: vector.store
func.func @model(%x: tensor<1x3x4xf32>) -> tensor<1x8xf32> {
  %0 = nn.reshape %x : tensor<1x3x4xf32> -> tensor<1x12xf32>
  %1 = nn.dense %0 kernel(dense<0.5> : tensor<12x8xf32>) : tensor<1x12xf32> -> tensor<1x8xf32>
  return %1 : tensor<1x8xf32>
}

// -----

// A result that is reshaped at the end is written to the output at once.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<8xf32> {{.*}}, %[[Y:.*]]: memref<8xf32> {{.*}}, %{{.*}}: memref<0xi8>
// CHECK: vector.store %{{.*}}, %[[Y]]
// CHECK-NOT: vector.store
func.func @model(%x: tensor<1x8xf32>) -> tensor<1x2x4xf32> {
  %0 = nn.activation relu %x : tensor<1x8xf32>
  %1 = nn.reshape %0 : tensor<1x8xf32> -> tensor<1x2x4xf32>
  return %1 : tensor<1x2x4xf32>
}

// -----

// Reflected padding copies the input, then what is around it from the result:
// here row 2 to before row 1, and row 2 to behind row 3.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<12xf32> {{.*}}, %[[Y:.*]]: memref<20xf32>
// CHECK: scf.for
// CHECK:   %[[ROW:.*]] = vector.load %[[X]]
// CHECK:   vector.store %[[ROW]], %[[Y]]
// CHECK: %[[SECOND:.*]] = vector.load %[[Y]][%c8]
// CHECK: vector.store %[[SECOND]], %[[Y]][%c0]
// CHECK: %[[THIRD:.*]] = vector.load %[[Y]][%c8]
// CHECK: vector.store %[[THIRD]], %[[Y]][%c16]
func.func @model(%x: tensor<1x3x4xf32>) -> tensor<1x5x4xf32> {
  %0 = nn.pad %x low = [0, 1, 0] high = [0, 1, 0] mode = reflect : tensor<1x3x4xf32> -> tensor<1x5x4xf32>
  return %0 : tensor<1x5x4xf32>
}

// -----

// A slice copies runs: here 3 pixels of 4 channels in each of two rows.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<60xf32> {{.*}}, %[[Y:.*]]: memref<24xf32>
// CHECK: scf.forall (%[[I:.*]]) in (2)
// CHECK:   arith.muli %[[I]], %c-20
// CHECK:   vector.load %[[X]]{{.*}} vector<8xf32>
// CHECK:   vector.load %[[X]]{{.*}} vector<4xf32>
// CHECK-NOT: vector.load
// CHECK: }
func.func @model(%x: tensor<1x3x5x4xf32>) -> tensor<1x2x3x4xf32> {
  %0 = nn.slice %x begin = [0, 2, 1, 0] size = [1, 2, 3, 4] strides = [1, -1, 1, 1] : tensor<1x3x5x4xf32> -> tensor<1x2x3x4xf32>
  return %0 : tensor<1x2x3x4xf32>
}

// -----

// Repeating reads each element once.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<24xf32> {{.*}}, %[[Y:.*]]: memref<72xf32>
// CHECK: scf.for
// CHECK:   %[[PIXEL:.*]] = vector.load %[[X]]
// CHECK:   scf.forall (%{{.*}}) in (3)
// CHECK:     vector.store %[[PIXEL]], %[[Y]]
func.func @model(%x: tensor<1x3x8xf32>) -> tensor<1x9x8xf32> {
  %0 = nn.resize nearest %x sizes = [9] coordinates = asymmetric : tensor<1x3x8xf32> -> tensor<1x9x8xf32>
  return %0 : tensor<1x9x8xf32>
}

// -----

// What is not repeated evenly is found in tables.
// CHECK-LABEL: func.func private @model
// CHECK: %[[TABLE:.*]] = memref.get_global @layer_columns : memref<4xf32>
// CHECK: %[[WEIGHTS:.*]] = memref.get_global @layer_columns_weights : memref<4xf32>
// CHECK: scf.forall (%[[O:.*]]) in (4)
// CHECK:   %[[AT:.*]] = memref.load %[[TABLE]][%[[O]]]
// CHECK:   arith.fptosi %[[AT]]
// CHECK:   %[[A:.*]] = vector.load
// CHECK:   %[[B:.*]] = vector.load
// CHECK:   memref.load %[[WEIGHTS]][%[[O]]]
// CHECK:   %[[DIFFERENCE:.*]] = arith.subf %[[B]], %[[A]]
// CHECK:   math.fma %{{.*}}, %[[DIFFERENCE]], %[[A]]
func.func @model(%x: tensor<1x3x8xf32>) -> tensor<1x4x8xf32> {
  %0 = nn.resize linear %x sizes = [4] : tensor<1x3x8xf32> -> tensor<1x4x8xf32>
  return %0 : tensor<1x4x8xf32>
}

// -----

// An axis whose positions are those of elements is not interpolated.
// CHECK-LABEL: func.func private @model
// CHECK-NOT: @layer_columns_weights
// CHECK:     memref.get_global @layer_rows_weights : memref<4xf32>
// CHECK-NOT: @layer_columns_weights
// CHECK:     math.fma
// CHECK-NOT: math.fma
// CHECK:     return
func.func @model(%x: tensor<1x3x5x8xf32>) -> tensor<1x4x5x8xf32> {
  %0 = nn.resize linear %x sizes = [4, 5] : tensor<1x3x5x8xf32> -> tensor<1x4x5x8xf32>
  return %0 : tensor<1x4x5x8xf32>
}

// -----

// Axes that stay at the end are moved as one run.
// CHECK-LABEL: func.func private @model
// CHECK: vector.load {{.*}} vector<8xf32>
// CHECK: vector.store {{.*}} vector<8xf32>
// CHECK-NOT: vector<1xf32>
func.func @model(%x: tensor<1x3x2x8xf32>) -> tensor<1x2x3x8xf32> {
  %0 = nn.transpose %x permutation = [0, 2, 1, 3] : tensor<1x3x2x8xf32> -> tensor<1x2x3x8xf32>
  return %0 : tensor<1x2x3x8xf32>
}

// -----

// The last axis changes: square blocks are transposed in registers, and the last
// ones overlap those before. Fewer than four elements are copied one by one.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<70xf32> {{.*}}, %[[Y:.*]]: memref<70xf32>
// CHECK-COUNT-4: vector.load %[[X]]{{.*}} vector<4xf32>
// CHECK: vector.shuffle
// CHECK-COUNT-4: vector.store %{{.*}}, %[[Y]]{{.*}} vector<4xf32>
// CHECK-NOT: vector.store
func.func @model(%x: tensor<2x7x5xf32>) -> tensor<2x5x7xf32> {
  %0 = nn.transpose %x permutation = [0, 2, 1] : tensor<2x7x5xf32> -> tensor<2x5x7xf32>
  return %0 : tensor<2x5x7xf32>
}
