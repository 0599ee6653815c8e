//===- Panels.h - Columns that are packed together --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_PANELS_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_PANELS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>

namespace frieze {

/// Columns of more than one panel of a kernel lie so many elements apart that
/// the lines of a panel would meet few sets of a cache, and no processor sees
/// them coming. A panel holds the tiles of every machine.
inline constexpr int64_t panelColumns = 64;

/// Columns of a product that are products of their own: `count` panels of so
/// many from `first`, whose weights are padded.
struct Panels {
  int64_t first, count, columns, padded;
};

/// `columns` columns, with their padding `padded`, in panels of `size`, of
/// which the last one may have fewer; 0: in one.
llvm::SmallVector<Panels, 2> getPanels(int64_t columns, int64_t padded,
                                       int64_t size);

/// Appends `columns` columns from `first` of the rows of a matrix, padded with
/// zeros to `padded`, to `packed`: a panel of `size` columns after the other,
/// and of each a row after the other.
template <typename T>
void packPanels(llvm::ArrayRef<T> matrix, int64_t rows, int64_t first,
                int64_t columns, int64_t padded, int64_t size,
                llvm::SmallVectorImpl<T> &packed) {
  int64_t stride = matrix.size() / rows;
  for (int64_t panel = 0; panel < padded; panel += size)
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = panel; column < std::min(panel + size, padded);
           ++column)
        packed.push_back(
            column < columns ? matrix[row * stride + first + column] : T(0));
}

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_PANELS_H
