//===- BinaryStage.cpp - Binary ops on results in registers -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/BinaryStage.h"
#include "compiler/conversion/emit/VectorOps.h"
#include "compiler/conversion/plan/BinaryInEpilogue.h"
#include "dialect/ElementaryFunctions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

std::optional<BinaryStage> frieze::findBinaryStage(KernelBuilder &kernel,
                                                   Operation *op) {
  std::optional<BinaryInEpilogue> binary = findBinaryInEpilogue(op);
  if (!binary)
    return std::nullopt;
  auto stages = cast<EpilogueOpInterface>(binary->op).getEpilogueStages();
  return BinaryStage{binary->kind, kernel.buffers[binary->other],
                     binary->otherIsFirst,
                     kernel.loadEpilogue(binary->op, stages)};
}

/// 1 where it holds, else 0.
static Value compare(KernelBuilder &kernel, arith::CmpFPredicate predicate,
                     Value x, Value y) {
  int64_t width = cast<VectorType>(x.getType()).getDimSize(0);
  return kernel.select(predicate, x, y, kernel.constant(1.0f, width),
                       kernel.constant(0.0f, width));
}

Value frieze::combine(KernelBuilder &kernel, BinaryKind kind, Value x,
                      Value y) {
  switch (kind) {
  case BinaryKind::Add:
    return kernel.addFloat(x, y);
  case BinaryKind::Sub:
    return arith::SubFOp::create(kernel.builder, kernel.getLocation(), x, y);
  case BinaryKind::Mul:
    return kernel.mulFloat(x, y);
  case BinaryKind::Div:
    return arith::DivFOp::create(kernel.builder, kernel.getLocation(), x, y);
  case BinaryKind::Maximum:
    return kernel.maximum(x, y);
  case BinaryKind::Minimum:
    return kernel.minimum(x, y);
  case BinaryKind::Pow: {
    VectorOps ops(kernel, cast<VectorType>(x.getType()).getDimSize(0));
    return ElementaryFunctions<VectorOps>(ops).pow(x, y);
  }
  case BinaryKind::Equal:
    return compare(kernel, arith::CmpFPredicate::OEQ, x, y);
  case BinaryKind::NotEqual:
    return compare(kernel, arith::CmpFPredicate::UNE, x, y);
  case BinaryKind::Less:
    return compare(kernel, arith::CmpFPredicate::OLT, x, y);
  case BinaryKind::LessEqual:
    return compare(kernel, arith::CmpFPredicate::OLE, x, y);
  }
  llvm_unreachable("covered switch");
}

void frieze::storeResults(KernelBuilder &kernel, const BinaryStage *stage,
                          Value vector, Value buffer, Value at, int64_t width) {
  if (stage) {
    vector = kernel.takeLanes(vector, width);
    Value other = kernel.loadVector(stage->other, at, width);
    vector = stage->otherIsFirst ? combine(kernel, stage->kind, other, vector)
                                 : combine(kernel, stage->kind, vector, other);
    vector = kernel.applyEpilogue(stage->epilogue, vector, kernel.index(0));
  }
  kernel.storeVector(vector, buffer, at, width);
}
