// RUN: frieze-opt %s --nn-fold-constant-channels --split-input-file | FileCheck %s

// The first channel is 3 for every input; times 2, it goes into the bias.
// CHECK-LABEL: @dense
// CHECK-SAME: (%[[X:.*]]: tensor<1x1xf32>)
func.func @dense(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: %[[A:.*]] = nn.dense %[[X]] kernel(dense<1.000000e+00> : tensor<1x1xf64>) bias(dense<0.000000e+00> : tensor<1xf64>) : tensor<1x1xf32> -> tensor<1x1xf32>
  // CHECK-NEXT: %[[R:.*]] = nn.activation relu %[[A]] : tensor<1x1xf32>
  // CHECK-NEXT: %[[Y:.*]] = nn.dense %[[R]] kernel(dense<1.000000e+00> : tensor<1x1xf64>) bias(dense<6.000000e+00> : tensor<1xf64>) : tensor<1x1xf32> -> tensor<1x1xf32>
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.dense %x kernel(dense<[[0.0, 1.0]]> : tensor<1x2xf32>) bias(dense<[3.0, 0.0]> : tensor<2xf32>) : tensor<1x1xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.dense %1 kernel(dense<[[2.0], [1.0]]> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// Through functions (-4 becomes -2, which becomes 2) and poolings into each of
// two terms: 2 * (2 * 10). Padding of the first conv does not matter.
// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x8x1xf32>) -> tensor<1x3x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{\[\[\[}}1.000000e+00, 3.000000e+00]]]> : tensor<1x1x2xf64>) bias(dense<[1.000000e+00, 3.000000e+00]> : tensor<2xf64>) padding = [1, 1] : tensor<1x8x1xf32> -> tensor<1x10x2xf32>
  // CHECK-NEXT: nn.activation leaky_relu(5.000000e-01) %{{.*}} : tensor<1x10x2xf32>
  // CHECK-NEXT: nn.max_pool %{{.*}} : tensor<1x10x2xf32> -> tensor<1x6x2xf32>
  // CHECK-NEXT: nn.activation leaky_relu(-1.000000e+00) %{{.*}} : tensor<1x6x2xf32>
  // CHECK-NEXT: nn.avg_pool %{{.*}} : tensor<1x6x2xf32> -> tensor<1x4x2xf32>
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2x1xf64>) bias(dense<4.050000e+01> : tensor<1xf64>) epilogue(tanh) : tensor<1x4x2xf32> -> tensor<1x3x1xf32>
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<[[[1.0, 0.0, 3.0]]]> : tensor<1x1x3xf32>) bias(dense<[1.0, -4.0, 3.0]> : tensor<3xf32>) padding = [1, 1] : tensor<1x8x1xf32> -> tensor<1x10x3xf32>
  %1 = nn.activation leaky_relu(0.5) %0 : tensor<1x10x3xf32>
  %2 = nn.max_pool %1 window = [2] padding = [1, 1] : tensor<1x10x3xf32> -> tensor<1x6x3xf32>
  %3 = nn.activation leaky_relu(-1.0) %2 : tensor<1x6x3xf32>
  %4 = nn.avg_pool %3 window = [2] padding = [1, 1] : tensor<1x6x3xf32> -> tensor<1x4x3xf32>
  %5 = nn.conv %4 kernel(dense<[[[1.0], [10.0], [1.0]], [[1.0], [10.0], [1.0]]]> : tensor<2x3x1xf32>) bias(dense<0.5> : tensor<1xf32>) epilogue(tanh) : tensor<1x4x3xf32> -> tensor<1x3x1xf32>
  return %5 : tensor<1x3x1xf32>
}

// Flattened, the channel has a row of the kernel for each position: 3 (10 + 30).
// CHECK-LABEL: @flatten
func.func @flatten(%x: tensor<1x2x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x1xf64>) {{.*}} -> tensor<1x2x1xf32>
  // CHECK-NEXT: nn.reshape %{{.*}} : tensor<1x2x1xf32> -> tensor<1x2xf32>
  // CHECK-NEXT: nn.activation relu %{{.*}} : tensor<1x2xf32>
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<{{\[\[}}2.000000e+01], [4.000000e+01]]> : tensor<2x1xf64>) bias(dense<1.200000e+02> : tensor<1xf64>) : tensor<1x2xf32> -> tensor<1x1xf32>
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<[[[0.0, 1.0]]]> : tensor<1x1x2xf32>) bias(dense<[3.0, 0.0]> : tensor<2xf32>) : tensor<1x2x1xf32> -> tensor<1x2x2xf32>
  %1 = nn.reshape %0 : tensor<1x2x2xf32> -> tensor<1x4xf32>
  %2 = nn.activation relu %1 : tensor<1x4xf32>
  %3 = nn.dense %2 kernel(dense<[[10.0], [20.0], [30.0], [40.0]]> : tensor<4x1xf32>) : tensor<1x4xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// A ReLU that never opens: sigmoids are at most 1, and 1 + 1 - 2 = 0. The second
// opens, as 1 + 1 - 1.5 > 0.
// CHECK-LABEL: @dead_relu
func.func @dead_relu(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.activation sigmoid
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1xf64>) bias(dense<-1.500000e+00> : tensor<1xf64>) :
  // CHECK-NEXT: nn.activation relu %{{.*}} : tensor<1x1xf32>
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<3.000000e+00> : tensor<1x1xf64>) bias(dense<0.000000e+00> : tensor<1xf64>) :
  // CHECK-NEXT: return
  %0 = nn.activation sigmoid %x : tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<2x2xf32>) bias(dense<[-2.0, -1.5]> : tensor<2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = nn.activation relu %1 : tensor<1x2xf32>
  %3 = nn.dense %2 kernel(dense<[[2.0], [3.0]]> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// After a ReLU, nothing but weights that are negative closes the next for good.
// Poolings stay in the range. Zeros around the input do, too.
// CHECK-LABEL: @negative_weights
func.func @negative_weights(%x: tensor<1x8x1xf32>) -> tensor<1x5x1xf32> {
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.max_pool
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{\[\[\[}}-1.000000e+00]], {{\[\[}}1.000000e+00]]]> : tensor<2x1x1xf64>) bias(dense<0.000000e+00> : tensor<1xf64>) padding = [1, 1] : tensor<1x4x1xf32> -> tensor<1x5x1xf32>
  // CHECK-NEXT: nn.activation relu %{{.*}} : tensor<1x5x1xf32>
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<3.000000e+00> : tensor<1x1x1xf64>) bias(dense<0.000000e+00> : tensor<1xf64>) : tensor<1x5x1xf32> -> tensor<1x5x1xf32>
  // CHECK-NEXT: return
  %0 = nn.activation relu %x : tensor<1x8x1xf32>
  %1 = nn.max_pool %0 window = [2] : tensor<1x8x1xf32> -> tensor<1x4x1xf32>
  %2 = nn.conv %1 kernel(dense<[[[-1.0, -1.0]], [[-1.0, 1.0]]]> : tensor<2x1x2xf32>) padding = [1, 1] : tensor<1x4x1xf32> -> tensor<1x5x2xf32>
  %3 = nn.activation relu %2 : tensor<1x5x2xf32>
  %4 = nn.conv %3 kernel(dense<[[[2.0], [3.0]]]> : tensor<1x2x1xf32>) : tensor<1x5x2xf32> -> tensor<1x5x1xf32>
  return %4 : tensor<1x5x1xf32>
}

// Zero is what a padded conv sees around its input: channel 0 folds, and channel
// 1, which is 3, must not.
// CHECK-LABEL: @padded_consumer
func.func @padded_consumer(%x: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<{{\[\[\[}}0.000000e+00, 1.000000e+00]]]> : tensor<1x1x2xf64>) bias(dense<[3.000000e+00, 0.000000e+00]> : tensor<2xf64>)
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2x1xf64>) bias(dense<0.000000e+00> : tensor<1xf64>) padding = [1, 0] :
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<[[[0.0, 0.0, 1.0]]]> : tensor<1x1x3xf32>) bias(dense<[0.0, 3.0, 0.0]> : tensor<3xf32>) : tensor<1x4x1xf32> -> tensor<1x4x3xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x3x1xf32>) padding = [1, 0] : tensor<1x4x3xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}

// A border that is what the channel is: it goes with the channel, whose two terms
// of 5 go into the bias.
// CHECK-LABEL: @border_of_same_value
func.func @border_of_same_value(%x: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x1x1xf64>) bias(dense<0.000000e+00> : tensor<1xf64>) : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1x1xf64>) bias(dense<1.000000e+01> : tensor<1xf64>) padding = [1, 0] border(dense<7.000000e+00> : tensor<1xf64>) : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  // CHECK-NEXT: return
  %0 = nn.conv %x kernel(dense<[[[0.0, 1.0]]]> : tensor<1x1x2xf32>) bias(dense<[5.0, 0.0]> : tensor<2xf32>) : tensor<1x4x1xf32> -> tensor<1x4x2xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x2x1xf32>) padding = [1, 0] border(dense<[5.0, 7.0]> : tensor<2xf32>) : tensor<1x4x2xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}

// A layer without channels is no layer: one stays.
// CHECK-LABEL: @all_constant
func.func @all_constant(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<0.000000e+00> : tensor<1x1xf64>) bias(dense<3.000000e+00> : tensor<1xf64>)
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<2.000000e+00> : tensor<1x1xf64>) bias(dense<4.000000e+01> : tensor<1xf64>)
  // CHECK-NEXT: return
  %0 = nn.dense %x kernel(dense<0.0> : tensor<1x2xf32>) bias(dense<[3.0, 4.0]> : tensor<2xf32>) : tensor<1x1xf32> -> tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<[[2.0], [10.0]]> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}

// -----

// Nothing is known about the input: must not fire.
// CHECK-LABEL: @unknown_range
func.func @unknown_range(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<-1.000000e+00> : tensor<1x2xf32>)
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1xf32>) :
  %0 = nn.dense %x kernel(dense<-1.0> : tensor<1x2xf32>) bias(dense<-9.0> : tensor<2xf32>) : tensor<1x1xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// Another function than ReLU after the layer: must not fire.
// CHECK-LABEL: @other_function
func.func @other_function(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.activation sigmoid
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<1x2xf32>)
  // CHECK-NEXT: nn.activation leaky_relu
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1xf32>) :
  %0 = nn.activation sigmoid %x : tensor<1x1xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<1x2xf32>) bias(dense<-9.0> : tensor<2xf32>) : tensor<1x1xf32> -> tensor<1x2xf32>
  %2 = nn.activation leaky_relu(0.5) %1 : tensor<1x2xf32>
  %3 = nn.dense %2 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// A border of 5 lies outside the range of sigmoids, where 5 - 2 opens the ReLU:
// must not fire.
// CHECK-LABEL: @border_out_of_range
func.func @border_out_of_range(%x: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.activation sigmoid
  // CHECK-NEXT: nn.conv %{{.*}} kernel({{.*}} : tensor<2x1x2xf32>) {{.*}} border(dense<5.000000e+00> : tensor<1xf32>) : tensor<1x4x1xf32> -> tensor<1x4x2xf32>
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<1x2x1xf32>) :
  %0 = nn.activation sigmoid %x : tensor<1x4x1xf32>
  %1 = nn.conv %0 kernel(dense<[[[1.0, 2.0]], [[0.0, 0.0]]]> : tensor<2x1x2xf32>) bias(dense<[-2.0, 0.0]> : tensor<2xf32>)
         padding = [1, 0] border(dense<5.0> : tensor<1xf32>) : tensor<1x4x1xf32> -> tensor<1x4x2xf32>
  %2 = nn.activation relu %1 : tensor<1x4x2xf32>
  %3 = nn.conv %2 kernel(dense<1.0> : tensor<1x2x1xf32>) : tensor<1x4x2xf32> -> tensor<1x4x1xf32>
  return %3 : tensor<1x4x1xf32>
}

// The next conv sees 5 around a channel that is zero inside: must not fire.
// CHECK-LABEL: @border_of_consumer
func.func @border_of_consumer(%x: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} : tensor<1x1x2xf32>) : tensor<1x4x1xf32> -> tensor<1x4x2xf32>
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2x1xf32>) padding = [1, 0] border(dense<[5.000000e+00, 7.000000e+00]> : tensor<2xf32>)
  %0 = nn.conv %x kernel(dense<[[[0.0, 1.0]]]> : tensor<1x1x2xf32>) : tensor<1x4x1xf32> -> tensor<1x4x2xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x2x1xf32>) padding = [1, 0] border(dense<[5.0, 7.0]> : tensor<2xf32>) : tensor<1x4x2xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}

// The channel is an output: must not fire.
// CHECK-LABEL: @output
func.func @output(%x: tensor<1x1xf32>) -> (tensor<1x2xf32>, tensor<1x1xf32>) {
  // CHECK-NEXT: nn.dense %{{.*}} : tensor<1x1xf32> -> tensor<1x2xf32>
  // CHECK-NEXT: nn.activation relu
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1xf32>) :
  %0 = nn.dense %x kernel(dense<[[0.0, 1.0]]> : tensor<1x2xf32>) : tensor<1x1xf32> -> tensor<1x2xf32>
  %1 = nn.activation relu %0 : tensor<1x2xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %1, %2 : tensor<1x2xf32>, tensor<1x1xf32>
}

// Two layers read the channel: must not fire.
// CHECK-LABEL: @two_readers
func.func @two_readers(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} : tensor<1x1xf32> -> tensor<1x2xf32>
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1xf32>) :
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<2.000000e+00> : tensor<2x1xf32>) :
  // CHECK-NEXT: nn.add
  %0 = nn.dense %x kernel(dense<[[0.0, 1.0]]> : tensor<1x2xf32>) : tensor<1x1xf32> -> tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  %2 = nn.dense %0 kernel(dense<2.0> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  %3 = nn.add %1, %2 : tensor<1x1xf32>
  return %3 : tensor<1x1xf32>
}

// A border that no padding shows goes, as it had the channel too.
// CHECK-LABEL: @unseen_border
func.func @unseen_border(%x: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  // CHECK-NEXT: nn.conv %{{.*}} bias(dense<0.000000e+00> : tensor<1xf64>) padding = [0, 0] :
  %0 = nn.conv %x kernel(dense<[[[0.0, 1.0]]]> : tensor<1x1x2xf32>) : tensor<1x4x1xf32> -> tensor<1x4x2xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<1x2x1xf32>) padding = [0, 0] border(dense<[1.0, 2.0]> : tensor<2xf32>) : tensor<1x4x2xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}

// Groups of the next layer need their channels: must not fire.
// CHECK-LABEL: @groups
func.func @groups(%x: tensor<1x4x1xf32>) -> tensor<1x4x2xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} : tensor<1x4x1xf32> -> tensor<1x4x2xf32>
  // CHECK-NEXT: nn.conv %{{.*}} groups = 2
  %0 = nn.conv %x kernel(dense<[[[0.0, 1.0]]]> : tensor<1x1x2xf32>) : tensor<1x4x1xf32> -> tensor<1x4x2xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<1x1x2xf32>) groups = 2 : tensor<1x4x2xf32> -> tensor<1x4x2xf32>
  return %1 : tensor<1x4x2xf32>
}

// Epilogues, of the layer or of a pooling, in the way: must not fire.
// CHECK-LABEL: @epilogue_in_the_way
func.func @epilogue_in_the_way(%x: tensor<1x4x1xf32>) -> tensor<1x2x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} epilogue(relu) : tensor<1x4x1xf32> -> tensor<1x4x2xf32>
  // CHECK-NEXT: nn.conv %{{.*}} : tensor<1x4x2xf32> -> tensor<1x4x2xf32>
  // CHECK-NEXT: nn.max_pool %{{.*}} epilogue(tanh)
  // CHECK-NEXT: nn.conv
  %0 = nn.conv %x kernel(dense<[[[0.0, 1.0]]]> : tensor<1x1x2xf32>) epilogue(relu) : tensor<1x4x1xf32> -> tensor<1x4x2xf32>
  %1 = nn.conv %0 kernel(dense<[[[0.0, 1.0], [0.0, 1.0]]]> : tensor<1x2x2xf32>) : tensor<1x4x2xf32> -> tensor<1x4x2xf32>
  %2 = nn.max_pool %1 window = [2] epilogue(tanh) : tensor<1x4x2xf32> -> tensor<1x2x2xf32>
  %3 = nn.conv %2 kernel(dense<1.0> : tensor<1x2x1xf32>) : tensor<1x2x2xf32> -> tensor<1x2x1xf32>
  return %3 : tensor<1x2x1xf32>
}

// The logarithm of -1 is NaN, which no bias can be: must not fire.
// CHECK-LABEL: @not_finite
func.func @not_finite(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} : tensor<1x1xf32> -> tensor<1x2xf32>
  // CHECK-NEXT: nn.activation log
  // CHECK-NEXT: nn.dense %{{.*}} : tensor<1x2xf32> -> tensor<1x1xf32>
  %0 = nn.dense %x kernel(dense<[[0.0, 1.0]]> : tensor<1x2xf32>) bias(dense<[-1.0, 0.0]> : tensor<2xf32>) : tensor<1x1xf32> -> tensor<1x2xf32>
  %1 = nn.activation log %0 : tensor<1x2xf32>
  %2 = nn.dense %1 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// No channel is constant: must not fire, and leaves the weights as they are.
// CHECK-LABEL: @none
func.func @none(%x: tensor<1x1xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<1x2xf32>) :
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1xf32>) :
  %0 = nn.dense %x kernel(dense<1.0> : tensor<1x2xf32>) : tensor<1x1xf32> -> tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<2x1xf32>) : tensor<1x2xf32> -> tensor<1x1xf32>
  return %1 : tensor<1x1xf32>
}
