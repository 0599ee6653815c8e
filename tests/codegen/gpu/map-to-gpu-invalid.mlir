// RUN: frieze-opt %s --split-input-file --verify-diagnostics --frieze-map-to-gpu

// Loops of no model.
// expected-error @below {{expects the loops of a model for a device}}
module {
}

// -----

// Loops for a processor.
// expected-error @below {{expects the loops of a model for a device}}
module attributes {nn.interface = #nn.interface<
    name = "model", target = "x86-64-v3", macs = 0, weights_bytes = 0,
    arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    inputs = [<"x" : tensor<1x8xf32>>], outputs = [<"y" : tensor<1x8xf32>>],
    variants = [@model_x86_64_v3]>} {
  func.func private @model_x86_64_v3(%x: memref<8xf32>, %y: memref<8xf32>, %arena: memref<0xi8>) {
    return
  }
}
