// RUN: frieze-opt %s --frieze-branch-loops --verify-diagnostics

func.func @independent(%x: memref<8xf32>, %value: f32) {
  // expected-error@+1 {{expects an order; run frieze-order-loops first}}
  scf.forall (%i) in (8) {
    memref.store %value, %x[%i] : memref<8xf32>
  }
  return
}
