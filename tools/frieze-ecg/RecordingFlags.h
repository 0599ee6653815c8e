//===- RecordingFlags.h - How a command reads recordings --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_RECORDINGFLAGS_H
#define FRIEZE_TOOLS_ECG_RECORDINGFLAGS_H

#include "tools/frieze-ecg/recordings/Recording.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze::ecg {

/// The options of a command that choose a lead, say what recordings do not
/// tell, and how to read them. Construct one before the command line is parsed.
class RecordingFlags {
public:
  /// `rateName` is the option for the sampling rate.
  RecordingFlags(llvm::cl::OptionCategory &category,
                 llvm::cl::SubCommand &command,
                 llvm::StringRef rateName = "rate");

  /// What the command line says. Options that contradict each other are an
  /// error, which names one.
  llvm::Expected<RecordingOptions> get() const;

private:
  llvm::cl::opt<std::string> lead;
  llvm::cl::opt<double> rate;
  llvm::cl::opt<std::string> unit;
  llvm::cl::opt<double> gain, baseline;
  llvm::cl::opt<RecordingFormat> format;
  llvm::cl::opt<bool> ignoreChecksum;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_RECORDINGFLAGS_H
