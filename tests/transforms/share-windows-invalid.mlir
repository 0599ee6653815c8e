// RUN: frieze-opt %s --nn-share-windows=hop=2 --split-input-file --verify-diagnostics
// RUN: not frieze-opt %s --nn-share-windows=hop=0 --split-input-file 2>&1 | FileCheck %s
// CHECK: expects a positive hop, but got 0

// Zeros around a window would be zeros within the recording.
func.func @model(%x: tensor<1x9x1xf32>) -> tensor<1x9x4xf32> {
  // expected-error @+1 {{expects valid padding to be shared between windows}}
  %0 = nn.conv %x kernel(dense<1.0> : tensor<3x1x4xf32>) padding = [1, 1] : tensor<1x9x1xf32> -> tensor<1x9x4xf32>
  return %0 : tensor<1x9x4xf32>
}

// -----

func.func @model(%x: tensor<1x9x1xf32>) -> tensor<1x5x1xf32> {
  // expected-error @+1 {{expects valid padding to be shared between windows}}
  %0 = nn.max_pool %x window = [2] padding = [1, 0] : tensor<1x9x1xf32> -> tensor<1x5x1xf32>
  return %0 : tensor<1x5x1xf32>
}

// -----

func.func @model(%x: tensor<1x9x1xf32>) -> tensor<1x11x1xf32> {
  // expected-error @+1 {{expects no padding to be shared between windows}}
  %0 = nn.pad %x low = [0, 1, 0] high = [0, 1, 0] value = 0.0 : tensor<1x9x1xf32> -> tensor<1x11x1xf32>
  return %0 : tensor<1x11x1xf32>
}

// -----

// expected-error @+1 {{expects one input of shape (1, samples) or (1, samples, channels) to stream}}
func.func @model(%x: tensor<1x9x1xf32>, %y: tensor<1x9x1xf32>) -> tensor<1x9x1xf32> {
  %0 = nn.add %x, %y : tensor<1x9x1xf32>
  return %0 : tensor<1x9x1xf32>
}

// -----

// expected-error @+1 {{expects one input of shape}}
func.func @model(%x: tensor<1x9x9x1xf32>) -> tensor<1x9x9x1xf32> {
  return %x : tensor<1x9x9x1xf32>
}

// -----

// expected-error @+1 {{expects one input of shape}}
func.func @model(%x: tensor<2x9x1xf32>) -> tensor<2x9x1xf32> {
  return %x : tensor<2x9x1xf32>
}

// -----

// A batch of windows whose first axis moves cannot be told apart.
func.func @model(%x: tensor<1x9x2xf32>) -> tensor<2x9x1xf32> {
  // expected-error @+1 {{expects a layer that keeps the windows apart, to compute several of them together}}
  %0 = nn.transpose %x permutation = [2, 1, 0] : tensor<1x9x2xf32> -> tensor<2x9x1xf32>
  return %0 : tensor<2x9x1xf32>
}

// -----

// expected-error @+1 {{expects a function @model of a single block}}
module {
}
