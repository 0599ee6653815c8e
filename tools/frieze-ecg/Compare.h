//===- Compare.h - The job of frieze-ecg compare ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_COMPARE_H
#define FRIEZE_TOOLS_ECG_COMPARE_H

#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// What the command line asks for.
struct CompareOptions {
  /// Files of beats, or folders of them, each reference followed by the beats
  /// to compare with it.
  std::vector<std::string> files;
  /// If there are any, the reference of all of `files`.
  std::vector<std::string> references;
  /// Seconds from the start of every record that do not count.
  double from = 0;
  /// Sampling rate of files that do not tell theirs, Hz.
  std::optional<double> rate;
  /// Whether to print JSON and no table.
  bool json = false;
};

/// Compares beats and prints how they agree. Returns the exit status: with any
/// diagnostic it is 1, and what could be compared is printed all the same.
int compare(const CompareOptions &options);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_COMPARE_H
