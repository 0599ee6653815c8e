// RUN: frieze-opt %s --nn-to-loops --split-input-file --verify-diagnostics
// RUN: not frieze-opt %s --split-input-file --nn-to-loops=target=z80 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: for the --target option: unknown target 'z80'; expects one of x86-64, x86-64-v4, x86-64-v3, x86-64-v2

// Batch norm is nn-opt's to do.
func.func @model(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{'nn.batch_norm' op cannot be lowered to loops; run the nn-opt pipeline first}}
  %0 = nn.batch_norm %x axis = 1 mean(dense<0.5> : tensor<2xf32>) variance(dense<3.0> : tensor<2xf32>)
         epsilon = 1.0 : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// And so is dropout.
func.func @model(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{'nn.dropout' op cannot be lowered to loops; run the nn-opt pipeline first}}
  %0 = nn.dropout %x rate = 0.5 : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Earlier calls, of a function that is no part of a stream.
func.func @model(%x: tensor<1x4x2xf32>) -> tensor<1x5x2xf32> {
  // expected-error @+1 {{'nn.history' op expects a stream, as a single window has no calls before it}}
  %0 = nn.history %x timeline = 0 rows = [-1, 4] : tensor<1x4x2xf32> -> tensor<1x5x2xf32>
  return %0 : tensor<1x5x2xf32>
}

// -----

// A state of earlier calls, likewise.
func.func @model(%x: tensor<1x4x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{'nn.rnn' op expects a stream, to carry a state from call to call}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) carried = 0 : tensor<1x4x3xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// Two layers with one state.
func.func @model(%x: tensor<1x4x3xf32>) -> tensor<1x3xf32> {
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x4x3xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}
func.func @stream_window(%x: tensor<1x1x3xf32>) -> tensor<1x3xf32> {
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) sequences carried = 1 : tensor<1x1x3xf32> -> tensor<1x1x3xf32>
  // expected-error @+1 {{expects the only layer that carries state 1}}
  %1 = nn.rnn %0 kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) carried = 1 : tensor<1x1x3xf32> -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// -----

// A block that carries another state.
func.func @model(%x: tensor<1x4x3xf32>) -> tensor<1x3xf32> {
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x4x3xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}
func.func @stream_window(%x: tensor<1x1x3xf32>) -> tensor<1x3xf32> {
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) carried = 1 : tensor<1x1x3xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}
// expected-error @+1 {{expects the carried states of one window}}
func.func @stream_block(%x: tensor<1x2x3xf32>) -> tensor<2x3xf32> {
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) sequences carried = 2 : tensor<1x2x3xf32> -> tensor<1x2x3xf32>
  %1 = nn.reshape %0 : tensor<1x2x3xf32> -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----

// A stream whose parts do not fit to the model.
func.func @model(%x: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
  %0 = nn.activation relu %x : tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}
// expected-error @+1 {{expects samples of the kind that the model has, and its results}}
func.func @stream_window(%x: tensor<1x1x3xf32>) -> tensor<1x4x2xf32> {
  %0 = nn.constant value(dense<0.5> : tensor<1x4x2xf32>) : tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}

// -----

// A stream of blocks alone.
func.func @model(%x: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
  %0 = nn.activation relu %x : tensor<1x4x2xf32>
  return %0 : tensor<1x4x2xf32>
}
// expected-error @+1 {{expects a function @stream_window beside it}}
func.func @stream_block(%x: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
  return %x : tensor<1x4x2xf32>
}

// -----

// A time line that the function of one window does not remember.
func.func @model(%x: tensor<1x2x1xf32>) -> tensor<1x2x1xf32> {
  %0 = nn.activation relu %x : tensor<1x2x1xf32>
  return %0 : tensor<1x2x1xf32>
}
func.func @stream_window(%x: tensor<1x1x1xf32>) -> tensor<1x2x1xf32> {
  %0 = nn.history %x timeline = 0 rows = [-1, 1] : tensor<1x1x1xf32> -> tensor<1x2x1xf32>
  return %0 : tensor<1x2x1xf32>
}
func.func @stream_block(%x: tensor<1x2x1xf32>) -> tensor<2x2x1xf32> {
  %0 = nn.activation relu %x : tensor<1x2x1xf32>
  // expected-error @+1 {{expects the rows of its time line in one window, so many times}}
  %1 = nn.history %0 timeline = 1 rows = [-1, 2] : tensor<1x2x1xf32> -> tensor<1x3x1xf32>
  %2 = nn.windows %1 length = 2 dilation = 1 stride = 1 : tensor<1x3x1xf32> -> tensor<2x2x1xf32>
  return %2 : tensor<2x2x1xf32>
}

// -----

// Ops of other dialects.
func.func @model(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{'arith.addf' op cannot be lowered to loops}}
  %0 = arith.addf %x, %x : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Graphs in f64 are for the reference evaluator.
// expected-error @+1 {{'func.func' op expects f32 tensors of static shape}}
func.func @model(%x: tensor<1x2xf64>) -> tensor<1x2xf64> {
  %0 = nn.activation relu %x : tensor<1x2xf64>
  return %0 : tensor<1x2xf64>
}

// -----

// Shapes of inputs are static, read or not.
// expected-error @+1 {{'func.func' op expects f32 tensors of static shape}}
func.func @model(%x: tensor<?x2xf32>, %y: tensor<1x2xf32>) -> tensor<1x2xf32> {
  return %y : tensor<1x2xf32>
}

// -----

// Parameters are f32.
func.func @model(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{'nn.affine' op expects parameters of type f32; run nn-round-parameters first}}
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<0.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Weights that were elided when the IR was printed.
func.func @model(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error @+1 {{with its data, but the data is elided}}
  %0 = nn.dense %x kernel(dense_resource<__elided__> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// Control flow.
// expected-error @+1 {{'func.func' op expects a single block}}
func.func @model(%x: tensor<1x2xf32>, %y: i1) -> tensor<1x2xf32> {
  cf.cond_br %y, ^bb1, ^bb2
^bb1:
  return %x : tensor<1x2xf32>
^bb2:
  return %x : tensor<1x2xf32>
}

// -----

// A function without a body.
// expected-error @+1 {{'func.func' op expects a single block}}
func.func private @model(tensor<1x2xf32>) -> tensor<1x2xf32>

// -----

// No model at all.
// expected-error @+1 {{expects a function @model}}
module {
  func.func @other(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
    return %x : tensor<1x2xf32>
  }
}

// -----

// A run of no calls.
// expected-error @+1 {{'func.func' op expects nn.calls_per_run from 1 to 536870912, but got 0}}
func.func @model(%x: tensor<2x8xf32>) -> tensor<2x8xf32> attributes {nn.calls_per_run = 0 : i64} {
  %0 = nn.activation relu %x : tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}
