//===- OutputLayers.h - Layers chosen as outputs of a model -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_OUTPUTLAYERS_H
#define FRIEZE_FRONTENDS_OUTPUTLAYERS_H

#include "frontends/ModelBuilder.h"

namespace frieze {

/// A result of a model that can be one of its outputs.
struct OutputCandidate {
  /// The layer's name behind those of the models around it, `/base/conv`; where
  /// a layer is called several times, with the number of the call, from 0 on:
  /// `/base/conv:1`. Different for each candidate.
  std::string path;
  /// The same without numbers of calls.
  std::string layer;
};

/// Whether `name` is `path`, or the end of it from a slash on.
bool isEndOf(llvm::StringRef name, llvm::StringRef path);
/// Names in a message, of which a model can have thousands: the first few.
std::string listNames(llvm::ArrayRef<llvm::StringRef> names, size_t count = 5);

/// The candidates that `chosen` name, in that order: each by its path or by the
/// end of one, such as `conv:1` or, where no other layer is called so, `conv`.
/// Reports names that are none's or several candidates', and returns nothing.
std::optional<llvm::SmallVector<size_t>>
chooseOutputs(ModelBuilder &builder, llvm::ArrayRef<std::string> chosen,
              llvm::ArrayRef<OutputCandidate> candidates);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_OUTPUTLAYERS_H
