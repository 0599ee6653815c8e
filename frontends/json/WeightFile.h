//===- WeightFile.h - Arrays by name from a file ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_JSON_WEIGHTFILE_H
#define FRIEZE_FRONTENDS_JSON_WEIGHTFILE_H

#include "frontends/Array.h"

#include <memory>

namespace frieze {

/// Arrays by name.
class WeightFile {
public:
  virtual ~WeightFile() = default;
  /// The array `name`; the error says so where there is none.
  virtual llvm::Expected<Array> read(llvm::StringRef name) const = 0;
};

/// The arrays of a .npz, .safetensors or HDF5 file; the content decides which.
llvm::Expected<std::unique_ptr<WeightFile>> parseWeightFile(std::string bytes);

/// The same for the bytes of a .safetensors file: the size of a JSON header,
/// the header, and the data.
llvm::Expected<std::unique_ptr<WeightFile>> parseSafetensors(std::string bytes);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_JSON_WEIGHTFILE_H
