//===- NNOps.td - Operations of the nn dialect -------------*- tablegen -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_NNOPS_TD
#define FRIEZE_DIALECT_NNOPS_TD

include "dialect/ModelInterface.td"
include "dialect/NNLayoutOps.td"
include "dialect/NNLinearOps.td"
include "dialect/NNNormalizationOps.td"
include "dialect/NNPointwiseOps.td"
include "dialect/NNPoolingOps.td"
include "dialect/NNSequenceOps.td"
include "dialect/NNStreamOps.td"

#endif // FRIEZE_DIALECT_NNOPS_TD
