// RUN: frieze-opt %s --nn-round-parameters --split-input-file --verify-diagnostics

// A number beyond f32.
func.func @overflow(%x: tensor<1x1xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{'nn.dense' op expects a kernel that is finite after rounding to 'f32', but got 1.000000e+39}}
  %0 = nn.dense %x kernel(dense<[[1.0, 1.0e39]]> : tensor<1x2xf64>) : tensor<1x1xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// The largest f64 below the halfway point to infinity still is an f32.
func.func @largest(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %0 = nn.dense %x kernel(dense<3.4028235677973360e38> : tensor<1x1xf64>) : tensor<1x1xf32> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}

// -----

// NaN.
func.func @nan(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{'nn.affine' op expects a shift that is finite after rounding to 'f32', but got}}
  %0 = nn.affine %x axis = 1 scale(dense<1.0> : tensor<2xf64>) shift(dense<0x7FF8000000000000> : tensor<2xf64>) : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Weights that were elided when the IR was printed.
func.func @elided(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // expected-error @+1 {{'nn.dense' op expects bias with its data, but the data is elided}}
  %0 = nn.dense %x kernel(dense<1.0> : tensor<1x1xf64>) bias(dense_resource<__elided__> : tensor<1xf64>)
         : tensor<1x1xf32> -> tensor<1x1xf32>
  return %0 : tensor<1x1xf32>
}
