//===- DensePlan.h - How dense layers are computed --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_DENSEPLAN_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_DENSEPLAN_H

#include "compiler/conversion/plan/KernelPlan.h"
#include "dialect/NNOps.h"

namespace frieze {

KernelPlan planDense(const Target &target, const Machine &machine,
                     nn::DenseOp op);

KernelPlan planMatmul(const Target &target, const Machine &machine,
                      nn::MatmulOp op);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_DENSEPLAN_H
