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
  let extraClassDeclaration = [{
    bool isElementwise() { return true; }
  }];
}

class NN_BinaryOp<string mnemonic, string kind, list<Trait> traits = []>
    : NN_InferredOp<mnemonic, !listconcat(traits, [NN_EpilogueOpInterface])> {
  let arguments = (ins NN_Tensor:$lhs, NN_Tensor:$rhs,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` custom<BinaryTypes>(type($lhs), type($rhs), type($output))
  }];
  let extraClassDeclaration =
      "static constexpr BinaryKind kind = BinaryKind::" # kind # ";\n"
      "bool isElementwise() { return true; }";
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *, ::std::optional<::mlir::Location> loc,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return inferBinary(loc, adaptor.getLhs().getType(), adaptor.getRhs().getType(),
                         adaptor.getEpilogueAttr(), types);
    }
  }];
}

def NN_AddOp : NN_BinaryOp<"add", "Add", [Commutative]> {
  let summary = "elementwise sum of two tensors";
  let description = [{
    `z = epilogue(x + y)`. Along an axis where one operand has size 1, its one
    element meets every element of the other; so in all elementwise ops of two
    operands.

    Example:

    ```mlir
    %z = nn.add %x, %y : tensor<1x9x4xf32>
    ```

    Constraints:
    - (C1) both operands have one rank and element type, and along each axis one
      size, or one of them size 1.
  }];
}

def NN_ConstantOp : NN_Op<"constant"> {
  let summary = "a parameter as a value";
  let description = [{
    For what no layer has as an attribute, such as positions that are added to
    an embedding. It is no kernel: what reads it reads the weights. Alone among
    parameters it may be infinite, as masks are.

    Example:

    ```mlir
    %p = nn.constant value(dense<0.5> : tensor<1x9x4xf32>) : tensor<1x9x4xf32>
    ```

    Constraints:
    - (C1) the result has the shape of the value.
  }];
  let arguments = (ins NN_Weights:$value);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = "`value` `(` $value `)` attr-dict `:` type($output)";
  let extraClassDeclaration = [{
    bool isKernel() { return false; }
  }];
  let hasVerifier = 1;
}

def NN_SubOp : NN_BinaryOp<"sub", "Sub"> {
  let summary = "elementwise difference of two tensors";
  let description = [{
    `z = epilogue(x - y)`

    Example:

    ```mlir
    %z = nn.sub %x, %y : tensor<1x9x4xf32>
    ```

    Constraints: none beyond those of `nn.add`.
  }];
}

def NN_MulOp : NN_BinaryOp<"mul", "Mul", [Commutative]> {
  let summary = "elementwise product of two tensors";
  let description = [{
    `z = epilogue(x * y)`; with a `y` of one position, it weighs the channels of x.

    Example:

    ```mlir
    %z = nn.mul %x, %y : tensor<1x9x4xf32>, tensor<1x1x4xf32> -> tensor<1x9x4xf32>
    ```

    Constraints: none beyond those of `nn.add`.
  }];
}

def NN_DivOp : NN_BinaryOp<"div", "Div"> {
  let summary = "elementwise quotient of two tensors";
  let description = [{
    `z = epilogue(x / y)`

    Example:

    ```mlir
    %z = nn.div %x, %y : tensor<1x9x4xf32>
    ```

    Constraints: none beyond those of `nn.add`.
  }];
}

def NN_MaximumOp : NN_BinaryOp<"maximum", "Maximum"> {
  let summary = "elementwise maximum of two tensors";
  let description = [{
    `z = epilogue(max(x, y))`. NaN wins, and of two zeros the second, as in
    `nn.max_pool`.

    Example:

    ```mlir
    %z = nn.maximum %x, %y : tensor<1x9x4xf32>
    ```

    Constraints: none beyond those of `nn.add`.
  }];
}

def NN_MinimumOp : NN_BinaryOp<"minimum", "Minimum"> {
  let summary = "elementwise minimum of two tensors";
  let description = [{
    `z = epilogue(min(x, y))`. NaN wins, and of two zeros the second.

    Example:

    ```mlir
    %z = nn.minimum %x, %y : tensor<1x9x4xf32>
    ```

    Constraints: none beyond those of `nn.add`.
  }];
}

def NN_PowOp : NN_BinaryOp<"pow", "Pow"> {
  let summary = "elementwise power of two tensors";
  let description = [{
    `z = epilogue(x^y)`, as C's `pow` has it where x or y is zero, infinite, NaN
    or below zero: NaN where a finite x below zero has a y that is not whole, and
    1 where x is 1 or y is 0, whatever the other one is. In f32 the product of
    y and log(x) has twice the digits of f32, so that the error is that of the
    exponential behind it, not in proportion to the product; see `pow` in
    `dialect/ElementaryFunctions.h`.

    Example:

    ```mlir
    %z = nn.pow %x, %y : tensor<1x9x4xf32>
    ```

    Constraints: none beyond those of `nn.add`.
  }];
}

def NN_EqualOp : NN_BinaryOp<"equal", "Equal", [Commutative]> {
  let summary = "elementwise comparison for equality";
  let description = [{
    `z = epilogue(x == y ? 1 : 0)`; NaN equals nothing, and zeros of both signs
    are equal. Truth is 1 and falsehood 0 in all comparisons.

    Example:

    ```mlir
    %z = nn.equal %x, %y : tensor<1x9x4xf32>
    ```

    Constraints: none beyond those of `nn.add`.
  }];
}

def NN_NotEqualOp : NN_BinaryOp<"not_equal", "NotEqual", [Commutative]> {
  let summary = "elementwise comparison for difference";
  let description = [{
    `z = epilogue(x == y ? 0 : 1)`; NaN differs from everything.

    Example:

    ```mlir
    %z = nn.not_equal %x, %y : tensor<1x9x4xf32>
    ```

    Constraints: none beyond those of `nn.add`.
  }];
}

def NN_LessOp : NN_BinaryOp<"less", "Less"> {
  let summary = "elementwise comparison for order";
  let description = [{
    `z = epilogue(x < y ? 1 : 0)`, 0 where one is NaN.

    Example:

    ```mlir
    %z = nn.less %x, %y : tensor<1x9x4xf32>
    ```

    Constraints: none beyond those of `nn.add`.
  }];
}

def NN_LessEqualOp : NN_BinaryOp<"less_equal", "LessEqual"> {
  let summary = "elementwise comparison for order or equality";
  let description = [{
    `z = epilogue(x <= y ? 1 : 0)`, 0 where one is NaN.

    Example:

    ```mlir
    %z = nn.less_equal %x, %y : tensor<1x9x4xf32>
    ```

    Constraints: none beyond those of `nn.add`.
  }];
}

def NN_SelectOp : NN_InferredOp<"select", [NN_EpilogueOpInterface]> {
  let summary = "elementwise choice between two tensors";
  let description = [{
    `z = epilogue(c != 0 ? x : y)`: what is not chosen does not matter, be it NaN.
    NaN is no zero, so that it chooses x. Sizes of 1 are repeated as in `nn.add`.

    Example:

    ```mlir
    %z = nn.select %c, %x, %y : tensor<1x9x4xf32>, tensor<1x9x4xf32>, tensor<1x9x1xf32>
           -> tensor<1x9x4xf32>
    ```

    Constraints:
    - (C1) the operands have one rank and element type, and along each axis one
      size, or size 1.
  }];
  let arguments = (ins NN_Tensor:$condition, NN_Tensor:$chosen, NN_Tensor:$other,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $condition `,` $chosen `,` $other
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` type($condition) `,` type($chosen) `,` type($other) `->` type($output)
  }];
  let extraClassDeclaration = [{
    bool isElementwise() { return true; }
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
  let extraClassDeclaration = [{
    bool isElementwise() { return true; }
  }];
}

def NN_PreluOp : NN_InferredOp<"prelu", [NN_EpilogueOpInterface]> {
  let summary = "leaky ReLU with trained slopes";
  let description = [{
    `y = epilogue(x if x >= 0, else slope * x)`; NaN stays. Along an axis where
    the slopes have size 1, they are repeated. (He et al., "Delving Deep into
    Rectifiers", 2015.)

    Example:

    ```mlir
    %y = nn.prelu %x slope(dense<0.25> : tensor<1x1x4xf32>) : tensor<1x9x4xf32>
    ```

    Constraints:
    - (C1) the slopes have the rank of the input, its sizes or 1, and 1 for the
      batch.
  }];
  let arguments = (ins NN_Tensor:$input, NN_Weights:$slope,
      OptionalAttr<NN_Epilogue>:$epilogue);
  let results = (outs NN_Tensor:$output);
  let assemblyFormat = [{
    $input `slope` `(` $slope `)`
    (`epilogue` `(` custom<Epilogue>($epilogue)^ `)`)? attr-dict
    `:` custom<SameType>(type($input), type($output))
  }];
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis);
    bool canPermuteAxes(::llvm::ArrayRef<int64_t> permutation);
    void permuteAxes(::llvm::ArrayRef<int64_t> permutation);
  }];
}

def NN_SoftmaxOp : NN_InferredOp<"softmax"> {
  let summary = "softmax along one axis";
  let description = [{
    `y = exp(x - m) / sum(exp(x - m))` with `m = max(x)`, maximum and sum over
    axis `axis`. In f32 the sum takes its terms as `nn.reduce` does.

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
  let extraClassDeclaration = [{
    bool keepsPositionsApart(int64_t axis) { return axis != int64_t(getAxis()); }
    bool canPermuteAxes(::llvm::ArrayRef<int64_t> permutation);
    void permuteAxes(::llvm::ArrayRef<int64_t> permutation);
  }];
}

#endif // FRIEZE_DIALECT_NNPOINTWISEOPS_TD
