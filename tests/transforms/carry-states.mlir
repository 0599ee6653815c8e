// RUN: frieze-opt %s --nn-carry-states="block=4" | FileCheck %s
// RUN: frieze-opt %s --nn-carry-states | FileCheck %s --check-prefix=CHOSEN
// RUN: frieze-opt %s --nn-carry-states="block=1" | FileCheck %s --check-prefix=ONE

// The model stays.
// CHECK-LABEL: func.func @model(
// CHECK: nn.gru {{.*}} reset_after sequences :
// CHECK: nn.lstm {{.*}} activation(tanh) recurrent_activation(sigmoid) epilogue(affine(1,
func.func @model(%x: tensor<1x12x2xf32>) -> tensor<1x2xf32> {
  %m = nn.reduce max %x axes = [2] : tensor<1x12x2xf32> -> tensor<1x12xf32>
  %0 = nn.conv %x kernel(dense<1.0> : tensor<2x2x4xf32>) padding = [2, 0] dilations = [2] epilogue(relu) : tensor<1x12x2xf32> -> tensor<1x12x4xf32>
  %1 = nn.gru %0 mask(%m : tensor<1x12xf32>) kernel(dense<0.1> : tensor<4x9xf32>) recurrent(dense<0.1> : tensor<3x9xf32>)
         activation(tanh) recurrent_activation(sigmoid) reset_after sequences : tensor<1x12x4xf32> -> tensor<1x12x3xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<3x5xf32>) : tensor<1x12x3xf32> -> tensor<1x12x5xf32>
  %c = nn.constant value(dense<0.5> : tensor<1x1x5xf32>) : tensor<1x1x5xf32>
  %3 = nn.add %2, %c : tensor<1x12x5xf32>, tensor<1x1x5xf32> -> tensor<1x12x5xf32>
  %4 = nn.lstm %3 kernel(dense<0.1> : tensor<5x12xf32>) recurrent(dense<0.1> : tensor<3x12xf32>)
         activation(tanh) recurrent_activation(sigmoid) epilogue(affine(1, dense<2.0> : tensor<3xf32>, dense<1.0> : tensor<3xf32>))
         : tensor<1x12x5xf32> -> tensor<1x3xf32>
  %5 = nn.dense %4 kernel(dense<1.0> : tensor<3x2xf32>) chains = 4 : tensor<1x3xf32> -> tensor<1x2xf32>
  return %5 : tensor<1x2xf32>
}

// One step: what a convolution read before is remembered, recurrent layers go
// on, and behind the last one are the layers of the model.
// CHECK-LABEL: func.func @stream_window(
// CHECK-SAME: %[[X:.*]]: tensor<1x1x2xf32>) -> tensor<1x2xf32> attributes {nn.steps}
// CHECK-NEXT: %[[M:.*]] = nn.reduce max %[[X]] axes = [2] : tensor<1x1x2xf32> -> tensor<1x1xf32>
// CHECK-NEXT: %[[H:.*]] = nn.history %[[X]] timeline = 0 rows = [-2, 1]
// CHECK-NEXT: %[[C:.*]] = nn.conv %[[H]] {{.*}} dilations = [2] epilogue(relu) : tensor<1x3x2xf32> -> tensor<1x1x4xf32>
// CHECK-NEXT: %[[G:.*]] = nn.gru %[[C]] mask(%[[M]] : tensor<1x1xf32>) {{.*}} reset_after sequences carried = 0 : tensor<1x1x4xf32> -> tensor<1x1x3xf32>
// CHECK-NEXT: %[[D:.*]] = nn.dense %[[G]] {{.*}} -> tensor<1x1x5xf32>
// CHECK-NEXT: %[[P:.*]] = nn.constant
// CHECK-NEXT: %[[A:.*]] = nn.add %[[D]], %[[P]]
// CHECK-NEXT: %[[L:.*]] = nn.lstm %[[A]] {{.*}} sequences carried = 1 epilogue(affine(2,
// CHECK-NEXT: %[[R:.*]] = nn.reshape %[[L]] : tensor<1x1x3xf32> -> tensor<1x3xf32>
// CHECK-NEXT: %[[E:.*]] = nn.dense %[[R]] {{.*}} chains = 4
// CHECK-NEXT: return %[[E]]
// Four steps:
// CHECK-LABEL: func.func @stream_block(
// CHECK-SAME: tensor<1x4x2xf32>) -> tensor<4x2xf32>
// CHECK: nn.history %{{.*}} timeline = 0 rows = [-2, 4]
// CHECK: nn.gru {{.*}} carried = 0 : tensor<1x4x4xf32> -> tensor<1x4x3xf32>
// CHECK: nn.lstm {{.*}} carried = 1
// CHECK: nn.reshape %{{.*}} : tensor<1x4x3xf32> -> tensor<4x3xf32>
// CHECK: nn.dense %{{.*}} -> tensor<4x2xf32>

// Nothing else goes on: must not fire.
// CHECK-NOT: carried = 2

// CHOSEN-LABEL: func.func @stream_block(
// CHOSEN-SAME: tensor<1x512x2xf32>

// A function for one step alone.
// ONE-LABEL: func.func @stream_window(
// ONE-NOT: @stream_block
