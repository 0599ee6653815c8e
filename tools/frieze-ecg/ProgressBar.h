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
/// threads may update it.
class ProgressBar {
public:
  explicit ProgressBar(llvm::StringRef title);
  ~ProgressBar();
  ProgressBar(const ProgressBar &) = delete;
  ProgressBar &operator=(const ProgressBar &) = delete;

  /// Shows that `done` of `total` steps are done; it never runs backwards.
  void update(uint64_t done, uint64_t total);

private:
  std::string title;
  bool visible;
  std::mutex mutex;
  int shown = -1;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_PROGRESSBAR_H
