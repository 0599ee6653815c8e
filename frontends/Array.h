//===- Array.h - A tensor read from a file ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ARRAY_H
#define FRIEZE_FRONTENDS_ARRAY_H

#include "dialect/Limits.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace frieze {

/// A tensor of float32, row major.
struct Array {
  llvm::SmallVector<int64_t> shape;
  std::vector<float> values;
};

/// The same in float64, which weights are kept in until they are rounded once.
struct DoubleArray {
  llvm::SmallVector<int64_t> shape;
  std::vector<double> values;

  DoubleArray() = default;
  DoubleArray(llvm::SmallVector<int64_t> shape, std::vector<double> values)
      : shape(std::move(shape)), values(std::move(values)) {}
  DoubleArray(const Array &array)
      : shape(array.shape), values(array.values.begin(), array.values.end()) {}
};

/// An array with its name in the file.
struct NamedArray {
  std::string name;
  Array array;
};

/// How a file stores numbers.
enum class ElementKind { Bool, Signed, Unsigned, Float, BFloat };
struct ElementType {
  ElementKind kind;
  /// Bytes of an element.
  size_t size;
  bool isBigEndian = false;
};

/// Rounds stored numbers to float32. `bytes` holds whole elements of a type
/// that isSupported() knows.
std::vector<float> decodeElements(llvm::StringRef bytes, ElementType type);
bool isSupported(ElementType type);

/// The number of elements of `shape`. Nothing, if a size is negative or a limit
/// above exceeded.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape);

/// The elements of `shape`, row major, of which neighbours along each axis are
/// so many of `strides` apart in `values`.
template <typename T>
std::vector<T> readStrided(llvm::ArrayRef<T> values,
                           llvm::ArrayRef<int64_t> shape,
                           llvm::ArrayRef<int64_t> strides) {
  int64_t count = 1, from = 0;
  for (int64_t size : shape)
    count *= size;
  std::vector<T> elements(count);
  llvm::SmallVector<int64_t> index(shape.size(), 0);
  for (T &element : elements) {
    element = values[from];
    for (size_t axis = shape.size(); axis-- > 0;) {
      from += strides[axis];
      if (++index[axis] < shape[axis])
        break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return elements;
}

/// `(2, 32, 32)`
std::string formatShape(llvm::ArrayRef<int64_t> shape);

/// An error that is its message.
llvm::Error makeError(const llvm::Twine &message);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_ARRAY_H
