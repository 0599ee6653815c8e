// RUN: frieze-opt %s --split-input-file | frieze-opt --split-input-file | FileCheck %s

// What callers of a model know is one attribute, with each number in its place.
// CHECK: module attributes {nn.interface = #nn.interface<name = "ecg", target = "x86-64", macs = 12, weights_bytes = 8,
// CHECK-SAME: arena_bytes = 128, arena_alignment = 64, micro_batch = 8, inputs = [<"x" : tensor<1x4xf32>>, <"z" : tensor<1x2xf32>>],
// CHECK-SAME: outputs = [<"y" : tensor<1x4xf32>>], variants = [@a, @b]>}
module attributes {nn.interface = #nn.interface<
    name = "ecg", target = "x86-64", macs = 12, weights_bytes = 8, arena_bytes = 128, arena_alignment = 64, micro_batch = 8,
    inputs = [<"x" : tensor<1x4xf32>>, <"z" : tensor<1x2xf32>>], outputs = [<"y" : tensor<1x4xf32>>], variants = [@a, @b]>} {
}

// -----

// A stream, and an input of bytes that stand for numbers.
// CHECK: inputs = [<"x" : tensor<1x4xi8>, scale = 5.000000e-01, zero_point = -3>]
// CHECK-SAME: stream = <window = 4, hop = 1, channels = 1, block = 8, early = 3, missing = 5, samples = 64, unwanted = 96,
// CHECK-SAME: state = 128, alignment = 64, window_variants = [@w], block_variants = [@b]>>}
module attributes {nn.interface = #nn.interface<
    name = "s", target = "x86-64-v2", macs = 12, weights_bytes = 8, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    inputs = [<"x" : tensor<1x4xi8>, scale = 0.5, zero_point = -3>], outputs = [<"y" : tensor<1x1xf32>>], variants = [@a],
    stream = <window = 4, hop = 1, channels = 1, block = 8, early = 3, missing = 5, samples = 64, unwanted = 96,
      state = 128, alignment = 64, window_variants = [@w], block_variants = [@b]>>} {
}

// -----

// A run of several calls.
// CHECK: micro_batch = 1, calls_per_run = 3, inputs
module attributes {nn.interface = #nn.interface<
    name = "parts", target = "x86-64-v2", macs = 12, weights_bytes = 8, arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    calls_per_run = 3, inputs = [<"x" : tensor<3x4xf32>>], outputs = [<"y" : tensor<3x4xf32>>], variants = [@a]>} {
}
