// RUN: frieze-opt %s --frieze-convert-to-llvm --verify-diagnostics

// nn has to be lowered to loops before: its tensors are no buffers.
// expected-error @below {{failed to legalize operation 'func.func'}}
func.func @model(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  %0 = nn.activation relu %x : tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}
