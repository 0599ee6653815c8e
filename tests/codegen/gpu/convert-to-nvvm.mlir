// RUN: frieze-opt %s --split-input-file --frieze-convert-to-nvvm | FileCheck %s

// The group is a block, and its memory a variable of the module. The weights and the
// arena begin where an instruction may load four numbers; the inputs of a call do not.
// LLVM keeps what is written in its place between barriers: it is not private, and may
// be used by others.
// CHECK: llvm.mlir.global external @shared_shared() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<64 x f32>
// CHECK-NEXT: llvm.mlir.undef
// CHECK: llvm.func @shared(%[[X:.*]]: !llvm.ptr<1> {llvm.noalias}, %{{.*}}: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias, llvm.readonly}, %{{.*}}: !llvm.ptr<1> {llvm.align = 16 : i64}, %{{.*}}: i32)
// CHECK-SAME: nvvm.kernel, nvvm.minctasm = 1 : i32, nvvm.reqntid = array<i32: 64, 1, 1>
// CHECK: %[[SHARED:.*]] = llvm.mlir.addressof @shared_shared : !llvm.ptr<3>
// CHECK: %[[GROUP:.*]] = nvvm.read.ptx.sreg.ctaid.x : i32
// CHECK: %[[THREAD:.*]] = nvvm.read.ptx.sreg.tid.x : i32
// CHECK: %[[FROM:.*]] = llvm.getelementptr inbounds|nuw %[[X]][%[[GROUP]]]
// CHECK: %[[VALUE:.*]] = llvm.load %[[FROM]]
// CHECK: %[[TO:.*]] = llvm.getelementptr inbounds|nuw %[[SHARED]][%[[THREAD]]]
// CHECK: llvm.store %[[VALUE]], %[[TO]] {alignment = 4 : i64} : f32, !llvm.ptr<3>
// CHECK-NEXT: nvvm.barrier0
// CHECK-NOT: gpu.module
gpu.module @kernels {
  gpu.func @shared(%x: memref<?xf32, #gpu.address_space<global>>, %weights: memref<32xf32, #gpu.address_space<global>>,
      %arena: memref<?xf32, #gpu.address_space<global>>, %count: i32) workgroup(%s : memref<64xf32, #gpu.address_space<workgroup>>) kernel
      attributes {known_block_size = array<i32: 64, 1, 1>} {
    %group = gpu.block_id x
    %thread = gpu.thread_id x
    %0 = memref.load %x[%group] : memref<?xf32, #gpu.address_space<global>>
    memref.store %0, %s[%thread] : memref<64xf32, #gpu.address_space<workgroup>>
    gpu.barrier
    memref.store %0, %arena[%thread] : memref<?xf32, #gpu.address_space<global>>
    gpu.return
  }
}

// -----

// The host has the weights.
// CHECK-NOT: @weights
// CHECK: llvm.func @without
memref.global "private" constant @weights : memref<1xf32> = dense<1.0>
gpu.module @kernels {
  gpu.func @without(%x: memref<?xf32, #gpu.address_space<global>>, %weights: memref<32xf32, #gpu.address_space<global>>,
      %arena: memref<?xf32, #gpu.address_space<global>>, %count: i32) kernel
      attributes {known_block_size = array<i32: 64, 1, 1>} {
    gpu.return
  }
}

// -----

// What is in the LLVM dialect stays as it is: must not fire.
// CHECK: llvm.func @converted(%[[X:.*]]: f32) -> f32 {
// CHECK-NEXT: llvm.return %[[X]] : f32
llvm.func @converted(%x: f32) -> f32 {
  llvm.return %x : f32
}

// -----

// Registers leave room for the groups that a multiprocessor is to hold.
// CHECK: llvm.func @resident
// CHECK-SAME: nvvm.minctasm = 3 : i32
gpu.module @kernels {
  gpu.func @resident(%x: memref<?xf32, #gpu.address_space<global>>, %weights: memref<32xf32, #gpu.address_space<global>>,
      %arena: memref<?xf32, #gpu.address_space<global>>, %count: i32) kernel
      attributes {known_block_size = array<i32: 256, 1, 1>, nn.resident_groups = 3 : i32} {
    gpu.return
  }
}
