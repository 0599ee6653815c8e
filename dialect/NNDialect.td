//===- NNDialect.td - The nn dialect -----------------------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNDIALECT_TD
#define FRIEZE_DIALECT_NNDIALECT_TD

include "mlir/IR/OpBase.td"

def NN_Dialect : Dialect {
  let name = "nn";
  let cppNamespace = "::frieze::nn";
  let summary = "What a trained model is: layers on tensors";
  let description = [{
    One op per kind of layer, on ranked tensors of static shape. Axis 0 is the
    batch; images and sequences are channels-last: `(batch, length, channels)`
    in 1-D and `(batch, height, width, channels)` in 2-D.

    Trained parameters are attributes of the layer that owns them, as a
    `dense_resource` (written by the frontends; never printed in full) or a
    `dense` literal (in hand-written tests). A parameter may have element type
    f64 while the graph computes in f32: folds keep their results in double, and
    `nn-round-parameters` rounds each of them once, last.

    A compute op carries an `epilogue(...)`: the pointwise stages that run on
    each result while it is still in a register. One op is then one kernel.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = "void registerAttributes();";
}

#endif // FRIEZE_DIALECT_NNDIALECT_TD
