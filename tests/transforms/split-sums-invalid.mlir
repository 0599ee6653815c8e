// RUN: frieze-opt %s --nn-split-sums --split-input-file --verify-diagnostics | FileCheck %s

// The pass has no errors of its own: a split that is none is refused when it is
// read, even where the pass would choose another.
func.func @not_a_power_of_two(%x: tensor<1x64xf32>) -> tensor<1x8xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects chains to be a power of two from 1 to 64, but got 5}}
  %0 = nn.dense %x kernel(dense<1.0> : tensor<64x8xf32>) chains = 5 : tensor<1x64xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}

// -----

// It asks for the shape of the weights only, so that their data may be elided.
// CHECK-LABEL: @elided
func.func @elided(%x: tensor<1x64xf32>) -> tensor<1x8xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} chains = 4 :
  %0 = nn.dense %x kernel(dense_resource<__elided__> : tensor<64x8xf32>) : tensor<1x64xf32> -> tensor<1x8xf32>
  return %0 : tensor<1x8xf32>
}
