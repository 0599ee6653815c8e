// RUN: frieze-opt %s --split-input-file --nn-carry-states="block=2" | FileCheck %s

// A slice of the last step has it of each.
// CHECK-LABEL: func.func @stream_block(
// CHECK: nn.dense {{.*}} -> tensor<1x2x5xf32>
// CHECK-NEXT: nn.reshape %{{.*}} : tensor<1x2x5xf32> -> tensor<2x1x5xf32>
// CHECK-NEXT: nn.reshape %{{.*}} : tensor<2x1x5xf32> -> tensor<2x5xf32>
func.func @model(%x: tensor<1x9x3xf32>) -> tensor<1x5xf32> {
  %0 = nn.dense %x kernel(dense<1.0> : tensor<3x5xf32>) : tensor<1x9x3xf32> -> tensor<1x9x5xf32>
  %1 = nn.slice %0 begin = [0, 8, 0] size = [1, 1, 5] : tensor<1x9x5xf32> -> tensor<1x1x5xf32>
  %2 = nn.reshape %1 : tensor<1x1x5xf32> -> tensor<1x5xf32>
  return %2 : tensor<1x5xf32>
}

// -----

// A sequence of one step is that step: what reads all of it reads the step, and
// so does a caller.
// CHECK-LABEL: func.func @stream_block(
// CHECK-SAME: -> (tensor<2x1x3xf32>, tensor<2x2xf32>)
// CHECK: %[[R:.*]] = nn.rnn {{.*}} carried = 0 : tensor<1x2x3xf32> -> tensor<1x2x3xf32>
// CHECK: %[[S:.*]] = nn.reshape %[[R]] : tensor<1x2x3xf32> -> tensor<2x1x3xf32>
// CHECK: %[[F:.*]] = nn.reshape %[[S]] : tensor<2x1x3xf32> -> tensor<2x3xf32>
// CHECK: %[[D:.*]] = nn.dense %[[F]]
// CHECK: return %[[S]], %[[D]]
func.func @model(%x: tensor<1x1x3xf32>) -> (tensor<1x1x3xf32>, tensor<1x2xf32>) {
  %0 = nn.rnn %x kernel(dense<0.1> : tensor<3x3xf32>) recurrent(dense<0.1> : tensor<3x3xf32>) activation(tanh) sequences : tensor<1x1x3xf32> -> tensor<1x1x3xf32>
  %1 = nn.reshape %0 : tensor<1x1x3xf32> -> tensor<1x3xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<3x2xf32>) : tensor<1x3xf32> -> tensor<1x2xf32>
  return %0, %2 : tensor<1x1x3xf32>, tensor<1x2xf32>
}
