// RUN: frieze-opt %s --nn-choose-winograd --split-input-file | FileCheck %s
// RUN: frieze-opt %s --nn-opt-pipeline=exact=true --split-input-file | FileCheck %s --check-prefix=EXACT

// EXACT-NOT: winograd
// EXACT-NOT: nn.amplification

// Three taps along one axis: F(4,3) needs 6 products where the sum has 12.
// CHECK-LABEL: @sequence
func.func @sequence(%x: tensor<1x34x64xf32>) -> tensor<1x32x64xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} winograd = [4] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) {nn.amplification = 0.5 : f64} : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
  return %0 : tensor<1x32x64xf32>
}

// -----

// Where the range of the values is not known, F(2,3), none of whose results reads
// more than its window: F(4,3) must not fire.
// CHECK-LABEL: @unknown
func.func @unknown(%x: tensor<1x34x64xf32>) -> tensor<1x32x64xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} winograd = [2] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
  return %0 : tensor<1x32x64xf32>
}

// -----

// Nor where terms cancel.
// CHECK-LABEL: @cancelling
func.func @cancelling(%x: tensor<1x34x64xf32>) -> tensor<1x32x64xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} winograd = [2] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) {nn.amplification = 4.1 : f64} : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
  return %0 : tensor<1x32x64xf32>
}

// -----

// What a file has already stays, but for an exact sum.
// CHECK-LABEL: @chosen
func.func @chosen(%x: tensor<1x34x64xf32>) -> tensor<1x32x64xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} winograd = [4] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) winograd = [4] : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
  return %0 : tensor<1x32x64xf32>
}

// -----

// Two taps: F(2,2). Padding and an epilogue change nothing.
// CHECK-LABEL: @two_taps
func.func @two_taps(%x: tensor<1x32x64xf32>) -> tensor<1x32x64xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} padding = [1, 0] winograd = [2] epilogue(relu) :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x64x64xf32>) padding = [1, 0] epilogue(relu) : tensor<1x32x64xf32> -> tensor<1x32x64xf32>
  return %0 : tensor<1x32x64xf32>
}

// -----

// Two axes under a pooling whose windows a tile holds whole.
// CHECK-LABEL: @image
func.func @image(%x: tensor<1x18x18x32xf32>) -> tensor<1x1xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} winograd = [4, 4] epilogue(max_pool([2, 2], [2, 2])) :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x32x32xf32>) epilogue(max_pool([2, 2], [2, 2])) {nn.amplification = 0.5 : f64} : tensor<1x18x18x32xf32> -> tensor<1x8x8x32xf32>
  %1 = nn.reshape %0 : tensor<1x8x8x32xf32> -> tensor<1x2048xf32>
  %2 = nn.dense %1 kernel(dense<0.5> : tensor<2048x1xf32>) : tensor<1x2048xf32> -> tensor<1x1xf32>
  return %2 : tensor<1x1xf32>
}

// -----

// A result of the model shows what a scheme rounds: no F(4,3) with the fewest
// products along both axes.
// CHECK-LABEL: @shown
func.func @shown(%x: tensor<1x18x18x32xf32>) -> tensor<1x8192xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} winograd = [4, 6] products = [7, 9] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x32x32xf32>) {nn.amplification = 0.5 : f64} : tensor<1x18x18x32xf32> -> tensor<1x16x16x32xf32>
  %1 = nn.reshape %0 : tensor<1x16x16x32xf32> -> tensor<1x8192xf32>
  return %1 : tensor<1x8192xf32>
}

// -----

// A window of 2 that moves by 3 leaves one product of four out: F(2,2) under
// it, whose tiles are the windows.
// CHECK-LABEL: @gaps
func.func @gaps(%x: tensor<1x31x64xf32>) -> tensor<1x10x64xf32> {
  // CHECK-NEXT: nn.conv %{{.*}} winograd = [2] epilogue(max_pool([2], [3])) :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x64x64xf32>) epilogue(max_pool([2], [3])) : tensor<1x31x64xf32> -> tensor<1x10x64xf32>
  return %0 : tensor<1x10x64xf32>
}

// -----

// Errors add up: of five layers, three have room for the cheapest scheme. The
// others have the best of those that round no more than the direct sum.
// CHECK-LABEL: @budget
func.func @budget(%x: tensor<1x36x36x16xf32>) -> tensor<1x16xf32> {
  // CHECK-COUNT-3: winograd = [4, 4] :
  // CHECK-COUNT-2: winograd = [4, 6] products = [7, 9] :
  // CHECK-NOT: winograd
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x16x16xf32>) padding = [1, 1, 1, 1] {nn.amplification = 0.5 : f64} : tensor<1x36x36x16xf32> -> tensor<1x36x36x16xf32>
  %1 = nn.conv %0 kernel(dense<0.5> : tensor<3x3x16x16xf32>) padding = [1, 1, 1, 1] {nn.amplification = 0.5 : f64} : tensor<1x36x36x16xf32> -> tensor<1x36x36x16xf32>
  %2 = nn.conv %1 kernel(dense<0.5> : tensor<3x3x16x16xf32>) padding = [1, 1, 1, 1] {nn.amplification = 0.5 : f64} : tensor<1x36x36x16xf32> -> tensor<1x36x36x16xf32>
  %3 = nn.conv %2 kernel(dense<0.5> : tensor<3x3x16x16xf32>) padding = [1, 1, 1, 1] {nn.amplification = 0.5 : f64} : tensor<1x36x36x16xf32> -> tensor<1x36x36x16xf32>
  %4 = nn.conv %3 kernel(dense<0.5> : tensor<3x3x16x16xf32>) padding = [1, 1, 1, 1] {nn.amplification = 0.5 : f64} : tensor<1x36x36x16xf32> -> tensor<1x36x36x16xf32>
  %5 = nn.global_pool avg %4 : tensor<1x36x36x16xf32> -> tensor<1x16xf32>
  return %5 : tensor<1x16xf32>
}

// -----

// More taps: by a form of their own, or one within another, which may have a
// tap more.
// CHECK-LABEL: @more_taps
func.func @more_taps(%x: tensor<1x255x64xf32>)
    -> (tensor<1x251x64xf32>, tensor<1x249x64xf32>, tensor<1x247x64xf32>, tensor<1x240x64xf32>) {
  // CHECK-NEXT: winograd = [6] products = [11] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<5x64x64xf32>) {nn.amplification = 0.5 : f64} : tensor<1x255x64xf32> -> tensor<1x251x64xf32>
  // CHECK-NEXT: winograd = [4] products = [11] :
  %1 = nn.conv %x kernel(dense<0.5> : tensor<7x64x64xf32>) {nn.amplification = 0.5 : f64} : tensor<1x255x64xf32> -> tensor<1x249x64xf32>
  // CHECK-NEXT: winograd = [12] products = [33] :
  %2 = nn.conv %x kernel(dense<0.5> : tensor<9x64x64xf32>) {nn.amplification = 0.5 : f64} : tensor<1x255x64xf32> -> tensor<1x247x64xf32>
  // CHECK-NEXT: winograd = [16] products = [64] :
  %3 = nn.conv %x kernel(dense<0.5> : tensor<16x64x64xf32>) {nn.amplification = 0.5 : f64} : tensor<1x255x64xf32> -> tensor<1x240x64xf32>
  return %0, %1, %2, %3 : tensor<1x251x64xf32>, tensor<1x249x64xf32>, tensor<1x247x64xf32>, tensor<1x240x64xf32>
}

// -----

// Longer filters: by a form within another, and beyond 28 taps in pieces, two of
// F(20, 20).
// CHECK-LABEL: @long
func.func @long(%x: tensor<1x1000x32xf32>) -> (tensor<1x32xf32>, tensor<1x32xf32>, tensor<1x32xf32>, tensor<1x32xf32>) {
  // CHECK-NEXT: padding = [9, 9] winograd = [24] products = [88] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<19x32x32xf32>) padding = [9, 9] {nn.amplification = 0.5 : f64} : tensor<1x1000x32xf32> -> tensor<1x1000x32xf32>
  // CHECK-NEXT: padding = [12, 12] winograd = [16] products = [88] :
  %1 = nn.conv %x kernel(dense<0.5> : tensor<25x32x32xf32>) padding = [12, 12] {nn.amplification = 0.5 : f64} : tensor<1x1000x32xf32> -> tensor<1x1000x32xf32>
  // CHECK-NEXT: padding = [19, 19] winograd = [20] products = [160] :
  %2 = nn.conv %x kernel(dense<0.5> : tensor<39x32x32xf32>) padding = [19, 19] {nn.amplification = 0.5 : f64} : tensor<1x1000x32xf32> -> tensor<1x1000x32xf32>
  // must not fire: the range is not known
  // CHECK-NEXT: padding = [19, 19] : tensor
  %3 = nn.conv %x kernel(dense<0.5> : tensor<39x32x32xf32>) padding = [19, 19] : tensor<1x1000x32xf32> -> tensor<1x1000x32xf32>
  %4 = nn.global_pool avg %0 : tensor<1x1000x32xf32> -> tensor<1x32xf32>
  %5 = nn.global_pool avg %1 : tensor<1x1000x32xf32> -> tensor<1x32xf32>
  %6 = nn.global_pool avg %2 : tensor<1x1000x32xf32> -> tensor<1x32xf32>
  %7 = nn.global_pool avg %3 : tensor<1x1000x32xf32> -> tensor<1x32xf32>
  return %4, %5, %6, %7 : tensor<1x32xf32>, tensor<1x32xf32>, tensor<1x32xf32>, tensor<1x32xf32>
}

// -----

// Where a result of the model shows what they round, two pieces of F(16, 16).
// CHECK-LABEL: @long_shown
func.func @long_shown(%x: tensor<1x1000x32xf32>) -> tensor<1x1000x32xf32> {
  // CHECK-NEXT: winograd = [16] products = [128] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<25x32x32xf32>) padding = [12, 12] {nn.amplification = 0.5 : f64} : tensor<1x1000x32xf32> -> tensor<1x1000x32xf32>
  return %0 : tensor<1x1000x32xf32>
}

// -----

// A stride of 2: positions are joined in pairs, and eight taps of 128 channels
// are left. Here the padding is whole pairs.
// CHECK-LABEL: @stride
func.func @stride(%x: tensor<1x256x64xf32>) -> tensor<1x64xf32> {
  // CHECK-NEXT: %[[PAIRS:.*]] = nn.reshape %{{.*}} : tensor<1x256x64xf32> -> tensor<1x128x128xf32>
  // CHECK-NEXT: nn.conv %[[PAIRS]] kernel({{.*}} : tensor<8x128x64xf64>) padding = [3, 4] winograd = [12] products = [32] : tensor<1x128x128xf32> -> tensor<1x128x64xf32>
  %0 = nn.conv %x kernel(dense<0.5> : tensor<16x64x64xf32>) strides = [2] padding = [6, 8] {nn.amplification = 0.5 : f64} : tensor<1x256x64xf32> -> tensor<1x128x64xf32>
  %1 = nn.global_pool avg %0 : tensor<1x128x64xf32> -> tensor<1x64xf32>
  return %1 : tensor<1x64xf32>
}

// -----

// must not fire: the last position would not be whole
// CHECK-LABEL: @stride_left
func.func @stride_left(%x: tensor<1x257x64xf32>) -> tensor<1x64xf32> {
  // CHECK-NEXT: strides = [2] {{.*}}: tensor<1x257x64xf32>
  %0 = nn.conv %x kernel(dense<0.5> : tensor<16x64x64xf32>) strides = [2] padding = [6, 8] {nn.amplification = 0.5 : f64} : tensor<1x257x64xf32> -> tensor<1x128x64xf32>
  %1 = nn.global_pool avg %0 : tensor<1x128x64xf32> -> tensor<1x64xf32>
  return %1 : tensor<1x64xf32>
}

// -----

// Of unknown range, too, but with two results along an axis, which read no more
// than their windows.
// CHECK-LABEL: @unknown_more_taps
func.func @unknown_more_taps(%x: tensor<1x64x64xf32>) -> (tensor<1x60x64xf32>, tensor<1x56x64xf32>) {
  // CHECK-NEXT: winograd = [2] products = [7] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<5x64x64xf32>) : tensor<1x64x64xf32> -> tensor<1x60x64xf32>
  // must not fire: the tap more that the nested scheme has meets an input beyond
  // the window
  // CHECK-NEXT: nn.conv %{{.*}}<9x64x64xf32>) : tensor
  %1 = nn.conv %x kernel(dense<0.5> : tensor<9x64x64xf32>) : tensor<1x64x64xf32> -> tensor<1x56x64xf32>
  return %0, %1 : tensor<1x60x64xf32>, tensor<1x56x64xf32>
}

// -----

// A dilation of 4 is four convolutions. Each of these has too few results where
// it is 32: must not fire.
// CHECK-LABEL: @dilated
func.func @dilated(%x: tensor<1x136x64xf32>) -> (tensor<1x128x64xf32>, tensor<1x72x64xf32>) {
  // CHECK-NEXT: dilations = [4] winograd = [4] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) dilations = [4] {nn.amplification = 0.5 : f64} : tensor<1x136x64xf32> -> tensor<1x128x64xf32>
  // CHECK-NEXT: dilations = [32] : tensor
  %1 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) dilations = [32] {nn.amplification = 0.5 : f64} : tensor<1x136x64xf32> -> tensor<1x72x64xf32>
  return %0, %1 : tensor<1x128x64xf32>, tensor<1x72x64xf32>
}

// -----

// Along one axis of an image, where the window has one tap along the other.
// CHECK-LABEL: @one_axis
func.func @one_axis(%x: tensor<1x18x18x64xf32>) -> (tensor<1x18x16x64xf32>, tensor<1x16x18x64xf32>) {
  // CHECK-NEXT: winograd = [1, 4] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x3x64x64xf32>) {nn.amplification = 0.5 : f64} : tensor<1x18x18x64xf32> -> tensor<1x18x16x64xf32>
  // CHECK-NEXT: winograd = [4, 1] :
  %1 = nn.conv %x kernel(dense<0.5> : tensor<3x1x64x64xf32>) {nn.amplification = 0.5 : f64} : tensor<1x18x18x64xf32> -> tensor<1x16x18x64xf32>
  return %0, %1 : tensor<1x18x16x64xf32>, tensor<1x16x18x64xf32>
}

// -----

// Points whose kernel leaves all caches: fewer of them, on few results.
// CHECK-LABEL: @large_kernel
func.func @large_kernel(%x: tensor<1x9x9x256xf32>) -> tensor<1x7x7x256xf32> {
  // CHECK-NEXT: winograd = [2, 2] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x3x256x256xf32>) {nn.amplification = 0.5 : f64} : tensor<1x9x9x256xf32> -> tensor<1x7x7x256xf32>
  return %0 : tensor<1x7x7x256xf32>
}

// -----

// Few channels, stride, groups, a result smaller than a tile, pooling windows
// across tiles, more than 16 taps of unknown range, float64: must not fire.
// CHECK-LABEL: @direct
// CHECK-NOT: winograd
func.func @direct(%x: tensor<1x34x64xf32>, %f: tensor<1x34x8xf32>, %n: tensor<1x3x64xf32>, %d: tensor<1x34x64xf64>)
    -> (tensor<1x16x64xf32>, tensor<1x10x64xf32>, tensor<1x32x64xf32>, tensor<1x10x64xf32>,
        tensor<1x18x64xf32>, tensor<1x32x64xf32>, tensor<1x1x64xf32>, tensor<1x32x64xf64>) {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) strides = [2] : tensor<1x34x64xf32> -> tensor<1x16x64xf32>
  %1 = nn.conv %x kernel(dense<0.5> : tensor<5x64x64xf32>) strides = [3] : tensor<1x34x64xf32> -> tensor<1x10x64xf32>
  %2 = nn.conv %x kernel(dense<0.5> : tensor<3x32x64xf32>) groups = 2 : tensor<1x34x64xf32> -> tensor<1x32x64xf32>
  %3 = nn.conv %x kernel(dense<0.5> : tensor<3x64x64xf32>) epilogue(max_pool([3], [3])) : tensor<1x34x64xf32> -> tensor<1x10x64xf32>
  %4 = nn.conv %x kernel(dense<0.5> : tensor<17x64x64xf32>) : tensor<1x34x64xf32> -> tensor<1x18x64xf32>
  %5 = nn.conv %f kernel(dense<0.5> : tensor<3x8x64xf32>) : tensor<1x34x8xf32> -> tensor<1x32x64xf32>
  %6 = nn.conv %n kernel(dense<0.5> : tensor<3x64x64xf32>) : tensor<1x3x64xf32> -> tensor<1x1x64xf32>
  %7 = nn.conv %d kernel(dense<0.5> : tensor<3x64x64xf64>) : tensor<1x34x64xf64> -> tensor<1x32x64xf64>
  return %0, %1, %2, %3, %4, %5, %6, %7 : tensor<1x16x64xf32>, tensor<1x10x64xf32>, tensor<1x32x64xf32>, tensor<1x10x64xf32>,
      tensor<1x18x64xf32>, tensor<1x32x64xf32>, tensor<1x1x64xf32>, tensor<1x32x64xf64>
}

// -----

// The results of so few points need no memory, so that F(2,2) pays from 32
// channels on; must not fire for 16.
// CHECK-LABEL: @few_points
func.func @few_points(%x: tensor<1x144x32xf32>, %y: tensor<1x144x16xf32>) -> (tensor<1x48x32xf32>, tensor<1x48x16xf32>) {
  // CHECK-NEXT: nn.conv %{{.*}}<2x32x32xf32>{{.*}} winograd = [2]
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x32x32xf32>) epilogue(max_pool([2], [3])) : tensor<1x144x32xf32> -> tensor<1x48x32xf32>
  // CHECK-NOT: winograd
  %1 = nn.conv %y kernel(dense<0.5> : tensor<2x16x16xf32>) epilogue(max_pool([2], [3])) : tensor<1x144x16xf32> -> tensor<1x48x16xf32>
  return %0, %1 : tensor<1x48x32xf32>, tensor<1x48x16xf32>
}

// -----

// Positions that are joined in pairs, where an odd window meets an input beyond
// it with a tap of zero: only of known range.
// CHECK-LABEL: @stride_beyond
func.func @stride_beyond(%x: tensor<1x256x64xf32>) -> (tensor<1x64xf32>, tensor<1x64xf32>) {
  // must not fire
  // CHECK-NEXT: nn.conv %{{.*}}<15x64x64xf32>) strides = [2] padding = [6, 7] :
  %0 = nn.conv %x kernel(dense<0.5> : tensor<15x64x64xf32>) strides = [2] padding = [6, 7] : tensor<1x256x64xf32> -> tensor<1x128x64xf32>
  %1 = nn.global_pool avg %0 : tensor<1x128x64xf32> -> tensor<1x64xf32>
  // CHECK: nn.conv {{.*}} : tensor<8x128x64xf64>) padding = [3, 4] winograd = [12] products = [32] :
  %2 = nn.conv %x kernel(dense<0.5> : tensor<15x64x64xf32>) strides = [2] padding = [6, 7] {nn.amplification = 0.5 : f64} : tensor<1x256x64xf32> -> tensor<1x128x64xf32>
  %3 = nn.global_pool avg %2 : tensor<1x128x64xf32> -> tensor<1x64xf32>
  return %1, %3 : tensor<1x64xf32>, tensor<1x64xf32>
}

// -----

// A transposed convolution with a stride of 2 is two, of the taps 6, 4, 2, 0 and
// of 5, 3, 1, each with the epilogue; their results beside each other are those of
// two positions.
// CHECK-LABEL: @transposed
func.func @transposed(%x: tensor<1x128x64xf32>) -> tensor<1x64xf32> {
  // CHECK-NEXT: %[[EVEN:.*]] = nn.conv %{{.*}}<4x64x64xf64>) bias({{.*}}) padding = [2, 1] winograd = [2] products = [6] epilogue(relu) : tensor<1x128x64xf32> -> tensor<1x128x64xf32>
  // CHECK-NEXT: %[[ODD:.*]] = nn.conv %{{.*}}<3x64x64xf64>) bias({{.*}}) padding = [1, 1] winograd = [2] epilogue(relu) : tensor<1x128x64xf32> -> tensor<1x128x64xf32>
  // CHECK-NEXT: %[[PAIRS:.*]] = nn.concat %[[EVEN]], %[[ODD]] axis = 2 : {{.*}} -> tensor<1x128x128xf32>
  // CHECK-NEXT: nn.reshape %[[PAIRS]] : tensor<1x128x128xf32> -> tensor<1x256x64xf32>
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<7x64x64xf32>) bias(dense<1.0> : tensor<64xf32>) strides = [2] padding = [2, 3] epilogue(relu) : tensor<1x128x64xf32> -> tensor<1x256x64xf32>
  %1 = nn.global_pool avg %0 : tensor<1x256x64xf32> -> tensor<1x64xf32>
  return %1 : tensor<1x64xf32>
}

// -----

// must not fire: the last pair would not be whole, a phase has no tap, one tap is
// no filter, a convolution can't leave inputs out, and an image has two strides
// CHECK-LABEL: @transposed_left
// CHECK-NOT: nn.conv %
func.func @transposed_left(%x: tensor<1x128x64xf32>, %y: tensor<1x16x16x32xf32>) -> (tensor<1x257x64xf32>, tensor<1x512x64xf32>, tensor<1x256x64xf32>, tensor<1x246x64xf32>, tensor<1x35x35x32xf32>) {
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<7x64x64xf32>) strides = [2] padding = [2, 2] : tensor<1x128x64xf32> -> tensor<1x257x64xf32>
  %1 = nn.conv_transpose %x kernel(dense<0.5> : tensor<3x64x64xf32>) strides = [4] padding = [0, -1] : tensor<1x128x64xf32> -> tensor<1x512x64xf32>
  %2 = nn.conv_transpose %x kernel(dense<0.5> : tensor<2x64x64xf32>) strides = [2] : tensor<1x128x64xf32> -> tensor<1x256x64xf32>
  %3 = nn.conv_transpose %x kernel(dense<0.5> : tensor<7x64x64xf32>) strides = [2] padding = [8, 7] : tensor<1x128x64xf32> -> tensor<1x246x64xf32>
  %4 = nn.conv_transpose %y kernel(dense<0.5> : tensor<5x5x32x32xf32>) strides = [2, 2] : tensor<1x16x16x32xf32> -> tensor<1x35x35x32xf32>
  return %0, %1, %2, %3, %4 : tensor<1x257x64xf32>, tensor<1x512x64xf32>, tensor<1x256x64xf32>, tensor<1x246x64xf32>, tensor<1x35x35x32xf32>
}

// -----

// Each of the eight phases has an eighth of the results of its layer, and counts
// so in the error of the model: all have the best scheme.
// CHECK-LABEL: @transposed_budget
// CHECK-COUNT-24: nn.conv %{{.*}} padding = [{{[12]}}, {{[12]}}] winograd = [7] products = [11] :
func.func @transposed_budget(%x: tensor<1x56x32xf32>, %y: tensor<1x56x32xf32>, %z: tensor<1x56x32xf32>) -> (tensor<1x32xf32>, tensor<1x32xf32>, tensor<1x32xf32>) {
  %0 = nn.conv_transpose %x kernel(dense<0.5> : tensor<32x32x32xf32>) strides = [8] padding = [12, 12] {nn.amplification = 0.5 : f64} : tensor<1x56x32xf32> -> tensor<1x448x32xf32>
  %1 = nn.global_pool avg %0 : tensor<1x448x32xf32> -> tensor<1x32xf32>
  %2 = nn.conv_transpose %y kernel(dense<0.5> : tensor<32x32x32xf32>) strides = [8] padding = [12, 12] {nn.amplification = 0.5 : f64} : tensor<1x56x32xf32> -> tensor<1x448x32xf32>
  %3 = nn.global_pool avg %2 : tensor<1x448x32xf32> -> tensor<1x32xf32>
  %4 = nn.conv_transpose %z kernel(dense<0.5> : tensor<32x32x32xf32>) strides = [8] padding = [12, 12] {nn.amplification = 0.5 : f64} : tensor<1x56x32xf32> -> tensor<1x448x32xf32>
  %5 = nn.global_pool avg %4 : tensor<1x448x32xf32> -> tensor<1x32xf32>
  return %1, %3, %5 : tensor<1x32xf32>, tensor<1x32xf32>, tensor<1x32xf32>
}
