// RUN: frieze-opt %s --split-input-file --frieze-emit-entry-points --verify-diagnostics

// A module that nn-to-loops has not made.
// expected-error @+1 {{expects the attribute nn.interface; run nn-to-loops first}}
module {
}

// -----

// A function that is not there.
// expected-error @+1 {{expects a function @net_v2 with 3 operands}}
module attributes {nn.interface = #nn.interface<
    name = "net", target = "x86-64-v2", macs = 0, weights_bytes = 0, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    inputs = [<"x" : tensor<1x4xf32>>], outputs = [<"y" : tensor<1x4xf32>>], variants = [@net_v2]>} {
}

// -----

// Fewer functions than the target has machines.
// expected-error @+1 {{expects one function for each machine of target "x86-64", that is 3, but got 1}}
module attributes {nn.interface = #nn.interface<
    name = "net", target = "x86-64", macs = 0, weights_bytes = 0, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    inputs = [<"x" : tensor<1x4xf32>>], outputs = [<"y" : tensor<1x4xf32>>], variants = [@net_v2]>} {
  llvm.func @net_v2(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
    llvm.return
  }
}

// -----

// Functions for machines that no table has.
// expected-error @+1 {{expects one function for each machine of target "z80", that is 0, but got 2}}
module attributes {nn.interface = #nn.interface<
    name = "net", target = "z80", macs = 0, weights_bytes = 0, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    inputs = [<"x" : tensor<1x4xf32>>], outputs = [<"y" : tensor<1x4xf32>>], variants = [@net_a, @net_b]>} {
  llvm.func @net_a(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
    llvm.return
  }
  llvm.func @net_b(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
    llvm.return
  }
}
