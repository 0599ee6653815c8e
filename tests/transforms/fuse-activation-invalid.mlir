// RUN: frieze-opt %s --nn-fuse-activation --split-input-file --verify-diagnostics

// The pass has no errors of its own: an epilogue holds nothing but what an
// activation may be, and that is checked when it is read.

// A stage that is no activation.
func.func @stage(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{attribute 'epilogue' failed to satisfy constraint: epilogue stages}}
  %0 = "nn.dense"(%x) <{kernel = dense<0.5> : tensor<4x2xf32>, epilogue = ["relu"]}> : (tensor<1x4xf32>) -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// A function that the dialect does not have.
func.func @function(%x: tensor<1x4xf32>) -> tensor<1x2xf32> {
  %0 = nn.dense %x kernel(dense<0.5> : tensor<4x2xf32>) : tensor<1x4xf32> -> tensor<1x2xf32>
  // expected-error @+1 {{expects an activation, but got 'wish'}}
  %1 = nn.activation wish %0 : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}
