// Blocks as EfficientNet repeats them: layers of one shape, each with weights of
// its own, that end with an activation of many instructions.
module {
  func.func @model(%x: tensor<1x28x28x24xf32>) -> tensor<1x28x28x24xf32> {
    %0 = nn.conv %x kernel(dense<0.031> : tensor<1x1x24x96xf32>) bias(dense<0.1> : tensor<96xf32>) epilogue(silu) : tensor<1x28x28x24xf32> -> tensor<1x28x28x96xf32>
    %1 = nn.conv %0 kernel(dense<0.17> : tensor<3x3x1x96xf32>) bias(dense<-0.2> : tensor<96xf32>) padding = [1, 1, 1, 1] groups = 96 epilogue(silu) : tensor<1x28x28x96xf32> -> tensor<1x28x28x96xf32>
    %2 = nn.conv %1 kernel(dense<-0.02> : tensor<1x1x96x24xf32>) bias(dense<0.3> : tensor<24xf32>) : tensor<1x28x28x96xf32> -> tensor<1x28x28x24xf32>
    %3 = nn.conv %2 kernel(dense<0.041> : tensor<1x1x24x96xf32>) bias(dense<0.4> : tensor<96xf32>) epilogue(silu) : tensor<1x28x28x24xf32> -> tensor<1x28x28x96xf32>
    %4 = nn.conv %3 kernel(dense<0.13> : tensor<3x3x1x96xf32>) bias(dense<-0.5> : tensor<96xf32>) padding = [1, 1, 1, 1] groups = 96 epilogue(silu) : tensor<1x28x28x96xf32> -> tensor<1x28x28x96xf32>
    %5 = nn.conv %4 kernel(dense<-0.03> : tensor<1x1x96x24xf32>) bias(dense<0.6> : tensor<24xf32>) : tensor<1x28x28x96xf32> -> tensor<1x28x28x24xf32>
    %6 = nn.conv %5 kernel(dense<0.051> : tensor<1x1x24x96xf32>) bias(dense<0.7> : tensor<96xf32>) epilogue(silu) : tensor<1x28x28x24xf32> -> tensor<1x28x28x96xf32>
    %7 = nn.conv %6 kernel(dense<0.11> : tensor<3x3x1x96xf32>) bias(dense<-0.8> : tensor<96xf32>) padding = [1, 1, 1, 1] groups = 96 epilogue(silu) : tensor<1x28x28x96xf32> -> tensor<1x28x28x96xf32>
    %8 = nn.conv %7 kernel(dense<-0.04> : tensor<1x1x96x24xf32>) bias(dense<0.9> : tensor<24xf32>) : tensor<1x28x28x96xf32> -> tensor<1x28x28x24xf32>
    return %8 : tensor<1x28x28x24xf32>
  }
}
