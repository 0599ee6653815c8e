// RUN: frieze-opt %s --split-input-file --verify-diagnostics

// Something else under that name.
// expected-error @+1 {{expects nn.interface to be an #nn.interface}}
module attributes {nn.interface = {variants = []}} {
}

// -----

// expected-error @+1 {{expects a C identifier as name, but got "2net"}}
module attributes {nn.interface = #nn.interface<
    name = "2net", target = "t", macs = 0, weights_bytes = 0, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    inputs = [<"x" : tensor<1x4xf32>>], outputs = [<"y" : tensor<1x4xf32>>], variants = [@a]>} {
}

// -----

// expected-error @+1 {{expects calls_per_run to divide the elements of "x", but got 3 and 4}}
module attributes {nn.interface = #nn.interface<
    name = "net", target = "t", macs = 0, weights_bytes = 0, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    calls_per_run = 3, inputs = [<"x" : tensor<1x4xf32>>], outputs = [<"y" : tensor<1x3xf32>>], variants = [@a]>} {
}

// -----

// expected-error @+1 {{expects micro_batch of at least 1, but got 0}}
module attributes {nn.interface = #nn.interface<
    name = "net", target = "t", macs = 0, weights_bytes = 0, arena_bytes = 0, arena_alignment = 64, micro_batch = 0,
    inputs = [<"x" : tensor<1x4xf32>>], outputs = [<"y" : tensor<1x4xf32>>], variants = [@a]>} {
}

// -----

// expected-error @+4 {{failed to parse NN_InterfaceAttr parameter 'inputs'}}
// expected-error @+3 {{expects a shape of positive sizes, but got 'tensor<1x?xf32>'}}
module attributes {nn.interface = #nn.interface<
    name = "net", target = "t", macs = 0, weights_bytes = 0, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    inputs = [<"x" : tensor<1x?xf32>>], outputs = [<"y" : tensor<1x4xf32>>], variants = [@a]>} {
}

// -----

// Floating-point numbers stand for themselves.
// expected-error @+4 {{failed to parse NN_InterfaceAttr parameter 'inputs'}}
// expected-error @+3 {{expects scale and zero point of integers only, but got them with 'tensor<1x4xf32>'}}
module attributes {nn.interface = #nn.interface<
    name = "net", target = "t", macs = 0, weights_bytes = 0, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    inputs = [<"x" : tensor<1x4xf32>, scale = 0.5, zero_point = 0>], outputs = [<"y" : tensor<1x4xf32>>], variants = [@a]>} {
}

// -----

// A key that is missing.
// expected-error @+3 {{duplicate or unknown struct parameter name: inputs}}
module attributes {nn.interface = #nn.interface<
    name = "net", target = "t", macs = 0, weights_bytes = 0, arena_bytes = 0, arena_alignment = 64,
    inputs = [<"x" : tensor<1x4xf32>>], outputs = [<"y" : tensor<1x4xf32>>], variants = [@a]>} {
}

// -----

// A block of one window has no function of its own.
// expected-error @+6 {{failed to parse NN_InterfaceAttr parameter 'stream'}}
// expected-error @+4 {{expects block_variants where a block has several windows, and only there}}
module attributes {nn.interface = #nn.interface<
    name = "net", target = "t", macs = 0, weights_bytes = 0, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    inputs = [<"x" : tensor<1x4xf32>>], outputs = [<"y" : tensor<1x4xf32>>], variants = [@a],
    stream = <window = 4, hop = 1, channels = 1, block = 1, early = 3, missing = 5, samples = 64, unwanted = 96,
      state = 128, alignment = 64, window_variants = [@w], block_variants = [@b]>>} {
}

// -----

// expected-error @+1 {{expects as many window_variants as variants, 2, but got 1}}
module attributes {nn.interface = #nn.interface<
    name = "net", target = "t", macs = 0, weights_bytes = 0, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    inputs = [<"x" : tensor<1x4xf32>>], outputs = [<"y" : tensor<1x4xf32>>], variants = [@a, @b],
    stream = <window = 4, hop = 1, channels = 1, block = 1, early = 3, missing = 5, samples = 64, unwanted = 96,
      state = 128, alignment = 64, window_variants = [@w]>>} {
}
