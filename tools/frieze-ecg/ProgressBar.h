//===- ProgressBar.h - Progress of a long job on a terminal -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_PROGRESSBAR_H
#define FRIEZE_TOOLS_ECG_PROGRESSBAR_H

#include "llvm/ADT/StringRef.h"

#include <string>

namespace frieze::ecg {

/// A bar on standard error while it lives, if that is a terminal.
class ProgressBar {
public:
  /// total: the steps of the whole job.
  ProgressBar(llvm::StringRef title, size_t total);
  ~ProgressBar();
  ProgressBar(const ProgressBar &) = delete;
  ProgressBar &operator=(const ProgressBar &) = delete;

  void update(size_t done);

private:
  std::string title;
  size_t total;
  bool visible;
  int shown = -1;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_PROGRESSBAR_H
