//===- ModelInterface.h - What code generation is told ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_MODELINTERFACE_H
#define FRIEZE_DIALECT_MODELINTERFACE_H

#include "mlir/IR/Operation.h"

namespace frieze::nn {

/// Checks the value of `nn.interface`, an attribute of the module that has been
/// lowered to loops:
///
/// | key | value |
/// |---|---|
/// | `name` | prefix of every symbol, a C identifier |
/// | `target` | name of the target |
/// | `inputs`, `outputs` | for each tensor its `name` and `shape` |
/// | `variants` | symbols of the functions, best first |
/// | `micro_batch` | calls that run together |
/// | `arena_bytes`, `arena_alignment` | scratch memory of a call |
/// | `weights_bytes`, `macs` | for the description |
/// | `stream` | of a model that slides over a recording: `window`, `hop`,
/// `channels`, `block`, `early_windows`, `missing_samples`, `samples_offset`,
/// `unwanted_offset`, `state_bytes`, `state_alignment`, `window_variants`, and
/// `block_variants` where a block has more than one window |
///
/// Every number is a 64-bit integer that is not negative; reports what is
/// missing or of another kind.
mlir::LogicalResult verifyModelInterface(mlir::Operation *module,
                                         mlir::Attribute interface);

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_MODELINTERFACE_H
