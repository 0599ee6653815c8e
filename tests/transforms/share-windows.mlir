// RUN: frieze-opt %s --nn-share-windows="hop=1 block=4" | FileCheck %s --check-prefix=HOP1
// RUN: frieze-opt %s --nn-share-windows="hop=3 block=1" | FileCheck %s --check-prefix=HOP3
// RUN: frieze-opt %s --nn-share-windows="hop=12" | FileCheck %s --check-prefix=HOP12

// The model stays.
// HOP1-LABEL: func.func @model(
// HOP3-LABEL: func.func @model(
// HOP12-LABEL: func.func @model(
func.func @model(%x: tensor<1x12x1xf32>) -> tensor<1x2xf32> {
  %0 = nn.conv %x kernel(dense<1.0> : tensor<2x1x4xf32>) epilogue(relu) : tensor<1x12x1xf32> -> tensor<1x11x4xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x4x4xf32>) epilogue(max_pool([2], [3]), relu) : tensor<1x11x4xf32> -> tensor<1x3x4xf32>
  %2 = nn.activation tanh %1 : tensor<1x3x4xf32>
  %3 = nn.conv %2 kernel(dense<1.0> : tensor<2x4x4xf32>) : tensor<1x3x4xf32> -> tensor<1x2x4xf32>
  %4 = nn.reshape %3 : tensor<1x2x4xf32> -> tensor<1x8xf32>
  %5 = nn.dense %4 kernel(dense<1.0> : tensor<8x2xf32>) chains = 4 : tensor<1x8xf32> -> tensor<1x2xf32>
  return %5 : tensor<1x2xf32>
}

// At every sample: the pooling leaves the conv, as its windows overlap, and what
// reads it takes every third row. One window:
// HOP1-LABEL: func.func @stream_window(
// HOP1-SAME: %[[X:.*]]: tensor<1x1x1xf32>) -> tensor<1x2xf32>
// HOP1-NEXT: %[[H0:.*]] = nn.history %[[X]] timeline = 0 rows = [-1, 1] : tensor<1x1x1xf32> -> tensor<1x2x1xf32>
// HOP1-NEXT: %[[C0:.*]] = nn.conv %[[H0]] {{.*}} epilogue(relu) : tensor<1x2x1xf32> -> tensor<1x1x4xf32>
// HOP1-NEXT: %[[H1:.*]] = nn.history %[[C0]] timeline = 1 rows = [-1, 1]
// HOP1-NEXT: %[[C1:.*]] = nn.conv %[[H1]] {{.*}}>) : tensor<1x2x4xf32> -> tensor<1x1x4xf32>
// HOP1-NEXT: %[[H2:.*]] = nn.history %[[C1]] timeline = 2 rows = [-3, -1]
// HOP1-NEXT: %[[P:.*]] = nn.max_pool %[[H2]] window = [2] strides = [1] epilogue(relu)
// HOP1-NEXT: %[[A:.*]] = nn.activation tanh %[[P]]
// HOP1-NEXT: %[[H3:.*]] = nn.history %[[A]] timeline = 3 rows = [-3, 1] : tensor<1x1x4xf32> -> tensor<1x4x4xf32>
// HOP1-NEXT: %[[C2:.*]] = nn.conv %[[H3]] {{.*}} dilations = [3] : tensor<1x4x4xf32> -> tensor<1x1x4xf32>
// HOP1-NEXT: %[[H4:.*]] = nn.history %[[C2]] timeline = 4 rows = [-3, 1]
// HOP1-NEXT: %[[W:.*]] = nn.windows %[[H4]] length = 2 dilation = 3 stride = 1 : tensor<1x4x4xf32> -> tensor<1x2x4xf32>
// HOP1-NEXT: %[[R:.*]] = nn.reshape %[[W]] : tensor<1x2x4xf32> -> tensor<1x8xf32>
// HOP1-NEXT: %[[D:.*]] = nn.dense %[[R]] {{.*}} chains = 4
// HOP1-NEXT: return %[[D]]
// Four windows:
// HOP1-LABEL: func.func @stream_block(
// HOP1-SAME: tensor<1x4x1xf32>) -> tensor<4x2xf32>
// HOP1: nn.history %{{.*}} timeline = 3 rows = [-3, 4]
// HOP1: nn.windows %{{.*}} length = 2 dilation = 3 stride = 1 : tensor<1x7x4xf32> -> tensor<4x2x4xf32>
// HOP1-NEXT: nn.reshape %{{.*}} : tensor<4x2x4xf32> -> tensor<4x8xf32>

// At every third sample, as the pooling has it: nothing changes but what is new.
// HOP3-LABEL: func.func @stream_window(
// HOP3-SAME: tensor<1x3x1xf32>)
// HOP3-NEXT: nn.history %{{.*}} timeline = 0 rows = [-1, 3]
// HOP3-NEXT: nn.conv {{.*}} : tensor<1x4x1xf32> -> tensor<1x3x4xf32>
// HOP3-NEXT: nn.history %{{.*}} timeline = 1 rows = [-2, 1]
// HOP3-NEXT: nn.conv {{.*}} epilogue(max_pool([2], [3]), relu) : tensor<1x3x4xf32> -> tensor<1x1x4xf32>
// HOP3-NEXT: nn.activation
// HOP3-NEXT: nn.history %{{.*}} timeline = 2 rows = [-1, 1]
// HOP3-NEXT: nn.conv {{.*}}>) : tensor<1x2x4xf32> -> tensor<1x1x4xf32>
// HOP3-NOT: dilations
// HOP3-NOT: @stream_block

// Windows that have no sample in common share nothing: must not fire.
// HOP12-LABEL: func.func @stream_window(
// HOP12-NEXT: %[[W:.*]] = nn.windows %{{.*}} length = 12 dilation = 1 stride = 12
// HOP12-NEXT: nn.conv %[[W]] {{.*}} : tensor<1x12x1xf32> -> tensor<1x11x4xf32>
// HOP12-NEXT: nn.conv {{.*}} epilogue(max_pool([2], [3]), relu)
// HOP12-NOT: nn.history
// HOP12-LABEL: func.func @stream_block(
// HOP12-SAME: tensor<1x504x1xf32>) -> tensor<42x2xf32>
