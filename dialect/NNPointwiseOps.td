//===- NNPointwiseOps.td - Elementwise layers and softmax --*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNPOINTWISEOPS_TD
#define FRIEZE_DIALECT_NNPOINTWISEOPS_TD

include "dialect/NNOpBase.td"

def NN_ActivationOp : NN_InferredOp<"activation"> {
  let summary = "a pointwise function";
  let description = [{
    `y = f(x)` for each element; see `#nn.activation` for the functions.

    Example:

    ```mlir
    %y = nn.activation leaky_relu(0.3) %x : tensor<1x9x4xf32>
    ```

    Constraints: none beyond the types.
  }];
  let arguments = (ins NN_Tensor:$input, NN_ActivationAttr:$function);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    custom<Function>($function) $input attr-dict
    `:` custom<SameType>(type($input), type($output))
  }];
}

def NN_AddOp : NN_InferredOp<"add", [Commutative, NN_EpilogueOpInterface]> {
  let summary = "elementwise sum of two tensors";
  let description = [{
    `z = epilogue(x + y)`

    Example:

    ```mlir
    %z = nn.add %x, %y : tensor<1x9x4xf32>
    ```

    Constraints:
    - (C1) both operands have the same type.
  }];
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` custom<SameTypes>(type($lhs), type($rhs), type($output))
  }];
}

def NN_DropoutOp : NN_InferredOp<"dropout"> {
  let summary = "a layer that acts in training only";
  let description = [{
    `y = x` at inference. Dropout and noise layers are imported as this op, so
    that the imported IR shows every layer of the file; `rate` is informative.

    Example:

    ```mlir
    %y = nn.dropout %x rate = 0.1 : tensor<1x9x4xf32>
    ```

    Constraints: none beyond the types.
  }];
  let arguments = (ins NN_Tensor:$input, F64Attr:$rate);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `rate` `=` $rate attr-dict
    `:` custom<SameType>(type($input), type($output))
  }];
}

def NN_SoftmaxOp : NN_InferredOp<"softmax"> {
  let summary = "softmax along one axis";
  let description = [{
    `y = exp(x - m) / sum(exp(x - m))` with `m = max(x)`, maximum and sum over
    axis `axis`. In f32 the sum takes its terms in the order of the axis.

    Example:

    ```mlir
    %y = nn.softmax %x axis = 1 : tensor<1x10xf32>
    ```

    Constraints:
    - (C1) `axis` is an axis of the input and not the batch.
  }];
  let arguments = (ins NN_Tensor:$input, I64Attr:$axis);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `axis` `=` $axis attr-dict
    `:` custom<SameType>(type($input), type($output))
  }];
}

#endif // FRIEZE_DIALECT_NNPOINTWISEOPS_TD
