//===- TermBlocks.h - Sums whose weights come from memory -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_TERMBLOCKS_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_TERMBLOCKS_H

#include "compiler/conversion/emit/MatrixProduct.h"

namespace frieze {

/// What is emitted of a product for some of its rows: its bases are set by
/// `EmitRows`.
using EmitProduct = llvm::function_ref<void(const MatrixProduct &)>;
/// Calls the function for the parts of `product` that have rows of their own,
/// with so many elements added to where the input and the weights begin.
using EmitRows =
    llvm::function_ref<void(MatrixProduct product, mlir::Value inputAt,
                            mlir::Value weightAt, EmitProduct)>;

/// Emits the columns of a panel in blocks of `block` terms, all rows for each,
/// so that weights are read from memory once: the sums of each block go on from
/// those of the block before, which lie in the output. `block` divides the
/// innermost loop of terms; with 0, all terms are one block.
void emitTermBlocks(KernelBuilder &kernel, const MatrixProduct &product,
                    const MatrixTile &tile, int64_t block, EmitRows emitRows);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_TERMBLOCKS_H
