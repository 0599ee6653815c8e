//===- NNDialect.cpp - The nn dialect ---------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNDialect.h"
#include "dialect/NNAttrs.h"
#include "dialect/NNOps.h"

#include "dialect/NNDialect.cpp.inc"

using namespace frieze::nn;

void NNDialect::initialize() {
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "dialect/NNOps.cpp.inc"
      >();
}

mlir::LogicalResult
NNDialect::verifyOperationAttribute(mlir::Operation *op,
                                    mlir::NamedAttribute attribute) {
  if (attribute.getName() == InterfaceAttr::attributeName &&
      !mlir::isa<InterfaceAttr>(attribute.getValue()))
    return op->emitError("expects ")
           << InterfaceAttr::attributeName << " to be an #nn.interface";
  return mlir::success();
}
