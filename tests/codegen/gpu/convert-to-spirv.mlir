// RUN: frieze-opt %s --split-input-file --frieze-convert-to-spirv | FileCheck %s

// Memory of the group is a variable of the module. A barrier waits for that memory
// and for buffers, and no operation may be fused with another.
// CHECK: spirv.module @__spv__kernels Logical GLSL450
// CHECK: spirv.GlobalVariable @[[SHARED:.*]] : !spirv.ptr<!spirv.struct<(!spirv.array<64 x f32>)>, Workgroup>
// CHECK: spirv.func @shared
// CHECK-SAME: workgroup_size = [64, 1, 1]
// CHECK: spirv.FAdd %{{.*}}, %{{.*}} {no_contraction} : f32
// CHECK: spirv.FMul %{{.*}}, %{{.*}} {no_contraction} : f32
// CHECK: spirv.Store "Workgroup"
// CHECK: spirv.ControlBarrier <Workgroup>, <Workgroup>, <AcquireRelease|UniformMemory|WorkgroupMemory>
// CHECK-NOT: gpu.module
gpu.module @kernels {
  gpu.func @shared(%x: memref<?xf32, #gpu.address_space<global>>, %weights: memref<32xf32, #gpu.address_space<global>>,
      %arena: memref<?xf32, #gpu.address_space<global>>, %count: i32) workgroup(%s : memref<64xf32, #gpu.address_space<workgroup>>) kernel
      attributes {known_block_size = array<i32: 64, 1, 1>} {
    %thread = gpu.thread_id x
    %0 = memref.load %x[%thread] : memref<?xf32, #gpu.address_space<global>>
    %1 = arith.addf %0, %0 : f32
    %2 = arith.mulf %1, %0 : f32
    memref.store %2, %s[%thread] : memref<64xf32, #gpu.address_space<workgroup>>
    gpu.barrier
    gpu.return
  }
}

// -----

// Nothing but kernels is converted: must not fire.
// CHECK: func.func @other(%[[X:.*]]: memref<1xf32>) -> memref<1xf32> {
// CHECK-NEXT: return %[[X]] : memref<1xf32>
func.func @other(%x: memref<1xf32>) -> memref<1xf32> {
  return %x : memref<1xf32>
}
