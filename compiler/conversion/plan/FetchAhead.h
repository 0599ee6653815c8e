//===- FetchAhead.h - Weights fetched before their use ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_FETCHAHEAD_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_FETCHAHEAD_H

#include "compiler/target/Target.h"
#include "mlir/IR/Operation.h"

namespace frieze {

/// How many times the tiles of rows of a product read its kernel.
enum class KernelReads { Once, Often };

/// Cache lines that the weights of a matrix product are fetched ahead of their
/// use; 0: none. Its packed kernel has `kernelBytes`, which a tile of rows
/// reads from one end of a panel to the other.
int64_t countLinesAhead(const Machine &machine, int64_t kernelBytes,
                        KernelReads reads);

/// Elements behind the kernel of `op`, weights of the ops that follow, that are
/// fetched into the second-level cache while it is multiplied: as many as half
/// of that cache holds; 0 where the kernel or the values of `op` need it, or all
/// weights stay there from one call to the next.
int64_t countElementsBehind(const Machine &machine, mlir::Operation *op,
                            int64_t kernelBytes);

/// Terms of a sum, in a loop of so many, whose weights all `rows` read before
/// those of the next, so that none is read from memory twice; 0 where all terms
/// may be read at once, or no block of some size divides them. The product has
/// a tile of `tileRows`, and all its columns are in whole vectors.
int64_t chooseTermBlock(const Machine &machine, int64_t kernelBytes,
                        int64_t terms, int64_t rows, int64_t tileRows);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_FETCHAHEAD_H
