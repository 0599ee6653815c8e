//===- ProgressBar.h - Progress of a long job on a terminal -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_PROGRESSBAR_H
#define FRIEZE_TOOLS_PROGRESSBAR_H

#include "llvm/ADT/StringRef.h"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace frieze {

/// A bar on standard error while it lives, if that is a terminal. Any number of
/// threads may update it.
class ProgressBar {
public:
  /// Shows nothing of a job that takes less than `delay`.
  explicit ProgressBar(
      llvm::StringRef title,
      std::chrono::steady_clock::duration delay = std::chrono::seconds(0));
  ~ProgressBar();
  ProgressBar(const ProgressBar &) = delete;
  ProgressBar &operator=(const ProgressBar &) = delete;

  /// Shows that `done` of `total` steps are done, and how long the others will
  /// take; it never runs backwards.
  void update(uint64_t done, uint64_t total);

  void setTitle(llvm::StringRef title);

  /// Takes it off the terminal until the next update.
  void clear();

private:
  std::string title;
  std::chrono::steady_clock::time_point appears;
  bool visible;
  std::mutex mutex;
  int shown = -1;
  /// Whether it stands there.
  bool isThere = false;
  /// When it began, and how many steps were done then.
  std::chrono::steady_clock::time_point start, drawn;
  std::optional<uint64_t> first;
};

} // namespace frieze

#endif // FRIEZE_TOOLS_PROGRESSBAR_H
