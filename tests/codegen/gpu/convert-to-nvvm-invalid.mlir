// RUN: frieze-opt %s --verify-diagnostics --frieze-convert-to-nvvm

// Parameters are buffers: tensors have to be lowered before.
gpu.module @kernels {
  // expected-error @below {{failed to legalize operation 'func.func'}}
  gpu.func @tensor(%x: tensor<4xf32>, %weights: memref<1xf32, #gpu.address_space<global>>,
      %arena: memref<?xf32, #gpu.address_space<global>>, %count: i32) kernel
      attributes {known_block_size = array<i32: 64, 1, 1>} {
    gpu.return
  }
}
