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
    dialect takes several times as long. Buffers become plain pointers.

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
    llvm.func @model_x86_64_v3(%x: !llvm.ptr, %y: !llvm.ptr) {
      %0 = llvm.load %x {alignment = 4 : i64} : !llvm.ptr -> vector<8xf32>
      llvm.store %0, %y {alignment = 4 : i64} : vector<8xf32>, !llvm.ptr
      llvm.return
    }
    ```
  }];
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
    llvm.func @model_x86_64_v3(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr)
    ```
    ==>
    ```mlir
    llvm.func internal @model_x86_64_v3(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr)
    llvm.func @model_run(%x: !llvm.ptr, %y: !llvm.ptr, %arena: !llvm.ptr) {
      llvm.call @model_x86_64_v3(%x, %y, %arena) : (!llvm.ptr, !llvm.ptr, !llvm.ptr) -> ()
      llvm.return
    }
    llvm.mlir.global external constant @model_model() : ...
    ```
  }];
  let options = [
    Option<"sourceSHA256", "source-sha256", "std::string", /*default=*/"\"\"",
           "Hash of the model file, for the description">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
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
    scf.for %i = %c0 to %c8 step %c2 {
      "body"(%i)
    }
    ```
    ==>
    ```mlir
    scf.while (%i = %c0) : (index) -> index {
      "body"(%i)
      %next = arith.addi %i, %c2 : index
      %goes_on = arith.cmpi ne, %next, %c8 : index
      scf.condition(%goes_on) %next : index
    } do {
    ^bb0(%next: index):
      scf.yield %next : index
    }
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
}

#endif // FRIEZE_COMPILER_CODEGEN_PASSES_TD
