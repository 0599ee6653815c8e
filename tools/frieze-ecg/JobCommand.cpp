//===- JobCommand.cpp - Options of commands that run jobs -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/JobCommand.h"
#include "frontends/Files.h"
#include "tools/frieze-ecg/jobs/RecordingFolder.h"
#include "tools/frieze-ecg/recordings/Text.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

JobCommand::JobCommand(cl::OptionCategory &category, cl::SubCommand &command)
    : records(cl::Positional, cl::OneOrMore, cl::desc("RECORD..."),
              cl::sub(command), cl::cat(category)),
      output("o", cl::init("-"), cl::value_desc("beats.csv|.json|.atr|folder/"),
             cl::desc("File for the beats: CSV, JSON, or WFDB annotations of "
                      "one record; or a folder with a file for each record "
                      "(default: CSV on standard output)"),
             cl::sub(command), cl::cat(category)),
      folderFormat(
          "output-format", cl::init(BeatFileFormat::CSV),
          cl::desc("Format of the files in a folder:"),
          cl::values(clEnumValN(BeatFileFormat::CSV, "csv", "CSV (default)"),
                     clEnumValN(BeatFileFormat::JSON, "json", "JSON"),
                     clEnumValN(BeatFileFormat::Annotations, "atr",
                                "WFDB annotations")),
          cl::sub(command), cl::cat(category)),
      resume("resume",
             cl::desc("Go on where a job with the same arguments was cut off"),
             cl::sub(command), cl::cat(category)),
      threads("threads", cl::init(0), cl::value_desc("N"),
              cl::desc("Threads at work (default: as many as the processor "
                       "runs at once)"),
              cl::sub(command), cl::cat(category)) {}

Expected<JobOptions> JobCommand::get(ArrayRef<std::string> arguments) const {
  constexpr unsigned maxThreads = 1024;
  if (threads > maxThreads)
    return fileError("--threads", "expects at most " + Twine(maxThreads) +
                                      ", but got " + Twine(threads));
  JobOptions options;
  Expected<RecordingList> list =
      listRecordings(std::vector<std::string>(records.begin(), records.end()));
  if (!list)
    return list.takeError();
  for (const std::string &note : list->notes)
    errs() << note << '\n';
  options.records = std::move(list->paths);
  options.output = output;
  options.resume = resume;
  options.threads = threads;
  options.arguments = arguments;
  if (isOutputFolder(output)) {
    options.format = folderFormat;
    return options;
  }
  if (folderFormat.getNumOccurrences())
    return fileError("--output-format",
                     "expects a folder as output (-o folder/)");
  Expected<BeatFileFormat> format =
      findBeatFileFormat(output, options.records.size());
  if (!format)
    return format.takeError();
  options.format = *format;
  return options;
}

Error frieze::ecg::checkOutput(const JobOptions &options) {
  // A folder is made.
  if (isOutputFolder(options.output))
    return Error::success();
  Error error = checkWritable(options.output);
  return error ? inFile(getOutputName(options.output), std::move(error))
               : Error::success();
}
