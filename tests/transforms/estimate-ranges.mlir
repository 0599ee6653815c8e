// RUN: frieze-opt %s --nn-estimate-ranges --split-input-file | FileCheck %s

// The batch norm behind tells the variance of what the conv makes, and thereby of
// its input: 48 terms of 0.1 whose sum has variance 1.
// CHECK-LABEL: @norm_behind
func.func @norm_behind(%x: tensor<1x34x16xf32>) -> tensor<1x32x16xf32> {
  // CHECK-NEXT: nn.conv {{.*}} {nn.amplification = 0.49999{{[0-9]*}} : f64}
  %0 = nn.conv %x kernel(dense<0.1> : tensor<3x16x16xf32>) : tensor<1x34x16xf32> -> tensor<1x32x16xf32>
  %1 = nn.batch_norm %0 axis = 2 mean(dense<0.0> : tensor<16xf32>) variance(dense<1.0> : tensor<16xf32>)
         epsilon = 0.0 : tensor<1x32x16xf32>
  return %1 : tensor<1x32x16xf32>
}

// -----

// A mean far from the deviation: terms have 100 times what batch norm leaves.
// CHECK-LABEL: @offset
func.func @offset(%x: tensor<1x34x16xf32>) -> tensor<1x32x16xf32> {
  // CHECK-NEXT: nn.conv {{.*}} {nn.amplification = 50.0024{{[0-9]*}} : f64}
  %0 = nn.conv %x kernel(dense<0.1> : tensor<3x16x16xf32>) : tensor<1x34x16xf32> -> tensor<1x32x16xf32>
  %1 = nn.batch_norm %0 axis = 2 mean(dense<100.0> : tensor<16xf32>) variance(dense<1.0> : tensor<16xf32>)
         epsilon = 0.0 : tensor<1x32x16xf32>
  return %1 : tensor<1x32x16xf32>
}

// -----

// Of a batch norm behind a concatenation, each conv has the channels that it made:
// the second one's mean is far from its deviation.
// CHECK-LABEL: @norm_behind_concat
func.func @norm_behind_concat(%x: tensor<1x34x2xf32>) -> tensor<1x32x3xf32> {
  // CHECK-NEXT: nn.conv {{.*}} {nn.amplification = 0.49999{{[0-9]*}} : f64}
  %0 = nn.conv %x kernel(dense<0.1> : tensor<3x2x1xf32>) : tensor<1x34x2xf32> -> tensor<1x32x1xf32>
  // CHECK-NEXT: nn.conv {{.*}} {nn.amplification = 50.0024{{[0-9]*}} : f64}
  %1 = nn.conv %x kernel(dense<0.1> : tensor<3x2x2xf32>) : tensor<1x34x2xf32> -> tensor<1x32x2xf32>
  %2 = nn.concat %0, %1 axis = 2 : tensor<1x32x1xf32>, tensor<1x32x2xf32> -> tensor<1x32x3xf32>
  %3 = nn.batch_norm %2 axis = 2 mean(dense<[0.0, 0.0, 100.0]> : tensor<3xf32>) variance(dense<1.0> : tensor<3xf32>)
         epsilon = 0.0 : tensor<1x32x3xf32>
  return %3 : tensor<1x32x3xf32>
}

// -----

// Where positions are joined, the batch norm has more of them than the conv
// made: must not fire.
// CHECK-LABEL: @norm_behind_positions
// CHECK-NOT: nn.amplification
func.func @norm_behind_positions(%x: tensor<1x34x2xf32>, %y: tensor<1x2x2xf32>) -> tensor<1x34x2xf32> {
  %0 = nn.conv %x kernel(dense<0.1> : tensor<3x2x2xf32>) : tensor<1x34x2xf32> -> tensor<1x32x2xf32>
  %1 = nn.concat %0, %y axis = 1 : tensor<1x32x2xf32>, tensor<1x2x2xf32> -> tensor<1x34x2xf32>
  %2 = nn.batch_norm %1 axis = 2 mean(dense<0.0> : tensor<2xf32>) variance(dense<1.0> : tensor<2xf32>)
         epsilon = 0.0 : tensor<1x34x2xf32>
  return %2 : tensor<1x34x2xf32>
}

// -----

// A tanh before the conv: 48 terms of at most 0.1, and results as large as their
// root mean square.
// CHECK-LABEL: @bounded
func.func @bounded(%x: tensor<1x34x16xf32>) -> tensor<1x32x16xf32> {
  %0 = nn.activation tanh %x : tensor<1x34x16xf32>
  // CHECK: nn.conv {{.*}} {nn.amplification = 0.409{{[0-9]*}} : f64}
  %1 = nn.conv %0 kernel(dense<0.1> : tensor<3x16x16xf32>) : tensor<1x34x16xf32> -> tensor<1x32x16xf32>
  return %1 : tensor<1x32x16xf32>
}

// -----

// What a batch norm makes, through activation, pooling, sum and a layer.
// CHECK-LABEL: @norm_before
func.func @norm_before(%x: tensor<1x34x16xf32>) -> tensor<1x15x16xf32> {
  %0 = nn.batch_norm %x axis = 2 mean(dense<0.0> : tensor<16xf32>) variance(dense<1.0> : tensor<16xf32>)
         epsilon = 0.0 : tensor<1x34x16xf32>
  %1 = nn.activation relu %0 : tensor<1x34x16xf32>
  %2 = nn.add %0, %1 : tensor<1x34x16xf32>
  %3 = nn.max_pool %2 window = [2] : tensor<1x34x16xf32> -> tensor<1x17x16xf32>
  // CHECK: nn.conv {{.*}} {nn.amplification = {{0\.[0-9]*|[0-9.]*e-01}} : f64}
  %4 = nn.conv %3 kernel(dense<0.1> : tensor<1x16x16xf32>) : tensor<1x17x16xf32> -> tensor<1x17x16xf32>
  // CHECK: nn.conv {{.*}} {nn.amplification = {{0\.[0-9]*|[0-9.]*e-01}} : f64}
  %5 = nn.conv %4 kernel(dense<0.1> : tensor<3x16x16xf32>) : tensor<1x17x16xf32> -> tensor<1x15x16xf32>
  return %5 : tensor<1x15x16xf32>
}

// -----

// An input of the model, a square of what is known, and groups: must not fire.
// CHECK-LABEL: @unknown
// CHECK-NOT: nn.amplification
func.func @unknown(%x: tensor<1x34x16xf32>) -> (tensor<1x32x16xf32>, tensor<1x32x16xf32>, tensor<1x32x16xf32>) {
  %0 = nn.conv %x kernel(dense<0.1> : tensor<3x16x16xf32>) : tensor<1x34x16xf32> -> tensor<1x32x16xf32>
  %1 = nn.activation tanh %x : tensor<1x34x16xf32>
  %2 = nn.activation reciprocal %1 : tensor<1x34x16xf32>
  %3 = nn.conv %2 kernel(dense<0.1> : tensor<3x16x16xf32>) : tensor<1x34x16xf32> -> tensor<1x32x16xf32>
  %4 = nn.conv %1 kernel(dense<0.1> : tensor<3x8x16xf32>) groups = 2 : tensor<1x34x16xf32> -> tensor<1x32x16xf32>
  return %0, %3, %4 : tensor<1x32x16xf32>, tensor<1x32x16xf32>, tensor<1x32x16xf32>
}

// -----

// Of a transposed conv with a stride of 2, two taps make the even results and one
// the odd ones: batch norm saw the average of both, and the terms of the even ones
// are a third more.
// CHECK-LABEL: @transposed
func.func @transposed(%x: tensor<1x16x16xf32>) -> tensor<1x33x16xf32> {
  // CHECK-NEXT: nn.conv_transpose {{.*}} {nn.amplification = 0.57735{{[0-9]*}} : f64}
  %0 = nn.conv_transpose %x kernel(dense<0.125> : tensor<3x16x16xf32>) strides = [2] : tensor<1x16x16xf32> -> tensor<1x33x16xf32>
  %1 = nn.batch_norm %0 axis = 2 mean(dense<0.0> : tensor<16xf32>) variance(dense<1.0> : tensor<16xf32>)
         epsilon = 0.0 : tensor<1x33x16xf32>
  return %1 : tensor<1x33x16xf32>
}

// -----

// What it makes of a bounded function is known, too: the tap makes one in nine
// results of an image, of variance 4, and none makes the others.
// CHECK-LABEL: @behind_transposed
func.func @behind_transposed(%x: tensor<1x4x4x4xf32>) -> tensor<1x10x10x4xf32> {
  // CHECK-NEXT: nn.activation
  %0 = nn.activation tanh %x : tensor<1x4x4x4xf32>
  // CHECK-NEXT: nn.conv_transpose {{.*}} {nn.amplification = 1.20000{{[0-9]*}} : f64}
  %1 = nn.conv_transpose %0 kernel(dense<1.0> : tensor<1x1x4x4xf32>) strides = [3, 3] : tensor<1x4x4x4xf32> -> tensor<1x10x10x4xf32>
  // Four terms of 4/9.
  // CHECK-NEXT: nn.conv {{.*}} {nn.amplification = 0.57142{{[0-9]*}} : f64}
  %2 = nn.conv %1 kernel(dense<1.0> : tensor<1x1x4x4xf32>) : tensor<1x10x10x4xf32> -> tensor<1x10x10x4xf32>
  return %2 : tensor<1x10x10x4xf32>
}
