// RUN: frieze-opt %s --nn-fold-into-embedding | FileCheck %s

// CHECK-LABEL: @activation
// CHECK-SAME: (%[[X:.*]]: tensor<1x5xf32>)
func.func @activation(%x: tensor<1x5xf32>) -> tensor<1x5x2xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.embedding %[[X]] table(dense<{{\[\[}}0.000000e+00, 2.000000e+00], [0.000000e+00, 4.000000e+00]]> : tensor<2x2xf64>) : tensor<1x5xf32> -> tensor<1x5x2xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.embedding %x table(dense<[[-1.0, 2.0], [-3.0, 4.0]]> : tensor<2x2xf32>) : tensor<1x5xf32> -> tensor<1x5x2xf32>
  %1 = nn.activation relu %0 : tensor<1x5x2xf32>
  return %1 : tensor<1x5x2xf32>
}

// [[1, 2], [3, 4]] [[1, 10, 2], [1, 10, 3]] + 0.5: a wider table, of 6 numbers where
// table and kernel had 10.
// CHECK-LABEL: @dense
func.func @dense(%x: tensor<1x5xf32>) -> tensor<1x5x3xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.embedding %{{.*}} table(dense<{{\[\[}}3.500000e+00, 3.050000e+01, 8.500000e+00], [7.500000e+00, 7.050000e+01, 1.850000e+01]]> : tensor<2x3xf64>) : tensor<1x5xf32> -> tensor<1x5x3xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.embedding %x table(dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>) : tensor<1x5xf32> -> tensor<1x5x2xf32>
  %1 = nn.dense %0 kernel(dense<[[1.0, 10.0, 2.0], [1.0, 10.0, 3.0]]> : tensor<2x3xf32>) bias(dense<0.5> : tensor<3xf32>) : tensor<1x5x2xf32> -> tensor<1x5x3xf32>
  return %1 : tensor<1x5x3xf32>
}

// Rows that are numbered from the end too.
// CHECK-LABEL: @from_end
func.func @from_end(%x: tensor<1x5xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: nn.embedding %{{.*}} table({{.*}} : tensor<2x1xf64>) from_end : tensor<1x5xf32> -> tensor<1x5x1xf32>
  // CHECK-NEXT: return
  %0 = nn.embedding %x table(dense<[[1.0], [3.0]]> : tensor<2x1xf32>) from_end : tensor<1x5xf32> -> tensor<1x5x1xf32>
  %1 = nn.activation relu %0 : tensor<1x5x1xf32>
  return %1 : tensor<1x5x1xf32>
}

// One after the other: relu(2 * (-1)) + 0.5 and relu(2 * 3) + 0.5.
// CHECK-LABEL: @several
func.func @several(%x: tensor<1x5xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.embedding %{{.*}} table(dense<{{\[\[}}5.000000e-01], [6.500000e+00]]> : tensor<2x1xf64>) : tensor<1x5xf32> -> tensor<1x5x1xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.embedding %x table(dense<[[-1.0], [3.0]]> : tensor<2x1xf32>) : tensor<1x5xf32> -> tensor<1x5x1xf32>
  %1 = nn.dense %0 kernel(dense<2.0> : tensor<1x1xf32>) : tensor<1x5x1xf32> -> tensor<1x5x1xf32>
  %2 = nn.activation relu %1 : tensor<1x5x1xf32>
  %3 = nn.dense %2 kernel(dense<1.0> : tensor<1x1xf32>) bias(dense<0.5> : tensor<1xf32>) : tensor<1x5x1xf32> -> tensor<1x5x1xf32>
  return %3 : tensor<1x5x1xf32>
}

// What does not stand right behind the embedding.
// CHECK-LABEL: @apart
func.func @apart(%x: tensor<1x5xf32>, %z: tensor<1x5x1xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: %[[E:.*]] = nn.embedding %{{.*}} table(dense<0.000000e+00> : tensor<2x1xf64>)
  // CHECK-NEXT: %[[A:.*]] = nn.activation tanh
  // CHECK-NEXT: nn.add %[[E]], %[[A]]
  %0 = nn.embedding %x table(dense<-1.0> : tensor<2x1xf32>) : tensor<1x5xf32> -> tensor<1x5x1xf32>
  %1 = nn.activation tanh %z : tensor<1x5x1xf32>
  %2 = nn.activation relu %0 : tensor<1x5x1xf32>
  %3 = nn.add %2, %1 : tensor<1x5x1xf32>
  return %3 : tensor<1x5x1xf32>
}

// The new table would have 32 numbers, table and kernel have 12: must not fire.
// CHECK-LABEL: @larger
func.func @larger(%x: tensor<1x5xf32>) -> tensor<1x5x4xf32> {
  // CHECK-NEXT: nn.embedding %{{.*}} table(dense<1.000000e+00> : tensor<8x1xf32>)
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<2.000000e+00> : tensor<1x4xf32>)
  %0 = nn.embedding %x table(dense<1.0> : tensor<8x1xf32>) : tensor<1x5xf32> -> tensor<1x5x1xf32>
  %1 = nn.dense %0 kernel(dense<2.0> : tensor<1x4xf32>) : tensor<1x5x1xf32> -> tensor<1x5x4xf32>
  return %1 : tensor<1x5x4xf32>
}

// An epilogue of the embedding comes before what follows: must not fire.
// CHECK-LABEL: @epilogue_in_the_way
func.func @epilogue_in_the_way(%x: tensor<1x5xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: nn.embedding %{{.*}} table(dense<-1.000000e+00> : tensor<2x1xf32>) epilogue(relu)
  // CHECK-NEXT: nn.activation exp
  %0 = nn.embedding %x table(dense<-1.0> : tensor<2x1xf32>) epilogue(relu) : tensor<1x5xf32> -> tensor<1x5x1xf32>
  %1 = nn.activation exp %0 : tensor<1x5x1xf32>
  return %1 : tensor<1x5x1xf32>
}

// So does it before a dense layer: must not fire.
// CHECK-LABEL: @epilogue_before_dense
func.func @epilogue_before_dense(%x: tensor<1x5xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: nn.embedding %{{.*}} table(dense<1.000000e+00> : tensor<2x2xf32>) epilogue(affine(
  // CHECK-NEXT: nn.dense
  %0 = nn.embedding %x table(dense<1.0> : tensor<2x2xf32>) epilogue(affine(2, dense<2.0> : tensor<2xf32>, dense<1.0> : tensor<2xf32>)) : tensor<1x5xf32> -> tensor<1x5x2xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x5x2xf32> -> tensor<1x5x1xf32>
  return %1 : tensor<1x5x1xf32>
}

// A dense layer with an epilogue: must not fire.
// CHECK-LABEL: @epilogue_of_dense
func.func @epilogue_of_dense(%x: tensor<1x5xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: nn.embedding %{{.*}} table(dense<1.000000e+00> : tensor<2x1xf32>)
  // CHECK-NEXT: nn.dense %{{.*}} epilogue(relu)
  %0 = nn.embedding %x table(dense<1.0> : tensor<2x1xf32>) : tensor<1x5xf32> -> tensor<1x5x1xf32>
  %1 = nn.dense %0 kernel(dense<2.0> : tensor<1x1xf32>) epilogue(relu) : tensor<1x5x1xf32> -> tensor<1x5x1xf32>
  return %1 : tensor<1x5x1xf32>
}

// Something else reads the rows: must not fire.
// CHECK-LABEL: @other_use
func.func @other_use(%x: tensor<1x5xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: nn.embedding %{{.*}} table(dense<-1.000000e+00> : tensor<2x1xf32>)
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.add
  %0 = nn.embedding %x table(dense<-1.0> : tensor<2x1xf32>) : tensor<1x5xf32> -> tensor<1x5x1xf32>
  %1 = nn.activation relu %0 : tensor<1x5x1xf32>
  %2 = nn.add %0, %1 : tensor<1x5x1xf32>
  return %2 : tensor<1x5x1xf32>
}

// The rows are an output: must not fire.
// CHECK-LABEL: @output
func.func @output(%x: tensor<1x5xf32>) -> (tensor<1x5x1xf32>, tensor<1x5x1xf32>) {
  // CHECK-NEXT: nn.embedding %{{.*}} table(dense<-1.000000e+00> : tensor<2x1xf32>)
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: return
  %0 = nn.embedding %x table(dense<-1.0> : tensor<2x1xf32>) : tensor<1x5xf32> -> tensor<1x5x1xf32>
  %1 = nn.activation relu %0 : tensor<1x5x1xf32>
  return %0, %1 : tensor<1x5x1xf32>, tensor<1x5x1xf32>
}

// A flattening mixes rows: must not fire.
// CHECK-LABEL: @flatten
func.func @flatten(%x: tensor<1x5xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.embedding %{{.*}} table(dense<1.000000e+00> : tensor<2x1xf32>)
  // CHECK-NEXT: nn.reshape
  // CHECK-NEXT: nn.dense
  %0 = nn.embedding %x table(dense<1.0> : tensor<2x1xf32>) : tensor<1x5xf32> -> tensor<1x5x1xf32>
  %1 = nn.reshape %0 : tensor<1x5x1xf32> -> tensor<1x5xf32>
  %2 = nn.dense %1 kernel(dense<2.0> : tensor<5x1xf32>) : tensor<1x5xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// Logarithms that are no parameters, as of -1, and an overflow: must not fire.
// CHECK-LABEL: @not_finite
func.func @not_finite(%x: tensor<1x4xf32>) -> (tensor<1x4x2xf32>, tensor<1x4x2xf32>) {
  // CHECK-NEXT: nn.embedding
  // CHECK-NEXT: nn.activation log
  // CHECK-NEXT: nn.embedding
  // CHECK-NEXT: nn.activation exp
  %0 = nn.embedding %x table(dense<-1.0> : tensor<10x2xf32>) : tensor<1x4xf32> -> tensor<1x4x2xf32>
  %1 = nn.activation log %0 : tensor<1x4x2xf32>
  %2 = nn.embedding %x table(dense<100.0> : tensor<10x2xf32>) : tensor<1x4xf32> -> tensor<1x4x2xf32>
  %3 = nn.activation exp %2 : tensor<1x4x2xf32>
  return %1, %3 : tensor<1x4x2xf32>, tensor<1x4x2xf32>
}
