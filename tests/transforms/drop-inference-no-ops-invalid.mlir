// RUN: frieze-opt %s --nn-drop-inference-no-ops --split-input-file --verify-diagnostics

// The pass has no errors of its own: what it would be wrong to drop is refused
// when it is read.

// A dropout with a result unlike its input.
func.func @dropout_of_other_shape(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<1x4xf32>' are incompatible with return type(s) of operation 'tensor<1x2xf32>'}}
  %0 = "nn.dropout"(%x) <{rate = 0.5 : f64}> : (tensor<1x4xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// A padding by nothing in total, but not on each side.
func.func @padding_to_and_fro(%x: tensor<1x9x4xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{expects 3 non-negative entries in low and in high}}
  %0 = nn.pad %x low = [0, 1, 0] high = [0, -1, 0] value = 0.0 : tensor<1x9x4xf32> -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}
