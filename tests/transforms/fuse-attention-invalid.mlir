// RUN: frieze-opt %s --nn-fuse-attention | FileCheck %s

// The pass has no errors: it leaves alone what it cannot read.
// CHECK-LABEL: @elided
// CHECK-NOT: nn.attention
func.func @elided(%q: tensor<9x8xf32>, %k: tensor<8x7xf32>, %v: tensor<7x3xf32>) -> tensor<9x3xf32> {
  %0 = nn.matmul %q, %k epilogue(affine(1, dense_resource<__elided__> : tensor<7xf32>, dense<0.0> : tensor<7xf32>)) : tensor<9x8xf32>, tensor<8x7xf32> -> tensor<9x7xf32>
  %1 = nn.softmax %0 axis = 1 : tensor<9x7xf32>
  %2 = nn.matmul %1, %v : tensor<9x7xf32>, tensor<7x3xf32> -> tensor<9x3xf32>
  return %2 : tensor<9x3xf32>
}
