// RUN: frieze-opt %s --nn-to-loops="target=cuda print-plan" --canonicalize --cse 2>&1 | FileCheck %s --check-prefixes=CUDA
// RUN: frieze-opt %s --nn-to-loops="target=x86-64-v4 print-plan" 2>&1 | FileCheck %s --check-prefix=V4
// RUN: frieze-opt %s --nn-to-loops=target=x86-64-v3 --canonicalize --cse | FileCheck %s --check-prefixes=V3

// On a device, eight samples take a step together: two tiles, each of which
// multiplies a weight that it loads by an input of four samples. A tile of four
// chains has more sums than others.
// CUDA: nn.lstm
// CUDA-NEXT: tile 4 x 1 x 1, 8 samples together, 120 elements of scratch memory
// CUDA: nn.dense
// CUDA-NEXT: tile 4 x 2 x 1 x 4 chains
// CUDA: scf.for %{{.*}} = %c0 to %c6 step %c1 iter_args(%[[BEFORE:.*]] = %c5, %[[AFTER:.*]] = %c10)
// CUDA: scf.forall (%[[TILE:.*]]) in (2)
// CUDA: scf.forall (%{{.*}}) in (5)
// CUDA: memref.load %[[X:.*]][
// CUDA-COUNT-3: memref.load %[[X]][
// CUDA-COUNT-4: vector.load %[[KERNEL:.*]][
// CUDA-COUNT-16: math.fma
// CUDA: vector.load %[[KERNEL]][

// So do they with 32 registers, a vector of units of four samples at a time.
// V4: nn.lstm
// V4-NEXT: tile 4 x 1 x 16, 8 samples together, 192 elements of scratch memory

// With 16, one comes after the other, with a vector of units: must not fire.
// V3: scf.for %{{.*}} = %c0 to %c8 step %c1
// V3: scf.for %{{.*}} = %c0 to %c6 step %c1
// V3-NOT: scf.forall (%{{.*}}) in (2)
// V3-NOT: scf.forall (%{{.*}}) in (8)
// V3: return
func.func @model(%x: tensor<8x6x2xf32>) -> tensor<8x12xf32> {
  %0 = nn.lstm %x kernel(dense<0.1> : tensor<2x20xf32>) recurrent(dense<0.1> : tensor<5x20xf32>) activation(tanh) recurrent_activation(sigmoid) : tensor<8x6x2xf32> -> tensor<8x5xf32>
  %1 = nn.dense %0 kernel(dense<0.1> : tensor<5x12xf32>) chains = 4 : tensor<8x5xf32> -> tensor<8x12xf32>
  return %1 : tensor<8x12xf32>
}
