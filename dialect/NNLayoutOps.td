//===- NNLayoutOps.td - Layers that move elements ----------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNLAYOUTOPS_TD
#define FRIEZE_DIALECT_NNLAYOUTOPS_TD

include "dialect/NNOpBase.td"

def NN_ConcatOp : NN_InferredOp<"concat", [NN_EpilogueOpInterface]> {
  let summary = "tensors one after the other along an axis";
  let description = [{
    `y = epilogue(x_0, x_1, ... along axis)`

    Example:

    ```mlir
    %y = nn.concat %a, %b axis = 2 : tensor<1x9x4xf32>, tensor<1x9x2xf32> -> tensor<1x9x6xf32>
    ```

    Constraints:
    - (C1) there is an operand, and `axis` is an axis of it and not the batch.
    - (C2) the operands differ in size along `axis` only.
  }];
  let arguments = (ins Variadic<NN_Tensor>:$inputs, I64Attr:$axis,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $inputs `axis` `=` $axis
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($inputs) `->` type($output)
  }];
}

def NN_IdentityOp : NN_InferredOp<"identity", [NN_EpilogueOpInterface]> {
  let summary = "a kernel that is nothing but its epilogue";
  let description = [{
    `y = epilogue(x)`, for stages that have no kernel before them: batch norm on
    the input of a model, or on a value that is also used as it is.

    Example:

    ```mlir
    %y = nn.identity %x epilogue(affine(1, dense<2.0> : tensor<4xf32>, dense<0.5> : tensor<4xf32>), relu)
           : tensor<1x4xf32>
    ```

    Constraints: none beyond the types.
  }];
  let arguments = (ins NN_Tensor:$input, OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` custom<SameType>(type($input), type($output))
  }];
}

def NN_PadOp : NN_InferredOp<"pad"> {
  let summary = "padding with a constant";
  let description = [{
    Surrounds the input with `value`: `low` positions before and `high` after,
    for each axis.

    Example:

    ```mlir
    %y = nn.pad %x low = [0, 1, 0] high = [0, 2, 0] value = 0.0
           : tensor<1x9x4xf32> -> tensor<1x12x4xf32>
    ```

    Constraints:
    - (C1) `low` and `high` have one entry per axis, none negative.
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$low,
      DenseI64ArrayAttr:$high, F64Attr:$value);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `low` `=` $low `high` `=` $high `value` `=` $value attr-dict
    `:` type($input) `->` type($output)
  }];
}

def NN_ReshapeOp : NN_Op<"reshape"> {
  let summary = "the same elements, in the same order, under another shape";
  let description = [{
    Flattening is a reshape to `(batch, elements)`.

    Example:

    ```mlir
    %y = nn.reshape %x : tensor<1x47x32xf32> -> tensor<1x1504xf32>
    ```

    Constraints:
    - (C1) input and result have the same number of elements and element type.
  }];
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($output)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def NN_TransposeOp : NN_InferredOp<"transpose"> {
  let summary = "permutation of axes";
  let description = [{
    Axis `i` of the result is axis `permutation[i]` of the input.

    Example:

    ```mlir
    %y = nn.transpose %x permutation = [0, 2, 1] : tensor<1x9x4xf32> -> tensor<1x4x9xf32>
    ```

    Constraints:
    - (C1) `permutation` lists every axis of the input once.
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `permutation` `=` $permutation attr-dict
    `:` type($input) `->` type($output)
  }];
  let hasFolder = 1;
}

#endif // FRIEZE_DIALECT_NNLAYOUTOPS_TD
