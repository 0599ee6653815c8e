//===- Classify.h - The job of frieze-ecg classify --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_CLASSIFY_H
#define FRIEZE_TOOLS_ECG_CLASSIFY_H

#include "tools/frieze-ecg/Job.h"
#include "tools/frieze-ecg/classes/BeatClassifier.h"
#include "tools/frieze-ecg/recordings/Recording.h"

#include <string>
#include <vector>

namespace frieze::ecg {

/// What the command line asks for.
struct ClassifyOptions {
  /// Artefact or model file of the classifier of beats.
  std::string model;
  /// Files or folders with the beats to classify...
  std::vector<std::string> beats;
  /// ...or artefact or model file that finds them, as scan does.
  std::string detector;
  JobOptions job;
  RecordingOptions recording;
  BeatModelOptions beatModel;
  /// File for a page with the one record, or none.
  std::string report;
};

/// Classifies the beats of all records and writes them. Returns the exit
/// status: with any error it is 1, and the beats of the other records are
/// written.
int classify(const ClassifyOptions &options);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_CLASSIFY_H
