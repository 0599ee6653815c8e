// RUN: frieze-opt %s --split-input-file --frieze-emit-entry-points=source-sha256=c0ffee | FileCheck %s

// Several variants: <name>_run jumps through a pointer, which at first is the
// variant that runs everywhere, and which a constructor sets when the code is
// loaded.
// CHECK-LABEL: module attributes {nn.interface
// CHECK: llvm.func internal @net_v4
// CHECK: llvm.func internal @net_v3
// CHECK: llvm.func internal @net_v2
// CHECK: llvm.mlir.global internal @net_variant()
// CHECK:   llvm.mlir.addressof @net_v2
// CHECK: llvm.func internal @net_choose_variant()
// The highest leaf; features of leaf 1; then state that the system saves, leaf 7
// and leaf 0x80000001, where there are such.
// CHECK-COUNT-2: llvm.inline_asm has_side_effects "cpuid"
// CHECK:   llvm.cond_br %{{.*}}, ^[[QUERY:.*]], ^[[END:.*]]
// CHECK: ^[[QUERY]]:
// CHECK:   llvm.inline_asm has_side_effects "xgetbv"
// CHECK-COUNT-2: llvm.inline_asm has_side_effects "cpuid"
// CHECK-DAG:   %[[V2:.*]] = llvm.mlir.addressof @net_v2
// CHECK-DAG:   %[[V3:.*]] = llvm.mlir.addressof @net_v3
// CHECK:   %[[LOW:.*]] = llvm.select %{{.*}}, %[[V3]], %[[V2]]
// CHECK:   %[[V4:.*]] = llvm.mlir.addressof @net_v4
// CHECK:   %[[CHOICE:.*]] = llvm.select %{{.*}}, %[[V4]], %[[LOW]]
// CHECK:   llvm.store %[[CHOICE]], %{{.*}}
// CHECK: ^[[END]]:
// CHECK-NEXT: llvm.return
// CHECK: llvm.mlir.global_ctors ctors = [@net_choose_variant]
// CHECK: llvm.func @net_run(%[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr)
// CHECK:   %[[POINTER:.*]] = llvm.load
// CHECK:   llvm.call tail %[[POINTER]](%[[X]], %[[Y]], %[[ARENA]])
// <name>_run_batch makes one call after the other, each on its own elements.
// CHECK: llvm.func @net_run_batch(%[[COUNT:.*]]: i64, %[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr)
// CHECK:   %[[ZERO:.*]] = llvm.mlir.constant(0 : i64)
// CHECK:   llvm.br ^[[HEAD:.*]](%[[ZERO]] : i64)
// CHECK: ^[[HEAD]](%[[CALL:.*]]: i64):
// CHECK:   %[[DONE:.*]] = llvm.icmp "eq" %[[CALL]], %[[COUNT]]
// CHECK:   llvm.cond_br %[[DONE]], ^[[END:.*]], ^[[BODY:.*]]
// CHECK: ^[[BODY]]:
// CHECK:   %[[ONE:.*]] = llvm.mlir.constant(1 : i64)
// CHECK:   %[[XAT:.*]] = llvm.getelementptr %[[X]][%[[CALL]]] {{.*}} !llvm.array<18 x f32>
// CHECK:   %[[YAT:.*]] = llvm.getelementptr %[[Y]][%[[CALL]]] {{.*}} !llvm.array<4 x f32>
// CHECK:   llvm.call tail %{{.*}}(%[[XAT]], %[[YAT]], %[[ARENA]])
// CHECK:   %[[NEXT:.*]] = llvm.add %[[CALL]], %[[ONE]]
// CHECK:   llvm.br ^[[HEAD]](%[[NEXT]] : i64)
// CHECK: ^[[END]]:
// CHECK-NEXT: llvm.return
// The same for callers that learn of the model at run time.
// CHECK: llvm.func internal @net_run_arrays(%[[INPUTS:.*]]: !llvm.ptr, %[[OUTPUTS:.*]]: !llvm.ptr, %[[MEMORY:.*]]: !llvm.ptr)
// CHECK:   llvm.getelementptr %[[INPUTS]][0]
// CHECK:   %[[IN:.*]] = llvm.load
// CHECK:   llvm.getelementptr %[[OUTPUTS]][0]
// CHECK:   %[[OUT:.*]] = llvm.load
// CHECK:   llvm.call tail @net_run(%[[IN]], %[[OUT]], %[[MEMORY]])
// CHECK: llvm.func internal @net_run_batch_arrays(%[[COUNT:.*]]: i64, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %[[MEMORY:.*]]: !llvm.ptr)
// CHECK:   llvm.call tail @net_run_batch(%[[COUNT]], %{{.*}}, %{{.*}}, %[[MEMORY]])
module attributes {nn.interface = #nn.interface<
    name = "net", target = "x86-64", macs = 72, weights_bytes = 400,
    arena_bytes = 192, arena_alignment = 64, micro_batch = 1,
    inputs = [<"beat" : tensor<1x9x2xf32>>], outputs = [<"score" : tensor<1x4xf32>>],
    variants = [@net_v4, @net_v3, @net_v2]>} {
  llvm.func @net_v4(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
    llvm.return
  }
  llvm.func @net_v3(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
    llvm.return
  }
  llvm.func @net_v2(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
    llvm.return
  }
}

// -----

// The description of frieze/model.h.
// CHECK-LABEL: module attributes {nn.interface
// CHECK: llvm.mlir.global internal constant @one_model_name("one\00")
// CHECK: llvm.mlir.global internal constant @one_model_compiler("frieze {{[0-9.]+}}\00")
// CHECK: llvm.mlir.global internal constant @one_model_target("x86-64-v3\00")
// CHECK: llvm.mlir.global internal constant @one_model_source("c0ffee\00")
// CHECK: llvm.mlir.global internal constant @one_model_inputs_0_name("beat\00")
// CHECK: llvm.mlir.global internal constant @one_model_inputs_0_shape(dense<[1, 9, 2]> : tensor<3xi64>)
// CHECK: llvm.mlir.global internal constant @one_model_inputs_1_name("age\00")
// Name, rank, shape and elements of both inputs.
// CHECK: llvm.mlir.global internal constant @one_model_inputs() {{.*}} : !llvm.array<2 x struct<(ptr, i64, ptr, i64, i32, i32, f64)>>
// CHECK:   llvm.mlir.constant(3 : i64)
// CHECK:   llvm.mlir.addressof @one_model_inputs_0_shape
// CHECK:   llvm.mlir.constant(18 : i64)
// The type float32, the zero point and the scale.
// CHECK:   llvm.mlir.constant(1 : i32)
// CHECK:   llvm.mlir.constant(0 : i32)
// CHECK:   llvm.mlir.constant(2 : i64)
// CHECK:   llvm.mlir.addressof @one_model_inputs_1_shape
// CHECK:   llvm.mlir.constant(1 : i64)
// CHECK: llvm.mlir.global internal constant @one_model_outputs_0_name("score\00")
// Null for a stream and for the code of a device.
// CHECK: llvm.mlir.global external constant @one_model()
// CHECK:   llvm.mlir.zero
// CHECK:   llvm.mlir.constant(5 : i32)
// CHECK:   llvm.mlir.constant(136 : i32)
// Numbers of inputs and outputs, the tensors, then what the model needs and does.
// CHECK:   llvm.mlir.constant(2 : i64)
// CHECK:   llvm.mlir.constant(1 : i64)
// CHECK:   llvm.mlir.addressof @one_model_inputs
// CHECK:   llvm.mlir.addressof @one_model_outputs
// CHECK-DAG:   llvm.mlir.constant(192 : i64)
// CHECK-DAG:   llvm.mlir.constant(64 : i64)
// CHECK-DAG:   llvm.mlir.constant(400 : i64)
// CHECK-DAG:   llvm.mlir.addressof @one_run_arrays
// CHECK-DAG:   llvm.mlir.addressof @one_run_batch_arrays
// CHECK:   llvm.return
module attributes {nn.interface = #nn.interface<
    name = "one", target = "x86-64-v3", macs = 72, weights_bytes = 400,
    arena_bytes = 192, arena_alignment = 64, micro_batch = 1,
    inputs = [<"beat" : tensor<1x9x2xf32>>, <"age" : tensor<1x1xf32>>], outputs = [<"score" : tensor<1x4xf32>>],
    variants = [@one_v3]>} {
  llvm.func @one_v3(%x: !llvm.ptr, %z: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
    llvm.return
  }
}

// -----

// A single variant has nothing to choose from, so that there is neither pointer
// nor constructor: must not fire.
// CHECK-LABEL: module attributes {nn.interface
// CHECK-NOT: @only_variant
// CHECK-NOT: llvm.mlir.global_ctors
// CHECK-NOT: cpuid
// CHECK: llvm.func @only_run(%[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr)
// CHECK-NOT: llvm.load
// CHECK: llvm.call tail @only_v2(%[[X]], %[[Y]], %[[ARENA]])
// CHECK-NEXT: llvm.return
module attributes {nn.interface = #nn.interface<
    name = "only", target = "x86-64-v2", macs = 0, weights_bytes = 0,
    arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
    inputs = [<"x" : tensor<1x4xf32>>], outputs = [<"y" : tensor<1x4xf32>>],
    variants = [@only_v2]>} {
  llvm.func @only_v2(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
    llvm.return
  }
}

// -----

// Micro-batches: a variant takes up to 8 calls, and <name>_run_batch gives it as
// many as are left; <name>_run gives it one.
// CHECK-LABEL: module attributes {nn.interface
// CHECK: llvm.func @many_run(%[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr)
// CHECK:   %[[ONE:.*]] = llvm.mlir.constant(1 : i64)
// CHECK:   llvm.call tail @many_v4(%[[ONE]], %[[X]], %[[Y]], %[[ARENA]])
// CHECK: llvm.func @many_run_batch(%[[COUNT:.*]]: i64, %[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr)
// CHECK: ^[[HEAD:.*]](%[[CALL:.*]]: i64):
// CHECK:   %[[EIGHT:.*]] = llvm.mlir.constant(8 : i64)
// CHECK:   %[[LEFT:.*]] = llvm.sub %[[COUNT]], %[[CALL]]
// CHECK:   %[[CALLS:.*]] = llvm.intr.umin(%[[LEFT]], %[[EIGHT]])
// CHECK:   %[[XAT:.*]] = llvm.getelementptr %[[X]][%[[CALL]]]
// CHECK:   %[[YAT:.*]] = llvm.getelementptr %[[Y]][%[[CALL]]]
// CHECK:   llvm.call tail @many_v4(%[[CALLS]], %[[XAT]], %[[YAT]], %[[ARENA]])
// CHECK:   %[[NEXT:.*]] = llvm.add %[[CALL]], %[[CALLS]]
// CHECK:   llvm.br ^[[HEAD]](%[[NEXT]] : i64)
module attributes {nn.interface = #nn.interface<
    name = "many", target = "x86-64-v4", macs = 72, weights_bytes = 400,
    arena_bytes = 192, arena_alignment = 64, micro_batch = 8,
    inputs = [<"beat" : tensor<1x9x2xf32>>], outputs = [<"score" : tensor<1x4xf32>>],
    variants = [@many_v4]>} {
  llvm.func @many_v4(%calls: i64, %x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
    llvm.return
  }
}

// -----

// Where a run is several calls, run is a batch of one, and each call has its
// part of the inputs and outputs.
// CHECK-LABEL: llvm.func @parts_run(
// CHECK-SAME:      %[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr)
// CHECK:   %[[ONE:.*]] = llvm.mlir.constant(1 : i64)
// CHECK:   llvm.call tail @parts_run_batch(%[[ONE]], %[[X]], %[[Y]], %[[ARENA]])
// CHECK: llvm.func @parts_run_batch(%[[RUNS:.*]]: i64, %[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr)
// CHECK:   %[[THREE:.*]] = llvm.mlir.constant(3 : i64)
// CHECK:   %[[COUNT:.*]] = llvm.mul %[[RUNS]], %[[THREE]]
// CHECK: ^[[HEAD:.*]](%[[CALL:.*]]: i64):
// CHECK:   llvm.getelementptr %[[X]][%[[CALL]]] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.array<18 x f32>
// CHECK:   llvm.getelementptr %[[Y]][%[[CALL]]] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.array<4 x f32>
module attributes {nn.interface = #nn.interface<
    name = "parts", target = "x86-64-v4", macs = 216, weights_bytes = 400,
    arena_bytes = 192, arena_alignment = 64, micro_batch = 1, calls_per_run = 3,
    inputs = [<"beat" : tensor<3x9x2xf32>>], outputs = [<"score" : tensor<3x4xf32>>],
    variants = [@parts_v4]>} {
  llvm.func @parts_v4(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
    llvm.return
  }
}
