// RUN: frieze-opt %s --nn-fuse-attention | FileCheck %s

// Keys that were transposed for the product are not.
// CHECK-LABEL: @heads
// CHECK-SAME: (%[[Q:.*]]: tensor<1x4x9x8xf32>, %[[K:.*]]: tensor<1x7x4x8xf32>, %[[V:.*]]: tensor<1x4x7x3xf32>)
func.func @heads(%q: tensor<1x4x9x8xf32>, %k: tensor<1x7x4x8xf32>, %v: tensor<1x4x7x3xf32>) -> tensor<1x4x9x3xf32> {
  // CHECK-NEXT: %[[T:.*]] = nn.transpose %[[K]] permutation = [0, 2, 1, 3] : tensor<1x7x4x8xf32> -> tensor<1x4x7x8xf32>
  // CHECK-NEXT: %[[Y:.*]] = nn.attention %[[Q]], %[[T]], %[[V]] : tensor<1x4x9x8xf32>, tensor<1x4x7x8xf32>, tensor<1x4x7x3xf32> -> tensor<1x4x9x3xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.transpose %k permutation = [0, 2, 3, 1] : tensor<1x7x4x8xf32> -> tensor<1x4x8x7xf32>
  %1 = nn.matmul %q, %0 : tensor<1x4x9x8xf32>, tensor<1x4x8x7xf32> -> tensor<1x4x9x7xf32>
  %2 = nn.softmax %1 axis = 3 : tensor<1x4x9x7xf32>
  %3 = nn.matmul %2, %v : tensor<1x4x9x7xf32>, tensor<1x4x7x3xf32> -> tensor<1x4x9x3xf32>
  return %3 : tensor<1x4x9x3xf32>
}

// Transposes that undo each other are none, and a factor is the scale.
// CHECK-LABEL: @scaled
// CHECK-SAME: (%[[Q:.*]]: tensor<9x8xf32>, %[[K:.*]]: tensor<7x8xf32>, %[[V:.*]]: tensor<7x3xf32>)
func.func @scaled(%q: tensor<9x8xf32>, %k: tensor<7x8xf32>, %v: tensor<7x3xf32>) -> tensor<9x3xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.attention %[[Q]], %[[K]], %[[V]] scale = 2.500000e-01
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.transpose %k permutation = [1, 0] : tensor<7x8xf32> -> tensor<8x7xf32>
  %1 = nn.matmul %q, %0 epilogue(affine(1, dense<0.25> : tensor<7xf32>, dense<0.0> : tensor<7xf32>)) : tensor<9x8xf32>, tensor<8x7xf32> -> tensor<9x7xf32>
  %2 = nn.softmax %1 axis = 1 : tensor<9x7xf32>
  %3 = nn.matmul %2, %v : tensor<9x7xf32>, tensor<7x3xf32> -> tensor<9x3xf32>
  return %3 : tensor<9x3xf32>
}

// Attention on the result of attention; keys that something else reads stay.
// CHECK-LABEL: @chain
func.func @chain(%q: tensor<9x8xf32>, %k: tensor<8x8xf32>) -> (tensor<9x8xf32>, tensor<8x8xf32>) {
  // CHECK-NEXT: %[[T:.*]] = nn.transpose %arg1 permutation = [1, 0]
  // CHECK-NEXT: %[[A:.*]] = nn.attention %arg0, %arg1, %arg1
  // CHECK-NEXT: %[[B:.*]] = nn.attention %[[A]], %arg1, %arg1
  // CHECK-NEXT: return %[[B]], %[[T]]
  %0 = nn.transpose %k permutation = [1, 0] : tensor<8x8xf32> -> tensor<8x8xf32>
  %1 = nn.matmul %q, %0 : tensor<9x8xf32>, tensor<8x8xf32> -> tensor<9x8xf32>
  %2 = nn.softmax %1 axis = 1 : tensor<9x8xf32>
  %3 = nn.matmul %2, %k : tensor<9x8xf32>, tensor<8x8xf32> -> tensor<9x8xf32>
  %4 = nn.matmul %3, %0 : tensor<9x8xf32>, tensor<8x8xf32> -> tensor<9x8xf32>
  %5 = nn.softmax %4 axis = 1 : tensor<9x8xf32>
  %6 = nn.matmul %5, %k : tensor<9x8xf32>, tensor<8x8xf32> -> tensor<9x8xf32>
  return %6, %0 : tensor<9x8xf32>, tensor<8x8xf32>
}

// It must not fire where the weights are read, or with a mask on the scores.
// CHECK-LABEL: @others
// CHECK-NOT: nn.attention
func.func @others(%q: tensor<9x8xf32>, %k: tensor<8x7xf32>, %v: tensor<7x3xf32>)
    -> (tensor<9x3xf32>, tensor<9x7xf32>, tensor<9x3xf32>) {
  %0 = nn.matmul %q, %k : tensor<9x8xf32>, tensor<8x7xf32> -> tensor<9x7xf32>
  %1 = nn.softmax %0 axis = 1 : tensor<9x7xf32>
  %2 = nn.matmul %1, %v : tensor<9x7xf32>, tensor<7x3xf32> -> tensor<9x3xf32>
  %3 = nn.matmul %q, %k epilogue(affine(1, dense<0.5> : tensor<7xf32>, dense<[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -9.0]> : tensor<7xf32>)) : tensor<9x8xf32>, tensor<8x7xf32> -> tensor<9x7xf32>
  %4 = nn.softmax %3 axis = 1 : tensor<9x7xf32>
  %5 = nn.matmul %4, %v : tensor<9x7xf32>, tensor<7x3xf32> -> tensor<9x3xf32>
  return %2, %1, %5 : tensor<9x3xf32>, tensor<9x7xf32>, tensor<9x3xf32>
}

// It must not fire for so few queries.
// CHECK-LABEL: @few
// CHECK-NOT: nn.attention
func.func @few(%q: tensor<7x8xf32>, %k: tensor<8x7xf32>, %v: tensor<7x3xf32>) -> tensor<7x3xf32> {
  %0 = nn.matmul %q, %k : tensor<7x8xf32>, tensor<8x7xf32> -> tensor<7x7xf32>
  %1 = nn.softmax %0 axis = 1 : tensor<7x7xf32>
  %2 = nn.matmul %1, %v : tensor<7x7xf32>, tensor<7x3xf32> -> tensor<7x3xf32>
  return %2 : tensor<7x3xf32>
}

// It must not fire where the softmax is along the queries.
// CHECK-LABEL: @along_queries
// CHECK-NOT: nn.attention
func.func @along_queries(%q: tensor<1x9x8xf32>, %k: tensor<1x8x9xf32>, %v: tensor<1x9x3xf32>) -> tensor<1x9x3xf32> {
  %0 = nn.matmul %q, %k : tensor<1x9x8xf32>, tensor<1x8x9xf32> -> tensor<1x9x9xf32>
  %1 = nn.softmax %0 axis = 1 : tensor<1x9x9xf32>
  %2 = nn.matmul %1, %v : tensor<1x9x9xf32>, tensor<1x9x3xf32> -> tensor<1x9x3xf32>
  return %2 : tensor<1x9x3xf32>
}

// It must not fire with an epilogue, nor with matrices that are repeated.
// CHECK-LABEL: @repeated
// CHECK-NOT: nn.attention
func.func @repeated(%q: tensor<2x9x8xf32>, %k: tensor<1x8x7xf32>, %l: tensor<2x8x7xf32>, %v: tensor<2x7x3xf32>) -> (tensor<2x9x3xf32>, tensor<2x9x3xf32>) {
  %0 = nn.matmul %q, %k : tensor<2x9x8xf32>, tensor<1x8x7xf32> -> tensor<2x9x7xf32>
  %1 = nn.softmax %0 axis = 2 : tensor<2x9x7xf32>
  %2 = nn.matmul %1, %v : tensor<2x9x7xf32>, tensor<2x7x3xf32> -> tensor<2x9x3xf32>
  %3 = nn.matmul %q, %l : tensor<2x9x8xf32>, tensor<2x8x7xf32> -> tensor<2x9x7xf32>
  %4 = nn.softmax %3 axis = 2 : tensor<2x9x7xf32>
  %5 = nn.matmul %4, %v epilogue(relu) : tensor<2x9x7xf32>, tensor<2x7x3xf32> -> tensor<2x9x3xf32>
  return %2, %5 : tensor<2x9x3xf32>, tensor<2x9x3xf32>
}
