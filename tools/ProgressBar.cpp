//===- ProgressBar.cpp - Progress of a long job on a terminal ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/ProgressBar.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace llvm;
using namespace frieze;

ProgressBar::ProgressBar(StringRef title,
                         std::chrono::steady_clock::duration delay)
    : title(title.take_front(24)),
      appears(std::chrono::steady_clock::now() + delay),
      visible(sys::Process::StandardErrIsDisplayed()) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::setTitle(StringRef newTitle) {
  std::lock_guard<std::mutex> lock(mutex);
  title = newTitle.take_front(24).str();
}

void ProgressBar::clear() {
  std::lock_guard<std::mutex> lock(mutex);
  if (isThere)
    errs() << "\r\033[K"; // clears the line
  isThere = false;
}

void ProgressBar::update(uint64_t done, uint64_t total) {
  if (!visible)
    return;
  std::lock_guard<std::mutex> lock(mutex);
  const auto now = std::chrono::steady_clock::now();
  if (!first) {
    first = done;
    start = now;
  }
  if (now < appears)
    return;
  int percent = int(100.0 * done / total);
  if (isThere && percent <= shown && now - drawn < std::chrono::seconds(1))
    return;
  shown = std::max(shown, percent);
  drawn = now;
  isThere = true;
  std::string bar(shown * 40 / 100, '#');
  bar.resize(40, '.');
  errs() << '\r' << title << " [" << bar << "] " << shown << " %";
  std::chrono::duration<double> spent = now - start;
  // What was quick in the beginning says little.
  if (done > *first && spent.count() > 1) {
    uint64_t left = spent.count() * (total - done) / (done - *first);
    errs() << format(", %u:%02u:%02u left", unsigned(left / 3600),
                     unsigned(left / 60 % 60), unsigned(left % 60));
  }
  errs() << "\033[K";
}
