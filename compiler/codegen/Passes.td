//===- Passes.td - Passes of code generation ---------------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PASSES_TD
#define FRIEZE_COMPILER_CODEGEN_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertToLLVMPass : Pass<"frieze-convert-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Convert loops over vectors to the LLVM dialect";
  let description = [{
    All dialects that kernels are written in, in one conversion: one for each
    dialect takes several times as long. Buffers become plain pointers. Constants
    go into the section `weights-section` of the object, where that is given.

    ```mlir
    func.func private @model_x86_64_v3(%x: memref<8xf32>, %y: memref<8xf32>) {
      %c0 = arith.constant 0 : index
      %0 = vector.load %x[%c0] : memref<8xf32>, vector<8xf32>
      vector.store %0, %y[%c0] : memref<8xf32>, vector<8xf32>
      return
    }
    ```
    ==>
    ```mlir
    llvm.func @model_x86_64_v3(%x: !llvm.ptr, %y: !llvm.ptr) attributes {sym_visibility = "private"} {
      %c0 = llvm.mlir.constant(0 : index) : i64
      %0 = llvm.getelementptr inbounds|nuw %x[%c0] : (!llvm.ptr, i64) -> !llvm.ptr, f32
      %1 = llvm.load %0 {alignment = 4 : i64} : !llvm.ptr -> vector<8xf32>
      %2 = llvm.getelementptr inbounds|nuw %y[%c0] : (!llvm.ptr, i64) -> !llvm.ptr, f32
      llvm.store %1, %2 {alignment = 4 : i64} : vector<8xf32>, !llvm.ptr
      llvm.return
    }
    ```
  }];
  let options = [
    Option<"weightsSection", "weights-section", "std::string",
           /*default=*/"\"\"", "Section of the object for the weights">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def EmitEntryPointsPass : Pass<"frieze-emit-entry-points", "::mlir::ModuleOp"> {
  let summary = "Give the kernels their public symbols";
  let description = [{
    From the module attribute `nn.interface`, writes
    - `<name>_run(inputs..., outputs..., arena)`, which jumps to the variant for
      this processor. A constructor asks the processor (cpuid, xgetbv) once,
      when the code is loaded, and sets a pointer; until then the last variant,
      which runs everywhere, is in place. A single variant needs no pointer.
    - `<name>_run_batch(count, inputs..., outputs..., arena)`, which makes
      `count` such calls in a loop: one by one, or as many at a time as
      `micro_batch` of `nn.interface` says; the variant then takes their number
      before its buffers.
    - `<name>_model`, the description of runtime/include/frieze/model.h.

    ```mlir
    module attributes {nn.interface = #nn.interface<
        name = "model", target = "x86-64-v3", macs = 0, weights_bytes = 0,
        arena_bytes = 0, arena_alignment = 64, micro_batch = 1,
        inputs = [<"x" : tensor<1x8xf32>>], outputs = [<"y" : tensor<1x4xf32>>],
        variants = [@model_x86_64_v3]>} {
      llvm.func @model_x86_64_v3(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
        llvm.return
      }
    }
    ```
    ==> among others
    ```mlir
    llvm.func internal @model_x86_64_v3(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
      llvm.return
    }
    llvm.func @model_run(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr)
        attributes {dso_local, passthrough = ["no-builtins", "nounwind"]} {
      %one = llvm.mlir.constant(1 : i64) : i64
      llvm.call tail @model_x86_64_v3(%x, %y, %arena) : (!llvm.ptr, !llvm.ptr, !llvm.ptr) -> ()
      llvm.return
    }
    llvm.func @model_run_batch(%count: i64, %x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr)
        attributes {dso_local, passthrough = ["no-builtins", "nounwind"]} {
      %zero = llvm.mlir.constant(0 : i64) : i64
      llvm.br ^head(%zero : i64)
    ^head(%call: i64):
      %done = llvm.icmp "eq" %call, %count : i64
      llvm.cond_br %done, ^end, ^body
    ^body:
      %one = llvm.mlir.constant(1 : i64) : i64
      %0 = llvm.getelementptr %x[%call] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.array<8 x f32>
      %1 = llvm.getelementptr %y[%call] : (!llvm.ptr, i64) -> !llvm.ptr, !llvm.array<4 x f32>
      llvm.call tail @model_x86_64_v3(%0, %1, %arena) : (!llvm.ptr, !llvm.ptr, !llvm.ptr) -> ()
      %next = llvm.add %call, %one : i64
      llvm.br ^head(%next : i64)
    ^end:
      llvm.return
    }
    ```
  }];
  let options = [
    Option<"sourceSHA256", "source-sha256", "std::string", /*default=*/"\"\"",
           "Hash of the model's source, for the description">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ShareKernelsPass : Pass<"frieze-share-kernels", "::mlir::ModuleOp"> {
  let summary = "Make one function of loops that are equal but for their buffers";
  let description = [{
    Networks repeat their blocks: layers of one shape differ in their weights
    and in where their values lie, and in nothing else. Such loops, and choices
    between loops, where they are large and take long, become calls of one
    function, which is named after the first layer. A buffer that is passed to
    it shares no memory with another one; loops of which that is not known stay
    where they are. In a function that takes several calls of a run, their
    number first, the kernels are looked for in the loops over these.

    With `least-operations=4`:

    ```mlir
    func.func private @model_x86_64_v3(%x: memref<8192xf32>, %a: memref<8192xf32>, %b: memref<8192xf32>, %y: memref<8192xf32>, %arena: memref<32768xi8>) {
      %c0 = arith.constant 0 : index
      %0 = memref.view %arena[%c0][] : memref<32768xi8> to memref<8192xf32>
      scf.forall (%i) in (8192) {
        %1 = memref.load %x[%i] : memref<8192xf32>
        %2 = memref.load %a[%i] : memref<8192xf32>
        %3 = arith.addf %1, %2 : f32
        memref.store %3, %0[%i] : memref<8192xf32>
      }
      scf.forall (%i) in (8192) {
        %1 = memref.load %0[%i] : memref<8192xf32>
        %2 = memref.load %b[%i] : memref<8192xf32>
        %3 = arith.addf %1, %2 : f32
        memref.store %3, %y[%i] : memref<8192xf32>
      }
      return
    }
    ```
    ==>
    ```mlir
    func.func private @model_x86_64_v3_layer(%x: memref<8192xf32> {llvm.noalias}, %a: memref<8192xf32> {llvm.noalias}, %y: memref<8192xf32> {llvm.noalias}) attributes {llvm.linkage = #llvm.linkage<internal>} {
      scf.forall (%i) in (8192) {
        %0 = memref.load %x[%i] : memref<8192xf32>
        %1 = memref.load %a[%i] : memref<8192xf32>
        %2 = arith.addf %0, %1 : f32
        memref.store %2, %y[%i] : memref<8192xf32>
      }
      return
    }
    func.func private @model_x86_64_v3(%x: memref<8192xf32>, %a: memref<8192xf32>, %b: memref<8192xf32>, %y: memref<8192xf32>, %arena: memref<32768xi8>) {
      %c0 = arith.constant 0 : index
      %0 = memref.view %arena[%c0][] : memref<32768xi8> to memref<8192xf32>
      call @model_x86_64_v3_layer(%x, %a, %0) : (memref<8192xf32>, memref<8192xf32>, memref<8192xf32>) -> ()
      call @model_x86_64_v3_layer(%0, %b, %y) : (memref<8192xf32>, memref<8192xf32>, memref<8192xf32>) -> ()
      return
    }
    ```
  }];
  let options = [
    Option<"leastOperations", "least-operations", "int64_t", /*default=*/"64",
           "Operations of a loop that is worth a function">];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect"];
}

def OrderLoopsPass : Pass<"frieze-order-loops", "::mlir::ModuleOp"> {
  let summary = "Run independent iterations one after the other";
  let description = [{
    A processor runs the iterations of an `scf.forall` in order, as they are
    independent. They are not where one writes to a place that does not depend on
    which it is, such as scratch memory that all use: an error. Tests run them
    backwards, too, which gives the same bits if they are.

    ```mlir
    func.func @fill(%x: memref<8xf32>, %value: f32) {
      scf.forall (%i) in (8) {
        memref.store %value, %x[%i] : memref<8xf32>
      }
      return
    }
    ```
    ==>
    ```mlir
    func.func @fill(%x: memref<8xf32>, %value: f32) {
      %c0 = arith.constant 0 : index
      %c8 = arith.constant 8 : index
      %c1 = arith.constant 1 : index
      scf.for %i = %c0 to %c8 step %c1 {
        memref.store %value, %x[%i] : memref<8xf32>
      }
      return
    }
    ```
  }];
  let options = [
    Option<"backwards", "backwards", "bool", /*default=*/"false",
           "Begin with the last iteration">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
}

def RotateLoopsPass : Pass<"frieze-rotate-loops", "::mlir::ModuleOp"> {
  let summary = "Test at the end of loops that run at least once";
  let description = [{
    A loop with constant bounds that is not empty needs no test before its first
    round, and is at its end where its index equals the bound, which leaves LLVM
    free to count something else instead. Its own loop-rotate and indvars find
    that too, but walk all loops of a function for each: minutes for a network
    of hundreds of layers.

    ```mlir
    func.func @fill(%x: memref<8xf32>, %value: f32) {
      %c0 = arith.constant 0 : index
      %c2 = arith.constant 2 : index
      %c8 = arith.constant 8 : index
      scf.for %i = %c0 to %c8 step %c2 {
        memref.store %value, %x[%i] : memref<8xf32>
      }
      return
    }
    ```
    ==>
    ```mlir
    func.func @fill(%x: memref<8xf32>, %value: f32) {
      %c0 = arith.constant 0 : index
      %c2 = arith.constant 2 : index
      %c8 = arith.constant 8 : index
      %end = scf.while (%i = %c0) : (index) -> index {
        memref.store %value, %x[%i] : memref<8xf32>
        %next = arith.addi %i, %c2 : index
        %goes_on = arith.cmpi ne, %next, %c8 : index
        scf.condition(%goes_on) %next : index
      } do {
      ^bb0(%next: index):
        scf.yield %next : index
      }
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
}

def BranchLoopsPass : Pass<"frieze-branch-loops", "::mlir::ModuleOp"> {
  let summary = "Make blocks and branches of loops";
  let description = [{
    MLIR's own patterns of `convert-scf-to-cf`, each loop once, the last one first.
    Its pass keeps book of every change, to take it back, and moves all that
    follows a loop to a block of its own, as often as there are loops in front:
    ten times as long for a network of a hundred layers.

    ```mlir
    func.func @fill(%x: memref<8xf32>, %value: f32, %count: index) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      scf.for %i = %c0 to %count step %c1 {
        memref.store %value, %x[%i] : memref<8xf32>
      }
      return
    }
    ```
    ==>
    ```mlir
    func.func @fill(%x: memref<8xf32>, %value: f32, %count: index) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      cf.br ^bb1(%c0 : index)
    ^bb1(%i: index):
      %goes_on = arith.cmpi slt, %i, %count : index
      cf.cond_br %goes_on, ^bb2, ^bb3
    ^bb2:
      memref.store %value, %x[%i] : memref<8xf32>
      %next = arith.addi %i, %c1 : index
      cf.br ^bb1(%next : index)
    ^bb3:
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::cf::ControlFlowDialect"];
}

def MapToGPUPass : Pass<"frieze-map-to-gpu", "::mlir::ModuleOp"> {
  let summary = "Make kernels of groups of threads from loops";
  let description = [{
    The function of a model's loops becomes a kernel, `<name>_kernel(inputs...,
    outputs..., weights, arena, count)`, and where there is a stream another one,
    `<name>_stream_kernel`, whose calls are windows that overlap (`nn.is_stream`).
    A group of threads takes a call, or several, with a team for each
    (`nn.calls_per_group`).

    Where no group can share the memory of the arena, there are as many kernels,
    `<name>_kernel_0` and on, as let several groups share what is long
    (`nn.groups_per_call`): each computes loops of which none reads what another
    one writes, or with one group whatever has to wait.

    Independent loops are shared among the threads of a team: a nest of them is
    one run of numbers, once for each of the loops in it that stand side by side.
    Loops in order are taken by all threads, which wait for each other where one
    reads what another wrote. Single stores are done by one thread, other values
    computed by all. The arena lies in the memory that the group shares, where
    it fits, with room for several groups on a multiprocessor
    (`nn.resident_groups`); `nn.arena_bytes` is what a call needs of the device's
    memory elsewhere. Constants become one buffer.

    ```mlir
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
    ```
    ==> among others
    ```mlir
    gpu.module @model_kernels {
      gpu.func @model_kernel(
          %x: memref<?xf32, #gpu.address_space<global>>, %y: memref<?xf32, #gpu.address_space<global>>,
          %weights: memref<32xf32, #gpu.address_space<global>>, %arena: memref<?xf32, #gpu.address_space<global>>,
          %count: i32) kernel attributes {
          known_block_size = array<i32: 256, 1, 1>, nn.arena_bytes = 0 : i64, nn.calls_per_group = 1 : i32,
          nn.groups_per_call = 1 : i32} {
        %thread = gpu.thread_id x
        %call = gpu.block_id x
        %c0 = arith.constant 0 : index
        %c1024 = arith.constant 1024 : index
        %x_at = arith.muli %call, %c1024 : index
        %c1024_0 = arith.constant 1024 : index
        %y_at = arith.muli %call, %c1024_0 : index
        %c0_1 = arith.constant 0 : index
        %arena_at = arith.muli %call, %c0_1 : index
        %c1024_2 = arith.constant 1024 : index
        %c256 = arith.constant 256 : index
        scf.for %i = %thread to %c1024_2 step %c256 {
          %0 = arith.addi %x_at, %i : index
          %1 = memref.load %x[%0] : memref<?xf32, #gpu.address_space<global>>
          %2 = arith.addf %1, %1 : f32
          %3 = arith.addi %y_at, %i : index
          memref.store %2, %y[%3] : memref<?xf32, #gpu.address_space<global>>
        }
        gpu.return
      }
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::gpu::GPUDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"];
}

def ConvertToNVVMPass : Pass<"frieze-convert-to-nvvm", "::mlir::ModuleOp"> {
  let summary = "Convert kernels to the LLVM dialect, for NVIDIA's GPUs";
  let description = [{
    Kernels become functions that PTX is made of, with indices of 32 bits: groups
    are blocks, and the memory that one shares is a variable. Barriers order all
    uses of memory that is written, so that LLVM is not told that nothing else
    uses it. The constants are left to the host.

    ```mlir
    gpu.module @model_kernels {
      gpu.func @model_kernel(
          %x: memref<?xf32, #gpu.address_space<global>>, %weights: memref<32xf32, #gpu.address_space<global>>,
          %arena: memref<?xf32, #gpu.address_space<global>>, %count: i32) kernel attributes {
          known_block_size = array<i32: 256, 1, 1>} {
        %thread = gpu.thread_id x
        %0 = memref.load %x[%thread] : memref<?xf32, #gpu.address_space<global>>
        gpu.barrier
        memref.store %0, %x[%thread] : memref<?xf32, #gpu.address_space<global>>
        gpu.return
      }
    }
    ```
    ==>
    ```mlir
    llvm.func @model_kernel(
        %x: !llvm.ptr<1>,
        %weights: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias, llvm.readonly},
        %arena: !llvm.ptr<1> {llvm.align = 16 : i64, llvm.noalias}, %count: i32)
        attributes {nvvm.kernel, nvvm.minctasm = 1 : i32, nvvm.reqntid = array<i32: 256, 1, 1>} {
      %thread = nvvm.read.ptx.sreg.tid.x : i32
      %0 = llvm.getelementptr inbounds|nuw %x[%thread] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      %1 = llvm.load %0 {alignment = 4 : i64} : !llvm.ptr<1> -> f32
      nvvm.barrier0
      %2 = llvm.getelementptr inbounds|nuw %x[%thread] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, f32
      llvm.store %1, %2 {alignment = 4 : i64} : f32, !llvm.ptr<1>
      llvm.return
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect", "::mlir::NVVM::NVVMDialect"];
}

def ConvertToSPIRVPass : Pass<"frieze-convert-to-spirv", "::mlir::ModuleOp"> {
  let summary = "Convert kernels to SPIR-V, for Vulkan";
  let description = [{
    A module of kernels becomes one of SPIR-V 1.3, as Vulkan 1.1 takes it, with
    a storage buffer for each parameter. No operation may be fused with another
    (`NoContraction`). The constants are left to the host.

    ```mlir
    gpu.module @model_kernels {
      gpu.func @model_kernel(
          %x: memref<?xf32, #gpu.address_space<global>>, %weights: memref<32xf32, #gpu.address_space<global>>,
          %arena: memref<?xf32, #gpu.address_space<global>>, %count: i32) kernel attributes {
          known_block_size = array<i32: 256, 1, 1>} {
        %thread = gpu.thread_id x
        %0 = memref.load %x[%thread] : memref<?xf32, #gpu.address_space<global>>
        gpu.barrier
        memref.store %0, %x[%thread] : memref<?xf32, #gpu.address_space<global>>
        gpu.return
      }
    }
    ```
    ==>
    ```mlir
    spirv.module @__spv__model_kernels Logical GLSL450 attributes {
        spirv.target_env = #spirv.target_env<
            #spirv.vce<v1.3, [Shader], [SPV_KHR_storage_buffer_storage_class]>, api=Vulkan, #spirv.resource_limits<>>} {
      spirv.GlobalVariable @__builtin__LocalInvocationId__ built_in("LocalInvocationId") : !spirv.ptr<vector<3xi32>, Input>
      spirv.func @model_kernel(
          %x: !spirv.ptr<!spirv.struct<(!spirv.rtarray<f32, stride=4> [0])>, StorageBuffer> {spirv.interface_var_abi = #spirv.interface_var_abi<(0, 0)>},
          %weights: !spirv.ptr<!spirv.struct<(!spirv.array<32 x f32, stride=4> [0])>, StorageBuffer> {spirv.interface_var_abi = #spirv.interface_var_abi<(0, 1)>},
          %arena: !spirv.ptr<!spirv.struct<(!spirv.rtarray<f32, stride=4> [0])>, StorageBuffer> {spirv.interface_var_abi = #spirv.interface_var_abi<(0, 2)>},
          %count: i32 {spirv.interface_var_abi = #spirv.interface_var_abi<(0, 3), StorageBuffer>}) "None" attributes {
          known_block_size = array<i32: 256, 1, 1>,
          spirv.entry_point_abi = #spirv.entry_point_abi<workgroup_size = [256, 1, 1]>, workgroup_attributions = 0 : i64} {
        %ids = spirv.mlir.addressof @__builtin__LocalInvocationId__ : !spirv.ptr<vector<3xi32>, Input>
        %0 = spirv.Load "Input" %ids : vector<3xi32>
        %thread = spirv.CompositeExtract %0[0 : i32] : vector<3xi32>
        %c0 = spirv.Constant 0 : i32
        %c0_0 = spirv.Constant 0 : i32
        %c1 = spirv.Constant 1 : i32
        %1 = spirv.AccessChain %x[%c0, %thread] : !spirv.ptr<!spirv.struct<(!spirv.rtarray<f32, stride=4> [0])>, StorageBuffer>, i32, i32 -> !spirv.ptr<f32, StorageBuffer>
        %2 = spirv.Load "StorageBuffer" %1 : f32
        spirv.ControlBarrier <Workgroup>, <Workgroup>, <AcquireRelease|UniformMemory|WorkgroupMemory>
        %c0_1 = spirv.Constant 0 : i32
        %c0_2 = spirv.Constant 0 : i32
        %c1_3 = spirv.Constant 1 : i32
        %3 = spirv.AccessChain %x[%c0_1, %thread] : !spirv.ptr<!spirv.struct<(!spirv.rtarray<f32, stride=4> [0])>, StorageBuffer>, i32, i32 -> !spirv.ptr<f32, StorageBuffer>
        spirv.Store "StorageBuffer" %3, %2 : f32
        spirv.Return
      }
    }
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::spirv::SPIRVDialect"];
}

#endif // FRIEZE_COMPILER_CODEGEN_PASSES_TD
