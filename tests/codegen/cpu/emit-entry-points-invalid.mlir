// RUN: frieze-opt %s --split-input-file --frieze-emit-entry-points --verify-diagnostics

// A module that nn-to-loops has not made.
// expected-error @+1 {{expects the attribute nn.interface; run nn-to-loops first}}
module {
}

// -----

// An interface lacks what the entry points are made from.
// expected-error @+1 {{expects nn.interface with 'name', a C identifier}}
module attributes {nn.interface = {variants = []}} {
}

// -----

// An entry of another kind.
// expected-error @+1 {{expects nn.interface with 'micro_batch', a positive 64-bit integer}}
module attributes {nn.interface = {
    name = "net", target = "x86-64-v2", variants = [@net_v2], micro_batch = 0 : i64,
    inputs = [{name = "x", shape = array<i64: 1, 4>}], outputs = [{name = "y", shape = array<i64: 1, 4>}],
    arena_bytes = 0 : i64, arena_alignment = 64 : i64, weights_bytes = 0 : i64, macs = 0 : i64}} {
}

// -----

// A tensor without a shape.
// expected-error @+1 {{expects nn.interface with 'outputs', tensors, each with a name and a shape of positive sizes}}
module attributes {nn.interface = {
    name = "net", target = "x86-64-v2", variants = [@net_v2], micro_batch = 1 : i64,
    inputs = [{name = "x", shape = array<i64: 1, 4>}], outputs = [{name = "y"}],
    arena_bytes = 0 : i64, arena_alignment = 64 : i64, weights_bytes = 0 : i64, macs = 0 : i64}} {
}

// -----

// An entry that nobody reads.
// expected-error @+1 {{expects no 'colour' in nn.interface}}
module attributes {nn.interface = {
    name = "net", target = "x86-64-v2", variants = [@net_v2], micro_batch = 1 : i64, colour = "red",
    inputs = [{name = "x", shape = array<i64: 1, 4>}], outputs = [{name = "y", shape = array<i64: 1, 4>}],
    arena_bytes = 0 : i64, arena_alignment = 64 : i64, weights_bytes = 0 : i64, macs = 0 : i64}} {
}

// -----

// A stream that lacks its state.
// expected-error @+1 {{expects 'stream' of nn.interface with 'window', a positive 64-bit integer}}
module attributes {nn.interface = {
    name = "net", target = "x86-64-v2", variants = [@net_v2], micro_batch = 1 : i64, stream = {hop = 1 : i64},
    inputs = [{name = "x", shape = array<i64: 1, 4>}], outputs = [{name = "y", shape = array<i64: 1, 4>}],
    arena_bytes = 0 : i64, arena_alignment = 64 : i64, weights_bytes = 0 : i64, macs = 0 : i64}} {
}

// -----

// A function that is not there.
// expected-error @+1 {{expects a function @net_v2 with 3 operands}}
module attributes {nn.interface = {
    name = "net", target = "x86-64-v2", variants = [@net_v2], micro_batch = 1 : i64,
    inputs = [{name = "x", shape = array<i64: 1, 4>}], outputs = [{name = "y", shape = array<i64: 1, 4>}],
    arena_bytes = 0 : i64, arena_alignment = 64 : i64, weights_bytes = 0 : i64, macs = 0 : i64}} {
}

// -----

// Fewer functions than the target has variants.
// expected-error @+1 {{expects one symbol for each variant of the target, that is 3, but got 1}}
module attributes {nn.interface = {
    name = "net", target = "x86-64", variants = [@net_v2], micro_batch = 1 : i64,
    inputs = [{name = "x", shape = array<i64: 1, 4>}], outputs = [{name = "y", shape = array<i64: 1, 4>}],
    arena_bytes = 0 : i64, arena_alignment = 64 : i64, weights_bytes = 0 : i64, macs = 0 : i64}} {
  llvm.func @net_v2(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
    llvm.return
  }
}
