//===- main.cpp - Beats of ECG recordings -----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Files.h"
#include "tools/CommandLine.h"
#include "tools/frieze-ecg/Classifier.h"
#include "tools/frieze-ecg/ClassifyCommand.h"
#include "tools/frieze-ecg/Compare.h"
#include "tools/frieze-ecg/JobCommand.h"
#include "tools/frieze-ecg/RecordingFlags.h"
#include "tools/frieze-ecg/ReportFile.h"
#include "tools/frieze-ecg/Scan.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

static cl::OptionCategory category("frieze-ecg options");

static cl::SubCommand scanCommand("scan", "find the beats of recordings");

static JobCommand job(category, scanCommand);
static cl::opt<std::string>
    model("model", cl::value_desc("file"),
          cl::desc("The classifier: a model file, or a shared library that "
                   "frieze-compile wrote (default: the one that is installed)"),
          cl::sub(scanCommand), cl::cat(category));
static cl::opt<std::string>
    report("report", cl::value_desc("strip.html"),
           cl::desc("File for a page with the trace, scores and beats of one "
                    "record"),
           cl::sub(scanCommand), cl::cat(category));
static cl::list<std::string>
    references("compare", cl::value_desc("beats"),
               cl::desc("Beats to compare with: CSV (columns record,sample), "
                        "JSON that scan wrote, or a WFDB annotation file"),
               cl::sub(scanCommand), cl::cat(category));
static cl::alias referencesAlias("reference", cl::aliasopt(references),
                                 cl::Hidden);
static RecordingFlags recordingFlags(category, scanCommand);
static cl::opt<unsigned>
    hop("hop", cl::init(1), cl::value_desc("N"),
        cl::desc("Score one sample of N, and interpolate (default: 1; up to 8 "
                 "finds the same beats)"),
        cl::sub(scanCommand), cl::cat(category));
static DeviceOption device(category, scanCommand);
static cl::opt<bool>
    logits("logits",
           cl::desc("The classifier does not end in a sigmoid: apply it"),
           cl::sub(scanCommand), cl::cat(category));
namespace {
enum class Level { Auto, Off };
} // namespace
static cl::opt<Level> level(
    "level", cl::init(Level::Auto),
    cl::desc("What is taken out of a recording before it is scored:"),
    cl::values(clEnumValN(Level::Auto, "auto", "its offset, gain and polarity"),
               clEnumValN(Level::Off, "off", "nothing: millivolts")),
    cl::sub(scanCommand), cl::cat(category));
static cl::opt<BeatPlace>
    place("place", cl::init(BeatPlace::RWave),
          cl::desc("Where a beat is said to be:"),
          cl::values(clEnumValN(BeatPlace::RWave, "r-wave",
                                "on its R wave, the largest deflection within "
                                "50 ms of the scores' maximum"),
                     clEnumValN(BeatPlace::Score, "score",
                                "at the scores' maximum, where the classifier "
                                "has it")),
          cl::sub(scanCommand), cl::cat(category));

static cl::SubCommand compareCommand("compare",
                                     "compare beats with a reference");

static cl::list<std::string> compared(cl::Positional, cl::OneOrMore,
                                      cl::desc("REFERENCE BEATS"),
                                      cl::sub(compareCommand),
                                      cl::cat(category));
static cl::list<std::string> comparedReferences(
    "reference", cl::value_desc("file|folder"),
    cl::desc("Beats that are right, of which there may be several files; all "
             "others are compared with them"),
    cl::sub(compareCommand), cl::cat(category));
static cl::opt<double>
    comparedFrom("from", cl::init(0), cl::value_desc("s"),
                 cl::desc("Leave out so many seconds of every record; 300 is "
                          "what bxb leaves out"),
                 cl::sub(compareCommand), cl::cat(category));
static cl::opt<bool>
    comparedPairs("pairs",
                  cl::desc("Compare several references, each followed by its "
                           "beats: REFERENCE BEATS REFERENCE BEATS ..."),
                  cl::sub(compareCommand), cl::cat(category));
static cl::opt<double>
    comparedRate("rate", cl::value_desc("Hz"),
                 cl::desc("Sampling rate of the files that do not tell theirs"),
                 cl::sub(compareCommand), cl::cat(category));
static cl::opt<bool> comparedJSON("json", cl::desc("Print JSON and no table"),
                                  cl::sub(compareCommand), cl::cat(category));

/// Prints a problem of the command line; returns the exit status.
static int reportOption(const char *option, const Twine &message) {
  errs() << option << ": error: " << message << '\n';
  return 1;
}

static int runScan(ArrayRef<std::string> arguments) {
  if (hop < 1 || hop > windowSize)
    return reportOption("--hop", "expects a number from 1 to " +
                                     Twine(windowSize) + ", but got " +
                                     Twine(hop));
  Expected<JobOptions> jobOptions = job.get(arguments);
  if (!jobOptions) {
    errs() << toString(jobOptions.takeError()) << '\n';
    return 1;
  }
  ScanOptions options;
  options.job = std::move(*jobOptions);
  options.model = model.empty() ? getOwnClassifier() : model;
  options.detection.outputKind =
      logits ? OutputKind::Logit : OutputKind::Probability;
  options.detection.normalize = level == Level::Auto;
  options.detection.hop = hop;
  options.detection.place = place;
  options.detection.threads = options.job.threads;
  Expected<RecordingOptions> recording = recordingFlags.get();
  if (!recording) {
    errs() << toString(recording.takeError()) << '\n';
    return 1;
  }
  options.recording = *recording;
  options.report = report;
  if (Error error = checkOutputs(options.job, report)) {
    errs() << toString(std::move(error)) << '\n';
    return 1;
  }
  Expected<std::optional<DeviceChoice>> choice = device.get();
  if (!choice)
    return failWith("frieze-ecg", toString(choice.takeError()));
  options.device = *choice;
  options.references.assign(references.begin(), references.end());
  return scan(options);
}

static int runCompare() {
  if (comparedRate.getNumOccurrences() &&
      !(comparedRate > 0 && std::isfinite(comparedRate)))
    return reportOption("--rate", "expects a positive number, but got " +
                                      formatNumber(comparedRate));
  if (!(comparedFrom >= 0 && std::isfinite(comparedFrom)))
    return reportOption("--from", "expects a number from 0, but got " +
                                      formatNumber(comparedFrom));
  if (!comparedReferences.empty() && comparedPairs)
    return reportOption("--pairs", "expects no --reference");
  if (comparedReferences.empty() && !comparedPairs && compared.size() != 2)
    return reportOption(
        "compare", "expects one REFERENCE and one file of BEATS, but got " +
                       Twine(compared.size()) +
                       " files (--pairs takes them two by two, --reference "
                       "tells the reference of all)");
  if (comparedReferences.empty() && compared.size() % 2)
    return reportOption("--pairs", "expects each reference to be followed by "
                                   "its beats, but got " +
                                       Twine(compared.size()) + " files");
  CompareOptions options;
  options.files.assign(compared.begin(), compared.end());
  options.references.assign(comparedReferences.begin(),
                            comparedReferences.end());
  options.from = comparedFrom;
  if (comparedRate.getNumOccurrences())
    options.rate = comparedRate;
  options.json = comparedJSON;
  return compare(options);
}

static int runCommand(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::HideUnrelatedOptions(category, scanCommand);
  cl::HideUnrelatedOptions(category, compareCommand);
  hideUnrelatedClassifyOptions();
  cl::ParseCommandLineOptions(
      argc, argv,
      "frieze-ecg: finds, classifies and compares the beats of ECG "
      "recordings\n\n"
      "A RECORD is the name, header (.hea) or signal file of a WFDB record; "
      "EDF, EDF+ or\nBDF; CSV with one column, or with columns and a header "
      "line (\"time_s,MLII (mV)\");\nNPY, an array of samples, or of samples "
      "and leads; ISHNE Holter (.ecg); Kardia's\n.atc; any of these packed by "
      "gzip (.gz); - for standard input; or a folder of them.\n"
      "BEATS are CSV with the columns record and sample, JSON that "
      "scan wrote, a WFDB\nannotation file, or the name of a record that has "
      "one (.atr).\n");
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (scanCommand)
    return runScan(arguments);
  if (compareCommand)
    return runCompare();
  if (std::optional<int> status = runClassify(arguments))
    return *status;
  cl::PrintHelpMessage();
  return 1;
}

int main(int argc, char **argv) { return runTool(argc, argv, runCommand); }
