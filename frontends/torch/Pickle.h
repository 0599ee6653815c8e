//===- Pickle.h - State dicts that PyTorch pickled --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TORCH_PICKLE_H
#define FRIEZE_FRONTENDS_TORCH_PICKLE_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze::torch {

/// A tensor as torch.save() writes it: numbers of a storage, which has a file
/// of its own.
struct PickledTensor {
  /// The class of the storage, such as `FloatStorage`, and its file's name.
  std::string storageClass, storageKey;
  int64_t offset = 0;
  llvm::SmallVector<int64_t> sizes, strides;
};

/// The tensors of a pickled dictionary by their names. Nothing is executed:
/// of the opcodes of pickles, those are read that torch.save() of such a
/// dictionary writes, and of what they may construct, tensors and dictionaries
/// alone. Anything else is an error.
llvm::Expected<llvm::StringMap<PickledTensor>>
readPickledTensors(llvm::StringRef bytes);

} // namespace frieze::torch

#endif // FRIEZE_FRONTENDS_TORCH_PICKLE_H
