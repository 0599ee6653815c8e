//===- ModelInterface.td - What callers of a model know ----*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_MODELINTERFACE_TD
#define FRIEZE_DIALECT_MODELINTERFACE_TD

include "dialect/NNDialect.td"
include "mlir/IR/AttrTypeBase.td"

def NN_Symbols : ArrayRefParameter<"::mlir::FlatSymbolRefAttr", "symbols of functions">;

def NN_TensorInterfaceAttr : AttrDef<NN_Dialect, "TensorInterface"> {
  let mnemonic = "tensor";
  let summary = "An input or output of a compiled model";
  let description = [{
    Its name in the model file and its type. An element x of a quantised tensor
    stands for `scale * (x - zero_point)`; of any other the scale is 1 and the
    zero point 0. Prints as `<"x" : tensor<1x145xf32>>`, with `scale` and
    `zero_point` where they are others.
  }];
  let parameters = (ins "::mlir::StringAttr":$name,
      "::mlir::RankedTensorType":$type,
      APFloatParameter<"value of a step">:$scale,
      "int64_t":$zero_point);
  let builders = [AttrBuilderWithInferredContext<(ins "::mlir::StringAttr":$name,
      "::mlir::RankedTensorType":$type), [{
    return $_get(name.getContext(), name, type, ::llvm::APFloat(1.0), 0);
  }]>];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<int64_t> getShape() const { return getType().getShape(); }
    int64_t getNumElements() const { return getType().getNumElements(); }
  }];
}

def NN_StreamInterfaceAttr : AttrDef<NN_Dialect, "StreamInterface"> {
  let mnemonic = "stream";
  let summary = "How a model slides over a recording";
  let description = [{
    In samples: the `window`, the `hop` from one to the next, and `missing`,
    which the block lacks when a recording starts; in elements: the `channels`
    of a sample; in windows: a `block` that is computed at once, and `early`
    ones, which begin before the recording. In bytes: the `state` and its
    `alignment`, and where in it `samples` of the block and `unwanted` scores
    lie. Last the symbols of the functions that compute one window and, where a
    block has more, a block, one for each machine of the target. A stream that
    remembers nothing has no state, and its functions take all samples.
  }];
  let parameters = (ins "int64_t":$window, "int64_t":$hop, "int64_t":$channels,
      "int64_t":$block, "int64_t":$early, "int64_t":$missing,
      "int64_t":$samples, "int64_t":$unwanted, "int64_t":$state,
      "int64_t":$alignment, NN_Symbols:$window_variants,
      OptionalArrayRefParameter<"::mlir::FlatSymbolRefAttr">:$block_variants);
  let assemblyFormat = [{
    `<` struct($window, $hop, $channels, $block, $early, $missing, $samples,
               $unwanted, $state, $alignment)
    `,` `window_variants` `=` `[` $window_variants `]`
    (`,` `block_variants` `=` `[` $block_variants^ `]`)? `>`
  }];
  let genVerifyDecl = 1;
}

def NN_InterfaceAttr : AttrDef<NN_Dialect, "Interface"> {
  let mnemonic = "interface";
  let summary = "What callers of a compiled model know";
  let description = [{
    The attribute `nn.interface` of a module that has been lowered to loops: the
    prefix of every symbol, the target, the multiply-adds of a call, the bytes
    of the parameters and of the arena with its alignment, how many calls a
    function takes at once, how many of them make one run (each takes as large a
    part of every tensor, one after the other), what goes in and out of a run, and
    the symbols of the functions, one for each machine of the target, the best
    first.
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "::mlir::StringAttr":$target,
      "int64_t":$macs, "int64_t":$weights_bytes, "int64_t":$arena_bytes,
      "int64_t":$arena_alignment, "int64_t":$micro_batch,
      DefaultValuedParameter<"int64_t", "1">:$calls_per_run,
      ArrayRefParameter<"TensorInterfaceAttr">:$inputs,
      ArrayRefParameter<"TensorInterfaceAttr">:$outputs,
      NN_Symbols:$variants,
      OptionalParameter<"StreamInterfaceAttr">:$stream);
  let assemblyFormat = [{
    `<` struct($name, $target, $macs, $weights_bytes, $arena_bytes,
               $arena_alignment, $micro_batch)
    `,` (`calls_per_run` `=` $calls_per_run^ `,`)? `inputs` `=` `[` $inputs `]` `,` `outputs` `=` `[` $outputs `]`
    `,` `variants` `=` `[` $variants `]` (`,` `stream` `=` $stream^)? `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The name of the module's attribute.
    static constexpr ::llvm::StringLiteral attributeName = "nn.interface";
    /// That of `module`, or null.
    static InterfaceAttr find(::mlir::Operation *module) {
      return module->getAttrOfType<InterfaceAttr>(attributeName);
    }
  }];
}

#endif // FRIEZE_DIALECT_MODELINTERFACE_TD
