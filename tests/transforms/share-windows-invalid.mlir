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

// A normalisation over the first axis would mix the windows of a block.
func.func @model(%x: tensor<1x9x2xf32>) -> tensor<1x9x2xf32> {
  // expected-error @+1 {{expects a layer that keeps the windows apart, to compute several of them together}}
  %0 = nn.normalize l2 %x axes = [0] epsilon = 1.0e-3 : tensor<1x9x2xf32>
  return %0 : tensor<1x9x2xf32>
}

// -----

// So would a reduction over it, with others or alone.
func.func @model(%x: tensor<1x9x2xf32>) -> tensor<1x1x2xf32> {
  // expected-error @+1 {{expects a layer that keeps the windows apart, to compute several of them together}}
  %0 = nn.reduce sum %x axes = [0, 1] keep_dims : tensor<1x9x2xf32> -> tensor<1x1x2xf32>
  return %0 : tensor<1x1x2xf32>
}

// -----

// A sample beside that of the window is none.
func.func @model(%x: tensor<1x9x2xf32>) -> tensor<2x9x2xf32> {
  // expected-error @+1 {{expects no padding to be shared between windows}}
  %0 = nn.pad %x low = [1, 0, 0] high = [0, 0, 0] : tensor<1x9x2xf32> -> tensor<2x9x2xf32>
  return %0 : tensor<2x9x2xf32>
}

// -----

// Scales that run along the samples.
func.func @model(%x: tensor<1x9x2xf32>) -> tensor<1x9x2xf32> {
  // expected-error @+1 {{expects a layer that keeps the windows apart, to compute several of them together}}
  %0 = nn.affine %x axis = 0 scale(dense<2.0> : tensor<1xf32>) shift(dense<1.0> : tensor<1xf32>) : tensor<1x9x2xf32>
  return %0 : tensor<1x9x2xf32>
}

// -----

// A product of matrices whose rows are windows.
func.func @model(%x: tensor<1x9xf32>) -> tensor<1x2xf32> {
  %0 = nn.constant value(dense<0.5> : tensor<9x2xf32>) : tensor<9x2xf32>
  // expected-error @+1 {{expects a layer that keeps the windows apart, to compute several of them together}}
  %1 = nn.matmul %x, %0 : tensor<1x9xf32>, tensor<9x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// -----

// Windows of a window.
func.func @model(%x: tensor<1x9x2xf32>) -> tensor<1x6x2xf32> {
  // expected-error @+1 {{expects a layer that keeps the windows apart, to compute several of them together}}
  %0 = nn.windows %x length = 6 dilation = 1 stride = 4 : tensor<1x9x2xf32> -> tensor<1x6x2xf32>
  return %0 : tensor<1x6x2xf32>
}

// -----

// Minimal filtering, whose tiles begin elsewhere in a row of windows.
func.func @model(%x: tensor<1x9x2xf32>) -> tensor<1x8x2xf32> {
  // expected-error @+1 {{expects a direct sum to be shared between windows, whose tiles begin elsewhere}}
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x2x2xf32>) winograd = [2] : tensor<1x9x2xf32> -> tensor<1x8x2xf32>
  return %0 : tensor<1x8x2xf32>
}

// -----

// A window has no calls before it.
func.func @model(%x: tensor<1x9x2xf32>) -> tensor<1x10x2xf32> {
  // expected-error @+1 {{expects a model of single windows, which has no calls before it}}
  %0 = nn.history %x timeline = 0 rows = [-1, 9] : tensor<1x9x2xf32> -> tensor<1x10x2xf32>
  return %0 : tensor<1x10x2xf32>
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
