// RUN: frieze-opt %s --split-input-file --nn-carry-states -verify-diagnostics

// A layer that runs backwards begins with steps to come.
func.func @model(%x: tensor<1x9x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{expects a recurrent layer that runs forwards from a state of zeros, with a mask of single steps if any, to take one step after the other}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) backwards : tensor<1x9x3xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// So does a sequence of one step: it would begin anew in each.
func.func @model(%x: tensor<1x1x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{expects a recurrent layer that runs forwards from a state of zeros, with a mask of single steps if any, to take one step after the other}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) backwards : tensor<1x1x3xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// Memory that is zero at first cannot hold another state.
func.func @model(%x: tensor<1x9x3xf32>) -> tensor<1x3xf32> {
  %h = nn.constant value(dense<1.0> : tensor<1x3xf32>) : tensor<1x3xf32>
  // expected-error @+1 {{expects a recurrent layer that runs forwards from a state of zeros, with a mask of single steps if any, to take one step after the other}}
  %0 = nn.rnn %x initial(%h : tensor<1x3xf32>) kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x9x3xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// A mask of the whole sequence.
func.func @model(%x: tensor<1x9x3xf32>) -> tensor<1x3xf32> {
  %m = nn.constant value(dense<1.0> : tensor<1x9xf32>) : tensor<1x9xf32>
  // expected-error @+1 {{expects a recurrent layer that runs forwards from a state of zeros, with a mask of single steps if any, to take one step after the other}}
  %0 = nn.rnn %x mask(%m : tensor<1x9xf32>) kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x9x3xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// Padding that is not causal.
func.func @model(%x: tensor<1x9x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{expects a convolution with a stride of 1, causal padding and no pooling behind it, to take one step after the other}}
  %0 = nn.conv %x kernel(dense<1.0> : tensor<3x3x3xf32>) padding = [1, 1] : tensor<1x9x3xf32> -> tensor<1x9x3xf32>
  %1 = nn.rnn %0 kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x9x3xf32> -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// -----

// Padding that is not zero: memory is.
func.func @model(%x: tensor<1x9x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{expects a convolution with a stride of 1, causal padding}}
  %0 = nn.conv %x kernel(dense<1.0> : tensor<3x3x3xf32>) padding = [2, 0] border(dense<1.0> : tensor<3xf32>) : tensor<1x9x3xf32> -> tensor<1x9x3xf32>
  %1 = nn.rnn %0 kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x9x3xf32> -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// -----

// A pooling over all steps.
func.func @model(%x: tensor<1x9x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{expects a layer whose steps need those before them alone, to take one after the other, but got one that reads all 9 steps; --stream-hop has windows of so many}}
  %0 = nn.global_pool avg %x : tensor<1x9x3xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// A parameter for each step: there are more.
func.func @model(%x: tensor<1x9x3xf32>) -> tensor<1x3xf32> {
  %c = nn.constant value(dense<1.0> : tensor<1x9x3xf32>) : tensor<1x9x3xf32>
  // expected-error @+1 {{expects a layer whose steps need those before them alone}}
  %0 = nn.add %x, %c : tensor<1x9x3xf32>, tensor<1x9x3xf32> -> tensor<1x9x3xf32>
  %1 = nn.rnn %0 kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) : tensor<1x9x3xf32> -> tensor<1x3xf32>
  return %1 : tensor<1x3xf32>
}

// -----

// A result of every step.
func.func @model(%x: tensor<1x9x3xf32>) -> tensor<1x9x3xf32> {
  // expected-error @+1 {{expects a result of the last step, to take one after the other, but got one of all 9 steps; a model of one step has it for each}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) sequences : tensor<1x9x3xf32> -> tensor<1x9x3xf32>
  return %0 : tensor<1x9x3xf32>
}

// -----

// Two inputs.
// expected-error @+1 {{expects one input of shape (1, steps) or (1, steps, channels) to take in steps}}
func.func @model(%x: tensor<1x9x3xf32>, %y: tensor<1x3xf32>) -> tensor<1x3xf32> {
  return %y : tensor<1x3xf32>
}

// -----

// A layer that goes on already.
func.func @model(%x: tensor<1x9x3xf32>) -> tensor<1x3xf32> {
  // expected-error @+1 {{expects a model of whole sequences, which have no calls before them}}
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) carried = 0 : tensor<1x9x3xf32> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}
