//===- NumpyFile.h - NumPy's .npy and .npz ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_NUMPYFILE_H
#define FRIEZE_FRONTENDS_NUMPYFILE_H

#include "frontends/Array.h"

namespace frieze {

/// What the header of a .npy file says of its array.
struct NpyHeader {
  ElementType type{ElementKind::Float, 4};
  /// Whether the first axis varies fastest.
  bool isFortran = false;
  llvm::SmallVector<int64_t> shape;
};

/// Takes the header off the bytes of a .npy file, or of its beginning.
llvm::Expected<NpyHeader> takeNpyHeader(llvm::StringRef &bytes);

/// The array in the bytes of a .npy file: numbers of any kind and byte order,
/// in C or Fortran order, but no objects or records.
llvm::Expected<Array> parseNpy(llvm::StringRef bytes);

/// The arrays in the bytes of a .npz file, in its order, named without `.npy`,
/// each name once.
llvm::Expected<std::vector<NamedArray>> parseNpz(llvm::StringRef bytes);

/// Reads a .npz file, or a .npy file as one array without a name. The content
/// decides which it is. Errors do not name the file.
llvm::Expected<std::vector<NamedArray>> readNumpyFile(llvm::StringRef path);

/// `array` as the bytes of a .npy file.
std::string formatNpy(const Array &array);

enum class NumpyFormat { Npy, Npz };

/// The format that the extension of `path` asks for. Pipes and devices without
/// one get .npz.
llvm::Expected<NumpyFormat> findNumpyFormat(llvm::StringRef path);

/// Writes `arrays` to `path`; see writeFile. A .npy file holds one, a .npz
/// file, uncompressed, any number of different names.
llvm::Error writeNumpyFile(llvm::StringRef path, NumpyFormat format,
                           llvm::ArrayRef<NamedArray> arrays);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_NUMPYFILE_H
