// RUN: frieze-opt %s --split-input-file --frieze-map-to-gpu --canonicalize --cse | FileCheck %s

// Iterations are shared among the threads of a group, whose call is its number.
// CHECK: gpu.module @model_kernels
// CHECK: gpu.func @model_kernel(
// CHECK-SAME: %[[X:.*]]: memref<?xf32, #gpu.address_space<global>>, %[[Y:[^:]*]]: memref<?xf32, #gpu.address_space<global>>, %{{.*}}: memref<32xf32, #gpu.address_space<global>>, %{{.*}}: memref<?xf32, #gpu.address_space<global>>, %{{.*}}: i32) kernel
// CHECK-SAME: known_block_size = array<i32: 256, 1, 1>
// CHECK-DAG: %[[THREAD:.*]] = gpu.thread_id x
// CHECK-DAG: %[[GROUP:.*]] = gpu.block_id x
// CHECK: %[[BASE:.*]] = arith.muli %[[GROUP]], %c1024
// CHECK: scf.for %[[I:.*]] = %[[THREAD]] to %c1024 step %c256
// CHECK: %[[AT:.*]] = arith.addi %[[BASE]], %[[I]]
// CHECK: %[[VALUE:.*]] = memref.load %[[X]][%[[AT]]]
// CHECK: %[[SUM:.*]] = arith.addf %[[VALUE]], %[[VALUE]] : f32
// CHECK: memref.store %[[SUM]], %[[Y]][%[[AT]]]
// CHECK: gpu.return
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 0, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x1024xf32>>], outputs = [<"y" : tensor<1x1024xf32>>],
    variants = [@model_sm_80]>} {
  func.func private @model_sm_80(%x: memref<1024xf32>, %y: memref<1024xf32>, %arena: memref<0xi8>) {
    scf.forall (%i) in (1024) {
      %0 = vector.load %x[%i] : memref<1024xf32>, vector<1xf32>
      %1 = arith.addf %0, %0 : vector<1xf32>
      vector.store %1, %y[%i] : memref<1024xf32>, vector<1xf32>
    }
    return
  }
}

// -----

// The arena is memory that the group shares. Threads wait before they read what
// others wrote, and not before they write elsewhere. Three groups hide latencies.
// CHECK: gpu.func @model_kernel({{.*}}) workgroup(%[[SHARED:.*]] : memref<2048xf32, #gpu.address_space<workgroup>>)
// CHECK-SAME: nn.resident_groups = 3
// CHECK: memref.store %{{.*}}, %[[SHARED]]
// CHECK-NOT: gpu.barrier
// CHECK: memref.store %{{.*}}, %[[SHARED]]
// CHECK: gpu.barrier
// CHECK: memref.load %[[SHARED]]
// CHECK-NOT: gpu.barrier
// CHECK: gpu.return
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 8192, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x1024xf32>>], outputs = [<"y" : tensor<1x1024xf32>>],
    variants = [@model_sm_80]>} {
  func.func private @model_sm_80(%x: memref<1024xf32>, %y: memref<1024xf32>, %arena: memref<8192xi8>) {
    %c0 = arith.constant 0 : index
    %c4096 = arith.constant 4096 : index
    %a = memref.view %arena[%c0][] : memref<8192xi8> to memref<1024xf32>
    %b = memref.view %arena[%c4096][] : memref<8192xi8> to memref<1024xf32>
    scf.forall (%i) in (1024) {
      %0 = vector.load %x[%i] : memref<1024xf32>, vector<1xf32>
      vector.store %0, %a[%i] : memref<1024xf32>, vector<1xf32>
    }
    scf.forall (%i) in (1024) {
      %0 = vector.load %x[%i] : memref<1024xf32>, vector<1xf32>
      vector.store %0, %b[%i] : memref<1024xf32>, vector<1xf32>
    }
    scf.forall (%i) in (1024) {
      %0 = vector.load %b[%i] : memref<1024xf32>, vector<1xf32>
      vector.store %0, %y[%i] : memref<1024xf32>, vector<1xf32>
    }
    return
  }
}

// -----

// An arena that no group can share is a part of the device's memory for each call.
// CHECK: gpu.func @model_kernel({{.*}}, %[[ARENA:[^:]*]]: memref<?xf32, #gpu.address_space<global>>, %{{[^:]*}}: i32) kernel
// CHECK-SAME: nn.arena_bytes = 65536
// CHECK: memref.store %{{.*}}, %[[ARENA]]
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 65536, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x1024xf32>>], outputs = [<"y" : tensor<1x1024xf32>>],
    variants = [@model_sm_80]>} {
  func.func private @model_sm_80(%x: memref<1024xf32>, %y: memref<1024xf32>, %arena: memref<65536xi8>) {
    %c0 = arith.constant 0 : index
    %a = memref.view %arena[%c0][] : memref<65536xi8> to memref<1024xf32>
    scf.forall (%i) in (1024) {
      %0 = vector.load %x[%i] : memref<1024xf32>, vector<1xf32>
      vector.store %0, %a[%i] : memref<1024xf32>, vector<1xf32>
    }
    return
  }
}

// -----

// Of such a model, several groups share a long loop, each a part of its iterations.
// The next one reads what others wrote, and is a kernel of its own.
// CHECK: gpu.func @model_kernel_0({{.*}}, %[[ARENA:[^:]*]]: memref<?xf32, #gpu.address_space<global>>, %{{[^:]*}}: i32) kernel
// CHECK-SAME: known_block_size = array<i32: 128, 1, 1>
// CHECK-SAME: nn.groups_per_call = 512
// CHECK-DAG: %[[THREAD:.*]] = gpu.thread_id x
// CHECK-DAG: %[[GROUP:.*]] = gpu.block_id x
// CHECK-DAG: %[[PART:.*]] = arith.remui %[[GROUP]], %c512
// CHECK-DAG: %[[BASE:.*]] = arith.muli %[[PART]], %c128
// CHECK-DAG: %[[FIRST:.*]] = arith.addi %[[BASE]], %[[THREAD]]
// CHECK-DAG: %[[CALL:.*]] = arith.divui %[[GROUP]], %c512
// CHECK: arith.muli %[[CALL]], %c65536
// CHECK: memref.store %{{.*}}, %[[ARENA]]
// CHECK: gpu.return
// CHECK: gpu.func @model_kernel_1(
// CHECK-NOT: gpu.barrier
// CHECK: gpu.return
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 262144, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x65536xf32>>], outputs = [<"y" : tensor<1x65536xf32>>],
    variants = [@model_sm_80]>} {
  func.func private @model_sm_80(%x: memref<65536xf32>, %y: memref<65536xf32>, %arena: memref<262144xi8>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %a = memref.view %arena[%c0][] : memref<262144xi8> to memref<65536xf32>
    scf.forall (%i) in (65536) {
      %0 = vector.load %x[%i] : memref<65536xf32>, vector<1xf32>
      %1 = scf.for %k = %c0 to %c64 step %c1 iter_args(%sum = %0) -> (vector<1xf32>) {
        %2 = arith.addf %sum, %0 : vector<1xf32>
        scf.yield %2 : vector<1xf32>
      }
      vector.store %1, %a[%i] : memref<65536xf32>, vector<1xf32>
    }
    scf.forall (%i) in (65536) {
      %0 = vector.load %a[%i] : memref<65536xf32>, vector<1xf32>
      %1 = scf.for %k = %c0 to %c64 step %c1 iter_args(%sum = %0) -> (vector<1xf32>) {
        %2 = arith.addf %sum, %0 : vector<1xf32>
        scf.yield %2 : vector<1xf32>
      }
      vector.store %1, %y[%i] : memref<65536xf32>, vector<1xf32>
    }
    return
  }
}

// -----

// Long loops of which none reads what another wrote are one kernel, with the short
// one beside them. What waits and what follows it are another, of a single group.
// CHECK: gpu.func @model_kernel_0(
// CHECK-SAME: nn.groups_per_call = 512
// CHECK-COUNT-3: memref.store
// CHECK: gpu.return
// CHECK: gpu.func @model_kernel_1(
// CHECK-SAME: nn.groups_per_call = 1 :
// CHECK: gpu.barrier
// CHECK: gpu.return
// CHECK-NOT: gpu.func
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 524288, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x65536xf32>>], outputs = [<"y" : tensor<1x65536xf32>>],
    variants = [@model_sm_80]>} {
  func.func private @model_sm_80(%x: memref<65536xf32>, %y: memref<65536xf32>, %arena: memref<524288xi8>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %c262144 = arith.constant 262144 : index
    %a = memref.view %arena[%c0][] : memref<524288xi8> to memref<65536xf32>
    %b = memref.view %arena[%c262144][] : memref<524288xi8> to memref<65536xf32>
    scf.forall (%i) in (65536) {
      %0 = vector.load %x[%i] : memref<65536xf32>, vector<1xf32>
      %1 = scf.for %k = %c0 to %c64 step %c1 iter_args(%sum = %0) -> (vector<1xf32>) {
        %2 = arith.addf %sum, %0 : vector<1xf32>
        scf.yield %2 : vector<1xf32>
      }
      vector.store %1, %a[%i] : memref<65536xf32>, vector<1xf32>
    }
    scf.forall (%i) in (65536) {
      %0 = vector.load %x[%i] : memref<65536xf32>, vector<1xf32>
      %1 = scf.for %k = %c0 to %c64 step %c1 iter_args(%sum = %0) -> (vector<1xf32>) {
        %2 = arith.mulf %sum, %0 : vector<1xf32>
        scf.yield %2 : vector<1xf32>
      }
      vector.store %1, %b[%i] : memref<65536xf32>, vector<1xf32>
    }
    scf.forall (%i) in (16) {
      %0 = vector.load %x[%i] : memref<65536xf32>, vector<1xf32>
      vector.store %0, %y[%i] : memref<65536xf32>, vector<1xf32>
    }
    scf.for %round = %c0 to %c64 step %c1 {
      scf.forall (%i) in (256) {
        %0 = vector.load %a[%i] : memref<65536xf32>, vector<1xf32>
        vector.store %0, %y[%i] : memref<65536xf32>, vector<1xf32>
      }
    }
    scf.forall (%i) in (16) {
      %0 = vector.load %y[%i] : memref<65536xf32>, vector<1xf32>
      vector.store %0, %b[%i] : memref<65536xf32>, vector<1xf32>
    }
    return
  }
}

// -----

// An iteration that reads what it wrote itself waits for no other.
// CHECK: gpu.func @model_kernel(
// CHECK-COUNT-2: memref.store
// CHECK-NOT: gpu.barrier
// CHECK: gpu.return
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 0, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x1024xf32>>], outputs = [<"y" : tensor<1x1024xf32>>],
    variants = [@model_sm_80]>} {
  func.func private @model_sm_80(%x: memref<1024xf32>, %y: memref<1024xf32>, %arena: memref<0xi8>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    scf.forall (%i) in (1024) {
      %0 = vector.load %x[%i] : memref<1024xf32>, vector<1xf32>
      vector.store %0, %y[%i] : memref<1024xf32>, vector<1xf32>
      scf.for %round = %c0 to %c4 step %c1 {
        %1 = vector.load %y[%i] : memref<1024xf32>, vector<1xf32>
        %2 = arith.addf %1, %0 : vector<1xf32>
        vector.store %2, %y[%i] : memref<1024xf32>, vector<1xf32>
      }
    }
    return
  }
}

// -----

// Rounds in order are taken by all threads, which wait for each other in each.
// CHECK: gpu.func @model_kernel
// CHECK: scf.for %{{.*}} = %c0{{.*}} to %c3{{.*}} step %c1
// CHECK:   scf.for
// CHECK:     memref.store
// CHECK:   gpu.barrier
// CHECK: gpu.return
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 0, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x1024xf32>>], outputs = [<"y" : tensor<1x1024xf32>>],
    variants = [@model_sm_80]>} {
  func.func private @model_sm_80(%x: memref<1024xf32>, %y: memref<1024xf32>, %arena: memref<0xi8>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    scf.for %round = %c0 to %c3 step %c1 {
      scf.forall (%i) in (1024) {
        %0 = vector.load %y[%i] : memref<1024xf32>, vector<1xf32>
        %1 = arith.addf %0, %0 : vector<1xf32>
        vector.store %1, %y[%i] : memref<1024xf32>, vector<1xf32>
      }
    }
    return
  }
}

// -----

// A group takes several calls of little work, a team of threads each. Teams behind
// the last call do nothing.
// CHECK: gpu.func @model_kernel({{.*}}, %[[COUNT:[^:]*]]: i32) kernel
// CHECK-NOT: nn.resident_groups
// CHECK-SAME: nn.calls_per_group = 64
// CHECK-DAG: %[[THREAD:.*]] = gpu.thread_id x
// CHECK-DAG: %[[GROUP:.*]] = gpu.block_id x
// CHECK-DAG: %[[TEAM:.*]] = arith.divui %[[THREAD]], %c4
// CHECK-DAG: %[[MEMBER:.*]] = arith.remui %[[THREAD]], %c4
// CHECK: %[[FIRST:.*]] = arith.muli %[[GROUP]], %c64
// CHECK: %[[CALL:.*]] = arith.addi %[[FIRST]], %[[TEAM]]
// CHECK: %[[CALLS:.*]] = arith.index_cast %[[COUNT]] : i32 to index
// CHECK: %[[LAST:.*]] = arith.subi %[[CALLS]], %c1
// CHECK: %[[HAS:.*]] = arith.cmpi ule, %[[CALL]], %[[LAST]]
// CHECK: scf.if %[[HAS]]
// CHECK: memref.load
// CHECK: memref.store
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 0, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x4xf32>>], outputs = [<"y" : tensor<1x4xf32>>],
    variants = [@model_sm_80]>} {
  func.func private @model_sm_80(%x: memref<4xf32>, %y: memref<4xf32>, %arena: memref<0xi8>) {
    scf.forall (%i) in (4) {
      %0 = vector.load %x[%i] : memref<4xf32>, vector<1xf32>
      %1 = arith.addf %0, %0 : vector<1xf32>
      vector.store %1, %y[%i] : memref<4xf32>, vector<1xf32>
    }
    return
  }
}

// -----

// A loop around two others is one of 32 * 16 iterations, and one of 32 more.
// Neighbours differ in the index along which memory lies, the inner one.
// CHECK: gpu.func @model_kernel
// CHECK: %[[THREAD:.*]] = gpu.thread_id x
// CHECK: %[[MEMBER:.*]] = arith.remui %[[THREAD]], %c32
// CHECK: scf.for %[[I:.*]] = %[[MEMBER]] to %c512
// CHECK-DAG: %[[COLUMN:.*]] = arith.remui %[[I]], %c16
// CHECK-DAG: %[[ROW:.*]] = arith.divui %[[I]], %c16
// CHECK: memref.store
// CHECK-NOT: gpu.barrier
// CHECK: %[[FIRST:.*]] = arith.muli %[[MEMBER]], %c17
// CHECK: memref.store
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 0, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x1024xf32>>], outputs = [<"y" : tensor<1x1024xf32>>],
    variants = [@model_sm_80]>} {
  func.func private @model_sm_80(%x: memref<1024xf32>, %y: memref<1024xf32>, %arena: memref<0xi8>) {
    %c17 = arith.constant 17 : index
    %c16 = arith.constant 16 : index
    scf.forall (%row) in (32) {
      %first = arith.muli %row, %c17 : index
      scf.forall (%column) in (16) {
        %at = arith.addi %first, %column : index
        %0 = vector.load %x[%at] : memref<1024xf32>, vector<1xf32>
        vector.store %0, %y[%at] : memref<1024xf32>, vector<1xf32>
      }
      %last = arith.addi %first, %c16 : index
      %1 = vector.load %x[%last] : memref<1024xf32>, vector<1xf32>
      vector.store %1, %y[%last] : memref<1024xf32>, vector<1xf32>
    }
    return
  }
}

// -----

// What is read from memory is not read twice, so that the split must not fire: the
// loop that needs it runs in order.
// CHECK: gpu.func @model_kernel
// CHECK: %[[THREAD:.*]] = gpu.thread_id x
// CHECK: scf.for %{{.*}} = %[[THREAD]] to %c1024 step
// CHECK:   %[[FIRST:.*]] = memref.load
// CHECK:   scf.for %{{.*}} = %c0{{.*}} to %c4{{.*}} step %c1
// CHECK:     memref.store %[[FIRST]]
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 0, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x1024xf32>>], outputs = [<"y" : tensor<1x4096xf32>>],
    variants = [@model_sm_80]>} {
  func.func private @model_sm_80(%x: memref<1024xf32>, %y: memref<4096xf32>, %arena: memref<0xi8>) {
    %c4 = arith.constant 4 : index
    scf.forall (%row) in (1024) {
      %0 = vector.load %x[%row] : memref<1024xf32>, vector<1xf32>
      %first = arith.muli %row, %c4 : index
      scf.forall (%i) in (4) {
        %at = arith.addi %first, %i : index
        vector.store %0, %y[%at] : memref<4096xf32>, vector<1xf32>
      }
    }
    return
  }
}

// -----

// Constants become one buffer, of which each kernel knows the places.
// CHECK: memref.global "private" constant @model_weights : memref<64xf32> = dense_resource<model_weights>
// CHECK: gpu.func @model_kernel(%{{[^:]*}}: {{[^,]*}}, #gpu.address_space<global>>, %{{[^:]*}}: {{[^,]*}}, #gpu.address_space<global>>, %[[WEIGHTS:.*]]: memref<64xf32, #gpu.address_space<global>>
// CHECK: memref.load %[[WEIGHTS]][%c32]
// CHECK: memref.load %[[WEIGHTS]][%c0]
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 0, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x1024xf32>>], outputs = [<"y" : tensor<1x1024xf32>>],
    variants = [@model_sm_80]>} {
  memref.global "private" constant @a : memref<2xf32> = dense<[1.0, 2.0]>
  memref.global "private" constant @b : memref<2xf32> = dense<[3.0, 4.0]>
  func.func private @model_sm_80(%x: memref<1024xf32>, %y: memref<1024xf32>, %arena: memref<0xi8>) {
    %c0 = arith.constant 0 : index
    %a = memref.get_global @a : memref<2xf32>
    %b = memref.get_global @b : memref<2xf32>
    %0 = vector.load %b[%c0] : memref<2xf32>, vector<1xf32>
    vector.store %0, %y[%c0] : memref<1024xf32>, vector<1xf32>
    %1 = vector.load %a[%c0] : memref<2xf32>, vector<1xf32>
    vector.store %1, %y[%c0] : memref<1024xf32>, vector<1xf32>
    return
  }
}

// -----

// A call of a stream is a block of windows: 1024, which begin two samples apart.
// CHECK: gpu.func @model_kernel(
// CHECK: gpu.func @model_stream_kernel(
// CHECK-SAME: %[[X:.*]]: memref<?xf32, #gpu.address_space<global>>, %[[Y:[^:]*]]: memref<?xf32, #gpu.address_space<global>>, %{{.*}}: memref<32xf32
// CHECK: %[[GROUP:.*]] = gpu.block_id x
// CHECK: %[[FIRST:.*]] = arith.muli %[[GROUP]], %c2048
// CHECK: %[[WINDOW:.*]] = arith.muli %[[GROUP]], %c1024
// CHECK: %[[AT:.*]] = arith.addi %[[FIRST]], %{{.*}}
// CHECK: memref.load %[[X]][%[[AT]]]
// CHECK: %[[TO:.*]] = arith.addi %[[WINDOW]], %{{.*}}
// CHECK: memref.store %{{.*}}, %[[Y]][%[[TO]]]
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 0, arena_alignment = 16, micro_batch = 1,
    inputs = [<"x" : tensor<1x64x1xf32>>], outputs = [<"y" : tensor<1x1xf32>>],
    variants = [@model_sm_80],
    stream = <window = 64, hop = 2, channels = 1, block = 1024, early = 0, missing = 0, samples = 0, unwanted = 0,
              state = 0, alignment = 16, window_variants = [@model_sm_80], block_variants = [@model_stream_call_sm_80]>>} {
  func.func private @model_sm_80(%x: memref<64xf32>, %y: memref<1xf32>, %arena: memref<0xi8>) {
    %c0 = arith.constant 0 : index
    %0 = vector.load %x[%c0] : memref<64xf32>, vector<1xf32>
    vector.store %0, %y[%c0] : memref<1xf32>, vector<1xf32>
    return
  }
  func.func private @model_stream_call_sm_80(%x: memref<2110xf32>, %y: memref<1024xf32>, %arena: memref<0xi8>) {
    %c2 = arith.constant 2 : index
    scf.forall (%i) in (1024) {
      %at = arith.muli %i, %c2 : index
      %0 = vector.load %x[%at] : memref<2110xf32>, vector<1xf32>
      vector.store %0, %y[%i] : memref<1024xf32>, vector<1xf32>
    }
    return
  }
}

// -----

// A call of eight samples, of which the last ones may be missing: an input is read up
// to its end, and an output written up to there, and read where it was written.
// CHECK: gpu.func @model_kernel(%[[X:[^:]*]]: {{[^,]*, [^,]*}}, %[[Y:[^:]*]]: {{.*}}, %[[COUNT:[^:]*]]: i32)
// CHECK-SAME: nn.calls_per_group = 128
// CHECK: %[[SAMPLES:.*]] = arith.index_cast %[[COUNT]]
// CHECK: %[[LAST_SAMPLE:.*]] = arith.subi %[[SAMPLES]], %c1
// CHECK: %[[LAST_CALL:.*]] = arith.divui %[[LAST_SAMPLE]], %c8
// CHECK: arith.cmpi ule, %[[CALL:.*]], %[[LAST_CALL]]
// CHECK: arith.minui %[[CALL]], %[[LAST_CALL]]
// CHECK: %[[ELEMENTS:.*]] = arith.muli %[[SAMPLES]], %c2
// CHECK: %[[LAST:.*]] = arith.subi %[[ELEMENTS]], %c1
// CHECK: %[[AT:.*]] = arith.minui %{{.*}}, %[[LAST]]
// CHECK: %[[VALUE:.*]] = memref.load %[[X]][%[[AT]]]
// CHECK: %[[IS_THERE:.*]] = arith.cmpi ule, %[[AT:.*]], %[[LAST]]
// CHECK: scf.if %[[IS_THERE]] {
// CHECK-NEXT: memref.store %[[VALUE]], %[[Y]][%[[AT]]]
// CHECK: gpu.barrier
// CHECK: %[[IS_THERE:.*]] = arith.cmpi ule, %[[AT:.*]], %[[LAST]]
// CHECK: scf.if %[[IS_THERE]] -> (f32) {
// CHECK-NEXT: memref.load %[[Y]][%[[AT]]]
module attributes {nn.interface = #nn.interface<
    name = "model", target = "cuda", macs = 0, weights_bytes = 0,
    arena_bytes = 128, arena_alignment = 16, micro_batch = 8,
    inputs = [<"x" : tensor<1x2xf32>>], outputs = [<"y" : tensor<1x2xf32>>],
    variants = [@model_sm_80]>} {
  func.func private @model_sm_80(%x: memref<16xf32>, %y: memref<16xf32>, %arena: memref<128xi8>) {
    %c0 = arith.constant 0 : index
    %a = memref.view %arena[%c0][] : memref<128xi8> to memref<16xf32>
    scf.forall (%i) in (16) {
      %0 = vector.load %x[%i] : memref<16xf32>, vector<1xf32>
      vector.store %0, %y[%i] : memref<16xf32>, vector<1xf32>
    }
    scf.forall (%i) in (16) {
      %0 = vector.load %y[%i] : memref<16xf32>, vector<1xf32>
      vector.store %0, %a[%i] : memref<16xf32>, vector<1xf32>
    }
    return
  }
}
