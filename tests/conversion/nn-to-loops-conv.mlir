// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v4 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V4
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v3 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V3
// RUN: frieze-opt %s --split-input-file --nn-to-loops=target=x86-64-v2 --canonicalize --mlir-elide-resource-strings-if-larger=150 | FileCheck %s --check-prefixes=CHECK,V2

// A convolution is a matrix product of overlapping rows: taps and channels of a
// window are contiguous, so that one loop of 2 * 3 terms is the whole sum. A tile
// of accumulators stays in registers: 10 x 16, 5 x 2 * 8 and 5 x 2 * 4.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<63xf32> {{.*}}, %[[Y:.*]]: memref<320xf32> {{.*}}, %{{.*}}: memref<0xi8>
// V4: scf.forall (%{{.*}}) in (2)
// V4: scf.for %{{.*}} = %c0 to %c6 step %c1 iter_args
// V4-COUNT-10: math.fma %{{.*}} : vector<16xf32>
// V4-NOT: math.fma
// V4: scf.yield
// V3: scf.forall (%{{.*}}) in (4)
// V3: scf.for %{{.*}} = %c0 to %c6 step %c1 iter_args
// V3-COUNT-10: math.fma %{{.*}} : vector<8xf32>
// V3-NOT: math.fma
// V3: scf.yield
// Without FMA, products are rounded; a product needs a register too.
// V2: scf.forall (%{{.*}}) in (2)
// V2: scf.forall (%{{.*}}) in (4)
// V2: scf.for %{{.*}} = %c0 to %c6 step %c1 iter_args
// V2-NOT: math.fma
// V2-COUNT-10: arith.addf %{{.*}} : vector<4xf32>
// V2-NOT: math.fma
// V2: scf.yield
func.func @model(%x: tensor<1x21x3xf32>) -> tensor<1x20x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x3x16xf32>) bias(dense<1.0> : tensor<16xf32>)
         : tensor<1x21x3xf32> -> tensor<1x20x16xf32>
  return %0 : tensor<1x20x16xf32>
}

// -----

// The sum starts from the bias, and the epilogue works on what it ends with.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%{{.*}}, %[[Y:.*]]: memref<8xf32>
// V3: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
// V3: %[[WEIGHTS:.*]] = memref.get_global @layer_kernel
// V3: %[[BIAS:.*]] = memref.get_global @layer_bias
// V3: %[[START:.*]] = vector.load %[[BIAS]][%c0]
// V3: %[[SUM:.*]] = scf.for %{{.*}} iter_args(%[[PARTIAL:.*]] = %[[START]])
// V3:   %[[W:.*]] = vector.load %[[WEIGHTS]]
// V3:   %[[IN:.*]] = vector.broadcast
// V3:   %[[NEXT:.*]] = math.fma %[[IN]], %[[W]], %[[PARTIAL]]
// V3:   scf.yield %[[NEXT]]
// V3: %[[NEGATIVE:.*]] = arith.cmpf ogt, %[[ZERO]], %[[SUM]]
// V3: %[[RELU:.*]] = arith.select %[[NEGATIVE]], %[[ZERO]], %[[SUM]]
// V3: vector.store %[[RELU]], %[[Y]][%c0]
func.func @model(%x: tensor<1x2x3xf32>) -> tensor<1x1x8xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x3x8xf32>) bias(dense<1.0> : tensor<8xf32>) epilogue(relu)
         : tensor<1x2x3xf32> -> tensor<1x1x8xf32>
  return %0 : tensor<1x1x8xf32>
}

// -----

// Padding goes to scratch memory in the arena: 1 + 7 + 2 rows of 4 channels, 160
// bytes in slots of 64. The input is copied in between, and this read instead.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<28xf32> {{.*}}, %{{.*}}, %[[ARENA:.*]]: memref<192xi8>
// V3: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
// V3: %[[PADDED:.*]] = memref.view %[[ARENA]][%c0][] : memref<192xi8> to memref<40xf32>
// V3: vector.store %{{.*}}, %[[PADDED]][%c0] : memref<40xf32>, vector<4xf32>
// V3: %[[PART:.*]] = vector.load %[[X]]
// V3: vector.store %[[PART]], %[[PADDED]]
// The rest of 28 elements after three vectors of 8.
// V3: vector.load %[[X]][%c24] : memref<28xf32>, vector<4xf32>
// V3: vector.store %[[ZERO]], %[[PADDED]][%c32]
// V3-NOT: memref.load %[[X]]
// V3: memref.load %[[PADDED]]
func.func @model(%x: tensor<1x7x4xf32>) -> tensor<1x8x8xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x4x8xf32>) padding = [1, 2] : tensor<1x7x4xf32> -> tensor<1x8x8xf32>
  return %0 : tensor<1x8x8xf32>
}

// -----

// Depthwise: each column has an input of its own, so that inputs are loaded like
// weights, and never broadcast. Its 20 channels are whole vectors and a rest. The
// sum over the window is not a loop.
// CHECK-LABEL: func.func private @model
// CHECK-SAME: (%[[X:.*]]: memref<100xf32>
// CHECK-NOT: vector.broadcast
// CHECK-NOT: iter_args
// V4: vector.load %[[X]]{{.*}} vector<16xf32>
// V4: vector.load %[[X]]{{.*}} vector<4xf32>
// V3: scf.forall (%{{.*}}) in (2)
// V3: vector.load %[[X]]{{.*}} vector<8xf32>
// V3: vector.load %[[X]]{{.*}} vector<4xf32>
// V2: scf.forall (%{{.*}}) in (5)
// V2: vector.load %[[X]]{{.*}} vector<4xf32>
// CHECK: return
func.func @model(%x: tensor<1x5x20xf32>) -> tensor<1x4x20xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x1x20xf32>) groups = 20 : tensor<1x5x20xf32> -> tensor<1x4x20xf32>
  return %0 : tensor<1x4x20xf32>
}

// -----

// A window of more than 25 positions is loops again.
// CHECK-LABEL: func.func private @model
// CHECK: scf.for %{{.*}} = %c0 to %c26 step %c1 iter_args
func.func @model(%x: tensor<1x30x16xf32>) -> tensor<1x5x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<26x1x16xf32>) groups = 16 : tensor<1x30x16xf32> -> tensor<1x5x16xf32>
  return %0 : tensor<1x5x16xf32>
}

// -----

// Groups that are no channels are products of their own, in a loop; the channels
// of a window are no longer contiguous, so that taps and channels are two loops.
// CHECK-LABEL: func.func private @model
// V3: scf.forall (%{{.*}}) in (2)
// V3: scf.for %{{.*}} = %c0 to %c3 step %c1 iter_args
// V3: scf.for %{{.*}} = %c0 to %c4 step %c1 iter_args
// V3: math.fma
func.func @model(%x: tensor<1x5x8xf32>) -> tensor<1x3x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<3x4x16xf32>) groups = 2 : tensor<1x5x8xf32> -> tensor<1x3x16xf32>
  return %0 : tensor<1x3x16xf32>
}

// -----

// Two axes, with strides and dilation: rows of the window, taps and channels are
// three loops, and the taps of a row lie 2 * 4 elements apart.
// CHECK-LABEL: func.func private @model
// V3: scf.forall (%[[ROW:.*]]) in (3)
// V3: arith.muli %[[ROW]], %c80
// V3: scf.for %[[KH:.*]] = %c0 to %c2 step %c1 iter_args
// V3: arith.muli %[[KH]], %c40
// V3: scf.for %[[KW:.*]] = %c0 to %c3 step %c1 iter_args
// V3: arith.muli %[[KW]], %c8
// V3: scf.for %{{.*}} = %c0 to %c4 step %c1 iter_args
func.func @model(%x: tensor<1x7x10x4xf32>) -> tensor<1x3x6x8xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x3x4x8xf32>) strides = [2, 1] dilations = [1, 2]
         : tensor<1x7x10x4xf32> -> tensor<1x3x6x8xf32>
  return %0 : tensor<1x3x6x8xf32>
}

// -----

// 6 columns are padded to 8 with weights of zero, for all variants alike; only 6
// are stored.
// CHECK: memref.global "private" constant @layer_kernel : memref<16xf32>
// CHECK: memref.global "private" constant @layer_bias : memref<8xf32>
// CHECK-LABEL: func.func private @model
// V4: vector.extract_strided_slice %{{.*}} {offsets = [0], sizes = [6], strides = [1]} : vector<8xf32> to vector<6xf32>
// V3: vector.extract_strided_slice %{{.*}} {offsets = [0], sizes = [6], strides = [1]} : vector<8xf32> to vector<6xf32>
// V2: vector.store %{{.*}} vector<4xf32>
// V2: vector.extract_strided_slice %{{.*}} {offsets = [0], sizes = [2], strides = [1]} : vector<4xf32> to vector<2xf32>
// CHECK: layer_kernel: "0x04000000{{(((0000003F){6}(00000000){2}){2})}}"
// CHECK: layer_bias: "0x04000000{{((0000803F){6}(00000000){2})}}"
func.func @model(%x: tensor<1x2x2xf32>) -> tensor<1x2x6xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x2x6xf32>) bias(dense<1.0> : tensor<6xf32>)
         : tensor<1x2x2xf32> -> tensor<1x2x6xf32>
  return %0 : tensor<1x2x6xf32>
}

// -----

// Each sample of a batch in turn.
// CHECK-LABEL: func.func private @model
// CHECK: scf.forall (%[[SAMPLE:.*]]) in (3)
// CHECK: arith.muli %[[SAMPLE]], %c10
// CHECK: arith.muli %[[SAMPLE]], %c64
func.func @model(%x: tensor<3x5x2xf32>) -> tensor<3x4x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x2x16xf32>) : tensor<3x5x2xf32> -> tensor<3x4x16xf32>
  return %0 : tensor<3x4x16xf32>
}

// -----

// The kernel of more than 64 filters is packed in panels of 64, one after the
// other, so that a tile reads one run of memory: 150 are two panels, and the 22
// that are left, padded to 32.
// CHECK-LABEL: func.func private @model
// V4: scf.forall (%[[PANEL:.*]]) in (2)
// V4: %[[PANELAT:.*]] = arith.muli %[[PANEL]], %c512
// V4: scf.for %[[TERM:.*]] = %c0 to %c8 step %c1 iter_args
// V4: %[[OFFSET:.*]] = arith.muli %[[TERM]], %c64
// V4: %[[AT:.*]] = arith.addi %[[PANELAT]], %[[OFFSET]]
// V4: vector.load %{{.*}}[%[[AT]]] : memref<1280xf32>, vector<16xf32>
// V4: scf.for %[[TERM:.*]] = %c0 to %c8 step %c1 iter_args
// V4: %[[OFFSET:.*]] = arith.muli %[[TERM]], %c32
// V4: arith.addi %[[OFFSET]], %c1024
func.func @model(%x: tensor<1x9x4xf32>) -> tensor<1x8x150xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x150xf32>) : tensor<1x9x4xf32> -> tensor<1x8x150xf32>
  return %0 : tensor<1x8x150xf32>
}

// -----

// must not fire: 64 filters are one panel as they are.
// CHECK-LABEL: func.func private @model
// V4-NOT: scf.forall (%{{.*}}) in (2)
// V4: return
func.func @model(%x: tensor<1x5x4xf32>) -> tensor<1x4x64xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<2x4x64xf32>) : tensor<1x5x4xf32> -> tensor<1x4x64xf32>
  return %0 : tensor<1x4x64xf32>
}

// -----

// An epilogue of many instructions has a copy for each vector of a tile, 6 x 2 of
// them, but a loop over the vectors of the last tile, which holds its sums, and
// what comes before it, in the output.
// CHECK-LABEL: func.func private @model
// V3: scf.forall (%{{.*}}) in (8)
// V3-COUNT-12: arith.divf %{{.*}} : vector<8xf32>
// V3-NOT: arith.divf
// V3-COUNT-6: vector.store %{{.*}}, %{{.*}} : memref<816xf32>, vector<8xf32>
// V3: scf.forall (%{{.*}}) in (3)
// V3: scf.forall (%{{.*}}) in (2)
// V3: vector.load %{{.*}}[%[[AT:.*]]] : memref<816xf32>, vector<8xf32>
// V3: arith.divf %{{.*}} : vector<8xf32>
// V3: vector.store %{{.*}}, %{{.*}}[%[[AT]]] : memref<816xf32>, vector<8xf32>
// V3-NOT: arith.divf
// V3: return
func.func @model(%x: tensor<1x51x4xf32>) -> tensor<1x51x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x4x16xf32>) epilogue(relu, silu) : tensor<1x51x4xf32> -> tensor<1x51x16xf32>
  return %0 : tensor<1x51x16xf32>
}

// -----

// must not fire: the last tile is a third of the work.
// CHECK-LABEL: func.func private @model
// V3-COUNT-22: arith.divf %{{.*}} : vector<8xf32>
// V3: return
func.func @model(%x: tensor<1x17x4xf32>) -> tensor<1x17x16xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x4x16xf32>) epilogue(relu, silu) : tensor<1x17x4xf32> -> tensor<1x17x16xf32>
  return %0 : tensor<1x17x16xf32>
}

// -----

// A kernel of 1.25 MiB comes from memory, and is fetched 64 rows of a panel ahead.
// CHECK-LABEL: func.func private @model
// V4: %[[AHEAD:.*]] = arith.addi %{{.*}}, %c4096
// V4: memref.prefetch %{{.*}}[%[[AHEAD]]], read, locality<3>, data
func.func @model(%x: tensor<1x20x512xf32>) -> tensor<1x20x640xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x512x640xf32>) : tensor<1x20x512xf32> -> tensor<1x20x640xf32>
  return %0 : tensor<1x20x640xf32>
}

// -----

// must not fire: one of 1 MiB stays in the second-level cache.
// CHECK-LABEL: func.func private @model
// V4-NOT: memref.prefetch
// V4: return
func.func @model(%x: tensor<1x20x512xf32>) -> tensor<1x20x512xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x512x512xf32>) : tensor<1x20x512xf32> -> tensor<1x20x512xf32>
  return %0 : tensor<1x20x512xf32>
}

// -----

// While the first kernel is multiplied, half as much as the second-level cache holds
// of the second one, which lies behind it, is fetched there, a line for each term of
// each tile, up to the last that there are. must not fire: behind the second is
// nothing.
// CHECK-LABEL: func.func private @model
// V4: scf.forall (%[[PANEL:.*]]) in (8)
// V4: %[[DONE:.*]] = arith.minsi %{{.*}}, %c122880
// V4: %[[BEHIND:.*]] = arith.addi %[[DONE]], %c262144
// V4: scf.for %[[TERM:.*]] = %c0 to %c512
// V4: %[[LINE:.*]] = arith.muli %[[TERM]], %c16
// V4: %[[AT:.*]] = arith.addi %[[BEHIND]], %[[LINE]]
// V4: memref.prefetch %{{.*}}[%[[AT]]], read, locality<2>, data
// V4: scf.forall (%{{.*}}) in (8)
// V4-NOT: memref.prefetch
// V4: return
func.func @model(%x: tensor<1x6x512xf32>) -> tensor<1x6x512xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x512x512xf32>) : tensor<1x6x512xf32> -> tensor<1x6x512xf32>
  %1 = nn.conv %0 kernel(dense<0.25> : tensor<1x512x512xf32>) : tensor<1x6x512xf32> -> tensor<1x6x512xf32>
  return %1 : tensor<1x6x512xf32>
}

// -----

// Its rows are more than a tile: all read 64 terms before the next. Each output
// holds the bias first, then the sums of 7 blocks, and the last one ends with the
// epilogue.
// CHECK-LABEL: func.func private @model
// V4: scf.forall (%{{.*}}) in (10)
// V4: scf.forall (%{{.*}}) in (2)
// V4: scf.forall (%{{.*}}) in (4)
// V4: %[[BIAS:.*]] = vector.load
// V4: scf.forall (%{{.*}}) in (20)
// V4: vector.store %[[BIAS]]
// V4: scf.for %{{.*}} = %c0 to %c7 step %c1 {
// V4: vector.load %[[Y:.*]][%{{.*}}] : memref<25600xf32>, vector<16xf32>
// V4: scf.for %{{.*}} = %c0 to %c64 step %c1 iter_args
// V4-NOT: arith.cmpf ogt
// V4: vector.store %{{.*}}, %[[Y]]
// V4: scf.for %{{.*}} = %c0 to %c64 step %c1 iter_args
// V4: arith.cmpf ogt
// V4: vector.store %{{.*}}, %[[Y]]
func.func @model(%x: tensor<2x20x512xf32>) -> tensor<2x20x640xf32> {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x512x640xf32>) epilogue(relu) : tensor<2x20x512xf32> -> tensor<2x20x640xf32>
  return %0 : tensor<2x20x640xf32>
}

// -----

// must not fire: the last vector has no whole columns, and there is no block of 32
// to 64 terms
// CHECK-LABEL: func.func private @model
// V4-NOT: scf.for %{{.*}} = %c0 to %c7 step %c1 {
// V4: return
func.func @model(%x: tensor<2x20x512xf32>, %z: tensor<2x20x521xf32>) -> (tensor<2x20x645xf32>, tensor<2x20x640xf32>) {
  %0 = nn.conv %x kernel(dense<0.5> : tensor<1x512x645xf32>) : tensor<2x20x512xf32> -> tensor<2x20x645xf32>
  %2 = nn.conv %z kernel(dense<0.5> : tensor<1x521x640xf32>) : tensor<2x20x521xf32> -> tensor<2x20x640xf32>
  return %0, %2 : tensor<2x20x645xf32>, tensor<2x20x640xf32>
}
