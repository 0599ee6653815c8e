// RUN: frieze-opt %s --nn-fold-affine-backward | FileCheck %s

// The pass has no errors: what it cannot read, it leaves to the passes that must.

// Weights that were elided when the IR was printed.
// CHECK-LABEL: @elided_kernel
func.func @elided_kernel(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense_resource<__elided__> : tensor<2x2xf32>) :
  // CHECK-NEXT: nn.affine
  %0 = nn.dense %x kernel(dense_resource<__elided__> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// CHECK-LABEL: @elided_shift
func.func @elided_shift(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} kernel(dense<1.000000e+00> : tensor<2x2xf32>) :
  // CHECK-NEXT: nn.affine
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense_resource<__elided__> : tensor<2xf64>) : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// A resource whose data is too short for its type.
// CHECK-LABEL: @short_bias
func.func @short_bias(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.dense %{{.*}} bias(dense_resource<fc.bias> : tensor<2xf32>) :
  // CHECK-NEXT: nn.affine
  %0 = nn.dense %x kernel(dense<1.0> : tensor<2x2xf32>) bias(dense_resource<fc.bias> : tensor<2xf32>)
         : tensor<1x2xf32> -> tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      fc.bias: "0x040000000000803F"
    }
  }
#-}
