// RUN: frieze-compile %s -o %t.o

// LLVM's instcombine finds more to do in a second run, which is no error.
func.func @model(%x: tensor<1x1x1xf32>) -> tensor<1x1x2xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x1x2xf32>) epilogue(relu) : tensor<1x1x1xf32> -> tensor<1x1x2xf32>
  return %0 : tensor<1x1x2xf32>
}
