//===- CallsPerRun.h - A run that takes several calls -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_CALLSPERRUN_H
#define FRIEZE_COMPILER_CONVERSION_CALLSPERRUN_H

#include "compiler/target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace frieze {

/// The attribute of `@model` that tells how many calls of it make one run: each
/// takes as large a part of all inputs and outputs, one after the other.
inline constexpr llvm::StringLiteral callsPerRunName = "nn.calls_per_run";

/// How many that are, 1 where there is no such attribute.
inline int64_t getCallsPerRun(mlir::func::FuncOp model) {
  auto calls = model->getAttrOfType<mlir::IntegerAttr>(callsPerRunName);
  return calls ? calls.getInt() : 1;
}

/// A call of `model`, of which a run makes several, with that attribute; null
/// where a run is a call of `model` as it is (see nn-separate-samples).
mlir::OwningOpRef<mlir::func::FuncOp> separateSamples(mlir::func::FuncOp model,
                                                      const Target &target);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_CALLSPERRUN_H
