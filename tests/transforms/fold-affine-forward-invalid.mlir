// RUN: frieze-opt %s --nn-fold-affine-forward | FileCheck %s

// The pass has no errors: what it cannot read, it leaves to the passes that must.

// Weights that were elided when the IR was printed.
// CHECK-LABEL: @elided_kernel
func.func @elided_kernel(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense_resource<__elided__> : tensor<2x2xf32>) :
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense_resource<__elided__> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// CHECK-LABEL: @elided_scale
func.func @elided_scale(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  %0 = nn.affine %x axis = 1 scale(dense_resource<__elided__> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.dense %0 kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// The border needs the kernel before anything folds.
// CHECK-LABEL: @elided_kernel_with_border
func.func @elided_kernel_with_border(%x: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.affine {{.*}} {nn.refused = "there are no weights in nn.conv"}
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense_resource<__elided__> : tensor<2x1x1xf32>) padding = [1, 0] :
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.conv %0 kernel(dense_resource<__elided__> : tensor<2x1x1xf32>) padding = [1, 0] : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}

// Nor is half a fold left behind where only the bias, or only the border, is
// elided.
// CHECK-LABEL: @elided_bias
func.func @elided_bias(%x: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1x1xf32>) bias(dense_resource<__elided__> : tensor<1xf32>) padding = [1, 0] :
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x1x1xf32>) bias(dense_resource<__elided__> : tensor<1xf32>) padding = [1, 0] : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}

// CHECK-LABEL: @elided_border
func.func @elided_border(%x: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // CHECK-NEXT: nn.affine
  // CHECK-NEXT: nn.conv %{{.*}} kernel(dense<1.000000e+00> : tensor<2x1x1xf32>) padding = [1, 0] border(dense_resource<__elided__> : tensor<1xf32>) :
  %0 = nn.affine %x axis = 2 scale(dense<2.0> : tensor<1xf64>) shift(dense<1.0> : tensor<1xf64>) : tensor<1x4x1xf32>
  %1 = nn.conv %0 kernel(dense<1.0> : tensor<2x1x1xf32>) padding = [1, 0] border(dense_resource<__elided__> : tensor<1xf32>) : tensor<1x4x1xf32> -> tensor<1x4x1xf32>
  return %1 : tensor<1x4x1xf32>
}
