//===- ProgressBar.cpp - Progress of a long job on a terminal ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/ProgressBar.h"

#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

ProgressBar::ProgressBar(StringRef title)
    : title(title.take_front(24)),
      visible(sys::Process::StandardErrIsDisplayed()) {}

ProgressBar::~ProgressBar() {
  if (visible)
    errs() << "\r\033[K"; // clears the line
}

void ProgressBar::update(uint64_t done, uint64_t total) {
  if (!visible)
    return;
  std::lock_guard<std::mutex> lock(mutex);
  int percent = int(100.0 * done / total);
  if (percent <= shown)
    return;
  shown = percent;
  std::string bar(percent * 40 / 100, '#');
  bar.resize(40, '.');
  errs() << '\r' << title << " [" << bar << "] " << percent << " %";
}
