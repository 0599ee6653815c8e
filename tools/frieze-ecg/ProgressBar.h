//===- ProgressBar.h - Progress of a long job on a terminal -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_PROGRESSBAR_H
#define FRIEZE_TOOLS_ECG_PROGRESSBAR_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <mutex>
#include <string>

namespace frieze::ecg {

/// A bar on standard error while it lives, if that is a terminal. Any number of
/// threads may advance it.
class ProgressBar {
public:
  /// total: the steps of the whole job.
  ProgressBar(llvm::StringRef title, uint64_t total);
  ~ProgressBar();
  ProgressBar(const ProgressBar &) = delete;
  ProgressBar &operator=(const ProgressBar &) = delete;

  /// Adds steps to those done.
  void advance(uint64_t steps);

private:
  std::string title;
  uint64_t total;
  bool visible;
  std::mutex mutex;
  uint64_t done = 0;
  int shown = -1;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_PROGRESSBAR_H
