// RUN: frieze-opt %s --nn-compose-affines | FileCheck %s

// The pass has no errors: what it cannot read, it leaves to the passes that must.

// Weights of the first that were elided when the IR was printed.
// CHECK-LABEL: @elided_first
func.func @elided_first(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} scale(dense_resource<__elided__> : tensor<2xf64>)
  // CHECK-NEXT: nn.affine %{{.*}} scale(dense<3.000000e+00> : tensor<2xf64>)
  %0 = nn.affine %x axis = 1 scale(dense_resource<__elided__> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<3.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

// A resource of the second whose data is too short for its type.
// CHECK-LABEL: @short_second
func.func @short_second(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK-NEXT: nn.affine %{{.*}} scale(dense<2.000000e+00> : tensor<2xf64>)
  // CHECK-NEXT: nn.affine %{{.*}} shift(dense_resource<bn.shift> : tensor<2xf32>)
  %0 = nn.affine %x axis = 1 scale(dense<2.0> : tensor<2xf64>) shift(dense<1.0> : tensor<2xf64>) : tensor<1x2xf32>
  %1 = nn.affine %0 axis = 1 scale(dense<3.0> : tensor<2xf64>) shift(dense_resource<bn.shift> : tensor<2xf32>) : tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      bn.shift: "0x040000000000803F"
    }
  }
#-}
