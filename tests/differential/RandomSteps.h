//===- RandomSteps.h - Random graphs taken step by step ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_DIFFERENTIAL_RANDOMSTEPS_H
#define FRIEZE_TESTS_DIFFERENTIAL_RANDOMSTEPS_H

#include "mlir/IR/BuiltinOps.h"

namespace frieze {

/// A model of one to five layers on a sequence of one step, as nn-opt could
/// have made it, whose result has a step, too: recurrent ones that run
/// forwards, causal convolutions, and such as keep steps apart. The same for
/// the same seed.
mlir::OwningOpRef<mlir::ModuleOp> createRandomSteps(mlir::MLIRContext *context,
                                                    uint64_t seed);

/// Such a model, with `steps` steps.
mlir::OwningOpRef<mlir::ModuleOp> lengthenSequence(mlir::ModuleOp graph,
                                                   int64_t steps);

} // namespace frieze

#endif // FRIEZE_TESTS_DIFFERENTIAL_RANDOMSTEPS_H
