//===- BeatClassifier.h - From windows around beats to labels ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BEATCLASSIFIER_H
#define FRIEZE_TOOLS_ECG_BEATCLASSIFIER_H

#include "frieze/model.h"
#include "tools/frieze-ecg/beats/BeatFile.h"
#include "tools/frieze-ecg/classes/BeatWindows.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace frieze::ecg {

/// An input of a model that is made of RR intervals.
struct RRInput {
  std::string name;
  std::vector<RRFeature> features;
};

/// What is said of a model that classifies beats, as it does not say it itself.
struct BeatModelOptions {
  BeatWindowOptions window;
  std::vector<RRInput> inputs;
  /// Names of its outputs, in their order.
  std::vector<std::string> classes;
  /// Whether it does not end in a softmax, which is then applied.
  bool logits = false;
};

/// A model of windows around beats. Any number of threads may use one.
class BeatClassifier {
public:
  /// Checks that options and model fit; `path` is for diagnostics. Both must
  /// outlive the result.
  static llvm::Expected<BeatClassifier> create(llvm::StringRef path,
                                               const frieze_model &model,
                                               const BeatModelOptions &options);

  /// Classifies beats, in samples of the recording, ascending. A beat whose
  /// window misses a sample, or which has no RR interval that the model needs,
  /// has no class. An output that is no probability is an error.
  llvm::Expected<BeatLabels> classify(const Recording &recording,
                                      llvm::ArrayRef<uint64_t> beats) const;

private:
  BeatClassifier(llvm::StringRef path, const frieze_model &model,
                 const BeatModelOptions &options)
      : path(path), model(model), options(options) {}

  llvm::Error matchInputs();
  /// Runs the model on all inputs of so many beats.
  std::vector<float> run(llvm::ArrayRef<std::vector<float>> inputs,
                         size_t count) const;
  llvm::Error finish(llvm::MutableArrayRef<float> scores, uint64_t beat) const;

  llvm::StringRef path;
  const frieze_model &model;
  const BeatModelOptions &options;
  /// Which of the model's inputs the window is, and which of options.inputs
  /// each of the others.
  size_t windowInput = 0;
  std::vector<const RRInput *> rrInputs;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BEATCLASSIFIER_H
