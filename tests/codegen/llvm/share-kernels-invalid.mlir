// RUN: frieze-opt %s --frieze-share-kernels --verify-diagnostics

// What a loop carries is of one type.
func.func @types(%zero: f32) {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  // expected-error @below {{0-th region iter_arg and 0-th yielded value have different type}}
  %sum = "scf.for"(%c0, %c8, %c8, %zero) ({
  ^bb0(%i: index, %s: f32):
    "scf.yield"(%i) : (index) -> ()
  }) : (index, index, index, f32) -> f32
  return
}
