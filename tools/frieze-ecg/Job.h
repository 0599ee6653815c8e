//===- Job.h - The records of one command -----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_JOB_H
#define FRIEZE_TOOLS_ECG_JOB_H

#include "tools/ProgressBar.h"
#include "tools/frieze-ecg/beats/BeatFile.h"
#include "tools/frieze-ecg/jobs/BeatOutput.h"
#include "tools/frieze-ecg/jobs/Journal.h"
#include "tools/frieze-ecg/recordings/Recording.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// What a job is asked for, whatever it looks for in its records.
struct JobOptions {
  std::vector<std::string> records;
  /// File for the beats, folder for a file of each record, or "-".
  std::string output = "-";
  BeatFileFormat format = BeatFileFormat::CSV;
  /// Names of the classes of beats, if there are any.
  std::vector<std::string> classes;
  /// Whether to go on with a job that was cut off.
  bool resume = false;
  /// The command line: with other arguments it is another job.
  std::vector<std::string> arguments;
  /// Threads at work; 0 for as many as the processor runs at once.
  unsigned threads = 0;
};

/// Goes through records, writes what is found in each, and tells in the end
/// which failed. While it is at work on several records, a journal beside the
/// output knows how far it has got.
class Job {
public:
  explicit Job(const JobOptions &options);
  /// Removes the journal if there is nothing that could be gone on with.
  ~Job();

  /// Checks names and output, opens the journal, and warns of records that a
  /// quick look shows to be damaged. models: the files of which the results
  /// depend besides; inputs: all others that are read.
  llvm::Error open(llvm::ArrayRef<std::string> models,
                   llvm::ArrayRef<std::string> inputs,
                   const RecordingOptions &recording);

  /// The records that are not done, a few at a time.
  llvm::ArrayRef<std::string> getNext() const;

  /// Takes what was found in the next record.
  llvm::Error add(BeatList list, JobEntry entry);

  /// Takes what is wrong with the next record.
  llvm::Error fail(llvm::StringRef problem);

  /// Shows progress on a terminal: `part` of those of getNext() is done.
  void showProgress(double part);
  /// Takes the progress off the terminal, so that something can be printed.
  void hideProgress() { bar.clear(); }

  /// What became of the records so far.
  llvm::ArrayRef<JobEntry> getEntries() const { return entries; }

  /// Ends the output and the journal, and tells what failed. Returns whether
  /// nothing was wrong with any record.
  llvm::Expected<bool> finish();

private:
  llvm::Error checkNames() const;
  llvm::Error checkInputs(llvm::ArrayRef<std::string> models,
                          llvm::ArrayRef<std::string> inputs) const;
  void checkHeaders(const RecordingOptions &recording) const;
  llvm::Error openJournal(llvm::ArrayRef<std::string> models);
  llvm::Error addEntry(JobEntry entry);
  /// Tells what failed, and lists it in a file.
  llvm::Error reportProblems();

  bool hasFiles() const;
  std::string getFailedFile() const;

  const JobOptions &options;
  std::optional<Journal> journal;
  std::unique_ptr<BeatOutput> output;
  std::vector<JobEntry> entries;
  ProgressBar bar;
};

/// Whether two paths lead to one regular file, which may not be there yet.
bool isSameFile(llvm::StringRef a, llvm::StringRef b);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_JOB_H
