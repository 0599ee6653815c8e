//===- Signature.h - The names that a model had -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TFLITE_SIGNATURE_H
#define FRIEZE_FRONTENDS_TFLITE_SIGNATURE_H

#include "frontends/ModelBuilder.h"
#include "frontends/tflite/FlatTable.h"

#include <map>

namespace frieze::tflite {

/// What tensors were called before the model was converted, by their numbers. A
/// tensor may have several names.
class TensorNames {
public:
  void add(int64_t index, llvm::StringRef name);
  /// The next of the tensor's names, of which the last one stays, or `own`
  /// where it has none.
  std::string take(int64_t index, llvm::StringRef own);
  /// How many are left.
  int64_t count(int64_t index) const;

private:
  std::map<int64_t, std::vector<std::string>> names;
};

struct Signature {
  TensorNames inputs, outputs;
};

/// The signature of `model`, empty where it has none. Reports more than one,
/// and one of another graph than the first.
Signature readSignature(ModelBuilder &builder, const FlatTable &model);

} // namespace frieze::tflite

#endif // FRIEZE_FRONTENDS_TFLITE_SIGNATURE_H
