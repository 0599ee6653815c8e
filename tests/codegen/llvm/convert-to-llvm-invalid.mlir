// RUN: frieze-opt %s --split-input-file --frieze-convert-to-llvm --verify-diagnostics

// nn has to be lowered to loops before: its tensors are no buffers.
// expected-error @below {{failed to legalize operation 'func.func'}}
func.func @model(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = nn.activation relu %x : tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// -----

// Buffers are flat: an address within others is more than a sum.
func.func @strided(%x: memref<8xf32, strided<[2]>>) -> f32 {
  %c0 = arith.constant 0 : index
  // expected-error @below {{failed to legalize operation 'memref.load'}}
  %0 = memref.load %x[%c0] : memref<8xf32, strided<[2]>>
  return %0 : f32
}
