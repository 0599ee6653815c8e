//===- Classifier.h - The model that finds beats ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_CLASSIFIER_H
#define FRIEZE_TOOLS_ECG_CLASSIFIER_H

#include "frieze/model.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <optional>
#include <string>

namespace frieze::ecg {

/// A model as code in this process, with what keeps it there.
struct Classifier {
  std::shared_ptr<const frieze_model> model;

  const frieze_model &operator*() const { return *model; }
};

/// Loads `path`, an artefact of frieze-compile's, or else a model file, which
/// is compiled for windows that move along a recording by `hop` samples, or for
/// single ones where that is none; and for `target`, or this processor where
/// that is "". Where a layer keeps windows from sharing their work, a warning
/// says so, and the model is compiled for single ones. What is wrong with a
/// layer is told on standard error; errors do not name the file.
llvm::Expected<Classifier> loadClassifier(llvm::StringRef path,
                                          std::optional<int64_t> hop,
                                          llvm::StringRef target);

/// The classifier that comes with this program, whether it is installed, in a
/// package of Python or in the folder of a build: share/frieze/ecg.keras beside
/// the folder of the program.
std::string getOwnClassifier();

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_CLASSIFIER_H
