// RUN: frieze-opt %s --verify-diagnostics --frieze-convert-to-spirv

// Numbers of 64 bits are optional in Vulkan.
gpu.module @kernels {
  // expected-error @below {{failed to legalize operation 'gpu.func'}}
  gpu.func @wide(%x: memref<?xf64, #gpu.address_space<global>>, %weights: memref<1xf32, #gpu.address_space<global>>,
      %arena: memref<?xf32, #gpu.address_space<global>>, %count: i32) kernel
      attributes {known_block_size = array<i32: 64, 1, 1>} {
    %thread = gpu.thread_id x
    %0 = memref.load %x[%thread] : memref<?xf64, #gpu.address_space<global>>
    %1 = arith.addf %0, %0 : f64
    memref.store %1, %x[%thread] : memref<?xf64, #gpu.address_space<global>>
    gpu.return
  }
}
