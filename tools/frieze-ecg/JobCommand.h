//===- JobCommand.h - Options of commands that run jobs ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_JOBCOMMAND_H
#define FRIEZE_TOOLS_ECG_JOBCOMMAND_H

#include "tools/frieze-ecg/Job.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze::ecg {

/// The options of a command that goes through records: RECORD..., -o,
/// --output-format, --resume and --threads. Construct one before the command
/// line is parsed.
class JobCommand {
public:
  JobCommand(llvm::cl::OptionCategory &category, llvm::cl::SubCommand &command);

  /// What the command line says, or what is wrong with it, with the recordings
  /// of folders. Prints what was passed over in these. arguments: those of the
  /// process.
  llvm::Expected<JobOptions> get(llvm::ArrayRef<std::string> arguments) const;

private:
  llvm::cl::list<std::string> records;
  llvm::cl::opt<std::string> output;
  llvm::cl::opt<BeatFileFormat> folderFormat;
  llvm::cl::opt<bool> resume;
  llvm::cl::opt<unsigned> threads;
};

/// What keeps the output from being written, to be told before the work.
llvm::Error checkOutput(const JobOptions &options);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_JOBCOMMAND_H
