// RUN: frieze-opt %s --frieze-order-loops --split-input-file --verify-diagnostics

// Kernels have loops of one index.
func.func @grid(%x: memref<8xf32>, %value: f32) {
  // expected-error @+1 {{expects one index with a step of 1, and no results}}
  scf.forall (%i, %j) in (2, 4) {
    memref.store %value, %x[%j] : memref<8xf32>
  }
  return
}

// -----

// Scratch memory that all iterations use is none of their own; a loop that is in
// order may do so.
func.func @scratch(%x: memref<8xf32>, %scratch: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.forall (%i) in (8) {
    %0 = memref.load %x[%i] : memref<8xf32>
    scf.for %j = %c0 to %c4 step %c1 {
      // expected-error @+1 {{expects iterations of independent loops to write to places of their own}}
      memref.store %0, %scratch[%j] : memref<4xf32>
    }
  }
  return
}

// -----

// Of an outer loop, too.
func.func @inner(%x: memref<8xf32>, %value: f32) {
  scf.forall (%i) in (2) {
    scf.forall (%j) in (8) {
      // expected-error @+1 {{expects iterations of independent loops to write to places of their own}}
      memref.store %value, %x[%j] : memref<8xf32>
    }
  }
  return
}
