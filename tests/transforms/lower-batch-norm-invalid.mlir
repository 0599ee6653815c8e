// RUN: frieze-opt %s --nn-lower-batch-norm --split-input-file --verify-diagnostics

// Variance plus epsilon must be positive.
func.func @variance_too_negative(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{'nn.batch_norm' op expects variance + epsilon to be positive, but got -5.000000e-01 + 2.500000e-01}}
  %0 = nn.batch_norm %x axis = 1 mean(dense<0.0> : tensor<2xf32>) variance(dense<[1.0, -0.5]> : tensor<2xf32>)
         epsilon = 0.25 : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Nor may it be zero.
func.func @variance_zero(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{'nn.batch_norm' op expects variance + epsilon to be positive, but got 0.000000e+00 + 0.000000e+00}}
  %0 = nn.batch_norm %x axis = 1 mean(dense<0.0> : tensor<2xf32>) variance(dense<0.0> : tensor<2xf32>)
         epsilon = 0.0 : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Parameters must be finite; every layer with a problem is told.
func.func @not_finite(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{'nn.batch_norm' op expects a finite mean, but got}}
  %0 = nn.batch_norm %x axis = 1 mean(dense<[0.0, 0x7FC00000]> : tensor<2xf32>) variance(dense<1.0> : tensor<2xf32>)
         epsilon = 1.0 : tensor<1x2xf32>
  // expected-error @+1 {{'nn.batch_norm' op expects a finite gamma, but got}}
  %1 = nn.batch_norm %0 axis = 1 gamma(dense<[0xFF800000, 0.0]> : tensor<2xf32>) mean(dense<0.0> : tensor<2xf32>)
         variance(dense<1.0> : tensor<2xf32>) epsilon = 1.0 : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// Weights that were elided when the IR was printed.
func.func @elided(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{'nn.batch_norm' op expects variance with its data, but the data is elided}}
  %0 = nn.batch_norm %x axis = 1 mean(dense<0.0> : tensor<2xf32>)
         variance(dense_resource<__elided__> : tensor<2xf32>) epsilon = 1.0 : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}
